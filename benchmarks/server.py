"""
ListRecords by boto3 over loopback: our server, a canned answer on the same HTTP server, and moto's own server.

Three server processes, one client for each, calls alternated; times by the clock on the wall, since most of the time
goes by in the servers. The canned answer is the very bytes that ours gives, from a WSGI application of five lines.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from functools import partial
from threading import Event
from time import perf_counter
from typing import Any

import boto3
from botocore.config import Config
from measure import alternate, print_table, ratio, typical

from mock_cognitosync.cognitosync.settings import Settings
from mock_cognitosync.server.application import make_application
from mock_cognitosync.server.standalone import standalone
from mock_cognitosync.server.waitress_server import serving
from moto.server import ThreadedMotoServer

GOAL = 1.25
SIZES = (1, 10, 100)
ROUNDS, TURNS = 60, 9
PLACE = {"IdentityPoolId": "us-east-1:0", "IdentityId": "us-east-1:0"}

Client = Any


def canned(answers: dict[str, str]) -> Callable[..., list[bytes]]:
    """An application that answers at once with the value under the name of the dataset."""
    bodies = {f"/{name}/records": body.encode() for name, body in answers.items()}

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        body = bodies[environ["PATH_INFO"][environ["PATH_INFO"].index("/n") :]]
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response("200 OK", headers)
        return [body]

    return application


def serve(kind: str) -> None:
    """In a process of its own: print the URL, and serve until killed."""
    if kind == "moto":
        server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
        server.start()
        print("http://{}:{}".format(*server.get_host_and_port()), flush=True)
        Event().wait()
    application = make_application() if kind == "ours" else canned(json.loads(sys.argv[2]))
    # As the command serves: it records what happens.
    with standalone(Settings()) if kind == "ours" else nullcontext(), serving(application) as url:
        print(url, flush=True)
        Event().wait()


@contextmanager
def running(*arguments: str) -> Iterator[Client]:
    """A client of a server in a process of its own."""
    command = [sys.executable, __file__, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        config = Config(retries={"total_max_attempts": 1})
        url = process.stdout.readline().strip()
        credentials = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        yield boto3.client("cognito-sync", region_name="us-east-1", endpoint_url=url, config=config, **credentials)
        process.kill()


def fill(client: Client) -> None:
    for size in SIZES:
        name = f"n{size}"
        token = client.list_records(**PLACE, DatasetName=name)["SyncSessionToken"]
        patches = [{"Op": "replace", "Key": f"key {i}", "Value": "value", "SyncCount": 0} for i in range(size)]
        client.update_records(**PLACE, DatasetName=name, SyncSessionToken=token, RecordPatches=patches)


def answers_of(client: Client) -> dict[str, str]:
    """The bodies of a server, by dataset."""
    found: list[str] = []
    client.meta.events.register(
        "before-parse.cognito-sync", lambda response_dict, **_: found.append(response_dict["body"].decode()), "keep"
    )
    for size in SIZES:
        client.list_records(**PLACE, DatasetName=f"n{size}")
    client.meta.events.unregister("before-parse.cognito-sync", unique_id="keep")
    return {f"n{size}": body for size, body in zip(SIZES, found, strict=True)}


def main() -> None:
    with ExitStack() as stack:
        ours, moto = stack.enter_context(running("ours")), stack.enter_context(running("moto"))
        fill(ours)
        fill(moto)
        yardstick = stack.enter_context(running("canned", json.dumps(answers_of(ours))))
        clients = {"ours": ours, "canned": yardstick, "moto": moto}
        cases = {
            size: {
                way: partial(partial, client.list_records, **PLACE, DatasetName=f"n{size}")
                for way, client in clients.items()
            }
            for size in SIZES
        }
        taken = alternate(cases, ROUNDS, TURNS, clock=perf_counter)
    rows = []
    for size, rounds in taken.items():
        over_canned, spread = ratio(rounds, "ours", "canned")
        over_moto, _ = ratio(rounds, "moto", "ours")
        milliseconds = [f"{typical(rounds, way) * 1000:.2f}" for way in clients]
        rows.append([str(size), *milliseconds, f"{over_canned:.2f} ± {spread:.2f}", f"< {GOAL}", f"{over_moto:.1f}"])
    print_table(["records", "ours, ms", "canned, ms", "moto's, ms", "ours / canned", "goal", "moto's / ours"], rows)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        serve(sys.argv[1])
    else:
        main()
