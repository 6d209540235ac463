"""Hints: what a refused call says to whoever must mend it."""

from __future__ import annotations

import boto3
import pytest
from driver import ACCOUNT, identity_of, new_dataset, place, refusal, remove, replace, token_for, write

from mock_cognitosync import mock_cognitosync
from mock_cognitosync.cognitosync.exceptions import StaleSyncCount
from mock_cognitosync.cognitosync.interceptor import Call
from mock_cognitosync.cognitosync.models import CognitoSyncBackend
from mock_cognitosync.control.hints import hint_for


@pytest.fixture
def profile(cognitosync):
    return new_dataset(cognitosync)


@pytest.fixture
def phone(cognitosync, profile):
    return cognitosync.device(*place(profile)[:2])


def refused_update(sync, client, profile, *patches):
    """The hint of an update that must be refused."""
    token = token_for(client, profile)
    refusal(client.update_records, **profile, SyncSessionToken=token, RecordPatches=patches)
    return sync.calls[-1].hint


def hint_of(sync, call, **parameters):
    refusal(call, **parameters)
    return sync.calls[-1].hint


def test_a_stale_count(cognitosync, cognitosync_client, profile, phone):
    """Who wrote the record or removed it, and the count to send."""
    phone.put("profile", {"theme": "dark"})
    hints = [refused_update(cognitosync, cognitosync_client, profile, replace("theme"))]
    phone.remove("profile", "theme")
    hints.append(refused_update(cognitosync, cognitosync_client, profile, replace("theme", "x", 1)))

    author = profile["IdentityId"]
    assert hints == [
        f"'theme' was last written by {author} at SyncCount 1: list the records again, merge, and send SyncCount 1",
        f"'theme' was last removed by {author} at SyncCount 2: list the records again, merge, and send SyncCount 2",
    ]


def test_a_stale_count_of_a_dataset_that_is_gone_meanwhile():
    """The count of the refusal, if another thread has deleted the dataset since."""
    backend = CognitoSyncBackend("us-east-1", ACCOUNT)
    key = {"IdentityPoolId": "us-east-1:0", "IdentityId": "us-east-1:1", "DatasetName": "d"}
    call = Call("UpdateRecords", backend.account_region, None, None, 1, key)

    hint = hint_for(call, StaleSyncCount("theme", 2, 1), backend)

    assert hint == "'theme' was at SyncCount 2: list the records again"


@pytest.mark.cognitosync(strict_sync_counts=True)
def test_a_count_ahead(cognitosync, cognitosync_client, profile):
    """The record's own count, which is not the dataset's."""
    hints = [
        refused_update(cognitosync, cognitosync_client, profile, replace("new", "x", 3)),
        refused_update(cognitosync, cognitosync_client, {**profile, "DatasetName": "b"}, remove("k", 4)),
    ]

    assert hints == [
        "'new' is at SyncCount 0, the call sent 3: send the record's own SyncCount, not the dataset's",
        "'k' is at SyncCount 0, the call sent 4: send the record's own SyncCount, not the dataset's",
    ]


def test_a_token(cognitosync, cognitosync_client, profile):
    """What is wrong with it: used up, of another dataset, expired, or from somewhere else."""
    token = token_for(cognitosync_client, profile)
    update = {**profile, "SyncSessionToken": token, "RecordPatches": [replace("theme")]}
    cognitosync_client.update_records(**update)
    hints = [hint_of(cognitosync, cognitosync_client.update_records, **update)]
    foreign = {**update, "SyncSessionToken": token_for(cognitosync_client, {**profile, "DatasetName": "cart"})}
    hints.append(hint_of(cognitosync, cognitosync_client.update_records, **foreign))
    late = {**update, "SyncSessionToken": token_for(cognitosync_client, profile)}
    cognitosync.advance(300)
    hints.append(hint_of(cognitosync, cognitosync_client.update_records, **late))
    hints.append(hint_of(cognitosync, cognitosync_client.list_records, **profile, SyncSessionToken="made up"))

    assert hints == [
        f"the SyncSessionToken {fault}: get a new one with ListRecords of this dataset"
        for fault in (
            "was consumed by an earlier UpdateRecords",
            f"is for dataset cart of identity {profile['IdentityId']}",
            "has expired",
            "was not issued here",
        )
    ]


def test_a_count_that_never_was(cognitosync, cognitosync_client, profile, phone):
    """How far the dataset has come."""
    phone.put("profile", {"theme": "dark"})

    hint = hint_of(cognitosync, cognitosync_client.list_records, **profile, LastSyncCount=7)

    assert hint == "LastSyncCount 7 was sent, but the sync count of the dataset is 1: list from 0"


