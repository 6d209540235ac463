"""Fixtures that several files share: those of push sync, of authorization, and of the sync trigger."""

from __future__ import annotations

import json

import boto3
import pytest
from driver import ACCOUNT, remove, replace

from moto import settings as moto_settings


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


@pytest.fixture(scope="session")
def moto_server():
    """The address of moto's server, which shares moto's state with the mock of each test."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["in process", "over HTTP"])
def endpoint(request, cognitosync):
    """The endpoint of the service, or None in process."""
    return request.getfixturevalue("moto_server") if request.param == "over HTTP" else None


@pytest.fixture
def connect(endpoint):
    """Creates a client with the given credentials."""
    return lambda **credentials: boto3.client(
        "cognito-sync", region_name="us-east-1", endpoint_url=endpoint, **credentials
    )


@pytest.fixture
def values(cognitosync, client, scores, applications):
    """A value for each parameter, with which every operation succeeds."""
    scores.device().put("scores", {"high_score": "1"})
    streams = {
        "StreamName": "changes",
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/streams",
        "StreamingStatus": "ENABLED",
    }
    client.set_identity_pool_configuration(**scores.pool, CognitoStreams=streams)
    phone = boto3.client("cognito-sync", **cognitosync.credentials_for(scores.identity_pool_id, scores.identity_id))
    return scores.parameters | {
        "DeviceId": phone.register_device(**scores.identity, Platform="GCM", Token="phone")["DeviceId"],
        "Events": {},
        "Platform": "GCM",
        "SyncSessionToken": scores.token(),
        "Token": "phone",
    }


@pytest.fixture
def create_user(cognitosync):
    """Creates the IAM user ``tester`` with the given policy statements; returns its credentials."""

    def create(*statements):
        iam = boto3.client("iam")
        iam.create_user(UserName="tester")
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_user_policy(UserName="tester", PolicyName="tests", PolicyDocument=document)
        key = iam.create_access_key(UserName="tester")["AccessKey"]
        return {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}

    return create


@pytest.fixture
def enable_iam(monkeypatch):
    """Enables moto's IAM authentication for the rest of the test."""
    return lambda: monkeypatch.setattr(moto_settings, "INITIAL_NO_AUTH_ACTION_COUNT", 0)


@pytest.fixture
def game(profile):
    """A driver for the dataset ``game``; the dataset does not exist yet."""
    return profile.named("game")


@pytest.fixture
def trigger(cognitosync, profile):
    """Sets the callable that the pool runs."""
    return lambda function: cognitosync.set_trigger(profile.identity_pool_id, function)


@pytest.fixture
def filled(game):
    """The dataset with ``a``, ``b`` and ``d`` at the counts 1 to 3, and a tombstone ``gone`` at 5."""
    for key in ("a", "b", "d", "gone"):
        game.write(replace(key, f"{key} old"))
    game.write(remove("gone", 4))
    return game
