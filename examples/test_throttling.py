"""Throttling and broken connections: which of them botocore's retries handle, and which the app must handle."""

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError


@pytest.fixture
def names(cognitosync):
    return cognitosync.new_user().parameters()


@pytest.fixture
def patient_client(cognitosync, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)  # botocore waits between attempts
    return boto3.client("cognito-sync", config=Config(retries={"total_max_attempts": 3}))


def test_botocore_retries_one_throttled_attempt(cognitosync, patient_client, names):
    cognitosync.fail("ListDatasets", "TooManyRequestsException", attempts=1)

    assert patient_client.list_datasets(**names)["Datasets"] == []
    cognitosync.calls.assert_called_once_with("ListDatasets", **names)
    assert [call.attempt for call in cognitosync.calls] == [1, 2]


def test_a_throttled_call_fails_after_all_its_retries(cognitosync, patient_client, names):
    cognitosync.fail("ListDatasets", "TooManyRequestsException", calls=1)

    with pytest.raises(patient_client.exceptions.TooManyRequestsException):
        patient_client.list_datasets(**names)
    assert patient_client.list_datasets(**names)["Datasets"] == []


def test_the_network_is_down_during_one_call(cognitosync, cognitosync_client, names):
    with cognitosync.drop_connection("*") as outage, pytest.raises(ConnectionClosedError):
        cognitosync_client.list_datasets(**names)

    assert outage.times_injected == 1
    assert cognitosync_client.list_datasets(**names)["Datasets"] == []


def test_every_third_call_is_slow(cognitosync, cognitosync_client, names):
    profile = {**names, "DatasetName": "profile"}
    cognitosync.delay("UpdateRecords", seconds=301, every=3)  # a token expires after 300 seconds

    def outcome():
        token = cognitosync_client.list_records(**profile)["SyncSessionToken"]
        try:
            cognitosync_client.update_records(**profile, SyncSessionToken=token)
        except cognitosync_client.exceptions.InvalidParameterException as refusal:
            return refusal.response["Error"]["Message"]
        return "ok"

    assert [outcome() for _ in range(3)] == ["ok", "ok", "SyncSessionToken not valid for these inputs"]
