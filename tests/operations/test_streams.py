"""Cognito Streams: the entries that changes send to Kinesis, and BulkPublish."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta

import boto3
import pytest
from driver import ACCOUNT, NOON, DatasetDriver, answer, refusal, remove, replace

from mock_cognitosync.cognitosync.integrations import streams
from moto.moto_api import state_manager

NOON_MS = int(NOON.timestamp() * 1000)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/streams"
DISABLED = ("InvalidParameterException", 400, "Streaming is not enabled for the identity pool")
RUNNING = ("DuplicateRequestException", 400, "A bulk publish of the identity pool is in progress")
ALREADY = ("AlreadyStreamedException", 400, "The identity pool was published less than 24 hours ago")


def entries(kinesis, name="changes"):
    """The entries of a stream, shard by shard."""
    found = []
    for shard in kinesis.list_shards(StreamName=name)["Shards"]:
        start = kinesis.get_shard_iterator(StreamName=name, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")[
            "ShardIterator"
        ]
        found += kinesis.get_records(ShardIterator=start)["Records"]
    return found


def sent(kinesis, name="changes"):
    """The changes in the entries of a stream."""
    return [json.loads(entry["Data"]) for entry in entries(kinesis, name)]


def keys_sent(kinesis, name="changes"):
    """The keys of the records in each entry of a stream."""
    records = [change["kinesisSyncRecords"] for change in sent(kinesis, name)]
    return [found and [record["key"] for record in found] for found in records]


def configure(dataset, status="ENABLED", name="changes"):
    """Set the stream of the dataset's pool."""
    streams = {"StreamName": name, "RoleArn": ROLE, "StreamingStatus": status}
    dataset.client.set_identity_pool_configuration(**dataset.pool, CognitoStreams=streams)


def configured(dataset):
    """The stream of the dataset's as GetIdentityPoolConfiguration answers it."""
    return dataset.client.get_identity_pool_configuration(**dataset.pool)["CognitoStreams"]


def details(dataset):
    """The answer of GetBulkPublishDetails for the dataset's pool."""
    return answer(dataset.client.get_bulk_publish_details(**dataset.pool))


def publish(dataset):
    """The answer of BulkPublish for the dataset's pool."""
    return answer(dataset.client.bulk_publish(**dataset.pool))


def refused_publish(dataset):
    """The refusal of BulkPublish for the dataset's pool."""
    return refusal(dataset.client.bulk_publish, **dataset.pool)


@pytest.fixture
def kinesis(cognitosync):
    """A client of Kinesis, with a stream ``changes`` of one shard."""
    client = boto3.client("kinesis", region_name=cognitosync.region_name)
    client.create_stream(StreamName="changes", ShardCount=1)
    return client


@pytest.fixture
def profile(profile, kinesis):
    """A driver for a dataset whose pool streams to ``changes``."""
    configure(profile)
    return profile


@pytest.fixture
def noon(time_machine):
    """The clock, stopped at 2024-06-01 12:00 UTC."""
    time_machine.move_to(NOON, tick=False)
    return time_machine


def change_of(profile, sync_count, records, now_ms=NOON_MS, operation="replace"):
    """The documented JSON of one change; *records* as key, value, count, date and the device's date."""
    return {
        "identityPoolId": profile.identity_pool_id,
        "identityId": profile.identity_id,
        "datasetName": profile.dataset_name,
        "operation": operation,
        "kinesisSyncRecords": records
        and [
            {
                "key": key,
                "value": value,
                "syncCount": count,
                "lastModifiedDate": date,
                "deviceLastModifiedDate": device_date,
                "op": "remove" if value is None else "replace",
            }
            for key, value, count, date, device_date in records
        ],
        "lastModifiedDate": now_ms,
        "kinesisSyncRecordsURL": None,
        "payloadType": "Inline",
        "syncCount": sync_count,
    }


def test_each_update_sends_one_entry(profile, kinesis, noon):
    """
    An update sends one entry of the documented JSON, with the records it removes.

    Source: streams-1, streams-2, streams-3.
    """
    # Older versions of boto3 send whole seconds.
    device = NOON - timedelta(seconds=2)
    profile.write(replace("b", "ü"), replace("a", "", DeviceLastModifiedDate=device))
    noon.shift(2.345)
    profile.write(remove("b", 1), replace("c"))
    later = NOON_MS + 2345
    assert sent(kinesis) == [
        change_of(profile, 1, [("b", "ü", 1, NOON_MS, NOON_MS), ("a", "", 1, NOON_MS, NOON_MS - 2000)]),
        change_of(profile, 2, [("b", None, 2, later, later), ("c", "v", 2, later, later)], later),
    ]


