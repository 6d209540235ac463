"""Cognito Streams: what each change sends to Kinesis, and BulkPublish."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.moto_api import state_manager

NOON = datetime(2024, 6, 1, 12, tzinfo=timezone.utc)
NOON_MS = 1_717_243_200_000
ROLE = "arn:aws:iam::123456789012:role/streams"
DISABLED = ("InvalidParameterException", 400, "Streaming is not enabled for the identity pool")
RUNNING = ("DuplicateRequestException", 400, "A bulk publish of the identity pool is in progress")
ALREADY = ("AlreadyStreamedException", 400, "The identity pool was published less than 24 hours ago")


def replace(key, value="v", sync_count=0, **others):
    """A patch that writes."""
    return {"Op": "replace", "Key": key, "Value": value, "SyncCount": sync_count, **others}


def remove(key, sync_count):
    """A patch that removes."""
    return {"Op": "remove", "Key": key, "SyncCount": sync_count}


def push(client, profile, *patches, token=None):
    """Update; the answer's records."""
    token = token or client.list_records(**profile)["SyncSessionToken"]
    return client.update_records(**profile, SyncSessionToken=token, RecordPatches=patches)["Records"]


def refused(call, *arguments, **parameters):
    """Code, HTTP status and message of a call that must fail."""
    with pytest.raises(ClientError) as caught:
        call(*arguments, **parameters)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Message"]


def entries(kinesis, name="changes"):
    """All entries of a stream, shard after shard."""
    found = []
    for shard in kinesis.list_shards(StreamName=name)["Shards"]:
        start = kinesis.get_shard_iterator(StreamName=name, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")[
            "ShardIterator"
        ]
        found += kinesis.get_records(ShardIterator=start)["Records"]
    return found


def sent(kinesis, name="changes"):
    """What the entries of a stream say."""
    return [json.loads(entry["Data"]) for entry in entries(kinesis, name)]


def keys_sent(kinesis, name="changes"):
    """The keys of the records in each entry of a stream."""
    return [[record["key"] for record in change["kinesisSyncRecords"]] for change in sent(kinesis, name)]


def configure(client, pool, status="ENABLED", name="changes"):
    """Set the pool's stream."""
    streams = {"StreamName": name, "RoleArn": ROLE, "StreamingStatus": status}
    client.set_identity_pool_configuration(IdentityPoolId=pool, CognitoStreams=streams)


def status_of(client, pool):
    """Whether the pool's stream is ENABLED or DISABLED."""
    return client.get_identity_pool_configuration(IdentityPoolId=pool)["CognitoStreams"]["StreamingStatus"]


def details(client, pool):
    """What GetBulkPublishDetails answers."""
    answer = client.get_bulk_publish_details(IdentityPoolId=pool)
    del answer["ResponseMetadata"]
    return answer


def publish(client, pool):
    """What BulkPublish answers."""
    answer = client.bulk_publish(IdentityPoolId=pool)
    del answer["ResponseMetadata"]
    return answer


@pytest.fixture
def kinesis(cognitosync):
    """A client of Kinesis, with a stream ``changes`` of one shard."""
    client = boto3.client("kinesis", region_name=cognitosync.region_name)
    client.create_stream(StreamName="changes", ShardCount=1)
    return client


@pytest.fixture
def pool(cognitosync, cognitosync_client, kinesis):
    """A pool that sends its changes to ``changes``."""
    pool = cognitosync.new_pool()
    configure(cognitosync_client, pool)
    return pool


@pytest.fixture
def profile(cognitosync, pool):
    """The parameters that name a dataset of an identity in *pool*."""
    return {"IdentityPoolId": pool, "IdentityId": cognitosync.new_identity(pool), "DatasetName": "profile"}


@pytest.fixture
def noon(time_machine):
    """The clock, standing at noon of 2024-06-01 in UTC."""
    time_machine.move_to(NOON, tick=False)
    return time_machine


