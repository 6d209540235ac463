"""A call that times out at the server: the client waits in vain, and no worker thread waits with it."""

from __future__ import annotations

import json
import socket
from contextlib import ExitStack
from urllib.parse import urlsplit
from urllib.request import urlopen

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError

from mock_cognitosync.server.application import make_application
from mock_cognitosync.server.waitress_server import _THREADS, serving

PATH = "/identitypools/us-east-1:0/identities/us-east-1:0/datasets"
REQUEST = f"GET {PATH}/profile/records HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def waiting(url):
    """A connection on which a call of ListRecords waits."""
    parts = urlsplit(url)
    connection = socket.create_connection((parts.hostname, parts.port), timeout=10)
    connection.sendall(REQUEST)
    return connection


def test_a_client_of_the_server_times_out(cognitosync, cognitosync_server):
    """boto3 gives up after its own read timeout, not after an answer."""
    cognitosync.time_out("ListRecords", calls=1)
    config = Config(read_timeout=0.2, retries={"total_max_attempts": 1})
    client = boto3.client("cognito-sync", endpoint_url=cognitosync_server.url, config=config)
    user = cognitosync.new_user()

    with pytest.raises(ReadTimeoutError):
        client.list_records(**user.parameters("profile"))
    assert client.list_records(**user.parameters("profile"))["Records"] == []


def test_more_clients_wait_than_the_server_has_threads(cognitosync, cognitosync_server):
    """All worker threads remain free for other calls."""
    fault = cognitosync.time_out("ListRecords")
    with ExitStack() as connections:
        for _ in range(_THREADS + 8):
            connections.enter_context(waiting(cognitosync_server.url))
        with urlopen(cognitosync_server.url + PATH, timeout=10) as answer:
            assert json.load(answer)["Count"] == 0
        last = connections.enter_context(waiting(cognitosync_server.url))
        last.settimeout(0.2)
        with pytest.raises(TimeoutError):
            last.recv(1)
    assert fault.times_injected == _THREADS + 9


def test_a_client_that_never_gives_up_is_disconnected(cognitosync):
    """The server closes the connection when it has been idle for its limit, without an answer."""
    cognitosync.time_out("ListRecords")
    with serving(make_application(), idle_seconds=1) as url, waiting(url) as connection:
        assert connection.recv(1) == b""
