"""Assertions about number and order of calls, and the list of calls without repetition."""

from __future__ import annotations

import boto3
import pytest
from botocore.config import Config
from driver import description, replace


@pytest.fixture
def patient(profile, monkeypatch):
    """A driver whose client tries three times and does not wait in between."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    return profile.through(boto3.client("cognito-sync", config=Config(retries={"total_max_attempts": 3})))


def failure_of(check, *arguments, **parameters):
    """The first line of the message of an assertion that must fail."""
    with pytest.raises(AssertionError) as failure:
        check(*arguments, **parameters)
    return str(failure.value).splitlines()[0]


def test_a_wrong_parameter_is_named(cognitosync, profile):
    """assert_called_once_with shows each parameter that differs, and those that were not sent."""
    profile.listed(LastSyncCount=0)
    check = cognitosync.calls.assert_called_once_with
    expected = {"DatasetName": "cart", "LastSyncCount": 0, "MaxResults": 5}

    assert failure_of(check, "ListRecords", **expected) == (
        "expected ListRecords(DatasetName='cart', LastSyncCount=0, MaxResults=5), but DatasetName was 'profile' and "
        "MaxResults was not sent."
    )


def test_calls_can_be_counted(cognitosync, patient):
    """assert_call_count counts calls, not attempts."""
    cognitosync.drop_connection("ListRecords", attempts=2)
    patient.listed()
    patient.listed()
    patient.named("cart").listed()
    calls = cognitosync.calls

    calls.assert_call_count("ListRecords", 3)
    calls.assert_call_count("list_records", 2, DatasetName="profile")
    calls.assert_call_count("*", 3)
    calls.assert_call_count("UpdateRecords", 0)
    assert failure_of(calls.assert_call_count, "ListRecords", 1, DatasetName="profile") == (
        "expected 1 call of ListRecords(DatasetName='profile'), found 2."
    )
    assert failure_of(calls.assert_call_count, "UpdateRecords", 2) == "expected 2 calls of UpdateRecords(), found 0."


def test_a_number_of_calls_must_be_a_number(cognitosync):
    """A wrong number is refused."""
    with pytest.raises(ValueError, match=r"number must be an integer >= 0, got 'x'"):
        cognitosync.calls.assert_call_count("ListRecords", "x")


def test_calls_can_be_checked_in_order(cognitosync, patient):
    """assert_called_in_order lets other calls come between, and ignores retries."""
    cognitosync.drop_connection("UpdateRecords", attempts=1)
    patient.fill("theme")
    patient.dataset_names()
    calls = cognitosync.calls

    calls.assert_called_in_order("ListRecords", "update_records", "ListDatasets")
    calls.assert_called_in_order("ListRecords", "*")
    calls.assert_called_in_order()
    assert failure_of(calls.assert_called_in_order, "UpdateRecords", "ListRecords") == (
        "expected UpdateRecords, then ListRecords, but found no ListRecords after UpdateRecords (number 2)."
    )
    assert failure_of(calls.assert_called_in_order, "DeleteDataset") == (
        "expected DeleteDataset, but found no DeleteDataset."
    )
    assert failure_of(calls.assert_called_in_order, "ListRecords", "UpdateRecords", "UpdateRecords") == (
        "expected ListRecords, then UpdateRecords, then UpdateRecords, but found no UpdateRecords after UpdateRecords "
        "(number 2)."
    )


def test_equal_calls_are_listed_once(cognitosync, profile):
    """Calls in succession that differ in their token only are one line with their number."""
    for _ in range(3):
        profile.listed()
    profile.refused_update(replace("theme", "dark"), token="made up")
    profile.refused_update(replace("theme", "dark"), token="also made up")
    profile.listed()

    lines = str(cognitosync.calls).splitlines()

    assert lines[0] == "6 calls reached Cognito Sync in us-east-1:"
    assert [line for line in lines if line[:2].strip()] == [
        lines[0],
        f" 1-3 {lines[-2][3:]}, 3 times",
        next(line for line in lines if line.startswith(" 4-5 UpdateRecords(") and line.endswith("), 2 times")),
        lines[-2],
    ]


def test_the_attempts_of_a_call_are_listed_together(cognitosync, patient):
    """Each outcome is shown with its attempts; the number of attempts is in the first line."""
    cognitosync.fail("ListRecords", "TooManyRequestsException", attempts=2)
    patient.listed()
    patient.dataset_names()

    outcomes = [line for line in str(cognitosync.calls).splitlines() if not line.startswith(" 1-")]

    assert outcomes == [
        "2 calls with 4 attempts reached Cognito Sync in us-east-1:",
        f"   attempts 1 to 2 -> TooManyRequestsException: {description('TooManyRequestsException')}",
        "      injected: fail('ListRecords', 'TooManyRequestsException', attempts=2)",
        "   attempt 3 -> ok",
        outcomes[-2],
        "   -> ok",
    ]
    assert outcomes[-2].startswith(" 4 ListDatasets(")
    assert str(cognitosync.calls[1]).splitlines()[0].endswith(") (attempt 2)")


def test_a_retry_without_its_first_attempt_says_so(cognitosync, patient):
    """A slice of the calls may begin with a retry."""
    cognitosync.drop_connection("ListRecords", attempts=1)
    patient.listed()

    assert str(cognitosync.calls[1:]).splitlines()[1].endswith(") (attempt 2)")
