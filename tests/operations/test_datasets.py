"""Datasets: made by the first write, described, listed, deleted, and made again."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from driver import (
    ACCOUNT,
    NOON,
    answer,
    bodies,
    counted,
    fill,
    identity_of,
    listed,
    new_dataset,
    place,
    refusal,
    remove,
    replace,
    token_for,
    write,
)


def not_found(name="profile"):
    return "ResourceNotFoundException", 404, f"Dataset '{name}' not found."


def state(client, address, last_sync_count=0):
    """DatasetExists, the deletion mark, the dataset's count and the records after *last_sync_count*."""
    listing = listed(client, address, LastSyncCount=last_sync_count)
    return (
        listing["DatasetExists"],
        listing["DatasetDeletedAfterRequestedSyncCount"],
        listing["DatasetSyncCount"],
        listing["Records"],
    )


def names(client, address):
    return [dataset["DatasetName"] for dataset in client.list_datasets(**identity_of(address))["Datasets"]]


def test_the_first_update_makes_the_dataset(cognitosync, cognitosync_client):
    """A dataset comes to be with its first update, with count 1. Source: datasets-3, counts-1."""
    profile = new_dataset(cognitosync)
    assert (names(cognitosync_client, profile), state(cognitosync_client, profile)) == ([], (False, False, 0, []))
    fill(cognitosync_client, profile, "a")
    assert names(cognitosync_client, profile) == ["profile"]
    assert state(cognitosync_client, profile) == (True, False, 1, [("a", "v", 1)])


def test_describe_dataset(cognitosync, cognitosync_client, time_machine):
    """A dataset has name, identity, dates, writer, size and number of live records. Source: datasets-1, limits-4."""
    profile = new_dataset(cognitosync)
    time_machine.move_to(NOON, tick=False)
    write(cognitosync_client, profile, replace("a", "12345"), replace("é", "ü"), replace("gone", "x"))
    time_machine.shift(60.25)
    write(cognitosync_client, profile, remove("gone", 1))
    seen = bodies(cognitosync_client)
    cognitosync_client.describe_dataset(**profile)
    assert seen == [
        {
            "Dataset": {
                "CreationDate": NOON.timestamp(),
                "DataStorage": 10,
                "DatasetName": "profile",
                "IdentityId": profile["IdentityId"],
                "LastModifiedBy": ACCOUNT,
                "LastModifiedDate": NOON.timestamp() + 60.25,
                "NumRecords": 2,
            }
        }
    ]


def test_a_dataset_is_signed_by_its_last_writer(cognitosync, cognitosync_client):
    """LastModifiedBy of a dataset is who wrote to it last. Source: datasets-1, records-3."""
    profile = new_dataset(cognitosync)
    pool, identity, name = place(profile)
    cognitosync.device(pool, identity).put(name, {"a": "theirs"})
    assert cognitosync_client.describe_dataset(**profile)["Dataset"]["LastModifiedBy"] == identity
    fill(cognitosync_client, profile, "b")
    assert cognitosync_client.describe_dataset(**profile)["Dataset"]["LastModifiedBy"] == ACCOUNT


@pytest.mark.parametrize("operation", ["describe_dataset", "delete_dataset"])
@pytest.mark.parametrize("deleted", [False, True])
def test_a_missing_dataset_is_not_found(cognitosync, cognitosync_client, operation, deleted):
    """Describing or deleting what never was, or is deleted, is refused. Source: datasets-2."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile | {"DatasetName": "other"}, "a")
    if deleted:
        fill(cognitosync_client, profile, "a")
        cognitosync_client.delete_dataset(**profile)
    assert refusal(getattr(cognitosync_client, operation), **profile) == not_found()
    assert names(cognitosync_client, profile) == ["other"]


def test_delete_dataset_answers_what_it_was(cognitosync, cognitosync_client, time_machine):
    """DeleteDataset answers what DescribeDataset answered before. Source: datasets-4."""
    profile = new_dataset(cognitosync)
    time_machine.move_to(NOON, tick=False)
    write(cognitosync_client, profile, replace("a", "12345"))
    time_machine.shift(60)
    before = answer(cognitosync_client.describe_dataset(**profile))
    assert answer(cognitosync_client.delete_dataset(**profile)) == before
    assert before == {
        "Dataset": {
            "CreationDate": NOON,
            "DataStorage": 6,
            "DatasetName": "profile",
            "IdentityId": profile["IdentityId"],
            "LastModifiedBy": ACCOUNT,
            "LastModifiedDate": NOON,
            "NumRecords": 1,
        }
    }


def test_a_deleted_dataset_is_gone(cognitosync, cognitosync_client):
    """No record or tombstone outlives a deletion, the count reads 0. Source: datasets-4, datasets-5, datasets-6."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "a", "b")
    write(cognitosync_client, profile, remove("a", 1))
    seen = bodies(cognitosync_client)
    cognitosync_client.delete_dataset(**profile)
    assert state(cognitosync_client, profile) == (False, False, 0, [])
    assert seen[-1]["LastModifiedBy"] is None
    assert names(cognitosync_client, profile) == []


