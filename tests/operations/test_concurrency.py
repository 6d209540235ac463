"""Concurrent calls, saves, resets, and starts and stops of mocks: nothing is lost, half-written or left behind."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier, Event

import boto3
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session
from driver import ACCOUNT, MODEL, DatasetDriver, counted, replace
from network import watched

from mock_cognitosync import mock_cognitosync

THREADS = 8
ROUNDS = 4
ROLE = f"arn:aws:iam::{ACCOUNT}:role/sync"
STREAMS = {"StreamName": "changes", "RoleArn": ROLE, "StreamingStatus": "ENABLED"}
# The refusals that another thread's call can cause.
EXPECTED = {
    "BulkPublish": {"AlreadyStreamedException", "DuplicateRequestException"},
    "DeleteDataset": {"ResourceNotFoundException"},
    "DescribeDataset": {"ResourceNotFoundException"},
    "SubscribeToDataset": {"ResourceNotFoundException"},
    "UnsubscribeFromDataset": {"ResourceNotFoundException"},
    "UpdateRecords": {"ResourceConflictException"},
}


USUAL_INTERVAL = sys.getswitchinterval()


@pytest.fixture(autouse=True)
def _usual_switches():
    yield
    sys.setswitchinterval(USUAL_INTERVAL)


@pytest.fixture
def scores(scores, client):
    """A driver for a dataset whose pool has push sync and streams to Kinesis."""
    boto3.client("kinesis").create_stream(StreamName="changes", ShardCount=1)
    client.set_identity_pool_configuration(**scores.pool, CognitoStreams=STREAMS)
    scores.fill("high_score")
    return scores


def calls_of_a_round(dataset, push):
    """Each operation with parameters; the update has the token and counts of a listing just before."""
    configuration = dataset.pool | {"PushSync": push, "CognitoStreams": STREAMS}
    registration = dataset.identity | {"Platform": "GCM", "Token": "phone"}
    dataset.client.set_identity_pool_configuration(**configuration)
    device = {"DeviceId": dataset.client.register_device(**registration)["DeviceId"]}
    listing = dataset.list_records()
    counts = {record["Key"]: record["SyncCount"] for record in listing["Records"]}
    patches = [replace(key, "v", counts.get(key, 0)) for key in ("high_score", f"k{len(counts) % 5}")]
    update = {"SyncSessionToken": listing["SyncSessionToken"], "RecordPatches": patches}
    return {
        "UpdateRecords": dataset.parameters | update,
        "ListRecords": dataset.parameters,
        "DescribeDataset": dataset.parameters,
        "ListDatasets": dataset.identity,
        "DescribeIdentityUsage": dataset.identity,
        "RegisterDevice": registration,
        "SubscribeToDataset": dataset.parameters | device,
        "UnsubscribeFromDataset": dataset.parameters | device,
        "SetIdentityPoolConfiguration": configuration,
        "GetIdentityPoolConfiguration": dataset.pool,
        "SetCognitoEvents": dataset.pool | {"Events": {"SyncTrigger": ""}},
        "GetCognitoEvents": dataset.pool,
        "BulkPublish": dataset.pool,
        "GetBulkPublishDetails": dataset.pool,
        "DescribeIdentityPoolUsage": dataset.pool,
        "ListIdentityPoolUsage": {},
        "DeleteDataset": dataset.parameters,
    }


def code_of(client, operation, parameters):
    """The error code of a call, or None if it succeeds."""
    try:
        getattr(client, xform_name(operation))(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


def run_together(*functions):
    """
    Call each function in a thread of its own, all at the same time; raise the first exception of any.

    Once all threads run, they switch some hundred times as often as by default. They start before that: a switch while
    coverage installs its trace function in a new thread is an error in CPython.
    """
    sys.setswitchinterval(USUAL_INTERVAL)
    barrier = Barrier(len(functions), action=partial(sys.setswitchinterval, 1e-5))

    def run(function):
        barrier.wait(30)
        return function()

    with ThreadPoolExecutor(len(functions)) as executor:
        return [future.result() for future in [executor.submit(run, function) for function in functions]]


def test_calls_of_all_operations_and_saves_run_concurrently(cognitosync, client, scores, tmp_path):
    """Each call succeeds or is refused because of another thread's; each saved file can be loaded."""
    push = client.get_identity_pool_configuration(**scores.pool)["PushSync"]
    unexpected, called, running = [], set(), Event()
    running.set()
    # Many pools and identities make a save last longer than a thread's turn.
    for _ in range(200):
        dataset = DatasetDriver.of_new_identity(cognitosync, client)
        client.set_cognito_events(**dataset.pool, Events={"SyncTrigger": ""})
        dataset.device().put("profile", {"theme": "dark"})

    def work():
        for _ in range(ROUNDS):
            # New pools get their first settings, devices and datasets while another thread saves.
            for _ in range(5):
                DatasetDriver.of_new_identity(cognitosync, client).fill("theme")
            for dataset in (scores, DatasetDriver.of_new_identity(cognitosync, client)):
                for operation, parameters in calls_of_a_round(dataset, push).items():
                    called.add(operation)
                    code = code_of(client, operation, parameters)
                    if code is not None and code not in EXPECTED.get(operation, set()):
                        unexpected.append((operation, code))

    def save():
        saved = []
        while running.is_set() or not saved:
            saved.append(tmp_path / f"{len(saved)}.json")
            cognitosync.save(saved[-1])
        return saved

    def work_and_stop_saving():
        try:
            run_together(*[work] * THREADS)
        finally:
            running.clear()

    saved, _ = run_together(save, work_and_stop_saving)

    assert unexpected == []
    assert called == set(MODEL.operation_names)
    for path in saved:
        cognitosync.load(path)


