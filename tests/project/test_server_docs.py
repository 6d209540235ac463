"""The blocks of docs/server.md that are not Python: shell and JavaScript run, and the Dockerfile starts the command."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mock_cognitosync import cli

ROOT = Path(__file__).parents[2]
NODE_MODULES = ROOT / "tests/server/clients/node_modules"
AWS_CLI = Path(os.environ.get("AWS_CLI", ROOT / ".venv-awscli/bin/aws"))


def block(language):
    """The only block of the page in *language*."""
    page = (ROOT / "docs/server.md").read_text()
    [found] = re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return found


def test_the_shell_block_runs(tmp_path, monkeypatch):
    """The commands start a server, call it with the AWS CLI, and stop it, whereupon it saves its state."""
    folders = [Path(sys.executable).parent, AWS_CLI.parent]
    monkeypatch.setenv("PATH", os.pathsep.join([*map(str, folders), os.environ["PATH"]]))
    words = ["bash", "-e", "-c", block("sh")]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout)["IdentityPoolUsages"] == []
    assert json.loads((tmp_path / "state.json").read_text())["mock_cognitosync"] == 1


def test_the_javascript_block_runs(cognitosync_server, tmp_path):
    """The SDK's client reaches the server."""
    node = shutil.which("node")
    if not node or not NODE_MODULES.is_dir():
        pytest.skip("Node or AWS's SDK for JavaScript is missing: `make test` installs the SDK if Node is installed")
    (tmp_path / "node_modules").symlink_to(NODE_MODULES)
    script = tmp_path / "script.mjs"
    script.write_text(block("js").replace("http://localhost:5000", cognitosync_server.url))
    done = subprocess.run([node, script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "0\n"


def test_the_dockerfile_starts_the_command(monkeypatch):
    """The Dockerfile is short, installs the extra, and starts the command with valid options."""
    lines = block("dockerfile").splitlines()
    words = dict(line.split(" ", 1) for line in lines)
    arguments = json.loads(words["ENTRYPOINT"]) + json.loads(words["CMD"])
    monkeypatch.delenv("MOTO_PORT", raising=False)
    options = vars(cli.parser().parse_args(arguments[1:]))
    assert len(lines) <= 10
    assert '"mock-cognitosync[server]"' in lines[1]
    assert arguments[0] == "mock-cognitosync"
    defaults = vars(cli.parser().parse_args([]))
    assert defaults["port"] == int(words["EXPOSE"])
    state = {"load": "/state/sync.json", "save": "/state/sync.json", "save_every": 60.0}
    assert options == {**defaults, "host": "0.0.0.0", **state}


def test_each_option_is_on_the_page():
    """The page lists exactly the options of the command."""
    page = (ROOT / "docs/server.md").read_text()
    documented = set(re.findall(r"^\| `(--[\w-]+)", page, re.MULTILINE))
    assert documented == {action.option_strings[-1] for action in cli.parser()._actions} - {"--help"}
