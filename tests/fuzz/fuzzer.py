"""
The fuzzer by hand: ``python tests/fuzz/fuzzer.py --requests 1000000``, in process, or with ``--http`` at a server.

It sends requests that are broken in every way and checks each answer. The first that is wrong ends it with the request.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import socket
import sys
import time
from collections import Counter
from contextlib import closing, contextmanager, nullcontext
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parents[1]))

import boto3
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import EndpointConnectionError
from driver import ACCOUNT
from fuzz.grammar import HOST, PLATFORM, STREAM, Grammar

from mock_cognitosync.cognitosync.models import cognitosync_backends, lock
from mock_cognitosync.cognitosync.responses import handle
from mock_cognitosync.control.snapshot.describe import described
from moto import mock_aws
from moto.kinesis.models import kinesis_backends
from moto.sns.models import sns_backends

REGION = "us-east-1"
# How much of a wrong request is shown.
LONGEST = 2_000
# A request that takes longer hangs.
SECONDS = 5
# The number of requests after which the state of the service is reset.
RESET = 1_000


def told(wire):
    """A request in a message."""
    return str(wire)[:LONGEST]


class Wrong(AssertionError):
    """An answer that the service must not give."""


def in_process(wire):
    """Status, headers and body, as moto's callers get them from the handler."""
    path = quote(wire.path, safe="/%;:+=@,&()'!*~$")
    url = f"https://{HOST}{path}" + (f"?{quote(wire.query, safe='%;:+=@,&')}" if wire.query else "")
    headers = {name: value.encode("latin-1") for name, value in wire.headers.items()}
    try:
        return handle(AWSPreparedRequest(wire.method, url, headers, wire.body, False), url, headers)
    except EndpointConnectionError:
        return 403, {"x-amzn-ErrorType": "region"}, '{"message": ""}'


class Server:
    """A connection to the server, which is opened again if the server closes it."""

    def __init__(self, port):
        self.port = port
        self.connection = None

    def __call__(self, wire):
        """Status, headers and body of the answer over HTTP."""
        target = quote(wire.target, safe="/%;:+=@,&?()'!*~$")
        lines = [
            f"{wire.method} {target} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Content-Length: {len(wire.body)}",
        ]
        lines += [f"{name}: {value}" for name, value in wire.headers.items()]
        if self.connection is None:
            self.connection = socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS)
        self.connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + wire.body)
        response = HTTPResponse(self.connection, method=wire.method)
        response.begin()
        body = response.read()
        if response.status == 400 and response.headers["Content-Type"].startswith("text/plain"):
            # What is not HTTP never reaches the service.
            response.headers["x-amzn-ErrorType"], body = "NotHTTP", b'{"message": ""}'
        if response.will_close:
            self.close()
        return response.status, response.headers, body.decode()

    def close(self):
        """Close the connection, if it is open."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def begin_anew():
    """Forget everything, and create what the service needs of others: an application for pushes, and a stream."""
    for backends in (cognitosync_backends, sns_backends, kinesis_backends):
        backends[ACCOUNT][REGION].reset()
    boto3.client("sns", region_name=REGION).create_platform_application(Name="game", Platform=PLATFORM, Attributes={})
    boto3.client("kinesis", region_name=REGION).create_stream(StreamName=STREAM, ShardCount=1)


def state():
    """What the service stores, consumed tokens included, and what it has sent to streams and devices."""
    backend = cognitosync_backends[ACCOUNT][REGION]
    [shard] = kinesis_backends[ACCOUNT][REGION].streams[STREAM].shards.values()
    endpoints = sns_backends[ACCOUNT][REGION].platform_endpoints.values()
    sent = len(shard.records), [len(endpoint.messages) for endpoint in endpoints]
    with lock:
        return repr(described(backend)), bytes(backend._sessions._consumed), sent


def fuzz(send, seed, requests):
    """
    Send random requests and check each answer.

    Returns:
        How often each status and error was answered, and the longest time of an answer in seconds.

    Raises:
        Wrong: a status of 500 or above, an answer that is no answer of the service, a refusal that changed something,
            or an answer that took too long.
    """
    grammar = Grammar(seed)
    # In process, a busy machine does not count.
    clock = time.thread_time if send is in_process else time.perf_counter
    statuses, slowest = Counter(), 0.0
    for number in range(requests):
        if number % RESET == 0:
            begin_anew()
            grammar.tokens.clear()
            grammar.devices.clear()
            before = state()
        wire = grammar.request()
        started = clock()
        try:
            status, headers, body = send(wire)
        except Exception as error:
            raise Wrong(f"request {number} of seed {seed} raises {error!r}: {told(wire)}") from error
        seconds = clock() - started
        slowest = max(slowest, seconds)
        code = headers["x-amzn-ErrorType"].rstrip(":") if "x-amzn-ErrorType" in headers else "ok"
        statuses[f"{status} {code}"] += 1
        after = state()
        if status >= 500 or seconds > SECONDS:
            raise Wrong(
                f"request {number} of seed {seed} is answered with {status} after {seconds:.1f} s: {told(wire)}"
            )
        if status >= 400:
            if after != before:
                raise Wrong(
                    f"request {number} of seed {seed} is refused with {status}, and changes state: {told(wire)}"
                )
            if wire.method != "HEAD" and ("x-amzn-ErrorType" not in headers or not json.loads(body)):
                raise Wrong(f"request {number} of seed {seed} is refused without an error of the service: {told(wire)}")
        elif wire.operation == "ListRecords" and '"SyncSessionToken"' in body:
            grammar.tokens[wire.dataset] = json.loads(body)["SyncSessionToken"]
        elif wire.operation == "RegisterDevice" and '"DeviceId"' in body:
            grammar.devices[wire.dataset[0]] = json.loads(body)["DeviceId"]
        before = after
    return statuses, slowest


@contextmanager
def server():
    """A connection to a server for what is mocked in this process."""
    from mock_cognitosync.server.in_process import serving_this_process

    with serving_this_process() as url, closing(Server(int(url.rpartition(":")[2]))) as connection:
        yield connection


def memory_mib():
    """The memory of this process, now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def main():
    parser = argparse.ArgumentParser(description="Send broken requests to the service.")
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0, help="the seed of the first batch")
    parser.add_argument("--http", action="store_true", help="over HTTP at a server, not in process")
    options = parser.parse_args()
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    batch, started, statuses, slowest = 10_000, time.monotonic(), Counter(), 0.0
    # Not mock_cognitosync, which records each call.
    with mock_aws(), server() if options.http else nullcontext(in_process) as send:
        for number in range(max(1, options.requests // batch)):
            counted, longest = fuzz(send, options.seed + number, batch)
            statuses, slowest = statuses + counted, max(slowest, longest)
            sent = (number + 1) * batch
            print(
                f"{sent:,} requests, seeds {options.seed} to {options.seed + number}, "
                f"{sent / (time.monotonic() - started):,.0f} per second, slowest {slowest * 1000:.0f} ms, "
                f"{memory_mib():.1f} MiB, {dict(sorted(statuses.items()))}",
                flush=True,
            )


if __name__ == "__main__":
    main()
