"""The configuration of an identity pool."""

from __future__ import annotations

from typing import Any

from ..check import check
from ..service import Service
from ..target import Target
from ..values import invalid, violations


def push_sync(target: Target) -> dict[str, Any]:
    """Push sync with two applications and a role."""
    arn = f"arn:aws:sns:{target.region_name}:{target.account_id}:app"
    return {"ApplicationArns": [f"{arn}/GCM/game", f"{arn}/APNS_SANDBOX/game.v-2"], "RoleArn": role(target)}


def role(target: Target) -> str:
    """A role of the account."""
    return f"arn:aws:iam::{target.account_id}:role/sync"


def streams(target: Target, status: str = "ENABLED") -> dict[str, Any]:
    """A stream with a name and a role."""
    return {"StreamName": "changes", "RoleArn": role(target), "StreamingStatus": status}


def configuration_of(service: Service, pool: str) -> dict[str, Any]:
    """What GetIdentityPoolConfiguration answers."""
    return service.call("GetIdentityPoolConfiguration", IdentityPoolId=pool)


def expect_set(service: Service, pool: str, stored: dict[str, Any], **parts: Any) -> None:
    """Set *parts*, and expect *stored* from this call and the next Get."""
    expected = {"IdentityPoolId": pool, **stored}
    service.expect(service.call("SetIdentityPoolConfiguration", IdentityPoolId=pool, **parts), expected)
    service.expect(configuration_of(service, pool), expected)


@check("configuration-1", question="Does SetIdentityPoolConfiguration keep or clear a part that is left out?")
def what_is_set_is_answered_and_kept(service: Service) -> None:
    """SetIdentityPoolConfiguration answers what is stored. A part is replaced whole; one that is left out stays."""
    pool = service.target.pools.unconfigured()
    push, stream = push_sync(service.target), streams(service.target)
    disabled = streams(service.target, "DISABLED")
    without_role = {"ApplicationArns": push["ApplicationArns"][:1]}
    expect_set(service, pool, {})
    expect_set(service, pool, {"PushSync": without_role}, PushSync=without_role)
    expect_set(service, pool, {"PushSync": without_role, "CognitoStreams": stream}, CognitoStreams=stream)
    expect_set(service, pool, {"PushSync": push, "CognitoStreams": disabled}, PushSync=push, CognitoStreams=disabled)
    expect_set(service, pool, {"PushSync": push, "CognitoStreams": disabled})
    off = {"StreamingStatus": "DISABLED"}
    expect_set(service, pool, {"PushSync": push, "CognitoStreams": off}, CognitoStreams=off)
    expect_set(service, pool, {"PushSync": without_role, "CognitoStreams": off}, PushSync=without_role)


@check("configuration-2")
def an_empty_part_is_cleared(service: Service) -> None:
    """`{}` clears a part, and the other one stays."""
    parts = {"PushSync": push_sync(service.target), "CognitoStreams": streams(service.target)}
    for cleared in (["PushSync"], ["CognitoStreams"], ["PushSync", "CognitoStreams"]):
        pool = service.target.pools.unconfigured()
        service.call("SetIdentityPoolConfiguration", IdentityPoolId=pool, **parts)
        kept = {name: part for name, part in parts.items() if name not in cleared}
        expect_set(service, pool, kept, **{name: {} for name in cleared})


@check("configuration-3", question="Are applications of another region or account, and roles of another, refused?")
def applications_and_roles_are_of_the_account(service: Service) -> None:
    """An application of another region or account, or a role of another account, is refused, and nothing is set."""
    target = service.target
    pool = target.pools.unconfigured()
    other_account = "210987654321" if target.account_id != "210987654321" else "123456789012"
    other_region = "eu-west-1" if target.region_name != "eu-west-1" else "us-east-1"
    push, stream = push_sync(target), streams(target)
    here = push["ApplicationArns"][0]
    there = f"arn:aws:sns:{other_region}:{target.account_id}:app/GCM/game"
    theirs = f"arn:aws:sns:{target.region_name}:{other_account}:app/GCM/game"
    role_arn = f"arn:aws:iam::{other_account}:role/sync"
    before: dict[str, Any] = {}
    for _ in range(2):
        for arn, parts in (
            (there, {"PushSync": {"ApplicationArns": [here, there]}}),
            (theirs, {"PushSync": {"ApplicationArns": [theirs, here]}}),
            (role_arn, {"PushSync": {**push, "RoleArn": role_arn}}),
            (role_arn, {"CognitoStreams": {**stream, "RoleArn": role_arn}}),
            (role_arn, {"PushSync": push, "CognitoStreams": {"StreamingStatus": "DISABLED", "RoleArn": role_arn}}),
        ):
            refused = invalid(f"{arn} is not of this account and region")
            service.expect(service.refusal("SetIdentityPoolConfiguration", IdentityPoolId=pool, **parts), refused)
            service.expect(configuration_of(service, pool), {"IdentityPoolId": pool, **before})
        before = {"PushSync": push, "CognitoStreams": stream}
        service.call("SetIdentityPoolConfiguration", IdentityPoolId=pool, **before)


