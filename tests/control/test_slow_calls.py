"""Calls that time out or take time, on the mock's clock or really, and a clock that stands still for a block."""

from __future__ import annotations

import time
from datetime import timedelta

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError
from driver import TOKEN_REFUSED, replace

from mock_cognitosync import mock_cognitosync
from mock_cognitosync.cognitosync import settings


@pytest.fixture
def slept(monkeypatch):
    """The seconds that time.sleep was called with; nothing really waits."""
    seconds = []
    monkeypatch.setattr("time.sleep", seconds.append)
    return seconds


def test_a_call_times_out(cognitosync, profile):
    """boto3 raises at once the error that it would raise after a minute. Source: faults-2."""
    fault = cognitosync.time_out("ListRecords", calls=1)

    with pytest.raises(ReadTimeoutError, match=r"Read timeout on endpoint URL: \"https://cognito-sync\.us-east-1\."):
        profile.listed()

    assert (cognitosync.calls[0].error, fault.times_injected) == ("ReadTimeout", 1)
    assert profile.listed()["Records"] == []


def test_a_retry_after_a_timeout_succeeds(cognitosync, profile, slept):
    """Botocore retries a call that timed out."""
    cognitosync.time_out("ListRecords", attempts=2)
    patient = profile.through(boto3.client("cognito-sync", config=Config(retries={"total_max_attempts": 3})))

    assert patient.listed()["Records"] == []
    cognitosync.calls.assert_called_once_with("ListRecords")


def test_a_write_whose_answer_times_out_is_carried_out(cognitosync, profile):
    """With after_write the record is stored and the token consumed. Source: faults-2."""
    cognitosync.time_out("UpdateRecords", after_write=True, calls=1)
    token = profile.token()
    with pytest.raises(ReadTimeoutError):
        profile.update(replace("theme", "dark"), token=token)

    assert profile.records() == {"theme": "dark"}
    assert profile.refused_update(replace("theme", "dark", 1), token=token) == TOKEN_REFUSED


def test_a_real_delay_waits(cognitosync, profile, slept):
    """The thread of the call sleeps."""
    cognitosync.delay("ListRecords", timedelta(milliseconds=1500), real=True)
    profile.listed()

    assert slept == [1.5]


def test_a_delay_does_not_wait_by_itself(cognitosync, profile, slept):
    """Without ``real`` only the mock's clock moves."""
    cognitosync.delay("ListRecords", 30)
    profile.listed()

    assert slept == []


@pytest.mark.parametrize("frozen", [True, False])
def test_a_real_delay_moves_the_clock_by_its_seconds(cognitosync, profile, time_machine, monkeypatch, frozen):
    """Whether the clock stands or follows the time that passes while the call sleeps, it moves once."""
    time_machine.move_to(1_700_000_000, tick=False)
    monkeypatch.setattr(time, "sleep", time_machine.shift)
    if frozen:
        cognitosync.freeze()
    cognitosync.delay("ListRecords", 2, real=True, calls=1)
    before_ms = settings.now_ms()
    profile.listed()

    assert settings.now_ms() - before_ms == 2000


def test_the_clock_is_frozen_for_a_block(cognitosync, time_machine):
    """freeze() in a with statement lets the clock run again at the end of its block."""
    time_machine.move_to(1_700_000_000, tick=False)
    with cognitosync.freeze():
        time_machine.shift(10)
        cognitosync.advance(timedelta(minutes=1))
        inside_ms = settings.now_ms()

    assert (inside_ms, settings.now_ms()) == (1_700_000_060_000, 1_700_000_070_000)


def test_the_clock_runs_again_although_the_block_fails(cognitosync, time_machine):
    """An exception does not leave the clock frozen."""
    time_machine.move_to(1_700_000_000, tick=False)
    with pytest.raises(ZeroDivisionError), cognitosync.freeze():
        time_machine.shift(1 // 0)
    time_machine.shift(10)

    assert settings.now_ms() == 1_700_000_010_000


@pytest.mark.parametrize("duration", [timedelta(seconds=-1), timedelta(days=3661), "1", None])
def test_a_duration_out_of_range_is_refused(cognitosync, duration):
    """The clock does not go back, and its dates stay within the calendar."""
    with pytest.raises(ValueError, match="seconds must be a timedelta or a number from 0 to 316224000, got"):
        cognitosync.advance(duration)


def test_a_mock_can_end_while_its_clock_is_frozen():
    """The end of the block does nothing then."""
    mock = mock_cognitosync(region_name="us-east-1")
    with mock.start().freeze():
        mock.stop()
    with pytest.raises(RuntimeError, match="no mock_cognitosync is active"):
        mock_cognitosync.current()
