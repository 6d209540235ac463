"""The two kinds of credentials, of developers and of identities, and the operations that each may call."""

from __future__ import annotations

import boto3
import pytest
from authorization import BOTH, DEVELOPER_ONLY, FOREIGN, IDENTITY_ONLY, WRONG_KIND, outcome, outcomes, statement
from botocore import UNSIGNED
from botocore.config import Config
from driver import ACCOUNT, MODEL

each_operation = pytest.mark.parametrize("operation", MODEL.operation_names)
# Kinds of credentials are distinguished in two ways.
kinds_distinguished = pytest.mark.parametrize(
    "developer", ["IAM", pytest.param("strict", marks=pytest.mark.cognitosync(strict_credentials=True))], indirect=True
)
# Clients of moto's server may leave the mock.
pytestmark = pytest.mark.cognitosync(config={"core": {"passthrough": {"urls": [r"http://127\.0\.0\.1:"]}}})


def credentials_of_cognito_identity(identity):
    """The credentials that moto's cognito-identity gives an identity, as options of ``boto3.client``."""
    client = boto3.client("cognito-identity", config=Config(signature_version=UNSIGNED))
    credentials = client.get_credentials_for_identity(IdentityId=identity)["Credentials"]
    return {
        "aws_access_key_id": credentials["AccessKeyId"],
        "aws_secret_access_key": credentials["SecretKey"],
        "aws_session_token": credentials["SessionToken"],
    }


@pytest.fixture
def credentials_of(cognitosync, values):
    """The options of ``boto3.client`` by caller."""
    return {
        "developer": {},
        "identity": cognitosync.credentials_for(values["IdentityPoolId"], values["IdentityId"]),
        "cognito-identity": credentials_of_cognito_identity(values["IdentityId"]),
        "unsigned": {"config": Config(signature_version=UNSIGNED)},
    }


@pytest.fixture
def developer(request, credentials_of, create_user, enable_iam):
    """The credentials of a developer with all rights; kinds of credentials are distinguished from here on."""
    credentials = create_user(statement())
    if request.param == "IAM":
        enable_iam()
    return credentials


def test_each_operation_is_of_one_documented_kind():
    """The three kinds of operations together are all operations of the model. Source: access-3."""
    assert sorted(DEVELOPER_ONLY | IDENTITY_ONLY | BOTH) == sorted(MODEL.operation_names)


@kinds_distinguished
@each_operation
def test_developers_may_not_call_operations_for_identities(values, developer, operation):
    """A developer with all rights may call every operation but those for identities. Source: access-3."""
    client = boto3.client("cognito-sync", **developer)
    assert outcome(client, operation, values) == (WRONG_KIND if operation in IDENTITY_ONLY else 200)


@kinds_distinguished
@each_operation
def test_identities_may_not_call_operations_for_developers(values, developer, credentials_of, operation):
    """An identity may call every operation on its own data but those for developers. Source: access-3."""
    client = boto3.client("cognito-sync", **credentials_of["identity"])
    assert outcome(client, operation, values) == (WRONG_KIND if operation in DEVELOPER_ONLY else 200)


@kinds_distinguished
def test_an_identity_is_recognized_in_process_and_over_http(connect, values, developer, credentials_of):
    """In process and over HTTP, an identity's key gives access to its own data only. Source: access-3, access-6."""
    client = connect(**credentials_of["identity"])
    stranger = values | {"IdentityId": "us-east-1:33333333-3333-3333-3333-333333333333"}
    assert outcome(client, "ListRecords", values) == 200
    assert outcome(client, "ListRecords", stranger) == FOREIGN
    assert outcome(client, "DescribeIdentityPoolUsage", values) == WRONG_KIND


@kinds_distinguished
@pytest.mark.parametrize("operation", sorted(BOTH | IDENTITY_ONLY))
def test_an_identity_has_no_access_to_another_s_data(cognitosync, scores, values, developer, operation):
    """The keys of another identity of the pool are refused and change nothing. Source: access-6."""
    before = scores.state()
    keys = cognitosync.credentials_for(scores.identity_pool_id, cognitosync.new_identity(scores.identity_pool_id))
    assert outcome(boto3.client("cognito-sync", **keys), operation, values) == FOREIGN
    assert scores.state() == before


