"""Who calls and what they may do: moto's IAM authentication, and the two kinds of credentials."""

import json

import boto3
import moto.core
import pytest
import requests
from botocore import UNSIGNED, xform_name
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from botocore.loaders import Loader
from botocore.model import ServiceModel
from moto import settings as moto_settings
from moto.server import ThreadedMotoServer
from moto.sns.models import sns_backends

MODEL = ServiceModel(Loader().load_service_model("cognito-sync", "service-2"), "cognito-sync")
DEVELOPER_ONLY = {
    "BulkPublish",
    "DescribeIdentityPoolUsage",
    "GetBulkPublishDetails",
    "GetCognitoEvents",
    "GetIdentityPoolConfiguration",
    "ListIdentityPoolUsage",
    "SetCognitoEvents",
    "SetIdentityPoolConfiguration",
}
IDENTITY_ONLY = {"RegisterDevice", "SubscribeToDataset", "UnsubscribeFromDataset"}
BOTH = {"DeleteDataset", "DescribeDataset", "DescribeIdentityUsage", "ListDatasets", "ListRecords", "UpdateRecords"}
OF_IDENTITY = {"DescribeIdentityUsage", "RegisterDevice"}

each_operation = pytest.mark.parametrize("operation", MODEL.operation_names)
# Both ways to have kinds of credentials told apart.
told_apart = pytest.mark.parametrize(
    "developer", ["IAM", pytest.param("strict", marks=pytest.mark.cognitosync(strict_credentials=True))], indirect=True
)
# Clients of moto's server may leave the mock.
pytestmark = pytest.mark.cognitosync(config={"core": {"passthrough": {"urls": [r"http://127\.0\.0\.1:"]}}})

ACCOUNT = "123456789012"
HOST = "cognito-sync.us-east-1.amazonaws.com"
WRONG_KIND = ("NotAuthorizedException", 403, "These credentials are not valid for accessing this resource")
FOREIGN = ("NotAuthorizedException", 403, "mismatch between session identity id and request identity id")
MISSING_TOKEN = ("MissingAuthenticationTokenException", 403, "Missing Authentication Token")
UNRECOGNIZED = ("UnrecognizedClientException", 403, "The security token included in the request is invalid.")
WRONG_SIGNATURE = (
    "InvalidSignatureException",
    403,
    (
        "The request signature we calculated does not match the signature you provided. "
        "Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
    ),
)


@pytest.fixture(scope="module")
def server():
    """The address of moto's server, which shares moto's state with the mock of each test."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["in process", "over HTTP"])
def address(request, cognitosync):
    """Where the service is asked."""
    return request.getfixturevalue("server") if request.param == "over HTTP" else None


@pytest.fixture
def connect(address):
    """Makes a client with the credentials given."""
    return lambda **credentials: boto3.client(
        "cognito-sync", region_name="us-east-1", endpoint_url=address, **credentials
    )


@pytest.fixture
def values(cognitosync, cognitosync_client):
    """A value for each parameter, such that every operation succeeds."""
    pool = cognitosync.new_pool()
    me = {"IdentityPoolId": pool, "IdentityId": cognitosync.new_identity(pool)}
    cognitosync.device(*me.values()).put("scores", {"high_score": "1"})
    application = sns_backends[ACCOUNT]["us-east-1"].create_platform_application("game", "GCM", {})
    cognitosync_client.set_identity_pool_configuration(
        IdentityPoolId=pool,
        PushSync={"ApplicationArns": [application.arn]},
        CognitoStreams={
            "StreamName": "changes",
            "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/streams",
            "StreamingStatus": "ENABLED",
        },
    )
    phone = boto3.client("cognito-sync", **cognitosync.credentials_for(*me.values()))
    return me | {
        "DatasetName": "scores",
        "DeviceId": phone.register_device(**me, Platform="GCM", Token="phone")["DeviceId"],
        "Events": {},
        "Platform": "GCM",
        "SyncSessionToken": cognitosync_client.list_records(**me, DatasetName="scores")["SyncSessionToken"],
        "Token": "phone",
    }


@pytest.fixture
def tester(cognitosync):
    """Makes an IAM user with the policy statements given; gives its credentials."""

    def make(*statements):
        iam = boto3.client("iam")
        iam.create_user(UserName="tester")
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_user_policy(UserName="tester", PolicyName="tests", PolicyDocument=document)
        key = iam.create_access_key(UserName="tester")["AccessKey"]
        return {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}

    return make


@pytest.fixture
def assume(cognitosync):
    """Makes a role with the policy statements given and assumes it; gives the session's credentials."""

    def make(*statements):
        iam = boto3.client("iam")
        role = iam.create_role(RoleName="reader", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_role_policy(RoleName="reader", PolicyName="tests", PolicyDocument=document)
        made = boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]
        return {
            "aws_access_key_id": made["AccessKeyId"],
            "aws_secret_access_key": made["SecretAccessKey"],
            "aws_session_token": made["SessionToken"],
        }

    return make