def test_dates_are_integers_and_nulls_are_explicit(profile, kinesis, noon):
    """Dates are integers, and a member without a value is null. Source: streams-1."""
    profile.write(replace("a"))
    (change,) = sent(kinesis)
    (record,) = change["kinesisSyncRecords"]
    dates = [change["lastModifiedDate"], record["lastModifiedDate"], record["deviceLastModifiedDate"]]
    assert [type(date) for date in dates] == [int, int, int]
    assert b'"kinesisSyncRecordsURL": null' in entries(kinesis)[0]["Data"]


def test_a_large_change_is_sent_inline(profile, kinesis):
    """More than a mebibyte of JSON is sent inline too. Source: streams-2."""
    value = "v" * (1024 * 1024 - 1)
    profile.write(replace("a", value))
    (change,) = sent(kinesis)
    assert (change["payloadType"], change["kinesisSyncRecordsURL"]) == ("Inline", None)
    assert change["kinesisSyncRecords"][0]["value"] == value


def test_the_identity_is_the_partition_key(profile, kinesis):
    """Identities spread over the shards; the changes of one are in one shard and in order. Source: streams-3."""
    kinesis.create_stream(StreamName="wide", ShardCount=4)
    configure(profile, name="wide")
    datasets = [profile.of_another_identity() for _ in range(8)]
    for value in ("1", "2", "3"):
        for dataset in datasets:
            dataset.device().put("profile", {"a": value})
    found = entries(kinesis, "wide")
    assert len(found) == 24
    for identity in [dataset.identity_id for dataset in datasets]:
        changes = [json.loads(entry["Data"]) for entry in found if entry["PartitionKey"] == identity]
        assert [change["identityId"] for change in changes] == [identity] * 3
        assert [change["kinesisSyncRecords"][0]["value"] for change in changes] == ["1", "2", "3"]


def test_calls_that_change_nothing_send_nothing(profile, client, kinesis):
    """Reads, refused calls and updates that change nothing send no entry. Source: streams-3."""
    profile.write()
    profile.refused_update(replace("a", "v", -1))
    profile.refused_update(replace("a"), token="x")
    refusal(client.delete_dataset, **profile.parameters)
    profile.list_records()
    assert entries(kinesis) == []


def test_the_changes_of_a_trigger_are_sent(cognitosync, profile, kinesis, noon):
    """The entry has the records as they were written, in the order of the answer. Source: streams-3, trigger-3."""
    profile.write(replace("c"))

    def change(event):
        event["datasetRecords"].update(z={"newValue": "mine"}, c={"op": "remove"}, a={"newValue": "changed"})
        del event["datasetRecords"]["b"]
        return event

    cognitosync.set_trigger(profile.identity_pool_id, change)
    profile.write(replace("b"), replace("a"))
    values = [("a", "changed"), ("c", None), ("z", "mine")]
    records = [(key, value, 2, NOON_MS, NOON_MS) for key, value in values]
    assert sent(kinesis)[1:] == [change_of(profile, 2, records)]


def test_an_update_that_a_trigger_rejects_sends_nothing(cognitosync, profile, kinesis):
    """An update sends nothing if the trigger fails or removes all its patches. Source: streams-3, trigger-5."""
    cognitosync.set_trigger(profile.identity_pool_id, lambda event: None)
    code, _, _ = profile.refused_update(replace("a"))
    assert code == "InvalidLambdaFunctionOutputException"
    cognitosync.set_trigger(profile.identity_pool_id, lambda event: event | {"datasetRecords": {}})
    assert profile.write(replace("a")) == []
    assert entries(kinesis) == []


def test_a_deletion_sends_one_entry(profile, kinesis, noon):
    """DeleteDataset sends an entry ``remove`` with its count and null for its records. Source: streams-5."""
    profile.write(replace("a"))
    noon.shift(60)
    profile.delete()
    noon.shift(60)
    profile.write(replace("a"))
    third = NOON_MS + 120_000
    assert sent(kinesis)[1:] == [
        change_of(profile, 2, None, NOON_MS + 60_000, "remove"),
        change_of(profile, 3, [("a", "v", 3, third, third)], third),
    ]


def test_changes_by_a_device_of_the_handle_are_sent(profile, kinesis):
    """Changes by another device are sent as well. Source: streams-3, streams-5."""
    device = profile.device()
    device.put("profile", {"b": "v", "a": "v"})
    device.remove("profile", "a")
    device.delete_dataset("profile")
    found = [(change["operation"], change["syncCount"]) for change in sent(kinesis)]
    assert (found, keys_sent(kinesis)) == ([("replace", 1), ("replace", 2), ("remove", 3)], [["b", "a"], ["a"], None])


