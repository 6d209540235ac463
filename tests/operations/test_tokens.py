"""Sync session tokens: handed out, bound, expired and used up."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from driver import (
    NOON,
    TOKEN_REFUSED,
    bodies,
    counted,
    fill,
    new_dataset,
    place,
    refusal,
    remove,
    replace,
    token_for,
)
from freezegun import freeze_time


def push(client, address, token, *patches):
    """Update with *token*; the records written."""
    answer = client.update_records(**address, SyncSessionToken=token, RecordPatches=patches or [replace("a")])
    return counted(answer["Records"])


def refusals(client, address, token):
    """How UpdateRecords and ListRecords refuse *token*."""
    update = refusal(client.update_records, **address, SyncSessionToken=token, RecordPatches=[replace("z")])
    return update, refusal(client.list_records, **address, SyncSessionToken=token)


@pytest.mark.parametrize("exists", [False, True])
def test_each_listing_hands_out_a_fresh_token(cognitosync, cognitosync_client, exists):
    """ListRecords without a token hands out a new one each time, dataset or not; all hold. Source: token-1."""
    profile = new_dataset(cognitosync)
    if exists:
        fill(cognitosync_client, profile, "old")
    first, second = token_for(cognitosync_client, profile), token_for(cognitosync_client, profile)
    assert first != second
    count = int(exists)
    assert push(cognitosync_client, profile, first, replace("a")) == [("a", "v", count + 1)]
    assert push(cognitosync_client, profile, second, replace("b")) == [("b", "v", count + 2)]


@pytest.mark.parametrize(
    "lifetime",
    [
        pytest.param(300, id="default"),
        pytest.param(10, id="ten", marks=pytest.mark.cognitosync(token_lifetime_seconds=10)),
        pytest.param(0.5, id="half", marks=pytest.mark.cognitosync(token_lifetime_seconds=0.5)),
        pytest.param(3600, id="hour", marks=pytest.mark.cognitosync(token_lifetime_seconds=3600)),
    ],
)
def test_a_token_holds_for_its_lifetime(cognitosync, cognitosync_client, time_machine, lifetime):
    """A token holds until its lifetime has passed since its issue, not longer. Source: token-2, token-4."""
    time_machine.move_to(NOON, tick=False)
    profile = new_dataset(cognitosync)
    used, kept = token_for(cognitosync_client, profile), token_for(cognitosync_client, profile)
    time_machine.move_to(NOON + timedelta(seconds=lifetime, milliseconds=-1), tick=False)
    assert push(cognitosync_client, profile, used) == [("a", "v", 1)]
    time_machine.move_to(NOON + timedelta(seconds=lifetime), tick=False)
    assert refusals(cognitosync_client, profile, kept) == (TOKEN_REFUSED, TOKEN_REFUSED)


def test_freezegun_moves_a_token_past_its_end(cognitosync, cognitosync_client):
    """A token expires by freezegun's clock, too. Source: token-2."""
    profile = new_dataset(cognitosync)
    with freeze_time(NOON) as clock:
        token = token_for(cognitosync_client, profile)
        clock.tick(timedelta(seconds=299))
        cognitosync_client.list_records(**profile, SyncSessionToken=token)
        clock.tick(timedelta(seconds=1))
        assert refusals(cognitosync_client, profile, token) == (TOKEN_REFUSED, TOKEN_REFUSED)


def test_a_listing_does_not_lengthen_a_token_s_life(cognitosync, cognitosync_client, time_machine):
    """The lifetime runs from the issue, also when the token is listed with meanwhile. Source: token-2, token-6."""
    time_machine.move_to(NOON, tick=False)
    profile = new_dataset(cognitosync)
    token = token_for(cognitosync_client, profile)
    time_machine.shift(200)
    cognitosync_client.list_records(**profile, SyncSessionToken=token)
    time_machine.shift(100)
    assert refusals(cognitosync_client, profile, token) == (TOKEN_REFUSED, TOKEN_REFUSED)


