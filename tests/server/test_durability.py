"""The saved file of a server survives whatever happens to its process, its disk and its terminal."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import subprocess
from contextlib import ExitStack

import pytest
from driver import replace
from test_cli import COMMAND, dataset_at, running

from mock_cognitosync.control.snapshot import atomic_file

pytestmark = pytest.mark.usefixtures("own_model")


def saved_count(path):
    """The number of updates in a saved state, which must be a complete document."""
    text = path.read_text()
    document = json.loads(text)
    if '"profile"' not in text:
        return 0
    identities = document["accounts"]["123456789012"]["us-east-1"]["identity_pools"]["us-east-1:0"]["identities"]
    return identities["us-east-1:1"]["datasets"]["profile"]["sync_count"]


def test_a_server_killed_at_any_moment_leaves_a_file_that_loads(tmp_path):
    """However often a server that saves all the time is killed, the next one continues from a complete state."""
    path = tmp_path / "state.json"
    saved = 0
    for seed in range(4):
        options = ["--load", path, "--save", path, "--save-every", "0.001"]
        with running(*options, end=signal.SIGKILL, outcome=(-9, "")) as (url, _):
            profile = dataset_at(url)
            records = profile.listed()["Records"]
            count = records[0][2] if records else 0
            assert count == saved
            [(_, _, count)] = profile.write(replace("n", "x" * 50_000, count))
            while not path.exists() or saved_count(path) < count:
                profile.describe()
            for _ in range(random.Random(seed).randrange(20)):
                [(_, _, count)] = profile.write(replace("n", "x" * 50_000, count))
        saved = saved_count(path)
        assert 0 < saved <= count


def test_a_full_disk_costs_neither_the_server_nor_the_old_file(tmp_path):
    """While nothing can be written, the last good file stays; the server says so once, and saves when it can again."""
    path = tmp_path / "state.json"
    with running("--save", path, "--save-every", "0.01") as (url, process):
        profile = dataset_at(url)
        profile.write(replace("n", "small"))
        while not path.exists() or '"small"' not in path.read_text():
            profile.describe()
        old = path.read_bytes()
        # The files of the process can be this long and no longer, as on a full disk.
        unlimited = resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        profile.write(replace("n", "x" * 100_000, 1))
        sentence = process.stderr.readline()
        while_full = path.read_bytes()
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, unlimited)
        while len(path.read_bytes()) < 100_000:
            profile.describe()
    assert sentence == f"mock-cognitosync: cannot write {path}, trying again every 0.01 s: File too large\n"
    assert while_full == old
    assert [found.name for found in tmp_path.iterdir()] == ["state.json"]


def test_a_save_that_meets_a_full_disk_leaves_the_old_file(tmp_path):
    """The error reaches the caller; neither the old file nor the directory changes."""
    path = tmp_path / "state.json"
    path.write_text("old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            atomic_file.write(path, "new" * 10_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [(found.name, found.read_text()) for found in tmp_path.iterdir()] == [("state.json", "old")]


def test_two_servers_that_save_to_one_file_leave_one_of_their_states(tmp_path):
    """The file is complete at every moment, and is that of one of the servers."""
    path = tmp_path / "state.json"
    seen = set()
    with ExitStack() as both:
        options = ["--save", path, "--save-every", "0.001"]
        profiles = [dataset_at(both.enter_context(running(*options))[0]) for _ in range(2)]
        for number, profile in enumerate(profiles):
            profile.write(replace("server", f"number {number}"), replace("size", "x" * 200_000))
        while len(seen) < 2:
            text = path.read_text() if path.exists() else "{}"
            seen.update(number for number in range(2) if f'"number {number}"' in text)
            json.loads(text)
            profiles[0].describe()
    assert saved_count(path) == 1
    assert [found.name for found in tmp_path.iterdir()] == ["state.json"]


@pytest.mark.skipif(shutil.which("setsid") is None, reason="setsid, of util-linux, gives a process a terminal")
@pytest.mark.usefixtures("no_signal_is_ignored")
def test_a_terminal_that_closes_saves_the_state(tmp_path):
    """A server that prints its calls to a terminal saves its state when the terminal is gone."""
    path = tmp_path / "state.json"
    ours, theirs = os.openpty()
    words = ["setsid", "--ctty", *COMMAND, "--port", "0", "--save", path, "--verbose", "--format", "json"]
    with subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        try:
            os.close(theirs)
            ready = json.loads(os.read(ours, 65536))
            profile = dataset_at(ready["url"])
            profile.write(replace("theme", "dark"))
            os.close(ours)
            assert process.wait(30) == 0
        finally:
            process.kill()
    with running("--load", path) as (url, _):
        assert dataset_at(url).listed()["Records"] == [("theme", "dark", 1)]
