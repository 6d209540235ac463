"""Datasets: explicit nulls, exact dates, pools. The other rules are checks in `verify/checks/datasets.py`."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta

import pytest
from driver import ACCOUNT, NOON, DatasetDriver, conflict, remove, replace, response_bodies


def state(dataset, last_sync_count=0):
    """Whether a listing says that the dataset exists and was deleted meanwhile, its count, and the newer records."""
    listing = dataset.listed(LastSyncCount=last_sync_count)
    return (
        listing["DatasetExists"],
        listing["DatasetDeletedAfterRequestedSyncCount"],
        listing["DatasetSyncCount"],
        listing["Records"],
    )


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
