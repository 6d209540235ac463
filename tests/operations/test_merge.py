"""Merged identities: where their datasets go, and how a client learns of it."""

from __future__ import annotations

import pytest
from driver import replace


@pytest.fixture
def guest(profile):
    """The dataset of the identity that is merged."""
    return profile


@pytest.fixture
def user(guest):
    """The dataset of the identity that the guest is merged into."""
    return guest.of_another_identity()


def merge(guest, user):
    guest.sync.merge_identities(guest.identity_pool_id, guest.identity_id, into=user.identity_id)


def copy_of(guest, user):
    """The user's dataset that the merge creates from the guest's."""
    return user.named(f"profile.{guest.identity_id}")


def test_a_merge_copies_the_datasets_to_the_other_identity(guest, user):
    """Each dataset becomes NAME.OLDIDENTITYID at count 1; its records keep their counts. Source: merge-1."""
    phone = guest.device()
    phone.put("profile", {"theme": "dark", "size": "big"})
    phone.put("profile", {"theme": "light"})
    phone.remove("profile", "size")
    user.device().put("profile", {"theme": "blue"})

    merge(guest, user)

    assert user.state().sync_count == 1
    assert copy_of(guest, user).listed() == {
        "Count": 1,
        "DatasetDeletedAfterRequestedSyncCount": False,
        "DatasetExists": True,
        "DatasetSyncCount": 1,
        "LastModifiedBy": guest.identity_id,
        "Records": [("theme", "light", 2)],
    }
    state = copy_of(guest, user).state()
    assert (state.num_records, state.size_bytes, state.tombstones) == (1, 10, {})


def test_a_merged_dataset_counts_from_one_and_lists_by_each_record_s_count(guest, user):
    """The next update of a merged dataset has count 2; LastSyncCount is compared with each record. Source: merge-1."""
    for number in range(5):
        guest.write(replace(f"k{number}"))
    merge(guest, user)
    copy = copy_of(guest, user)
    assert [count for *_, count in copy.listed()["Records"]] == [1, 2, 3, 4, 5]
    assert [key for key, *_ in copy.listed(LastSyncCount=1)["Records"]] == ["k1", "k2", "k3", "k4"]

    assert copy.write(replace("k4", "w", 5)) == [("k4", "w", 2)]
    assert copy.write(replace("new")) == [("new", "v", 3)]
    assert copy.listed(LastSyncCount=2)["Records"] == [("k2", "v", 3), ("k3", "v", 4), ("new", "v", 3)]
    assert copy.refused_listing(LastSyncCount=4)[2] == "No such SyncCount: 4 exists for this Dataset"


def test_merging_a_merged_identity_leaves_it_empty(cognitosync, guest, user):
    """An identity that received a merge can itself be merged; its listings still work. Source: merge-1, merge-3."""
    guest.write(replace("theme"))
    merge(guest, user)
    third = user.of_another_identity()
    merge(user, third)
    assert user.list_records().get("MergedDatasetNames") is None
    assert third.sync.records(third.identity_pool_id, third.identity_id, "profile") == {}


def test_a_listing_reports_a_merged_dataset_until_it_is_deleted(guest, user):
    """MergedDatasetNames of NAME has the copy, whether NAME exists or not, until its deletion. Source: merge-2."""
    guest.write(replace("theme"))
    merge(guest, user)
    seen = [user.list_records().get("MergedDatasetNames")]
    user.write(replace("theme"))
    seen.append(user.list_records().get("MergedDatasetNames"))
    other = user.named("other").list_records()
    copy_of(guest, user).delete()
    seen.append(user.list_records().get("MergedDatasetNames"))

    copy = copy_of(guest, user).dataset_name
    assert seen == [[copy], [copy], None]
    assert "MergedDatasetNames" not in other


def test_the_merged_identity_has_no_datasets_left(guest, user):
    """The datasets of the merged identity are gone, and no deletion is reported. Source: merge-3."""
    guest.write(replace("theme"))
    merge(guest, user)

    assert guest.dataset_names() == []
    assert guest.listed()["DatasetExists"] is False
    assert guest.listed(LastSyncCount=1)["DatasetDeletedAfterRequestedSyncCount"] is False
    assert guest.write(replace("theme")) == [("theme", "v", 1)]


def test_a_last_sync_count_from_before_the_merge_is_refused(guest, user):
    """A client that saw a higher count before the merge gets "No such SyncCount". Source: merge-1, list-5."""
    guest.fill("a", "b", "c")
    merge(guest, user)

    refused = ("InvalidParameterException", 400, "No such SyncCount: 3 exists for this Dataset")
    assert copy_of(guest, user).refused_listing(LastSyncCount=3) == refused


def test_deleted_datasets_are_not_merged(guest, user):
    """A merge skips deleted datasets, and an identity without datasets can be merged."""
    guest.write(replace("theme"))
    guest.delete()
    merge(guest, user)
    merge(guest, user)

    assert user.dataset_names() == []


def test_several_merges_are_reported_in_their_order(guest, user):
    """A listing reports all copies in the order of their merges; a deleted copy may be created again."""
    second = guest.of_another_identity()
    for dataset in (guest, second):
        dataset.write(replace("theme"))
        merge(dataset, user)
    copy_of(guest, user).delete()
    guest.write(replace("theme"))
    merge(guest, user)

    copies = [copy_of(dataset, user).dataset_name for dataset in (guest, second)]
    assert user.list_records()["MergedDatasetNames"] == copies


def test_a_merge_is_refused_while_an_earlier_copy_exists(guest, user):
    """A second merge is refused while the copy from the first one exists, and nothing is lost."""
    guest.write(replace("theme"))
    merge(guest, user)
    guest.write(replace("theme"))

    with pytest.raises(ValueError, match="exists since an earlier merge: delete it before the next one"):
        merge(guest, user)
    assert guest.records() == {"theme": "v"}


def test_a_merge_is_refused_if_a_name_would_be_too_long(guest, user):
    """A merge that would create a name of more than 128 characters is refused before it moves anything."""
    guest.write(replace("theme"))
    guest.named("n" * 100).write(replace("theme"))

    with pytest.raises(ValueError, match="would be longer than 128 characters: use shorter dataset names"):
        merge(guest, user)
    assert guest.dataset_names() == ["n" * 100, "profile"]
    assert user.dataset_names() == []


def test_an_identity_cannot_be_merged_into_itself(guest):
    """A merge of an identity into itself is refused, and the message says what to pass."""
    with pytest.raises(ValueError, match="cannot be merged into itself: pass another one as into="):
        merge(guest, guest)