@pytest.mark.parametrize(
    ("since", "missed"),
    [pytest.param(0, False), pytest.param(1, True), pytest.param(2, True), pytest.param(3, False)],
)
def test_who_was_away_learns_of_the_deletion(cognitosync, cognitosync_client, since, missed):
    """Listing from a count below the deletion's mark is no error and tells of it. Source: datasets-5, datasets-7."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "a", "b")
    cognitosync_client.delete_dataset(**profile)
    assert state(cognitosync_client, profile, since) == (False, missed, 0, [])


@pytest.mark.parametrize(
    ("since", "missed", "records"),
    [
        (0, False, [("a", "new", 4), ("c", "v", 5)]),
        (1, True, [("a", "new", 4), ("c", "v", 5)]),
        (2, True, [("a", "new", 4), ("c", "v", 5)]),
        (3, False, [("a", "new", 4), ("c", "v", 5)]),
        (4, False, [("c", "v", 5)]),
        (5, False, []),
    ],
)
def test_who_was_away_learns_of_it_after_the_dataset_is_back(cognitosync, cognitosync_client, since, missed, records):
    """The counter goes on in a dataset made again, so old counts miss the deletion. Source: datasets-4, datasets-5."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "a", "b")
    cognitosync_client.delete_dataset(**profile)
    write(cognitosync_client, profile, replace("a", "new"))
    fill(cognitosync_client, profile, "c")
    assert state(cognitosync_client, profile, since) == (True, missed, 5, records)


def test_deleted_elsewhere_and_resurrected(cognitosync, cognitosync_client):
    """A device in sync, a deletion and a resurrection elsewhere: it learns of both. Source: datasets-5, datasets-7."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "mine")
    seen = listed(cognitosync_client, profile)["DatasetSyncCount"]
    cognitosync_client.delete_dataset(**profile)
    # The other device lists without a count and patches an unknown key with the dataset's count of that answer.
    fresh = cognitosync_client.list_records(**profile)
    patch = replace("theirs", "v", fresh["DatasetSyncCount"])
    cognitosync_client.update_records(**profile, SyncSessionToken=fresh["SyncSessionToken"], RecordPatches=[patch])
    assert state(cognitosync_client, profile, seen) == (True, True, 3, [("theirs", "v", 3)])


def test_old_keys_begin_at_zero_in_a_new_dataset(cognitosync, cognitosync_client):
    """No tombstone survives the dataset: its keys have count 0 when it is made again. Source: datasets-4, counts-4."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "live", "gone")
    write(cognitosync_client, profile, remove("gone", 2))
    cognitosync_client.delete_dataset(**profile)
    token = token_for(cognitosync_client, profile)
    stale = {**profile, "SyncSessionToken": token, "RecordPatches": [replace("gone", "v", 3)]}
    assert refusal(cognitosync_client.update_records, **stale) == (
        "ResourceConflictException",
        409,
        "Current SyncCount for: gone is: 0 not: 3",
    )
    written = write(cognitosync_client, profile, replace("live", "w", 0), replace("gone", "w", 0))
    assert counted(written) == [("live", "w", 5), ("gone", "w", 5)]


def test_a_second_deletion_moves_the_mark(cognitosync, cognitosync_client):
    """Each deletion takes the counter's next number as its mark. Source: datasets-4, datasets-5."""
    profile = new_dataset(cognitosync)
    for key in ("a", "b"):
        fill(cognitosync_client, profile, key)
        cognitosync_client.delete_dataset(**profile)
    marks = [state(cognitosync_client, profile, since)[:3] for since in range(5)]
    assert marks == [(False, False, 0), *[(False, True, 0)] * 3, (False, False, 0)]
    fill(cognitosync_client, profile, "c")
    assert state(cognitosync_client, profile, 2) == (True, True, 5, [("c", "v", 5)])


