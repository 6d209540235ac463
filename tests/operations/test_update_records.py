"""UpdateRecords: all patches or none, its answer, and calls at the edge."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from driver import ACCOUNT, NOON, TOKEN_REFUSED, answer, broken, conflict, remove, replace, response_bodies

WITHOUT_VALUE = {"Op": "replace", "Key": "x", "SyncCount": 0}
VALUE_MISSING = ("InvalidParameterException", 400, "RecordPatch for key x replaces without a Value")


def duplicate_key(key):
    return "InvalidParameterException", 400, f"Key {key} is in more than one RecordPatch"


def test_the_answer_has_all_members_of_the_written_records(profile, client, time_machine):
    """
    The answer has each record written; the Value of a removed one is null.

    Source: update-1, records-1, records-2.
    """
    time_machine.move_to(NOON, tick=False)
    profile.fill("gone", "kept")
    time_machine.shift(1.5)
    seen = response_bodies(client)
    profile.write(replace("new", "text"), remove("gone", 1))
    date = NOON.timestamp() + 1.5
    stamp = {"DeviceLastModifiedDate": date, "LastModifiedBy": ACCOUNT, "LastModifiedDate": date, "SyncCount": 3}
    assert seen[-1] == {"Records": [{"Key": "new", "Value": "text", **stamp}, {"Key": "gone", "Value": None, **stamp}]}


def test_the_answer_is_in_the_order_of_the_patches(profile):
    """
    The answer's records are in the order of their patches, without those that changed nothing.

    Source: update-1, update-8.
    """
    profile.fill("b", "d")
    patches = [replace("c"), remove("d", 2), remove("never"), replace("a"), replace("b", "w", 1)]
    assert profile.write(*patches) == [("c", "v", 3), ("d", None, 3), ("a", "v", 3), ("b", "w", 3)]


@pytest.mark.parametrize(
    ("bad", "refused"),
    [
        pytest.param(replace("tombstone", "w", 1), conflict("tombstone", current=2, sent=1), id="conflict"),
        pytest.param(WITHOUT_VALUE, VALUE_MISSING, id="no value"),
        pytest.param(replace("new"), duplicate_key("new"), id="same key"),
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
def test_a_refused_patch_rejects_the_whole_update(profile, exists, bad, refused):
    """
    All patches are applied or none: one refused patch leaves the dataset unchanged.

    Source: update-2, update-5, update-6.
    """
    profile.fill("tombstone")
    profile.write(remove("tombstone", 1))
    if exists:
        profile.fill("a")
    before = profile.listed()
    patches = [replace("new", "1"), replace("newer", "2"), bad, replace("newest", "3")]
    assert profile.refused_update(*patches) == refused
    assert profile.listed() == before
    assert profile.state().num_records == int(exists)


@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param({}, id="absent"),
        pytest.param({"RecordPatches": []}, id="empty"),
        pytest.param({"RecordPatches": [remove("never"), remove("nor this")]}, id="keys never written"),
    ],
)
@pytest.mark.parametrize("exists", [False, True])
def test_an_update_that_changes_nothing_has_an_empty_answer(profile, client, parameters, exists):
    """
    An update that changes nothing raises no count, creates no dataset and consumes no token.

    Source: update-3, update-8.
    """
    if exists:
        profile.fill("a")
    before = profile.state()
    token = profile.token()
    for _ in range(2):
        response = client.update_records(**profile.parameters, SyncSessionToken=token, **parameters)
        assert answer(response) == {"Records": []}
    assert profile.state() == before
    assert len(profile.dataset_names()) == int(exists)
    assert profile.listed()["DatasetSyncCount"] == int(exists)


@pytest.mark.parametrize("patches", [[], [remove("never")]])
def test_an_update_that_changes_nothing_needs_a_valid_token(profile, patches):
    """An invalid token is refused even if the update would change nothing. Source: token-4, update-3."""
    assert profile.refused_update(*patches, token="invalid") == TOKEN_REFUSED


def test_an_update_that_changes_nothing_leaves_a_dataset_deleted(profile):
    """An update that changes nothing does not create a deleted dataset again. Source: update-3, update-8."""
    profile.fill("a")
    profile.delete()
    assert profile.write(remove("a")) == []
    assert profile.state().exists is False


def test_writing_the_same_value_is_a_change(profile, time_machine):
    """A patch with the record's current value raises its count and date. Source: update-4."""
    time_machine.move_to(NOON, tick=False)
    profile.fill("a")
    time_machine.shift(60)
    later = NOON + timedelta(seconds=60)
    assert profile.update(replace("a", "v", 1)) == [
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
def test_two_patches_for_one_key_are_refused(profile, patches):
    """Two patches of a call may not name the same key, whatever they do. Source: update-5."""
    assert profile.refused_update(*patches) == duplicate_key("x")
    assert profile.listed()["DatasetExists"] is False


def test_replace_needs_a_value(profile):
    """`replace` without a Value is refused; an empty string is a value. Source: update-6."""
    assert profile.refused_update(WITHOUT_VALUE) == VALUE_MISSING
    assert profile.write(replace("x", "")) == [("x", "", 1)]
    assert profile.listed()["Records"] == [("x", "", 1)]
    assert profile.records() == {"x": ""}


@pytest.mark.parametrize("value", ["", "left behind"])
def test_the_value_of_a_removal_is_ignored(profile, value):
    """`remove` removes the record, whatever Value the patch has. Source: update-9."""
    profile.fill("a")
    written = profile.write(remove("a", 1, Value=value), remove("never", 0, Value=value))
    assert written == [("a", None, 2)]
    assert profile.listed()["Records"] == [("a", None, 2)]
    assert profile.records() == {}


@pytest.mark.parametrize(
    "others",
    [
        pytest.param({"DeviceId": "nobody-registered-this"}, id="DeviceId"),
        pytest.param({"DeviceId": "d" * 256}, id="longest DeviceId"),
        pytest.param({"ClientContext": "a phone"}, id="ClientContext"),
    ],
)
def test_device_id_and_client_context_have_no_effect(profile, others):
    """
    An unknown DeviceId is accepted, and neither it nor ClientContext changes LastModifiedBy.

    Source: update-7, records-3.
    """
    [record] = profile.update(replace("a"), **others)
    assert (record["Key"], record["SyncCount"], record["LastModifiedBy"]) == ("a", 1, ACCOUNT)
    assert profile.describe()["LastModifiedBy"] == ACCOUNT


def test_a_device_id_has_at_most_256_characters(profile):
    """A DeviceId of more than 256 characters is refused. Source: update-7."""
    assert profile.refused_update(DeviceId="d" * 257) == broken(
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
def test_device_last_modified_date_is_the_date_that_the_client_sends(profile, time_machine, patch, sent, expected):
    """DeviceLastModifiedDate is the date that the client sends, or else that of the write. Source: records-2."""
    time_machine.move_to(NOON - timedelta(hours=1), tick=False)
    profile.fill("a")
    time_machine.move_to(NOON, tick=False)
    [written] = profile.update(patch | sent)
    [record] = profile.list_records()["Records"]
    assert written == record
    assert (record["DeviceLastModifiedDate"], record["LastModifiedDate"]) == (expected, NOON)


def test_last_modified_by_of_a_record_names_its_writer(profile):
    """
    LastModifiedBy is the account id for developer credentials and the identity id for a device.

    Source: records-3.
    """
    identity = profile.identity_id
    profile.fill("a", "b")
    profile.device().put("profile", {"b": "theirs", "c": "theirs"})
    profile.device().remove("profile", "a")
    profile.write(replace("c", "ours", 3))
    writers = {record["Key"]: record["LastModifiedBy"] for record in profile.list_records()["Records"]}
    assert writers == {"a": identity, "b": identity, "c": ACCOUNT}


def test_a_removed_record_can_be_written_again(profile):
    """A tombstone is listed until its key is written again at the tombstone's count. Source: records-1."""
    profile.fill("a")
    profile.write(remove("a", 1))
    assert profile.listed(LastSyncCount=1)["Records"] == [("a", None, 2)]
    assert profile.state().tombstones == {"a": 2}
    profile.write(replace("a", "back", 2))
    assert profile.listed()["Records"] == [("a", "back", 3)]
    assert profile.state().tombstones == {}
