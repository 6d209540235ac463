"""SetCognitoEvents and GetCognitoEvents."""

from __future__ import annotations

import boto3
import pytest
import requests
from driver import ACCOUNT, answer, pool_not_found, refusal

FIRST = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:first"


def events_of(client, pool):
    """The answer of GetCognitoEvents."""
    return answer(client.get_cognito_events(IdentityPoolId=pool))


def set_function(client, pool, arn):
    """Set the function of the sync trigger, or remove it with an empty *arn*."""
    return client.set_cognito_events(IdentityPoolId=pool, Events={"SyncTrigger": arn})


def url_of(pool):
    """The URL of both operations."""
    return f"https://cognito-sync.us-east-1.amazonaws.com/identitypools/{pool}/events"


def test_no_events_are_an_empty_object_on_the_wire(pool):
    """The events of a new pool are ``{}`` on the wire, not null. Source: events-3."""
    answer = requests.get(url_of(pool), timeout=5)
    assert (answer.status_code, answer.json()) == (200, {"Events": {}})


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param(
            {},
            "1 validation error detected: Value null at 'events' failed to satisfy constraint: Member must not be null",
            id="left out",
        ),
        pytest.param(
            {"Events": None},
            "1 validation error detected: Value null at 'events' failed to satisfy constraint: Member must not be null",
            id="null",
        ),
        pytest.param(
            {"Events": {"SyncTrigger": None}},
            "1 validation error detected: Value null at 'events.SyncTrigger.member' failed to satisfy constraint: "
            "Member must not be null",
            id="a null function",
        ),
        pytest.param(
            {"Events": [FIRST]},
            "Start of list found where not expected.",
            id="a list",
        ),
        pytest.param(
            {"Events": {"SyncTrigger": 1}},
            "NUMBER_VALUE can not be converted to a String",
            id="a number",
        ),
    ],
)
def test_events_that_boto3_does_not_send_are_refused(client, pool, body, message):
    """Events are required and a map of strings; a refused call changes nothing. Source: events-2, wire-6, wire-7."""
    set_function(client, pool, FIRST)
    answer = requests.post(url_of(pool), json=body, timeout=5)
    assert (answer.status_code, answer.json()) == (400, {"message": message})
    code = "ValidationException:" if "validation error" in message else "SerializationException:"
    assert answer.headers["x-amzn-ErrorType"] == code
    assert events_of(client, pool) == {"Events": {"SyncTrigger": FIRST}}


def test_a_pool_of_another_region_is_not_found(pool):
    """Neither operation finds a pool of another region. Source: pools-1."""
    elsewhere = boto3.client("cognito-sync", region_name="eu-west-1")
    assert refusal(elsewhere.get_cognito_events, IdentityPoolId=pool) == pool_not_found(pool)
    refused = refusal(elsewhere.set_cognito_events, IdentityPoolId=pool, Events={"SyncTrigger": FIRST})
    assert refused == pool_not_found(pool)
