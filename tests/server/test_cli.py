"""The command, in a process of its own: what it prints, takes, keeps and refuses."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest
import requests
from botocore.config import Config
from driver import replace, write

from mock_cognitosync import cli

COMMAND = [sys.executable, "-m", "mock_cognitosync"]
ADDRESS = {"IdentityPoolId": "us-east-1:0", "IdentityId": "us-east-1:1", "DatasetName": "profile"}


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch):
    for name in ("AWS_DEFAULT_REGION", "MOTO_PORT", "TEST_SERVER_MODE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@contextmanager
def running(*arguments, end=signal.SIGTERM, outcome=(0, "")):
    """A server as the command starts it, at a free port; gives its URL, and ends it by a signal."""
    words = [*COMMAND, "--port", "0", *map(str, arguments)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield re.fullmatch(r"# Cognito Sync and the rest of moto answer at (\S+)\n", process.stdout.readline())[1]
        finally:
            process.send_signal(end)
            said = process.communicate(timeout=30)[1]
        assert (process.returncode, said) == outcome


def refused(*arguments):
    """What the command says when it does not start."""
    done = subprocess.run([*COMMAND, *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr


def client_of(url):
    config = Config(retries={"total_max_attempts": 1})
    credentials = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    return boto3.client("cognito-sync", region_name="us-east-1", endpoint_url=url, config=config, **credentials)


def test_it_says_where_it_answers_and_what_to_export():
    """The first line has the URL; those after it are the variables that lead AWS's clients there."""
    words = [*COMMAND, "--port", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        lines = [process.stdout.readline().rstrip() for _ in range(8)]
        process.terminate()
    url = lines[0].rpartition(" ")[2]
    assert lines == [
        f"# Cognito Sync and the rest of moto answer at {url}",
        f"export AWS_ENDPOINT_URL={url}",
        f"export AWS_ENDPOINT_URL_COGNITO_SYNC={url}",
        "export AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=false",
        "export AWS_ACCESS_KEY_ID=testing",
        "export AWS_SECRET_ACCESS_KEY=testing",
        "export AWS_DEFAULT_REGION=us-east-1",
        "export AWS_REGION=us-east-1",
    ]


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_the_state_outlives_a_stop(tmp_path, end):
    """Ctrl-C and SIGTERM end the server cleanly; a server that loads what it saved goes on from there."""
    path = tmp_path / "state.json"
    with running("--load", path, "--save", path, end=end) as url:
        write(client_of(url), ADDRESS, replace("theme", "dark"))
    with running("--load", path) as url:
        records = client_of(url).list_records(**ADDRESS)["Records"]
    assert [(record["Key"], record["Value"], record["SyncCount"]) for record in records] == [("theme", "dark", 1)]


def test_a_seed_makes_ids_the_same():
    """Two servers with the same seed that do the same make the same ids."""
    found = []
    for _ in range(2):
        with running("--seed", "7") as url:
            found.append(requests.get(f"{url}/identitypools", timeout=5).headers["x-amzn-RequestId"])
    assert found[0] == found[1]


def test_moto_learns_the_port():
    """moto, which calls itself at times, goes by the port in use; pools made at the server are the ones that exist."""
    with running() as url:
        credentials = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "endpoint_url": url}
        pools = boto3.client("cognito-identity", region_name="us-east-1", **credentials)
        pool = pools.create_identity_pool(IdentityPoolName="game", AllowUnauthenticatedIdentities=True)
        usages = client_of(url).list_identity_pool_usage()["IdentityPoolUsages"]
    assert [usage["IdentityPoolId"] for usage in usages] == [pool["IdentityPoolId"]]


@pytest.mark.parametrize("region", ["eu-west-1", None])
def test_the_region_to_export(monkeypatch, capsys, region):
    """It is that of the environment, else us-east-1."""
    if region:
        monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    monkeypatch.setenv("MOTO_PORT", "1")
    cli.say_ready("http://127.0.0.1:5123")
    assert f"export AWS_REGION={region or 'us-east-1'}\n" in capsys.readouterr().out
    assert os.environ["MOTO_PORT"] == "5123"


# Refusals


def test_a_port_in_use():
    """A port that is taken is one sentence and exit code 2."""
    with running() as url:
        port = url.rpartition(":")[2]
        sentence = f"port {port} of 127.0.0.1 is in use: give another --port, or 0 for a free one"
        assert refused("--port", port) == f"mock-cognitosync: {sentence}\n"


@pytest.mark.parametrize("host", ["a" * 64, "192.0.2.1"])
def test_an_address_that_cannot_be_had(host):
    """An address that is not this machine's is one sentence and exit code 2."""
    sentence = f"mock-cognitosync: cannot listen on port 0 of {host}: .+\n"
    assert re.fullmatch(sentence, refused("--host", host, "--port", "0"))


@pytest.mark.parametrize("port", ["x", "-1", "65536", "1.5"])
def test_a_port_that_is_none(port):
    """What is no port is refused with what would be one."""
    last = refused(f"--port={port}").splitlines()[-1]
    assert last.endswith(f"argument --port: '{port}' is not a port; it must be an integer from 0 to 65535")


def test_a_file_that_is_not_there(tmp_path):
    """A file that cannot be read is one sentence and exit code 2."""
    path = tmp_path / "state.json"
    assert refused("--load", path) == f"mock-cognitosync: cannot read {path}: No such file or directory\n"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"mock_cognitosync": 999}', '{"mock_cognitosync": 1}'])
def test_a_file_that_holds_no_state(tmp_path, content):
    """A file that holds something else is one sentence and exit code 2."""
    path = tmp_path / "state.json"
    path.write_text(content)
    said = refused("--load", path)
    assert (said.startswith(f"mock-cognitosync: {path} is "), said.count("\n")) == (True, 1)


@pytest.mark.parametrize(
    ("name", "reason"), [("", "it is a directory"), ("missing/state.json", "No such file or directory")]
)
def test_a_path_that_cannot_be_written_to(tmp_path, name, reason):
    """A path to which the state cannot be saved is refused at the start."""
    path = tmp_path / name
    assert refused("--save", path) == f"mock-cognitosync: cannot write {path}: {reason}\n"


def test_a_place_that_is_gone_at_the_end(tmp_path):
    """Where the state could not be written after all, a sentence and exit code 2 say so."""
    path = tmp_path / "folder" / "state.json"
    path.parent.mkdir()
    sentence = f"mock-cognitosync: cannot write {path}, the state is lost: No such file or directory\n"
    with running("--save", path, outcome=(2, sentence)):
        path.parent.rmdir()


def test_what_is_not_installed(monkeypatch, capsys):
    """Without the extra the command says how to install it."""
    monkeypatch.setattr("mock_cognitosync.server.find_spec", lambda name: None if name == "waitress" else True)
    assert cli.main([]) == 2
    assert capsys.readouterr().err == (
        'mock-cognitosync: waitress not installed: pip install "mock-cognitosync[server]"\n'
    )


def test_help():
    """`--help` tells what each option is for; the console script is the same command."""
    words = [Path(sys.executable).parent / "mock-cognitosync", "--help"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    for option in ("--host HOST", "--port PORT", "--load FILE", "--save FILE", "--seed NUMBER"):
        assert re.search(rf"^  {option} +\S", done.stdout, re.MULTILINE)
