"""UpdateRecords: all or nothing, its answer, and the odd calls."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from driver import (
    ACCOUNT,
    NOON,
    TOKEN_REFUSED,
    answer,
    bodies,
    broken,
    counted,
    fill,
    identity_of,
    listed,
    new_dataset,
    place,
    refusal,
    refused_update,
    remove,
    replace,
    token_for,
    write,
)

NO_VALUE = {"Op": "replace", "Key": "x", "SyncCount": 0}


def test_the_answer_has_the_written_records_whole(cognitosync, cognitosync_client, time_machine):
    """The answer holds each record written, a removed one with a null Value. Source: update-1, records-1, records-2."""
    time_machine.move_to(NOON, tick=False)
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "gone", "kept")
    time_machine.shift(1.5)
    seen = bodies(cognitosync_client)
    write(cognitosync_client, profile, replace("new", "text"), remove("gone", 1))
    date = NOON.timestamp() + 1.5
    stamp = {"DeviceLastModifiedDate": date, "LastModifiedBy": ACCOUNT, "LastModifiedDate": date, "SyncCount": 3}
    assert seen[-1] == {"Records": [{"Key": "new", "Value": "text", **stamp}, {"Key": "gone", "Value": None, **stamp}]}


def test_the_answer_is_in_the_order_of_the_request(cognitosync, cognitosync_client):
    """Records stand in the order of their patches, without what changed nothing. Source: update-1, update-8."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "b", "d")
    patches = [replace("c"), remove("d", 2), remove("never"), replace("a"), replace("b", "w", 1)]
    written = write(cognitosync_client, profile, *patches)
    assert counted(written) == [("c", "v", 3), ("d", None, 3), ("a", "v", 3), ("b", "w", 3)]


@pytest.mark.parametrize(
    ("bad", "refused"),
    [
        pytest.param(
            replace("a", "w", 7),
            ("ResourceConflictException", 409, "Current SyncCount for: a is: 1 not: 7"),
            id="conflict",
        ),
        pytest.param(
            NO_VALUE,
            ("InvalidParameterException", 400, "RecordPatch for key x replaces without a Value"),
            id="no value",
        ),
        pytest.param(
            replace("new"),
            ("InvalidParameterException", 400, "Key new is in more than one RecordPatch"),
            id="same key",
        ),
        pytest.param(
            replace("x") | {"Op": "add"},
            broken(
                "Value 'add' at 'recordPatches.3.member.op' failed to satisfy constraint: "
                "Member must satisfy enum value set: [replace, remove]"
            ),
            id="operation",
        ),
    ],
)
@pytest.mark.parametrize("exists", [False, True])
def test_one_bad_patch_stops_all(cognitosync, cognitosync_client, exists, bad, refused):
    """All patches or none: one that is refused leaves the dataset as it was. Source: update-2, update-5, update-6."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile if exists else profile | {"DatasetName": "other"}, "a")
    if not exists and bad["Key"] == "a":
        refused = (*refused[:2], "Current SyncCount for: a is: 0 not: 7")
    before = listed(cognitosync_client, profile)
    patches = [replace("new", "1"), replace("newer", "2"), bad, replace("newest", "3")]
    assert refused_update(cognitosync_client, profile, *patches) == refused
    assert listed(cognitosync_client, profile) == before
    assert cognitosync.dataset(*place(profile)).num_records == int(exists)


@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param({}, id="absent"),
        pytest.param({"RecordPatches": []}, id="empty"),
        pytest.param({"RecordPatches": [remove("never"), remove("nor this")]}, id="keys never written"),
    ],
)
@pytest.mark.parametrize("exists", [False, True])
def test_a_call_that_changes_nothing(cognitosync, cognitosync_client, parameters, exists):
    """No change: an empty answer, no count, no dataset, and the token stays good. Source: update-3, update-8."""
    profile = new_dataset(cognitosync)
    if exists:
        fill(cognitosync_client, profile, "a")
    before = cognitosync.dataset(*place(profile))
    token = token_for(cognitosync_client, profile)
    for _ in range(2):
        response = cognitosync_client.update_records(**profile, SyncSessionToken=token, **parameters)
        assert answer(response) == {"Records": []}
    assert cognitosync.dataset(*place(profile)) == before
    assert len(cognitosync_client.list_datasets(**identity_of(profile))["Datasets"]) == int(exists)
    assert listed(cognitosync_client, profile)["DatasetSyncCount"] == int(exists)


@pytest.mark.parametrize("patches", [[], [remove("never")]])
def test_a_call_that_changes_nothing_needs_a_token(cognitosync, cognitosync_client, patches):
    """A call without change is refused like any other where its token is not valid. Source: token-4, update-3."""
    profile = new_dataset(cognitosync)
    call = {"SyncSessionToken": "bad", "RecordPatches": patches}
    assert refusal(cognitosync_client.update_records, **profile, **call) == TOKEN_REFUSED


def test_no_change_makes_no_deleted_dataset(cognitosync, cognitosync_client):
    """An update without change does not bring a deleted dataset back. Source: update-3, update-8."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "a")
    cognitosync_client.delete_dataset(**profile)
    assert write(cognitosync_client, profile, remove("a")) == []
    assert cognitosync.dataset(*place(profile)).exists is False