def test_a_token_is_base64_that_travels_whole(cognitosync, cognitosync_client):
    """Tokens hold +, / and =, and come back intact through path, query and body. Source: token-3."""
    unseen = set("+/=")
    for number in range(200):
        profile = new_dataset(cognitosync, "d" * (number % 3 + 1))
        token = token_for(cognitosync_client, profile)
        base64.b64decode(token, validate=True)
        if unseen & set(token):
            unseen -= set(token)
            listing = cognitosync_client.list_records(**profile, SyncSessionToken=token)
            assert listing["SyncSessionToken"] == token
            assert push(cognitosync_client, profile, token) == [("a", "v", 1)]
    assert unseen == set()


def test_a_token_is_not_bound_to_the_pool(cognitosync, cognitosync_client):
    """The same identity and dataset under another pool may use the token. Source: token-3."""
    profile = new_dataset(cognitosync)
    token = token_for(cognitosync_client, profile)
    elsewhere = profile | {"IdentityPoolId": cognitosync.new_pool()}
    assert push(cognitosync_client, elsewhere, token) == [("a", "v", 1)]
    assert cognitosync.records(*place(profile)) == {}


@pytest.mark.parametrize("member", ["IdentityId", "DatasetName"])
def test_a_token_of_another_identity_or_dataset_is_refused(cognitosync, cognitosync_client, member):
    """A token is bound to its identity and dataset, and stays good for them. Source: token-3, token-4."""
    profile = new_dataset(cognitosync)
    other = profile | {member: {"IdentityId": "us-east-1:0", "DatasetName": "profile2"}[member]}
    token = token_for(cognitosync_client, profile)
    assert refusals(cognitosync_client, other, token) == (TOKEN_REFUSED, TOKEN_REFUSED)
    assert cognitosync.records(*place(other)) == {}
    assert push(cognitosync_client, profile, token) == [("a", "v", 1)]


@pytest.mark.parametrize(
    "garble",
    [
        pytest.param(lambda token: "", id="empty"),
        pytest.param(lambda token: "nonsense", id="word"),
        pytest.param(lambda token: "töken", id="not ASCII"),
        pytest.param(lambda token: "%%%", id="not base64"),
        pytest.param(lambda token: base64.b64encode(b"\xff" * 80).decode(), id="not UTF-8"),
        pytest.param(lambda token: base64.b64encode(b"s" * 32 + b"a soon us-east-1:0 d").decode(), id="not a date"),
        pytest.param(lambda token: token[:-4], id="cut"),
        pytest.param(lambda token: token + "AAAA", id="longer"),
        pytest.param(lambda token: ("B" if token[0] == "A" else "A") + token[1:], id="other seal"),
        pytest.param(lambda token: token + "\n", id="newline"),
    ],
)
def test_a_garbled_token_is_refused(cognitosync, cognitosync_client, garble):
    """What was not handed out is refused by both operations, and nothing is written. Source: token-4."""
    profile = new_dataset(cognitosync)
    garbled = garble(token_for(cognitosync_client, profile))
    assert refusals(cognitosync_client, profile, garbled) == (TOKEN_REFUSED, TOKEN_REFUSED)
    assert cognitosync.records(*place(profile)) == {}


@pytest.mark.parametrize("patch", [replace("old", "new", 1), remove("old", 1)])
def test_a_successful_update_uses_its_token_up(cognitosync, cognitosync_client, patch):
    """After a push the token is good neither for another push nor for a listing. Source: token-5, token-4."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "old")
    token = token_for(cognitosync_client, profile)
    push(cognitosync_client, profile, token, patch)
    assert refusals(cognitosync_client, profile, token) == (TOKEN_REFUSED, TOKEN_REFUSED)
    assert cognitosync.dataset(*place(profile)).sync_count == 2


def test_used_tokens_stay_used_while_others_expire(cognitosync, cognitosync_client, time_machine):
    """A used token stays refused, also after earlier used ones have expired. Source: token-5."""
    time_machine.move_to(NOON, tick=False)
    profile = new_dataset(cognitosync)
    early = token_for(cognitosync_client, profile)
    push(cognitosync_client, profile, early, replace("early"))
    time_machine.shift(299)
    late, last = token_for(cognitosync_client, profile), token_for(cognitosync_client, profile)
    push(cognitosync_client, profile, late, replace("late"))
    assert refusals(cognitosync_client, profile, early) == (TOKEN_REFUSED, TOKEN_REFUSED)
    time_machine.shift(1)
    push(cognitosync_client, profile, last, replace("last"))
    for token in (early, late, last):
        assert refusals(cognitosync_client, profile, token) == (TOKEN_REFUSED, TOKEN_REFUSED)


def test_a_listing_with_a_token_answers_with_it(cognitosync, cognitosync_client):
    """ListRecords with a valid token echoes it on every page, and it stays good. Source: token-6, list-3."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "a", "b")
    token = token_for(cognitosync_client, profile)
    page = cognitosync_client.list_records(**profile, SyncSessionToken=token, MaxResults=1)
    last = cognitosync_client.list_records(**profile, SyncSessionToken=token, NextToken=page["NextToken"])
    assert [page["SyncSessionToken"], last["SyncSessionToken"]] == [token, token]
    assert push(cognitosync_client, profile, token, replace("c")) == [("c", "v", 3)]