def test_a_dataset_made_again_is_new(cognitosync, cognitosync_client, time_machine):
    """A dataset made again has a new creation date and only its new size. Source: datasets-1, datasets-4."""
    profile = new_dataset(cognitosync)
    time_machine.move_to(NOON, tick=False)
    fill(cognitosync_client, profile, "a", "b")
    cognitosync_client.delete_dataset(**profile)
    time_machine.shift(60)
    write(cognitosync_client, profile, replace("c", "123"))
    dataset = cognitosync_client.describe_dataset(**profile)["Dataset"]
    later = NOON + timedelta(seconds=60)
    assert (dataset["CreationDate"], dataset["LastModifiedDate"]) == (later, later)
    assert (dataset["DataStorage"], dataset["NumRecords"]) == (4, 1)


def test_a_failed_deletion_marks_nothing(cognitosync, cognitosync_client):
    """Deleting twice takes one number of the counter. Source: datasets-2, datasets-4."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "a")
    cognitosync_client.delete_dataset(**profile)
    refusal(cognitosync_client.delete_dataset, **profile)
    fill(cognitosync_client, profile, "a")
    assert state(cognitosync_client, profile) == (True, False, 3, [("a", "v", 3)])


def test_a_dataset_without_live_records_exists(cognitosync, cognitosync_client):
    """Removing the last record leaves an empty dataset with a tombstone. Source: records-1, datasets-1."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "a")
    write(cognitosync_client, profile, remove("a", 1))
    assert state(cognitosync_client, profile) == (True, False, 2, [("a", None, 2)])
    dataset = cognitosync_client.describe_dataset(**profile)["Dataset"]
    assert (dataset["DataStorage"], dataset["NumRecords"]) == (0, 0)


def test_datasets_are_listed_by_name(cognitosync, cognitosync_client, time_machine):
    """ListDatasets shows each dataset as DescribeDataset does, by name, deleted ones not. Source: datasets-6."""
    time_machine.move_to(NOON, tick=False)
    profile = new_dataset(cognitosync)
    for name in ("b", "Z", "10", "deleted", "9", "a:b"):
        fill(cognitosync_client, profile | {"DatasetName": name}, "key")
    cognitosync_client.delete_dataset(**profile | {"DatasetName": "deleted"})
    expected = ["10", "9", "Z", "a:b", "b"]
    described = [cognitosync_client.describe_dataset(**profile | {"DatasetName": name})["Dataset"] for name in expected]
    listing = answer(cognitosync_client.list_datasets(**identity_of(profile)))
    assert listing == {"Count": 5, "Datasets": described}
    assert [dataset["DatasetName"] for dataset in described] == expected


def test_an_identity_without_datasets(cognitosync, cognitosync_client):
    """An identity without any has an empty list, and a null NextToken. Source: datasets-6."""
    seen = bodies(cognitosync_client)
    cognitosync_client.list_datasets(**identity_of(new_dataset(cognitosync)))
    assert seen == [{"Count": 0, "Datasets": [], "NextToken": None}]


@pytest.mark.parametrize("member", ["IdentityPoolId", "IdentityId", "DatasetName"])
def test_datasets_are_apart(cognitosync, cognitosync_client, member):
    """Datasets of other pools, identities or names are others, also when one of them is deleted. Source: datasets-4."""
    profile = new_dataset(cognitosync)
    other = profile | {member: new_dataset(cognitosync, "other")[member]}
    write(cognitosync_client, profile, replace("a", "mine"))
    write(cognitosync_client, other, replace("a", "yours"))
    cognitosync_client.delete_dataset(**profile)
    assert cognitosync.records(*place(other)) == {"a": "yours"}
    assert state(cognitosync_client, other) == (True, False, 1, [("a", "yours", 1)])


def test_a_value_that_is_json_stays_text(cognitosync, cognitosync_client):
    """Values come back as they were written. Source: datasets-3."""
    profile = new_dataset(cognitosync)
    value = json.dumps({"text": 'quote " backslash \\ \n null \x00 é \U0001f600', "nested": [None, 1.5]})
    write(cognitosync_client, profile, replace("a", value), replace("b", '\x7f"\ud7ff'))
    assert cognitosync.records(*place(profile)) == {"a": value, "b": '\x7f"\ud7ff'}
    assert listed(cognitosync_client, profile)["Records"] == [("a", value, 1), ("b", '\x7f"\ud7ff', 1)]
