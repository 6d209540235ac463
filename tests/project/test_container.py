"""The container and the compose file: no daemon builds them here, so their commands run as processes."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import yaml

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
COMPOSE = yaml.safe_load((ROOT / "examples/players/compose.yaml").read_text())["services"]
ADA = "us-east-1:00000000-0000-4000-8000-00000000000a"


def instructions():
    """The instructions of the last stage of the Dockerfile: word to its last text."""
    stage = (ROOT / "Dockerfile").read_text().rpartition("FROM ")[2]
    return dict(line.split(" ", 1) for line in f"FROM {stage}".splitlines() if line)


@contextmanager
def process(words, ready, **options):
    """A process that has printed *ready*; yields the line and ends with SIGTERM."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}
    environment.update(options.pop("env", {}), PATH=f"{BIN}{os.pathsep}{os.environ['PATH']}", PYTHONUNBUFFERED="1")
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(words, env=environment, **pipes, **options) as started:
        try:
            yield next(line for line in started.stdout if ready in line)
        finally:
            started.send_signal(signal.SIGTERM)
            started.communicate(timeout=30)


@contextmanager
def server(tmp_path, command):
    """The entry point of the image with *command*, on a free port; its URL and its folder of state."""
    words = [*json.loads(instructions()["ENTRYPOINT"]), *command, "--port", "0"]
    words = [word.replace("/state/", f"{tmp_path}/") for word in words]
    with process(words, "AWS_ENDPOINT_URL") as line:
        yield f"http://127.0.0.1:{line.strip().rpartition(':')[2]}"


def call(url, method="GET", headers=(), body=None):
    data = json.dumps(body).encode() if body is not None else None
    request = Request(url, data, {"Content-Type": "application/json", **dict(headers)}, method=method)
    try:
        with urlopen(request, timeout=10) as response:
            return response.status, json.load(response)
    except HTTPError as error:
        return error.code, None


def test_the_image_runs_without_privileges_and_keeps_its_state_in_a_volume():
    """The user is not root, and the state outlives the container."""
    found = instructions()
    assert found["USER"] != "root"
    assert found["VOLUME"] == "/state"
    assert "slim" in found["FROM"]
    assert [word for word in json.loads(found["CMD"]) if word.startswith("/")] == ["/state/sync.json"] * 2


def test_the_container_starts_is_healthy_and_saves_its_state(tmp_path):
    """The commands of the Dockerfile work together."""
    found = instructions()
    with server(tmp_path, json.loads(found["CMD"])) as url:
        health = json.loads(found["HEALTHCHECK"].partition("CMD ")[2])
        words = [sys.executable, *(word.replace("http://127.0.0.1:5000", url) for word in health[1:])]
        assert subprocess.run(words, timeout=30, check=False).returncode == 0
    assert subprocess.run(words, timeout=30, check=False, stderr=subprocess.DEVNULL).returncode != 0
    assert json.loads((tmp_path / "sync.json").read_text())["mock_cognitosync"] == 1


def test_the_service_beside_it_reaches_it_under_its_name(tmp_path):
    """The name of the compose service is an accepted Host; another name is not."""
    name = COMPOSE["players"]["environment"]["AWS_ENDPOINT_URL"].removeprefix("http://")
    assert name.partition(":")[0] in COMPOSE
    with server(tmp_path, COMPOSE["sync"]["command"]) as url:
        assert call(f"{url}/moto-api/data.json", headers={"Host": name}.items())[0] == 200
        assert call(f"{url}/moto-api/data.json", headers={"Host": "sync.invalid"}.items())[0] == 403


def test_the_service_beside_it_stores_profiles(tmp_path):
    """The command of the other service, with its variables, reads and writes a profile."""
    service = COMPOSE["players"]
    run = service["command"][2].partition("&& ")[2].replace("--host 0.0.0.0 --port 8000", "--port 0")
    with server(tmp_path, COMPOSE["sync"]["command"]) as url:
        variables = {**service["environment"], "AWS_ENDPOINT_URL": url}
        words = [sys.executable, "-m", *shlex.split(run)]
        with process(words, "Running on", cwd=ROOT / "examples/players", env=variables) as line:
            player = f"{line.split()[-1]}/players/{ADA}"
            assert call(player, "PATCH", body={"nickname": "Ada"}) == (200, {"nickname": "Ada"})
            assert call(player) == (200, {"nickname": "Ada"})


@pytest.mark.parametrize(
    "needed", ["mock_cognitosync", "pyproject.toml", "setup.py", "setup.cfg", "README.md", "LICENSE"]
)
def test_the_build_context_has_what_the_wheel_needs(needed):
    """`.dockerignore` leaves out everything else."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert lines[1] == "*"
    assert f"!{needed}" in lines
