"""Datasets: created by the first update, described, listed, deleted and created again."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta

import pytest
from driver import ACCOUNT, NOON, DatasetDriver, answer, conflict, refusal, remove, replace, response_bodies


def not_found(name="profile"):
    return "ResourceNotFoundException", 404, f"Dataset '{name}' not found."


def state(dataset, last_sync_count=0):
    """Whether a listing says that the dataset exists and was deleted meanwhile, its count, and the newer records."""
    listing = dataset.listed(LastSyncCount=last_sync_count)
    return (
        listing["DatasetExists"],
        listing["DatasetDeletedAfterRequestedSyncCount"],
        listing["DatasetSyncCount"],
        listing["Records"],
    )


def test_the_first_update_creates_the_dataset(profile):
    """The first update creates the dataset, and the dataset has sync count 1. Source: datasets-3, counts-1."""
    assert (profile.dataset_names(), state(profile)) == ([], (False, False, 0, []))
    profile.fill("a")
    assert profile.dataset_names() == ["profile"]
    assert state(profile) == (True, False, 1, [("a", "v", 1)])


def test_describe_dataset_answers_size_dates_and_writer(profile, client, time_machine):
    """DescribeDataset answers dates, last writer, size and number of live records. Source: datasets-1, limits-4."""
    time_machine.move_to(NOON, tick=False)
    profile.write(replace("a", "12345"), replace("é", "ü"), replace("gone", "x"))
    time_machine.shift(60.25)
    profile.write(remove("gone", 1))
    seen = response_bodies(client)
    client.describe_dataset(**profile.parameters)
    assert seen == [
        {
            "Dataset": {
                "CreationDate": NOON.timestamp(),
                "DataStorage": 10,
                "DatasetName": "profile",
                "IdentityId": profile.identity_id,
                "LastModifiedBy": ACCOUNT,
                "LastModifiedDate": NOON.timestamp() + 60.25,
                "NumRecords": 2,
            }
        }
    ]


def test_last_modified_by_names_the_last_writer_of_the_dataset(profile):
    """LastModifiedBy of a dataset names the identity or account that changed it last. Source: datasets-1, records-3."""
    profile.device().put("profile", {"a": "theirs"})
    assert profile.describe()["LastModifiedBy"] == profile.identity_id
    profile.fill("b")
    assert profile.describe()["LastModifiedBy"] == ACCOUNT


@pytest.mark.parametrize("operation", ["describe_dataset", "delete_dataset"])
@pytest.mark.parametrize("deleted", [False, True])
def test_a_missing_dataset_is_not_found(profile, client, operation, deleted):
    """A dataset that was never created, or is deleted, cannot be described or deleted. Source: datasets-2."""
    profile.named("other").fill("a")
    if deleted:
        profile.fill("a")
        profile.delete()
    assert refusal(getattr(client, operation), **profile.parameters) == not_found()
    assert profile.dataset_names() == ["other"]


def test_delete_dataset_answers_what_describe_dataset_answered(profile, client, time_machine):
    """DeleteDataset answers what DescribeDataset answered before. Source: datasets-4."""
    time_machine.move_to(NOON, tick=False)
    profile.write(replace("a", "12345"))
    time_machine.shift(60)
    before = answer(client.describe_dataset(**profile.parameters))
    assert answer(client.delete_dataset(**profile.parameters)) == before
    assert before == {
        "Dataset": {
            "CreationDate": NOON,
            "DataStorage": 6,
            "DatasetName": "profile",
            "IdentityId": profile.identity_id,
            "LastModifiedBy": ACCOUNT,
            "LastModifiedDate": NOON,
            "NumRecords": 1,
        }
    }


def test_a_deletion_leaves_neither_records_nor_tombstones(profile, client):
    """
    A deleted dataset lists no records and no tombstones, and its sync count is 0. Source: datasets-4, datasets-5,
    datasets-6.
    """
    profile.fill("a", "b")
    profile.write(remove("a", 1))
    seen = response_bodies(client)
    profile.delete()
    assert state(profile) == (False, False, 0, [])
    assert seen[-1]["LastModifiedBy"] is None
    assert profile.dataset_names() == []


@pytest.mark.parametrize(
    ("since", "missed"),
    [pytest.param(0, False), pytest.param(1, True), pytest.param(2, True), pytest.param(3, False)],
)
def test_a_listing_from_an_older_count_reports_the_deletion(profile, since, missed):
    """A listing from a count below the deletion's succeeds and reports it. Source: datasets-5, datasets-7."""
    profile.fill("a", "b")
    profile.delete()
    assert state(profile, since) == (False, missed, 0, [])


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
def test_a_listing_reports_the_deletion_after_the_dataset_is_created_again(profile, since, missed, records):
    """
    The counter continues in a dataset created again, so listings from older counts report the deletion.

    Source: datasets-4, datasets-5.
    """
    profile.fill("a", "b")
    profile.delete()
    profile.write(replace("a", "new"))
    profile.fill("c")
    assert state(profile, since) == (True, missed, 5, records)