@pytest.fixture
def iam_on(monkeypatch):
    """Switches moto's IAM authentication on, for the rest of the test."""
    return lambda: monkeypatch.setattr(moto_settings, "INITIAL_NO_AUTH_ACTION_COUNT", 0)


@pytest.fixture
def developer(request, credentials_of, tester, iam_on):
    """Has kinds of credentials told apart from here on; gives those of a developer with all rights."""
    credentials = tester(statement())
    if request.param == "IAM":
        iam_on()
    return credentials


@pytest.fixture
def credentials_of(cognitosync, values):
    """Credentials by the name of who calls."""
    return {
        "developer": {},
        "identity": cognitosync.credentials_for(values["IdentityPoolId"], values["IdentityId"]),
        "cognito-identity": credentials_of_cognito_identity(values["IdentityId"]),
        "nobody": {"config": Config(signature_version=UNSIGNED)},
    }


def statement(effect="Allow", action="cognito-sync:*", resource="*"):
    return {"Effect": effect, "Action": action, "Resource": resource}


def arn_of(operation, values):
    """The documented ARN of what the operation touches."""
    arn = f"arn:aws:cognito-sync:us-east-1:{ACCOUNT}:identitypool/"
    if operation == "ListIdentityPoolUsage":
        return arn + "*"
    arn += values["IdentityPoolId"]
    if operation not in DEVELOPER_ONLY:
        arn += f"/identity/{values['IdentityId']}"
    if operation == "ListDatasets":
        return arn + "/dataset/null"
    return arn if operation in DEVELOPER_ONLY | OF_IDENTITY else arn + "/dataset/scores"


def outcome(client, operation, values, **more):
    """The status of a call that succeeds; code, status and message of a refusal."""
    required = {name: values[name] for name in MODEL.operation_model(operation).input_shape.required_members}
    if operation == "UpdateRecords":
        more.setdefault("RecordPatches", [{"Op": "replace", "Key": "high_score", "Value": "2", "SyncCount": 1}])
    try:
        answer = getattr(client, xform_name(operation))(**required | more)
    except ClientError as error:
        response = error.response
        return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Message"]
    return answer["ResponseMetadata"]["HTTPStatusCode"]


def send(method, url, headers, data=None):
    """Send a request as it is; gives the outcome as above."""
    answer = requests.request(method, url, headers=headers, data=data, timeout=10)
    if answer.ok:
        return answer.status_code
    return answer.headers["x-amzn-ErrorType"].rstrip(":"), answer.status_code, answer.json()["message"]


def url_of(address, values):
    pool, identity = values["IdentityPoolId"], values["IdentityId"]
    path = f"/identitypools/{pool}/identities/{identity}/datasets/scores".replace(":", "%3A")
    return (address or f"https://{HOST}") + path


def denied(who, operation, resource):
    words = f"User: {who} is not authorized to perform: cognito-sync:{operation} on resource: {resource}"
    return "AccessDeniedException", 403, words


