"""SetIdentityPoolConfiguration and GetIdentityPoolConfiguration."""

from __future__ import annotations

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError

APPLICATION = "arn:aws:sns:us-east-1:123456789012:app/GCM/game"
ROLE = "arn:aws:iam::123456789012:role/sync"
PUSH = {
    "ApplicationArns": [APPLICATION, "arn:aws:sns:us-east-1:123456789012:app/APNS_SANDBOX/game.v-2"],
    "RoleArn": ROLE,
}
STREAM = {"StreamName": "changes", "RoleArn": ROLE, "StreamingStatus": "ENABLED"}
LONGEST_ROLE = f"{ROLE}/".ljust(2048, "x")


def members(answer):
    """An answer without its metadata."""
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def configuration_of(client, pool):
    """What GetIdentityPoolConfiguration answers."""
    return members(client.get_identity_pool_configuration(IdentityPoolId=pool))


def unchecked(sync):
    """A client that sends what breaks the model."""
    return boto3.client(
        "cognito-sync", region_name=sync.region_name, config=Config(parameter_validation=False)
    ).set_identity_pool_configuration


def refused(call, **parameters):
    """Code, HTTP status and message of a call that must fail."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Message"]


def raw(pool, body=None):
    """Status and body of a request past boto3: with *body* the one that sets, else the one that gets."""
    url = f"https://cognito-sync.us-east-1.amazonaws.com/identitypools/{pool}/configuration"
    answer = requests.get(url, timeout=5) if body is None else requests.post(url, json=body, timeout=5)
    return answer.status_code, answer.json()


@pytest.fixture
def pool(cognitosync):
    """A fresh pool."""
    return cognitosync.new_pool()


@pytest.fixture
def configured(cognitosync_client, pool):
    """A pool with both parts set."""
    cognitosync_client.set_identity_pool_configuration(IdentityPoolId=pool, PushSync=PUSH, CognitoStreams=STREAM)
    return pool


def test_a_fresh_pool_has_nulls_on_the_wire(pool):
    """PushSync and CognitoStreams of a fresh pool are there, and null. Source: configuration-5."""
    assert raw(pool) == (200, {"CognitoStreams": None, "IdentityPoolId": pool, "PushSync": None})


def test_a_fresh_pool_in_boto3(cognitosync_client, pool):
    """boto3 drops the nulls of a fresh pool. Source: configuration-5."""
    assert configuration_of(cognitosync_client, pool) == {"IdentityPoolId": pool}


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
def test_what_is_set_is_answered_and_kept(cognitosync_client, pool, parts):
    """SetIdentityPoolConfiguration answers what is stored, and Get the same. Source: configuration-1."""
    answer = members(cognitosync_client.set_identity_pool_configuration(IdentityPoolId=pool, **parts))
    expected = {"IdentityPoolId": pool, **parts}
    assert answer == expected
    assert configuration_of(cognitosync_client, pool) == expected


def test_all_members_stand_on_the_wire(pool):
    """What is set stands whole, a member that was not given as null. Source: configuration-1, wire-9."""
    body = {"PushSync": {"ApplicationArns": [APPLICATION]}, "CognitoStreams": {"StreamName": "changes"}}
    expected = {
        "CognitoStreams": {"RoleArn": None, "StreamName": "changes", "StreamingStatus": None},
        "IdentityPoolId": pool,
        "PushSync": {"ApplicationArns": [APPLICATION], "RoleArn": None},
    }
    assert raw(pool, body) == (200, expected)
    assert raw(pool) == (200, expected)


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"PushSync": PUSH | {"ApplicationArns": [APPLICATION]}}, id="push alone"),
        pytest.param({"CognitoStreams": STREAM | {"StreamName": "other"}}, id="stream alone"),
    ],
)
def test_a_part_that_is_left_out_stays(cognitosync_client, configured, parts):
    """Each part is set by itself. Source: configuration-1."""
    expected = {"IdentityPoolId": configured, "PushSync": PUSH, "CognitoStreams": STREAM, **parts}
    answer = cognitosync_client.set_identity_pool_configuration(IdentityPoolId=configured, **parts)
    assert members(answer) == expected
    assert configuration_of(cognitosync_client, configured) == expected


def test_a_part_is_replaced_whole(cognitosync_client, configured):
    """A member that a part does not bring is not kept from before. Source: configuration-1."""
    cognitosync_client.set_identity_pool_configuration(
        IdentityPoolId=configured,
        PushSync={"ApplicationArns": [APPLICATION]},
        CognitoStreams={"StreamingStatus": "DISABLED"},
    )
    assert configuration_of(cognitosync_client, configured) == {
        "IdentityPoolId": configured,
        "PushSync": {"ApplicationArns": [APPLICATION]},
        "CognitoStreams": {"StreamingStatus": "DISABLED"},
    }


def test_null_is_left_out(configured):
    """A null part is no part, so it stays. Source: configuration-1, wire-5."""
    assert raw(configured, {"PushSync": None, "CognitoStreams": None}) == (
        200,
        {"CognitoStreams": STREAM, "IdentityPoolId": configured, "PushSync": PUSH},
    )


@pytest.mark.parametrize(
    "cleared", [("PushSync",), ("CognitoStreams",), ("PushSync", "CognitoStreams")], ids=["push", "stream", "both"]
)
def test_an_empty_part_is_cleared(cognitosync_client, configured, cleared):
    """``{}`` clears a part, which is null again; the other stays. Source: configuration-2, configuration-5."""
    parts = {"PushSync": PUSH, "CognitoStreams": STREAM} | dict.fromkeys(cleared)
    answer = cognitosync_client.set_identity_pool_configuration(
        IdentityPoolId=configured, **{name: {} for name in cleared}
    )
    kept = {name: part for name, part in parts.items() if part}
    assert members(answer) == {"IdentityPoolId": configured, **kept}
    assert raw(configured) == (200, {"IdentityPoolId": configured, **parts})


@pytest.mark.parametrize(
    ("parts", "arn"),
    [
        pytest.param(
            {"PushSync": {"ApplicationArns": [APPLICATION, "arn:aws:sns:eu-west-1:123456789012:app/GCM/game"]}},
            "arn:aws:sns:eu-west-1:123456789012:app/GCM/game",
            id="application of another region",
        ),
        pytest.param(
            {"PushSync": {"ApplicationArns": ["arn:aws:sns:us-east-1:210987654321:app/GCM/game", APPLICATION]}},
            "arn:aws:sns:us-east-1:210987654321:app/GCM/game",
            id="application of another account",
        ),
        pytest.param(
            {"PushSync": PUSH | {"RoleArn": "arn:aws:iam::210987654321:role/sync"}},
            "arn:aws:iam::210987654321:role/sync",
            id="push role of another account",
        ),
        pytest.param(
            {"CognitoStreams": STREAM | {"RoleArn": "arn:aws:iam::210987654321:role/sync"}},
            "arn:aws:iam::210987654321:role/sync",
            id="stream role of another account",
        ),
        pytest.param(
            {
                "PushSync": PUSH,
                "CognitoStreams": {"StreamingStatus": "DISABLED", "RoleArn": "arn:aws:iam::1:role/sync"},
            },
            "arn:aws:iam::1:role/sync",
            id="one good part, one bad",
        ),
    ],
)
@pytest.mark.parametrize("before", [{}, {"PushSync": PUSH, "CognitoStreams": STREAM}], ids=["fresh", "configured"])
def test_strangers(cognitosync_client, pool, parts, arn, before):
    """What is not of the pool's account and region is refused, and nothing is set. Source: configuration-3."""
    cognitosync_client.set_identity_pool_configuration(IdentityPoolId=pool, **before)
    call = cognitosync_client.set_identity_pool_configuration
    assert refused(call, IdentityPoolId=pool, **parts) == (
        "InvalidParameterException",
        400,
        f"{arn} is not of this account and region",
    )
    assert configuration_of(cognitosync_client, pool) == {"IdentityPoolId": pool, **before}