def test_a_device_learns_that_another_deleted_and_created_the_dataset(profile):
    """
    A device in sync learns that another device deleted the dataset and created it again.

    Source: datasets-5, datasets-7.
    """
    profile.fill("mine")
    seen = profile.listed()["DatasetSyncCount"]
    profile.delete()
    # The other device lists without a count and patches an unknown key with the dataset's count of that answer.
    fresh = profile.list_records()
    profile.write(replace("theirs", "v", fresh["DatasetSyncCount"]), token=fresh["SyncSessionToken"])
    assert state(profile, seen) == (True, True, 3, [("theirs", "v", 3)])


@pytest.mark.cognitosync(strict_sync_counts=True)
def test_old_keys_start_at_count_zero_in_a_dataset_created_again(profile):
    """
    Tombstones do not survive a deletion: in a dataset created again the old keys have count 0.

    Source: datasets-4, counts-4.
    """
    profile.fill("live", "gone")
    profile.write(remove("gone", 2))
    profile.delete()
    assert profile.refused_update(replace("gone", "v", 3)) == conflict("gone", current=0, sent=3)
    written = profile.write(replace("live", "w", 0), replace("gone", "w", 0))
    assert written == [("live", "w", 5), ("gone", "w", 5)]


def test_each_deletion_takes_the_next_count(profile):
    """
    Each deletion takes the counter's next number; listings from below the last of them report it.

    Source: datasets-4, datasets-5.
    """
    for key in ("a", "b"):
        profile.fill(key)
        profile.delete()
    marks = [state(profile, since)[:3] for since in range(5)]
    assert marks == [(False, False, 0), *[(False, True, 0)] * 3, (False, False, 0)]
    profile.fill("c")
    assert state(profile, 2) == (True, True, 5, [("c", "v", 5)])


def test_a_dataset_created_again_has_new_dates_and_size(profile, time_machine):
    """
    A dataset created again has a new creation date and the size of its new records only. Source: datasets-1,
    datasets-4.
    """
    time_machine.move_to(NOON, tick=False)
    profile.fill("a", "b")
    profile.delete()
    time_machine.shift(60)
    profile.write(replace("c", "123"))
    dataset = profile.describe()
    later = NOON + timedelta(seconds=60)
    assert (dataset["CreationDate"], dataset["LastModifiedDate"]) == (later, later)
    assert (dataset["DataStorage"], dataset["NumRecords"]) == (4, 1)


def test_a_refused_deletion_takes_no_count(profile, client):
    """A refused deletion takes no number of the counter. Source: datasets-2, datasets-4."""
    profile.fill("a")
    profile.delete()
    refusal(client.delete_dataset, **profile.parameters)
    profile.fill("a")
    assert state(profile) == (True, False, 3, [("a", "v", 3)])


def test_a_dataset_without_live_records_exists(profile):
    """A dataset whose last record is removed still exists, without size. Source: records-1, datasets-1."""
    profile.fill("a")
    profile.write(remove("a", 1))
    assert state(profile) == (True, False, 2, [("a", None, 2)])
    dataset = profile.describe()
    assert (dataset["DataStorage"], dataset["NumRecords"]) == (0, 0)


def test_datasets_are_listed_by_name(profile, client, time_machine):
    """
    ListDatasets answers what DescribeDataset answers, sorted by name and without deleted datasets.

    Source: datasets-6.
    """
    time_machine.move_to(NOON, tick=False)
    for name in ("b", "Z", "10", "deleted", "9", "a:b"):
        profile.named(name).fill("key")
    profile.named("deleted").delete()
    expected = ["10", "9", "Z", "a:b", "b"]
    described = [profile.named(name).describe() for name in expected]
    listing = answer(client.list_datasets(**profile.identity))
    assert listing == {"Count": 5, "Datasets": described}
    assert [dataset["DatasetName"] for dataset in described] == expected


def test_an_identity_without_datasets_has_an_empty_list(profile, client):
    """The list of an identity without datasets is empty, with a null NextToken. Source: datasets-6."""
    seen = response_bodies(client)
    client.list_datasets(**profile.identity)
    assert seen == [{"Count": 0, "Datasets": [], "NextToken": None}]


@pytest.mark.parametrize("member", ["identity_pool_id", "identity_id", "dataset_name"])
def test_datasets_of_other_pools_identities_or_names_are_independent(cognitosync, profile, client, member):
    """A write or deletion does not affect the dataset of another pool, identity or name. Source: datasets-4."""
    stranger = DatasetDriver.of_new_identity(cognitosync, client, "other")
    other = dataclasses.replace(profile, **{member: getattr(stranger, member)})
    profile.write(replace("a", "mine"))
    other.write(replace("a", "yours"))
    profile.delete()
    assert other.records() == {"a": "yours"}
    assert state(other) == (True, False, 1, [("a", "yours", 1)])


def test_values_come_back_unchanged(profile):
    """Values come back as they were written, whatever characters they have. Source: datasets-3."""
    value = json.dumps({"text": 'quote " backslash \\ \n null \x00 é \U0001f600', "nested": [None, 1.5]})
    profile.write(replace("a", value), replace("b", '\x7f"\ud7ff'))
    assert profile.records() == {"a": value, "b": '\x7f"\ud7ff'}
    assert profile.listed()["Records"] == [("a", value, 1), ("b", '\x7f"\ud7ff', 1)]
