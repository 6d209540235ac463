"""One handle over two transports: each claim here is true in process and over HTTP."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import boto3
import pytest
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from driver import ACCOUNT, TOKEN_REFUSED, DatasetDriver, conflict, refusal, remove, replace

from mock_cognitosync import NeverApplied, PushNotification, SnapshotRefused, connect
from mock_cognitosync.exceptions import CognitoSyncError, DatasetNotFound, TooManyDatasets

pytestmark = pytest.mark.cognitosync(max_attempts=1)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/sync"


@pytest.fixture(params=["in process", "over HTTP"])
def sync(request, cognitosync_server):
    """A handle of the mock of this test: its own, or one that talks to its server."""
    if request.param == "in process":
        yield cognitosync_server.handle
    else:
        with connect(cognitosync_server.url) as handle:
            yield handle


@pytest.fixture
def profile(sync, client):
    """A driver for the dataset ``profile`` of a new identity in a new pool; the dataset does not exist yet."""
    return DatasetDriver.of_new_identity(sync, client)


@pytest.fixture
def user(sync):
    return sync.new_user()


# Ids and users


def test_a_handle_knows_its_account_and_region(sync):
    """The handle of another region is another one, and a region without the service is refused."""
    assert (sync.account_id, sync.region_name) == (ACCOUNT, "us-east-1")
    other = sync.at(region_name="eu-west-1", account_id="210987654321")
    assert (other.account_id, other.region_name) == ("210987654321", "eu-west-1")
    assert other.new_pool().startswith("eu-west-1:")
    with pytest.raises(ValueError, match='Cognito Sync is not in the region "moon-1"; it is in ap-'):
        sync.at(region_name="moon-1")
    with pytest.raises(ValueError, match="account_id must consist of 12 digits, got '5'"):
        sync.at(account_id="5")


def test_users_share_a_pool_and_are_listed_in_their_order(sync, user):
    """Users created through the handle come first, then those that only a client has written."""
    second = sync.new_user()
    pool = sync.new_pool()
    other = sync.new_user(pool)

    assert user.identity_pool_id == second.identity_pool_id != pool
    assert sync.users() == [user, second, other]


def test_ids_of_the_wrong_kind_or_region_are_refused(sync, user):
    """The handle refuses an id at once, with the fix."""
    with pytest.raises(ValueError, match=r"is the id of an identity: pass the id of an identity pool, from new_pool"):
        sync.device(user.identity_id, user.identity_id)
    with pytest.raises(ValueError, match=r"use at\(region_name='eu-west-1'\)"):
        sync.new_identity("eu-west-1:0")
    with pytest.raises(ValueError, match="identity_id must be an id such as"):
        sync.records(user.identity_pool_id, "me", "profile")
    with pytest.raises(TypeError, match="dataset must be a str such as 'profile', got 5"):
        sync.dataset(user.identity_pool_id, user.identity_id, 5)


@pytest.mark.cognitosync(strict_credentials=True)
def test_credentials_are_those_of_the_identity(sync, user):
    """A client with them may access the data of this identity only."""
    own = boto3.client("cognito-sync", **user.credentials())

    assert own.list_records(**user.parameters("profile"))["Count"] == 0
    other = sync.new_user()
    assert refusal(own.list_records, **other.parameters("profile"))[:2] == ("NotAuthorizedException", 403)


# Data


def test_a_device_writes_removes_and_deletes(sync, user):
    """What a device does is what `records`, `dataset` and `datasets` show."""
    device = user.device()
    assert device.put("profile", {"a": "1", "é": "2"}) == 1
    assert device.remove("profile", "a") == 2

    state = user.dataset("profile")
    assert user.records("profile") == {"é": "2"}
    assert (state.exists, state.sync_count, state.num_records, state.size_bytes) == (True, 2, 1, 3)
    assert (state.sync_counts, state.tombstones) == ({"é": 1}, {"a": 2})
    assert state.creation_date <= state.last_modified_date
    assert state.last_modified_by == user.identity_id
    assert user.datasets() == {"profile": state}

    device.delete_dataset("profile")
    assert (user.records("profile"), user.datasets()) == ({}, {})
    assert user.dataset("profile").creation_date is None


def test_any_text_can_be_a_key_or_a_value(user):
    """Line breaks, quotes, control characters and characters beyond the basic plane arrive unchanged."""
    records = {"a/b?c#d": 'line\n"quoted"', "😀": "\x7f\u2028"}
    user.device().put("a:b", records)

    assert user.records("a:b") == records


def test_refusals_of_the_service_are_of_the_same_classes(user):
    """A device is refused with the same class, code and message."""
    device = user.device()
    with pytest.raises(DatasetNotFound, match="Dataset 'profile' not found"):
        device.delete_dataset("profile")
    for number in range(20):
        device.put(f"d{number}", {"a": "1"})
    with pytest.raises(TooManyDatasets) as refused:
        device.put("profile", {"a": "1"})
    assert (refused.value.code, refused.value.message) == (
        "LimitExceededException",
        "An identity can have at most 20 datasets",
    )
    with pytest.raises(CognitoSyncError, match="failed to satisfy constraint"):
        device.put("d0", {"": "1"})
    with pytest.raises(TypeError, match="the value of 'a' must be a str, got int 5"):
        device.put("d0", {"a": 5})


def test_identities_merge(sync, user):
    """The datasets of the guest belong to the member."""
    guest = sync.new_user()
    guest.device().put("profile", {"a": "1"})
    sync.merge_identities(guest, into=user)

    assert list(user.datasets()) == [f"profile.{guest.identity_id}"]
    with pytest.raises(ValueError, match="cannot be merged into itself"):
        sync.merge_identities(user, into=user)


def test_state_survives_a_file(sync, user, tmp_path):
    """`save` writes what `load` reads."""
    file = tmp_path / "state.json"
    user.device().put("profile", {"a": "\ud800"})
    sync.save(file)
    text = file.read_bytes()
    user.device().remove("profile", "a")
    sync.load(file)

    assert user.records("profile") == {"a": "\ud800"}
    sync.save(file)
    assert file.read_bytes() == text


def test_a_file_that_is_no_snapshot_changes_nothing(sync, user, tmp_path):
    """The refusal names the file."""
    user.device().put("profile", {"a": "1"})
    file = tmp_path / "state.json"
    file.write_text('{"mock_cognitosync": 1, "accounts": {}}')
    with pytest.raises(SnapshotRefused) as refused:
        sync.load(file)

    assert str(refused.value) == f"{file} has no state of us-east-1 of account {ACCOUNT}; it has state of no region"
    assert user.records("profile") == {"a": "1"}
    with pytest.raises(FileNotFoundError):
        sync.load(tmp_path / "missing.json")


def test_a_reset_can_be_limited_to_a_pool(sync, user):
    """Other pools keep their data."""
    other = sync.new_user(sync.new_pool())
    for one in (user, other):
        one.device().put("profile", {"a": "1"})
    sync.reset(user.identity_pool_id)
    assert (user.records("profile"), other.records("profile")) == ({}, {"a": "1"})
    sync.reset()
    assert other.records("profile") == {}


# What happened


def test_calls_have_outcome_hint_and_rule(sync, profile):
    """Each attempt is recorded with its parameters, and the hint of a refusal."""
    profile.device().put("profile", {"a": "1"})
    profile.refused_update(replace("a"), remove("b", DeviceLastModifiedDate=1_700_000_000))

    calls = sync.calls
    listing, update = calls
    assert (listing.operation, listing.succeeded, listing.caller) == ("ListRecords", True, ACCOUNT)
    assert update.parameters["RecordPatches"][1] == {
        "Op": "remove",
        "Key": "b",
        "SyncCount": 0,
        "DeviceLastModifiedDate": 1_700_000_000,
    }
    assert (update.error, update.message) == conflict("a", current=1, sent=0)[::2]
    assert (update.rule, update.mark) == ("counts-3", "logged")
    assert update.hint.startswith("'a' was last written by")
    assert (update.attempt, update.region_name, update.account_id) == (1, "us-east-1", ACCOUNT)
    calls.assert_called_once_with("UpdateRecords", DatasetName="profile")
    with pytest.raises(AssertionError, match=r"expected 2 calls of ListRecords\(\), found 1"):
        calls.assert_call_count("ListRecords", 2)


def test_calls_of_other_regions_are_counted(sync, profile):
    """The report says if a client was configured for another region, and it lists refused devices."""
    west = boto3.client("cognito-sync", region_name="us-west-2")
    west.list_identity_pool_usage()
    with pytest.raises(DatasetNotFound):
        profile.device().delete_dataset("profile")

    assert str(sync.calls) == (
        f"No call has reached Cognito Sync in us-east-1, but 1 call reached us-west-2 of account {ACCOUNT}."
    )
    assert len(sync.at(region_name="us-west-2").calls) == 1
    assert "device <- service   ResourceNotFoundException: Dataset 'profile' not found." in sync.report()
    assert "hint: datasets of this identity: none" in sync.report()


def test_streams_and_pushes_are_shown(sync, client, profile):
    """`stream_records` and `push_notifications` have the documented data."""
    application = boto3.client("sns").create_platform_application(
        Name="app", Platform="GCM", Attributes={"PlatformCredential": "c", "PlatformPrincipal": "p"}
    )["PlatformApplicationArn"]
    boto3.client("kinesis").create_stream(StreamName="changes", ShardCount=1)
    client.set_identity_pool_configuration(
        **profile.pool,
        PushSync={"ApplicationArns": [application], "RoleArn": ROLE},
        CognitoStreams={"StreamName": "changes", "RoleArn": ROLE, "StreamingStatus": "ENABLED"},
    )
    device_id = client.register_device(**profile.identity, Platform="GCM", Token="t")["DeviceId"]
    profile.write(replace("theme", "dark"))
    client.subscribe_to_dataset(**profile.parameters, DeviceId=device_id)
    profile.write(replace("theme", "light", 1))

    assert [record.data["syncCount"] for record in sync.stream_records] == [1, 2]
    assert sync.stream_records[0].data["kinesisSyncRecords"][0]["value"] == "dark"
    [push] = sync.push_notifications
    assert push == PushNotification(device_id, "GCM", push.data)
    assert (push.data["datasetName"], push.data["syncCount"]) == ("profile", 2)


def test_both_handles_tell_the_same_story(cognitosync_server, client):
    """Entries of every kind arrive complete, so that the text and the diagram are equal."""
    local = cognitosync_server.handle
    with connect(cognitosync_server.url) as remote:
        profile = DatasetDriver.of_new_identity(local, client)
        boto3.client("kinesis").create_stream(StreamName="changes", ShardCount=1)
        streams = {"StreamName": "changes", "RoleArn": ROLE, "StreamingStatus": "ENABLED"}
        client.set_identity_pool_configuration(**profile.pool, CognitoStreams=streams)
        local.set_trigger(profile.identity_pool_id, lambda event: event)
        local.delay("ListRecords", 2, calls=1)
        local.before_next("UpdateRecords", partial(profile.device().put, "profile", {"a": "1", "b": "2"}))
        profile.refused_update(replace("a"))
        local.set_trigger(profile.identity_pool_id, lambda event: 1 / 0)
        with pytest.raises(CognitoSyncError):
            profile.device().remove("profile", "a")
        local.freeze()

        assert remote.story() == local.story()
        assert remote.story(format="mermaid") == local.story(format="mermaid")
        assert remote.report() == local.report()
        assert remote.stream_records == local.stream_records
        assert list(remote.calls) == list(local.calls)


# Faults and hooks


def test_faults_are_injected_and_counted(sync, profile):
    """Each kind of fault reaches the client, and a fault that is removed is injected no more."""
    fault = sync.fail("UpdateRecords", "TooManyRequestsException", message="slow down", calls=1)
    assert profile.refused_update(replace("a"))[::2] == ("TooManyRequestsException", "slow down")
    with sync.drop_connection("ListRecords", dataset="profile") as dropped, pytest.raises(ConnectionClosedError):
        profile.list_records()
    with sync.time_out("ListRecords", identity_id=profile.identity_id), pytest.raises(ReadTimeoutError):
        profile.list_records()
    profile.list_records()

    assert (fault.times_injected, dropped.times_injected) == (1, 1)
    assert repr(fault) == ("<Fault fail('UpdateRecords', 'TooManyRequestsException', calls=1): injected once>")
    assert sync.calls.of("UpdateRecords")[0].faults == ("fail('UpdateRecords', 'TooManyRequestsException', calls=1)",)


def test_a_fault_after_the_write_loses_the_answer(sync, profile):
    """The record is written although the client gets an error."""
    sync.fail("UpdateRecords", "InternalErrorException", after_write=True, attempts=1)

    assert profile.refused_update(replace("a"))[:2] == ("InternalErrorException", 500)
    assert profile.records() == {"a": "v"}


def test_a_delay_takes_time_on_the_clock(sync, profile):
    """A delay moves the clock, so tokens expire during it."""
    sync.delay("UpdateRecords", timedelta(minutes=6), every=1, after=0, probability=1, seed=7)

    assert profile.refused_update(replace("a")) == TOKEN_REFUSED


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (
            ("UpdateRecord", "InternalErrorException"),
            {},
            r"no operation 'UpdateRecord'; did you mean 'UpdateRecords'\?",
        ),
        (("UpdateRecords", "InternalError"), {}, r"never answers with 'InternalError'; did you mean"),
        (("*", "InternalErrorException"), {"calls": 0}, "calls must be an integer >= 1, got 0"),
        (("*", "InternalErrorException"), {"calls": 1, "attempts": 1}, "are mutually exclusive"),
        (("*", "InternalErrorException"), {"probability": 2}, "probability must be a number from 0 to 1, got 2"),
    ],
)
def test_a_wrong_fault_is_refused_at_once(sync, arguments, options, message):
    """The message is the same, and no fault is added."""
    with pytest.raises(ValueError, match=message):
        sync.fail(*arguments, **options)


def test_another_device_acts_before_a_call(sync, profile):
    """A hook that is a partial of a device's method makes a call meet a conflict, or a deletion."""
    phone = profile.device()
    hook = sync.before_next("UpdateRecords", partial(phone.put, "profile", {"a": "phone"}))
    assert profile.refused_update(replace("a", "client")) == conflict("a", current=1, sent=0)
    assert hook.times_run == 1

    sync.before_next("DescribeDataset", partial(phone.remove, "profile", "a"))
    assert profile.describe()["NumRecords"] == 0
    sync.before_next("ListDatasets", partial(phone.delete_dataset, "profile"), calls=1, dataset=None)
    assert profile.dataset_names() == []


