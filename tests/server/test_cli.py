"""The command in a process of its own: what it prints, how it stops, and what it keeps."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest
import requests
from botocore.config import Config
from driver import TOKEN_REFUSED, DatasetDriver, conflict, replace

COMMAND = [sys.executable, "-m", "mock_cognitosync"]

pytestmark = pytest.mark.usefixtures("own_model")


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch):
    for name in ("AWS_DEFAULT_REGION", "MOTO_PORT", "TEST_SERVER_MODE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@contextmanager
def running(*arguments, end=signal.SIGTERM, outcome=(0, ""), prefix=()):
    """Run the command at a free port; give its URL, stop it with the signal *end*, and check its exit and errors."""
    words = [*prefix, *COMMAND, "--port", "0", *map(str, arguments)]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(words, **pipes, text=True) as process:
        try:
            url = re.fullmatch(r"# Cognito Sync and the rest of moto answer at (\S+)\n", process.stdout.readline())[1]
            yield url, process
        finally:
            process.send_signal(end)
            try:
                errors = process.communicate(timeout=30)[1]
            finally:
                process.kill()
        assert (process.returncode, errors) == outcome


def refused(*arguments):
    """The error message of a command that does not start."""
    done = subprocess.run([*COMMAND, *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr


def dataset_at(url):
    """A driver for a dataset at a server; it has no handle."""
    config = Config(retries={"total_max_attempts": 1})
    credentials = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    client = boto3.client("cognito-sync", region_name="us-east-1", endpoint_url=url, config=config, **credentials)
    return DatasetDriver(None, client, "us-east-1:0", "us-east-1:1")


def test_the_command_prints_its_url_and_the_variables_for_clients():
    """The comments have the URL and that of the page; the others are the variables that lead AWS clients to it."""
    words = [*COMMAND, "--port", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        lines = [process.stdout.readline().rstrip() for _ in range(9)]
        process.terminate()
    url = lines[0].rpartition(" ")[2]
    assert lines == [
        f"# Cognito Sync and the rest of moto answer at {url}",
        f"# The page that shows what happens: {url}/moto-api/cognito-sync/",
        f"export AWS_ENDPOINT_URL={url}",
        f"export AWS_ENDPOINT_URL_COGNITO_SYNC={url}",
        "export AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=false",
        "export AWS_ACCESS_KEY_ID=testing",
        "export AWS_SECRET_ACCESS_KEY=testing",
        "export AWS_DEFAULT_REGION=us-east-1",
        "export AWS_REGION=us-east-1",
    ]


@pytest.mark.usefixtures("no_signal_is_ignored")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda end: end.name)
def test_a_signal_stops_the_command_and_saves_the_state(tmp_path, end):
    """Ctrl-C, SIGTERM and a closed terminal stop the server; a server that loads its file continues from there."""
    path = tmp_path / "state.json"
    with running("--load", path, "--save", path, end=end) as (url, _):
        dataset_at(url).write(replace("theme", "dark"))
    assert json.loads(path.read_text())["mock_cognitosync"] == 1
    with running("--load", path) as (url, _):
        assert dataset_at(url).listed()["Records"] == [("theme", "dark", 1)]


def test_nohup_keeps_the_server_running():
    """A SIGHUP that the caller ignores is ignored."""
    with running(prefix=["nohup"]) as (url, process):
        process.send_signal(signal.SIGHUP)
        assert requests.get(f"{url}/identitypools", timeout=30).status_code == 200


def test_a_seed_makes_ids_repeatable():
    """Two servers with the same seed give the same ids to the same requests."""
    found = []
    for _ in range(2):
        with running("--seed", "7") as (url, _):
            found.append(requests.get(f"{url}/identitypools", timeout=5).headers["x-amzn-RequestId"])
    assert found[0] == found[1]


def test_pools_that_are_created_at_the_server_exist():
    """Cognito Sync and moto's cognito-identity share the pools of the server."""
    with running() as (url, _):
        credentials = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "endpoint_url": url}
        pools = boto3.client("cognito-identity", region_name="us-east-1", **credentials)
        pool = pools.create_identity_pool(IdentityPoolName="game", AllowUnauthenticatedIdentities=True)
        usages = dataset_at(url).client.list_identity_pool_usage()["IdentityPoolUsages"]
    assert [usage["IdentityPoolId"] for usage in usages] == [pool["IdentityPoolId"]]


