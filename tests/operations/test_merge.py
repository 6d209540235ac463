"""Linked identities: where the datasets go, and how a client learns of it."""

from __future__ import annotations

import pytest
from driver import answer, counted, identity_of, listed, new_dataset, place, replace, write


@pytest.fixture
def guest(cognitosync):
    return new_dataset(cognitosync)


@pytest.fixture
def user(cognitosync, guest):
    return {**guest, "IdentityId": cognitosync.new_identity(guest["IdentityPoolId"])}


def merge(sync, guest, user):
    sync.merge_identities(guest["IdentityPoolId"], guest["IdentityId"], into=user["IdentityId"])


def merged(guest):
    return f"profile.{guest['IdentityId']}"


def test_datasets_go_to_the_other_identity(cognitosync, cognitosync_client, guest, user):
    """Each becomes NAME.OLDIDENTITYID, at sync count 1, without tombstones. Source: merge-1."""
    phone = cognitosync.device(*place(guest)[:2])
    phone.put("profile", {"theme": "dark", "size": "big"})
    phone.put("profile", {"theme": "light"})
    phone.remove("profile", "size")
    cognitosync.device(*place(user)[:2]).put("profile", {"theme": "blue"})

    merge(cognitosync, guest, user)

    assert cognitosync.dataset(*place(user)).sync_count == 1
    assert listed(cognitosync_client, {**user, "DatasetName": merged(guest)}) == {
        "Count": 1,
        "DatasetDeletedAfterRequestedSyncCount": False,
        "DatasetExists": True,
        "DatasetSyncCount": 1,
        "LastModifiedBy": guest["IdentityId"],
        "Records": [("theme", "light", 1)],
    }
    state = cognitosync.dataset(*place({**user, "DatasetName": merged(guest)}))
    assert (state.num_records, state.size_bytes, state.tombstones) == (1, 10, {})


def test_a_listing_reports_the_merge_until_it_is_deleted(cognitosync, cognitosync_client, guest, user):
    """MergedDatasetNames of NAME, whether that exists or not. Source: merge-2."""
    write(cognitosync_client, guest, replace("theme"))
    merge(cognitosync, guest, user)
    seen = [answer(cognitosync_client.list_records(**user)).get("MergedDatasetNames")]
    write(cognitosync_client, user, replace("theme"))
    seen.append(answer(cognitosync_client.list_records(**user)).get("MergedDatasetNames"))
    other = answer(cognitosync_client.list_records(**{**user, "DatasetName": "other"}))
    cognitosync_client.delete_dataset(**{**user, "DatasetName": merged(guest)})
    seen.append(answer(cognitosync_client.list_records(**user)).get("MergedDatasetNames"))

    assert seen == [[merged(guest)], [merged(guest)], None]
    assert "MergedDatasetNames" not in other


def test_the_old_identity_keeps_nothing(cognitosync, cognitosync_client, guest, user):
    """Its datasets are gone, without a mark of deletion. Source: merge-3."""
    write(cognitosync_client, guest, replace("theme"))
    merge(cognitosync, guest, user)

    assert cognitosync_client.list_datasets(**identity_of(guest))["Datasets"] == []
    assert listed(cognitosync_client, guest)["DatasetExists"] is False
    assert counted(write(cognitosync_client, guest, replace("theme"))) == [("theme", "v", 1)]


def test_a_client_with_a_higher_count_is_told(cognitosync, cognitosync_client, guest, user):
    """Who saw more of the dataset before the merge gets "No such SyncCount". Source: merge-1, list-5."""
    for key in "abc":
        write(cognitosync_client, guest, replace(key))
    merge(cognitosync, guest, user)

    with pytest.raises(cognitosync_client.exceptions.InvalidParameterException, match="No such SyncCount: 3 exists"):
        cognitosync_client.list_records(**{**user, "DatasetName": merged(guest)}, LastSyncCount=3)


def test_deleted_datasets_are_not_merged(cognitosync, cognitosync_client, guest, user):
    """Nor is an identity without any refused."""
    write(cognitosync_client, guest, replace("theme"))
    cognitosync_client.delete_dataset(**guest)
    merge(cognitosync, guest, user)
    merge(cognitosync, guest, user)

    assert cognitosync_client.list_datasets(**identity_of(user))["Datasets"] == []


def test_several_merges(cognitosync, cognitosync_client, guest, user):
    """All are reported, in their order; one that was deleted may come again."""
    second = {**guest, "IdentityId": cognitosync.new_identity(guest["IdentityPoolId"])}
    for address in (guest, second):
        write(cognitosync_client, address, replace("theme"))
        merge(cognitosync, address, user)
    cognitosync_client.delete_dataset(**{**user, "DatasetName": merged(guest)})
    write(cognitosync_client, guest, replace("theme"))
    merge(cognitosync, guest, user)

    assert cognitosync_client.list_records(**user)["MergedDatasetNames"] == [merged(guest), merged(second)]


def test_a_second_copy_is_refused(cognitosync, cognitosync_client, guest, user):
    """While the earlier one is there; nothing is lost."""
    write(cognitosync_client, guest, replace("theme"))
    merge(cognitosync, guest, user)
    write(cognitosync_client, guest, replace("theme"))

    with pytest.raises(ValueError, match="is there from an earlier merge: delete it before the next one"):
        merge(cognitosync, guest, user)
    assert cognitosync.records(*place(guest)) == {"theme": "v"}


def test_a_name_that_would_be_too_long(cognitosync, cognitosync_client, guest, user):
    """It is refused before anything is moved."""
    write(cognitosync_client, guest, replace("theme"))
    write(cognitosync_client, {**guest, "DatasetName": "n" * 100}, replace("theme"))

    with pytest.raises(ValueError, match="would be longer than 128 characters: use shorter dataset names"):
        merge(cognitosync, guest, user)
    assert cognitosync_client.list_datasets(**identity_of(guest))["Count"] == 2
    assert cognitosync_client.list_datasets(**identity_of(user))["Count"] == 0


def test_an_identity_is_not_merged_into_itself(cognitosync, guest):
    """It is refused with what to give."""
    with pytest.raises(ValueError, match="cannot be merged into itself: give another one as into="):
        merge(cognitosync, guest, guest)
