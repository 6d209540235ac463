"""The recorded calls: their contents, how to find them, and assertions on them."""

from __future__ import annotations

import threading

import boto3
import pytest
import requests
from driver import ACCOUNT, DatasetDriver, refusal, replace

from mock_cognitosync import Calls, CognitoSync, mock_cognitosync

HOST = "https://cognito-sync.us-east-1.amazonaws.com"


@pytest.fixture
def profile(cognitosync, client):
    """A driver for a dataset of an identity whose id is known, since messages show its first characters."""
    pool = cognitosync.new_pool()
    return DatasetDriver(cognitosync, client, pool, f"{pool[:9]}:00000000-0000")


def url_of(profile):
    """The URL of the dataset."""
    pool, identity, name = profile.key
    return f"{HOST}/identitypools/{pool}/identities/{identity}/datasets/{name}"


def test_a_call_has_its_parameters_its_caller_and_its_outcome(cognitosync, client, profile):
    """A call has the parameters as sent, the account and region, the caller and the outcome, but not the answer."""
    token = profile.token()
    patches = [replace("theme", "dark")]
    client.update_records(**profile.parameters, SyncSessionToken=token, RecordPatches=patches)

    call = cognitosync.calls[1]

    assert (call.operation, call.succeeded, call.error, call.message, call.hint) == (
        "UpdateRecords",
        True,
        None,
        None,
        None,
    )
    assert call.parameters == {**profile.parameters, "SyncSessionToken": token, "RecordPatches": patches}
    assert (call.account_id, call.region_name, call.caller, call.access_key) == (
        ACCOUNT,
        "us-east-1",
        ACCOUNT,
        "FOOBARKEY",
    )
    assert (call.attempt, len(call.invocation_id)) == (1, 36)


def test_the_caller_with_credentials_of_an_identity_is_that_identity(cognitosync, profile):
    """The caller of a call is the identity whose credentials were used."""
    profile.through(boto3.client("cognito-sync", **cognitosync.credentials_for(*profile.key[:2]))).token()

    assert cognitosync.calls[0].caller == profile.identity_id


@pytest.mark.cognitosync(strict_credentials=True)
def test_a_call_with_refused_credentials_has_no_caller(cognitosync, client, profile):
    """If the credentials are refused, the call is recorded without a caller."""
    refused = refusal(client.register_device, **profile.identity, Platform="GCM", Token="t")

    call = cognitosync.calls[0]

    assert (call.error, call.caller, call.access_key) == (refused[0], None, "FOOBARKEY")


def test_a_malformed_call_has_no_parameters(cognitosync, profile):
    """A call whose body is not JSON is recorded without parameters."""
    requests.post(url_of(profile), data="{", timeout=5)

    call = cognitosync.calls[0]

    assert (call.operation, call.parameters, call.error) == ("UpdateRecords", {}, "SerializationException")


def test_calls_are_found_by_operation_and_parameters(cognitosync, client, profile):
    """`of` accepts both spellings of an operation or ``*``, and any of its parameters."""
    profile.update(replace("theme"))
    profile.named("cart").token()
    calls = cognitosync.calls

    found = [
        calls.of("list_records"),
        calls.of("ListRecords", DatasetName="cart"),
        calls.of("*", DatasetName="profile"),
        calls.of("UpdateRecords", DatasetName="profile", DeviceId="d"),
        calls[1:],
    ]

    assert [[call.operation for call in some] for some in found] == [
        ["ListRecords", "ListRecords"],
        ["ListRecords"],
        ["ListRecords", "UpdateRecords"],
        [],
        ["UpdateRecords", "ListRecords"],
    ]
    assert all(isinstance(some, Calls) for some in found)
    assert repr(calls) == "<Calls: ListRecords, UpdateRecords, ListRecords>"
    assert repr(calls[:0]) == "<Calls: none>"


