"""Hints: how to fix a refused call, in the recorded call only."""

from __future__ import annotations

import boto3
import pytest
from driver import ACCOUNT, refusal, remove, replace

from mock_cognitosync import mock_cognitosync
from mock_cognitosync.cognitosync.domain.keys import AccountRegion
from mock_cognitosync.cognitosync.exceptions import StaleSyncCount
from mock_cognitosync.cognitosync.interceptor import Call
from mock_cognitosync.control.hints import explain


@pytest.fixture
def phone(profile):
    return profile.device()


def hint_of_update(dataset, *patches):
    """The hint of an update that must be refused."""
    dataset.refused_update(*patches)
    return dataset.sync.calls[-1].hint


def hint_of(sync, call, **parameters):
    """The hint of a call that must be refused."""
    refusal(call, **parameters)
    return sync.calls[-1].hint


def test_a_stale_count_names_the_last_writer_and_the_count_to_send(profile, phone):
    """The hint states who wrote or removed the record last, and which count to send."""
    phone.put("profile", {"theme": "dark"})
    hints = [hint_of_update(profile, replace("theme"))]
    phone.remove("profile", "theme")
    hints.append(hint_of_update(profile, replace("theme", "x", 1)))

    author = profile.identity_id
    assert hints == [
        f"'theme' was last written by {author} at SyncCount 1: list the records again, merge, and send SyncCount 1",
        f"'theme' was last removed by {author} at SyncCount 2: list the records again, merge, and send SyncCount 2",
    ]


def test_a_stale_count_of_a_dataset_that_is_deleted_meanwhile_names_the_count_of_the_refusal(cognitosync):
    """If another thread has deleted the dataset since, the hint states the count at the time of the refusal."""
    key = {"IdentityPoolId": "us-east-1:0", "IdentityId": "us-east-1:1", "DatasetName": "d"}
    call = Call("UpdateRecords", AccountRegion(ACCOUNT, "us-east-1"), None, None, 1, key)

    explained = explain(call, StaleSyncCount("theme", 2, 1))

    assert explained.hint == "'theme' was at SyncCount 2: list the records again"


@pytest.mark.cognitosync(strict_sync_counts=True)
def test_a_count_above_the_record_s_names_that_count(profile):
    """The hint states the record's own count, which is not the dataset's."""
    hints = [
        hint_of_update(profile, replace("new", "x", 3)),
        hint_of_update(profile.named("b"), remove("k", 4)),
    ]

    assert hints == [
        "'new' is at SyncCount 0, the call sent 3: send the record's own SyncCount, not the dataset's",
        "'k' is at SyncCount 0, the call sent 4: send the record's own SyncCount, not the dataset's",
    ]


def test_an_invalid_token_has_its_reason(cognitosync, client, profile):
    """The hint states whether the token was consumed, belongs to another dataset, has expired or is unknown."""
    token = profile.token()
    update = {**profile.parameters, "SyncSessionToken": token, "RecordPatches": [replace("theme")]}
    client.update_records(**update)
    hints = [hint_of(cognitosync, client.update_records, **update)]
    foreign = {**update, "SyncSessionToken": profile.named("cart").token()}
    hints.append(hint_of(cognitosync, client.update_records, **foreign))
    late = {**update, "SyncSessionToken": profile.token()}
    cognitosync.advance(300)
    hints.append(hint_of(cognitosync, client.update_records, **late))
    hints.append(hint_of(cognitosync, client.list_records, **profile.parameters, SyncSessionToken="made up"))

    assert hints == [
        f"the SyncSessionToken {fault}: get a new one with ListRecords of this dataset"
        for fault in (
            "was consumed by an earlier UpdateRecords",
            f"is for dataset cart of identity {profile.identity_id}",
            "has expired",
            "was not issued here",
        )
    ]


def test_a_count_above_the_dataset_s_names_that_count(cognitosync, client, profile, phone):
    """The hint states the sync count of the dataset."""
    phone.put("profile", {"theme": "dark"})

    hint = hint_of(cognitosync, client.list_records, **profile.parameters, LastSyncCount=7)

    assert hint == "LastSyncCount 7 was sent, but the sync count of the dataset is 1: list from 0"


def test_an_unknown_pool_names_the_region_or_the_known_pools(cognitosync, client):
    """The hint states that the pool is in another region, or which pools cognito-identity has created."""
    identity = {"IdentityId": "us-east-1:0"}
    pools = boto3.client("cognito-identity", "us-east-1")
    hints = [hint_of(cognitosync, client.list_datasets, IdentityPoolId="eu-west-1:0", **identity)]
    ids = sorted(
        pools.create_identity_pool(IdentityPoolName=f"p{number}", AllowUnauthenticatedIdentities=True)["IdentityPoolId"]
        for number in range(7)
    )
    hints.append(hint_of(cognitosync, client.list_datasets, IdentityPoolId="us-east-1:0", **identity))

    assert hints == [
        "the pool is in eu-west-1, but the client is in us-east-1",
        (
            f"pools created with cognito-identity in this account and region: {', '.join(ids[:5])} and 2 more; create "
            'the pool there, use one from new_pool(), or mock with identity_pools="any"'
        ),
    ]


