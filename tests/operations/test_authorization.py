"""IAM authentication: the policies of users and roles, and the signatures of requests."""

from __future__ import annotations

import json

import boto3
import pytest
import requests
from authorization import IDENTITY_ONLY, UNRECOGNIZED, WRONG_KIND, arn_of, outcome, statement
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from driver import ACCOUNT, MODEL, NOON, assume_role, counted, replace

import moto.core

each_operation = pytest.mark.parametrize("operation", MODEL.operation_names)
# Clients of moto's server may leave the mock.
pytestmark = pytest.mark.cognitosync(config={"core": {"passthrough": {"urls": [r"http://127\.0\.0\.1:"]}}})

HOST = "cognito-sync.us-east-1.amazonaws.com"
USER = f"arn:aws:iam::{ACCOUNT}:user/tester"
MISSING_TOKEN = ("MissingAuthenticationTokenException", 403, "Missing Authentication Token")
WRONG_SIGNATURE = (
    "InvalidSignatureException",
    403,
    (
        "The request signature we calculated does not match the signature you provided. "
        "Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
    ),
)


@pytest.fixture
def create_role(cognitosync):
    """Creates the role ``reader`` with the given policy statements and assumes it; returns its credentials."""

    def create(*statements):
        iam = boto3.client("iam")
        iam.create_role(RoleName="reader", AssumeRolePolicyDocument="{}")
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_role_policy(RoleName="reader", PolicyName="tests", PolicyDocument=document)
        return assume_role(ACCOUNT, "reader", "session")

    return create


def send(method, url, headers, data=None):
    """Send a request as it is; return 200 or the refusal."""
    answer = requests.request(method, url, headers=headers, data=data, timeout=10)
    if answer.ok:
        return answer.status_code
    return answer.headers["x-amzn-ErrorType"].rstrip(":"), answer.status_code, answer.json()["message"]


def url_of(endpoint, dataset):
    path = f"/identitypools/{dataset.identity_pool_id}/identities/{dataset.identity_id}/datasets/{dataset.dataset_name}"
    return (endpoint or f"https://{HOST}") + path.replace(":", "%3A")


def denied(caller, operation, resource):
    """The refusal of a caller whose policies do not allow the operation."""
    message = f"User: {caller} is not authorized to perform: cognito-sync:{operation} on resource: {resource}"
    return "AccessDeniedException", 403, message


@each_operation
def test_the_documented_arn_allows_each_operation(connect, values, create_user, enable_iam, operation):
    """A policy with an operation and its documented ARN allows the operation. Source: access-4, access-3."""
    client = connect(**create_user(statement(action=f"cognito-sync:{operation}", resource=arn_of(operation, values))))
    enable_iam()
    assert outcome(client, operation, values) == (WRONG_KIND if operation in IDENTITY_ONLY else 200)


@each_operation
def test_a_policy_for_another_resource_denies_each_operation(
    scores, connect, values, create_user, enable_iam, operation
):
    """A denial names the user, the action and the resource, and nothing is changed. Source: access-4."""
    before = scores.state()
    arn = arn_of(operation, values)
    client = connect(**create_user(statement(resource=f"{arn}-of-another")))
    enable_iam()
    assert outcome(client, operation, values) == denied(USER, operation, arn)
    assert scores.state() == before


@pytest.mark.parametrize("operation", ["ListRecords", "UpdateRecords"])
def test_a_policy_for_another_action_denies_the_operation(connect, values, create_user, enable_iam, operation):
    """A policy for another action on the same dataset does not allow the operation. Source: access-4."""
    client = connect(**create_user(statement(action="cognito-sync:DeleteDataset")))
    enable_iam()
    assert outcome(client, operation, values) == denied(USER, operation, arn_of(operation, values))


def test_a_wildcard_allows_all_datasets_of_an_identity(connect, values, create_user, enable_iam):
    """The documented `identity/ID/*` allows each dataset of that identity, and no other's. Source: access-4."""
    identity = arn_of("DescribeIdentityUsage", values)
    client = connect(**create_user(statement(resource=f"{identity}/*")))
    enable_iam()
    other = values | {"IdentityId": "us-east-1:22222222-2222-2222-2222-222222222222"}
    assert [outcome(client, name, values) for name in ("ListDatasets", "ListRecords", "UpdateRecords")] == [200] * 3
    assert outcome(client, "ListRecords", other) == denied(USER, "ListRecords", arn_of("ListRecords", other))


def test_an_explicit_deny_has_precedence(connect, values, create_user, enable_iam):
    """A Deny for one dataset has precedence over an Allow for all. Source: access-4."""
    arn = arn_of("ListRecords", values)
    client = connect(**create_user(statement(), statement("Deny", resource=arn)))
    enable_iam()
    assert outcome(client, "ListRecords", values) == denied(USER, "ListRecords", arn)
    assert outcome(client, "ListRecords", values | {"DatasetName": "profile"}) == 200


def test_the_policy_of_a_role_applies_to_its_sessions(connect, values, create_role, enable_iam):
    """A session may do what its role's policy allows; a denial names the session. Source: access-4."""
    client = connect(**create_role(statement(action="cognito-sync:List*")))
    enable_iam()
    assert [outcome(client, name, values) for name in ("ListRecords", "ListIdentityPoolUsage")] == [200, 200]
    assert outcome(client, "UpdateRecords", values) == denied(
        f"arn:aws:sts::{ACCOUNT}:assumed-role/reader/session", "UpdateRecords", arn_of("UpdateRecords", values)
    )


