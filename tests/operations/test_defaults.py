"""The service under plain `mock_aws`, where the defaults of its settings are in force."""

from __future__ import annotations

from datetime import timedelta

import boto3
import pytest
from authorization import BOTH, DEVELOPER_ONLY, IDENTITY_ONLY, outcome, outcomes
from driver import NOON, TOKEN_REFUSED, DatasetDriver, answer, conflict, create_pool, pool_not_found, refusal, replace

from mock_cognitosync.control import plain
from moto import mock_aws


@pytest.fixture
def sync(monkeypatch, own_model):
    """A handle for data under plain `mock_aws`."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        yield plain.handle()


@pytest.fixture
def profile(sync):
    """A driver for the dataset ``scores`` with one record, whose pool has push sync."""
    scores = DatasetDriver.of_new_identity(sync, boto3.client("cognito-sync"), "scores")
    application = boto3.client("sns").create_platform_application(Name="game", Platform="GCM", Attributes={})
    push = {"ApplicationArns": [application["PlatformApplicationArn"]]}
    scores.client.set_identity_pool_configuration(**scores.pool, PushSync=push)
    scores.fill("high_score")
    return scores


@pytest.fixture
def values(profile):
    """Parameters for each operation."""
    registration = {"Platform": "GCM", "Token": "phone"}
    device_id = profile.client.register_device(**profile.identity, **registration)["DeviceId"]
    return {**profile.parameters, **registration, "DeviceId": device_id, "Events": {}}


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_a_pool_without_data_has_the_date_of_the_start(time_machine, own_model, region):
    """The usage of a pool without data is dated, although no mock of this package has started. Source: usage-3."""
    time_machine.move_to(NOON, tick=False)
    with mock_aws():
        client = boto3.client("cognito-sync", region_name=region)
        client.list_identity_pool_usage()
        time_machine.shift(60)
        assert answer(client.describe_identity_pool_usage(IdentityPoolId=f"{region}:0")) == {
            "IdentityPoolUsage": {"DataStorage": 0, "IdentityPoolId": f"{region}:0", "LastModifiedDate": NOON}
        }


@pytest.mark.parametrize("kind", ["developer", "identity"])
def test_every_caller_may_call_every_operation(sync, values, kind):
    """Neither the keys of an identity nor a developer's restrict the operations. Source: access-1."""
    keys = sync.credentials_for(values["IdentityPoolId"], values["IdentityId"]) if kind == "identity" else {}
    client = boto3.client("cognito-sync", **keys)
    names = sorted((DEVELOPER_ONLY | IDENTITY_ONLY | BOTH) - {"UpdateRecords", "BulkPublish", "GetBulkPublishDetails"})
    names.sort(key="DeleteDataset".__eq__)
    assert outcomes(client, names, values) == dict.fromkeys(names, 200)


def test_a_trigger_runs_for_a_developer(sync, profile):
    """The trigger of the pool runs, whoever writes. Source: access-1."""
    seen = []
    sync.set_trigger(profile.identity_pool_id, lambda event: seen.append(event["identityId"]) or event)
    profile.write(replace("high_score", "2", 1))
    assert seen == [profile.identity_id]


def test_a_token_is_valid_for_300_seconds(profile, time_machine):
    """It expires neither earlier nor later. Source: token-2."""
    time_machine.move_to(NOON, tick=False)
    used, expired = profile.token(), profile.token()
    time_machine.move_to(NOON + timedelta(seconds=300, milliseconds=-1), tick=False)
    assert profile.write(replace("a"), token=used) == [("a", "v", 2)]
    time_machine.move_to(NOON + timedelta(seconds=300), tick=False)
    assert profile.refused_update(replace("b"), token=expired) == TOKEN_REFUSED


def test_a_sync_count_above_the_record_s_is_accepted(profile):
    """A lower one is refused. Source: counts-5."""
    assert profile.write(replace("high_score", "2", 9)) == [("high_score", "2", 2)]
    assert profile.refused_update(replace("high_score", "3", 1)) == conflict("high_score", current=2, sent=1)


def test_the_first_created_pool_closes_the_others(profile):
    """Each well-formed id of the region is a pool until cognito-identity creates one. Source: pools-2."""
    assert profile.dataset_names() == ["scores"]
    created = create_pool()
    assert refusal(profile.client.list_datasets, **profile.identity) == pool_not_found(profile.identity_pool_id)
    identity = profile.identity | {"IdentityPoolId": created}
    assert outcome(profile.client, "ListDatasets", identity) == 200


def test_a_dataset_has_at_most_1024_records(profile):
    """The documented limits apply. Source: limits-2."""
    assert len(profile.write(*(replace(f"k{number}") for number in range(1023)))) == 1023
    assert profile.refused_update(replace("one more"))[0] == "LimitExceededException"
