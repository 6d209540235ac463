"""The recorded calls: what they hold, how they are found, and what an assertion says."""

from __future__ import annotations

import threading

import boto3
import pytest
from driver import ACCOUNT, identity_of, new_dataset, place, refusal, replace, token_for, write

from mock_cognitosync import Calls, CognitoSync, mock_cognitosync


@pytest.fixture
def profile(cognitosync):
    pool = cognitosync.new_pool()
    return {"IdentityPoolId": pool, "IdentityId": f"{pool[:9]}:00000000-0000", "DatasetName": "profile"}


def test_what_a_call_holds(cognitosync, cognitosync_client, profile):
    """Operation, parameters as they were sent, place, caller and outcome, but not the answer."""
    token = token_for(cognitosync_client, profile)
    patches = [replace("theme", "dark")]
    cognitosync_client.update_records(**profile, SyncSessionToken=token, RecordPatches=patches)

    call = cognitosync.calls[1]

    assert (call.operation, call.succeeded, call.error, call.message, call.hint) == (
        "UpdateRecords",
        True,
        None,
        None,
        None,
    )
    assert call.parameters == {**profile, "SyncSessionToken": token, "RecordPatches": patches}
    assert (call.account_id, call.region_name, call.caller, call.access_key) == (
        ACCOUNT,
        "us-east-1",
        ACCOUNT,
        "FOOBARKEY",
    )
    assert (call.attempt, len(call.invocation_id)) == (1, 36)


def test_an_identity_calls(cognitosync, profile):
    """The caller is the identity whose credentials were used."""
    client = boto3.client("cognito-sync", **cognitosync.credentials_for(*place(profile)[:2]))
    token_for(client, profile)

    assert cognitosync.calls[0].caller == profile["IdentityId"]


@pytest.mark.cognitosync(strict_credentials=True)
def test_a_refused_caller(cognitosync, cognitosync_client, profile):
    """A call whose credentials are refused is recorded without a caller."""
    refused = refusal(cognitosync_client.register_device, **identity_of(profile), Platform="GCM", Token="t")

    call = cognitosync.calls[0]

    assert (call.error, call.caller, call.access_key) == (refused[0], None, "FOOBARKEY")


def test_a_call_that_cannot_be_read(cognitosync, profile):
    """It is recorded without parameters."""
    import requests

    host = "https://cognito-sync.us-east-1.amazonaws.com"
    path = "/identitypools/{IdentityPoolId}/identities/{IdentityId}/datasets/{DatasetName}".format(**profile)
    requests.post(host + path, data="{")

    call = cognitosync.calls[0]

    assert (call.operation, call.parameters, call.error) == ("UpdateRecords", {}, "SerializationException")


def test_calls_are_found_by_operation_and_parameters(cognitosync, cognitosync_client, profile):
    """``of`` takes both spellings, a star, and any of the parameters."""
    write(cognitosync_client, profile, replace("theme"))
    token_for(cognitosync_client, {**profile, "DatasetName": "cart"})
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


def test_a_misspelt_operation(cognitosync):
    """It is refused with the nearest, so that an assertion of absence does not pass by mistake."""
    with pytest.raises(ValueError, match=r"no operation 'ListRecord'; did you mean 'ListRecords'\?"):
        cognitosync.calls.assert_not_called("ListRecord")


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        ("ListRecords", r"ListRecords has no parameter 'DatasetNam'; did you mean 'DatasetName'\?"),
        ("*", r"\* has no parameter 'DatasetNam'; did you mean 'DatasetName'\?"),
    ],
)
def test_a_misspelt_parameter(cognitosync, operation, message):
    """It is refused for the same reason."""
    with pytest.raises(ValueError, match=message):
        cognitosync.calls.assert_not_called(operation, DatasetNam="profile")


def test_assertions_that_hold(cognitosync, cognitosync_client, profile):
    """They pass in silence; parameters that are not named may be anything."""
    write(cognitosync_client, profile, replace("theme"))

    cognitosync.calls.assert_called("ListRecords")
    cognitosync.calls.assert_called_once_with("update_records", DatasetName="profile")
    cognitosync.calls.assert_not_called("UpdateRecords", DatasetName="cart")
    cognitosync.calls.assert_not_called("DeleteDataset")


