"""
Whole tests as users write them, timed by pytest: set-up, call and teardown of each, in shuffled order.

pytest runs this very file, in process and with no plugin but ours. ``test_nothing`` shows what is pytest's own.
"""

from __future__ import annotations

import gc
import os
import random
from collections import defaultdict
from collections.abc import Iterator
from statistics import median
from time import thread_time
from typing import Any

import boto3
import pytest
from measure import print_table

from mock_cognitosync import mock_cognitosync
from moto import mock_aws

GOAL = 6
ROUNDS, WARM_UP = 60, 6
REGION = "us-east-1"
POOL, IDENTITY = (f"{REGION}:00000000-0000-4000-8000-00000000000{number}" for number in (1, 2))


def one_call(client: Any) -> None:
    listed = client.list_records(IdentityPoolId=POOL, IdentityId=IDENTITY, DatasetName="profile")
    assert listed["DatasetSyncCount"] == 0


def test_nothing() -> None:
    pass


@mock_aws
def test_mock_aws() -> None:
    one_call(boto3.client("cognito-sync", region_name=REGION))


@mock_cognitosync
def test_mock_cognitosync() -> None:
    one_call(boto3.client("cognito-sync", region_name=REGION))


def test_fixture(cognitosync_client: Any) -> None:
    one_call(cognitosync_client)


@mock_aws
def test_mock_aws_start_and_stop_alone() -> None:
    pass


@mock_cognitosync
def test_mock_cognitosync_start_and_stop_alone() -> None:
    pass


class Stopwatch:
    """A plugin that runs every test many times in random order and keeps how long each took."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        metafunc.fixturenames.append("turn")
        metafunc.parametrize("turn", range(ROUNDS + WARM_UP))

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        # By turn, so that the tests alternate, and within a turn as chance has it.
        items.sort(key=lambda item: (item.callspec.params["turn"], random.random()))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: Any) -> Iterator[None]:
        gc.collect()
        gc.disable()
        self.running = 0.0
        try:
            return (yield)
        finally:
            gc.enable()
            if item.callspec.params["turn"] >= WARM_UP:
                self.seconds[item.originalname].append(self.running)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self) -> Iterator[None]:
        started = thread_time()
        try:
            return (yield)
        finally:
            self.running += thread_time() - started

    pytest_runtest_call = pytest_runtest_teardown = pytest_runtest_setup


def main() -> None:
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    stopwatch = Stopwatch()
    ours_alone = ["-c", os.devnull, "--noconftest", "-p", "no:cacheprovider", "-p", "mock_cognitosync.pytest_plugin"]
    status = pytest.main([__file__, "-q", *ours_alone], [stopwatch])
    if status:
        raise SystemExit(status)
    ms = {name.removeprefix("test_"): median(taken) * 1000 for name, taken in stopwatch.seconds.items()}
    rows = [[name, f"{figure:.2f}", "", ""] for name, figure in sorted(ms.items())]
    for row in rows:
        if row[0] in ("mock_cognitosync", "fixture"):
            row[2:] = [f"{ms['mock_aws'] / ms[row[0]]:.1f}", str(GOAL)]
    print_table(["test", "ms", "times faster than mock_aws", "goal"], rows)


if __name__ == "__main__":
    main()