def test_a_misspelt_operation_is_refused(cognitosync):
    """The message suggests the nearest name, so that an assertion of absence does not pass by mistake."""
    with pytest.raises(ValueError, match=r"no operation 'ListRecord'; did you mean 'ListRecords'\?"):
        cognitosync.calls.assert_not_called("ListRecord")


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        ("ListRecords", r"ListRecords has no parameter 'DatasetNam'; did you mean 'DatasetName'\?"),
        ("*", r"\* has no parameter 'DatasetNam'; did you mean 'DatasetName'\?"),
    ],
)
def test_a_misspelt_parameter_is_refused(cognitosync, operation, message):
    """The message suggests the nearest name, for the same reason."""
    with pytest.raises(ValueError, match=message):
        cognitosync.calls.assert_not_called(operation, DatasetNam="profile")


def test_a_true_assertion_passes(cognitosync, profile):
    """Parameters that an assertion does not name may have any value."""
    profile.update(replace("theme"))

    cognitosync.calls.assert_called("ListRecords")
    cognitosync.calls.assert_called_once_with("update_records", DatasetName="profile")
    cognitosync.calls.assert_not_called("UpdateRecords", DatasetName="cart")
    cognitosync.calls.assert_not_called("DeleteDataset")


def test_the_attempts_of_a_call_count_as_one_call(cognitosync, profile, monkeypatch):
    """A retry is recorded as another attempt and does not count as a second call."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "3")
    cognitosync.drop_connection("ListRecords", attempts=2)
    profile.through(boto3.client("cognito-sync")).token()

    cognitosync.calls.assert_called_once_with("ListRecords")
    assert [call.attempt for call in cognitosync.calls] == [1, 2, 3]
    assert len({call.invocation_id for call in cognitosync.calls}) == 1


SENT = "DatasetName='profile', IdentityId=us-east-1:00000000..., IdentityPoolId=us-east-1:{pool}..."


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (
            lambda calls: calls.assert_called_once_with("UpdateRecords", DatasetName="profile"),
            (
                "expected one call of UpdateRecords(DatasetName='profile'), found 0.\n"
                "1 call reached Cognito Sync in us-east-1:\n"
                f" 1 ListRecords({SENT})\n   -> ok"
            ),
        ),
        (
            lambda calls: calls.assert_called_once_with("ListRecords", DatasetName="cart"),
            (
                "expected ListRecords(DatasetName='cart'), but DatasetName was 'profile'.\n"
                "1 call reached Cognito Sync in us-east-1:\n"
                f" 1 ListRecords({SENT})\n   -> ok"
            ),
        ),
        (
            lambda calls: calls.assert_called("DeleteDataset"),
            (
                "expected a call of DeleteDataset(), found none.\n"
                "1 call reached Cognito Sync in us-east-1:\n"
                f" 1 ListRecords({SENT})\n   -> ok"
            ),
        ),
        (
            lambda calls: calls.assert_not_called("ListRecords"),
            (
                "expected no call of ListRecords().\n"
                "1 call reached Cognito Sync in us-east-1:\n"
                f" 1 ListRecords({SENT})\n   -> ok"
            ),
        ),
        (
            lambda calls: calls[:0].assert_called("ListRecords"),
            "expected a call of ListRecords(), found none.\nNo call has reached Cognito Sync in us-east-1.",
        ),
    ],
)
def test_a_false_assertion_states_what_was_expected_and_found(cognitosync, profile, check, message):
    """The message of a failed assertion lists the calls that were made."""
    profile.token()
    with pytest.raises(AssertionError) as failure:
        check(cognitosync.calls)

    assert str(failure.value) == message.replace("{pool}", profile.identity_pool_id[10:18])


def test_called_once_with_counts_calls_with_any_parameters(cognitosync, profile):
    """`assert_called_once_with` counts all calls of the operation, whatever they sent."""
    profile.token()
    profile.named("cart").token()

    with pytest.raises(AssertionError, match=r"expected one call of ListRecords\(DatasetName='cart'\), found 2\."):
        cognitosync.calls.assert_called_once_with("ListRecords", DatasetName="cart")


def test_a_long_list_is_printed_with_its_latest_calls(cognitosync, profile):
    """The latest twenty calls are printed, and the earlier ones are counted."""
    for number in range(23):
        profile.named(f"profile{number}").token()

    lines = str(cognitosync.calls).splitlines()

    assert lines[:2] == ["23 calls reached Cognito Sync in us-east-1:", "   ... 3 earlier calls"]
    assert [line[:3] for line in lines[2::2]] == [f"{number:2} " for number in range(4, 24)]


@pytest.mark.parametrize(
    ("patches", "shown"),
    [
        ([replace("theme", "dark", 3)], "[replace 'theme' at 3: 'dark']"),
        ([replace("k", "v" * 100)], f"[replace 'k' at 0: '{'v' * 56}...]"),
        ([{"Op": "remove", "Key": "k", "SyncCount": 1}, {}], "[remove 'k' at 1, None None at None]"),
        (["x", 1], "['x', 1]"),
        ("x" * 100, f"'{'x' * 56}..."),
    ],
)
def test_patches_are_printed_in_short(cognitosync, profile, patches, shown):
    """Patches are printed one after the other; long values are cut, and malformed ones are printed as sent."""
    requests.post(url_of(profile), json={"SyncSessionToken": 7, "RecordPatches": patches}, timeout=5)

    assert f"RecordPatches={shown}, SyncSessionToken=7)" in str(cognitosync.calls[0])


def test_short_ids_are_printed_whole(cognitosync, client):
    """Only long tokens and ids are cut."""
    names = {"IdentityPoolId": "us-east-1:0", "IdentityId": "us-east-1:1"}
    client.list_datasets(**names)

    assert str(cognitosync.calls[0]).startswith("ListDatasets(IdentityId=us-east-1:1, IdentityPoolId=us-east-1:0)")


def test_calls_in_other_regions_are_counted(cognitosync, profile):
    """The printed list mentions calls that reached another region, since that may be the reason of a failure."""
    europe = cognitosync.at(region_name="eu-west-1")
    for _ in range(2):
        DatasetDriver.of_new_identity(europe, boto3.client("cognito-sync", "eu-west-1")).token()
    before = str(cognitosync.calls)
    profile.token()

    assert before == (
        f"No call has reached Cognito Sync in us-east-1, but 2 calls reached eu-west-1 of account {ACCOUNT}."
    )
    assert str(cognitosync.calls).splitlines()[0] == (
        f"1 call reached Cognito Sync in us-east-1; 2 calls reached eu-west-1 of account {ACCOUNT}:"
    )


def test_calls_outlive_their_mock():
    """The calls of a mock are available after its end; the next mock begins without calls."""
    with mock_cognitosync(region_name="us-east-1") as sync:
        DatasetDriver.of_new_identity(sync, boto3.client("cognito-sync")).token()
    with mock_cognitosync(region_name="us-east-1") as after:
        pass

    assert (len(sync.calls), len(after.calls)) == (1, 0)


def test_calls_of_all_threads_are_recorded(cognitosync, profile):
    """No call is lost if several threads call at the same time."""

    def call():
        for _ in range(20):
            profile.token()

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(cognitosync.calls) == 80


@pytest.mark.asyncio
async def test_calls_of_coroutines_are_recorded(cognitosync, profile):
    """The handle works in a coroutine as in a function."""
    profile.token()

    cognitosync.calls.assert_called_once_with("ListRecords")


def test_a_handle_without_a_mock_has_no_calls(cognitosync):
    """A handle that a test creates itself shows data; for calls, its error names the handle of a mock."""
    with pytest.raises(RuntimeError, match=r"calls, faults, hooks, clock, tokens and limits need a mock_cognitosync"):
        _ = CognitoSync("us-east-1").calls