def test_a_hook_that_was_removed_does_not_run(sync, profile):
    """`remove` is idempotent."""
    hook = sync.before_next("ListRecords", partial(profile.device().put, "profile", {"a": "1"}), optional=True)
    hook.remove()
    hook.remove()
    profile.list_records()

    assert (profile.records(), hook.times_run) == ({}, 0)


# Clock, tokens and limits


def test_the_clock_expires_tokens(sync, profile):
    """`advance` moves it, `freeze` stops it, and the end of its block lets it run again."""
    token = profile.token()
    with sync.freeze():
        sync.advance(299)
        profile.write(replace("a"), token=token)
        token = profile.token()
        sync.advance(timedelta(seconds=301))
        assert profile.refused_update(replace("b"), token=token) == TOKEN_REFUSED
    sync.unfreeze()
    with pytest.raises(ValueError, match="seconds must be a timedelta or a number from 0 to"):
        sync.advance(-1)


def test_tokens_expire_on_demand(sync, profile):
    """All tokens issued so far are refused."""
    token = profile.token()
    sync.expire_tokens()

    assert profile.refused_update(replace("a"), token=token) == TOKEN_REFUSED


def test_limits_can_be_changed(sync, profile):
    """Limits that are not passed stay as they are."""
    sync.set_limits(records_per_dataset=1)
    profile.write(replace("a"))

    assert profile.refused_update(replace("b"))[2] == "A dataset can have at most 1 records"
    with pytest.raises(ValueError, match="records_per_dataset must be an integer >= 0, got -1"):
        sync.set_limits(records_per_dataset=-1)


