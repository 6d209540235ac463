"""Sync counts, and what ListRecords makes of them."""

from __future__ import annotations

import pytest
from driver import (
    ACCOUNT,
    NOON,
    answer,
    bodies,
    broken,
    counted,
    fill,
    identity_of,
    keys,
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


def conflict(key, current, sent):
    return "ResourceConflictException", 409, f"Current SyncCount for: {key} is: {current} not: {sent}"


def test_an_update_raises_the_count_by_one(cognitosync, cognitosync_client):
    """Each update raises the dataset's count by one, however many patches it holds. Source: counts-1."""
    profile = new_dataset(cognitosync)
    counts = []
    for patches in ([replace("a")], [replace("b"), replace("c"), replace("d")], [remove("b", 2), replace("a", "w", 1)]):
        write(cognitosync_client, profile, *patches)
        counts.append(listed(cognitosync_client, profile)["DatasetSyncCount"])
    assert counts == [1, 2, 3]


def test_touched_records_get_the_dataset_s_count(cognitosync, cognitosync_client):
    """All records of an update get the dataset's new count, others keep theirs. Source: counts-2."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "a", "b", "c")
    written = write(cognitosync_client, profile, replace("new"), replace("a", "w", 1), remove("b", 2))
    assert counted(written) == [("new", "v", 4), ("a", "w", 4), ("b", None, 4)]
    assert listed(cognitosync_client, profile)["Records"] == [
        ("a", "w", 4),
        ("b", None, 4),
        ("c", "v", 3),
        ("new", "v", 4),
    ]


@pytest.mark.parametrize("sent", [0, 1, 3, 4, -1])
@pytest.mark.parametrize("patch", [replace("a", "other"), replace("a", "v"), remove("a")])
def test_a_count_that_is_not_the_record_s_is_a_conflict(cognitosync, cognitosync_client, sent, patch):
    """A patch whose count is lower or higher than its record's is refused, whatever its value. Source: counts-3."""
    profile = new_dataset(cognitosync)
    write(cognitosync_client, profile, replace("a"))
    write(cognitosync_client, profile, replace("a", "v", 1))
    write(cognitosync_client, profile, replace("b"))
    assert refused_update(cognitosync_client, profile, patch | {"SyncCount": sent}) == conflict("a", 2, sent)
    assert listed(cognitosync_client, profile)["Records"] == [("a", "v", 2), ("b", "v", 3)]


def test_the_first_stale_patch_names_the_conflict(cognitosync, cognitosync_client):
    """Of several stale patches the first is named, in the order of the request. Source: counts-3."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "a", "b", "c")
    patches = [replace("b", "w", 2), replace("c", "w", 1), replace("a", "w", 7)]
    assert refused_update(cognitosync_client, profile, *patches) == conflict("c", 3, 1)


@pytest.mark.parametrize("patch", [replace, remove])
@pytest.mark.parametrize("exists", [False, True])
@pytest.mark.parametrize("sent", [1, -1, 2])
def test_a_new_key_has_count_zero(cognitosync, cognitosync_client, patch, exists, sent):
    """A key never written has count 0: any other is a conflict, the dataset's own too. Source: counts-4."""
    profile = new_dataset(cognitosync)
    if exists:
        fill(cognitosync_client, profile, "a")
    assert refused_update(cognitosync_client, profile, patch("new", sync_count=sent)) == conflict("new", 0, sent)
    assert listed(cognitosync_client, profile)["DatasetExists"] is exists


def test_a_tombstone_has_a_count(cognitosync, cognitosync_client):
    """A removed key is written again from its tombstone's count, not from 0. Source: records-1, counts-3."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "a")
    write(cognitosync_client, profile, remove("a", 1))
    assert refused_update(cognitosync_client, profile, replace("a", "w", 0)) == conflict("a", 2, 0)
    assert refused_update(cognitosync_client, profile, remove("a", 1)) == conflict("a", 2, 1)
    assert counted(write(cognitosync_client, profile, replace("a", "w", 2))) == [("a", "w", 3)]
    assert listed(cognitosync_client, profile)["Records"] == [("a", "w", 3)]


def test_removing_a_tombstone_again_is_a_change(cognitosync, cognitosync_client):
    """A removal at the tombstone's count gives the tombstone a new count. Source: records-1, counts-2."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "a")
    write(cognitosync_client, profile, remove("a", 1))
    assert counted(write(cognitosync_client, profile, remove("a", 2))) == [("a", None, 3)]
    assert listed(cognitosync_client, profile)["DatasetSyncCount"] == 3


def test_a_missing_dataset_lists_as_empty(cognitosync, cognitosync_client):
    """Listing what is not there is no error and makes nothing. Source: list-1."""
    profile = new_dataset(cognitosync)
    seen = bodies(cognitosync_client)
    listing = answer(cognitosync_client.list_records(**profile))
    assert listing == {
        "Count": 0,
        "DatasetDeletedAfterRequestedSyncCount": False,
        "DatasetExists": False,
        "DatasetSyncCount": 0,
        "Records": [],
        "SyncSessionToken": listing["SyncSessionToken"],
    }
    assert seen == [{**listing, "LastModifiedBy": None, "MergedDatasetNames": None, "NextToken": None}]
    assert cognitosync_client.list_datasets(**identity_of(profile))["Datasets"] == []


def test_a_listing_has_everything(cognitosync, cognitosync_client, time_machine):
    """A listing shows dataset, records, and tombstones with a null Value. Source: list-1, list-4, records-1."""
    time_machine.move_to(NOON, tick=False)
    profile = new_dataset(cognitosync)
    write(cognitosync_client, profile, replace("b", "x"), replace("a", ""))
    write(cognitosync_client, profile, remove("b", 1))
    seen = bodies(cognitosync_client)
    token = token_for(cognitosync_client, profile)
    noon = NOON.timestamp()
    stamp = {"DeviceLastModifiedDate": noon, "LastModifiedBy": ACCOUNT, "LastModifiedDate": noon}
    assert seen == [
        {
            "Count": 2,
            "DatasetDeletedAfterRequestedSyncCount": False,
            "DatasetExists": True,
            "DatasetSyncCount": 2,
            "LastModifiedBy": ACCOUNT,
            "MergedDatasetNames": None,
            "NextToken": None,
            "Records": [
                {"Key": "a", "SyncCount": 1, "Value": "", **stamp},
                {"Key": "b", "SyncCount": 2, "Value": None, **stamp},
            ],
            "SyncSessionToken": token,
        }
    ]


def test_the_last_writer_is_the_dataset_s(cognitosync, cognitosync_client):
    """LastModifiedBy of a listing is who changed the dataset last, not the listed records. Source: records-3."""
    profile = new_dataset(cognitosync)
    pool, identity, name = place(profile)
    fill(cognitosync_client, profile, "a")
    cognitosync.device(pool, identity).put(name, {"b": "theirs"})
    listing = cognitosync_client.list_records(**profile)
    assert listing["LastModifiedBy"] == identity
    assert [(record["Key"], record["LastModifiedBy"]) for record in listing["Records"]] == [
        ("a", ACCOUNT),
        ("b", identity),
    ]


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        pytest.param({}, ["a", "b", "c", "d"], id="omitted"),
        pytest.param({"LastSyncCount": 0}, ["a", "b", "c", "d"], id="0"),
        pytest.param({"LastSyncCount": 1}, ["a", "b", "c", "d"], id="1"),
        pytest.param({"LastSyncCount": 2}, ["a", "b", "c"], id="2"),
        pytest.param({"LastSyncCount": 3}, ["a", "b"], id="3"),
        pytest.param({"LastSyncCount": 4}, ["a"], id="4"),
        pytest.param({"LastSyncCount": 5}, [], id="5"),
    ],
)
def test_a_delta_holds_what_is_strictly_newer(cognitosync, cognitosync_client, since, expected):
    """LastSyncCount lists what has a higher count, tombstones too, by key; 0 lists all. Source: list-2, list-4."""
    profile = new_dataset(cognitosync)
    write(cognitosync_client, profile, replace("a"), replace("c"), replace("b"))
    write(cognitosync_client, profile, replace("d"))
    write(cognitosync_client, profile, replace("c", "w", 1))
    write(cognitosync_client, profile, remove("b", 1))
    write(cognitosync_client, profile, replace("a", "w", 1))
    listing = cognitosync_client.list_records(**profile, **since)
    assert keys(listing["Records"]) == expected
    assert (listing["Count"], listing["DatasetSyncCount"]) == (len(expected), 5)