def change_of(profile, sync_count, records, now_ms=NOON_MS, operation="replace"):
    """The documented JSON of one change; *records* as key, value, count, date and the device's date."""
    return {
        "identityPoolId": profile["IdentityPoolId"],
        "identityId": profile["IdentityId"],
        "dataSetName": profile["DatasetName"],
        "operation": operation,
        "kinesisSyncRecords": [
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


def test_each_update_is_one_entry(cognitosync_client, kinesis, profile, noon):
    """An update is one entry of the documented JSON, removed records in it. Source: streams-1, streams-2, streams-3."""
    device = NOON - timedelta(seconds=1.5)
    push(cognitosync_client, profile, replace("b", "ü"), replace("a", "", DeviceLastModifiedDate=device))
    noon.shift(2.345)
    push(cognitosync_client, profile, remove("b", 1), replace("c"))
    later = NOON_MS + 2345
    assert sent(kinesis) == [
        change_of(profile, 1, [("b", "ü", 1, NOON_MS, NOON_MS), ("a", "", 1, NOON_MS, NOON_MS - 1500)]),
        change_of(profile, 2, [("b", None, 2, later, later), ("c", "v", 2, later, later)], later),
    ]


def test_numbers_are_whole_and_nulls_are_there(cognitosync_client, kinesis, profile, noon):
    """Dates are whole numbers, and no member is left out. Source: streams-1."""
    push(cognitosync_client, profile, replace("a"))
    (change,) = sent(kinesis)
    (record,) = change["kinesisSyncRecords"]
    dates = [change["lastModifiedDate"], record["lastModifiedDate"], record["deviceLastModifiedDate"]]
    assert [type(date) for date in dates] == [int, int, int]
    assert b'"kinesisSyncRecordsURL": null' in entries(kinesis)[0]["Data"]


def test_a_large_change_is_inline(cognitosync_client, kinesis, profile):
    """More than a mebibyte of JSON goes inline too. Source: streams-2."""
    value = "v" * (1024 * 1024 - 1)
    push(cognitosync_client, profile, replace("a", value))
    (change,) = sent(kinesis)
    assert (change["payloadType"], change["kinesisSyncRecordsURL"]) == ("Inline", None)
    assert change["kinesisSyncRecords"][0]["value"] == value


def test_the_identity_is_the_partition_key(cognitosync, cognitosync_client, kinesis, pool):
    """Identities spread over the shards; the changes of one are in one shard, in order. Source: streams-3."""
    kinesis.create_stream(StreamName="wide", ShardCount=4)
    configure(cognitosync_client, pool, name="wide")
    identities = [cognitosync.new_identity(pool) for _ in range(8)]
    for value in ("1", "2", "3"):
        for identity in identities:
            cognitosync.device(pool, identity).put("profile", {"a": value})
    found = entries(kinesis, "wide")
    assert len(found) == 24
    for identity in identities:
        changes = [json.loads(entry["Data"]) for entry in found if entry["PartitionKey"] == identity]
        assert [change["identityId"] for change in changes] == [identity] * 3
        assert [change["kinesisSyncRecords"][0]["value"] for change in changes] == ["1", "2", "3"]


def test_what_sends_nothing(cognitosync_client, kinesis, profile):
    """What is read, refused or changes nothing is not sent. Source: streams-3."""
    push(cognitosync_client, profile)
    refused(push, cognitosync_client, profile, replace("a", "v", 3))
    refused(push, cognitosync_client, profile, replace("a"), token="x")
    refused(cognitosync_client.delete_dataset, **profile)
    cognitosync_client.list_records(**profile)
    assert entries(kinesis) == []


def test_what_the_trigger_changed_is_sent(cognitosync, cognitosync_client, kinesis, profile, noon):
    """The entry has what was written, in the order of the answer. Source: streams-3, trigger-3."""
    push(cognitosync_client, profile, replace("c"))

    def change(event):
        event["datasetRecords"].update(z={"newValue": "mine"}, c={"op": "remove"}, a={"newValue": "changed"})
        del event["datasetRecords"]["b"]
        return event

    cognitosync.set_trigger(profile["IdentityPoolId"], change)
    push(cognitosync_client, profile, replace("b"), replace("a"))
    values = [("a", "changed"), ("c", None), ("z", "mine")]
    records = [(key, value, 2, NOON_MS, NOON_MS) for key, value in values]
    assert sent(kinesis)[1:] == [change_of(profile, 2, records)]


def test_what_the_trigger_refused_is_not_sent(cognitosync, cognitosync_client, kinesis, profile):
    """Where the function fails or leaves nothing, nothing is sent. Source: streams-3, trigger-5."""
    pool = profile["IdentityPoolId"]
    cognitosync.set_trigger(pool, lambda event: None)
    code, _, _ = refused(push, cognitosync_client, profile, replace("a"))
    assert code == "InvalidLambdaFunctionOutputException"
    cognitosync.set_trigger(pool, lambda event: event | {"datasetRecords": {}})
    assert push(cognitosync_client, profile, replace("a")) == []
    assert entries(kinesis) == []


def test_a_deletion_is_one_entry(cognitosync_client, kinesis, profile, noon):
    """DeleteDataset sends ``remove``, the deletion's count and no records. Source: streams-5."""
    push(cognitosync_client, profile, replace("a"))
    noon.shift(60)
    cognitosync_client.delete_dataset(**profile)
    noon.shift(60)
    push(cognitosync_client, profile, replace("a"))
    third = NOON_MS + 120_000
    assert sent(kinesis)[1:] == [
        change_of(profile, 2, [], NOON_MS + 60_000, "remove"),
        change_of(profile, 3, [("a", "v", 3, third, third)], third),
    ]


def test_the_handles_device_is_streamed_too(cognitosync, kinesis, profile):
    """What another device changes is sent as well. Source: streams-3, streams-5."""
    device = cognitosync.device(profile["IdentityPoolId"], profile["IdentityId"])
    device.put("profile", {"b": "v", "a": "v"})
    device.remove("profile", "a")
    device.delete_dataset("profile")
    found = [(change["operation"], change["syncCount"]) for change in sent(kinesis)]
    assert (found, keys_sent(kinesis)) == ([("replace", 1), ("replace", 2), ("remove", 3)], [["b", "a"], ["a"], []])


@pytest.mark.parametrize("act", ["update", "delete"])
def test_a_stream_that_is_missing(cognitosync, cognitosync_client, kinesis, profile, act):
    """The change is made, and streaming is DISABLED until it is set again. Source: streams-4."""
    pool = profile["IdentityPoolId"]
    push(cognitosync_client, profile, replace("a"))
    kinesis.delete_stream(StreamName="changes")
    if act == "update":
        push(cognitosync_client, profile, replace("b"))
    else:
        cognitosync_client.delete_dataset(**profile)
    left = {"a": "v", "b": "v"} if act == "update" else {}
    assert cognitosync.records(*profile.values()) == left
    assert cognitosync_client.get_identity_pool_configuration(IdentityPoolId=pool)["CognitoStreams"] == {
        "StreamName": "changes",
        "RoleArn": ROLE,
        "StreamingStatus": "DISABLED",
    }
    kinesis.create_stream(StreamName="changes", ShardCount=1)
    push(cognitosync_client, profile, replace("c"))
    assert entries(kinesis) == []
    configure(cognitosync_client, pool)
    push(cognitosync_client, profile, replace("d"))
    assert keys_sent(kinesis) == [["d"]]


def test_a_stream_of_another_region(cognitosync_client, profile):
    """A stream of the same name in another region is not the pool's. Source: streams-4."""
    boto3.client("kinesis", region_name="eu-west-1").create_stream(StreamName="there", ShardCount=1)
    configure(cognitosync_client, profile["IdentityPoolId"], name="there")
    push(cognitosync_client, profile, replace("a"))
    assert status_of(cognitosync_client, profile["IdentityPoolId"]) == "DISABLED"


def test_only_its_own_pool_is_switched_off(cognitosync, cognitosync_client, pool):
    """A missing stream does not touch the configuration of another pool. Source: streams-4."""
    other = cognitosync.new_pool()
    configure(cognitosync_client, other, name="missing")
    cognitosync.device(other, cognitosync.new_identity(other)).put("profile", {"a": "v"})
    assert [status_of(cognitosync_client, each) for each in (other, pool)] == ["DISABLED", "ENABLED"]


@pytest.mark.parametrize(
    "streams", [None, {}, {"StreamName": "changes", "RoleArn": ROLE}], ids=["off", "unset", "part"]
)
def test_a_stream_that_is_not_enabled(cognitosync_client, kinesis, profile, streams):
    """Nothing is sent, nor afterwards, and BulkPublish is refused. Source: streams-3, bulk-6."""
    pool = profile["IdentityPoolId"]
    if streams is None:
        configure(cognitosync_client, pool, "DISABLED")
    else:
        cognitosync_client.set_identity_pool_configuration(IdentityPoolId=pool, CognitoStreams=streams)
    push(cognitosync_client, profile, replace("a"))
    assert refused(publish, cognitosync_client, pool) == DISABLED
    assert details(cognitosync_client, pool) == {"IdentityPoolId": pool, "BulkPublishStatus": "NOT_STARTED"}
    configure(cognitosync_client, pool)
    push(cognitosync_client, profile, replace("b"))
    assert keys_sent(kinesis) == [["b"]]


def test_bulk_publish(cognitosync, cognitosync_client, kinesis, pool, noon):
    """Each dataset of the pool that exists is one entry with its live records, by key. Source: bulk-1, streams-1."""
    identities = sorted(cognitosync.new_identity(pool) for _ in range(2))
    configure(cognitosync_client, pool, "DISABLED")
    there = cognitosync.new_pool()
    first, second, third, deleted, strange = (
        {"IdentityPoolId": where, "IdentityId": identity, "DatasetName": name}
        for where, identity, name in [
            (pool, identities[0], "a"),
            (pool, identities[0], "b"),
            (pool, identities[1], "a"),
            (pool, identities[1], "deleted"),
            (there, identities[0], "a"),
        ]
    )
    for profile in (third, second, deleted, strange):
        push(cognitosync_client, profile, replace("z"))
    push(cognitosync_client, first, replace("y"), replace("gone"))
    cognitosync_client.delete_dataset(**deleted)
    noon.shift(1)
    push(cognitosync_client, first, replace("x"), remove("gone", 1))
    push(cognitosync_client, third, remove("z", 1))
    noon.shift(1)
    configure(cognitosync_client, pool)
    assert publish(cognitosync_client, pool) == {"IdentityPoolId": pool}
    then = NOON_MS + 1000
    assert sent(kinesis) == [
        change_of(first, 2, [("x", "v", 2, then, then), ("y", "v", 1, NOON_MS, NOON_MS)], then),
        change_of(second, 1, [("z", "v", 1, NOON_MS, NOON_MS)]),
        change_of(third, 2, [], then),
    ]
    assert [entry["PartitionKey"] for entry in entries(kinesis)] == [identities[0], identities[0], identities[1]]
    assert cognitosync.dataset(*first.values()).sync_count == 2


def test_a_bulk_publish_succeeds_at_once(cognitosync_client, pool, noon):
    """NOT_STARTED, then SUCCEEDED with the time of both ends. Source: bulk-2, bulk-3."""
    assert details(cognitosync_client, pool) == {"IdentityPoolId": pool, "BulkPublishStatus": "NOT_STARTED"}
    publish(cognitosync_client, pool)
    noon.shift(60)
    assert details(cognitosync_client, pool) == {
        "IdentityPoolId": pool,
        "BulkPublishStatus": "SUCCEEDED",
        "BulkPublishStartTime": NOON,
        "BulkPublishCompleteTime": NOON,
    }


@pytest.fixture
def held():
    """Holds bulk publishes in progress as moto's state manager is told."""
    yield lambda **transition: state_manager.set_transition("cognitosync::bulk_publish", transition)
    state_manager.unset_transition("cognitosync::bulk_publish")


def test_a_bulk_publish_in_progress(cognitosync_client, pool, noon, held):
    """It is IN_PROGRESS while it is held, and lets no second one in. Source: bulk-2, bulk-3, bulk-4, bulk-5."""
    held(progression="manual", times=2)
    started = {"IdentityPoolId": pool, "BulkPublishStartTime": NOON}
    publish(cognitosync_client, pool)
    noon.shift(10)
    assert refused(publish, cognitosync_client, pool) == RUNNING
    assert details(cognitosync_client, pool) == {**started, "BulkPublishStatus": "IN_PROGRESS"}
    assert refused(publish, cognitosync_client, pool) == RUNNING
    noon.shift(10)
    ended = {**started, "BulkPublishStatus": "SUCCEEDED", "BulkPublishCompleteTime": NOON + timedelta(seconds=20)}
    assert details(cognitosync_client, pool) == ended
    noon.shift(10)
    assert refused(publish, cognitosync_client, pool) == ALREADY
    assert details(cognitosync_client, pool) == ended


def test_one_running_does_not_hold_another_pool(cognitosync, cognitosync_client, pool, held):
    """A publish in progress is its own pool's. Source: bulk-4."""
    held(progression="manual", times=2)
    publish(cognitosync_client, pool)
    other = cognitosync.new_pool()
    configure(cognitosync_client, other)
    assert publish(cognitosync_client, other) == {"IdentityPoolId": other}
    assert refused(publish, cognitosync_client, pool) == RUNNING


def test_a_day_runs_from_the_success_not_from_the_look(cognitosync_client, pool, noon, held):
    """One that was done a minute after its start can be repeated a day later, unlooked at. Source: bulk-3, bulk-5."""
    held(progression="time", seconds=60)
    publish(cognitosync_client, pool)
    assert refused(publish, cognitosync_client, pool) == RUNNING
    noon.shift(timedelta(days=1, minutes=2))
    assert publish(cognitosync_client, pool) == {"IdentityPoolId": pool}


def test_a_second_bulk_publish(cognitosync_client, kinesis, profile, noon):
    """Within 24 hours of a success it is refused and sends nothing; then it is taken. Source: bulk-5."""
    pool = profile["IdentityPoolId"]
    push(cognitosync_client, profile, replace("a"))
    publish(cognitosync_client, pool)
    noon.shift(timedelta(days=1) - timedelta(milliseconds=1))
    assert refused(publish, cognitosync_client, pool) == ALREADY
    assert keys_sent(kinesis) == [["a"], ["a"]]
    assert details(cognitosync_client, pool)["BulkPublishStartTime"] == NOON
    noon.shift(0.001)
    assert publish(cognitosync_client, pool) == {"IdentityPoolId": pool}
    assert keys_sent(kinesis) == [["a"], ["a"], ["a"]]
    assert details(cognitosync_client, pool)["BulkPublishStartTime"] == NOON + timedelta(days=1)


@pytest.mark.parametrize("filled", [True, False], ids=["filled", "empty"])
def test_a_bulk_publish_that_fails(cognitosync_client, kinesis, profile, noon, filled):
    """Without its stream it FAILS and switches streaming off; it may be repeated at once. Source: bulk-2, bulk-6."""
    pool = profile["IdentityPoolId"]
    if filled:
        push(cognitosync_client, profile, replace("a"))
    configure(cognitosync_client, pool, name="missing")
    assert publish(cognitosync_client, pool) == {"IdentityPoolId": pool}
    assert details(cognitosync_client, pool) == {
        "IdentityPoolId": pool,
        "BulkPublishStatus": "FAILED",
        "BulkPublishStartTime": NOON,
        "FailureMessage": "Stream missing does not exist",
    }
    assert status_of(cognitosync_client, pool) == "DISABLED"
    assert refused(publish, cognitosync_client, pool) == DISABLED
    configure(cognitosync_client, pool)
    assert publish(cognitosync_client, pool) == {"IdentityPoolId": pool}
    assert details(cognitosync_client, pool)["BulkPublishStatus"] == "SUCCEEDED"
    assert keys_sent(kinesis) == [["a"], ["a"]] * filled


def test_a_failure_is_not_held(cognitosync_client, profile, held):
    """What fails has failed at once, also where successes are held. Source: bulk-2, bulk-3, bulk-6."""
    pool = profile["IdentityPoolId"]
    push(cognitosync_client, profile, replace("a"))
    held(progression="manual", times=2)
    configure(cognitosync_client, pool, name="missing")
    publish(cognitosync_client, pool)
    assert details(cognitosync_client, pool)["BulkPublishStatus"] == "FAILED"
