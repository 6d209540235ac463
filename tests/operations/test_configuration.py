"""SetIdentityPoolConfiguration and GetIdentityPoolConfiguration."""

from __future__ import annotations

import boto3
import pytest
import requests
from botocore.config import Config
from driver import ACCOUNT, answer, broken, pool_not_found, refusal

APPLICATION = f"arn:aws:sns:us-east-1:{ACCOUNT}:app/GCM/game"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/sync"
PUSH = {
    "ApplicationArns": [APPLICATION, f"arn:aws:sns:us-east-1:{ACCOUNT}:app/APNS_SANDBOX/game.v-2"],
    "RoleArn": ROLE,
}
STREAM = {"StreamName": "changes", "RoleArn": ROLE, "StreamingStatus": "ENABLED"}
LONGEST_ROLE = f"{ROLE}/".ljust(2048, "x")


def configuration_of(client, pool):
    """The answer of GetIdentityPoolConfiguration."""
    return answer(client.get_identity_pool_configuration(IdentityPoolId=pool))


def set_configuration(client, pool, **parts):
    """The answer of SetIdentityPoolConfiguration."""
    return answer(client.set_identity_pool_configuration(IdentityPoolId=pool, **parts))


def refused(client, pool, **parts):
    """The refusal of SetIdentityPoolConfiguration."""
    return refusal(client.set_identity_pool_configuration, IdentityPoolId=pool, **parts)


def raw(pool, body=None):
    """The status and body of a request without boto3: one that sets *body*, or one that gets."""
    url = f"https://cognito-sync.us-east-1.amazonaws.com/identitypools/{pool}/configuration"
    response = requests.get(url, timeout=5) if body is None else requests.post(url, json=body, timeout=5)
    return response.status_code, response.json()


@pytest.fixture
def configured(client, pool):
    """The id of a pool with both parts set."""
    set_configuration(client, pool, PushSync=PUSH, CognitoStreams=STREAM)
    return pool


def test_the_parts_of_a_new_pool_are_null_on_the_wire(pool):
    """PushSync and CognitoStreams of a new pool are null on the wire. Source: configuration-5."""
    assert raw(pool) == (200, {"CognitoStreams": None, "IdentityPoolId": pool, "PushSync": None})


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param({"PushSync": PUSH}, id="push"),
        pytest.param({"CognitoStreams": STREAM}, id="stream"),
        pytest.param({"PushSync": PUSH, "CognitoStreams": STREAM}, id="both"),
        pytest.param({"PushSync": {"ApplicationArns": [APPLICATION]}}, id="push without role"),
        pytest.param({"CognitoStreams": STREAM | {"StreamingStatus": "DISABLED"}}, id="a stream that is off"),
        pytest.param({"CognitoStreams": STREAM | {"StreamName": "x" * 128}}, id="the longest name"),
        pytest.param({"CognitoStreams": STREAM | {"RoleArn": LONGEST_ROLE}}, id="the longest role"),
        pytest.param({}, id="nothing"),
    ],
)
def test_both_operations_answer_what_is_stored(client, pool, parts):
    """SetIdentityPoolConfiguration and GetIdentityPoolConfiguration answer what is stored. Source: configuration-1."""
    answer = set_configuration(client, pool, **parts)
    expected = {"IdentityPoolId": pool, **parts}
    assert answer == expected
    assert configuration_of(client, pool) == expected


def test_the_wire_has_all_members_of_a_part(pool):
    """A part has all its members on the wire; one that was not sent is null. Source: configuration-1, wire-9."""
    body = {"PushSync": {"ApplicationArns": [APPLICATION]}, "CognitoStreams": {"StreamName": "changes"}}
    expected = {
        "CognitoStreams": {"RoleArn": None, "StreamName": "changes", "StreamingStatus": None},
        "IdentityPoolId": pool,
        "PushSync": {"ApplicationArns": [APPLICATION], "RoleArn": None},
    }
    assert raw(pool, body) == (200, expected)
    assert raw(pool) == (200, expected)


