"""The mock's clock: it can be advanced and frozen, and follows freezegun and time-machine."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import boto3
import freezegun
import pytest
import time_machine
from driver import NOON, TOKEN_REFUSED, DatasetDriver, refusal, replace

from mock_cognitosync import mock_cognitosync


def written(profile, key="k"):
    """The date that the service gives to a new record."""
    return profile.update(replace(key))[0]["LastModifiedDate"].astimezone(timezone.utc)


def test_advance_moves_the_dates_of_records(cognitosync, profile):
    """Records written after an advance are dated exactly that much later."""
    cognitosync.freeze()
    first = written(profile, "a")
    cognitosync.advance(3600)
    cognitosync.advance(seconds=0.5)

    assert written(profile, "b") - first == timedelta(hours=1, milliseconds=500)


def test_advance_expires_tokens(cognitosync, profile):
    """A token expires after 300 seconds on the mock's clock. Source: token-2."""
    cognitosync.freeze()
    token = profile.token()
    cognitosync.advance(299.999)
    assert profile.update(token=token) == []
    cognitosync.advance(0.001)

    assert profile.refused_update(token=token) == TOKEN_REFUSED


def test_the_clock_cannot_go_back(cognitosync):
    """A negative number of seconds is refused."""
    with pytest.raises(ValueError, match=r"seconds must be a timedelta or a number from 0 to 316224000, got -0\.1"):
        cognitosync.advance(-0.1)


def test_the_clock_runs_again_after_unfreeze(cognitosync, profile):
    """It is then as far ahead of the machine's clock as it was advanced."""
    with time_machine.travel(NOON, tick=False) as traveller:
        cognitosync.freeze()
        cognitosync.advance(60)
        traveller.shift(10)
        frozen = written(profile, "a")
        cognitosync.unfreeze()
        assert (frozen - NOON, written(profile, "b") - NOON) == (
            timedelta(seconds=60),
            timedelta(seconds=70),
        )


def test_freeze_is_idempotent(cognitosync, profile):
    """A second freeze changes nothing."""
    with time_machine.travel(NOON, tick=False):
        cognitosync.advance(5)
        cognitosync.freeze()
        cognitosync.freeze()
        assert written(profile) == NOON + timedelta(seconds=5)


TRAVEL = {
    "freezegun": lambda: freezegun.freeze_time(NOON),
    "time-machine": lambda: time_machine.travel(NOON, tick=False),
}


@pytest.mark.parametrize("travel", TRAVEL)
def test_a_clock_started_before_the_mock_sets_its_time(travel):
    """Clocks of freezegun and time-machine, started before the mock, set its time; `advance` adds to it."""
    with TRAVEL[travel](), mock_cognitosync(region_name="us-east-1") as sync:
        profile = DatasetDriver.of_new_identity(sync, boto3.client("cognito-sync"))
        first = written(profile, "a")
        sync.advance(301)
        assert (first, written(profile, "b")) == (NOON, NOON + timedelta(seconds=301))


@pytest.mark.parametrize("travel", TRAVEL)
def test_a_clock_started_inside_the_mock_sets_its_time(cognitosync, profile, travel):
    """Clocks of freezegun and time-machine, started inside the mock, set its time until they stop."""
    cognitosync.advance(60)
    with TRAVEL[travel]():
        inside = written(profile, "a")
    assert inside == NOON + timedelta(seconds=60)
    assert written(profile, "b") > datetime.now(timezone.utc) + timedelta(seconds=30)


def test_expire_tokens_expires_all_tokens_issued_so_far(cognitosync, client, profile):
    """`expire_tokens` expires all issued tokens, consumed ones too, and no token issued later. Source: token-2."""
    used = profile.token()
    update = {**profile.parameters, "RecordPatches": [replace("theme")]}
    client.update_records(**update, SyncSessionToken=used)
    old = profile.token()
    cognitosync.expire_tokens()

    for token in (used, old):
        assert refusal(client.update_records, **update, SyncSessionToken=token) == TOKEN_REFUSED
        assert profile.refused_listing(SyncSessionToken=token) == TOKEN_REFUSED
    update["RecordPatches"] = [replace("theme", "dark", 1)]
    client.update_records(**update, SyncSessionToken=profile.token())
    assert {call.hint for call in cognitosync.calls if call.error} == {
        "the SyncSessionToken has expired: get a new one with ListRecords of this dataset"
    }


def test_expire_tokens_affects_the_region_of_its_handle_only(cognitosync):
    """The tokens of another region stay valid."""
    europe = cognitosync.at(region_name="eu-west-1")
    profile = DatasetDriver.of_new_identity(europe, boto3.client("cognito-sync", "eu-west-1"))
    token = profile.token()
    cognitosync.expire_tokens()

    assert profile.list_records(SyncSessionToken=token)["SyncSessionToken"] == token


def test_each_mock_has_its_own_clock():
    """An advance ends with its mock; a nested mock shares the outer mock's clock."""

    def written_in(sync):
        return written(DatasetDriver.of_new_identity(sync, boto3.client("cognito-sync")))

    with time_machine.travel(NOON, tick=False):
        with mock_cognitosync(region_name="us-east-1") as outer:
            outer.advance(60)
            with mock_cognitosync(region_name="us-east-1") as inner:
                inner.advance(5)
                dates = [written_in(inner)]
            dates.append(written_in(outer))
        with mock_cognitosync(region_name="us-east-1") as sync:
            dates.append(written_in(sync))
    assert [(date - NOON).total_seconds() for date in dates] == [65, 65, 0]


@pytest.mark.cognitosync(token_lifetime_seconds=0.0001)
def test_a_token_is_valid_for_at_least_a_millisecond(cognitosync, profile):
    """A shorter lifetime is rounded up to one millisecond. Source: token-2."""
    cognitosync.freeze()
    token = profile.token()
    assert profile.list_records(SyncSessionToken=token)["SyncSessionToken"] == token
    cognitosync.advance(0.001)
    assert profile.refused_listing(SyncSessionToken=token) == TOKEN_REFUSED
