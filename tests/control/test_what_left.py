"""What the handle shows of streams and pushes, and limits that a test sets."""

from __future__ import annotations

import boto3
import pytest
from driver import ACCOUNT, identity_of, new_dataset, refused_update, replace, write

from mock_cognitosync import PushNotification

ROLE = f"arn:aws:iam::{ACCOUNT}:role/sync"


@pytest.fixture
def profile(cognitosync):
    return new_dataset(cognitosync)


def test_stream_records(cognitosync, cognitosync_client, profile):
    """Each change as it went to the stream, read; other regions' are not among them. Source: streams-1."""
    boto3.client("kinesis").create_stream(StreamName="changes", ShardCount=1)
    cognitosync_client.set_identity_pool_configuration(
        IdentityPoolId=profile["IdentityPoolId"],
        CognitoStreams={"StreamName": "changes", "RoleArn": ROLE, "StreamingStatus": "ENABLED"},
    )
    write(cognitosync_client, profile, replace("theme", "dark"))
    cognitosync_client.delete_dataset(**profile)

    found = cognitosync.stream_records

    assert [(record.stream_name, record.partition_key, record.data["operation"]) for record in found] == [
        ("changes", profile["IdentityId"], "replace"),
        ("changes", profile["IdentityId"], "remove"),
    ]
    assert [(r["key"], r["value"], r["syncCount"]) for r in found[0].data["kinesisSyncRecords"]] == [
        ("theme", "dark", 1)
    ]
    assert cognitosync.at(region_name="eu-west-1").stream_records == []


@pytest.mark.parametrize("platform", ["GCM", "APNS"])
def test_push_notifications(cognitosync, cognitosync_client, profile, platform):
    """Each push as the app reads it. Source: push-2."""
    application = boto3.client("sns").create_platform_application(
        Name="app", Platform=platform, Attributes={"PlatformCredential": "c", "PlatformPrincipal": "p"}
    )["PlatformApplicationArn"]
    cognitosync_client.set_identity_pool_configuration(
        IdentityPoolId=profile["IdentityPoolId"], PushSync={"ApplicationArns": [application], "RoleArn": ROLE}
    )
    device = cognitosync_client.register_device(**identity_of(profile), Platform=platform, Token="t")["DeviceId"]
    write(cognitosync_client, profile, replace("theme"))
    cognitosync_client.subscribe_to_dataset(**profile, DeviceId=device)
    write(cognitosync_client, profile, replace("size"))

    assert cognitosync.push_notifications == [
        PushNotification(
            device,
            platform,
            {
                "source": "cognito-sync",
                "identityPoolId": profile["IdentityPoolId"],
                "identityId": profile["IdentityId"],
                "datasetName": "profile",
                "syncCount": 2,
            },
        )
    ]
    assert cognitosync.at(account_id="111111111111").push_notifications == []


def test_set_limits(cognitosync, cognitosync_client, profile):
    """Smaller limits hold at once; what is not named stays. Source: limits-7."""
    cognitosync.set_limits(datasets_per_identity=2)
    cognitosync.set_limits(records_per_dataset=2)
    write(cognitosync_client, profile, replace("a"), replace("b"))
    write(cognitosync_client, {**profile, "DatasetName": "second"}, replace("a"))

    refusals = [
        refused_update(cognitosync_client, profile, replace("c")),
        refused_update(cognitosync_client, {**profile, "DatasetName": "third"}, replace("a")),
    ]

    assert [(code, text) for code, _, text in refusals] == [
        ("LimitExceededException", "A dataset can have at most 2 records"),
        ("LimitExceededException", "An identity can have at most 2 datasets"),
    ]


def test_what_is_stored_stays_under_smaller_limits(cognitosync, cognitosync_client, profile):
    """A call that leaves a dataset above a new limit is refused; one that brings it below passes."""
    write(cognitosync_client, profile, replace("a", "v" * 10), replace("b", "v" * 10))
    cognitosync.set_limits(dataset_size_bytes=11)

    assert refused_update(cognitosync_client, profile, replace("a", "v", 1))[0] == "LimitExceededException"
    write(cognitosync_client, profile, {"Op": "remove", "Key": "b", "SyncCount": 1})
    assert cognitosync_client.describe_dataset(**profile)["Dataset"]["DataStorage"] == 11


def test_limits_of_another_region(cognitosync, cognitosync_client, profile):
    """They hold where their handle stands."""
    cognitosync.at(region_name="eu-west-1").set_limits(datasets_per_identity=0)

    write(cognitosync_client, profile, replace("a"))


@pytest.mark.parametrize("number", [-1, 2.5, "2"])
def test_a_limit_that_is_no_number(cognitosync, cognitosync_client, profile, number):
    """It is refused, and changes nothing else."""
    with pytest.raises(ValueError, match=f"records_per_dataset must be an integer >= 0, got {number!r}"):
        cognitosync.set_limits(datasets_per_identity=0, records_per_dataset=number)
    write(cognitosync_client, profile, replace("a"))


def test_a_handle_of_a_region_without_the_service(cognitosync):
    """It is refused with those that have it."""
    with pytest.raises(ValueError, match=r'Cognito Sync is not in the region "moon-1"; it is in ap-'):
        cognitosync.at(region_name="moon-1")