@pytest.mark.parametrize("act", ["update", "delete"])
def test_a_missing_stream_disables_streaming(profile, kinesis, act):
    """
    If the stream is missing, the change is applied and streaming is DISABLED until it is configured again.

    Source: streams-4.
    """
    profile.write(replace("a"))
    kinesis.delete_stream(StreamName="changes")
    if act == "update":
        profile.write(replace("b"))
    else:
        profile.delete()
    assert profile.records() == ({"a": "v", "b": "v"} if act == "update" else {})
    assert configured(profile) == {"StreamName": "changes", "RoleArn": ROLE, "StreamingStatus": "DISABLED"}
    kinesis.create_stream(StreamName="changes", ShardCount=1)
    profile.write(replace("c"))
    assert entries(kinesis) == []
    configure(profile)
    profile.write(replace("d"))
    assert keys_sent(kinesis) == [["d"]]


def test_a_stream_of_another_region_is_missing(profile):
    """A stream of the same name in another region is not the pool's. Source: streams-4."""
    boto3.client("kinesis", region_name="eu-west-1").create_stream(StreamName="there", ShardCount=1)
    configure(profile, name="there")
    profile.write(replace("a"))
    assert configured(profile)["StreamingStatus"] == "DISABLED"


def test_a_missing_stream_disables_its_own_pool_only(cognitosync, profile, client):
    """A missing stream does not change the configuration of another pool. Source: streams-4."""
    other = DatasetDriver.of_new_identity(cognitosync, client)
    configure(other, name="missing")
    other.fill("a")
    assert [configured(dataset)["StreamingStatus"] for dataset in (other, profile)] == ["DISABLED", "ENABLED"]


@pytest.mark.parametrize(
    "streams", [None, {}, {"StreamName": "changes", "RoleArn": ROLE}], ids=["off", "unset", "part"]
)
def test_a_stream_that_is_not_enabled_gets_nothing(profile, client, kinesis, streams):
    """
    Changes made while streaming is disabled are never sent, and BulkPublish is refused.

    Source: streams-3, bulk-6.
    """
    if streams is None:
        configure(profile, "DISABLED")
    else:
        client.set_identity_pool_configuration(**profile.pool, CognitoStreams=streams)
    profile.write(replace("a"))
    assert refused_publish(profile) == DISABLED
    assert details(profile) == {**profile.pool, "BulkPublishStatus": "NOT_STARTED"}
    configure(profile)
    profile.write(replace("b"))
    assert keys_sent(kinesis) == [["b"]]


def test_a_bulk_publish_sends_each_dataset(cognitosync, profile, kinesis, noon):
    """Each dataset of the pool is sent as one entry with its live records, sorted by key. Source: bulk-1, streams-1."""
    configure(profile, "DISABLED")
    one, two = sorted([profile, profile.of_another_identity()], key=lambda dataset: dataset.identity_id)
    first, second, third, deleted = one.named("a"), one.named("b"), two.named("a"), two.named("deleted")
    elsewhere = dataclasses.replace(first, identity_pool_id=cognitosync.new_pool())
    for dataset in (third, second, deleted, elsewhere):
        dataset.write(replace("z"))
    first.write(replace("y"), replace("gone"))
    deleted.delete()
    noon.shift(1)
    first.write(replace("x"), remove("gone", 1))
    third.write(remove("z", 1))
    noon.shift(1)
    configure(profile)
    assert publish(profile) == profile.pool
    then = NOON_MS + 1000
    assert sent(kinesis) == [
        change_of(first, 2, [("x", "v", 2, then, then), ("y", "v", 1, NOON_MS, NOON_MS)], then),
        change_of(second, 1, [("z", "v", 1, NOON_MS, NOON_MS)]),
        change_of(third, 2, [], then),
    ]
    assert [entry["PartitionKey"] for entry in entries(kinesis)] == [one.identity_id, one.identity_id, two.identity_id]
    assert first.state().sync_count == 2


def test_a_bulk_publish_succeeds_at_once(profile, noon):
    """The status is NOT_STARTED, and then SUCCEEDED with the same start and end. Source: bulk-2, bulk-3."""
    assert details(profile) == {**profile.pool, "BulkPublishStatus": "NOT_STARTED"}
    publish(profile)
    noon.shift(60)
    assert details(profile) == {
        **profile.pool,
        "BulkPublishStatus": "SUCCEEDED",
        "BulkPublishStartTime": NOON,
        "BulkPublishCompleteTime": NOON,
    }


