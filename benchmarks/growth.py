"""
How the time of a call grows with the size of a dataset, the number of identities and the number of recorded calls, and
where the time of a call goes.

Whole boto3 calls in one process. The figures are ratios to the smallest size, so that they say how much slower a call
becomes and not how fast the machine is. Sizes of datasets and numbers of identities alternate; recorded calls can only
be added, so these are measured one after the other.
"""

from __future__ import annotations

import cProfile
import pstats
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import thread_time
from typing import Any

import boto3
from measure import Prepare, alternate, print_table, ratio, typical

from mock_cognitosync import mock_cognitosync

RECORDS = (1, 16, 128, 1024)
# Each number of identities has a region of its own.
IDENTITIES = {1: "us-east-1", 1_000: "us-west-2", 100_000: "eu-west-1"}
RECORDED = (0, 1_000, 20_000)
CALLS = 300
ROUNDS, TURNS = 20, 5
PROFILED = 3_000
PROJECTS = ("botocore", "moto", "mock_cognitosync")

Names = dict[str, Any]


class Writer:
    """Replaces *values* in a dataset again and again, with the tokens and counts that it gets for little."""

    def __init__(self, client: Any, names: Names, values: dict[str, str]) -> None:
        self._client, self._names, self._values = client, names, values
        listed = client.list_records(**names)
        self._latest = listed["DatasetSyncCount"]
        self._counts = {record["Key"]: record["SyncCount"] for record in listed["Records"]}

    def __call__(self) -> Callable[[], Any]:
        """An UpdateRecords, whose token comes from a listing of no records."""
        token = self._client.list_records(**self._names, LastSyncCount=self._latest)["SyncSessionToken"]
        patches = [
            {"Op": "replace", "Key": key, "Value": value, "SyncCount": self._counts[key]}
            for key, value in self._values.items()
        ]
        self._latest += 1
        self._counts.update(dict.fromkeys(self._values, self._latest))
        return partial(self._client.update_records, **self._names, RecordPatches=patches, SyncSessionToken=token)


def immediately(call: Callable[[], Any]) -> Prepare:
    """What `alternate` takes: a call that needs no preparation."""
    return lambda: call


@mock_cognitosync(region_name="us-east-1")
def datasets() -> None:
    """The table of the sizes of a dataset."""
    sync, client = mock_cognitosync.current(), boto3.client("cognito-sync")
    user = sync.new_user()
    cases: dict[str, dict[str, Prepare]] = {}
    for size in RECORDS:
        names = user.parameters(f"dataset-{size}")
        user.device().put(names["DatasetName"], {f"key-{number:04}": "sixteen-of-them." for number in range(size)})
        since = names | {"LastSyncCount": 1}
        for what, prepare in {
            "ListRecords of all records": immediately(partial(client.list_records, **names)),
            "ListRecords of a page of one record": immediately(partial(client.list_records, **names, MaxResults=1)),
            "ListRecords since the latest count": immediately(partial(client.list_records, **since)),
            "UpdateRecords of one record": Writer(client, names, {"key-0000": "changed"}),
            "DescribeDataset": immediately(partial(client.describe_dataset, **names)),
        }.items():
            cases.setdefault(what, {})[f"{size:,}"] = prepare
    print_growth("a dataset with records", cases)


@mock_cognitosync(region_name="us-east-1")
def identities() -> None:
    """The table of the numbers of identities; each has one dataset with one record."""
    cases: dict[str, dict[str, Prepare]] = {}
    saves: dict[str, Prepare] = {}
    with TemporaryDirectory() as folder:
        for number, region in IDENTITIES.items():
            sync, client = mock_cognitosync.current().at(region_name=region), boto3.client("cognito-sync", region)
            pool = sync.new_pool()
            for _ in range(number):
                identity = sync.new_identity(pool)
                sync.device(pool, identity).put("profile", {"theme": "dark"})
            names = {"IdentityPoolId": pool, "IdentityId": identity, "DatasetName": "profile"}
            for what, prepare in {
                "ListRecords": immediately(partial(client.list_records, **names)),
                "UpdateRecords": Writer(client, names, {"theme": "light"}),
                "ListDatasets": immediately(
                    partial(client.list_datasets, IdentityPoolId=pool, IdentityId=identity),
                ),
                "DescribeIdentityPoolUsage": immediately(
                    partial(client.describe_identity_pool_usage, IdentityPoolId=pool)
                ),
            }.items():
                cases.setdefault(what, {})[f"{number:,}"] = prepare
            saves[f"{number:,}"] = immediately(partial(sync.save, Path(folder) / f"{number}.json"))
        print_growth("a pool with identities", cases)
        print_growth("a pool with identities", {"save": saves}, rounds=3, turns=1)


