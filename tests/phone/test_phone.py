"""A phone synchronizes as the official clients do, step by step."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from mock_cognitosync import Phone, connect
from mock_cognitosync.phone import (
    PhoneOffline,
    RetriesExhausted,
    SynchronizationCancelled,
    keep_local,
    keep_remote,
    last_writer_wins,
    merge_values,
)


@pytest.fixture
def user(cognitosync):
    """A new user."""
    return cognitosync.new_user()


@pytest.fixture
def phone(user):
    """A phone of the user."""
    return user.phone()


def sent(cognitosync):
    """The calls so far, each as its operation and what matters of its parameters."""
    told = []
    for call in cognitosync.calls:
        parameters = call.parameters
        patches = [
            (patch["Op"], patch["Key"], patch.get("Value"), patch["SyncCount"])
            for patch in parameters.get("RecordPatches", ())
        ]
        told.append((call.operation, parameters.get("LastSyncCount", patches)))
    return told


# The store.


def test_records_are_read_and_written_offline(cognitosync, phone):
    """Reads and writes use the store only."""
    phone.put("profile", {"theme": "dark", "size": "big"})
    phone.remove("profile", "size", "color")
    assert phone.get("profile", "theme") == "dark"
    assert (phone.get("profile", "size"), phone.get("profile", "unknown")) == (None, None)
    assert phone.get("other", "theme") is None
    assert phone.records("profile") == {"theme": "dark"}
    assert phone.last_sync_count("profile") == phone.last_sync_count("other") == 0
    assert len(cognitosync.calls) == 0


def test_the_value_that_a_record_has_already_changes_nothing(phone, user):
    """A put of the same value leaves the record unmodified, so that nothing is sent."""
    user.device().put("profile", {"theme": "dark"})
    phone.synchronize("profile")
    phone.put("profile", {"theme": "dark"})
    assert not phone.stored("profile")["theme"].is_modified
    phone.put("profile", {"theme": "light"})
    assert phone.stored("profile")["theme"].is_modified


def test_a_value_must_be_a_str(phone):
    """The clients take text only."""
    with pytest.raises(TypeError, match="the value of 'size' must be a str, got int"):
        phone.put("profile", {"size": 3})
    assert phone.records("profile") == {}


def test_a_phone_that_is_offline_sends_nothing(cognitosync, phone):
    """A synchronization raises PhoneOffline; the edit is sent when the phone is online again."""
    phone.put("profile", {"theme": "dark"})
    phone.is_online = False
    with pytest.raises(PhoneOffline, match=r"the phone is offline: <Phone of us-east-1:.* in pool us-east-1:.*>"):
        phone.synchronize("profile")
    assert len(cognitosync.calls) == 0
    phone.is_online = True
    phone.synchronize("profile")
    assert sent(cognitosync) == [("ListRecords", 0), ("UpdateRecords", [("replace", "theme", "dark", 0)])]


# Pull and push.


def test_changes_travel_both_ways(cognitosync, phone, user):
    """A synchronization stores what is new at the service, then sends what is new here, in two calls."""
    user.device().put("profile", {"theme": "dark", "size": "big"})
    phone.put("profile", {"color": "red"})
    assert phone.synchronize("profile") == {"theme": "dark", "size": "big"}
    assert sent(cognitosync) == [("ListRecords", 0), ("UpdateRecords", [("replace", "color", "red", 0)])]
    assert phone.records("profile") == user.records("profile") == {"color": "red", "size": "big", "theme": "dark"}
    assert phone.last_sync_count("profile") == 2
    assert not any(record.is_modified for record in phone.stored("profile").values())


def test_a_phone_without_changes_only_lists(cognitosync, phone, user):
    """Nothing is sent if nothing was edited; the listing starts at the last sync count."""
    user.device().put("profile", {"theme": "dark"})
    phone.synchronize("profile")
    assert phone.synchronize("profile") == {}
    assert sent(cognitosync) == [("ListRecords", 0), ("ListRecords", 1)]


def test_a_removal_travels_both_ways(phone, user):
    """A removed record is a tombstone at the service and on the other phone."""
    other = user.phone()
    phone.put("profile", {"theme": "dark", "size": "big"})
    phone.synchronize("profile")
    other.synchronize("profile")
    phone.remove("profile", "theme")
    phone.synchronize("profile")
    assert user.dataset("profile").tombstones == {"theme": 2}
    assert other.synchronize("profile") == {"theme": None}
    assert other.records("profile") == {"size": "big"}


def test_a_removed_record_that_is_written_again_continues_its_count(cognitosync, phone, user):
    """The patch has the sync count of the tombstone."""
    user.device().put("profile", {"theme": "dark"})
    user.device().remove("profile", "theme")
    phone.synchronize("profile")
    phone.put("profile", {"theme": "light"})
    phone.synchronize("profile")
    assert sent(cognitosync)[-1] == ("UpdateRecords", [("replace", "theme", "light", 2)])


def test_a_removal_of_a_key_that_the_service_never_had_is_sent_each_time(cognitosync, phone):
    """The answer does not mention the key, so the record stays modified, as with the official clients."""
    phone.remove("profile", "theme")
    phone.synchronize("profile")
    phone.synchronize("profile")
    assert [call for call, _ in sent(cognitosync)] == ["ListRecords", "UpdateRecords"] * 2
    assert phone.last_sync_count("profile") == 0


def test_all_pages_are_listed(cognitosync, user):
    """A listing is read to its last page, whose token is used."""

    class Pages:
        """A client that asks for pages of one record."""

        def __init__(self, client):
            self.update_records = client.update_records
            self.list_records = lambda MaxResults, **names: client.list_records(MaxResults=1, **names)  # noqa: N803

    user.device().put("profile", {"a": "1", "b": "2", "c": "3"})
    phone = Phone(Pages(boto3.client("cognito-sync")), user.identity_pool_id, user.identity_id)
    phone.put("profile", {"d": "4"})
    phone.synchronize("profile")
    assert phone.records("profile") == user.records("profile") == {"a": "1", "b": "2", "c": "3", "d": "4"}
    cognitosync.calls.assert_call_count("ListRecords", 3)


def test_a_patch_carries_the_time_of_the_edit(cognitosync, phone, user):
    """The date of an edit on the phone reaches other phones, and the writer is the identity."""
    with cognitosync.freeze():
        phone.put("profile", {"theme": "dark"})
        edited = phone.stored("profile")["theme"].device_last_modified_date
        cognitosync.advance(seconds=60)
        phone.synchronize("profile")
    other = user.phone()
    other.synchronize("profile")
    record = other.stored("profile")["theme"]
    # boto3 1.34.0 sends whole seconds.
    assert record.device_last_modified_date.replace(microsecond=0) == edited.replace(microsecond=0)
    assert (record.last_modified_date - edited).total_seconds() == 60
    assert record.last_modified_by == user.identity_id


def test_an_answer_without_dates_is_understood(user):
    """A service that leaves out dates and writer is understood, as by the official clients."""

    class Bare:
        def list_records(self, **parameters):
            return {
                "Records": [{"Key": "theme", "Value": "dark", "SyncCount": 1}],
                "DatasetSyncCount": 1,
                "DatasetExists": True,
                "DatasetDeletedAfterRequestedSyncCount": False,
                "SyncSessionToken": "token",
            }

    phone = Phone(Bare(), user.identity_pool_id, user.identity_id)
    phone.synchronize("profile")
    record = phone.stored("profile")["theme"]
    assert (record.device_last_modified_date.year, record.last_modified_date, record.last_modified_by) == (
        1970,
        None,
        None,
    )


def test_a_foreign_write_between_list_and_update_is_fetched_by_the_next_synchronization(cognitosync, phone, user):
    """The last sync count stays if the update raised the count by more than one."""
    phone.put("profile", {"theme": "dark"})
    cognitosync.before_next("UpdateRecords", lambda: user.device().put("profile", {"size": "big"}))
    phone.synchronize("profile")
    assert (phone.last_sync_count("profile"), phone.records("profile")) == (0, {"theme": "dark"})
    phone.synchronize("profile")
    assert (phone.last_sync_count("profile"), phone.records("profile")) == (2, {"size": "big", "theme": "dark"})


def test_an_edit_during_the_update_is_sent_by_the_next_synchronization(cognitosync, phone, user):
    """The answer does not overwrite a record that was edited while the call ran."""
    phone.put("profile", {"theme": "dark", "size": "big"})
    cognitosync.before_next("UpdateRecords", lambda: phone.put("profile", {"theme": "light"}))
    phone.synchronize("profile")
    assert phone.get("profile", "theme") == "light"
    assert user.records("profile") == {"size": "big", "theme": "dark"}
    phone.synchronize("profile", on_conflict=keep_local)
    assert phone.records("profile") == user.records("profile") == {"size": "big", "theme": "light"}


def test_a_record_that_a_trigger_adds_is_stored(cognitosync, phone, user):
    """The answer may have records that the phone did not send."""

    def stamp(event):
        event["datasetRecords"]["stamped"] = {"newValue": "yes", "op": "replace"}
        return event

    cognitosync.set_trigger(user.identity_pool_id, stamp)
    phone.put("profile", {"theme": "dark"})
    phone.synchronize("profile")
    assert phone.records("profile") == {"stamped": "yes", "theme": "dark"}


# Conflicts.


@pytest.fixture
def conflict(cognitosync, phone, user):
    """The phone and another device have changed the same record, the device ten seconds later."""
    with cognitosync.freeze():
        user.device().put("profile", {"theme": "dark"})
        phone.synchronize("profile")
        phone.put("profile", {"theme": "phone"})
        cognitosync.advance(seconds=10)
        user.device().put("profile", {"theme": "device", "size": "big"})
        yield


@pytest.mark.parametrize(
    ("resolve", "value"),
    [
        (keep_local, "phone"),
        (keep_remote, "device"),
        (last_writer_wins, "device"),
        (merge_values(lambda local, remote: f"{remote}+{local}"), "device+phone"),
        (merge_values(lambda local, remote: None), None),
    ],
)
@pytest.mark.usefixtures("conflict")
def test_a_conflict_is_resolved(phone, user, resolve, value):
    """Each resolution decides the value on the phone and at the service."""
    pulled = phone.synchronize("profile", on_conflict=resolve)
    assert pulled == {"size": "big", **({"theme": "device"} if value == "device" else {})}
    assert phone.get("profile", "theme") == value
    assert user.records("profile").get("theme") == value
    assert phone.synchronize("profile") == {}


def test_the_later_writer_wins_on_the_phone(cognitosync, phone, user):
    """By default, an edit that is later than the one at the service is kept."""
    with cognitosync.freeze():
        user.device().put("profile", {"theme": "device"})
        cognitosync.advance(seconds=10)
        phone.put("profile", {"theme": "phone"})
        phone.synchronize("profile")
    assert user.records("profile") == {"theme": "phone"}


def test_the_callback_sees_both_records(conflict, phone):
    """A conflict has both values, both counts and the time."""
    seen = []
    phone.synchronize("profile", on_conflict=lambda conflict: seen.append(conflict) or keep_remote(conflict))
    [found] = seen
    assert (found.key, found.local.value, found.remote.value) == ("theme", "phone", "device")
    assert (found.local.sync_count, found.remote.sync_count) == (1, 2)
    assert found.date == found.remote.last_modified_date


@pytest.mark.usefixtures("conflict")
def test_an_unresolved_conflict_cancels_and_stores_nothing(cognitosync, phone, user):
    """None cancels: the edit stays, nothing is pulled, and the conflict comes again."""
    for _ in range(2):
        with pytest.raises(SynchronizationCancelled, match="on_conflict did not resolve the conflict on 'theme'"):
            phone.synchronize("profile", on_conflict=lambda conflict: None)
    assert phone.records("profile") == {"theme": "phone"}
    assert phone.last_sync_count("profile") == 1
    assert user.records("profile")["theme"] == "device"
    cognitosync.calls.assert_call_count("UpdateRecords", 0)


def test_equal_edits_are_no_conflict(cognitosync, phone, user):
    """The phone takes the count of the service and sends nothing."""
    phone.put("profile", {"theme": "dark"})
    user.device().put("profile", {"theme": "dark"})
    phone.synchronize("profile", on_conflict=lambda conflict: pytest.fail("no conflict"))
    assert sent(cognitosync) == [("ListRecords", 0)]
    assert not phone.stored("profile")["theme"].is_modified


def test_a_lost_answer_is_no_conflict(cognitosync, phone, user):
    """The record was written although the phone did not learn of it; the next synchronization adopts it."""
    phone.put("profile", {"theme": "dark"})
    with cognitosync.drop_connection("UpdateRecords", after_write=True), pytest.raises(ConnectionClosedError):
        phone.synchronize("profile")
    assert phone.stored("profile")["theme"].is_modified
    phone.synchronize("profile", on_conflict=lambda conflict: pytest.fail("no conflict"))
    assert user.dataset("profile").sync_count == 1
    assert not phone.stored("profile")["theme"].is_modified


# Retries.


def test_a_phone_that_was_too_slow_starts_again(cognitosync, phone, user):
    """After ResourceConflictException the phone lists again, resolves the conflict and sends again."""
    phone.put("profile", {"theme": "phone"})
    cognitosync.before_next("UpdateRecords", lambda: user.device().put("profile", {"theme": "device"}))
    phone.synchronize("profile", on_conflict=keep_local)
    assert sent(cognitosync) == [
        ("ListRecords", 0),
        ("UpdateRecords", [("replace", "theme", "phone", 0)]),
        ("ListRecords", 0),
        ("UpdateRecords", [("replace", "theme", "phone", 1)]),
    ]
    assert user.records("profile") == {"theme": "phone"}


def test_a_stale_record_below_the_last_sync_count_is_fetched_again(cognitosync, phone, user):
    """After a conflict the last sync count goes back to that of the patches, so that the listing has the record."""
    user.device().put("profile", {"theme": "dark"})
    phone.synchronize("profile")
    phone.put("profile", {"theme": "first"})
    cognitosync.before_next("UpdateRecords", lambda: phone.put("profile", {"theme": "second"}))
    phone.synchronize("profile")
    assert (phone.last_sync_count("profile"), phone.stored("profile")["theme"].sync_count) == (2, 1)
    phone.synchronize("profile", on_conflict=keep_local)
    assert sent(cognitosync)[-4:] == [
        ("ListRecords", 2),
        ("UpdateRecords", [("replace", "theme", "second", 1)]),
        ("ListRecords", 1),
        ("UpdateRecords", [("replace", "theme", "second", 2)]),
    ]


def test_retries_are_exhausted_at_the_fourth_refusal(cognitosync, phone, user):
    """A phone that is always too slow gives up after three retries and keeps its edit."""
    device = user.device()
    values = iter("abcd")
    cognitosync.before_next("UpdateRecords", lambda: device.put("profile", {"theme": next(values)}), calls=4)
    phone.put("profile", {"theme": "phone"})
    with pytest.raises(RetriesExhausted, match="'profile' is not synchronized after 3 retries"):
        phone.synchronize("profile", on_conflict=keep_local)
    cognitosync.calls.assert_call_count("UpdateRecords", 4)
    assert phone.records("profile") == {"theme": "phone"}


@pytest.mark.parametrize("operation", ["ListRecords", "UpdateRecords", "DeleteDataset"])
def test_other_refusals_are_raised(cognitosync, phone, operation):
    """Throttling and other errors end the synchronization; the edit or deletion is sent by the next one."""
    phone.put("profile", {"theme": "dark"})
    if operation == "DeleteDataset":
        phone.synchronize("profile")
        phone.delete_dataset("profile")
    with cognitosync.fail(operation, "TooManyRequestsException"), pytest.raises(ClientError):
        phone.synchronize("profile")
    phone.synchronize("profile")
    assert not any(record.is_modified for record in phone.stored("profile").values())


# Deleted datasets.


def test_a_deletion_is_sent(cognitosync, phone, user):
    """A dataset that is deleted here is deleted at the service, and the phone may create it again."""
    phone.put("profile", {"theme": "dark"})
    phone.synchronize("profile")
    phone.delete_dataset("profile")
    assert (phone.records("profile"), phone.last_sync_count("profile")) == ({}, -1)
    assert phone.synchronize("profile") == {}
    assert not user.dataset("profile").exists
    assert phone.last_sync_count("profile") == 0
    phone.put("profile", {"theme": "light"})
    phone.synchronize("profile")
    assert user.records("profile") == {"theme": "light"}


def test_a_deletion_of_a_dataset_that_does_not_exist_is_accepted(phone, user):
    """A dataset that is only on the phone, or that another device has deleted, is gone."""
    phone.put("profile", {"theme": "dark"})
    phone.delete_dataset("profile")
    assert phone.synchronize("profile") == {}
    assert not user.dataset("profile").exists


def test_a_deleted_dataset_is_not_written(phone):
    """Records that are written after a deletion would be lost with it."""
    phone.delete_dataset("profile")
    with pytest.raises(RuntimeError, match="dataset 'profile' was deleted on this phone: synchronize before you write"):
        phone.put("profile", {"theme": "dark"})


def test_a_phone_that_lists_from_zero_learns_of_no_deletion(cognitosync, phone, user):
    """Like the official clients, it keeps copies of deleted records, because its last sync count stayed 0."""
    phone.put("profile", {"theme": "dark"})
    cognitosync.before_next("UpdateRecords", lambda: user.device().put("profile", {"size": "big"}))
    phone.synchronize("profile")
    user.device().delete_dataset("profile")
    phone.synchronize("profile", on_deleted=lambda name: pytest.fail("no deletion"))
    assert (phone.records("profile"), user.records("profile")) == ({"theme": "dark"}, {})


def test_merged_datasets_are_not_taken_over_into_a_deleted_one(cognitosync, user, phone):
    """A phone that deletes the dataset before it could finish with a merged one deletes both."""
    guest = cognitosync.new_user()
    guest.device().put("cart", {"apple": "2"})
    cognitosync.merge_identities(guest, into=user)
    with cognitosync.fail("DeleteDataset", "TooManyRequestsException"), pytest.raises(ClientError):
        phone.synchronize("cart", on_merged=phone.adopt)
    phone.delete_dataset("cart")
    phone.synchronize("cart", on_merged=phone.adopt)
    assert not user.dataset("cart").exists
    assert not user.dataset(f"cart.{guest.identity_id}").exists


@pytest.mark.parametrize("created_again", [False, True])
def test_a_deletion_elsewhere_is_confirmed_by_the_callback(phone, user, created_again):
    """True deletes the dataset here; what exists again at the service comes with the next synchronization."""
    user.device().put("profile", {"theme": "dark"})
    phone.synchronize("profile")
    phone.put("profile", {"theme": "phone"})
    user.device().delete_dataset("profile")
    if created_again:
        user.device().put("profile", {"size": "big"})
    seen = []
    assert phone.synchronize("profile", on_deleted=lambda name: not seen.append(name)) == {}
    assert (seen, phone.records("profile"), phone.last_sync_count("profile")) == (["profile"], {}, 0)
    phone.synchronize("profile")
    assert phone.records("profile") == user.records("profile") == ({"size": "big"} if created_again else {})


def test_a_deletion_elsewhere_is_not_accepted_by_default(phone, user):
    """Without a callback the synchronization is cancelled and the phone keeps its records."""
    user.device().put("profile", {"theme": "dark"})
    phone.synchronize("profile")
    user.device().delete_dataset("profile")
    with pytest.raises(SynchronizationCancelled, match="'profile' was deleted at the service"):
        phone.synchronize("profile")
    assert phone.records("profile") == {"theme": "dark"}


def test_a_dataset_that_does_not_exist_yet_is_no_deletion(phone):
    """A phone that has never synchronized the dataset creates it."""
    assert phone.synchronize("profile", on_deleted=lambda name: pytest.fail("no deletion")) == {}


# Merged datasets.


def test_merged_datasets_are_adopted(cognitosync, user):
    """The records of the guest are copied, and the merged dataset is deleted."""
    guest = cognitosync.new_user()
    guest.device().put("cart", {"apple": "2", "pear": "1"})
    user.device().put("cart", {"apple": "7"})
    phone = user.phone()
    phone.synchronize("cart")
    cognitosync.merge_identities(guest, into=user)
    phone.synchronize("cart", on_merged=phone.adopt)
    assert phone.records("cart") == user.records("cart") == {"apple": "7", "pear": "1"}
    assert not user.dataset(f"cart.{guest.identity_id}").exists


def test_merged_datasets_are_not_accepted_by_default(cognitosync, user, phone):
    """Without a callback the synchronization is cancelled."""
    guest = cognitosync.new_user()
    guest.device().put("cart", {"apple": "2"})
    cognitosync.merge_identities(guest, into=user)
    with pytest.raises(SynchronizationCancelled, match=rf"on_merged refused \['cart.{guest.identity_id}'\]"):
        phone.synchronize("cart")


def test_merged_datasets_are_reported_until_they_are_deleted(cognitosync, user, phone):
    """A callback that does not delete them is called at each attempt, until the retries are exhausted."""
    guest = cognitosync.new_user()
    guest.device().put("cart", {"apple": "2"})
    cognitosync.merge_identities(guest, into=user)
    seen = []
    with pytest.raises(RetriesExhausted):
        phone.synchronize("cart", on_merged=lambda dataset, merged: not seen.append((dataset, merged)))
    assert seen == [("cart", [f"cart.{guest.identity_id}"])] * 4


def test_merged_datasets_in_the_store_are_reported_first(cognitosync, user, phone):
    """A phone that could not finish is asked again, before it calls the service."""
    guest = cognitosync.new_user()
    guest.device().put("cart", {"apple": "2"})
    cognitosync.merge_identities(guest, into=user)
    with cognitosync.fail("DeleteDataset", "TooManyRequestsException"), pytest.raises(ClientError):
        phone.synchronize("cart", on_merged=phone.adopt)
    with pytest.raises(SynchronizationCancelled, match=rf"on_merged refused \['cart.{guest.identity_id}'\]"):
        phone.synchronize("cart")
    phone.synchronize("cart", on_merged=phone.adopt)
    assert phone.records("cart") == user.records("cart") == {"apple": "2"}


# Push.


@pytest.fixture
def game(user):
    """Push sync is configured for the pool of the user, whose dataset exists."""
    attributes = {"PlatformCredential": "key"}
    arn = boto3.client("sns").create_platform_application(Name="game", Platform="GCM", Attributes=attributes)
    push_sync = {"ApplicationArns": [arn["PlatformApplicationArn"]]}
    boto3.client("cognito-sync").set_identity_pool_configuration(
        IdentityPoolId=user.identity_pool_id, PushSync=push_sync
    )
    user.device().put("scores", {"best": "1"})


@pytest.mark.usefixtures("game")
@pytest.mark.cognitosync(strict_credentials=True)
def test_a_push_synchronizes_the_other_phone(cognitosync, user):
    """The service pushes a change to other registered phones, which then pull it."""
    old, new = user.phone(), user.phone()
    for phone, token in ((old, "old"), (new, "new")):
        phone.register("GCM", token)
        phone.subscribe("scores")
    old.put("scores", {"worst": "0"})
    old.synchronize("scores")
    [push] = cognitosync.push_notifications
    assert push.device_id == new.device_id
    assert new.receive(push.data) == {"best": "1", "worst": "0"}
    assert new.receive(push.data) is None


@pytest.mark.usefixtures("game")
def test_a_push_has_many_forms(user):
    """Platforms deliver JSON or a dict, with or without ``data``, and some of them texts only."""
    data = {
        "source": "cognito-sync",
        "identityPoolId": user.identity_pool_id,
        "identityId": user.identity_id,
        "datasetName": "scores",
        "syncCount": 1,
    }
    for payload in (data, {"data": data}, json.dumps(data), {**data, "syncCount": "1"}):
        phone = user.phone()
        assert phone.receive(payload, on_conflict=keep_remote) == {"best": "1"}
    for other in ({"source": "other"}, {"identityId": "other"}, {"identityPoolId": "other"}, {"syncCount": "0"}):
        assert user.phone().receive({**data, **other}) is None


def test_a_phone_that_is_not_registered_cannot_subscribe(phone):
    """The service needs the device id."""
    with pytest.raises(RuntimeError, match="the phone is not registered"):
        phone.subscribe("scores")


# Clients and clocks.


@pytest.mark.cognitosync(strict_credentials=True)
def test_a_phone_has_the_credentials_of_its_user(cognitosync, user, phone):
    """By default the phone's client acts for the identity, so that triggers run for it."""
    seen = []
    cognitosync.set_trigger(user.identity_pool_id, lambda event: seen.append(event["identityId"]) or event)
    phone.put("profile", {"theme": "dark"})
    phone.synchronize("profile")
    assert seen == [user.identity_id]