@pytest.mark.parametrize(
    "patches",
    [
        pytest.param([replace("old", "new", 9)], id="conflict"),
        pytest.param([replace("a"), replace("a")], id="same key twice"),
        pytest.param([{"Op": "replace", "Key": "a", "SyncCount": 0}], id="no value"),
        pytest.param([replace("k" * 1025)], id="constraint"),
        pytest.param([replace(f"k{number}") for number in range(1024)], id="limit"),
        pytest.param([remove("never")], id="no change"),
        pytest.param([], id="empty"),
    ],
)
def test_only_a_successful_change_uses_a_token_up(cognitosync, cognitosync_client, patches):
    """A refused update, or one that changes nothing, leaves the token good. Source: token-7, update-3."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "old")
    token = token_for(cognitosync_client, profile)
    parameters = {**profile, "SyncSessionToken": token, "RecordPatches": patches}
    if patches in ([], [remove("never")]):
        cognitosync_client.update_records(**parameters)
    else:
        refusal(cognitosync_client.update_records, **parameters)
    assert cognitosync_client.list_records(**profile, SyncSessionToken=token)["SyncSessionToken"] == token
    assert push(cognitosync_client, profile, token, replace("old", "new", 1)) == [("old", "new", 2)]


def test_another_device_s_update_leaves_a_token_good(cognitosync, cognitosync_client):
    """A token outlives what another device writes after its issue. Source: token-7."""
    profile = new_dataset(cognitosync)
    token = token_for(cognitosync_client, profile)
    pool, identity, name = place(profile)
    cognitosync.device(pool, identity).put(name, {"b": "theirs"})
    assert push(cognitosync_client, profile, token, replace("a", "mine")) == [("a", "mine", 2)]


def test_list_delete_update_makes_the_dataset_again(cognitosync, cognitosync_client):
    """DeleteDataset leaves a token good: an update with it makes the dataset again. Source: token-8, datasets-7."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "old")
    token = token_for(cognitosync_client, profile)
    cognitosync_client.delete_dataset(**profile)
    assert push(cognitosync_client, profile, token, replace("new")) == [("new", "v", 3)]
    assert cognitosync.records(*place(profile)) == {"new": "v"}


def test_tokens_are_checked_before_counts(cognitosync, cognitosync_client):
    """A bad token is named before a stale count, the pool before both. Source: token-4, pools-1."""
    profile = new_dataset(cognitosync)
    call = {"SyncSessionToken": "bad", "RecordPatches": [replace("a", "v", 7)]}
    assert refusal(cognitosync_client.update_records, **profile, **call) == TOKEN_REFUSED
    nowhere = profile | {"IdentityPoolId": "eu-west-1:0"}
    assert refusal(cognitosync_client.update_records, **nowhere, **call) == (
        "ResourceNotFoundException",
        404,
        "IdentityPool 'eu-west-1:0' not found.",
    )


def test_a_missing_dataset_s_token_is_on_the_wire(cognitosync, cognitosync_client):
    """The raw answer for a missing dataset bears a token beside its nulls. Source: token-1, list-1."""
    seen = bodies(cognitosync_client)
    token = token_for(cognitosync_client, new_dataset(cognitosync))
    assert seen == [
        {
            "Count": 0,
            "DatasetDeletedAfterRequestedSyncCount": False,
            "DatasetExists": False,
            "DatasetSyncCount": 0,
            "LastModifiedBy": None,
            "MergedDatasetNames": None,
            "NextToken": None,
            "Records": [],
            "SyncSessionToken": token,
        }
    ]
