"""Sync counts and listings: options, explicit nulls, exact dates. The other rules are checks in `verify/checks/`."""

from __future__ import annotations

import pytest
from driver import ACCOUNT, NOON, conflict, remove, replace, response_bodies


@pytest.mark.cognitosync(strict_sync_counts=True)
@pytest.mark.parametrize("key", ["a", "new"])
def test_strict_sync_counts_refuses_a_count_above_the_record_s(profile, key):
    """With strict_sync_counts a patch whose count is above its record's is a conflict. Source: counts-5."""
    profile.fill("a")
    current = 1 if key == "a" else 0
    assert profile.refused_update(replace(key, "w", 7)) == conflict(key, current=current, sent=7)
    assert profile.refused_update(remove(key, 7)) == conflict(key, current=current, sent=7)
    assert profile.write(replace(key, "w", current)) == [(key, "w", 2)]


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


def test_a_refused_listing_changes_nothing(profile):
    """A listing refused for its count leaves the dataset unchanged and its token valid. Source: list-5, token-7."""
    profile.fill("a")
    token = profile.token()
    profile.refused_listing(LastSyncCount=9, SyncSessionToken=token)
    profile.write(replace("b"), token=token)
    assert profile.state().sync_count == 2
