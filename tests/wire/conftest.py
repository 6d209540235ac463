"""The fixtures that the tests of the service model share."""

from __future__ import annotations

import boto3
import pytest
from botocore.config import Config
from driver import ACCOUNT
from raw import IDENTITY, POOL


@pytest.fixture
def unchecked(cognitosync):
    """A client that does not check its parameters."""
    return boto3.client("cognito-sync", config=Config(parameter_validation=False))


@pytest.fixture
def device_id(cognitosync, client):
    """The id of a registered device, in a pool with push sync, a stream and two datasets; d has a tombstone."""
    device = cognitosync.device(POOL, IDENTITY)
    device.put("d", {"a": "1", "b": "2", "c": "3"})
    device.remove("d", "c")
    device.put("e", {"a": "1"})
    application = boto3.client("sns").create_platform_application(Name="sync", Platform="GCM", Attributes={})
    streams = {"StreamName": "sync", "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/sync", "StreamingStatus": "ENABLED"}
    client.set_identity_pool_configuration(
        IdentityPoolId=POOL,
        PushSync={"ApplicationArns": [application["PlatformApplicationArn"]]},
        CognitoStreams=streams,
    )
    client.set_cognito_events(IdentityPoolId=POOL, Events={"SyncTrigger": ""})
    return client.register_device(IdentityPoolId=POOL, IdentityId=IDENTITY, Platform="GCM", Token="t")["DeviceId"]
