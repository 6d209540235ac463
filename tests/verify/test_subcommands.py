"""The subcommands of ``mock-cognitosync``: which there are, and that each imports only what it needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mock_cognitosync import __version__, cli

HEAVY = ("boto3", "botocore", "moto", "flask", "waitress", "mock_cognitosync.verify", "mock_cognitosync.pull")
IMPORTED = "print(*(name for name in NAMES if name in sys.modules))"


def imported_by(statement):
    """The heavy modules that a process imports in which *statement* runs."""
    program = f"import sys\nNAMES = {HEAVY}\ntry:\n    {statement}\nexcept SystemExit:\n    pass\n{IMPORTED}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_the_command_line_imports_nothing_heavy():
    """The module of the command, and its help, need neither moto nor boto3."""
    assert imported_by("import mock_cognitosync.cli") == set()


def test_the_help_of_pull_imports_nothing_heavy():
    """The options of ``pull`` are read before boto3 and moto are imported."""
    statement = "from mock_cognitosync import cli; cli.main(['pull', '--help'])"
    assert imported_by(statement) == {"mock_cognitosync.pull"}


def test_verify_does_not_import_moto():
    """The checks know boto3 and nothing of the mock."""
    statement = "from mock_cognitosync import cli; cli.main(['verify', '--endpoint', 'http://127.0.0.1:9'])"
    assert imported_by(statement) == {"boto3", "botocore", "mock_cognitosync.verify"}


@pytest.mark.parametrize("words", [["--version"], ["serve", "--version"]])
def test_serving_is_the_default(capsys, words):
    """Without a subcommand the options are those of ``serve``."""
    assert cli.main(words) == 0
    assert capsys.readouterr().out == f"mock-cognitosync {__version__}\n"


@pytest.mark.parametrize("name", ["verify", "pull"])
def test_each_subcommand_has_its_own_help(capsys, monkeypatch, name):
    """``--help`` after a subcommand describes that subcommand; the arguments are those of the process by default."""
    monkeypatch.setattr("sys.argv", ["mock-cognitosync", name, "--help"])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: mock-cognitosync {name} ")
