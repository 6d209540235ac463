"""
Many clients of one server at once: a race on one record, a minute of load together with clients that misbehave, and the
latency of a few clients while 900 other connections do something that a server could wait for.

The server is the command in a process of its own; the clients are threads here, with plain HTTP.
"""

from __future__ import annotations

import json
import random
import re
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles
from threading import Event, Thread
from time import monotonic, perf_counter
from typing import Any

RACERS, RACE_ROUNDS = 16, 1000
CONNECTIONS, SECONDS = 64, 60
BAD_CLIENTS = 200
IDENTITY = "/identitypools/us-east-1:0/identities/us-east-1:{}/datasets"
HALVES = (b"", b"GET / HT", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n{", b"nonsense\r\n\r\n", b"\x16\x03\x01\x02")

# What the other connections do: bytes to send at once, and a byte to send every now and then.
OTHERS = 900
GET = b"GET " + IDENTITY.format("a").encode() + b"/large/records HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST " + IDENTITY.format("a").encode() + b"/large HTTP/1.1\r\nHost: localhost\r\n"
OCCUPATIONS = {
    "idle": (b"", b""),
    "slow head": (GET[:20], b"a"),
    "slow body": (POST + b"Content-Length: 1000000\r\n\r\n{", b" "),
    "slow chunks": (POST + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "endless head": (GET[:-2] + b"A: ", b"a" * 1000),
    "oversized body": (POST + b"Content-Length: 999999999\r\n\r\n{", b" " * 10_000),
}

Answer = tuple[int, dict[str, Any]]
Call = Callable[..., Answer]


@contextmanager
def server() -> Iterator[tuple[str, int, int]]:
    """Host, port and process id of a server."""
    command = [sys.executable, "-m", "mock_cognitosync", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        found = re.search(r"http://(.+):(\d+)", process.stdout.readline())
        assert found
        yield found[1], int(found[2]), process.pid
        process.terminate()


@contextmanager
def client(host: str, port: int) -> Iterator[Call]:
    with closing(HTTPConnection(host, port, timeout=60)) as there:

        def call(method: str, path: str, body: object = None) -> Answer:
            there.request(method, path, json.dumps(body) if body else None)
            answer = there.getresponse()
            return answer.status, json.loads(answer.read())

        yield call


def count_up(call: Call, path: str) -> tuple[int, int]:
    """Try to raise the number in a record by one; the status, and the record's new sync count."""
    _, listing = call("GET", f"{path}/records")
    record = next(iter(listing["Records"]), {"SyncCount": 0, "Value": "0"})
    patch = {"Op": "replace", "Key": "n", "Value": str(int(record["Value"]) + 1), "SyncCount": record["SyncCount"]}
    status, answer = call("POST", path, {"SyncSessionToken": listing["SyncSessionToken"], "RecordPatches": [patch]})
    return status, answer["Records"][0]["SyncCount"] if status == 200 else 0


def race(host: str, port: int) -> None:
    """All clients count up one record; each update must be there, and each sync count must be seen once."""
    path = IDENTITY.format("a") + "/race"

    def run(_: int) -> list[tuple[int, int]]:
        with client(host, port) as call:
            return [count_up(call, path) for _ in range(RACE_ROUNDS)]

    started = perf_counter()
    with ThreadPoolExecutor(RACERS) as pool:
        outcomes = [outcome for found in pool.map(run, range(RACERS)) for outcome in found]
    seconds = perf_counter() - started
    counts = sorted(count for status, count in outcomes if status == 200)
    with client(host, port) as call:
        value = int(call("GET", f"{path}/records")[1]["Records"][0]["Value"])
    statuses = dict(sorted(Counter(status for status, _ in outcomes).items()))
    print(f"race: {RACERS} clients, {RACE_ROUNDS} rounds, {seconds:.0f} s; statuses {statuses}")
    once = counts == list(range(1, len(counts) + 1))
    print(f"  each sync count seen once: {once}; no update lost: {value == len(counts)}")


def load(host: str, port: int, pid: int) -> None:
    """Lists and updates of many users on persistent connections, while misbehaving clients connect and stay."""
    end = monotonic() + SECONDS
    over = Event()

    def run(number: int) -> tuple[Counter[int], list[float]]:
        chance = random.Random(number)
        statuses: Counter[int] = Counter()
        taken = []
        with client(host, port) as call:
            while monotonic() < end:
                path = f"{IDENTITY.format(f'{number:x}')}/n{chance.randrange(5)}"
                started = perf_counter()
                if chance.random() < 0.5:
                    statuses[call("GET", f"{path}/records")[0]] += 1
                else:
                    statuses[count_up(call, path)[0]] += 1
                taken.append(perf_counter() - started)
        return statuses, taken

    def misbehave() -> None:
        held: list[socket.socket] = []
        while not over.wait(0.02):
            there = socket.create_connection((host, port))
            there.sendall(random.choice(HALVES))
            held.append(there)
            if len(held) > BAD_CLIENTS:
                held.pop(0).close()
        for there in held:
            there.close()

    bad = Thread(target=misbehave)
    bad.start()
    before = resident_mib(pid)
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        found = list(pool.map(run, range(CONNECTIONS)))
    after = resident_mib(pid)
    over.set()
    bad.join()
    statuses = sum((statuses for statuses, _ in found), Counter[int]())
    taken = sorted(seconds * 1000 for _, each in found for seconds in each)
    cuts = quantiles(taken, n=100)
    print(f"load: {CONNECTIONS} connections, {BAD_CLIENTS} bad clients, {SECONDS} s; statuses {dict(statuses)}")
    rounds = [len(each) for _, each in found]
    print(f"  {len(taken) / SECONDS:.0f} rounds a second, {min(rounds)} to {max(rounds)} for each connection")
    print(f"  milliseconds of a round: median {cuts[49]:.0f}, 99 % {cuts[98]:.0f}, longest {taken[-1]:.0f}")
    print(f"  memory of the server, MiB: {before:.0f} before, {after:.0f} after")


def latency(host: str, port: int) -> None:
    """Milliseconds of a list and an update by 8 clients, alone and together with 900 connections of each kind."""
    with client(host, port) as call:
        count = 0
        for number in range(8):
            token = call("GET", f"{IDENTITY.format('a')}/large/records")[1]["SyncSessionToken"]
            patch = {"Op": "replace", "Key": f"{number}", "Value": "x" * 100_000, "SyncCount": count}
            call("POST", f"{IDENTITY.format('a')}/large", {"SyncSessionToken": token, "RecordPatches": [patch]})

    def run(number: int) -> list[float]:
        taken = []
        with client(host, port) as call:
            for _ in range(200):
                started = perf_counter()
                status, _ = count_up(call, f"{IDENTITY.format(f'{number:x}')}/latency")
                assert status == 200
                taken.append((perf_counter() - started) * 1000)
        return taken

    cases = [("nothing", 0, b"", b""), *((name, OTHERS, *sent) for name, sent in OCCUPATIONS.items())]
    cases.append(("pipelining without reading", 24, GET * 50, b""))
    for name, others, first, then in cases:
        if name == "pipelining without reading":
            others = 24
        with occupied(host, port, others, first, then), ThreadPoolExecutor(8) as pool:
            taken = [milliseconds for each in pool.map(run, range(8)) for milliseconds in each]
        cuts = quantiles(taken, n=100)
        line = f"median {cuts[49]:.0f}, 99 % {cuts[98]:.0f}, longest {max(taken):.0f}"
        print(f"latency beside {others} connections, {name}: {line} ms")


@contextmanager
def occupied(host: str, port: int, others: int, first: bytes, then: bytes) -> Iterator[None]:
    """Connections that have sent *first*, and each send *then* once a second."""
    over = Event()
    held = [socket.create_connection((host, port)) for _ in range(others)]

    def go_on() -> None:
        open_ones = list(held)
        while open_ones and then:
            for there in list(open_ones):
                if over.wait(1 / others):
                    return
                try:
                    there.sendall(then)
                except OSError:
                    # The server has refused the request.
                    open_ones.remove(there)

    for there in held:
        there.sendall(first)
    thread = Thread(target=go_on)
    thread.start()
    yield
    over.set()
    thread.join()
    for there in held:
        there.close()


def resident_mib(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 2**20


def main() -> None:
    with server() as (host, port, pid):
        race(host, port)
        load(host, port, pid)
        latency(host, port)


if __name__ == "__main__":
    main()