def test_the_same_value_is_a_change(cognitosync, cognitosync_client, time_machine):
    """A patch with the value that is there raises count and date. Source: update-4."""
    time_machine.move_to(NOON, tick=False)
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "a")
    time_machine.shift(60)
    later = NOON + timedelta(seconds=60)
    assert write(cognitosync_client, profile, replace("a", "v", 1)) == [
        {
            "DeviceLastModifiedDate": later,
            "Key": "a",
            "LastModifiedBy": ACCOUNT,
            "LastModifiedDate": later,
            "SyncCount": 2,
            "Value": "v",
        }
    ]


@pytest.mark.parametrize(
    "patches",
    [
        pytest.param([replace("x"), replace("x")], id="alike"),
        pytest.param([replace("x"), remove("x")], id="write and remove"),
        pytest.param([remove("x"), remove("x")], id="never written"),
        pytest.param([replace("x"), replace("b"), replace("x", "w", 1)], id="as if in turn"),
    ],
)
def test_the_same_key_twice_is_refused(cognitosync, cognitosync_client, patches):
    """Two patches of one call may not name one key, in whatever way. Source: update-5."""
    profile = new_dataset(cognitosync)
    assert refused_update(cognitosync_client, profile, *patches) == (
        "InvalidParameterException",
        400,
        "Key x is in more than one RecordPatch",
    )
    assert listed(cognitosync_client, profile)["DatasetExists"] is False


def test_replace_needs_a_value(cognitosync, cognitosync_client):
    """`replace` without a Value is refused, an empty string is one. Source: update-6."""
    profile = new_dataset(cognitosync)
    assert refused_update(cognitosync_client, profile, NO_VALUE) == (
        "InvalidParameterException",
        400,
        "RecordPatch for key x replaces without a Value",
    )
    assert counted(write(cognitosync_client, profile, replace("x", ""))) == [("x", "", 1)]
    assert listed(cognitosync_client, profile)["Records"] == [("x", "", 1)]
    assert cognitosync.records(*place(profile)) == {"x": ""}


