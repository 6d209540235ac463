"""The HTTP server: persistent connections, misbehaving clients, and concurrency."""

from __future__ import annotations

import json
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from threading import Barrier, Event, Thread, current_thread
from threading import enumerate as enumerate_threads
from unittest.mock import Mock
from urllib.parse import urlsplit

import pytest
from waitress.trigger import trigger

from mock_cognitosync.server.application import make_application
from mock_cognitosync.server.waitress_channel import Channel
from mock_cognitosync.server.waitress_server import serving

PATH = "/identitypools/us-east-1:0/identities/us-east-1:0/datasets/profile"
REQUEST = f"GET {PATH}/records HTTP/1.1\r\nHost: localhost\r\n"


@contextmanager
def connection(url):
    """A plain connection to the server."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as found:
        yield found


def exchange(url, data):
    """Everything that the server sends after *data* until it closes the connection."""
    with connection(url) as there:
        there.sendall(data.encode("latin-1"))
        return b"".join(iter(lambda: there.recv(65536), b"")).decode()


def status_of(answer):
    return int(answer.split()[1])


@contextmanager
def client(url):
    parts = urlsplit(url)
    there = HTTPConnection(parts.hostname, parts.port, timeout=30)
    try:
        yield there
    finally:
        there.close()


def send(there, method, path, body=None):
    there.request(method, path, body and json.dumps(body))
    answer = there.getresponse()
    return answer.status, json.loads(answer.read())


@pytest.fixture(scope="module")
def url():
    """The URL of a server of the whole application that closes a connection after one second without a byte."""
    with serving(make_application(), idle_seconds=1) as found:
        yield found


def echo(environ, start_response):
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


# Connections


def test_a_connection_is_reused(url):
    """Several requests, including refused ones, use one connection."""
    with client(url) as there:
        there.connect()
        name = there.sock.getsockname()
        paths = [f"{PATH}/records", PATH, "/identitypools/", f"{PATH}/records"]
        assert [send(there, "GET", path)[0] for path in paths] == [200, 404, 400, 200]
        there.request("HEAD", PATH)
        assert there.getresponse().read() == b""
        assert send(there, "GET", f"{PATH}/records", {"a": "body that nobody reads"})[0] == 200
        assert there.sock.getsockname() == name


def test_pipelined_requests_are_answered_in_order(url):
    """Requests that a client sends without waiting are answered in their order."""
    closing = f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    answers = exchange(url, f"{REQUEST}\r\n{REQUEST}\r\n{closing}")
    assert re.findall(r"HTTP/1.1 (\d+)", answers) == ["200", "200", "404"]


def test_expect_100_continue_is_answered(url):
    """A client that asks before it sends a body is told to continue."""
    head = f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    with connection(url) as there:
        there.sendall(head.encode())
        assert there.recv(65536).startswith(b"HTTP/1.1 100 ")
        there.sendall(b"{}")
        assert there.recv(65536).startswith(b"HTTP/1.1 400 ")


def test_names_of_s3_metadata_keep_their_underscores():
    """Metadata whose names have an underscore reach moto, and its answers the client, with unchanged names."""

    def application(environ, start_response):
        names = environ["moto.preserved_header_names"]
        start_response("200 OK", [(name, environ[key]) for key, name in names.items()])
        return [b""]

    names = ["x-amz-meta-my_key", "x-amz-meta-both-here", "x-amz-meta-both_here", "other_header"]
    with serving(application) as url, client(url) as there:
        there.request("GET", "/", headers={name: name for name in names})
        found = there.getresponse().getheaders()
    assert [(name, value) for name, value in found if "meta" in name] == [("x-amz-meta-my_key", "x-amz-meta-my_key")]


def test_a_long_answer_to_a_slow_client_is_complete():
    """An answer longer than the buffers of a connection arrives completely at a client that reads slowly."""
    body = b"0123456789abcdef" * 2**21
    started = Event()

    def application(environ, start_response):
        start_response("200 OK", [("Content-Length", str(len(body)))])
        for start in range(0, len(body), 2**20):
            yield body[start : start + 2**20]
            started.set()

    with serving(application) as url, client(url) as there:
        there.request("GET", "/")
        assert started.wait(10)
        assert there.getresponse().read() == body


@pytest.mark.parametrize(
    ("host", "named"),
    [("127.0.0.1", "127.0.0.1"), ("localhost", "localhost"), ("0.0.0.0", "127.0.0.1"), ("::1", "[::1]")],
)
def test_the_url_is_usable_on_this_machine(host, named):
    """The URL of each address is one that clients on this machine can use."""
    with serving(echo, host) as url:
        assert urlsplit(url).netloc.rpartition(":")[0] == named
        with client(url) as there:
            there.request("POST", "/", b"hello")
            assert there.getresponse().read() == b"hello"


def test_the_end_of_the_server_is_orderly():
    """A request in progress is answered; then the server stops listening, and the port is free at once."""
    asked, answering = Event(), Event()

    def application(environ, start_response):
        asked.set()
        answering.wait(10)
        return echo(environ, start_response)

    with serving(application) as url:
        parts = urlsplit(url)
        with client(url) as there:
            there.request("POST", "/", b"hello")
            assert asked.wait(10)
            Thread(target=answering.set).start()
            answer = there.getresponse().read()
    assert answer == b"hello"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((parts.hostname, parts.port), timeout=5)
    with serving(echo, port=parts.port) as again:
        assert again == url


def test_a_port_in_use_is_an_os_error():
    """The server does not start on a port that is in use."""
    with serving(echo) as url, pytest.raises(OSError, match="in use"), serving(echo, port=urlsplit(url).port):
        pass


def test_a_stop_right_after_an_answer_raises_no_bad_file_descriptor(monkeypatch):
    """If the server's thread is awake when it is told to close everything, it does not close what wakes it up."""
    stopping = current_thread()
    pull = trigger._physical_pull

    def pull_twice(self):
        if current_thread() is stopping:
            # As a worker thread does when it has sent an answer. It wakes the thread, which ends if it may.
            pull(self)
            [*_, newest] = [thread for thread in enumerate_threads() if thread.name == "mock-cognitosync"]
            newest.join(0.2)
        pull(self)

    monkeypatch.setattr(trigger, "_physical_pull", pull_twice)
    with serving(echo) as url, client(url) as there:
        there.request("GET", "/")
        assert there.getresponse().status == 200


