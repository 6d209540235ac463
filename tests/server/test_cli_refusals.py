"""What the command refuses with a sentence and exit code 2, and that a closed terminal saves the state."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from importlib.metadata import version

import pytest
import requests

import mock_cognitosync
from mock_cognitosync import cli


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--save", "", "the name of the file is empty"),
        ("--load", "", "the name of the file is empty"),
        ("--host", "", "'' is not a host; it must be a name or an address of this machine"),
        ("--host", "\udcff", "'\\udcff' is not a host; it must be a name or an address of this machine"),
    ],
)
def test_an_empty_or_unreadable_value_is_refused(option, value, sentence, capsys):
    """The value of an unset variable is no option: the state would be lost, or all networks would reach the server."""
    with pytest.raises(SystemExit) as ended:
        cli.main([option, value])
    assert ended.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1] == f"mock-cognitosync: error: argument {option}: {sentence}"


@pytest.mark.parametrize("option", ["--save", "--load"])
def test_a_file_name_that_is_too_long_is_refused_at_the_start(option, tmp_path, capsys):
    """It is a sentence at the start, not a traceback or a lost state at the end."""
    path = tmp_path / ("x" * 300)
    assert cli.main([option, str(path)]) == 2
    action = "write" if option == "--save" else "read"
    assert capsys.readouterr().err == f"mock-cognitosync: cannot {action} {path}: File name too long\n"


@pytest.mark.parametrize("name", ["missing/state.json", ".", "link"])
def test_a_file_that_save_could_not_replace_is_refused_at_the_start(name, tmp_path, capsys):
    """A missing directory, a directory and a device are refused before anything is served."""
    (tmp_path / "link").symlink_to("/dev/null")
    assert cli.main(["--save", str(tmp_path / name)]) == 2
    assert capsys.readouterr().err.startswith(f"mock-cognitosync: cannot write {tmp_path / name}: ")
    assert [path.name for path in tmp_path.iterdir()] == ["link"]


SERVE = [sys.executable, "-m", "mock_cognitosync", "--port", "0"]


def test_a_closed_terminal_saves_the_state(tmp_path):
    """SIGHUP stops the server like SIGTERM."""
    path = tmp_path / "state.json"
    with subprocess.Popen([*SERVE, "--save", path], stdout=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGHUP)
        process.communicate(timeout=30)
    assert (process.returncode, json.loads(path.read_text())["mock_cognitosync"]) == (0, 1)


def test_nohup_keeps_the_server_running(tmp_path):
    """A SIGHUP that the caller ignores stays ignored."""
    with subprocess.Popen(["nohup", *SERVE], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        url = process.stdout.readline().rstrip().rpartition(" ")[2]
        process.send_signal(signal.SIGHUP)
        answer = requests.get(f"{url}/identitypools", timeout=30)
        process.terminate()
        process.communicate(timeout=30)
    assert (answer.status_code, process.returncode) == (200, 0)


def test_the_version_has_one_source(capsys):
    """The command and the package give the version of the installed distribution."""
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"mock-cognitosync {version('mock-cognitosync')}\n"
    assert mock_cognitosync.__version__ == version("mock-cognitosync")
