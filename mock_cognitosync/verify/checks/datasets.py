"""Datasets: created by the first write, described, listed, deleted and created again."""

from __future__ import annotations

from typing import Any

from ..check import check
from ..service import CheckedDataset, Service
from ..values import DATASET_NOT_FOUND, remove, replace


def state(dataset: CheckedDataset, last_sync_count: int = 0) -> tuple[Any, ...]:
    """DatasetExists, the deletion mark, the dataset's count, and the records after *last_sync_count* by key."""
    listed = dataset.listed(LastSyncCount=last_sync_count)
    return (
        listed["DatasetExists"],
        listed["DatasetDeletedAfterRequestedSyncCount"],
        listed["DatasetSyncCount"],
        sorted(listed["Records"]),
    )


@check("datasets-1")
def describe_dataset_answers_the_state_of_a_dataset(service: Service) -> None:
    """A dataset has a name, an identity, dates, a last writer, its size and its number of live records."""
    profile = service.new_dataset()
    profile.update(replace("a", "12345"), replace("é", "ü"), replace("gone", "x"))
    service.target.tick()
    [removed] = profile.update(remove("gone", 1))
    described = profile.described()
    service.expect_date(described["CreationDate"])
    service.expect(described["CreationDate"] < described["LastModifiedDate"], True)
    service.expect_date_near(described["LastModifiedDate"], removed["LastModifiedDate"])
    rest = {name: value for name, value in described.items() if not name.endswith("Date")}
    service.expect(
        rest,
        {
            "DataStorage": 10,
            "DatasetName": "profile",
            "IdentityId": profile.identity_id,
            "LastModifiedBy": service.target.account_id,
            "NumRecords": 2,
        },
    )


@check("datasets-2")
def a_missing_dataset_is_not_found(service: Service) -> None:
    """A dataset that never existed, or was deleted, can be neither described nor deleted."""
    profile = service.new_dataset()
    profile.named("other").fill("a")
    for _ in range(2):
        for operation in ("DescribeDataset", "DeleteDataset"):
            service.expect(service.refusal(operation, **profile.parameters), DATASET_NOT_FOUND)
        service.expect(profile.dataset_names(), ["other"])
        profile.fill("a")
        profile.delete()


@check("datasets-3")
def the_first_update_creates_the_dataset(service: Service) -> None:
    """A dataset is created by its first update, with count 1."""
    profile = service.new_dataset()
    service.expect((profile.dataset_names(), state(profile)), ([], (False, False, 0, [])))
    profile.fill("a")
    service.expect((profile.dataset_names(), state(profile)), (["profile"], (True, False, 1, [("a", "v", 1)])))


@check("datasets-4")
def delete_dataset_answers_what_the_dataset_was(service: Service) -> None:
    """DeleteDataset answers what DescribeDataset answered before."""
    profile = service.new_dataset()
    profile.update(replace("a", "12345"))
    described = profile.described()
    service.expect((described["DataStorage"], described["NumRecords"]), (6, 1))
    service.expect(profile.delete(), {"Dataset": described})


@check("datasets-4")
def a_deleted_dataset_has_no_records(service: Service) -> None:
    """Neither records nor tombstones survive their dataset, and its keys have count 0 when it is created again."""
    profile = service.new_dataset()
    profile.fill("live", "gone")
    profile.update(remove("gone", 2))
    profile.delete()
    service.expect(state(profile), (False, False, 0, []))
    written = profile.write(replace("live", "w"), replace("gone", "w"))
    service.expect(written, [("live", "w", 5), ("gone", "w", 5)])


@check("datasets-4")
def each_deletion_takes_one_number_of_the_counter(service: Service) -> None:
    """A deletion takes the next number of the counter, a refused deletion takes none, and the counter continues."""
    profile = service.new_dataset()
    for count in (1, 3, 5):
        profile.fill("a")
        service.expect(state(profile), (True, False, count, [("a", "v", count)]))
        profile.delete()
        service.refusal("DeleteDataset", **profile.parameters)