@pytest.fixture
def set_transition():
    """Sets the transition of moto's state manager that a bulk publish follows."""
    yield lambda **transition: state_manager.set_transition("cognitosync::bulk_publish", transition)
    state_manager.unset_transition("cognitosync::bulk_publish")


def test_a_bulk_publish_in_progress_excludes_another(profile, noon, set_transition):
    """A bulk publish in progress refuses another one. Source: bulk-2, bulk-3, bulk-4, bulk-5."""
    set_transition(progression="manual", times=2)
    started = {**profile.pool, "BulkPublishStartTime": NOON}
    publish(profile)
    noon.shift(10)
    assert refused_publish(profile) == RUNNING
    assert details(profile) == {**started, "BulkPublishStatus": "IN_PROGRESS"}
    assert refused_publish(profile) == RUNNING
    noon.shift(10)
    ended = {**started, "BulkPublishStatus": "SUCCEEDED", "BulkPublishCompleteTime": NOON + timedelta(seconds=20)}
    assert details(profile) == ended
    noon.shift(10)
    assert refused_publish(profile) == ALREADY
    assert details(profile) == ended


def test_a_bulk_publish_in_progress_does_not_affect_another_pool(cognitosync, profile, client, set_transition):
    """A bulk publish in progress does not exclude one of another pool. Source: bulk-4."""
    set_transition(progression="manual", times=2)
    publish(profile)
    other = DatasetDriver.of_new_identity(cognitosync, client)
    configure(other)
    assert publish(other) == other.pool
    assert refused_publish(profile) == RUNNING


def test_the_waiting_time_starts_at_the_success(profile, noon, set_transition):
    """The 24 hours start when the publish succeeds, not when its status is read. Source: bulk-3, bulk-5."""
    set_transition(progression="time", seconds=60)
    publish(profile)
    assert refused_publish(profile) == RUNNING
    noon.shift(timedelta(days=1, minutes=2))
    assert publish(profile) == profile.pool


def test_a_second_bulk_publish_within_24_hours_is_refused(profile, kinesis, noon):
    """Within 24 hours of a success, another publish is refused and sends nothing. Source: bulk-5."""
    profile.write(replace("a"))
    publish(profile)
    noon.shift(timedelta(days=1) - timedelta(milliseconds=1))
    assert refused_publish(profile) == ALREADY
    assert keys_sent(kinesis) == [["a"], ["a"]]
    assert details(profile)["BulkPublishStartTime"] == NOON
    noon.shift(0.001)
    assert publish(profile) == profile.pool
    assert keys_sent(kinesis) == [["a"], ["a"], ["a"]]
    assert details(profile)["BulkPublishStartTime"] == NOON + timedelta(days=1)


@pytest.mark.parametrize("filled", [True, False], ids=["filled", "empty"])
def test_a_bulk_publish_without_a_stream_fails(profile, kinesis, noon, filled):
    """Without its stream a publish FAILS and disables streaming; it may be repeated at once. Source: bulk-2, bulk-6."""
    if filled:
        profile.write(replace("a"))
    configure(profile, name="missing")
    assert publish(profile) == profile.pool
    assert details(profile) == {
        **profile.pool,
        "BulkPublishStatus": "FAILED",
        "BulkPublishStartTime": NOON,
        "FailureMessage": "Stream missing does not exist",
    }
    assert configured(profile)["StreamingStatus"] == "DISABLED"
    assert refused_publish(profile) == DISABLED
    configure(profile)
    assert publish(profile) == profile.pool
    assert details(profile)["BulkPublishStatus"] == "SUCCEEDED"
    assert keys_sent(kinesis) == [["a"], ["a"]] * filled


def test_a_bulk_publish_fails_at_once(profile, set_transition):
    """A publish fails at once, even if moto delays its success. Source: bulk-2, bulk-3, bulk-6."""
    profile.write(replace("a"))
    set_transition(progression="manual", times=2)
    configure(profile, name="missing")
    publish(profile)
    assert details(profile)["BulkPublishStatus"] == "FAILED"


def test_a_reset_during_a_bulk_publish_forgets_it(cognitosync, profile, client, kinesis, monkeypatch):
    """A reset while a bulk publish sends its records leaves a pool that was never published. Source: bulk-2."""
    profile.write(replace("a"))
    monkeypatch.setattr(streams, "send", lambda *_: cognitosync.reset())
    assert client.bulk_publish(**profile.pool)["IdentityPoolId"] == profile.identity_pool_id
    assert client.get_bulk_publish_details(**profile.pool)["BulkPublishStatus"] == "NOT_STARTED"
