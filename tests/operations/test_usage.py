"""Usage of identities and pools; which pools exist; regions and accounts apart."""

from __future__ import annotations

from datetime import timedelta

import boto3
import pytest
from driver import (
    ACCOUNT,
    NOON,
    TOKEN_REFUSED,
    answer,
    bodies,
    counted,
    fill,
    forget_pool,
    identity_of,
    listed,
    new_dataset,
    place,
    refusal,
    refused_update,
    remove,
    replace,
    token_for,
    write,
)

from mock_cognitosync import mock_cognitosync

OTHER_ACCOUNT = "210987654321"
ABSENT = "us-east-1:00000000-dead-4000-8000-000000000000"

# Every operation of records and datasets that names a pool, with what it needs beyond the pool.
IDENTITY = {"IdentityId": "us-east-1:1"}
DATASET = {**IDENTITY, "DatasetName": "profile"}
OF_A_POOL = [
    ("list_records", DATASET),
    ("update_records", {**DATASET, "SyncSessionToken": "t"}),
    ("describe_dataset", DATASET),
    ("delete_dataset", DATASET),
    ("list_datasets", IDENTITY),
    ("describe_identity_usage", IDENTITY),
    ("describe_identity_pool_usage", {}),
]


def pool_not_found(pool):
    return "ResourceNotFoundException", 404, f"IdentityPool '{pool}' not found."


def create_pool(region_name=None, **others):
    client = boto3.client("cognito-identity", region_name=region_name, **others)
    return client.create_identity_pool(IdentityPoolName="mine", AllowUnauthenticatedIdentities=True)["IdentityPoolId"]


def pool_ids(client):
    return [usage["IdentityPoolId"] for usage in client.list_identity_pool_usage()["IdentityPoolUsages"]]


def takes(client, pool):
    """Whether the service knows *pool*."""
    address = {"IdentityPoolId": pool, **DATASET}
    try:
        client.list_records(**address)
    except client.exceptions.ResourceNotFoundException:
        return False
    return True


def assume_role(account):
    """Credentials of a role in *account*, as keyword arguments for a client."""
    arn = f"arn:aws:iam::{account}:role/other"
    credentials = boto3.client("sts").assume_role(RoleArn=arn, RoleSessionName="other")["Credentials"]
    return {
        "aws_access_key_id": credentials["AccessKeyId"],
        "aws_secret_access_key": credentials["SecretAccessKey"],
        "aws_session_token": credentials["SessionToken"],
    }


def client_of(account):
    """A client whose calls say in a header that they belong to *account*."""
    client = boto3.client("cognito-sync")

    def say(request, **others):
        request.headers["x-moto-account-id"] = account

    client.meta.events.register("before-sign.cognito-sync", say)
    return client


def test_an_identity_s_usage(cognitosync, cognitosync_client, time_machine):
    """An identity's datasets, their live bytes, and when anything was changed last. Source: usage-1, limits-4."""
    profile = new_dataset(cognitosync)
    time_machine.move_to(NOON, tick=False)
    write(cognitosync_client, profile, replace("a", "12345"), replace("gone", "x"))
    time_machine.shift(60)
    fill(cognitosync_client, profile | {"DatasetName": "other"}, "é")
    time_machine.shift(60)
    write(cognitosync_client, profile, remove("gone", 1))
    time_machine.shift(60)
    fill(cognitosync_client, profile | {"IdentityId": cognitosync.new_identity(profile["IdentityPoolId"])}, "a")
    assert answer(cognitosync_client.describe_identity_usage(**identity_of(profile))) == {
        "IdentityUsage": {
            **identity_of(profile),
            "DataStorage": 9,
            "DatasetCount": 2,
            "LastModifiedDate": NOON + timedelta(seconds=120),
        }
    }


def test_an_identity_without_data(cognitosync, cognitosync_client):
    """An identity that never wrote has zeros and a null date, also after it listed. Source: usage-2, list-1."""
    profile = new_dataset(cognitosync)
    token_for(cognitosync_client, profile)
    seen = bodies(cognitosync_client)
    cognitosync_client.describe_identity_usage(**identity_of(profile))
    usage = {**identity_of(profile), "DataStorage": 0, "DatasetCount": 0, "LastModifiedDate": None}
    assert seen == [{"IdentityUsage": usage}]


