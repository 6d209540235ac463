"""`connect`: the handle for a server, which servers it refuses, and what exists in process only."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import boto3
import pytest
import requests

from mock_cognitosync import NeverApplied, connect
from mock_cognitosync.cognitosync.settings import Settings
from mock_cognitosync.control.http_port import HttpPort
from mock_cognitosync.exceptions import ServerUnusable
from mock_cognitosync.server import standalone as standalone_module
from mock_cognitosync.server.application import make_application
from mock_cognitosync.server.standalone import standalone
from mock_cognitosync.server.waitress_server import serving


@pytest.fixture
def url():
    """The URL of a server that records what happens, as the command starts it."""
    with standalone(Settings()), serving(make_application()) as url:
        yield url


@contextmanager
def command(*arguments):
    """The command in a process of its own: its URL."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    words = [sys.executable, "-m", "mock_cognitosync", "--port", "0", *arguments]
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield re.search(r"http://\S+", process.stdout.readline())[0]
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)


@contextmanager
def answering(status, body):
    """A server that gives the same answer to every request: its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_server_in_another_process_is_controlled(own_model):
    """The region is that of the server, unless the test names another one."""
    with command("--region", "eu-west-1") as url, connect(url) as sync:
        user = sync.new_user()
        user.device().put("profile", {"theme": "dark"})
        credentials = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        client = boto3.client("cognito-sync", region_name="eu-west-1", endpoint_url=url, **credentials)
        client.list_records(**user.parameters("profile"))

        assert (sync.region_name, user.records("profile")) == ("eu-west-1", {"theme": "dark"})
        sync.calls.assert_called_once_with("ListRecords", DatasetName="profile")
        with connect(url, region_name="us-west-2", account_id="210987654321") as other:
            assert (other.region_name, other.account_id) == ("us-west-2", "210987654321")
            assert (other.users(), len(other.calls)) == ([], 0)


def test_a_waiting_request_does_not_delay_the_end_of_the_command():
    """The command ends at once, and the request gets an answer."""
    with ThreadPoolExecutor() as pool:
        with command() as url:
            history = f"{url}/moto-api/cognito-sync/v1/history?wait=30"
            answer = pool.submit(requests.get, history, timeout=60)
            requests.get(url, timeout=60)
            started = time.monotonic()
        answer.exception()
        assert time.monotonic() - started < 20


def test_a_connection_sees_what_happens_after_it(url):
    """Earlier calls belong to others."""
    path = f"{url}/identitypools/us-east-1:0/usage"
    requests.get(path, timeout=10)
    with connect(url) as sync:
        assert len(sync.calls) == 0
        requests.get(f"{url}/identitypools/us-east-1:0", timeout=10)
        assert len(sync.calls) == 1


def test_connections_have_users_of_their_own(url):
    """Each connection creates a pool for its users, and removes only its own faults and hooks."""
    with connect(url) as first, connect(url) as second:
        assert first.new_user().identity_pool_id != second.new_user().identity_pool_id
        fault = first.fail("ListRecords", "InternalErrorException", optional=True)
        with connect(url) as third:
            third.fail("ListRecords", "InternalErrorException", optional=True)
        faults = requests.get(f"{url}/moto-api/cognito-sync/v1/faults", timeout=10).json()["faults"]
        assert [found["number"] for found in faults] == [fault.number]


def test_a_pool_of_users_that_no_longer_exists_is_replaced(url):
    """After a reset of the server, users get a pool that exists."""
    with connect(url) as sync:
        pool = sync.new_user().identity_pool_id
        assert sync.new_user().identity_pool_id == pool
        client = boto3.client(
            "cognito-identity",
            region_name="us-east-1",
            endpoint_url=url,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        client.create_identity_pool(IdentityPoolName="other", AllowUnauthenticatedIdentities=True)
        assert sync.new_user().identity_pool_id != pool
        requests.post(f"{url}/moto-api/reset", timeout=10)


def test_a_trigger_cannot_be_a_function(url):
    """The message names the ways that work; removing a trigger is refused as well."""
    with connect(url) as sync, pytest.raises(TypeError, match="create the function in Lambda and call set_cognito_ev"):
        sync.set_trigger(sync.new_pool(), lambda event: event)


def test_a_hook_cannot_be_a_function(url):
    """The message shows the hook as data."""
    with connect(url) as sync, pytest.raises(TypeError) as refused:
        sync.before_next("ListRecords", print)

    assert str(refused.value) == (
        "a server cannot run the Python function print before a call: pass a partial of a device's method, such as "
        'partial(device.put, "profile", {"theme": "dark"})'
    )


@pytest.mark.parametrize("text", ["127.0.0.1:5000", "", "ftp://localhost", "http://"])
def test_something_that_is_no_url_is_refused(text):
    """The message has an example."""
    with pytest.raises(ValueError, match=r"url must be the URL of a server such as 'http://127.0.0.1:5000', got "):
        HttpPort(text)


def test_a_server_that_does_not_answer_is_refused():
    """Nothing listens at this port, with or without TLS."""
    for scheme in ("http", "https"):
        with pytest.raises(ServerUnusable, match=rf"the server at {scheme}://127.0.0.1:1 does not answer: Conn"):
            HttpPort(f"{scheme}://127.0.0.1:1/path")


@pytest.mark.parametrize(("status", "body"), [(404, b"<html>"), (200, b"{}"), (200, b"[]")])
def test_a_server_without_the_control_api_is_refused(status, body):
    """Moto's own server, for instance, has none."""
    with (
        answering(status, body) as url,
        pytest.raises(ServerUnusable, match=f"has no control API, and answers with {status}: start it with this vers"),
    ):
        HttpPort(url)


