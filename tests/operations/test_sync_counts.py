"""Sync counts of datasets and records, and the listings that depend on them."""

from __future__ import annotations

import pytest
from driver import ACCOUNT, NOON, conflict, remove, replace, response_bodies


def test_an_update_raises_the_count_by_one(profile):
    """An update raises the dataset's count by one, however many patches it has. Source: counts-1."""
    counts = []
    for patches in ([replace("a")], [replace("b"), replace("c"), replace("d")], [remove("b", 2), replace("a", "w", 1)]):
        profile.write(*patches)
        counts.append(profile.listed()["DatasetSyncCount"])
    assert counts == [1, 2, 3]


def test_written_records_get_the_new_count_of_the_dataset(profile):
    """All records of an update get the dataset's new count; the others keep theirs. Source: counts-2."""
    profile.fill("a", "b", "c")
    written = profile.write(replace("new"), replace("a", "w", 1), remove("b", 2))
    assert written == [("new", "v", 4), ("a", "w", 4), ("b", None, 4)]
    assert profile.listed()["Records"] == [("a", "w", 4), ("b", None, 4), ("c", "v", 3), ("new", "v", 4)]


@pytest.mark.parametrize("sent", [0, 1])
@pytest.mark.parametrize("patch", [replace("a", "other"), replace("a", "v"), remove("a")])
def test_a_stale_count_is_a_conflict(profile, sent, patch):
    """A patch whose count is below its record's is refused, whatever its value. Source: counts-3."""
    profile.write(replace("a"))
    profile.write(replace("a", "v", 1))
    profile.write(replace("b"))
    assert profile.refused_update(patch | {"SyncCount": sent}) == conflict("a", current=2, sent=sent)
    assert profile.listed()["Records"] == [("a", "v", 2), ("b", "v", 3)]


@pytest.mark.parametrize("sent", [3, 4, 2**53])
def test_a_count_above_the_record_s_is_accepted(profile, sent):
    """A patch whose count is above its record's is written at the dataset's next count. Source: counts-5."""
    profile.fill("a", "b")
    assert profile.write(replace("a", "w", sent)) == [("a", "w", 3)]
    assert profile.write(remove("b", sent)) == [("b", None, 4)]


@pytest.mark.cognitosync(strict_sync_counts=True)
@pytest.mark.parametrize("key", ["a", "new"])
def test_strict_sync_counts_refuses_a_count_above_the_record_s(profile, key):
    """With strict_sync_counts a patch whose count is above its record's is a conflict. Source: counts-5."""
    profile.fill("a")
    current = 1 if key == "a" else 0
    assert profile.refused_update(replace(key, "w", 7)) == conflict(key, current=current, sent=7)
    assert profile.refused_update(remove(key, 7)) == conflict(key, current=current, sent=7)
    assert profile.write(replace(key, "w", current)) == [(key, "w", 2)]


@pytest.mark.parametrize("patch", [replace, remove])
@pytest.mark.parametrize("key", ["a", "new"])
def test_a_negative_count_is_refused(profile, patch, key):
    """A negative SyncCount is an invalid parameter, for a key never written too. Source: counts-6."""
    profile.fill("a")
    message = f"SyncCount of RecordPatch for key {key} must not be negative: -1"
    assert profile.refused_update(patch(key, sync_count=-1)) == ("InvalidParameterException", 400, message)
    assert profile.listed()["Records"] == [("a", "v", 1)]


def test_the_refusal_names_the_first_stale_patch(profile):
    """The refusal names the first stale patch in the order of the request. Source: counts-3."""
    profile.fill("a", "b", "c")
    patches = [replace("b", "w", 2), replace("c", "w", 1), replace("a", "w", 0)]
    assert profile.refused_update(*patches) == conflict("c", current=3, sent=1)


@pytest.mark.parametrize("exists", [False, True])
@pytest.mark.parametrize("sent", [0, 1, 2])
def test_a_new_key_accepts_any_count(profile, exists, sent):
    """A key never written is written at count 0, the dataset's count or a higher one. Source: counts-4."""
    if exists:
        profile.fill("a")
    assert profile.write(replace("new", sync_count=sent), remove("never", sent)) == [("new", "v", 1 + exists)]


def test_a_tombstone_has_a_count(profile):
    """A removed key is written again at its tombstone's count, not at 0. Source: records-1, counts-3."""
    profile.fill("a")
    profile.write(remove("a", 1))
    assert profile.refused_update(replace("a", "w", 0)) == conflict("a", current=2, sent=0)
    assert profile.refused_update(remove("a", 1)) == conflict("a", current=2, sent=1)
    assert profile.write(replace("a", "w", 2)) == [("a", "w", 3)]
    assert profile.listed()["Records"] == [("a", "w", 3)]


def test_a_tombstone_removed_again_gets_a_new_count(profile):
    """A removal at a tombstone's count gives the tombstone a new count. Source: records-1, counts-2."""
    profile.fill("a")
    profile.write(remove("a", 1))
    assert profile.write(remove("a", 2)) == [("a", None, 3)]
    assert profile.listed()["DatasetSyncCount"] == 3