# Misbehaving clients


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ("nonsense\r\n\r\n", 400),
        ("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (f"get {PATH} HTTP/1.1\r\n\r\n", 400),
        (f"{REQUEST}no colon\r\n\r\n", 400),
        (f"{REQUEST}A: b\nc: d\r\n\r\n", 400),
        (f"{REQUEST}Content-Length: many\r\n\r\n", 400),
        (f"{REQUEST}Content-Length: 1, 2\r\n\r\n", 400),
        (f"{REQUEST}Transfer-Encoding: chunked\r\n\r\nno number\r\n", 400),
        (f"{REQUEST}Transfer-Encoding: gzip\r\n\r\n", 501),
        (f"{REQUEST}A: ".ljust(2**18, "a"), 431),
        (f"{REQUEST}Content-Length: {2**30}\r\n\r\n", 413),
    ],
    ids=[
        "nonsense",
        "TLS",
        "lower-case method",
        "header without colon",
        "bare line feed",
        "length that is no number",
        "two lengths",
        "garbled chunk",
        "unknown coding",
        "long headers",
        "1 GiB",
    ],
)
def test_a_malformed_request_is_refused(url, data, status):
    """A request that cannot be read or is too long is refused, and the connection closed."""
    assert status_of(exchange(url, data)) == status


def test_an_incomplete_request_is_closed(url):
    """The server closes a connection on which nothing more of a request arrives."""
    halves = ["", "GET / HT", REQUEST, f"{REQUEST}Content-Length: 5\r\n\r\n{{"]
    with ThreadPoolExecutor(len(halves)) as pool:
        assert list(pool.map(exchange, [url] * len(halves), halves)) == [""] * len(halves)


def test_slow_clients_do_not_block_others():
    """Requests are answered while hundreds of connections have sent half a request."""
    with serving(make_application()) as url:
        parts = urlsplit(url)
        slow = [socket.create_connection((parts.hostname, parts.port), timeout=10) for _ in range(200)]
        for number, there in enumerate(slow):
            there.sendall((REQUEST, "GET / HT", f"{REQUEST}Content-Length: 5\r\n\r\n{{")[number % 3].encode())
        with client(url) as there:
            assert [send(there, "GET", f"{PATH}/records")[0] for _ in range(20)] == [200] * 20
        slow[0].sendall(b"\r\n")
        assert slow[0].recv(65536).startswith(b"HTTP/1.1 200 OK")
        for there in slow:
            there.close()


@pytest.mark.parametrize(
    ("connections", "sent"),
    [
        (300, b""),
        (100, f"{REQUEST}Transfer-Encoding: chunked\r\n\r\n5\r\n{{".encode()),
        (100, f"{REQUEST}Content-Length: {2**29}\r\n\r\n".encode() + b" " * 10_000),
        (100, f"{REQUEST}A: ".encode() + b"a" * 100_000),
        (100, f"{REQUEST}\r\n".encode() * 50),
    ],
    ids=["idle", "half a chunk", "a long body", "a long header", "pipelining without reading"],
)
def test_other_connections_do_not_delay_a_client(connections, sent):
    """A client is answered, and keeps its connection, whatever a hundred others send, or do not read."""
    with serving(make_application()) as url, ExitStack() as others, client(url) as there:
        there.connect()
        name = there.sock.getsockname()
        for _ in range(connections):
            others.enter_context(connection(url)).sendall(sent)
        assert [send(there, "GET", f"{PATH}/records")[0] for _ in range(20)] == [200] * 20
        assert there.sock.getsockname() == name