def test_the_operations_are_told_apart_as_documented():
    """The three kinds of operations together are all of the model's. Source: access-3."""
    assert sorted(DEVELOPER_ONLY | IDENTITY_ONLY | BOTH) == sorted(MODEL.operation_names)


@each_operation
def test_the_documented_arn_allows_each_operation(connect, values, tester, iam_on, operation):
    """A policy for one action and its documented ARN lets a user past the policies. Source: access-4, access-3."""
    client = connect(**tester(statement(action=f"cognito-sync:{operation}", resource=arn_of(operation, values))))
    iam_on()
    assert outcome(client, operation, values) == (WRONG_KIND if operation in IDENTITY_ONLY else 200)


@each_operation
def test_another_resource_refuses_each_operation(cognitosync, connect, values, tester, iam_on, operation):
    """A policy for another resource refuses, names user, action and resource; nothing changes. Source: access-4."""
    where = [values[name] for name in ("IdentityPoolId", "IdentityId", "DatasetName")]
    before = cognitosync.dataset(*where)
    arn = arn_of(operation, values)
    client = connect(**tester(statement(resource=f"{arn}-of-another")))
    iam_on()
    assert outcome(client, operation, values) == denied(f"arn:aws:iam::{ACCOUNT}:user/tester", operation, arn)
    assert cognitosync.dataset(*where) == before


@pytest.mark.parametrize("operation", ["ListRecords", "UpdateRecords"])
def test_another_action_does_not_allow(connect, values, tester, iam_on, operation):
    """A policy for another action on the same dataset does not allow this one. Source: access-4."""
    client = connect(**tester(statement(action="cognito-sync:DeleteDataset")))
    iam_on()
    assert outcome(client, operation, values) == denied(
        f"arn:aws:iam::{ACCOUNT}:user/tester", operation, arn_of(operation, values)
    )


def test_a_wildcard_allows_all_datasets_of_an_identity(connect, values, tester, iam_on):
    """The documented `identity/ID/*` reaches each dataset of that identity, and no other's. Source: access-4."""
    identity = arn_of("DescribeIdentityUsage", values)
    client = connect(**tester(statement(resource=f"{identity}/*")))
    iam_on()
    other = values | {"IdentityId": "us-east-1:22222222-2222-2222-2222-222222222222"}
    assert [outcome(client, name, values) for name in ("ListDatasets", "ListRecords", "UpdateRecords")] == [200] * 3
    assert outcome(client, "ListRecords", other) == denied(
        f"arn:aws:iam::{ACCOUNT}:user/tester", "ListRecords", arn_of("ListRecords", other)
    )


def test_an_explicit_deny_wins(connect, values, tester, iam_on):
    """A Deny for one dataset refuses it, whatever is allowed; other datasets stay allowed. Source: access-4."""
    arn = arn_of("ListRecords", values)
    client = connect(**tester(statement(), statement("Deny", resource=arn)))
    iam_on()
    assert outcome(client, "ListRecords", values) == denied(f"arn:aws:iam::{ACCOUNT}:user/tester", "ListRecords", arn)
    assert outcome(client, "ListRecords", values | {"DatasetName": "profile"}) == 200


def test_a_role_is_allowed_and_refused_by_its_policy(connect, values, assume, iam_on):
    """An assumed role may do what its policy says; a refusal names its session. Source: access-4."""
    client = connect(**assume(statement(action="cognito-sync:List*")))
    iam_on()
    assert [outcome(client, name, values) for name in ("ListRecords", "ListIdentityPoolUsage")] == [200, 200]
    assert outcome(client, "UpdateRecords", values) == denied(
        f"arn:aws:sts::{ACCOUNT}:assumed-role/reader/session", "UpdateRecords", arn_of("UpdateRecords", values)
    )