@check("configuration-4", question="Is an enabled stream without StreamName or RoleArn refused?")
def an_enabled_stream_needs_a_name_and_a_role(service: Service) -> None:
    """StreamName and RoleArn must come in the same call that enables a stream; otherwise nothing is set."""
    pool = service.target.pools.unconfigured()
    stream = streams(service.target)
    refused = invalid("An enabled stream needs StreamName and RoleArn")
    before: dict[str, Any] = {}
    for _ in range(2):
        for given in ((), ("RoleArn",), ("StreamName",)):
            part = {"StreamingStatus": "ENABLED", **{name: stream[name] for name in given}}
            parts = {"PushSync": {}, "CognitoStreams": part}
            service.expect(service.refusal("SetIdentityPoolConfiguration", IdentityPoolId=pool, **parts), refused)
            service.expect(configuration_of(service, pool), {"IdentityPoolId": pool, **before})
        before = {"PushSync": push_sync(service.target), "CognitoStreams": stream}
        service.call("SetIdentityPoolConfiguration", IdentityPoolId=pool, **before)


@check("configuration-5")
def a_fresh_pool_has_no_configuration(service: Service) -> None:
    """PushSync and CognitoStreams of a pool that nobody has configured are null."""
    pool = service.target.pools.unconfigured()
    service.expect(configuration_of(service, pool), {"IdentityPoolId": pool})


@check("configuration-6", question="Are applications and roles accepted that do not exist?")
def an_application_need_not_exist(service: Service) -> None:
    """Every ARN of an application that matches the model's pattern is accepted if account and region fit."""
    pool = service.target.pools.unconfigured()
    arn = f"arn:aws:sns:{service.target.region_name}:{service.target.account_id}:app"
    role_arn = f"arn:aws:iam::{service.target.account_id}:role/service-role/sync"
    for application in ("APNS_SANDBOX/my.game-1", "BAIDU/game", "GCM/missing"):
        push = {"ApplicationArns": [f"{arn}/{application}"], "RoleArn": role_arn}
        expect_set(service, pool, {"PushSync": push}, PushSync=push)


@check("configuration-6", question="How is an ARN of another partition or resource refused?")
def arns_of_other_partitions_and_resources_are_refused(service: Service) -> None:
    """An ARN that does not match the model's pattern violates a constraint, and nothing is set."""
    pool = service.target.pools.unconfigured()
    sns, iam = r"arn:aws:sns:[-0-9a-z]+:\d+:app/[A-Z_]+/[a-zA-Z0-9_.-]+", r"arn:aws:iam::\d+:role/.*"
    application = f"arn:aws-cn:sns:{service.target.region_name}:{service.target.account_id}:app/GCM/game"
    foreign = f"arn:aws-cn:iam::{service.target.account_id}:role/sync"
    user = f"arn:aws:iam::{service.target.account_id}:user/sync"
    for part, member, arn, pattern in (
        ({"PushSync": {"ApplicationArns": [application]}}, "pushSync.applicationArns.1.member", application, sns),
        ({"CognitoStreams": {"RoleArn": foreign}}, "cognitoStreams.roleArn", foreign, iam),
        ({"CognitoStreams": {"RoleArn": user}}, "cognitoStreams.roleArn", user, iam),
    ):
        rule = f"Member must satisfy regular expression pattern: {pattern}"
        refused = violations(f"Value '{arn}' at '{member}' failed to satisfy constraint: {rule}")
        service.expect(service.refusal("SetIdentityPoolConfiguration", IdentityPoolId=pool, **part), refused)
        service.expect(configuration_of(service, pool), {"IdentityPoolId": pool})