@pytest.mark.parametrize("value", ["", "left behind"])
def test_a_value_beside_remove_is_ignored(cognitosync, cognitosync_client, value):
    """`remove` removes, whatever Value comes with it. Source: update-9."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "a")
    written = write(cognitosync_client, profile, remove("a", 1, Value=value), remove("never", 0, Value=value))
    assert counted(written) == [("a", None, 2)]
    assert listed(cognitosync_client, profile)["Records"] == [("a", None, 2)]
    assert cognitosync.records(*place(profile)) == {}


@pytest.mark.parametrize(
    "others",
    [
        pytest.param({"DeviceId": "nobody-registered-this"}, id="DeviceId"),
        pytest.param({"DeviceId": "d" * 256}, id="longest DeviceId"),
        pytest.param({"ClientContext": "a phone"}, id="ClientContext"),
    ],
)
def test_device_and_context_change_nothing(cognitosync, cognitosync_client, others):
    """An unknown DeviceId is taken, ClientContext has no effect, and neither signs. Source: update-7, records-3."""
    profile = new_dataset(cognitosync)
    [record] = write(cognitosync_client, profile, replace("a"), **others)
    assert (record["Key"], record["SyncCount"], record["LastModifiedBy"]) == ("a", 1, ACCOUNT)
    assert cognitosync_client.describe_dataset(**profile)["Dataset"]["LastModifiedBy"] == ACCOUNT


def test_a_device_id_has_a_longest(cognitosync, cognitosync_client):
    """A DeviceId of more than 256 characters is refused. Source: update-7."""
    profile = new_dataset(cognitosync)
    call = {"SyncSessionToken": token_for(cognitosync_client, profile), "DeviceId": "d" * 257}
    assert refusal(cognitosync_client.update_records, **profile, **call) == broken(
        f"Value '{'d' * 257}' at 'deviceId' failed to satisfy constraint: "
        "Member must have length less than or equal to 256"
    )


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        pytest.param({}, NOON, id="none"),
        pytest.param({"DeviceLastModifiedDate": NOON - timedelta(days=3)}, NOON - timedelta(days=3), id="past"),
        pytest.param({"DeviceLastModifiedDate": NOON + timedelta(days=3)}, NOON + timedelta(days=3), id="future"),
        pytest.param(
            {"DeviceLastModifiedDate": datetime(1970, 1, 1, tzinfo=timezone.utc)},
            datetime(1970, 1, 1, tzinfo=timezone.utc),
            id="epoch",
        ),
    ],
)
@pytest.mark.parametrize("patch", [replace("a", "w", 1), remove("a", 1)])
def test_the_device_s_date_is_the_client_s(cognitosync, cognitosync_client, time_machine, patch, sent, expected):
    """DeviceLastModifiedDate is the client's where sent, else the write's. Source: records-2."""
    time_machine.move_to(NOON - timedelta(hours=1), tick=False)
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "a")
    time_machine.move_to(NOON, tick=False)
    [written] = write(cognitosync_client, profile, patch | sent)
    [record] = cognitosync_client.list_records(**profile)["Records"]
    assert written == record
    assert (record["DeviceLastModifiedDate"], record["LastModifiedDate"]) == (expected, NOON)


def test_who_wrote_signs_the_record(cognitosync, cognitosync_client):
    """Developer credentials sign with the account id, a device with its identity id. Source: records-3."""
    profile = new_dataset(cognitosync)
    pool, identity, name = place(profile)
    fill(cognitosync_client, profile, "a", "b")
    cognitosync.device(pool, identity).put(name, {"b": "theirs", "c": "theirs"})
    cognitosync.device(pool, identity).remove(name, "a")
    write(cognitosync_client, profile, replace("c", "ours", 3))
    records = cognitosync_client.list_records(**profile)["Records"]
    assert {record["Key"]: record["LastModifiedBy"] for record in records} == {
        "a": identity,
        "b": identity,
        "c": ACCOUNT,
    }


def test_a_removed_record_is_written_again(cognitosync, cognitosync_client):
    """A tombstone is listed until its key is written again from the tombstone's count. Source: records-1."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "a")
    write(cognitosync_client, profile, remove("a", 1))
    assert listed(cognitosync_client, profile, LastSyncCount=1)["Records"] == [("a", None, 2)]
    assert cognitosync.dataset(*place(profile)).tombstones == {"a": 2}
    write(cognitosync_client, profile, replace("a", "back", 2))
    assert listed(cognitosync_client, profile)["Records"] == [("a", "back", 3)]
    assert cognitosync.dataset(*place(profile)).tombstones == {}