@pytest.mark.cognitosync(region_name="eu-west-1")
def test_the_region_is_the_pools(cognitosync_client, pool):
    """Applications must be of the region that the pool is in. Source: configuration-3."""
    here = {"ApplicationArns": ["arn:aws:sns:eu-west-1:123456789012:app/GCM/game"]}
    call = cognitosync_client.set_identity_pool_configuration
    assert members(call(IdentityPoolId=pool, PushSync=here)) == {"IdentityPoolId": pool, "PushSync": here}
    refusal = ("InvalidParameterException", 400, f"{APPLICATION} is not of this account and region")
    assert refused(call, IdentityPoolId=pool, PushSync=PUSH) == refusal


@pytest.mark.parametrize(
    "streams",
    [
        pytest.param({"StreamingStatus": "ENABLED"}, id="neither"),
        pytest.param({"StreamingStatus": "ENABLED", "RoleArn": ROLE}, id="no name"),
        pytest.param({"StreamingStatus": "ENABLED", "StreamName": "changes"}, id="no role"),
    ],
)
@pytest.mark.parametrize("before", [{}, {"PushSync": PUSH, "CognitoStreams": STREAM}], ids=["fresh", "configured"])
def test_an_enabled_stream_needs_name_and_role(cognitosync_client, pool, streams, before):
    """Neither comes from an earlier call, and nothing is set where one lacks. Source: configuration-4."""
    cognitosync_client.set_identity_pool_configuration(IdentityPoolId=pool, **before)
    call = cognitosync_client.set_identity_pool_configuration
    assert refused(call, IdentityPoolId=pool, PushSync={}, CognitoStreams=streams) == (
        "InvalidParameterException",
        400,
        "An enabled stream needs StreamName and RoleArn",
    )
    assert configuration_of(cognitosync_client, pool) == {"IdentityPoolId": pool, **before}


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
                "arn:aws:sns:us-east-1:123456789012:topic",
                "arn:aws:sns:us-east-1:123456789012:app/gcm/game",
                "arn:aws:sns::123456789012:app/GCM/game",
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
            for role in ("arn:aws:iam::123456789012:user/sync", "arn:aws-cn:iam::123456789012:role/sync")
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
def test_constraints(cognitosync, cognitosync_client, configured, parts, violations):
    """All broken constraints of the model come together, and nothing is set. Source: configuration-1, wire-6."""
    texts = []
    for violation in violations:
        value, rule = violation.rsplit("; ", 1)
        verb = "have" if rule.startswith("length") else "satisfy"
        texts.append(f"Value {value} failed to satisfy constraint: Member must {verb} {rule}")
    many = "" if len(texts) == 1 else "s"
    message = f"{len(texts)} validation error{many} detected: {'; '.join(texts)}"
    refusal = refused(unchecked(cognitosync), IdentityPoolId=configured, **parts)
    assert refusal == ("InvalidParameterException", 400, message)
    expected = {"IdentityPoolId": configured, "PushSync": PUSH, "CognitoStreams": STREAM}
    assert configuration_of(cognitosync_client, configured) == expected


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
def test_wrong_types(configured, body, message):
    """A value of another type than the model's is refused, and nothing is set. Source: configuration-1, wire-7."""
    assert raw(configured, body) == (400, {"message": message})
    assert raw(configured) == (200, {"CognitoStreams": STREAM, "IdentityPoolId": configured, "PushSync": PUSH})


