"""What a test sees of streams and push sync: `stream_records` and `push_notifications`."""

from __future__ import annotations

import boto3
import pytest
from driver import ACCOUNT, replace

from mock_cognitosync import PushNotification

ROLE = f"arn:aws:iam::{ACCOUNT}:role/sync"


def test_stream_records_are_the_changes_that_went_to_the_stream(cognitosync, client, profile):
    """Each change is listed with its parsed data; those of other regions are not included. Source: streams-1."""
    boto3.client("kinesis").create_stream(StreamName="changes", ShardCount=1)
    client.set_identity_pool_configuration(
        **profile.pool, CognitoStreams={"StreamName": "changes", "RoleArn": ROLE, "StreamingStatus": "ENABLED"}
    )
    profile.write(replace("theme", "dark"))
    profile.delete()

    found = cognitosync.stream_records

    assert [(record.stream_name, record.partition_key, record.data["operation"]) for record in found] == [
        ("changes", profile.identity_id, "replace"),
        ("changes", profile.identity_id, "remove"),
    ]
    assert [(r["key"], r["value"], r["syncCount"]) for r in found[0].data["kinesisSyncRecords"]] == [
        ("theme", "dark", 1)
    ]
    assert cognitosync.at(region_name="eu-west-1").stream_records == []


@pytest.mark.parametrize("platform", ["GCM", "APNS"])
def test_push_notifications_are_the_pushes_as_the_app_reads_them(cognitosync, client, profile, platform):
    """Each push is listed with its device and message; those of other accounts are not included. Source: push-2."""
    application = boto3.client("sns").create_platform_application(
        Name="app", Platform=platform, Attributes={"PlatformCredential": "c", "PlatformPrincipal": "p"}
    )["PlatformApplicationArn"]
    client.set_identity_pool_configuration(**profile.pool, PushSync={"ApplicationArns": [application], "RoleArn": ROLE})
    device = client.register_device(**profile.identity, Platform=platform, Token="t")["DeviceId"]
    profile.write(replace("theme"))
    client.subscribe_to_dataset(**profile.parameters, DeviceId=device)
    profile.write(replace("size"))

    assert cognitosync.push_notifications == [
        PushNotification(
            device,
            platform,
            {
                "source": "cognito-sync",
                "identityPoolId": profile.identity_pool_id,
                "identityId": profile.identity_id,
                "datasetName": "profile",
                "syncCount": 2,
            },
        )
    ]
    assert cognitosync.at(account_id="111111111111").push_notifications == []
