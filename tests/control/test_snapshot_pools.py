"""Snapshots keep which identity pools exist."""

from __future__ import annotations

import json
import sys

import boto3
import pytest
from driver import ACCOUNT, DatasetDriver, delete_pool, refusal

from mock_cognitosync import mock_cognitosync

POOL = "us-east-1:00000000-0000-4000-8000-00000000000a"
OTHER = "us-east-1:00000000-0000-4000-8000-00000000000b"
IDENTITY = "us-east-1:00000000-0000-4000-8000-00000000000c"


@pytest.fixture
def file(tmp_path):
    """The path of a file that does not exist yet."""
    return tmp_path / "state.json"


@pytest.fixture
def identity_client(cognitosync):
    """A client of moto's cognito-identity, in us-east-1."""
    return boto3.client("cognito-identity", region_name="us-east-1")


def created_pool(identity_client, name="players"):
    """The id of a new pool of cognito-identity."""
    created = identity_client.create_identity_pool(IdentityPoolName=name, AllowUnauthenticatedIdentities=True)
    return created["IdentityPoolId"]


def pool_names(identity_client):
    """Ids to names of all pools of cognito-identity."""
    pools = identity_client.list_identity_pools(MaxResults=60)["IdentityPools"]
    return {pool["IdentityPoolId"]: pool["IdentityPoolName"] for pool in pools}


def exists(client, pool):
    """Whether Cognito Sync has the pool."""
    try:
        client.get_cognito_events(IdentityPoolId=pool)
    except client.exceptions.ResourceNotFoundException:
        return False
    return True


def load(sync, file, pools):
    """Load a snapshot with these pools of us-east-1."""
    regions = {"us-east-1": {"identity_pools": pools}}
    file.write_text(json.dumps({"mock_cognitosync": 1, "accounts": {ACCOUNT: regions}}))
    sync.load(file)


def test_a_later_mock_has_the_pools_of_cognito_identity(file):
    """Id, name, creation date and identities of a pool are kept, so only the saved pools exist after the load."""
    with mock_cognitosync(region_name="us-east-1") as sync:
        identity_client = boto3.client("cognito-identity")
        pool = created_pool(identity_client)
        identity = identity_client.get_id(IdentityPoolId=pool)["IdentityId"]
        usages = boto3.client("cognito-sync").list_identity_pool_usage()["IdentityPoolUsages"]
        sync.save(file)
    with mock_cognitosync(region_name="us-east-1") as sync:
        sync.load(file)
        client, identity_client = boto3.client("cognito-sync"), boto3.client("cognito-identity")

        assert pool_names(identity_client) == {pool: "players"}
        assert identity_client.describe_identity_pool(IdentityPoolId=pool)["IdentityPoolId"] == pool
        identities = identity_client.list_identities(IdentityPoolId=pool, MaxResults=60)["Identities"]
        assert [found["IdentityId"] for found in identities] == [identity]
        assert (exists(client, pool), exists(client, OTHER)) == (True, False)
        assert client.list_identity_pool_usage()["IdentityPoolUsages"] == usages


def test_a_load_replaces_the_pools_of_cognito_identity(cognitosync, client, identity_client, file):
    """A pool that was created after the save does not exist after the load, and one that was deleted exists again."""
    pool = created_pool(identity_client)
    cognitosync.save(file)
    later = created_pool(identity_client, "later")
    delete_pool(pool)
    assert (exists(client, pool), exists(client, later)) == (False, True)

    cognitosync.load(file)

    assert pool_names(identity_client) == {pool: "players"}
    assert (exists(client, pool), exists(client, later)) == (True, False)


def test_a_load_reopens_a_region_that_had_no_pools_at_the_save(cognitosync, client, identity_client, file):
    """If no pool had been created with cognito-identity, every well-formed id exists again after the load."""
    cognitosync.save(file)
    created_pool(identity_client)
    assert not exists(client, POOL)

    cognitosync.load(file)

    assert pool_names(identity_client) == {}
    assert exists(client, POOL)


def test_a_deleted_pool_stays_deleted(cognitosync, client, identity_client, file):
    """The data of a pool that cognito-identity has deleted stays out of reach after a load. Source: pools-3."""
    pool = created_pool(identity_client)
    identity_client.get_id(IdentityPoolId=pool)
    cognitosync.device(pool, IDENTITY).put("profile", {"theme": "dark"})
    delete_pool(pool)
    cognitosync.save(file)
    text = file.read_text()
    cognitosync.load(file)
    cognitosync.save(file)

    assert file.read_text() == text
    assert exists(client, POOL)
    assert refusal(client.list_datasets, IdentityPoolId=pool, IdentityId=IDENTITY)[0] == "ResourceNotFoundException"


def test_a_pool_of_the_handle_is_still_listed(file):
    """A pool without data that `new_pool` created is in ListIdentityPoolUsage after a load."""
    with mock_cognitosync(region_name="us-east-1") as sync:
        pool = sync.new_pool()
        usages = boto3.client("cognito-sync").list_identity_pool_usage()["IdentityPoolUsages"]
        sync.save(file)
    with mock_cognitosync(region_name="us-east-1") as sync:
        sync.new_pool()
        sync.load(file)

        assert [usage["IdentityPoolId"] for usage in usages] == [pool]
        assert boto3.client("cognito-sync").list_identity_pool_usage()["IdentityPoolUsages"] == usages


@pytest.mark.cognitosync(identity_pools="created")
def test_a_pool_can_be_created_by_hand(cognitosync, client, identity_client, file):
    """`"cognito_identity": {}` creates a pool with cognito-identity; a pool without the member is not created there."""
    load(cognitosync, file, {POOL: {"cognito_identity": {}}, OTHER: {}})

    assert pool_names(identity_client) == {POOL: "snapshot"}
    assert (exists(client, POOL), exists(client, OTHER)) == (True, False)


@pytest.mark.cognitosync(identity_pools="created")
def test_the_pools_of_a_seed_exist(cognitosync, client, identity_client, file):
    """A seed adds the pools that do not exist to those of cognito-identity, which stay as they are."""
    pool = created_pool(identity_client)
    file.write_text(json.dumps({name: {IDENTITY: {"profile": {"theme": "dark"}}} for name in (pool, POOL)}))
    cognitosync.load(file)

    assert pool_names(identity_client) == {pool: "players", POOL: "new"}
    for name in (pool, POOL):
        assert DatasetDriver(cognitosync, client, name, IDENTITY).list_records()["Records"][0]["Value"] == "dark"


def test_a_seed_leaves_a_region_open(cognitosync, client, identity_client, file):
    """If every well-formed id exists, a seed creates no pool with cognito-identity."""
    file.write_text(json.dumps({POOL: {IDENTITY: {"profile": {"theme": "dark"}}}}))
    cognitosync.load(file)

    assert pool_names(identity_client) == {}
    assert exists(client, OTHER)


def test_a_snapshot_without_created_pools_does_not_import_cognito_identity(cognitosync, file, monkeypatch):
    """A test that never uses cognito-identity does not wait for its import."""
    monkeypatch.delitem(sys.modules, "moto.cognitoidentity.models", raising=False)
    cognitosync.device(POOL, IDENTITY).put("profile", {"theme": "dark"})
    cognitosync.save(file)
    cognitosync.load(file)

    assert "moto.cognitoidentity.models" not in sys.modules