def test_a_reset_during_calls_raises_no_error(cognitosync, profile):
    """A call during a reset succeeds or is refused as the model declares."""
    declared = {shape.name for shape in MODEL.error_shapes}
    codes, running = set(), Event()
    running.set()

    def work():
        for _ in range(25):
            codes.add(code_of(profile.client, "ListDatasets", profile.identity))
            token = profile.token()
            parameters = profile.parameters | {"SyncSessionToken": token, "RecordPatches": [replace("a")]}
            codes.add(code_of(profile.client, "UpdateRecords", parameters))
            codes.add(code_of(profile.client, "DescribeIdentityPoolUsage", profile.pool))

    def reset():
        while running.is_set():
            cognitosync.reset()

    def work_and_stop_resetting():
        try:
            run_together(*[work] * 6)
        finally:
            running.clear()

    run_together(reset, work_and_stop_resetting)

    assert None in codes
    assert codes - {None} <= declared


def test_saves_to_one_path_are_never_mixed(cognitosync, profile, tmp_path):
    """Threads that save to one path succeed, and the file is complete at any time."""
    path = tmp_path / "state.json"
    profile.write(*(replace(f"k{number}", "v" * 900) for number in range(40)))
    cognitosync.save(path)
    running = Event()
    running.set()

    def save():
        for _ in range(25):
            cognitosync.save(path)

    def save_and_stop_reading():
        try:
            run_together(*[save] * 4)
        finally:
            running.clear()

    def read():
        contents = set()
        while running.is_set():
            contents.add(path.read_text())
        return contents

    contents, _ = run_together(read, save_and_stop_reading)

    assert len({len(text) for text in contents}) == 1
    assert [child.name for child in tmp_path.iterdir()] == ["state.json"]
    cognitosync.load(path)


def patched():
    """What a mock changes in the process."""
    return dict(os.environ), URLLib3Session.send, boto3.DEFAULT_SESSION


def test_mocks_start_and_stop_while_other_threads_write(cognitosync, profile):
    """No write is lost, no request leaves, and each thread finds its own mock; then all is as before."""
    before, finished = patched(), Event()

    def write(dataset):
        count = 0
        while not finished.is_set() or count < ROUNDS:
            assert dataset.write(replace("k", str(count), count)) == [("k", str(count), count + 1)]
            count += 1
        return count

    def start_and_stop(number):
        for _ in range(6):
            with mock_cognitosync().running() as inner:
                dataset = DatasetDriver.of_new_identity(inner, boto3.client("cognito-sync", "us-east-1"))
                dataset.fill("theme")
                assert counted(dataset.list_records()["Records"]) == [("theme", "v", 1)]
        return number

    def start_and_stop_together():
        try:
            return run_together(*(partial(start_and_stop, number) for number in range(3)))
        finally:
            finished.set()

    datasets = [profile.named(f"written-{number}") for number in range(3)]
    with watched() as hosts:
        *counts, numbers = run_together(*(partial(write, dataset) for dataset in datasets), start_and_stop_together)

    assert hosts == []
    assert numbers == [0, 1, 2]
    assert [dataset.state().sync_count for dataset in datasets] == counts
    assert patched() == before


def test_mocks_that_threads_start_and_stop_leave_nothing_behind():
    """Without an outer mock, the last one that stops restores the process, in whatever order they end."""
    before = patched()

    def start_and_stop():
        for _ in range(5):
            mock = mock_cognitosync(region_name="us-east-1")
            with mock.running() as sync:
                assert DatasetDriver.of_new_identity(sync, boto3.client("cognito-sync")).dataset_names() == []

    with watched() as hosts:
        run_together(*[start_and_stop] * 4)

    assert hosts == []
    assert patched() == before
    with pytest.raises(RuntimeError, match="no mock_cognitosync is active"):
        mock_cognitosync.current()


def test_a_load_during_calls_shows_one_state_or_the_other(cognitosync, profile, tmp_path):
    """A listing has all records of the saved state or all of the later one, and never a part of either."""
    keys = [f"k{number}" for number in range(30)]
    profile.write(*(replace(key, "early") for key in keys))
    cognitosync.save(tmp_path / "early.json")
    profile.write(*(replace(key, "late", 1) for key in keys))
    cognitosync.save(tmp_path / "late.json")
    finished = Event()

    def read():
        found = set()
        while not finished.is_set():
            listing = profile.list_records()
            found.add((listing["DatasetSyncCount"], tuple({record["Value"] for record in listing["Records"]})))
            assert len(listing["Records"]) == len(keys)
        return found

    def load():
        try:
            for number in range(20):
                cognitosync.load(tmp_path / ("early.json" if number % 2 else "late.json"))
        finally:
            finished.set()

    first, second, _ = run_together(read, read, load)

    assert first | second <= {(1, ("early",)), (2, ("late",))}
    assert first
    assert second