def test_a_phone_works_at_the_server(cognitosync_server):
    """The same phone synchronizes over HTTP."""
    user = cognitosync_server.handle.new_user()
    client = boto3.client("cognito-sync", endpoint_url=cognitosync_server.url)
    phone = user.phone(client)
    assert phone.client is client
    phone.put("profile", {"theme": "dark"})
    phone.synchronize("profile")
    assert user.records("profile") == {"theme": "dark"}


def test_a_phone_of_a_handle_for_a_server_calls_that_server(cognitosync, cognitosync_server):
    """The client that the phone creates goes where the handle is connected to, never to AWS."""
    assert cognitosync.endpoint_url is None
    with connect(cognitosync_server.url) as remote:
        assert remote.endpoint_url == cognitosync_server.url
        user = remote.new_user()
        phone = user.phone()
        assert phone.client.meta.endpoint_url == cognitosync_server.url
        phone.put("profile", {"theme": "dark"})
        phone.synchronize("profile")
        assert user.records("profile") == {"theme": "dark"}


def test_a_phone_of_its_own_uses_the_clock_of_the_machine(user):
    """A Phone that the handle did not create takes its time from the machine unless it is given a clock."""
    client = boto3.client("cognito-sync")
    phone = Phone(client, user.identity_pool_id, user.identity_id)
    before = datetime.now(timezone.utc)
    phone.put("profile", {"theme": "dark"})
    assert before <= phone.stored("profile")["theme"].device_last_modified_date <= datetime.now(timezone.utc)
