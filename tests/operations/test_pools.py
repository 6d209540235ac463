"""Which identity pools exist: those of moto's cognito-identity, or every well-formed id of the region."""

from datetime import datetime, timezone

import boto3
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.loaders import Loader
from botocore.model import ServiceModel
from freezegun import freeze_time
from moto.cognitoidentity.models import cognitoidentity_backends

MODEL = ServiceModel(Loader().load_service_model("cognito-sync", "service-2"), "cognito-sync")
OF_A_POOL = [name for name in MODEL.operation_names if name != "ListIdentityPoolUsage"]
IMAGINARY = "us-east-1:00000000-0000-4000-8000-000000000000"
VALUES = {
    "IdentityId": "us-east-1:11111111-1111-4111-8111-111111111111",
    "DatasetName": "scores",
    "DeviceId": "22222222-2222-4222-8222-222222222222",
    "Events": {},
    "Platform": "GCM",
    "SyncSessionToken": "token",
    "Token": "phone",
}
NEW_YEAR = datetime(2026, 1, 1, tzinfo=timezone.utc)

each_manner = pytest.mark.parametrize(
    "manner",
    [pytest.param(name, marks=pytest.mark.cognitosync(identity_pools=name)) for name in ("auto", "created", "any")],
)


@pytest.fixture
def identity(cognitosync):
    """A client of cognito-identity in the region of the mock."""
    return boto3.client("cognito-identity", region_name=cognitosync.region_name)


def create(identity):
    pool = identity.create_identity_pool(IdentityPoolName="players", AllowUnauthenticatedIdentities=True)
    return pool["IdentityPoolId"]


def delete(identity, pool):
    """Delete a pool, also where moto's cognito-identity lacks the operation."""
    backend = cognitoidentity_backends["123456789012"]["us-east-1"]
    if hasattr(backend, "delete_identity_pool"):
        identity.delete_identity_pool(IdentityPoolId=pool)
    else:
        del backend.identity_pools[pool]


def not_found(pool):
    return "ResourceNotFoundException", 404, f"IdentityPool '{pool}' not found."


def outcome(client, pool, operation="ListDatasets"):
    """The status of a call for the pool that succeeds; code, status and message of a refusal."""
    required = MODEL.operation_model(operation).input_shape.required_members
    try:
        answer = getattr(client, xform_name(operation))(
            IdentityPoolId=pool, **{name: VALUES[name] for name in required if name != "IdentityPoolId"}
        )
    except ClientError as error:
        response = error.response
        return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Message"]
    return answer["ResponseMetadata"]["HTTPStatusCode"]


def usages(client):
    """Pool to its bytes, as ListIdentityPoolUsage lists them."""
    return {
        usage["IdentityPoolId"]: usage["DataStorage"]
        for usage in client.list_identity_pool_usage()["IdentityPoolUsages"]
    }


def write(cognitosync, pool):
    cognitosync.device(pool, VALUES["IdentityId"]).put("scores", {"high_score": "1"})


@pytest.mark.parametrize("operation", OF_A_POOL)
def test_a_deleted_pool_exists_for_no_operation(cognitosync, cognitosync_client, identity, operation):
    """After its deletion each operation refuses the pool, and its data is out of reach. Source: pools-3, pools-1."""
    pool = create(identity)
    write(cognitosync, pool)

    delete(identity, pool)

    assert outcome(cognitosync_client, pool, operation) == not_found(pool)


@pytest.mark.parametrize(
    ("manner", "exists"),
    [
        pytest.param("auto", False, marks=pytest.mark.cognitosync(identity_pools="auto")),
        pytest.param("created", False, marks=pytest.mark.cognitosync(identity_pools="created")),
        pytest.param("any", True, marks=pytest.mark.cognitosync(identity_pools="any")),
    ],
)
def test_a_deleted_pool_in_each_manner(cognitosync, cognitosync_client, identity, manner, exists):
    """A pool that was used and then deleted does not exist, unless every pool does. Source: pools-2, pools-3."""
    pool = create(identity)
    write(cognitosync, pool)

    delete(identity, pool)

    assert (outcome(cognitosync_client, pool) == 200) is exists
    assert (pool in usages(cognitosync_client)) is exists


def test_a_pool_deleted_before_anybody_used_it(cognitosync_client, identity):
    """Cognito Sync need not have met a pool for it to be gone. Source: pools-3."""
    pool = create(identity)
    delete(identity, pool)

    assert outcome(cognitosync_client, pool) == not_found(pool)


def test_a_deleted_pool_stays_gone_while_others_come_and_go(cognitosync, cognitosync_client, identity):
    """Neither another pool nor its deletion brings a deleted pool back. Source: pools-3."""
    gone = create(identity)
    write(cognitosync, gone)
    delete(identity, gone)
    other = create(identity)

    assert [outcome(cognitosync_client, pool) for pool in (gone, other)] == [not_found(gone), 200]
    delete(identity, other)
    assert [outcome(cognitosync_client, pool) for pool in (gone, other)] == [not_found(gone), not_found(other)]


def test_an_identity_that_was_deleted_may_still_write(cognitosync, cognitosync_client, identity):
    """Identities need not exist: one that cognito-identity never made has its data all the same. Source: pools-2."""
    pool = create(identity)
    write(cognitosync, pool)
    assert identity.list_identities(IdentityPoolId=pool, MaxResults=60)["Identities"] == []
    assert outcome(cognitosync_client, pool, "DescribeDataset") == 200