def test_records_stand_by_key(cognitosync, cognitosync_client):
    """Records stand by key in the order of code points, not of writing. Source: list-4."""
    profile = new_dataset(cognitosync)
    names = ["b", "B", "é", "a", "10", "9", "a.b", "\U0001f600", "\uffee"]
    fill(cognitosync_client, profile, *names)
    assert keys(cognitosync_client.list_records(**profile)["Records"]) == [
        "10",
        "9",
        "B",
        "a",
        "a.b",
        "b",
        "é",
        "\uffee",
        "\U0001f600",
    ]


def test_all_pages_bear_the_dataset_s_state(cognitosync, cognitosync_client):
    """Count is the page's; the dataset's state is on every page. Source: list-3, list-6."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "old")
    cognitosync_client.delete_dataset(**profile)
    fill(cognitosync_client, profile, "a", "b", "c")
    state = {
        "DatasetDeletedAfterRequestedSyncCount": True,
        "DatasetExists": True,
        "DatasetSyncCount": 5,
        "LastModifiedBy": ACCOUNT,
    }
    first = listed(cognitosync_client, profile, LastSyncCount=1, MaxResults=2)
    next_token = first.pop("NextToken")
    last = listed(cognitosync_client, profile, LastSyncCount=1, MaxResults=2, NextToken=next_token)
    assert first == {"Count": 2, "Records": [("a", "v", 3), ("b", "v", 4)], **state}
    assert last == {"Count": 1, "Records": [("c", "v", 5)], **state}


@pytest.mark.parametrize("deleted", [False, True])
def test_a_count_the_dataset_never_had_is_refused(cognitosync, cognitosync_client, deleted):
    """LastSyncCount above the counter of a dataset that exists or once did is refused. Source: list-5."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "a", "b")
    counter = 2
    if deleted:
        cognitosync_client.delete_dataset(**profile)
        counter = 3
    cognitosync_client.list_records(**profile, LastSyncCount=counter)
    assert refusal(cognitosync_client.list_records, **profile, LastSyncCount=counter + 35) == (
        "InvalidParameterException",
        400,
        f"No such SyncCount: {counter + 35} exists for this Dataset",
    )
    assert refusal(cognitosync_client.list_records, **profile, LastSyncCount=counter + 1)[1] == 400