# In process alone, for moto's server takes what is not signed for S3's.
@pytest.mark.parametrize("authorization", [None, "", "Basic dGVzdDp0", "Bearer token", "AWS4-HMAC-SHA256 Credential=x"])
def test_an_unsigned_request_is_refused(cognitosync, values, iam_on, authorization):
    """Without the credential of a signature nobody gets in, and nothing is deleted. Source: access-2."""
    iam_on()
    headers = {} if authorization is None else {"Authorization": authorization}
    assert send("DELETE", url_of(None, values), headers) == MISSING_TOKEN
    assert cognitosync.records(values["IdentityPoolId"], values["IdentityId"], "scores") == {"high_score": "1"}


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
def test_wrong_credentials_are_refused(connect, values, tester, iam_on, operation, changed, expected):
    """An unknown key or session token is not recognized; a wrong secret signs wrongly. Source: access-2."""
    client = connect(**tester(statement()) | changed)
    iam_on()
    assert outcome(client, operation, values) == expected


def test_a_wrong_session_token_of_a_role_is_refused(connect, values, assume, iam_on):
    """A role's key with the token of another session is not recognized. Source: access-2."""
    client = connect(**assume(statement()) | {"aws_session_token": "of another session"})
    iam_on()
    assert outcome(client, "ListRecords", values) == UNRECOGNIZED


@pytest.mark.parametrize("tampered", [None, "body", "query", "path"])
def test_what_was_changed_after_signing_is_refused(cognitosync, address, values, tester, iam_on, tampered):
    """Signed is the whole request: a changed body, query or path is refused, and nothing written. Source: access-2."""
    key = tester(statement())
    iam_on()
    url = f"{url_of(address, values)}?ignored=1"
    patch = {"Op": "replace", "Key": "high_score", "Value": "2", "SyncCount": 1}
    body = json.dumps({"SyncSessionToken": values["SyncSessionToken"], "RecordPatches": [patch]})
    signed = AWSRequest("POST", url, data=body, headers={"Content-Type": "application/json"})
    SigV4Auth(Credentials(*key.values()), "cognito-sync", "us-east-1").add_auth(signed)
    changed = {"query": url.replace("=1", "=2"), "path": url.replace("/scores", "/scores2")}.get(tampered, url)
    data = body.replace('"2"', '"3"') if tampered == "body" else body

    assert send("POST", changed, dict(signed.headers), data) == (WRONG_SIGNATURE if tampered else 200)
    records = cognitosync.records(values["IdentityPoolId"], values["IdentityId"], "scores")
    assert records == {"high_score": "1" if tampered else "2"}


def test_signatures_hold_for_all_that_a_request_carries(cognitosync, connect, values, tester, iam_on):
    """Non-ASCII bodies, headers, and tokens with `+`, `/` and `=` in the query are signed alike. Source: access-2."""
    client = connect(**tester(statement()))
    iam_on()
    scores = {name: values[name] for name in ("IdentityPoolId", "IdentityId", "DatasetName")}
    # Whether tokens end with "=" depends on the length of the name.
    datasets = ({**scores, "DatasetName": name} for name in ("s", "sc", "sco"))
    scores = next(found for found in datasets if "=" in client.list_records(**found)["SyncSessionToken"])
    tokens = (client.list_records(**scores)["SyncSessionToken"] for _ in range(1000))
    token = next(token for token in tokens if {"+", "/", "="} <= set(token))
    patches = [
        {"Op": "replace", "Key": key, "Value": "größer 日本 🎲", "SyncCount": 0} for key in ("high_score", "naïve ✓")
    ]

    client.update_records(
        **scores, SyncSessionToken=token, RecordPatches=patches, ClientContext='{"phone":  "a b"}', DeviceId="d-1"
    )
    fresh = next(token for token in tokens if {"+", "/", "="} <= set(token))
    page = client.list_records(**scores, SyncSessionToken=fresh, MaxResults=1)
    rest = client.list_records(**scores, SyncSessionToken=fresh, NextToken=page["NextToken"])

    assert [(record["Key"], record["Value"]) for record in page["Records"] + rest["Records"]] == [
        ("high_score", "größer 日本 🎲"),
        ("naïve ✓", "größer 日本 🎲"),
    ]