@pytest.mark.parametrize("manner", ["auto", pytest.param("any", marks=pytest.mark.cognitosync(identity_pools="any"))])
def test_without_pools_every_id_exists(cognitosync, cognitosync_client, manner):
    """Where cognito-identity has no pools, each well-formed id of the region is a pool. Source: pools-2."""
    write(cognitosync, IMAGINARY)
    assert outcome(cognitosync_client, IMAGINARY) == 200
    assert usages(cognitosync_client) == {IMAGINARY: len("high_score1")}


@pytest.mark.cognitosync(identity_pools="created")
def test_created_demands_that_a_pool_was_made(cognitosync_client, identity):
    """With "created" no pool exists that cognito-identity did not make, not even the first. Source: pools-2."""
    assert outcome(cognitosync_client, IMAGINARY) == not_found(IMAGINARY)
    pool = create(identity)
    assert [outcome(cognitosync_client, name) for name in (pool, IMAGINARY)] == [200, not_found(IMAGINARY)]


def test_auto_goes_by_what_cognito_identity_has(cognitosync, cognitosync_client, identity):
    """With "auto" the first pool that is made ends the others, and the deletion of the last one readmits them.

    Source: pools-2, pools-3.
    """
    write(cognitosync, IMAGINARY)
    pool = create(identity)
    assert [outcome(cognitosync_client, name) for name in (pool, IMAGINARY)] == [200, not_found(IMAGINARY)]
    assert usages(cognitosync_client) == {pool: 0}

    delete(identity, pool)

    assert [outcome(cognitosync_client, name) for name in (pool, IMAGINARY)] == [not_found(pool), 200]
    assert usages(cognitosync_client) == {IMAGINARY: len("high_score1")}


@pytest.mark.cognitosync(identity_pools="any")
def test_any_takes_other_ids_beside_those_that_were_made(cognitosync, cognitosync_client, identity):
    """With "any" the pools that were made do not end the others. Source: pools-2."""
    pool = create(identity)
    write(cognitosync, IMAGINARY)
    assert [outcome(cognitosync_client, name) for name in (pool, IMAGINARY)] == [200, 200]
    assert usages(cognitosync_client) == {pool: 0, IMAGINARY: len("high_score1")}


@each_manner
def test_a_pool_of_another_region_does_not_exist(cognitosync_client, identity, manner):
    """An id of another region is refused, even one that was made there. Source: pools-1, pools-2."""
    there = create(boto3.client("cognito-identity", region_name="eu-west-1"))
    create(identity)
    assert outcome(cognitosync_client, there) == not_found(there)


@pytest.mark.parametrize("where", ["region", "account"])
def test_pools_made_elsewhere_do_not_matter_here(cognitosync_client, where):
    """Pools of another region or account leave every id of this one a pool. Source: pools-2, accounts-1."""
    if where == "region":
        elsewhere = boto3.client("cognito-identity", region_name="eu-west-1")
    else:
        made = boto3.client("sts").assume_role(
            RoleArn="arn:aws:iam::111122223333:role/visitor", RoleSessionName="visit"
        )
        elsewhere = boto3.client(
            "cognito-identity",
            aws_access_key_id=made["Credentials"]["AccessKeyId"],
            aws_secret_access_key=made["Credentials"]["SecretAccessKey"],
            aws_session_token=made["Credentials"]["SessionToken"],
        )
    create(elsewhere)
    assert outcome(cognitosync_client, IMAGINARY) == 200


@each_manner
@pytest.mark.parametrize("with_others", [False, True], ids=["alone", "beside others"])
def test_a_new_pool_of_the_handle_exists(cognitosync, cognitosync_client, identity, with_others, manner):
    """The handle's new pool exists; it is made in cognito-identity where only such pools exist. Source: pools-2."""
    others = [create(identity)] if with_others else []

    pool = cognitosync.new_pool()

    assert outcome(cognitosync_client, pool) == 200
    is_made = manner == "created" or (manner == "auto" and with_others)
    known = [found["IdentityPoolId"] for found in identity.list_identity_pools(MaxResults=60)["IdentityPools"]]
    assert known == others + [pool] * is_made


def test_usage_lists_pools_with_data_and_without(cognitosync, cognitosync_client, identity):
    """Each pool that was made is listed, with its data and the date of its last change, else its creation's.

    Source: usage-4, usage-3, pools-3.
    """
    with freeze_time(NEW_YEAR):
        pools = sorted(create(identity) for _ in range(3))
    with freeze_time(NEW_YEAR.replace(month=2)):
        write(cognitosync, pools[0])
    delete(identity, pools[2])

    answer = cognitosync_client.list_identity_pool_usage()

    del answer["ResponseMetadata"]
    assert answer == {
        "Count": 2,
        "MaxResults": 60,
        "IdentityPoolUsages": [
            {
                "IdentityPoolId": pools[0],
                "DataStorage": len("high_score1"),
                "LastModifiedDate": NEW_YEAR.replace(month=2),
            },
            {"IdentityPoolId": pools[1], "DataStorage": 0, "LastModifiedDate": NEW_YEAR},
        ],
    }


def test_usage_of_a_made_pool_is_described_with_its_creation(cognitosync_client, identity):
    """A pool without data has no bytes and the date of its creation. Source: usage-3, usage-5."""
    with freeze_time(NEW_YEAR):
        pool = create(identity)
    assert cognitosync_client.describe_identity_pool_usage(IdentityPoolId=pool)["IdentityPoolUsage"] == {
        "IdentityPoolId": pool,
        "DataStorage": 0,
        "LastModifiedDate": NEW_YEAR,
    }