def test_a_deletion_frees_what_it_held_and_is_a_change(cognitosync, cognitosync_client, time_machine):
    """A deleted dataset counts nothing, and its deletion dates the usage. Source: usage-1, datasets-4."""
    profile = new_dataset(cognitosync)
    time_machine.move_to(NOON, tick=False)
    fill(cognitosync_client, profile, "a")
    time_machine.shift(60)
    cognitosync_client.delete_dataset(**profile)
    later = NOON + timedelta(seconds=60)
    assert answer(cognitosync_client.describe_identity_usage(**identity_of(profile))) == {
        "IdentityUsage": {**identity_of(profile), "DataStorage": 0, "DatasetCount": 0, "LastModifiedDate": later}
    }


def test_a_pool_s_usage_is_that_of_its_identities(cognitosync, cognitosync_client, time_machine):
    """A pool's bytes are those of all its identities, its date the last change; sessions are null. Source: usage-5."""
    profile = new_dataset(cognitosync)
    pool = profile["IdentityPoolId"]
    time_machine.move_to(NOON, tick=False)
    for number, address in enumerate([profile, profile | {"IdentityId": "us-east-1:2"}, new_dataset(cognitosync)]):
        write(cognitosync_client, address, replace("a", "v" * (10**number)))
        time_machine.shift(60)
    seen = bodies(cognitosync_client)
    cognitosync_client.describe_identity_pool_usage(IdentityPoolId=pool)
    date = NOON.timestamp() + 60
    usage = {"DataStorage": 13, "IdentityPoolId": pool, "LastModifiedDate": date, "SyncSessionsCount": None}
    assert seen == [{"IdentityPoolUsage": usage}]


def test_a_fresh_pool_made_with_cognito_identity(cognitosync, cognitosync_client, time_machine):
    """A pool without data has no bytes and its creation's date. Source: usage-3, usage-4, usage-5."""
    time_machine.move_to(NOON, tick=False)
    pool = create_pool()
    time_machine.shift(60)
    seen = bodies(cognitosync_client)
    cognitosync_client.describe_identity_pool_usage(IdentityPoolId=pool)
    cognitosync_client.list_identity_pool_usage()
    usage = {
        "DataStorage": 0,
        "IdentityPoolId": pool,
        "LastModifiedDate": NOON.timestamp(),
        "SyncSessionsCount": None,
    }
    assert seen == [
        {"IdentityPoolUsage": usage},
        {"Count": 1, "IdentityPoolUsages": [usage], "MaxResults": 60, "NextToken": None},
    ]


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_a_fresh_pool_that_nobody_made_is_as_old_as_the_mock(time_machine, region):
    """Where no pool was made, a fresh one has the date of the mock's start. Source: usage-3."""
    time_machine.move_to(NOON, tick=False)
    with mock_cognitosync(region_name="us-east-1"):
        time_machine.shift(60)
        client = boto3.client("cognito-sync", region_name=region)
        assert answer(client.describe_identity_pool_usage(IdentityPoolId=f"{region}:0")) == {
            "IdentityPoolUsage": {"DataStorage": 0, "IdentityPoolId": f"{region}:0", "LastModifiedDate": NOON}
        }


def test_a_write_dates_a_made_pool(cognitosync, cognitosync_client, time_machine):
    """A write after a pool's creation is its date, for the list, too. Source: usage-1, usage-4."""
    time_machine.move_to(NOON, tick=False)
    pool = create_pool()
    time_machine.shift(60)
    fill(cognitosync_client, {"IdentityPoolId": pool, **DATASET}, "a")
    later = NOON + timedelta(seconds=60)
    assert cognitosync_client.list_identity_pool_usage()["IdentityPoolUsages"] == [
        {"DataStorage": 2, "IdentityPoolId": pool, "LastModifiedDate": later}
    ]