@check("datasets-4")
def a_dataset_that_is_created_again_is_new(service: Service) -> None:
    """A dataset that is created again has a new creation date and only its new size."""
    profile = service.new_dataset()
    profile.fill("a", "b")
    before = profile.described()["CreationDate"]
    profile.delete()
    service.target.tick()
    profile.update(replace("c", "123"))
    described = profile.described()
    service.expect(described["CreationDate"] > before, True)
    service.expect((described["DataStorage"], described["NumRecords"]), (4, 1))


@check("datasets-4")
def datasets_are_separate(service: Service) -> None:
    """Datasets with another identity or name are separate, even if one of them is deleted."""
    profile = service.new_dataset()
    for other in (profile.named("other"), profile.of_another_identity()):
        profile.update(replace("a", "mine"))
        other.update(replace("a", "yours"))
        profile.delete()
        service.expect(state(other), (True, False, 1, [("a", "yours", 1)]))


@check("datasets-5")
def a_client_that_was_away_learns_of_the_deletion(service: Service) -> None:
    """Listing from a count below the deletion mark is not an error: it reports the deletion and count 0."""
    profile = service.new_dataset()
    profile.fill("a", "b")
    profile.delete()
    for since, missed in enumerate((False, True, True, False)):
        service.expect(state(profile, since), (False, missed, 0, []))


@check("datasets-5")
def a_client_that_was_away_learns_of_it_after_the_dataset_is_back(service: Service) -> None:
    """The counter continues when the dataset is created again, so a listing from an old count reports the deletion."""
    profile = service.new_dataset()
    profile.fill("a", "b")
    profile.delete()
    profile.update(replace("a", "new"))
    profile.fill("c")
    both = [("a", "new", 4), ("c", "v", 5)]
    for since, (missed, records) in enumerate(
        ((False, both), (True, both), (True, both), (False, both), (False, both[1:]), (False, []))
    ):
        service.expect(state(profile, since), (True, missed, 5, records))


@check("datasets-5")
def a_second_deletion_moves_the_mark(service: Service) -> None:
    """After two deletions, the later one decides which counts report a deletion."""
    profile = service.new_dataset()
    for key in ("a", "b"):
        profile.fill(key)
        profile.delete()
    for since, missed in enumerate((False, True, True, True, False)):
        service.expect(state(profile, since), (False, missed, 0, []))
    profile.fill("c")
    service.expect(state(profile, 2), (True, True, 5, [("c", "v", 5)]))


@check("datasets-6")
def datasets_are_listed_whole(service: Service) -> None:
    """ListDatasets shows each dataset as DescribeDataset does, and omits deleted ones."""
    profile = service.new_dataset()
    names = ["10", "9", "Z", "a:b", "b", "deleted"]
    for name in reversed(names):
        profile.named(name).fill("key")
    profile.named("deleted").delete()
    described = [profile.named(name).described() for name in names[:-1]]
    service.expect(service.call("ListDatasets", **profile.identity), {"Count": 5, "Datasets": described})


@check("datasets-6")
def an_identity_without_datasets_has_an_empty_list(service: Service) -> None:
    """ListDatasets of an identity without datasets is not an error."""
    profile = service.new_dataset()
    service.expect(service.call("ListDatasets", **profile.identity), {"Count": 0, "Datasets": []})


@check("datasets-7")
def a_deleted_dataset_is_listed_and_written(service: Service) -> None:
    """After a deletion another device lists without a count and writes; a device in sync learns of both."""
    profile = service.new_dataset()
    profile.fill("mine")
    seen = profile.sync_count()
    profile.delete()
    fresh = profile.list_records()
    patch = replace("theirs", "v", fresh["DatasetSyncCount"])
    profile.update(patch, token=fresh["SyncSessionToken"])
    service.expect(state(profile, seen), (True, True, 3, [("theirs", "v", 3)]))
