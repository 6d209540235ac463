"""Sync session tokens: lifetimes, clocks, forgeries. The other rules are checks in `verify/checks/tokens.py`."""

from __future__ import annotations

import base64
import dataclasses
from datetime import timedelta

import pytest
from driver import NOON, TOKEN_REFUSED, DatasetDriver, replace, response_bodies
from freezegun import freeze_time


def refusals(dataset, token):
    """The refusals of UpdateRecords and ListRecords with *token*."""
    return dataset.refused_update(replace("z"), token=token), dataset.refused_listing(SyncSessionToken=token)


@pytest.mark.parametrize(
    "lifetime",
    [
        pytest.param(300, id="default"),
        pytest.param(10, id="ten", marks=pytest.mark.cognitosync(token_lifetime_seconds=10)),
        pytest.param(0.5, id="half", marks=pytest.mark.cognitosync(token_lifetime_seconds=0.5)),
        pytest.param(3600, id="hour", marks=pytest.mark.cognitosync(token_lifetime_seconds=3600)),
    ],
)
def test_a_token_is_valid_for_its_lifetime(profile, time_machine, lifetime):
    """A token expires when its lifetime has passed since its issue, and not earlier. Source: token-2, token-4."""
    time_machine.move_to(NOON, tick=False)
    used, kept = profile.token(), profile.token()
    time_machine.move_to(NOON + timedelta(seconds=lifetime, milliseconds=-1), tick=False)
    assert profile.write(replace("a"), token=used) == [("a", "v", 1)]
    time_machine.move_to(NOON + timedelta(seconds=lifetime), tick=False)
    assert refusals(profile, kept) == (TOKEN_REFUSED, TOKEN_REFUSED)


def test_a_token_expires_on_the_clock_of_freezegun(profile):
    """A token expires on freezegun's clock too. Source: token-2."""
    with freeze_time(NOON) as clock:
        token = profile.token()
        clock.tick(timedelta(seconds=299))
        profile.list_records(SyncSessionToken=token)
        clock.tick(timedelta(seconds=1))
        assert refusals(profile, token) == (TOKEN_REFUSED, TOKEN_REFUSED)


def test_a_listing_does_not_extend_the_lifetime_of_its_token(profile, time_machine):
    """The lifetime starts at the issue, even if a listing uses the token meanwhile. Source: token-2, token-6."""
    time_machine.move_to(NOON, tick=False)
    token = profile.token()
    time_machine.shift(200)
    profile.list_records(SyncSessionToken=token)
    time_machine.shift(100)
    assert refusals(profile, token) == (TOKEN_REFUSED, TOKEN_REFUSED)


def test_base64_tokens_pass_through_requests_unchanged(cognitosync, client):
    """Tokens contain +, / and =, and pass through path, query and body unchanged. Source: token-3."""
    unseen = set("+/=")
    for number in range(200):
        dataset = DatasetDriver.of_new_identity(cognitosync, client, "d" * (number % 3 + 1))
        token = dataset.token()
        base64.b64decode(token, validate=True)
        if unseen & set(token):
            unseen -= set(token)
            listing = dataset.list_records(SyncSessionToken=token)
            assert listing["SyncSessionToken"] == token
            assert dataset.write(replace("a"), token=token) == [("a", "v", 1)]
    assert unseen == set()


def test_a_token_is_not_bound_to_the_pool(cognitosync, profile):
    """A token is valid for the same identity and dataset name in another pool. Source: token-3."""
    token = profile.token()
    elsewhere = dataclasses.replace(profile, identity_pool_id=cognitosync.new_pool())
    assert elsewhere.write(replace("a"), token=token) == [("a", "v", 1)]
    assert profile.records() == {}


@pytest.mark.parametrize(
    "garble",
    [
        pytest.param(lambda token: "", id="empty"),
        pytest.param(lambda token: "töken", id="not ASCII"),
        pytest.param(lambda token: base64.b64encode(b"\xff" * 80).decode(), id="not UTF-8"),
        pytest.param(lambda token: base64.b64encode(b"s" * 32 + b"a soon us-east-1:0 d").decode(), id="not a date"),
        pytest.param(lambda token: token + "\n", id="newline"),
    ],
)
def test_a_forged_token_is_refused(profile, garble):
    """Both operations refuse a token that was not issued, and nothing is written. Source: token-4."""
    garbled = garble(profile.token())
    assert refusals(profile, garbled) == (TOKEN_REFUSED, TOKEN_REFUSED)
    assert profile.records() == {}


def test_a_consumed_token_stays_consumed_while_others_expire(profile, time_machine):
    """A consumed token stays refused, even after tokens consumed earlier have expired. Source: token-5."""
    time_machine.move_to(NOON, tick=False)
    early = profile.token()
    profile.write(replace("early"), token=early)
    time_machine.shift(299)
    late, last = profile.token(), profile.token()
    profile.write(replace("late"), token=late)
    assert refusals(profile, early) == (TOKEN_REFUSED, TOKEN_REFUSED)
    time_machine.shift(1)
    profile.write(replace("last"), token=last)
    for token in (early, late, last):
        assert refusals(profile, token) == (TOKEN_REFUSED, TOKEN_REFUSED)


def test_the_pool_is_checked_before_the_token_and_the_token_before_counts(profile):
    """An invalid token is refused before a stale count, and the pool before both. Source: token-4, pools-1."""
    stale = replace("a", "v", 7)
    assert profile.refused_update(stale, token="invalid") == TOKEN_REFUSED
    elsewhere = dataclasses.replace(profile, identity_pool_id="eu-west-1:0")
    not_found = ("ResourceNotFoundException", 404, "IdentityPool 'eu-west-1:0' not found.")
    assert elsewhere.refused_update(stale, token="invalid") == not_found


def test_the_answer_for_a_missing_dataset_has_a_token(profile, client):
    """The answer on the wire for a missing dataset has a token and explicit nulls. Source: token-1, list-1."""
    seen = response_bodies(client)
    token = profile.token()
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