def test_pools_are_listed_by_id_with_data_or_without(cognitosync, cognitosync_client):
    """The list has made pools without data too, stands by id, and has no pool of another region. Source: usage-4."""
    made = [create_pool() for _ in range(4)]
    create_pool("eu-west-1")
    fill(cognitosync_client, {"IdentityPoolId": made[2], **DATASET}, "a")
    usages = cognitosync_client.list_identity_pool_usage()["IdentityPoolUsages"]
    stored = [2 if pool == made[2] else 0 for pool in sorted(made)]
    assert [usage["IdentityPoolId"] for usage in usages] == sorted(made)
    assert [usage["DataStorage"] for usage in usages] == stored


def test_pools_that_nobody_made_are_listed_once_they_hold_data(cognitosync, cognitosync_client):
    """Where no pool was made, those are listed that an identity wrote to, still after its deletion. Source: usage-4."""
    profile = new_dataset(cognitosync)
    token_for(cognitosync_client, profile)
    assert pool_ids(cognitosync_client) == []
    fill(cognitosync_client, profile, "a")
    cognitosync_client.delete_dataset(**profile)
    assert pool_ids(cognitosync_client) == [profile["IdentityPoolId"]]


@pytest.mark.parametrize(("operation", "parameters"), OF_A_POOL)
@pytest.mark.parametrize("pool", [ABSENT, "eu-west-1:0", "us-east:1", "us-east-11:0"])
@pytest.mark.cognitosync(identity_pools="created")
def test_an_unknown_pool_is_not_found(cognitosync, cognitosync_client, operation, parameters, pool):
    """Each operation refuses a pool that is not there, those too that do not declare it. Source: pools-1."""
    create_pool()
    refused = refusal(getattr(cognitosync_client, operation), IdentityPoolId=pool, **parameters)
    assert refused == pool_not_found(pool)


@pytest.mark.parametrize(("operation", "parameters"), OF_A_POOL)
@pytest.mark.cognitosync(identity_pools="any")
def test_a_pool_of_another_region_is_not_found(cognitosync, cognitosync_client, operation, parameters):
    """A pool of another region is refused in any manner, also where it was made there. Source: pools-1, pools-2."""
    pool = create_pool("eu-west-1")
    refused = refusal(getattr(cognitosync_client, operation), IdentityPoolId=pool, **parameters)
    assert refused == pool_not_found(pool)
    assert takes(boto3.client("cognito-sync", region_name="eu-west-1"), pool)


@pytest.mark.parametrize(
    ("manner", "before", "after"),
    [
        pytest.param("auto", True, False, marks=pytest.mark.cognitosync(identity_pools="auto")),
        pytest.param("default", True, False),
        pytest.param("created", False, False, marks=pytest.mark.cognitosync(identity_pools="created")),
        pytest.param("any", True, True, marks=pytest.mark.cognitosync(identity_pools="any")),
    ],
)
def test_which_pools_exist(cognitosync, cognitosync_client, manner, before, after):
    """auto: any pool until one was made, then those made; created: only those; any: all. Source: pools-2, pools-3."""
    assert takes(cognitosync_client, ABSENT) is before
    made = create_pool()
    assert (takes(cognitosync_client, ABSENT), takes(cognitosync_client, made)) == (after, True)
    forget_pool(made)
    assert (takes(cognitosync_client, ABSENT), takes(cognitosync_client, made)) == (before, manner == "any")


def test_pools_of_elsewhere_close_nothing_here(cognitosync, cognitosync_client):
    """Pools made in another region or account leave all pools open here. Source: pools-2, accounts-1."""
    create_pool("eu-west-1")
    create_pool(**assume_role(OTHER_ACCOUNT))
    assert takes(cognitosync_client, ABSENT) is True
    assert takes(boto3.client("cognito-sync", **assume_role(OTHER_ACCOUNT)), ABSENT) is False


def test_data_of_pools_that_a_creation_closes(cognitosync, cognitosync_client):
    """Once a pool is made, pools that nobody made are gone, from the list, too. Source: pools-2, usage-4."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "a")
    made = create_pool()
    assert pool_ids(cognitosync_client) == [made]
    refused = refusal(cognitosync_client.update_records, **profile, SyncSessionToken="t")
    assert refused == pool_not_found(profile["IdentityPoolId"])


@pytest.mark.cognitosync(identity_pools="any")
def test_any_lists_made_pools_and_those_with_data(cognitosync, cognitosync_client):
    """With identity_pools="any" the list has made pools and those that hold data. Source: pools-2, usage-4."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "a")
    made = create_pool()
    assert pool_ids(cognitosync_client) == sorted([made, profile["IdentityPoolId"]])