# The end


@pytest.fixture(params=["in process", "over HTTP"])
def begin(request, cognitosync_server):
    """A function that returns a context manager with a handle, which checks faults and hooks at its end."""
    from mock_cognitosync import mock_cognitosync

    mock = partial(mock_cognitosync, region_name="us-east-1")
    return mock if request.param == "in process" else partial(connect, cognitosync_server.url)


@pytest.mark.cognitosync(unused="ignore")
def test_a_fault_that_was_never_applied_fails_at_the_end(begin):
    """The sentence says what was expected and what came."""

    def body():
        with begin() as sync:
            sync.fail("UpdateRecords", "ServiceUnavailable")
            sync.fail("*", "ServiceUnavailable", optional=True)

    with pytest.raises(NeverApplied) as raised:
        body()

    assert str(raised.value).splitlines() == [
        "fail('UpdateRecords', 'ServiceUnavailable') was never injected: no call of UpdateRecords reached us-east-1.",
        "Remove what the test does not need, or pass optional=True to it.",
    ]


@pytest.mark.cognitosync(unused="ignore")
def test_an_exception_in_the_block_is_not_hidden(begin):
    """A fault that was never applied does not hide it."""

    def body():
        with begin() as sync:
            sync.fail("UpdateRecords", "ServiceUnavailable")
            raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        body()