def test_a_name_never_seen_knows_no_wrong_count(cognitosync, cognitosync_client):
    """For a dataset that never was, any LastSyncCount lists as empty, with no deletion mark. Source: list-5, list-1."""
    assert listed(cognitosync_client, new_dataset(cognitosync), LastSyncCount=37) == {
        "Count": 0,
        "DatasetDeletedAfterRequestedSyncCount": False,
        "DatasetExists": False,
        "DatasetSyncCount": 0,
        "Records": [],
    }


@pytest.mark.parametrize("exists", [False, True])
def test_a_negative_count_is_refused(cognitosync, cognitosync_client, exists):
    """A negative LastSyncCount is refused, dataset or not. Source: list-7."""
    profile = new_dataset(cognitosync)
    if exists:
        fill(cognitosync_client, profile, "a")
    assert refusal(cognitosync_client.list_records, **profile, LastSyncCount=-1) == broken(
        "Value '-1' at 'lastSyncCount' failed to satisfy constraint: Member must have value greater than or equal to 0"
    )


def test_a_refused_listing_is_no_listing(cognitosync, cognitosync_client):
    """A listing refused for its count leaves dataset and token as they were. Source: list-5, token-7."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "a")
    token = token_for(cognitosync_client, profile)
    refusal(cognitosync_client.list_records, **profile, LastSyncCount=9, SyncSessionToken=token)
    cognitosync_client.update_records(**profile, SyncSessionToken=token, RecordPatches=[replace("b")])
    assert cognitosync.dataset(*place(profile)).sync_count == 2