def test_identities_need_not_exist(cognitosync, cognitosync_client):
    """An identity that cognito-identity never gave out may write, one of another region too. Source: pools-2."""
    for identity in (ABSENT, "eu-west-1:2"):
        address = {"IdentityPoolId": create_pool(), "IdentityId": identity, "DatasetName": "profile"}
        assert counted(write(cognitosync_client, address, replace("a"))) == [("a", "v", 1)]


def test_regions_are_apart(cognitosync, cognitosync_client):
    """Another region has its own data and tokens, and its own usage. Source: accounts-1."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "a")
    there = profile | {"IdentityPoolId": "eu-west-1:1"}
    client = boto3.client("cognito-sync", region_name="eu-west-1")
    assert listed(client, there)["DatasetExists"] is False
    assert pool_ids(client) == []
    call = {**there, "SyncSessionToken": token_for(cognitosync_client, profile), "RecordPatches": [replace("a")]}
    assert refusal(client.update_records, **call) == TOKEN_REFUSED


@pytest.mark.parametrize("way", ["role", "header", "variable"])
def test_accounts_are_apart(cognitosync, cognitosync_client, monkeypatch, way):
    """Another account has its own data, tokens and signature, as moto finds it. Source: accounts-1, records-3."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "ours")
    token = token_for(cognitosync_client, profile)
    if way == "role":
        client = boto3.client("cognito-sync", **assume_role(OTHER_ACCOUNT))
    elif way == "header":
        client = client_of(OTHER_ACCOUNT)
    else:
        client = boto3.client("cognito-sync")
        monkeypatch.setenv("MOTO_ACCOUNT_ID", OTHER_ACCOUNT)
    assert listed(client, profile)["DatasetExists"] is False
    assert refusal(client.list_records, **profile, SyncSessionToken=token) == TOKEN_REFUSED
    [record] = write(client, profile, replace("theirs"))
    assert (record["LastModifiedBy"], record["SyncCount"]) == (OTHER_ACCOUNT, 1)
    monkeypatch.delenv("MOTO_ACCOUNT_ID", raising=False)
    assert cognitosync.records(*place(profile)) == {"ours": "v"}
    assert cognitosync_client.describe_dataset(**profile)["Dataset"]["LastModifiedBy"] == ACCOUNT


def test_the_variable_goes_before_the_header(cognitosync, cognitosync_client, monkeypatch):
    """MOTO_ACCOUNT_ID decides before the header, the header before the access key, as in moto. Source: accounts-1."""
    profile = new_dataset(cognitosync)
    client = client_of("333333333333")
    [record] = write(client, profile, replace("a"))
    assert record["LastModifiedBy"] == "333333333333"
    monkeypatch.setenv("MOTO_ACCOUNT_ID", OTHER_ACCOUNT)
    [record] = write(client, profile, replace("a"))
    assert record["LastModifiedBy"] == OTHER_ACCOUNT
    assert cognitosync.records(*place(profile)) == {"a": "v"}


def test_limits_are_each_identity_s(cognitosync, cognitosync_client):
    """Usage in one pool does not use up what the same identity id may keep in another. Source: limits-1, usage-1."""
    profile = new_dataset(cognitosync)
    for number in range(20):
        fill(cognitosync_client, profile | {"DatasetName": f"d{number}"}, "a")
    assert refused_update(cognitosync_client, profile, replace("a"))[0] == "LimitExceededException"
    elsewhere = profile | {"IdentityPoolId": cognitosync.new_pool()}
    assert counted(write(cognitosync_client, elsewhere, replace("a"))) == [("a", "v", 1)]
    usage = cognitosync_client.describe_identity_usage(**identity_of(elsewhere))["IdentityUsage"]
    assert (usage["DatasetCount"], usage["DataStorage"]) == (1, 2)