def test_moto_counts_our_requests(cognitosync_client, values):
    """Moto's count of actions before authentication counts ours too. Source: access-1, access-2."""

    @moto.core.set_initial_no_auth_action_count(2)
    def three_calls():
        return [outcome(cognitosync_client, "ListDatasets", values) for _ in range(3)]

    assert three_calls() == [200, 200, UNRECOGNIZED]
    assert outcome(cognitosync_client, "ListDatasets", values) == 200


@pytest.mark.skipif(not hasattr(moto.core, "enable_iam_authentication"), reason="this moto has no such switch")
def test_motos_switch_turns_authentication_on(cognitosync_client, values):
    """Within moto's own context manager calls are authenticated, afterwards no longer. Source: access-1, access-2."""
    with moto.core.enable_iam_authentication():
        assert outcome(cognitosync_client, "ListDatasets", values) == UNRECOGNIZED
    assert outcome(cognitosync_client, "ListDatasets", values) == 200


def credentials_of_cognito_identity(identity):
    client = boto3.client("cognito-identity", config=Config(signature_version=UNSIGNED))
    made = client.get_credentials_for_identity(IdentityId=identity)["Credentials"]
    return {
        "aws_access_key_id": made["AccessKeyId"],
        "aws_secret_access_key": made["SecretKey"],
        "aws_session_token": made["SessionToken"],
    }


@told_apart
@each_operation
def test_developers_are_refused_what_is_for_identities(values, developer, operation):
    """A developer with all rights may do all but what is for identities alone. Source: access-3."""
    client = boto3.client("cognito-sync", **developer)
    assert outcome(client, operation, values) == (WRONG_KIND if operation in IDENTITY_ONLY else 200)


@told_apart
@each_operation
def test_identities_are_refused_what_is_for_developers(values, developer, credentials_of, operation):
    """An identity may do all on its own data but what is for developers alone. Source: access-3."""
    client = boto3.client("cognito-sync", **credentials_of["identity"])
    assert outcome(client, operation, values) == (WRONG_KIND if operation in DEVELOPER_ONLY else 200)


@told_apart
def test_an_identity_is_told_apart_on_both_ways(connect, values, developer, credentials_of):
    """In process and over HTTP an identity's key reaches its own data alone. Source: access-3, access-6."""
    client = connect(**credentials_of["identity"])
    stranger = values | {"IdentityId": "us-east-1:33333333-3333-3333-3333-333333333333"}
    assert outcome(client, "ListRecords", values) == 200
    assert outcome(client, "ListRecords", stranger) == FOREIGN
    assert outcome(client, "DescribeIdentityPoolUsage", values) == WRONG_KIND


@told_apart
@pytest.mark.parametrize("operation", sorted(BOTH | IDENTITY_ONLY))
def test_an_identity_does_not_reach_anothers_data(cognitosync, values, developer, operation):
    """Keys of another identity of the pool are refused and change nothing. Source: access-6."""
    pool, identity = values["IdentityPoolId"], values["IdentityId"]
    before = cognitosync.dataset(pool, identity, "scores")
    keys = cognitosync.credentials_for(pool, cognitosync.new_identity(pool))
    assert outcome(boto3.client("cognito-sync", **keys), operation, values) == FOREIGN
    assert cognitosync.dataset(pool, identity, "scores") == before


@told_apart
def test_an_identity_does_not_reach_another_pool(cognitosync, values, developer):
    """Keys of the same identity id in another pool are refused. Source: access-6."""
    keys = cognitosync.credentials_for(cognitosync.new_pool(), values["IdentityId"])
    assert outcome(boto3.client("cognito-sync", **keys), "ListRecords", values) == FOREIGN


