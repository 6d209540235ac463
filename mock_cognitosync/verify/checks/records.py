"""Records, tombstones, dates and last writers."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from ..check import check
from ..service import Service
from ..values import conflict, remove, replace

# Older versions of botocore send dates without their milliseconds.
_THEN = datetime(2024, 6, 1, 12, 30, 15, tzinfo=timezone.utc)


@check("records-1")
def a_tombstone_is_listed_and_has_a_count(service: Service) -> None:
    """A removed record is listed without a value; its key is written again from the tombstone's count, not from 0."""
    profile = service.new_dataset()
    profile.fill("a")
    profile.update(remove("a", 1))
    service.expect(profile.listed(LastSyncCount=1)["Records"], [("a", None, 2)])
    service.expect(profile.refused_update(replace("a", "w", 0)), conflict("a", current=2, sent=0))
    service.expect(profile.refused_update(remove("a", 1)), conflict("a", current=2, sent=1))
    service.expect(profile.write(replace("a", "back", 2)), [("a", "back", 3)])
    service.expect(profile.listed()["Records"], [("a", "back", 3)])


@check("records-1")
def removing_a_tombstone_again_is_a_change(service: Service) -> None:
    """A removal at the tombstone's count gives the tombstone a new count."""
    profile = service.new_dataset()
    profile.fill("a")
    profile.update(remove("a", 1))
    service.expect(profile.write(remove("a", 2)), [("a", None, 3)])
    service.expect(profile.sync_count(), 3)


@check("records-1")
def a_dataset_without_live_records_exists(service: Service) -> None:
    """Removing the last record leaves an empty dataset with a tombstone."""
    profile = service.new_dataset()
    profile.fill("a")
    profile.update(remove("a", 1))
    listed = profile.listed()
    state = listed["DatasetExists"], listed["DatasetSyncCount"], listed["Records"]
    service.expect(state, (True, 2, [("a", None, 2)]))
    service.expect(profile.size(), (0, 0))


@check("records-2", question="Does the answer repeat the client's DeviceLastModifiedDate, and what is it without one?")
def the_device_date_is_the_one_that_the_client_sends(service: Service) -> None:
    """DeviceLastModifiedDate is the client's if it sends one, past or future, else the date of the write."""
    profile = service.new_dataset()
    profile.update(replace("a"), replace("b"))
    for sent in (_THEN, _THEN + timedelta(days=3650), datetime(1970, 1, 1, tzinfo=timezone.utc)):
        count = profile.sync_count()
        patches = replace("a", "w", count, DeviceLastModifiedDate=sent), remove("b", count, DeviceLastModifiedDate=sent)
        written = profile.update(*patches)
        service.expect([record["DeviceLastModifiedDate"] for record in written], [sent, sent])
        service.expect(sorted(profile.list_records()["Records"], key=lambda record: record["Key"]), written)
    count = profile.sync_count()
    for record in profile.update(replace("a", "w", count), remove("b", count)):
        service.expect_date(record["LastModifiedDate"])
        service.expect(record["DeviceLastModifiedDate"], record["LastModifiedDate"])


@check("records-3")
def a_developer_signs_with_the_account_id(service: Service) -> None:
    """Records written with developer credentials have the account id as LastModifiedBy, whatever DeviceId was sent."""
    profile = service.new_dataset()
    account = service.target.account_id
    for others in ({}, {"DeviceId": "nobody-registered-this"}, {"ClientContext": "a phone"}):
        [record] = profile.update(replace("a", "v", profile.sync_count()), **others)
        service.expect(record["LastModifiedBy"], account)
        service.expect(profile.list_records()["LastModifiedBy"], account)
        service.expect(profile.described()["LastModifiedBy"], account)


@check("records-3")
def an_identity_signs_with_its_id(service: Service) -> None:
    """Records and datasets written with an identity's credentials have the identity id as LastModifiedBy."""
    profile = service.new_dataset()
    phone = profile.through(service.client_of(profile))
    account, identity = service.target.account_id, profile.identity_id
    profile.fill("a", "b", "d")
    phone.update(remove("a", 1), replace("b", "theirs", 2), replace("c", "theirs"))
    listed = profile.list_records()
    service.expect(listed["LastModifiedBy"], identity)
    signed = {record["Key"]: record["LastModifiedBy"] for record in listed["Records"]}
    service.expect(signed, {"a": identity, "b": identity, "c": identity, "d": account})
    service.expect(profile.described()["LastModifiedBy"], identity)
    profile.update(replace("c", "ours", 4))
    signed = {record["Key"]: record["LastModifiedBy"] for record in profile.list_records()["Records"]}
    service.expect(signed, {"a": identity, "b": identity, "c": account, "d": account})
    service.expect(profile.described()["LastModifiedBy"], account)