def test_a_null_part_is_unchanged(configured):
    """A null part counts as omitted, so it is unchanged. Source: configuration-1, wire-5."""
    assert raw(configured, {"PushSync": None, "CognitoStreams": None}) == (
        200,
        {"CognitoStreams": STREAM, "IdentityPoolId": configured, "PushSync": PUSH},
    )


@pytest.mark.parametrize(
    "cleared", [("PushSync",), ("CognitoStreams",), ("PushSync", "CognitoStreams")], ids=["push", "stream", "both"]
)
def test_an_empty_part_is_removed(client, configured, cleared):
    """``{}`` removes a part, which is null again; the other is unchanged. Source: configuration-2, configuration-5."""
    parts = {"PushSync": PUSH, "CognitoStreams": STREAM} | dict.fromkeys(cleared)
    answer = set_configuration(client, configured, **{name: {} for name in cleared})
    kept = {name: part for name, part in parts.items() if part}
    assert answer == {"IdentityPoolId": configured, **kept}
    assert raw(configured) == (200, {"IdentityPoolId": configured, **parts})


@pytest.mark.cognitosync(region_name="eu-west-1")
def test_applications_must_be_in_the_region_of_the_pool(client, pool):
    """Applications must be in the region of the pool. Source: configuration-3."""
    here = {"ApplicationArns": [f"arn:aws:sns:eu-west-1:{ACCOUNT}:app/GCM/game"]}
    assert set_configuration(client, pool, PushSync=here) == {"IdentityPoolId": pool, "PushSync": here}
    expected = ("InvalidParameterException", 400, f"{APPLICATION} is not of this account and region")
    assert refused(client, pool, PushSync=PUSH) == expected


SNS_PATTERN = r"arn:aws:sns:[-0-9a-z]+:\d+:app/[A-Z_]+/[a-zA-Z0-9_.-]+"
ROLE_PATTERN = r"arn:aws:iam::\d+:role/.*"
SHORT, LONG = "arn:aws:iam::1:role", f"{LONGEST_ROLE}x"


