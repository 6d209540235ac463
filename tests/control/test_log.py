"""The log of the package: each call with its outcome and hint, at DEBUG."""

from __future__ import annotations

import logging

import pytest
from driver import replace

from mock_cognitosync import mock_cognitosync


@pytest.fixture
def log(caplog):
    caplog.set_level(logging.DEBUG, logger="mock_cognitosync")
    return lambda: [(record.name, record.levelname, record.getMessage()) for record in caplog.records]


def test_each_call_is_logged_once(cognitosync, profile, log):
    """The message is the recorded call, with its outcome and hint, also if two mocks are active."""
    profile.device().put("profile", {"theme": "dark"})
    with mock_cognitosync(region_name="us-east-1"):
        profile.refused_update(replace("theme"))

    ours = [entry for entry in log() if entry[0] == "mock_cognitosync"]
    assert ours == [("mock_cognitosync", "DEBUG", str(call)) for call in cognitosync.calls]
    assert "-> ResourceConflictException: Current SyncCount for: theme is: 1 not: 0" in ours[1][2]
    assert "hint: 'theme' was last written by" in ours[1][2]


def test_nothing_is_logged_above_debug(profile, caplog):
    """A test that logs at INFO does not see the calls of the mock."""
    caplog.set_level(logging.INFO, logger="mock_cognitosync")
    profile.listed()

    assert [record for record in caplog.records if record.name == "mock_cognitosync"] == []
