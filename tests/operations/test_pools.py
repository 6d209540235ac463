"""Which identity pools exist: those that cognito-identity created, or every well-formed id of the region."""

from __future__ import annotations

import dataclasses

import boto3
import pytest
from botocore import xform_name
from driver import MODEL, assume_role, create_pool, delete_pool, pool_not_found, refusal, replace

IMAGINARY = "us-east-1:00000000-dead-4000-8000-000000000000"
IDENTITY = "us-east-1:11111111-1111-4111-8111-111111111111"
VALUES = {
    "IdentityId": IDENTITY,
    "DatasetName": "scores",
    "DeviceId": "22222222-2222-4222-8222-222222222222",
    "Events": {},
    "Platform": "GCM",
    "SyncSessionToken": "token",
    "Token": "phone",
}

each_operation = pytest.mark.parametrize(
    "operation", [name for name in MODEL.operation_names if name != "ListIdentityPoolUsage"]
)
each_mode = pytest.mark.parametrize(
    "mode",
    [pytest.param(name, marks=pytest.mark.cognitosync(identity_pools=name)) for name in ("auto", "created", "any")],
)


def call_of(client, operation, pool):
    """The client's method for *operation*, and parameters for *pool*."""
    required = MODEL.operation_model(operation).input_shape.required_members
    values = {name: VALUES[name] for name in required if name != "IdentityPoolId"}
    return getattr(client, xform_name(operation)), {**values, "IdentityPoolId": pool}


def refusal_of(client, operation, pool):
    """The refusal of *operation* for *pool*."""
    call, parameters = call_of(client, operation, pool)
    return refusal(call, **parameters)


def exists(client, pool):
    """Whether the pool exists for ListDatasets."""
    try:
        client.list_datasets(IdentityPoolId=pool, IdentityId=IDENTITY)
    except client.exceptions.ResourceNotFoundException as error:
        if error.response["Error"]["Message"] != pool_not_found(pool)[2]:
            raise
        return False
    return True


def usages(client):
    """Pool ids and bytes, as ListIdentityPoolUsage lists them."""
    listed = client.list_identity_pool_usage()["IdentityPoolUsages"]
    return {usage["IdentityPoolId"]: usage["DataStorage"] for usage in listed}


def write(cognitosync, pool):
    """Store 11 bytes in *pool*."""
    cognitosync.device(pool, IDENTITY).put("scores", {"high_score": "1"})


@each_operation
@pytest.mark.cognitosync(identity_pools="created")
def test_a_pool_that_was_not_created_is_not_found(client, operation):
    """Each operation refuses a pool that does not exist, even if it does not declare the error. Source: pools-1."""
    create_pool()
    for pool in (IMAGINARY, "eu-west-1:0", "us-east:1", "us-east-11:0"):
        assert refusal_of(client, operation, pool) == pool_not_found(pool)


@each_operation
@pytest.mark.cognitosync(identity_pools="any")
def test_a_pool_of_another_region_is_not_found(client, operation):
    """Each operation refuses a pool of another region, where the pool exists. Source: pools-1, pools-2."""
    pool = create_pool(region_name="eu-west-1")
    assert refusal_of(client, operation, pool) == pool_not_found(pool)
    assert exists(boto3.client("cognito-sync", region_name="eu-west-1"), pool)


@each_operation
def test_a_deleted_pool_is_not_found(cognitosync, client, operation):
    """Each operation refuses a deleted pool, whose data is out of reach. Source: pools-3, pools-1."""
    pool = create_pool()
    write(cognitosync, pool)

    delete_pool(pool)

    assert refusal_of(client, operation, pool) == pool_not_found(pool)


@each_mode
def test_a_pool_of_another_region_does_not_exist_in_any_mode(client, mode):
    """A pool of another region does not exist, even if it was created there. Source: pools-1, pools-2."""
    there = create_pool(region_name="eu-west-1")
    create_pool()
    assert not exists(client, there)


@pytest.mark.parametrize(
    ("mode", "before", "after"),
    [
        pytest.param("auto", True, False, marks=pytest.mark.cognitosync(identity_pools="auto")),
        pytest.param("default", True, False),
        pytest.param("created", False, False, marks=pytest.mark.cognitosync(identity_pools="created")),
        pytest.param("any", True, True, marks=pytest.mark.cognitosync(identity_pools="any")),
    ],
)
def test_the_mode_decides_which_pools_exist(cognitosync, client, mode, before, after):
    """auto: all pools until one is created; created: only created pools; any: all pools. Source: pools-2, pools-3."""
    assert exists(client, IMAGINARY) is before
    pool = create_pool()
    write(cognitosync, pool)
    assert (exists(client, IMAGINARY), exists(client, pool)) == (after, True)
    delete_pool(pool)
    assert (exists(client, IMAGINARY), exists(client, pool)) == (before, mode == "any")
    assert (pool in usages(client)) is (mode == "any")