def test_pools_have_their_own_configuration(cognitosync, cognitosync_client, configured):
    """What is set for one pool is not set for another. Source: configuration-1."""
    other = cognitosync.new_pool()
    assert configuration_of(cognitosync_client, other) == {"IdentityPoolId": other}
    cognitosync_client.set_identity_pool_configuration(IdentityPoolId=other, PushSync={}, CognitoStreams={})
    expected = {"IdentityPoolId": configured, "PushSync": PUSH, "CognitoStreams": STREAM}
    assert configuration_of(cognitosync_client, configured) == expected


def test_a_pool_of_another_region(pool):
    """Neither operation knows a pool of another region. Source: pools-1."""
    elsewhere = boto3.client("cognito-sync", region_name="eu-west-1")
    missing = ("ResourceNotFoundException", 404, f"IdentityPool '{pool}' not found.")
    assert refused(elsewhere.get_identity_pool_configuration, IdentityPoolId=pool) == missing
    assert refused(elsewhere.set_identity_pool_configuration, IdentityPoolId=pool, PushSync=PUSH) == missing


def test_reset_forgets_events_and_configuration(cognitosync, cognitosync_client, configured):
    """After the handle's reset the pool is fresh. Source: configuration-5, events-3."""
    function = "arn:aws:lambda:us-east-1:123456789012:function:f"
    cognitosync_client.set_cognito_events(IdentityPoolId=configured, Events={"SyncTrigger": function})
    cognitosync.reset()
    assert configuration_of(cognitosync_client, configured) == {"IdentityPoolId": configured}
    assert cognitosync_client.get_cognito_events(IdentityPoolId=configured)["Events"] == {}