def test_attempts_of_one_call_are_one_call(cognitosync, profile, monkeypatch):
    """A client's retry is recorded, and does not count as a second call."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "3")
    cognitosync.drop_connection("ListRecords", attempts=2)
    token_for(boto3.client("cognito-sync"), profile)

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
def test_assertions_that_fail(cognitosync, cognitosync_client, profile, check, message):
    """They say what was expected and what was found."""
    token_for(cognitosync_client, profile)
    with pytest.raises(AssertionError) as failure:
        check(cognitosync.calls)

    assert str(failure.value) == message.replace("{pool}", profile["IdentityPoolId"][10:18])


def test_two_calls_are_not_one(cognitosync, cognitosync_client, profile):
    """assert_called_once_with counts all calls of the operation, whatever they sent."""
    token_for(cognitosync_client, profile)
    token_for(cognitosync_client, {**profile, "DatasetName": "cart"})

    with pytest.raises(AssertionError, match=r"expected one call of ListRecords\(DatasetName='cart'\), found 2\."):
        cognitosync.calls.assert_called_once_with("ListRecords", DatasetName="cart")


def test_a_long_list_shows_the_latest(cognitosync, cognitosync_client, profile):
    """Twenty calls are printed, the older ones are counted."""
    for number in range(23):
        token_for(cognitosync_client, {**profile, "DatasetName": f"profile{number}"})

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
def test_how_patches_are_printed(cognitosync, profile, patches, shown):
    """One after the other, long values cut; strange ones as they came."""
    import requests

    host = "https://cognito-sync.us-east-1.amazonaws.com"
    path = "/identitypools/{IdentityPoolId}/identities/{IdentityId}/datasets/{DatasetName}".format(**profile)
    requests.post(host + path, json={"SyncSessionToken": 7, "RecordPatches": patches})

    assert f"RecordPatches={shown}, SyncSessionToken=7)" in str(cognitosync.calls[0])


def test_short_ids_are_printed_whole(cognitosync, cognitosync_client):
    """There is nothing to cut where a token or id is short."""
    names = {"IdentityPoolId": "us-east-1:0", "IdentityId": "us-east-1:1"}
    cognitosync_client.list_datasets(**names)

    assert str(cognitosync.calls[0]).startswith("ListDatasets(IdentityId=us-east-1:1, IdentityPoolId=us-east-1:0)")


def test_calls_that_went_elsewhere(cognitosync, cognitosync_client, profile):
    """A client of another region is not passed over in silence: that may be the fault."""
    europe = new_dataset(cognitosync.at(region_name="eu-west-1"))
    for _ in range(2):
        token_for(boto3.client("cognito-sync", "eu-west-1"), europe)
    before = str(cognitosync.calls)
    token_for(cognitosync_client, profile)

    assert before == (
        f"No call has reached Cognito Sync in us-east-1, but 2 calls reached eu-west-1 of account {ACCOUNT}."
    )
    assert str(cognitosync.calls).splitlines()[0] == (
        f"1 call reached Cognito Sync in us-east-1; 2 calls reached eu-west-1 of account {ACCOUNT}:"
    )


def test_calls_outlive_their_mock():
    """They can be looked at when the block has ended; the next mock begins with none."""
    with mock_cognitosync(region_name="us-east-1") as sync:
        token_for(boto3.client("cognito-sync"), new_dataset(sync))
    with mock_cognitosync(region_name="us-east-1") as after:
        pass

    assert (len(sync.calls), len(after.calls)) == (1, 0)


def test_calls_from_many_threads(cognitosync, cognitosync_client, profile):
    """None is lost."""

    def call():
        for _ in range(20):
            token_for(cognitosync_client, profile)

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(cognitosync.calls) == 80


async def _call(client, profile):
    token_for(client, profile)


@pytest.mark.asyncio
async def test_calls_from_coroutines(cognitosync, cognitosync_client, profile):
    """The handle works in an async test as anywhere."""
    await _call(cognitosync_client, profile)

    cognitosync.calls.assert_called_once_with("ListRecords")


def test_a_handle_without_a_mock_of_ours(cognitosync):
    """One made by hand shows data, and says where the rest is to be had."""
    with pytest.raises(RuntimeError, match=r"calls, faults, hooks, clock, tokens and limits need a mock_cognitosync"):
        _ = CognitoSync("us-east-1").calls
