"""The service with its trigger and its stream, as it runs on AWS, in a mock for each test."""

import boto3
import pytest
from app import create_app
from profiles import Profiles
from trigger import handler


@pytest.fixture
def pool(cognitosync, cognitosync_client):
    """An identity pool with the trigger and the stream of the service."""
    boto3.client("kinesis", region_name=cognitosync.region_name).create_stream(StreamName="profiles", ShardCount=1)
    pool = cognitosync.new_pool()
    role = f"arn:aws:iam::{cognitosync.account_id}:role/streams"
    streams = {"StreamName": "profiles", "RoleArn": role, "StreamingStatus": "ENABLED"}
    cognitosync_client.set_identity_pool_configuration(IdentityPoolId=pool, CognitoStreams=streams)
    cognitosync.set_trigger(pool, handler)
    return pool


@pytest.fixture
def player(cognitosync, pool):
    """A player of the game."""
    return cognitosync.new_user(pool)


@pytest.fixture
def http(cognitosync_client, pool):
    """An HTTP client of the service."""
    return create_app(Profiles(cognitosync_client, pool)).test_client()