# In process only, since moto's server takes unsigned requests for S3's.
@pytest.mark.parametrize("authorization", [None, "", "Basic dGVzdDp0", "Bearer token", "AWS4-HMAC-SHA256 Credential=x"])
def test_an_unsigned_request_is_refused(scores, values, enable_iam, authorization):
    """A request without the credential of a signature is refused, and nothing is deleted. Source: access-2."""
    enable_iam()
    headers = {} if authorization is None else {"Authorization": authorization}
    assert send("DELETE", url_of(None, scores), headers) == MISSING_TOKEN
    assert scores.records() == {"high_score": "1"}


@pytest.mark.parametrize("operation", ["ListRecords", "UpdateRecords"])
@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"aws_access_key_id": "AKIANOBODYHASTHISKEY"}, UNRECOGNIZED),
        ({"aws_session_token": "a-user-has-none"}, UNRECOGNIZED),
        ({"aws_secret_access_key": "wrong"}, WRONG_SIGNATURE),
    ],
    ids=["unknown key", "session token", "wrong secret"],
)
def test_wrong_credentials_are_refused(scores, connect, values, create_user, enable_iam, operation, changed, expected):
    """An unknown key or session token is not recognized; a wrong secret gives a wrong signature. Source: access-2."""
    client = connect(**create_user(statement()) | changed)
    enable_iam()
    assert outcome(client, operation, values) == expected


def test_a_wrong_session_token_of_a_role_is_refused(connect, values, create_role, enable_iam):
    """A role's key with the token of another session is not recognized. Source: access-2."""
    client = connect(**create_role(statement()) | {"aws_session_token": "of another session"})
    enable_iam()
    assert outcome(client, "ListRecords", values) == UNRECOGNIZED


@pytest.mark.parametrize("tampered", [None, "body", "query", "path"])
def test_a_request_that_was_changed_after_signing_is_refused(
    scores, endpoint, values, create_user, enable_iam, tampered
):
    """The signature covers body, query and path: a changed request is refused and writes nothing. Source: access-2."""
    key = create_user(statement())
    enable_iam()
    url = f"{url_of(endpoint, scores)}?ignored=1"
    patches = [replace("high_score", "2", 1)]
    body = json.dumps({"SyncSessionToken": values["SyncSessionToken"], "RecordPatches": patches})
    signed = AWSRequest("POST", url, data=body, headers={"Content-Type": "application/json"})
    SigV4Auth(Credentials(*key.values()), "cognito-sync", "us-east-1").add_auth(signed)
    changed = {"query": url.replace("=1", "=2"), "path": url.replace("/scores", "/scores2")}.get(tampered, url)
    data = body.replace('"2"', '"3"') if tampered == "body" else body

    assert send("POST", changed, dict(signed.headers), data) == (WRONG_SIGNATURE if tampered else 200)
    assert scores.records() == {"high_score": "1" if tampered else "2"}


def test_signatures_are_valid_for_unusual_requests(scores, connect, values, create_user, enable_iam):
    """Non-ASCII bodies, headers, and tokens with `+`, `/` and `=` have valid signatures. Source: access-2."""
    client = connect(**create_user(statement()))
    enable_iam()
    # The length of the name decides whether tokens end with "=".
    datasets = (scores.through(client).named(name) for name in ("s", "sc", "sco"))
    dataset = next(dataset for dataset in datasets if "=" in dataset.token())
    tokens = (token for token in (dataset.token() for _ in range(1000)) if {"+", "/", "="} <= set(token))
    patches = [replace(key, "größer 日本 🎲") for key in ("high_score", "naïve ✓")]

    dataset.write(*patches, token=next(tokens), ClientContext='{"phone":  "a b"}', DeviceId="d-1")
    token = next(tokens)
    page = dataset.list_records(SyncSessionToken=token, MaxResults=1)
    rest = dataset.list_records(SyncSessionToken=token, NextToken=page["NextToken"])

    assert counted(page["Records"] + rest["Records"]) == [
        ("high_score", "größer 日本 🎲", 1),
        ("naïve ✓", "größer 日本 🎲", 1),
    ]


def test_a_call_is_the_last_use_of_its_access_key(create_user, time_machine):
    """IAM's GetAccessKeyLastUsed names the service, the region and the time of the call."""
    keys = create_user(statement())
    time_machine.move_to(NOON, tick=False)
    client = boto3.client("cognito-sync", region_name="eu-west-1", **keys)
    client.list_identity_pool_usage()
    used = boto3.client("iam").get_access_key_last_used(AccessKeyId=keys["aws_access_key_id"])["AccessKeyLastUsed"]
    assert used == {"LastUsedDate": NOON, "ServiceName": "cognito-sync", "Region": "eu-west-1"}


def test_requests_count_towards_moto_s_limit_without_authentication(client, values):
    """Requests count towards the number that moto accepts before it authenticates. Source: access-1, access-2."""

    @moto.core.set_initial_no_auth_action_count(2)
    def three_calls():
        return [outcome(client, "ListDatasets", values) for _ in range(3)]

    assert three_calls() == [200, 200, UNRECOGNIZED]
    assert outcome(client, "ListDatasets", values) == 200


@pytest.mark.skipif(not hasattr(moto.core, "enable_iam_authentication"), reason="this moto has no such switch")
def test_moto_s_context_manager_enables_authentication(client, values):
    """Inside moto's context manager calls are authenticated, and not afterwards. Source: access-1, access-2."""
    with moto.core.enable_iam_authentication():
        assert outcome(client, "ListDatasets", values) == UNRECOGNIZED
    assert outcome(client, "ListDatasets", values) == 200
