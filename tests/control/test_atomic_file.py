"""Saving a snapshot replaces a regular file completely or leaves everything as it is."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys

import pytest

from mock_cognitosync.control import snapshot
from mock_cognitosync.control.snapshot import atomic_file

KILLED_WHILE_WRITING = """
import os, signal
from mock_cognitosync.control.snapshot import atomic_file

os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)
atomic_file.write("state.json", "new")
"""


@pytest.fixture
def file(tmp_path):
    """A file with the content ``old``, alone in its directory."""
    path = tmp_path / "state.json"
    path.write_text("old")
    return path


def before_the_replacement(monkeypatch, function):
    """Run *function* once, when the new content has been written and has not yet replaced the old."""
    flush = os.fsync

    def run_and_flush(descriptor):
        monkeypatch.setattr(os, "fsync", flush)
        function()
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", run_and_flush)


def test_two_savers_of_one_path_do_not_meet(file, monkeypatch):
    """A save that starts while another one is writing the same path succeeds, and so does the other one."""
    seen = []

    def save_too():
        atomic_file.write(file, "second")
        seen.append(file.read_text())

    before_the_replacement(monkeypatch, save_too)
    atomic_file.write(file, "first")

    assert [*seen, file.read_text()] == ["second", "first"]
    assert list(file.parent.iterdir()) == [file]


def test_a_reader_never_finds_a_file_that_is_half_written(file, monkeypatch):
    """Until the new content is on the disk, the path has the old content."""
    seen = []
    before_the_replacement(monkeypatch, lambda: seen.append(file.read_text()))
    atomic_file.write(file, "new")

    assert seen == ["old"]
    assert file.read_text() == "new"


def test_an_interrupted_save_leaves_the_old_file(file, monkeypatch):
    """Ctrl-C during a save leaves the old file and no temporary file."""

    def interrupt():
        raise KeyboardInterrupt

    before_the_replacement(monkeypatch, interrupt)
    with pytest.raises(KeyboardInterrupt):
        atomic_file.write(file, "new")

    assert file.read_text() == "old"
    assert list(file.parent.iterdir()) == [file]


def test_a_killed_process_leaves_the_old_file(file):
    """``kill -9`` during a save leaves the old file."""
    killed = subprocess.run([sys.executable, "-c", KILLED_WHILE_WRITING], cwd=file.parent, check=False)

    assert killed.returncode == -9
    assert file.read_text() == "old"


def test_a_symbolic_link_stays_and_its_target_is_written(file):
    """A link, also one to a file that does not exist yet, is followed; it is not replaced."""
    for target in (file, file.with_name("later.json")):
        link = target.with_suffix(".link")
        link.symlink_to(target.name)
        atomic_file.write(link, "new")

        assert (link.is_symlink(), target.read_text()) == (True, "new")


@pytest.mark.parametrize("write", [lambda path: atomic_file.write(path, "new"), snapshot.check_writable])
def test_a_pipe_is_not_replaced(tmp_path, write):
    """A pipe, a device, or a link to one, such as /dev/stdout, is refused and stays what it is."""
    pipe, link = tmp_path / "pipe", tmp_path / "stdout"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for path in (pipe, link):
        with pytest.raises(OSError, match="it is not a regular file"):
            write(path)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert sorted(tmp_path.iterdir()) == [pipe, link]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644])
def test_a_saved_file_keeps_its_mode(file, mode):
    """A file that only its owner may read stays so, and a file that others may read stays readable."""
    file.chmod(mode)
    atomic_file.write(file, "new")

    assert stat.S_IMODE(file.stat().st_mode) == mode


def test_a_saved_file_keeps_its_owner(file, monkeypatch):
    """A root process in a container does not take a file from the user who owns it."""
    given = []
    monkeypatch.setattr(os, "chown", lambda path, *owner: given.append(owner))
    atomic_file.write(file, "new")

    assert given == [(file.stat().st_uid, file.stat().st_gid)]


def test_a_new_file_has_the_mode_of_any_new_file(file):
    """The umask decides about the mode of a new file, as with ``open``."""
    new = file.with_name("new.json")
    atomic_file.write(new, "new")

    assert new.stat().st_mode == file.stat().st_mode


def test_a_prepared_link_at_the_temporary_name_is_not_followed(file):
    """The temporary file cannot be predicted, so nobody can make it a link to a file of the victim."""
    victim = file.with_name("victim")
    victim.write_text("precious")
    file.with_name(f"state.json.{os.getpid()}.part").symlink_to(victim)
    atomic_file.write(file, "new")

    assert victim.read_text() == "precious"
    assert not file.is_symlink()


def test_a_temporary_file_that_exists_is_not_opened(file, monkeypatch):
    """Should the temporary name be taken, its file stays as it is and the save fails."""
    monkeypatch.setattr("secrets.token_hex", lambda size: "taken")
    taken = file.with_name(".taken.part")
    taken.write_text("precious")
    with pytest.raises(FileExistsError):
        atomic_file.write(file, "new")

    assert (taken.read_text(), file.read_text()) == ("precious", "old")


def test_the_longest_file_name_can_be_saved(tmp_path):
    """A name of 255 characters, the longest that a directory takes, leaves room for the temporary file."""
    path = tmp_path / ("s" * 250 + ".json")
    snapshot.check_writable(path)
    atomic_file.write(path, "new")

    assert list(tmp_path.iterdir()) == [path]


def refused(path):
    """Number and text of the error with which `check_writable` refuses *path*."""
    with pytest.raises(OSError) as caught:  # noqa: PT011  # the number is compared
        snapshot.check_writable(path)
    return caught.value.errno, caught.value.strerror


def test_check_writable_finds_what_would_lose_the_state(file, monkeypatch):
    """What makes a save fail at the end is reported at the start, and nothing is left behind."""
    assert refused("") == (errno.ENOENT, "the file name is empty")
    assert refused(file.parent) == (errno.EISDIR, "it is a directory")
    assert refused(file.with_name("s" * 300)) == (errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
    assert refused(file / "state.json") == (errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    assert refused(file.with_name("missing") / "state.json") == (errno.ENOENT, os.strerror(errno.ENOENT))
    file.with_name("loop").symlink_to("loop")
    assert refused(file.with_name("loop")) == (errno.ELOOP, os.strerror(errno.ELOOP))
    file.with_name("loop").unlink()
    # Root may write to every file.
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert refused(file) == (errno.EACCES, "the file is read-only")
    assert [path.name for path in file.parent.iterdir()] == ["state.json"]


def test_check_writable_accepts_new_and_old_files(file):
    """A file that can be written is accepted; it is neither created nor changed."""
    snapshot.check_writable(file)
    snapshot.check_writable(str(file.with_name("new.json")))

    assert file.read_text() == "old"
    assert list(file.parent.iterdir()) == [file]