@told_apart
def test_the_key_of_cognito_identity_reaches_every_identity(values, developer, credentials_of):
    """Moto gives all identities one key: its kind is checked, whose data it asks for is not.

    Source: access-3, access-6.
    """
    client = boto3.client("cognito-sync", **credentials_of["cognito-identity"])
    stranger = values | {"IdentityId": "us-east-1:33333333-3333-3333-3333-333333333333"}
    assert [outcome(client, "ListRecords", whose) for whose in (values, stranger)] == [200, 200]
    assert [outcome(client, name, values) for name in sorted(DEVELOPER_ONLY)] == [WRONG_KIND] * len(DEVELOPER_ONLY)
    assert [outcome(client, name, values) for name in sorted(IDENTITY_ONLY)] == [200] * len(IDENTITY_ONLY)


@told_apart
@pytest.mark.parametrize("who", ["developer", "identity", "cognito-identity"])
def test_triggers_run_for_identities_alone(cognitosync, values, developer, credentials_of, who):
    """A developer's update runs no trigger, an identity's does. Source: access-5."""
    seen = []
    cognitosync.set_trigger(values["IdentityPoolId"], lambda event: seen.append(event["identityId"]) or event)
    client = boto3.client("cognito-sync", **(developer if who == "developer" else credentials_of[who]))
    assert outcome(client, "UpdateRecords", values) == 200
    assert seen == ([] if who == "developer" else [values["IdentityId"]])


@pytest.mark.parametrize("operation", sorted(DEVELOPER_ONLY | IDENTITY_ONLY))
def test_by_default_kinds_of_credentials_do_not_matter(values, credentials_of, operation):
    """Identities may do what is for developers, and the reverse. Source: access-1."""
    client = boto3.client("cognito-sync", **credentials_of["identity" if operation in DEVELOPER_ONLY else "developer"])
    assert outcome(client, operation, values) == 200


@pytest.mark.parametrize("who", ["stranger", "nobody"])
def test_by_default_everybody_reaches_all_data(cognitosync, values, credentials_of, who):
    """Another identity, and one who signs nothing, may do everything to a dataset. Source: access-1."""
    pool = values["IdentityPoolId"]
    credentials_of["stranger"] = cognitosync.credentials_for(pool, cognitosync.new_identity(pool))
    client = boto3.client("cognito-sync", **credentials_of[who])
    names = [*sorted(BOTH - {"DeleteDataset"}), "DeleteDataset"]
    assert [outcome(client, name, values) for name in names] == [200] * 6


@pytest.mark.parametrize("who", ["developer", "nobody"])
def test_by_default_triggers_run_for_all(cognitosync, values, credentials_of, who):
    """Without IAM authentication and strict credentials an update by whomever runs the trigger. Source: access-1."""
    seen = []
    cognitosync.set_trigger(values["IdentityPoolId"], lambda event: seen.append(event["identityId"]) or event)
    client = boto3.client("cognito-sync", **credentials_of[who])
    assert outcome(client, "UpdateRecords", values) == 200
    assert seen == [values["IdentityId"]]


@pytest.mark.parametrize("strict", [False, pytest.param(True, marks=pytest.mark.cognitosync(strict_credentials=True))])
@pytest.mark.parametrize("who", ["developer", "identity", "cognito-identity"])
def test_who_wrote_is_shown(cognitosync, values, credentials_of, who, strict):
    """LastModifiedBy is the account for a developer, the identity for its own keys, whatever else is sent.

    Source: records-3.
    """
    client = boto3.client("cognito-sync", **credentials_of[who])
    assert outcome(client, "UpdateRecords", values, DeviceId=values["DeviceId"], ClientContext="{}") == 200
    scores = {name: values[name] for name in ("IdentityPoolId", "IdentityId", "DatasetName")}
    author = ACCOUNT if who == "developer" else values["IdentityId"]
    listing = client.list_records(**scores)
    assert [record["LastModifiedBy"] for record in listing["Records"]] == [author]
    assert listing["LastModifiedBy"] == author
    assert client.describe_dataset(**scores)["Dataset"]["LastModifiedBy"] == author