def test_an_unused_pool_is_not_found_after_its_deletion(client):
    """A pool is not found after its deletion, even if Cognito Sync never met it. Source: pools-3."""
    pool = create_pool()
    delete_pool(pool)
    assert not exists(client, pool)


def test_a_deleted_pool_stays_deleted(cognitosync, client):
    """A deleted pool does not exist again when another one is created or deleted. Source: pools-3."""
    deleted = create_pool()
    write(cognitosync, deleted)
    delete_pool(deleted)
    other = create_pool()

    assert (exists(client, deleted), exists(client, other)) == (False, True)
    delete_pool(other)
    assert (exists(client, deleted), exists(client, other)) == (False, False)


@pytest.mark.parametrize("mode", ["auto", pytest.param("any", marks=pytest.mark.cognitosync(identity_pools="any"))])
def test_without_created_pools_every_id_exists(cognitosync, client, mode):
    """If cognito-identity has no pools, each well-formed id of the region is a pool. Source: pools-2."""
    write(cognitosync, IMAGINARY)
    assert exists(client, IMAGINARY)
    assert usages(client) == {IMAGINARY: len("high_score1")}


def test_auto_follows_the_pools_of_cognito_identity(cognitosync, client):
    """
    With "auto" the first created pool replaces all others; they exist again after the last one is deleted.

    Source: pools-2, pools-3.
    """
    write(cognitosync, IMAGINARY)
    pool = create_pool()
    assert (exists(client, pool), exists(client, IMAGINARY)) == (True, False)
    assert usages(client) == {pool: 0}

    delete_pool(pool)

    assert (exists(client, pool), exists(client, IMAGINARY)) == (False, True)
    assert usages(client) == {IMAGINARY: len("high_score1")}


@pytest.mark.cognitosync(identity_pools="any")
def test_any_accepts_both_created_and_other_pools(cognitosync, client):
    """With "any" created pools do not replace the others. Source: pools-2."""
    pool = create_pool()
    write(cognitosync, IMAGINARY)
    assert (exists(client, pool), exists(client, IMAGINARY)) == (True, True)
    assert usages(client) == {pool: 0, IMAGINARY: len("high_score1")}


@pytest.mark.parametrize("where", ["region", "account"])
def test_pools_created_elsewhere_have_no_effect_here(client, where):
    """Pools of another region or account do not replace the pools of this one. Source: pools-2, accounts-1."""
    options = {"region_name": "eu-west-1"} if where == "region" else assume_role("210987654321")
    pool = create_pool(**options)
    assert exists(client, IMAGINARY)
    there = boto3.client("cognito-sync", **options)
    imaginary = f"{pool.partition(':')[0]}:0"
    assert (exists(there, pool), exists(there, imaginary)) == (True, False)


def test_identities_need_not_exist(profile):
    """An identity that cognito-identity did not issue can write, one of another region too. Source: pools-2."""
    for identity in (IDENTITY, "eu-west-1:2"):
        dataset = dataclasses.replace(profile, identity_pool_id=create_pool(), identity_id=identity)
        assert dataset.write(replace("a")) == [("a", "v", 1)]


def test_a_created_pool_accepts_identities_that_it_does_not_list(cognitosync):
    """A pool accepts data of an identity that cognito-identity does not list. Source: pools-2."""
    pool = create_pool()
    write(cognitosync, pool)
    identities = boto3.client("cognito-identity").list_identities(IdentityPoolId=pool, MaxResults=60)["Identities"]
    assert identities == []
    assert cognitosync.dataset(pool, IDENTITY, "scores").exists


@each_mode
@pytest.mark.parametrize("with_others", [False, True], ids=["alone", "among others"])
def test_a_new_pool_of_the_handle_exists(cognitosync, client, with_others, mode):
    """The handle's new pool exists; it is created if only created pools exist. Source: pools-2."""
    others = [create_pool()] if with_others else []

    pool = cognitosync.new_pool()

    assert exists(client, pool)
    is_created = mode == "created" or (mode == "auto" and with_others)
    listed = boto3.client("cognito-identity").list_identity_pools(MaxResults=60)["IdentityPools"]
    assert [found["IdentityPoolId"] for found in listed] == others + [pool] * is_created


@pytest.mark.cognitosync(identity_pools="created")
def test_a_new_pool_of_the_handle_admits_guests(cognitosync):
    """An app can get an identity of the pool without a login. Source: pools-2."""
    pool = cognitosync.new_pool()
    identity = boto3.client("cognito-identity")
    assert identity.describe_identity_pool(IdentityPoolId=pool)["AllowUnauthenticatedIdentities"] is True