def test_a_missing_dataset_has_an_empty_listing(profile, client):
    """Listing a dataset that does not exist succeeds and does not create it. Source: list-1."""
    seen = response_bodies(client)
    listing = profile.list_records()
    assert listing == {
        "Count": 0,
        "DatasetDeletedAfterRequestedSyncCount": False,
        "DatasetExists": False,
        "DatasetSyncCount": 0,
        "Records": [],
        "SyncSessionToken": listing["SyncSessionToken"],
    }
    assert seen == [{**listing, "LastModifiedBy": None, "MergedDatasetNames": None, "NextToken": None}]
    assert profile.dataset_names() == []


def test_a_listing_has_all_members(profile, client, time_machine):
    """
    A listing has the dataset's state, its records, and its tombstones with a null Value.

    Source: list-1, list-4, records-1.
    """
    time_machine.move_to(NOON, tick=False)
    profile.write(replace("b", "x"), replace("a", ""))
    profile.write(remove("b", 1))
    seen = response_bodies(client)
    token = profile.token()
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


def test_last_modified_by_of_a_listing_is_that_of_the_dataset(profile):
    """
    LastModifiedBy of a listing names the last writer of the dataset, not of the listed records.

    Source: records-3.
    """
    identity = profile.identity_id
    profile.fill("a")
    profile.device().put("profile", {"b": "theirs"})
    listing = profile.list_records()
    assert listing["LastModifiedBy"] == identity
    writers = {record["Key"]: record["LastModifiedBy"] for record in listing["Records"]}
    assert writers == {"a": ACCOUNT, "b": identity}


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
def test_a_delta_has_only_records_with_a_higher_count(profile, since, expected):
    """
    LastSyncCount selects records and tombstones with a higher count, by key; 0 selects all.

    Source: list-2, list-4.
    """
    profile.write(replace("a"), replace("c"), replace("b"))
    profile.write(replace("d"))
    profile.write(replace("c", "w", 1))
    profile.write(remove("b", 1))
    profile.write(replace("a", "w", 1))
    listing = profile.list_records(**since)
    assert [record["Key"] for record in listing["Records"]] == expected
    assert (listing["Count"], listing["DatasetSyncCount"]) == (len(expected), 5)


def test_records_are_sorted_by_key(profile):
    """Records are sorted by the code points of their keys, not by the time of writing. Source: list-4."""
    names = ["b", "B", "é", "a", "10", "9", "a.b", "\U0001f600", "\uffee"]
    profile.fill(*names)
    listed = [record["Key"] for record in profile.list_records()["Records"]]
    assert listed == ["10", "9", "B", "a", "a.b", "b", "é", "\uffee", "\U0001f600"]


def test_every_page_has_the_state_of_the_dataset(profile):
    """Count is the page's number of records; the dataset's state is on every page. Source: list-3, list-6."""
    profile.fill("old")
    profile.delete()
    profile.fill("a", "b", "c")
    state = {
        "DatasetDeletedAfterRequestedSyncCount": True,
        "DatasetExists": True,
        "DatasetSyncCount": 5,
        "LastModifiedBy": ACCOUNT,
    }
    first = profile.listed(LastSyncCount=1, MaxResults=2)
    next_token = first.pop("NextToken")
    last = profile.listed(LastSyncCount=1, MaxResults=2, NextToken=next_token)
    assert first == {"Count": 2, "Records": [("a", "v", 3), ("b", "v", 4)], **state}
    assert last == {"Count": 1, "Records": [("c", "v", 5)], **state}


@pytest.mark.parametrize("deleted", [False, True])
def test_a_last_sync_count_above_the_counter_is_refused(profile, deleted):
    """LastSyncCount above the counter is refused, also if the dataset is deleted. Source: list-5."""
    profile.fill("a", "b")
    counter = 2
    if deleted:
        profile.delete()
        counter = 3
    profile.list_records(LastSyncCount=counter)
    assert profile.refused_listing(LastSyncCount=counter + 35) == (
        "InvalidParameterException",
        400,
        f"No such SyncCount: {counter + 35} exists for this Dataset",
    )
    assert profile.refused_listing(LastSyncCount=counter + 1)[1] == 400


def test_a_dataset_never_written_accepts_any_last_sync_count(profile):
    """A dataset never written lists as empty at any LastSyncCount, without a deletion. Source: list-5, list-1."""
    assert profile.listed(LastSyncCount=37) == {
        "Count": 0,
        "DatasetDeletedAfterRequestedSyncCount": False,
        "DatasetExists": False,
        "DatasetSyncCount": 0,
        "Records": [],
    }


@pytest.mark.parametrize("exists", [False, True])
def test_a_negative_last_sync_count_is_refused(profile, exists):
    """A negative LastSyncCount is refused whether the dataset exists or not. Source: list-7."""
    if exists:
        profile.fill("a")
    message = "LastSyncCount must not be negative: -1"
    assert profile.refused_listing(LastSyncCount=-1) == ("InvalidParameterException", 400, message)


def test_a_refused_listing_changes_nothing(profile):
    """A listing refused for its count leaves the dataset unchanged and its token valid. Source: list-5, token-7."""
    profile.fill("a")
    token = profile.token()
    profile.refused_listing(LastSyncCount=9, SyncSessionToken=token)
    profile.write(replace("b"), token=token)
    assert profile.state().sync_count == 2