def test_another_version_of_the_control_api_is_refused():
    """The message names both versions."""
    health = json.dumps({"version": "9.0", "api_version": 2}).encode()
    with answering(200, health) as url, pytest.raises(ServerUnusable) as refused:
        HttpPort(url)

    assert str(refused.value) == (
        f"the server at {url} has version 2 of the control API, and this mock_cognitosync uses version 1: "
        "install the same version of mock-cognitosync on both sides"
    )


def test_a_history_with_a_gap_is_refused(url, monkeypatch):
    """The server keeps a limited number of entries, so calls could be missing without notice."""
    monkeypatch.setattr(standalone_module, "_KEPT_ENTRIES", 2)
    with standalone(Settings()), connect(url) as sync:
        for _ in range(4):
            sync.advance(1)
        assert len(sync.calls) == 0
        for _ in range(9):
            sync.advance(1)
        lost = "the server keeps its newest entries only, and 5 of this connection are lost: read calls more often"
        with pytest.raises(RuntimeError, match=lost):
            _ = sync.calls
        sync.reset()
        with connect(url) as fresh:
            assert len(fresh.calls) == 0


def test_a_server_that_stops_first_ends_the_connection():
    """The end of the block raises nothing about it."""
    with standalone(Settings()), serving(make_application()) as url:
        port = HttpPort(url)
        assert not port.has_ended
    port.end()
    assert port.has_ended
    port.end()


def test_what_was_never_applied_is_raised_after_everything_was_removed(url):
    """The server keeps nothing of the test."""

    def body():
        with connect(url) as sync:
            sync.fail("ListRecords", "InternalErrorException")

    with pytest.raises(NeverApplied, match="was never injected: no call of ListRecords reached us-east-1"):
        body()
    assert requests.get(f"{url}/moto-api/cognito-sync/v1/faults", timeout=10).json() == {"faults": []}


def test_an_unexpected_error_of_the_server_is_an_error(url, monkeypatch):
    """It is neither a ValueError nor a refusal of the service."""
    with connect(url) as sync:
        monkeypatch.setattr("mock_cognitosync.control.controller.Controller.pools", lambda *_: 1 / 0)
        with pytest.raises(RuntimeError, match="The server encountered an internal error"):
            sync._port._client.request("GET", "/pools")
        monkeypatch.setattr("mock_cognitosync.control.controller.Controller.pools", lambda *_: len(5))
        with pytest.raises(TypeError, match="has no len"):
            sync._port._client.request("GET", "/pools")