@pytest.fixture
def large(monkeypatch):
    """The URL of a server on 2 threads whose answers have 4 MiB."""
    monkeypatch.setattr("mock_cognitosync.server.waitress_server._THREADS", 2)

    def application(environ, start_response):
        size = 2 if environ["PATH_INFO"] == "/small" else 2**22
        start_response("200 OK", [("Content-Length", str(size))])
        return [b" " * size]

    with serving(application) as found:
        yield found


LARGE = b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n"


def test_clients_that_do_not_read_long_answers_do_not_occupy_the_threads(large):
    """More clients than threads send many requests and read nothing; another client is answered all the same."""
    with ExitStack() as others, client(large) as there:
        for _ in range(4):
            others.enter_context(connection(large)).sendall(LARGE * 20)
        for _ in range(20):
            there.request("GET", "/small")
            assert there.getresponse().read() == b"  "


def test_pipelined_long_answers_are_complete_once_the_client_reads(large):
    """All answers arrive, in their order, at a client that begins to read after the first ones have waited."""
    with connection(large) as there:
        there.sendall(LARGE * 5 + b"GET /small HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        with client(large) as another:
            another.request("GET", "/large")
            another.getresponse().read()
        received = b"".join(iter(lambda: there.recv(2**20), b""))
    assert received.count(b"HTTP/1.1 200 OK") == 6
    assert received.count(b" " * 1024) == 5 * 2**12
    assert received.endswith(b"\r\n\r\n  ")


def test_a_client_that_never_reads_is_disconnected():
    """A connection whose client has read nothing for the idle time is closed, although requests wait on it."""
    connections = []

    def application(environ, start_response):
        connections.append(environ["waitress.client_disconnected"])
        start_response("200 OK", [("Content-Length", str(2**22))])
        return [b" " * 2**22]

    with serving(application, idle_seconds=1) as url, connection(url) as there:
        there.sendall(LARGE * 20)
        pause = Event()
        while not connections or not connections[0]():
            pause.wait(0.05)
    assert len(connections) < 20


def test_the_server_survives_clients_that_close_early(url):
    """Clients that reset the connection before their answer arrives do not affect others."""
    for _ in range(50):
        with connection(url) as there:
            there.sendall(f"{REQUEST}\r\n".encode())
            there.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    with client(url) as there:
        assert send(there, "GET", f"{PATH}/records")[0] == 200


# Concurrency


@pytest.mark.parametrize(("clients", "rounds"), [(8, 25)])
def test_no_update_of_concurrent_clients_is_lost(url, clients, rounds):
    """If several clients increment one record, no update is lost, and each sync count occurs once.

    Source: counts-1, counts-3.
    """
    path = PATH.replace("profile", f"race-{clients}")
    ready = Barrier(clients)

    def count_up(_):
        seen = []
        with client(url) as there:
            ready.wait(10)
            for _ in range(rounds):
                listing = send(there, "GET", f"{path}/records")[1]
                record = next(iter(listing["Records"]), {"SyncCount": 0, "Value": "0"})
                update = {
                    "SyncSessionToken": listing["SyncSessionToken"],
                    "RecordPatches": [
                        {
                            "Op": "replace",
                            "Key": "number",
                            "Value": str(int(record["Value"]) + 1),
                            "SyncCount": record["SyncCount"],
                        }
                    ],
                }
                status, answer = send(there, "POST", path, update)
                assert status in {200, 409}
                if status == 200:
                    seen.append(answer["Records"][0]["SyncCount"])
        return seen

    with ThreadPoolExecutor(clients) as pool:
        seen = [sync_count for counts in pool.map(count_up, range(clients)) for sync_count in counts]
    assert sorted(seen) == list(range(1, len(seen) + 1))
    with client(url) as there:
        assert send(there, "GET", f"{path}/records")[1]["Records"][0]["Value"] == str(len(seen))


def test_64_simultaneous_connections_are_answered(url):
    """64 connections that send requests at the same time, several each, are all answered."""
    ready = Barrier(64)

    def ask(_):
        with client(url) as there:
            ready.wait(10)
            return [send(there, "GET", f"{PATH}/records")[0] for _ in range(10)]

    with ThreadPoolExecutor(64) as pool:
        assert {status for statuses in pool.map(ask, range(64)) for status in statuses} == {200}


def test_the_next_request_is_answered_once_the_client_has_read_enough():
    """A connection that waits for its client hands its next request to the threads, once."""
    channel = Channel.__new__(Channel)
    vars(channel).update(is_waiting=True, will_close=False, requests=["next"], total_outbufs_len=0, server=Mock())
    assert [channel.writable(), channel.writable()] == [False, False]
    channel.server.add_task.assert_called_once_with(channel)