def test_an_unknown_pool(cognitosync, cognitosync_client):
    """Of another region, or not among those made with cognito-identity."""
    identity = {"IdentityId": "us-east-1:0"}
    pools = boto3.client("cognito-identity", "us-east-1")
    hints = [hint_of(cognitosync, cognitosync_client.list_datasets, IdentityPoolId="eu-west-1:0", **identity)]
    ids = sorted(
        pools.create_identity_pool(IdentityPoolName=f"p{number}", AllowUnauthenticatedIdentities=True)["IdentityPoolId"]
        for number in range(7)
    )
    hints.append(hint_of(cognitosync, cognitosync_client.list_datasets, IdentityPoolId="us-east-1:0", **identity))

    assert hints == [
        "the pool is in eu-west-1, but the client is in us-east-1",
        (
            f"pools created with cognito-identity in this account and region: {', '.join(ids[:5])} and 2 more; create "
            'the pool there, use one from new_pool(), or mock with identity_pools="any"'
        ),
    ]


def test_no_pool_at_all():
    """Where only made pools exist and none is made."""
    with mock_cognitosync(region_name="us-east-1", identity_pools="created") as sync:
        names = {"IdentityPoolId": "us-east-1:0", "IdentityId": "us-east-1:0"}
        hint = hint_of(sync, boto3.client("cognito-sync").list_datasets, **names)
    assert hint.startswith(
        "pools created with cognito-identity in this account and region: none; create the pool there"
    )


def test_an_unknown_dataset(cognitosync, cognitosync_client, profile, phone):
    """Deleted by somebody, misspelt, or simply not there."""
    describe = cognitosync_client.describe_dataset
    hints = [hint_of(cognitosync, describe, **profile)]
    phone.put("profiles", {"theme": "dark"})
    hints.append(hint_of(cognitosync, describe, **profile))
    phone.put("profile", {"theme": "dark"})
    phone.delete_dataset("profile")
    hints.append(hint_of(cognitosync, describe, **profile))

    assert hints == [
        "datasets of this identity: none",
        "datasets of this identity: profiles; did the call mean 'profiles'?",
        f"it was deleted by {profile['IdentityId']}: the next update creates it again",
    ]


def test_limits(cognitosync, cognitosync_client, profile, phone):
    """What is there, and what may be."""
    cognitosync.set_limits(datasets_per_identity=1, records_per_dataset=2, dataset_size_bytes=10)
    patches = [replace(key) for key in "abc"]
    hints = [refused_update(cognitosync, cognitosync_client, profile, *patches)]
    phone.put("profile", {"a": "b"})
    hints.append(refused_update(cognitosync, cognitosync_client, profile, replace("b", "v" * 10)))
    hints.append(refused_update(cognitosync, cognitosync_client, {**profile, "DatasetName": "cart"}, replace("a")))

    assert hints == [
        "the dataset has 0 of 2 records and 0 of 10 bytes; the call sent 3 patches",
        "the dataset has 1 of 2 records and 2 of 10 bytes; the call sent 1 patches",
        "the identity has 1 of 1 datasets: profile",
    ]


@pytest.mark.cognitosync(strict_credentials=True)
def test_credentials(cognitosync, cognitosync_client, profile):
    """Whose they are, and whose are wanted."""
    pool, identity, _ = place(profile)
    client = boto3.client("cognito-sync", **cognitosync.credentials_for(pool, identity))
    device = {**identity_of(profile), "Platform": "GCM", "Token": "t"}
    other = {"IdentityPoolId": pool, "IdentityId": "us-east-1:0"}

    assert [
        hint_of(cognitosync, cognitosync_client.register_device, **device),
        hint_of(cognitosync, client.get_cognito_events, IdentityPoolId=pool),
        hint_of(cognitosync, client.list_datasets, **other),
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


def test_a_trigger(cognitosync, cognitosync_client, profile):
    """What it raised, or what is wrong with its answer."""
    hints = []
    for function in (lambda event: 1 // 0, lambda event: {**event, "version": 3}):
        cognitosync.set_trigger(profile["IdentityPoolId"], function)
        hints.append(refused_update(cognitosync, cognitosync_client, profile, replace("theme")))

    assert hints == [
        "the sync trigger failed with ZeroDivisionError: integer division or modulo by zero",
        "the sync trigger failed with ValueError: version is read-only",
    ]


def test_a_message_that_says_it_all(cognitosync, cognitosync_client, profile):
    """Nothing is added to it."""
    assert hint_of(cognitosync, cognitosync_client.list_records, **profile, MaxResults=0) is None


def test_no_word_of_it_goes_over_the_wire(cognitosync, cognitosync_client, profile):
    """The answer has the service's words alone."""
    write(cognitosync_client, profile, replace("theme"))
    refused_update(cognitosync, cognitosync_client, profile, replace("theme"))
    call = cognitosync.calls[-1]

    assert call.message == "Current SyncCount for: theme is: 1 not: 0"
    assert str(call).endswith(
        f"-> ResourceConflictException: {call.message} (rule counts-3, logged)\n      hint: {call.hint}"
    )
