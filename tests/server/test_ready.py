"""The variables that the command prints, read back by the readers that they are for."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from mock_cognitosync.server.ready import SYNTAXES, ready_text

URL = "http://127.0.0.1:5123"
VARIABLES = {"AWS_ENDPOINT_URL": URL, "AWS_DATA_PATH": "/a folder/it's $HOME"}


def test_a_shell_reads_the_variables():
    """`sh` sources to exactly the values, whatever characters they have."""
    script = ready_text(URL, VARIABLES, "sh") + 'printf "%s\\n" "$AWS_ENDPOINT_URL" "$AWS_DATA_PATH"'
    done = subprocess.run(["sh", "-e", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == list(VARIABLES.values())


def test_a_program_reads_the_variables():
    """`json` is one line with the URL and the variables."""
    text = ready_text(URL, VARIABLES, "json")
    assert json.loads(text) == {"url": URL, "page": f"{URL}/moto-api/cognito-sync/", "variables": VARIABLES}
    assert text.count("\n") == 1


def test_dotenv_and_powershell_have_one_line_for_each_variable():
    """`dotenv` does not quote, since Docker would keep quotes; PowerShell doubles a quote inside quotes."""
    comments = [
        f"# Cognito Sync and the rest of moto answer at {URL}",
        f"# The page that shows what happens: {URL}/moto-api/cognito-sync/",
    ]
    assert ready_text(URL, VARIABLES, "dotenv").splitlines() == [
        *comments,
        f"AWS_ENDPOINT_URL={URL}",
        "AWS_DATA_PATH=/a folder/it's $HOME",
    ]
    assert ready_text(URL, VARIABLES, "powershell").splitlines() == [
        *comments,
        f"$env:AWS_ENDPOINT_URL = '{URL}'",
        "$env:AWS_DATA_PATH = '/a folder/it''s $HOME'",
    ]


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_powershell_and_shells_are_not_confused(syntax):
    """Each syntax ends with a newline, so that a reader of lines receives the last variable."""
    assert ready_text(URL, VARIABLES, syntax).endswith("\n")


def test_powershell_reads_the_variables():
    """PowerShell sets exactly the values."""
    powershell = shutil.which("pwsh")
    if powershell is None:
        pytest.skip("PowerShell (pwsh) is not installed")
    script = ready_text(URL, VARIABLES, "powershell") + "Write-Output $env:AWS_DATA_PATH"
    done = subprocess.run([powershell, "-NoProfile", "-Command", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [VARIABLES["AWS_DATA_PATH"]]
