"""
What the backend keeps, by tracemalloc: bytes of a record, a dataset and a consumed token, and bytes left by each call.

Lists go through boto3, updates through the handle's device.
"""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from functools import partial
from typing import Any
from unittest.mock import patch

import boto3
from measure import print_table

from mock_cognitosync import mock_cognitosync
from mock_cognitosync.cognitosync import settings

CALLS = 10_000
RECORDS, DATASETS = 1_000, 18
VALUE_BYTES = 16


def bytes_kept(work: Callable[[], Any]) -> int:
    """Bytes that are there after *work* and were not before."""
    gc.collect()
    before, _ = tracemalloc.get_traced_memory()
    work()
    gc.collect()
    return tracemalloc.get_traced_memory()[0] - before


def values(number: int) -> dict[str, str]:
    return {f"key-{index:04}": f"{index:0{VALUE_BYTES}}" for index in range(number)}


def repeat(call: Callable[[], Any], times: int, seconds_between: int) -> None:
    """*call* many times over, on a clock that moves between the calls only."""
    with patch.object(settings, "now_ms", return_value=settings.now_ms()) as clock:
        for _ in range(times):
            call()
            clock.return_value += seconds_between * 1000
            clock.reset_mock()  # a Mock remembers its calls


@mock_cognitosync(region_name="us-east-1")
def main() -> None:
    sync = mock_cognitosync.current()
    pool = sync.new_pool()
    identity = sync.new_identity(pool)
    device = sync.device(pool, identity)
    client = boto3.client("cognito-sync")

    def list_records() -> None:
        client.list_records(IdentityPoolId=pool, IdentityId=identity, DatasetName="one")

    def update_records() -> None:
        device.put("one", {"key": "sixteen-of-them."})

    update_records()
    tracemalloc.start()
    records = bytes_kept(lambda: device.put("many", values(RECORDS)))
    datasets = bytes_kept(lambda: [device.put(f"dataset-{number:02}", values(1)) for number in range(DATASETS)])
    rows = [
        [f"a record with a value of {VALUE_BYTES} bytes", f"{records / RECORDS:.0f}"],
        ["a dataset with one such record, and the token that wrote it", f"{datasets / DATASETS:.0f}"],
    ]
    for what, call, seconds_between in (
        ("a list, the clock standing still", list_records, 0),
        ("an update of one record, one each second", update_records, 1),
        ("an update of one record, the clock standing still", update_records, 0),
    ):
        repeat(call, CALLS // 10, seconds_between)  # fills what botocore and Python keep for themselves
        sync.reset()
        update_records()
        kept = bytes_kept(partial(repeat, call, CALLS, seconds_between))
        rows.append([f"{what}, of {CALLS:,}", f"{kept / CALLS:.1f}"])
    print_table(["bytes kept by", "each"], rows)


if __name__ == "__main__":
    main()