def test_the_options_of_the_service_apply_to_its_clients():
    """Limits, strict counts and the lifetime of tokens apply to the first request already."""
    with running("--records-per-dataset", 1, "--strict-sync-counts", "--token-lifetime", "1e-9") as (url, _):
        profile = dataset_at(url)
        assert profile.refused_update(replace("theme")) == TOKEN_REFUSED
    with running("--records-per-dataset", 1, "--strict-sync-counts") as (url, _):
        profile = dataset_at(url)
        assert profile.refused_update(replace("theme", sync_count=5)) == conflict("theme", current=0, sent=5)
        assert profile.refused_update(replace("a"), replace("b"))[0] == "LimitExceededException"


def test_the_region_of_the_printed_variables_can_be_chosen():
    """`--region` has precedence over AWS_DEFAULT_REGION."""
    words = [*COMMAND, "--port", "0", "--format", "dotenv", "--region", "eu-west-1"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        lines = [process.stdout.readline().rstrip() for _ in range(9)]
        process.terminate()
    assert lines[-2:] == ["AWS_DEFAULT_REGION=eu-west-1", "AWS_REGION=eu-west-1"]


def test_calls_are_printed_if_the_user_wants_it():
    """`--verbose` prints to standard error, where it does not disturb a reader of the variables."""
    words = [*COMMAND, "--port", "0", "--verbose", "--format", "json"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(words, **pipes, text=True) as process:
        ready = json.loads(process.stdout.readline())
        requests.get(f"{ready['url']}/identitypools", timeout=30)
        process.terminate()
        output, errors = process.communicate(timeout=30)
    assert output == ""
    assert re.fullmatch(r"\d\d:\d\d:\d\d ListIdentityPoolUsage\(\)\n   -> ok\n", errors)


def test_the_state_is_saved_at_an_interval(tmp_path):
    """`--save-every` writes the file while the server runs, so that a killed server has lost little."""
    path = tmp_path / "state.json"
    with running("--save", path, "--save-every", "0.1", end=signal.SIGKILL, outcome=(-9, "")) as (url, _):
        dataset_at(url).write(replace("theme", "dark"))
        while not path.exists() or '"dark"' not in path.read_text():
            requests.get(url, timeout=30)
    with running("--load", path) as (url, _):
        assert dataset_at(url).listed()["Records"] == [("theme", "dark", 1)]


def test_allowed_hosts_and_origins_are_served():
    """`--allow-host` and `--allow-origin` name a container and a page; others are refused."""
    with running("--allow-host", "Moto", "--allow-origin", "http://localhost:3000") as (url, _):
        sent = [
            {"Host": "moto:5000"},
            {"Host": "other"},
            {"Origin": "http://localhost:3000"},
            {"Origin": "http://localhost:3001"},
        ]
        statuses = [requests.post(f"{url}/moto-api/reset", headers=headers, timeout=30).status_code for headers in sent]
    assert statuses == [200, 403, 200, 403]


def test_the_name_to_listen_on_is_allowed():
    """A server that listens on a name of its machine is served under it."""
    name = socket.gethostname()
    try:
        socket.create_server((name, 0)).close()
    except OSError:
        pytest.skip(f"{name}, the name of this machine, is not one of its addresses")
    with running("--host", name) as (url, _):
        # By address, since tests may not connect to other names than localhost.
        address = url.replace(name, socket.gethostbyname(name))
        assert requests.get(address, headers={"Host": name.upper()}, timeout=30).status_code == 200


def test_a_port_in_use_is_refused():
    """The command exits with code 2 and one sentence if the port is taken."""
    with running() as (url, _):
        port = url.rpartition(":")[2]
        sentence = f"port {port} of 127.0.0.1 is in use: give another --port, or 0 for a free one"
        assert refused("--port", port) == f"mock-cognitosync: {sentence}\n"


@pytest.mark.parametrize("host", ["a" * 64, "192.0.2.1"])
def test_an_address_of_another_machine_is_refused(host):
    """The command exits with code 2 and one sentence if it cannot listen on the address."""
    sentence = f"mock-cognitosync: cannot listen on port 0 of {host}: .+\n"
    assert re.fullmatch(sentence, refused("--host", host, "--port", "0"))


def test_a_state_that_cannot_be_saved_at_the_end_is_reported(tmp_path):
    """If the file cannot be written after all, the exit code is 2, and one sentence says so."""
    path = tmp_path / "folder" / "state.json"
    path.parent.mkdir()
    sentence = f"mock-cognitosync: cannot write {path}, the state is lost: No such file or directory\n"
    with running("--save", path, outcome=(2, sentence)):
        path.parent.rmdir()


def test_the_help_explains_each_option():
    """`--help` of the console script, which is the same command, has a text for each option."""
    words = [Path(sys.executable).parent / "mock-cognitosync", "--help"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    options = ("--host HOST", "--port PORT", "--load FILE", "--save FILE", "--seed NUMBER", "--allow-host NAME")
    for option in options:
        assert re.search(rf"^  {option} +\S", done.stdout, re.MULTILINE)
