"""Saving at an interval, with a clock of the test."""

from __future__ import annotations

import re

import pytest

from mock_cognitosync.server.saving import PeriodicSaver


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_the_state_is_saved_at_each_interval(tmp_path, clock, profile):
    """Nothing is written before the interval has passed, then the newest state, and so on."""
    path = tmp_path / "state.json"
    saver = PeriodicSaver(str(path), 10, pytest.fail, clock)
    seen = []
    for now in (9.9, 10, 19.9, 20):
        clock.now = now
        profile.device().put("profile", {"at": f"at {now}"})
        saver.save_if_due()
        seen.append(path.exists() and re.findall(r'"at (\S+)"', path.read_text()))
    assert seen == [False, ["10"], ["10"], ["20"]]


def test_a_failure_is_reported_once_and_the_next_interval_tries_again(tmp_path, clock):
    """While the file cannot be written, the server goes on; it says so again after a success in between."""
    folder = tmp_path / "folder"
    path = folder / "state.json"
    warnings = []
    saver = PeriodicSaver(str(path), 0.5, warnings.append, clock)
    for exists in (False, False, True, False):
        if exists:
            folder.mkdir()
        elif folder.exists():
            path.unlink()
            folder.rmdir()
        clock.now += 0.5
        saver.save_if_due()
        assert path.exists() == exists
    assert warnings == [f"cannot write {path}, trying again every 0.5 s: No such file or directory"] * 2