def test_after_the_end_only_what_was_recorded_can_be_read(begin, client):
    """Faults and hooks end with the block, and calls stay."""
    with begin() as sync:
        user = sync.new_user()
        device = user.device()
        fault = sync.fail("ListDatasets", "InternalErrorException")
        hook = sync.before_next("ListRecords", partial(device.put, "profile", {"a": "1"}), optional=True)
        refusal(boto3.client("cognito-sync", region_name="us-east-1").list_datasets, **user.parameters())

    boto3.client("cognito-sync", region_name="us-east-1").list_datasets(**user.parameters())
    assert [call.operation for call in sync.calls] == ["ListDatasets"]
    assert (fault.times_injected, hook.times_run, sync.push_notifications) == (1, 0, [])
    assert repr(sync) == f"<CognitoSync in us-east-1 of account {ACCOUNT}, ended>"
    fault.remove()
    for use in (
        sync.users,
        sync.reset,
        sync.new_user,
        sync.new_pool,
        sync.expire_tokens,
        sync.freeze,
        sync.unfreeze,
        lambda: sync.advance(1),
        lambda: sync.set_limits(records_per_dataset=1),
        lambda: sync.at(region_name="eu-west-1"),
        lambda: sync.save("nowhere"),
        lambda: sync.load("nowhere"),
        lambda: user.records("profile"),
        lambda: user.dataset("profile"),
        lambda: user.datasets(),
        lambda: user.credentials(),
        lambda: device.put("profile", {"a": "1"}),
        lambda: device.remove("profile", "a"),
        lambda: device.delete_dataset("profile"),
        lambda: sync.merge_identities(user, into=user),
        lambda: sync.fail("*", "InternalErrorException"),
        lambda: sync.before_next("*", partial(device.remove, "profile")),
    ):
        with pytest.raises(RuntimeError, match="has ended: only what it recorded can be read"):
            use()


