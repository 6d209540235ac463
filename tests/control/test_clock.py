"""The mock's clock: it moves on, stops, and agrees with freezegun and time-machine."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import boto3
import freezegun
import pytest
import time_machine
from driver import NOON, TOKEN_REFUSED, new_dataset, refusal, replace, token_for, write

from mock_cognitosync import mock_cognitosync


@pytest.fixture
def profile(cognitosync):
    return new_dataset(cognitosync)


def written(client, profile, key="k"):
    """When the service says that it wrote a fresh record."""
    return write(client, profile, replace(key))[0]["LastModifiedDate"].astimezone(timezone.utc)


def test_advance_moves_dates(cognitosync, cognitosync_client, profile):
    """What is written after an advance is dated later by just that much."""
    cognitosync.freeze()
    first = written(cognitosync_client, profile, "a")
    cognitosync.advance(3600)
    cognitosync.advance(seconds=0.5)

    assert written(cognitosync_client, profile, "b") - first == timedelta(hours=1, milliseconds=500)


def test_advance_lets_tokens_expire(cognitosync, cognitosync_client, profile):
    """A token holds for 300 seconds on the mock's clock. Source: token-2."""
    cognitosync.freeze()
    token = token_for(cognitosync_client, profile)
    update = {**profile, "SyncSessionToken": token, "RecordPatches": []}
    cognitosync.advance(299.999)
    cognitosync_client.update_records(**update)
    cognitosync.advance(0.001)

    assert refusal(cognitosync_client.update_records, **update) == TOKEN_REFUSED


def test_time_goes_forward_only(cognitosync):
    """A step back is refused."""
    with pytest.raises(ValueError, match=r"seconds must be a timedelta or a number from 0 to 316224000, got -0\.1"):
        cognitosync.advance(-0.1)


def test_the_clock_goes_on_after_a_freeze(cognitosync, cognitosync_client, profile):
    """It is then as far ahead as it was moved."""
    with time_machine.travel(NOON, tick=False) as traveller:
        cognitosync.freeze()
        cognitosync.advance(60)
        traveller.shift(10)
        frozen = written(cognitosync_client, profile, "a")
        cognitosync.unfreeze()
        assert (frozen - NOON, written(cognitosync_client, profile, "b") - NOON) == (
            timedelta(seconds=60),
            timedelta(seconds=70),
        )


def test_freezing_twice_changes_nothing(cognitosync, cognitosync_client, profile):
    """A clock that stands, stands."""
    with time_machine.travel(NOON, tick=False):
        cognitosync.advance(5)
        cognitosync.freeze()
        cognitosync.freeze()
        assert written(cognitosync_client, profile) == NOON + timedelta(seconds=5)


TRAVEL = {
    "freezegun": lambda: freezegun.freeze_time(NOON),
    "time-machine": lambda: time_machine.travel(NOON, tick=False),
}


@pytest.mark.parametrize("travel", TRAVEL)
def test_other_clocks_outside(travel):
    """Begun before the mock, freezegun and time-machine set the time, and advance comes on top."""
    with TRAVEL[travel](), mock_cognitosync(region_name="us-east-1") as sync:
        client, profile = boto3.client("cognito-sync"), new_dataset(sync)
        first = written(client, profile, "a")
        sync.advance(301)
        assert (first, written(client, profile, "b")) == (NOON, NOON + timedelta(seconds=301))


@pytest.mark.parametrize("travel", TRAVEL)
def test_other_clocks_inside(cognitosync, cognitosync_client, profile, travel):
    """Begun after the mock they set the time as well, and it is the machine's again when they end."""
    cognitosync.advance(60)
    with TRAVEL[travel]():
        inside = written(cognitosync_client, profile, "a")
    assert inside == NOON + timedelta(seconds=60)
    assert written(cognitosync_client, profile, "b") > datetime.now(timezone.utc) + timedelta(seconds=30)


def test_expired_tokens(cognitosync, cognitosync_client, profile):
    """expire_tokens ends all that were handed out, and none that are handed out later. Source: token-2."""
    used = token_for(cognitosync_client, profile)
    update = {**profile, "RecordPatches": [replace("theme")]}
    cognitosync_client.update_records(**update, SyncSessionToken=used)
    old = token_for(cognitosync_client, profile)
    cognitosync.expire_tokens()

    for token in (used, old):
        assert refusal(cognitosync_client.update_records, **update, SyncSessionToken=token) == TOKEN_REFUSED
        assert refusal(cognitosync_client.list_records, **profile, SyncSessionToken=token) == TOKEN_REFUSED
    update["RecordPatches"] = [replace("theme", "dark", 1)]
    cognitosync_client.update_records(**update, SyncSessionToken=token_for(cognitosync_client, profile))
    assert {call.hint for call in cognitosync.calls if call.error} == {
        "the SyncSessionToken has expired: get a new one with ListRecords of this dataset"
    }


def test_tokens_of_another_region_do_not_expire(cognitosync):
    """expire_tokens holds where its handle stands."""
    europe = cognitosync.at(region_name="eu-west-1")
    profile, client = new_dataset(europe), boto3.client("cognito-sync", "eu-west-1")
    token = token_for(client, profile)
    cognitosync.expire_tokens()

    assert client.list_records(**profile, SyncSessionToken=token)["SyncSessionToken"] == token


def test_each_mock_has_its_own_clock():
    """An advance ends with its mock; a mock inside another goes by that one's clock."""
    with time_machine.travel(NOON, tick=False):
        with mock_cognitosync(region_name="us-east-1") as outer:
            outer.advance(60)
            with mock_cognitosync(region_name="us-east-1") as inner:
                inner.advance(5)
                dates = [written(boto3.client("cognito-sync"), new_dataset(inner))]
            dates.append(written(boto3.client("cognito-sync"), new_dataset(outer)))
        with mock_cognitosync(region_name="us-east-1") as sync:
            dates.append(written(boto3.client("cognito-sync"), new_dataset(sync)))
    assert [(date - NOON).total_seconds() for date in dates] == [65, 65, 0]


@pytest.mark.cognitosync(token_lifetime_seconds=0.0001)
def test_the_shortest_token(cognitosync, cognitosync_client, profile):
    """A token holds for a millisecond at least. Source: token-2."""
    cognitosync.freeze()
    token = token_for(cognitosync_client, profile)
    assert token_for(cognitosync_client, {**profile, "SyncSessionToken": token}) == token
    cognitosync.advance(0.001)
    assert refusal(cognitosync_client.list_records, **profile, SyncSessionToken=token) == TOKEN_REFUSED