def print_growth(what: str, cases: dict[str, dict[str, Prepare]], rounds: int = ROUNDS, turns: int = TURNS) -> None:
    taken = alternate(cases, rounds, turns)
    sizes = list(next(iter(cases.values())))
    rows = [
        [
            case,
            f"{typical(taken[case], sizes[0]) * 1e6:.0f}",
            *(f"{ratio(taken[case], size, sizes[0])[0]:.2f}" for size in sizes[1:]),
        ]
        for case in cases
    ]
    print_table([what, f"us with {sizes[0]}", *(f"{size}, over that" for size in sizes[1:])], rows)


@mock_cognitosync(region_name="us-east-1")
def recorded_calls() -> None:
    """The table of the numbers of calls that the mock has recorded."""
    sync, client = mock_cognitosync.current(), boto3.client("cognito-sync")
    names = sync.new_user().parameters("profile")
    medians: dict[int, float] = {}
    for number in RECORDED:
        while len(sync.calls) < number:
            for _ in range(1_000):
                client.list_records(**names)
        seconds = []
        for _ in range(CALLS):
            started = thread_time()
            client.list_records(**names)
            seconds.append(thread_time() - started)
        medians[number] = median(seconds)
    first = medians[RECORDED[0]]
    print_table(
        [
            "a mock with recorded calls",
            f"us with {RECORDED[0]}",
            *(f"{number:,}, over that" for number in RECORDED[1:]),
        ],
        [["ListRecords", f"{first * 1e6:.0f}", *(f"{medians[number] / first:.2f}" for number in RECORDED[1:])]],
    )


@mock_cognitosync(region_name="us-east-1")
def profile() -> None:
    """The table of the projects in whose code the time of a call is spent."""
    sync, client = mock_cognitosync.current(), boto3.client("cognito-sync")
    user = sync.new_user()
    names = user.parameters("profile")
    values = {f"key-{number}": "sixteen-of-them." for number in range(10)}
    user.device().put("profile", values)
    rows = []
    for operation, prepare in {
        "ListRecords of 10 records": lambda: partial(client.list_records, **names),
        "UpdateRecords of 10 patches": Writer(client, names, values),
    }.items():
        profiler = cProfile.Profile()
        for _ in range(PROFILED // 10):
            prepare()()
        for _ in range(PROFILED):
            call = prepare()
            profiler.enable()
            call()
            profiler.disable()
        spent = own_time(profiler)
        total = sum(spent.values())
        rows.append([operation, *(f"{spent[project] / total:.0%}" for project in (*PROJECTS, "others"))])
    print_table(["share of the time of a call", *PROJECTS, "others"], rows)


def own_time(profiler: cProfile.Profile) -> Counter[str]:
    """Seconds in functions of each project; those in built-in functions belong to the project that calls them."""
    spent: Counter[str] = Counter()
    for (file, _, _), (_, _, own, _, callers) in pstats.Stats(profiler).stats.items():  # type: ignore[attr-defined]
        if file == "~" and callers:
            for (caller, _, _), (_, _, seconds, _) in callers.items():
                spent[project_of(caller)] += seconds
        else:
            spent[project_of(file)] += own
    return spent


def project_of(file: str) -> str:
    parts = Path(file).parts
    return next((project for project in reversed(PROJECTS) if project in parts), "others")


if __name__ == "__main__":
    datasets()
    recorded_calls()
    identities()
    profile()