def test_a_frozen_clock_ends_with_its_block_also_after_the_end(begin):
    """The end of the block of `freeze` raises nothing if the mock has ended before."""
    with begin() as sync:
        frozen = sync.freeze()
    with frozen, pytest.raises(RuntimeError, match="has ended"):
        sync.freeze()


# The story


def test_a_handle_tells_the_same_story(sync, profile):
    """The history has the same entries at a server, with the count at which an update was written."""
    profile.fill("theme")
    token = profile.token()
    profile.device().put("profile", {"theme": "light"})
    with sync.drop_connection("UpdateRecords", after_write=True, calls=1), pytest.raises(ConnectionClosedError):
        profile.update(replace("theme", "dark", 2), token=token)
    sync.advance(5)

    assert [line.strip() for line in sync.story().splitlines()[4:]] == [
        "2 client -> service   UpdateRecords(profile, replace 'theme' at 0: 'v')",
        "client <- service   ok, written at sync count 1",
        "3 client -> service   ListRecords(profile)",
        "client <- service   ok, at sync count 1",
        "device -> service   put 'theme': 'light' in profile",
        "device <- service   ok, written at sync count 2",
        "4 client -> service   UpdateRecords(profile, replace 'theme' at 2: 'dark')",
        "client <- service   ConnectionLost, after it was written at sync count 3",
        "injected: drop_connection('UpdateRecords', after_write=True, calls=1)",
        "the clock advances by 5 s",
    ]
    assert sync.story() == sync.report()