@kinds_distinguished
def test_an_identity_has_no_access_to_another_pool(cognitosync, values, developer):
    """The keys of the same identity id in another pool are refused. Source: access-6."""
    keys = cognitosync.credentials_for(cognitosync.new_pool(), values["IdentityId"])
    assert outcome(boto3.client("cognito-sync", **keys), "ListRecords", values) == FOREIGN


@kinds_distinguished
def test_the_key_of_cognito_identity_gives_access_to_every_identity(values, developer, credentials_of):
    """Moto gives all identities one key, so its kind is checked but not its identity. Source: access-3, access-6."""
    client = boto3.client("cognito-sync", **credentials_of["cognito-identity"])
    stranger = values | {"IdentityId": "us-east-1:33333333-3333-3333-3333-333333333333"}
    assert outcomes(client, ["ListRecords"], stranger) == {"ListRecords": 200}
    assert outcomes(client, ["ListRecords"], values) == {"ListRecords": 200}
    assert outcomes(client, DEVELOPER_ONLY, values) == dict.fromkeys(DEVELOPER_ONLY, WRONG_KIND)
    assert outcomes(client, sorted(IDENTITY_ONLY), values) == dict.fromkeys(IDENTITY_ONLY, 200)


@kinds_distinguished
@pytest.mark.parametrize("caller", ["developer", "identity", "cognito-identity"])
def test_triggers_run_for_identities_only(cognitosync, values, developer, credentials_of, caller):
    """A developer's update does not run the trigger, an identity's does. Source: access-5."""
    seen = []
    cognitosync.set_trigger(values["IdentityPoolId"], lambda event: seen.append(event["identityId"]) or event)
    client = boto3.client("cognito-sync", **(developer if caller == "developer" else credentials_of[caller]))
    assert outcome(client, "UpdateRecords", values) == 200
    assert seen == ([] if caller == "developer" else [values["IdentityId"]])


@pytest.mark.parametrize("operation", sorted(DEVELOPER_ONLY | IDENTITY_ONLY))
def test_by_default_kinds_of_credentials_are_not_distinguished(values, credentials_of, operation):
    """By default identities may call operations for developers, and vice versa. Source: access-1."""
    client = boto3.client("cognito-sync", **credentials_of["identity" if operation in DEVELOPER_ONLY else "developer"])
    assert outcome(client, operation, values) == 200


@pytest.mark.parametrize("caller", ["stranger", "unsigned"])
def test_by_default_everybody_has_access_to_all_data(cognitosync, values, credentials_of, caller):
    """By default another identity, or an unsigned request, may do everything to a dataset. Source: access-1."""
    pool = values["IdentityPoolId"]
    credentials_of["stranger"] = cognitosync.credentials_for(pool, cognitosync.new_identity(pool))
    client = boto3.client("cognito-sync", **credentials_of[caller])
    names = [*sorted(BOTH - {"DeleteDataset"}), "DeleteDataset"]
    assert outcomes(client, names, values) == dict.fromkeys(names, 200)


@pytest.mark.parametrize("caller", ["developer", "unsigned"])
def test_by_default_triggers_run_for_everybody(cognitosync, values, credentials_of, caller):
    """By default an update by any caller runs the trigger. Source: access-1."""
    seen = []
    cognitosync.set_trigger(values["IdentityPoolId"], lambda event: seen.append(event["identityId"]) or event)
    client = boto3.client("cognito-sync", **credentials_of[caller])
    assert outcome(client, "UpdateRecords", values) == 200
    assert seen == [values["IdentityId"]]


@pytest.mark.parametrize("strict", [False, pytest.param(True, marks=pytest.mark.cognitosync(strict_credentials=True))])
@pytest.mark.parametrize("caller", ["developer", "identity", "cognito-identity"])
def test_last_modified_by_names_the_caller(scores, values, credentials_of, caller, strict):
    """
    LastModifiedBy is the account of a developer or the identity of its keys, whatever the request says.

    Source: records-3.
    """
    client = boto3.client("cognito-sync", **credentials_of[caller])
    assert outcome(client, "UpdateRecords", values, DeviceId=values["DeviceId"], ClientContext="{}") == 200

    author = ACCOUNT if caller == "developer" else values["IdentityId"]
    dataset = scores.through(client)
    listing = dataset.list_records()
    assert [record["LastModifiedBy"] for record in listing["Records"]] == [author]
    assert listing["LastModifiedBy"] == author
    assert dataset.describe()["LastModifiedBy"] == author
