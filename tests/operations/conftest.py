"""The fixtures that the tests of push sync share."""

from __future__ import annotations

import boto3
import pytest


@pytest.fixture
def sns(cognitosync):
    """A client of SNS."""
    return boto3.client("sns", region_name=cognitosync.region_name)


@pytest.fixture
def applications(sns):
    """The ARNs of a platform application of each platform."""
    return {
        platform: sns.create_platform_application(Name="game", Platform=platform, Attributes={})[
            "PlatformApplicationArn"
        ]
        for platform in ("ADM", "APNS", "APNS_SANDBOX", "GCM")
    }


@pytest.fixture
def scores(profile, client, applications):
    """A driver for the dataset ``scores`` in a pool with push sync for all platforms; it does not exist yet."""
    client.set_identity_pool_configuration(**profile.pool, PushSync={"ApplicationArns": list(applications.values())})
    return profile.named("scores")
