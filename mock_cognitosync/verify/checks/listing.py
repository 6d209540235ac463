"""ListRecords."""

from __future__ import annotations

from ..check import check
from ..service import Service
from ..values import Refusal, counted, invalid, remove, replace

_EMPTY = {
    "Count": 0,
    "DatasetDeletedAfterRequestedSyncCount": False,
    "DatasetExists": False,
    "DatasetSyncCount": 0,
    "Records": [],
}


@check("list-1")
def a_missing_dataset_lists_as_empty(service: Service) -> None:
    """Listing a missing dataset is not an error and creates nothing."""
    profile = service.new_dataset()
    service.expect(profile.listed(), _EMPTY)
    service.expect(isinstance(profile.token(), str), True)
    service.expect(profile.dataset_names(), [])


@check("list-1")
def a_listing_has_everything(service: Service) -> None:
    """A listing shows the dataset's state and all members of its records, tombstones included."""
    profile = service.new_dataset()
    profile.update(replace("b", "x"), replace("a", ""))
    profile.update(remove("b", 1))
    listed = profile.list_records()
    account = service.target.account_id
    state = {name: value for name, value in listed.items() if name not in ("Records", "SyncSessionToken")}
    service.expect(
        state,
        {
            "Count": 2,
            "DatasetDeletedAfterRequestedSyncCount": False,
            "DatasetExists": True,
            "DatasetSyncCount": 2,
            "LastModifiedBy": account,
        },
    )
    dates = ("DeviceLastModifiedDate", "LastModifiedDate")
    for record in listed["Records"]:
        for name in dates:
            service.expect_date(record[name])
    records = [{name: value for name, value in record.items() if name not in dates} for record in listed["Records"]]
    service.expect(
        sorted(records, key=lambda record: record["Key"]),
        [
            {"Key": "a", "LastModifiedBy": account, "SyncCount": 1, "Value": ""},
            {"Key": "b", "LastModifiedBy": account, "SyncCount": 2},
        ],
    )


@check("list-2")
def a_delta_lists_strictly_newer_records(service: Service) -> None:
    """LastSyncCount lists records and tombstones with a higher count; without it, or with 0, all are listed."""
    profile = service.new_dataset()
    profile.update(replace("a"), replace("c"), replace("b"))
    profile.update(replace("d"))
    profile.update(replace("c", "w", 1))
    profile.update(remove("b", 1))
    profile.update(replace("a", "w", 1))
    service.expect(sorted(profile.keys()), ["a", "b", "c", "d"])
    for since, keys in enumerate((["a", "b", "c", "d"], ["a", "b", "c", "d"], ["a", "b", "c"], ["a", "b"], ["a"], [])):
        listed = profile.listed(LastSyncCount=since)
        service.expect(sorted(key for key, *_ in listed["Records"]), keys)
        service.expect((listed["Count"], listed["DatasetSyncCount"]), (len(keys), 5))


@check("list-3")
def all_pages_have_the_state_of_the_dataset(service: Service) -> None:
    """The dataset's count, its existence, the deletion mark and a token are on every page."""
    profile = service.new_dataset()
    profile.fill("old")
    profile.delete()
    profile.fill("a", "b", "c")
    first = profile.list_records(LastSyncCount=1, MaxResults=2)
    last = profile.list_records(LastSyncCount=1, MaxResults=2, NextToken=first["NextToken"])
    for page in (first, last):
        state = page["DatasetDeletedAfterRequestedSyncCount"], page["DatasetExists"], page["DatasetSyncCount"]
        service.expect(state, (True, True, 5))
        service.expect(page["LastModifiedBy"], service.target.account_id)
        service.expect(page["Count"], len(page["Records"]))
        profile.list_records(SyncSessionToken=page["SyncSessionToken"])
    service.expect(counted(first["Records"] + last["Records"]), [("a", "v", 3), ("b", "v", 4), ("c", "v", 5)])


@check("list-4", question="In which order does ListRecords list?")
def records_are_ordered_by_key(service: Service) -> None:
    """Records are sorted by the code points of their keys, not by the order of the writes."""
    profile = service.new_dataset()
    profile.fill("b", "B", "é", "a", "10", "9", "a.b", "\U0001f600", "\uffee")
    service.expect(profile.keys(), ["10", "9", "B", "a", "a.b", "b", "é", "\uffee", "\U0001f600"])
    service.expect(profile.keys(LastSyncCount=4), ["10", "9", "a.b", "\uffee", "\U0001f600"])


@check("list-5", question="How does the service answer a LastSyncCount above the counter of a deleted dataset?")
def a_count_that_the_dataset_never_had_is_refused(service: Service) -> None:
    """LastSyncCount above the counter of a dataset that exists, or has existed, is refused."""
    profile = service.new_dataset()
    profile.fill("a", "b")
    for counter in (2, 3):
        profile.list_records(LastSyncCount=counter)
        for count in (counter + 1, counter + 35):
            refused = Refusal("InvalidParameterException", 400, f"No such SyncCount: {count} exists for this Dataset")
            service.expect(profile.refused_listing(LastSyncCount=count), refused)
        if counter == 2:
            profile.delete()


@check("list-5", question="How does the service answer a LastSyncCount above 0 for a dataset that never existed?")
def a_dataset_that_never_existed_accepts_any_count(service: Service) -> None:
    """For a dataset that never existed, any LastSyncCount lists as empty, without a deletion mark."""
    service.expect(service.new_dataset().listed(LastSyncCount=37), _EMPTY)


@check("list-6", question="Is Count the number of records on the page or of the whole dataset?")
def count_is_the_number_of_records_on_the_page(service: Service) -> None:
    """Count is the number of records on the page."""
    profile = service.new_dataset()
    profile.update(replace("a"), replace("b"), replace("c"))
    first = profile.list_records(MaxResults=2)
    last = profile.list_records(MaxResults=2, NextToken=first["NextToken"])
    service.expect([(page["Count"], len(page["Records"])) for page in (first, last)], [(2, 2), (1, 1)])


@check("list-7", question="How does the service answer a negative LastSyncCount?")
def a_negative_count_is_refused(service: Service) -> None:
    """A negative LastSyncCount is refused, whether the dataset exists or not."""
    profile = service.new_dataset()
    refused = invalid("LastSyncCount must not be negative: -1")
    service.expect(profile.refused_listing(LastSyncCount=-1), refused)
    profile.fill("a")
    service.expect(profile.refused_listing(LastSyncCount=-1), refused)