def test_an_unknown_pool_when_no_pool_exists_says_so():
    """If only created pools exist and none was created, the hint says that there are none."""
    with mock_cognitosync(region_name="us-east-1", identity_pools="created") as sync:
        names = {"IdentityPoolId": "us-east-1:0", "IdentityId": "us-east-1:0"}
        hint = hint_of(sync, boto3.client("cognito-sync").list_datasets, **names)
    assert hint.startswith(
        "pools created with cognito-identity in this account and region: none; create the pool there"
    )


def test_an_unknown_dataset_names_those_of_the_identity(cognitosync, client, profile, phone):
    """The hint states that the dataset was deleted, or is misspelt, or which datasets the identity has."""
    hints = [hint_of(cognitosync, client.describe_dataset, **profile.parameters)]
    phone.put("profiles", {"theme": "dark"})
    hints.append(hint_of(cognitosync, client.describe_dataset, **profile.parameters))
    phone.put("profile", {"theme": "dark"})
    phone.delete_dataset("profile")
    hints.append(hint_of(cognitosync, client.describe_dataset, **profile.parameters))

    assert hints == [
        "datasets of this identity: none",
        "datasets of this identity: profiles; did the call mean 'profiles'?",
        f"it was deleted by {profile.identity_id}: the next update creates it again",
    ]


def test_an_exceeded_limit_has_the_numbers(cognitosync, profile, phone):
    """The hint states what is stored, what is allowed and what the call sent."""
    cognitosync.set_limits(datasets_per_identity=1, records_per_dataset=2, dataset_size_bytes=10)
    hints = [hint_of_update(profile, *(replace(key) for key in "abc"))]
    phone.put("profile", {"a": "b"})
    hints.append(hint_of_update(profile, replace("b", "v" * 10)))
    hints.append(hint_of_update(profile.named("cart"), replace("a")))

    assert hints == [
        "the dataset has 0 of 2 records and 0 of 10 bytes; the call sent 3 patches",
        "the dataset has 1 of 2 records and 2 of 10 bytes; the call sent 1 patches",
        "the identity has 1 of 1 datasets: profile",
    ]


@pytest.mark.cognitosync(strict_credentials=True)
def test_wrong_credentials_name_their_owner_and_what_the_operation_needs(cognitosync, client, profile):
    """The hint states whose credentials the call used, and whose the operation needs."""
    pool, identity, _ = profile.key
    app = boto3.client("cognito-sync", **cognitosync.credentials_for(pool, identity))
    device = {**profile.identity, "Platform": "GCM", "Token": "t"}
    other = {"IdentityPoolId": pool, "IdentityId": "us-east-1:0"}

    assert [
        hint_of(cognitosync, client.register_device, **device),
        hint_of(cognitosync, app.get_cognito_events, IdentityPoolId=pool),
        hint_of(cognitosync, app.list_datasets, **other),
    ] == [
        (
            "the call used a developer's credentials, but RegisterDevice needs an identity's: "
            "boto3.client('cognito-sync', **credentials_for(pool, identity))"
        ),
        (
            "the call used an identity's credentials, but GetCognitoEvents needs a developer's: create the client "
            "without credentials_for(...)"
        ),
        f"the credentials belong to identity {identity} in pool {pool}",
    ]


def test_a_failed_trigger_has_its_error(cognitosync, profile):
    """The hint states what the function raised, or what is wrong with its answer."""
    hints = []
    for function in (lambda event: 1 // 0, lambda event: {**event, "version": 3}):
        cognitosync.set_trigger(profile.identity_pool_id, function)
        hints.append(hint_of_update(profile, replace("theme")))

    assert hints == [
        "the sync trigger failed with ZeroDivisionError: integer division or modulo by zero",
        "the sync trigger failed with ValueError: version is read-only",
    ]


def test_a_complete_message_has_no_hint(cognitosync, client, profile):
    """A refusal whose message is complete has the hint None."""
    assert hint_of(cognitosync, client.list_records, **profile.parameters, MaxResults=0) is None


def test_hints_do_not_go_over_the_wire(cognitosync, profile):
    """The answer contains only the service's own message; the hint is in the recorded call."""
    profile.write(replace("theme"))
    message = profile.refused_update(replace("theme"))[2]
    call = cognitosync.calls[-1]

    assert message == call.message == "Current SyncCount for: theme is: 1 not: 0"
    assert str(call).endswith(
        f"-> ResourceConflictException: {call.message} (rule counts-3, logged)\n      hint: {call.hint}"
    )
