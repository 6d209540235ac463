"""docs/control-api.md: its shell block runs, and its table lists the requests of the control API."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mock_cognitosync.server import standalone
from mock_cognitosync.server.control_api.observations import MOST_WAITING
from mock_cognitosync.server.control_api.routes import ROUTES
from mock_cognitosync.server.control_api.schemas import LONGEST_WAIT_SECONDS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/control-api.md").read_text()
NODE_MODULES = ROOT / "tests/server/clients/node_modules"
AWS_CLI = Path(os.environ.get("AWS_CLI", ROOT / ".venv-awscli/bin/aws"))


def without_aws_variables():
    """The environment without what a mock sets for clients in its process, such as the number of attempts."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}


def test_the_shell_block_runs(tmp_path):
    """The AWS CLI meets a fault and a conflict, and curl shows the hint."""
    if not AWS_CLI.exists() or not shutil.which("curl"):
        pytest.skip("curl or the AWS CLI is missing: `make test` installs the AWS CLI")
    [block] = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    folders = os.pathsep.join([str(Path(sys.executable).parent), str(AWS_CLI.parent), os.environ["PATH"]])
    words = ["bash", "-e", "-c", block]
    done = subprocess.run(
        words,
        cwd=tmp_path,
        env={**without_aws_variables(), "PATH": folders},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    lines = done.stdout.splitlines()
    assert lines[0].startswith('{"sync_count":1}')
    assert "TooManyRequestsException" in lines[0] + lines[1]
    assert lines[-1].startswith("'theme' was last written by us-east-1:")


def test_the_example_for_node_prints_what_the_page_shows(cognitosync_server, tmp_path):
    """The app of the example survives a conflict and a throttled call."""
    node = shutil.which("node")
    if not node or not NODE_MODULES.is_dir():
        pytest.skip("Node or AWS's SDK for JavaScript is missing: `make test` installs the SDK if Node is installed")
    (tmp_path / "node_modules").symlink_to(NODE_MODULES)
    shutil.copy(ROOT / "examples/conflict.mjs", tmp_path)
    words = [node, "conflict.mjs", cognitosync_server.url]
    environment = without_aws_variables()
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=True)

    [shown] = re.findall(r"^```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert re.sub(r"us-east-1:[0-9a-f-]+", "IDENTITY", done.stdout) == shown


def test_the_table_lists_each_request():
    """Every route is on the page, and every request on the page is a route."""
    table = PAGE.partition("## Requests")[2].partition("### Waiting")[0]
    listed = re.findall(r"`(GET|POST|PUT|PATCH|DELETE) (\S+)`", table.partition("Each request takes")[0])
    prefix = "/pools/{identity_pool_id}/identities/{identity_id}"
    expected = [(method, path.replace("...", prefix)) for method, path in listed]
    assert sorted(expected) == sorted((route.method, route.path) for route in ROUTES)


def test_the_page_states_the_limits_of_waiting_and_of_the_history():
    """The numbers on the page are those of the server."""
    assert f"at least the newest {standalone._KEPT_ENTRIES:,} entries" in PAGE
    assert f"at most {LONGEST_WAIT_SECONDS}, until" in PAGE
    assert f"At most {MOST_WAITING} requests wait" in PAGE
