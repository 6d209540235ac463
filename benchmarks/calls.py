"""
Whole boto3 calls against two yardsticks, all in one process.

*floor*: a client whose only ``before-send`` handler returns canned bytes. *limit*: a service that stands in moto where
ours stands and returns canned bytes at once. Both give the very bytes that our service answers. No service inside moto
can be faster than *limit*; what ours costs beyond moto and botocore is ours / limit.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from measure import Prepare, Rounds, alternate, print_table, ratio, typical

from mock_cognitosync import mock_cognitosync
from mock_cognitosync.cognitosync.urls import HOST_PATTERN
from moto.backend_index import backend_url_patterns
from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import botocore_stubber

GOALS = {
    "list_records": {1: 1.15, 10: 1.12, 100: 1.10},
    "update_records": {1: 1.25, 10: 1.20, 100: 1.20},
}
DELTA, DELTA_GOAL = ("delta of 1", 1024), 1.10
ROUNDS, TURNS = 80, 7

Names = dict[str, Any]
Answers = dict[str, tuple[dict[str, str], bytes]]

# HTTP method to headers and body: what the yardsticks answer at the moment.
answers: Answers = {}


def answer_floor(request: Any, **_: Any) -> AWSResponse:
    headers, body = answers[request.method]
    return AWSResponse(request.url, 200, headers, MockRawResponse(body))


def answer_limit(request: Any, url: str, headers: Any) -> tuple[int, dict[str, str], bytes]:
    return 200, *answers[request.method]


class CannedBackend(BaseBackend):
    """An empty service of moto; moto finds it in the module ``moto.cannedsync``."""

    urls = {HOST_PATTERN: answer_limit}  # noqa: RUF012


sys.modules["moto.cannedsync"] = canned = ModuleType("moto.cannedsync")
canned.cannedsync_backends = BackendDict(CannedBackend, "cognito-sync")
OURS, LIMIT = backend_url_patterns[0], ("cannedsync", re.compile(HOST_PATTERN))


def floor_client() -> Any:
    client = boto3.client("cognito-sync")
    client.meta.events.unregister("before-send", botocore_stubber)
    client.meta.events.register("before-send", answer_floor)
    return client


def listing(client: Any, names: Names) -> Callable[[], Any]:
    return partial(client.list_records, **names)


def update(client: Any, names: Names) -> Callable[[], Any]:
    """An UpdateRecords that replaces every record, with a fresh token and the counts of now."""
    listed = client.list_records(**names)
    patches = [
        {"Op": "replace", "Key": record["Key"], "Value": record["Value"], "SyncCount": record["SyncCount"]}
        for record in listed["Records"]
    ]
    return partial(client.update_records, **names, RecordPatches=patches, SyncSessionToken=listed["SyncSessionToken"])


def answered(client: Any, names: Names) -> Answers:
    """What our service answers to a list and an update."""
    recorded = {}

    def record(http_response: AWSResponse, model: Any, **_: Any) -> None:
        recorded[model.http["method"]] = dict(http_response.headers), http_response.content

    client.meta.events.register("after-call", record)
    update(client, names)()
    client.meta.events.unregister("after-call", record)
    return recorded


def three_ways(client: Any, floor: Any, make: Callable[[Any, Names], Callable[[], Any]], names: Names) -> Any:
    of_this_case = answered(client, names)

    def prepare(caller: Any, head: Any) -> Callable[[], Any]:
        answers.update(of_this_case)
        backend_url_patterns[0] = head
        return make(caller, names)

    ways = {"floor": (floor, OURS), "limit": (client, LIMIT), "ours": (client, OURS)}
    return {way: partial(prepare, caller, head) for way, (caller, head) in ways.items()}


@mock_cognitosync(region_name="us-east-1")
def main() -> None:
    sync, client, floor = mock_cognitosync.current(), boto3.client("cognito-sync"), floor_client()
    owner = {"IdentityPoolId": sync.new_pool()}
    owner["IdentityId"] = sync.new_identity(owner["IdentityPoolId"])

    def dataset(size: int, name: str) -> Names:
        records = {f"key-{number:04}": "sixteen-of-them." for number in range(size)}
        sync.device(*owner.values()).put(name, records)
        return owner | {"DatasetName": name}

    cases: dict[tuple[str, int], dict[str, Prepare]] = {}
    for operation, make in (("list_records", listing), ("update_records", update)):
        for size in GOALS[operation]:
            cases[operation, size] = three_ways(client, floor, make, dataset(size, f"{operation}-{size}"))
    cases[DELTA] = {}
    for size in (1, 1024):
        names = dataset(size, f"delta-{size:04}") | {"LastSyncCount": 1}
        sync.device(*owner.values()).put(names["DatasetName"], {"key-0000": "changed"})
        cases[DELTA][f"in {size}"] = partial(listing, client, names)
    report(alternate(cases, ROUNDS, TURNS))


def report(taken: dict[tuple[str, int], Rounds]) -> None:
    rows = []
    for operation, goals in GOALS.items():
        for size, goal in goals.items():
            rounds = taken[operation, size]
            us = [f"{typical(rounds, way) * 1e6:.0f}" for way in ("floor", "limit", "ours")]
            of_floor, (of_limit, spread) = ratio(rounds, "limit", "floor")[0], ratio(rounds, "ours", "limit")
            rows.append(
                [f"{operation}, {size}", *us, f"{of_floor:.2f}", f"{of_limit:.2f} ± {spread:.2f}", f"{goal:.2f}"]
            )
    us = [f"{typical(taken[DELTA], way) * 1e6:.0f}" for way in ("in 1", "in 1024")]
    of_one, spread = ratio(taken[DELTA], "in 1024", "in 1")
    rows.append(["delta of 1 in 1,024, over in 1", "", *us, "", f"{of_one:.2f} ± {spread:.2f}", f"{DELTA_GOAL:.2f}"])
    print_table(["us a call", "floor", "limit", "ours", "limit/floor", "ours/limit", "goal"], rows)


if __name__ == "__main__":
    main()