@pytest.mark.parametrize(
    ("parts", "violations"),
    [
        *(
            pytest.param(
                {"PushSync": {"ApplicationArns": [APPLICATION, arn]}},
                [f"'{arn}' at 'pushSync.applicationArns.2.member'; regular expression pattern: {SNS_PATTERN}"],
                id=f"application {arn!r}",
            )
            for arn in (
                "",
                f"arn:aws:sns:us-east-1:{ACCOUNT}:topic",
                f"arn:aws:sns:us-east-1:{ACCOUNT}:app/gcm/game",
                f"arn:aws:sns::{ACCOUNT}:app/GCM/game",
                "arn:aws:sns:us-east-1:\uff11\uff12:app/GCM/game",
                f"{APPLICATION} ",
                f"{APPLICATION}\n",
                f"x{APPLICATION}",
            )
        ),
        *(
            pytest.param(
                {part: {"RoleArn": role}},
                [f"'{role}' at '{part[0].lower()}{part[1:]}.roleArn'; regular expression pattern: {ROLE_PATTERN}"],
                id=f"{part} role {role!r}",
            )
            for part in ("PushSync", "CognitoStreams")
            for role in (f"arn:aws:iam::{ACCOUNT}:user/sync", f"arn:aws-cn:iam::{ACCOUNT}:role/sync")
        ),
        pytest.param(
            {"PushSync": {"RoleArn": SHORT}},
            [
                f"'{SHORT}' at 'pushSync.roleArn'; length greater than or equal to 20",
                f"'{SHORT}' at 'pushSync.roleArn'; regular expression pattern: {ROLE_PATTERN}",
            ],
            id="short role",
        ),
        pytest.param(
            {"CognitoStreams": {"RoleArn": LONG}},
            [f"'{LONG}' at 'cognitoStreams.roleArn'; length less than or equal to 2048"],
            id="long role",
        ),
        pytest.param(
            {"CognitoStreams": STREAM | {"StreamName": ""}},
            ["'' at 'cognitoStreams.streamName'; length greater than or equal to 1"],
            id="empty name",
        ),
        pytest.param(
            {"CognitoStreams": STREAM | {"StreamName": "x" * 129}},
            [f"'{'x' * 129}' at 'cognitoStreams.streamName'; length less than or equal to 128"],
            id="long name",
        ),
        pytest.param(
            {"CognitoStreams": STREAM | {"StreamingStatus": "enabled"}},
            ["'enabled' at 'cognitoStreams.streamingStatus'; enum value set: [ENABLED, DISABLED]"],
            id="status",
        ),
        pytest.param(
            {"PushSync": {"ApplicationArns": ["a"]}, "CognitoStreams": {"StreamingStatus": "OFF"}},
            [
                f"'a' at 'pushSync.applicationArns.1.member'; regular expression pattern: {SNS_PATTERN}",
                "'OFF' at 'cognitoStreams.streamingStatus'; enum value set: [ENABLED, DISABLED]",
            ],
            id="in both parts",
        ),
    ],
)
def test_all_constraint_violations_are_reported_together(client, configured, parts, violations):
    """All violated constraints of the model are reported, and nothing is stored. Source: configuration-1, wire-6."""
    texts = []
    for violation in violations:
        value, rule = violation.rsplit("; ", 1)
        verb = "have" if rule.startswith("length") else "satisfy"
        texts.append(f"Value {value} failed to satisfy constraint: Member must {verb} {rule}")
    unchecked = boto3.client("cognito-sync", config=Config(parameter_validation=False))
    assert refused(unchecked, configured, **parts) == broken(*texts)
    expected = {"IdentityPoolId": configured, "PushSync": PUSH, "CognitoStreams": STREAM}
    assert configuration_of(client, configured) == expected


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param({"PushSync": []}, "Start of list found where not expected.", id="list for a part"),
        pytest.param({"PushSync": ""}, "STRING_VALUE can not be converted to a Structure", id="text for a part"),
        pytest.param(
            {"PushSync": {"ApplicationArns": APPLICATION}},
            "STRING_VALUE can not be converted to a List",
            id="text for a list",
        ),
        pytest.param(
            {"CognitoStreams": {"StreamName": {}}},
            "Start of structure or map found where not expected.",
            id="map for text",
        ),
        pytest.param(
            {"CognitoStreams": {"StreamingStatus": True}},
            "BOOLEAN_VALUE can not be converted to a String",
            id="boolean for text",
        ),
    ],
)
def test_values_of_wrong_types_are_refused(configured, body, message):
    """A value of a type other than the model's is refused, and nothing is stored. Source: configuration-1, wire-7."""
    assert raw(configured, body) == (400, {"message": message})
    assert raw(configured) == (200, {"CognitoStreams": STREAM, "IdentityPoolId": configured, "PushSync": PUSH})


def test_pools_have_their_own_configuration(cognitosync, client, configured):
    """The configuration of one pool is not that of another. Source: configuration-1."""
    other = cognitosync.new_pool()
    assert configuration_of(client, other) == {"IdentityPoolId": other}
    set_configuration(client, other, PushSync={}, CognitoStreams={})
    expected = {"IdentityPoolId": configured, "PushSync": PUSH, "CognitoStreams": STREAM}
    assert configuration_of(client, configured) == expected


def test_a_pool_of_another_region_is_not_found(pool):
    """Neither operation finds a pool of another region. Source: pools-1."""
    elsewhere = boto3.client("cognito-sync", region_name="eu-west-1")
    assert refusal(elsewhere.get_identity_pool_configuration, IdentityPoolId=pool) == pool_not_found(pool)
    assert refused(elsewhere, pool, PushSync=PUSH) == pool_not_found(pool)


def test_reset_removes_events_and_configuration(cognitosync, client, configured):
    """After the handle's reset a pool has neither events nor a configuration. Source: configuration-5, events-3."""
    function = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"
    client.set_cognito_events(IdentityPoolId=configured, Events={"SyncTrigger": function})
    cognitosync.reset()
    assert configuration_of(client, configured) == {"IdentityPoolId": configured}
    assert client.get_cognito_events(IdentityPoolId=configured)["Events"] == {}
