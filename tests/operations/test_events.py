"""SetCognitoEvents and GetCognitoEvents."""

from __future__ import annotations

import boto3
import pytest
import requests
from driver import ACCOUNT, answer, broken, pool_not_found, refusal

FIRST = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:first"
SECOND = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:second"


def events_of(client, pool):
    """The answer of GetCognitoEvents."""
    return answer(client.get_cognito_events(IdentityPoolId=pool))


def set_function(client, pool, arn):
    """Set the function of the sync trigger, or remove it with an empty *arn*."""
    return client.set_cognito_events(IdentityPoolId=pool, Events={"SyncTrigger": arn})


def url_of(pool):
    """The URL of both operations."""
    return f"https://cognito-sync.us-east-1.amazonaws.com/identitypools/{pool}/events"


def test_a_new_pool_has_no_events(client, pool):
    """GetCognitoEvents of a new pool answers an empty map. Source: events-3."""
    assert events_of(client, pool) == {"Events": {}}


def test_no_events_are_an_empty_object_on_the_wire(pool):
    """The events of a new pool are ``{}`` on the wire, not null. Source: events-3."""
    answer = requests.get(url_of(pool), timeout=5)
    assert (answer.status_code, answer.json()) == (200, {"Events": {}})


def test_get_answers_the_function_that_was_set(client, pool):
    """The answer of SetCognitoEvents has no members; GetCognitoEvents answers the function. Source: events-1."""
    answer = set_function(client, pool, FIRST)
    assert answer.keys() == {"ResponseMetadata"}
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert events_of(client, pool) == {"Events": {"SyncTrigger": FIRST}}


@pytest.mark.parametrize(
    ("events", "left"),
    [
        pytest.param({"SyncTrigger": SECOND}, {"SyncTrigger": SECOND}, id="another function"),
        pytest.param({"SyncTrigger": ""}, {}, id="an empty value removes"),
        pytest.param({}, {"SyncTrigger": FIRST}, id="not named, not touched"),
    ],
)
def test_a_later_call_changes_the_event_types_that_it_names(client, pool, events, left):
    """A later call changes only the event type that it names; an empty value removes the function. Source: events-1."""
    for wanted in ({"SyncTrigger": FIRST}, events):
        client.set_cognito_events(IdentityPoolId=pool, Events=wanted)
    assert events_of(client, pool) == {"Events": left}


def test_a_function_that_was_not_set_can_be_removed(client, pool):
    """Removing the function of a new pool succeeds. Source: events-1."""
    set_function(client, pool, "")
    assert events_of(client, pool) == {"Events": {}}


def test_a_removed_function_can_be_set_again(client, pool):
    """After a removal a function can be set again. Source: events-1."""
    for function in (FIRST, "", SECOND):
        set_function(client, pool, function)
    assert events_of(client, pool) == {"Events": {"SyncTrigger": SECOND}}


@pytest.mark.parametrize("function", [FIRST, ""], ids=["set", "remove"])
@pytest.mark.parametrize("name", ["PostSync", "syncTrigger", ""], ids=["another", "another case", "empty"])
def test_other_event_types_are_refused(client, pool, name, function):
    """The only event type is ``SyncTrigger``; a refused call changes nothing. Source: events-2."""
    set_function(client, pool, FIRST)
    refused = refusal(client.set_cognito_events, IdentityPoolId=pool, Events={name: function})
    assert refused == ("InvalidParameterException", 400, f"Event type {name} is not known")
    assert events_of(client, pool) == {"Events": {"SyncTrigger": FIRST}}


def test_two_event_types_are_refused(client, pool):
    """The model allows one entry, so two entries are refused, whatever their names. Source: events-2, wire-6."""
    events = {"SyncTrigger": FIRST, "PostSync": SECOND}
    assert refusal(client.set_cognito_events, IdentityPoolId=pool, Events=events) == broken(
        f"Value '{events}' at 'events' failed to satisfy constraint: Member must have length less than or equal to 1"
    )
    assert events_of(client, pool) == {"Events": {}}


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


def test_pools_have_their_own_events(cognitosync, client, pool):
    """The function of one pool is not that of another. Source: events-1."""
    first, second = cognitosync.new_pool(), cognitosync.new_pool()
    set_function(client, first, FIRST)
    assert events_of(client, second) == {"Events": {}}
    set_function(client, second, SECOND)
    assert events_of(client, first) == {"Events": {"SyncTrigger": FIRST}}


def test_a_pool_of_another_region_is_not_found(pool):
    """Neither operation finds a pool of another region. Source: pools-1."""
    elsewhere = boto3.client("cognito-sync", region_name="eu-west-1")
    assert refusal(elsewhere.get_cognito_events, IdentityPoolId=pool) == pool_not_found(pool)
    refused = refusal(elsewhere.set_cognito_events, IdentityPoolId=pool, Events={"SyncTrigger": FIRST})
    assert refused == pool_not_found(pool)
