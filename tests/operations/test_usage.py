"""Usage of identities and identity pools."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import boto3
import pytest
from driver import (
    NOON,
    DatasetDriver,
    answer,
    create_pool,
    delete_pool,
    pool_not_found,
    remove,
    replace,
    response_bodies,
)

from mock_cognitosync import mock_cognitosync

LATER = NOON + timedelta(seconds=60)


def in_pool(profile, pool):
    """The dataset of the same identity and name in *pool*."""
    return dataclasses.replace(profile, identity_pool_id=pool)


def pool_ids(client):
    """The ids of the pools that ListIdentityPoolUsage lists."""
    return [usage["IdentityPoolId"] for usage in client.list_identity_pool_usage()["IdentityPoolUsages"]]


def test_the_usage_of_an_identity_covers_its_datasets(profile, client, time_machine):
    """An identity's usage has its datasets, live bytes and last change. Source: usage-1, limits-4."""
    time_machine.move_to(NOON, tick=False)
    profile.write(replace("a", "12345"), replace("gone", "x"))
    time_machine.shift(60)
    profile.named("other").fill("é")
    time_machine.shift(60)
    profile.write(remove("gone", 1))
    time_machine.shift(60)
    profile.of_another_identity().fill("a")
    assert answer(client.describe_identity_usage(**profile.identity)) == {
        "IdentityUsage": {
            **profile.identity,
            "DataStorage": 9,
            "DatasetCount": 2,
            "LastModifiedDate": NOON + timedelta(seconds=120),
        }
    }


def test_an_identity_that_never_wrote_has_no_usage(profile, client):
    """An identity that never wrote has zeros and a null date, even after a listing. Source: usage-2, list-1."""
    profile.token()
    seen = response_bodies(client)
    client.describe_identity_usage(**profile.identity)
    usage = {**profile.identity, "DataStorage": 0, "DatasetCount": 0, "LastModifiedDate": None}
    assert seen == [{"IdentityUsage": usage}]


def test_a_deleted_dataset_has_no_usage(profile, client, time_machine):
    """A deleted dataset does not count; its deletion is a change of the identity. Source: usage-1, datasets-4."""
    time_machine.move_to(NOON, tick=False)
    profile.fill("a")
    time_machine.shift(60)
    profile.delete()
    assert answer(client.describe_identity_usage(**profile.identity)) == {
        "IdentityUsage": {**profile.identity, "DataStorage": 0, "DatasetCount": 0, "LastModifiedDate": LATER}
    }


def test_limits_apply_to_an_identity_in_one_pool(cognitosync, profile, client):
    """The same identity id has its own usage and limits in another pool. Source: limits-1, usage-1."""
    for number in range(20):
        profile.named(f"d{number}").fill("a")
    assert profile.refused_update(replace("a"))[0] == "LimitExceededException"
    elsewhere = in_pool(profile, cognitosync.new_pool())
    assert elsewhere.write(replace("a")) == [("a", "v", 1)]
    usage = client.describe_identity_usage(**elsewhere.identity)["IdentityUsage"]
    assert (usage["DatasetCount"], usage["DataStorage"]) == (1, 2)


def test_the_usage_of_a_pool_is_the_sum_of_its_identities(cognitosync, client, time_machine):
    """A pool's usage covers all its identities, with the last change; SyncSessionsCount is null. Source: usage-5."""
    time_machine.move_to(NOON, tick=False)
    profile = DatasetDriver.of_new_identity(cognitosync, client)
    datasets = [profile, profile.of_another_identity(), DatasetDriver.of_new_identity(cognitosync, client)]
    for number, dataset in enumerate(datasets):
        dataset.write(replace("a", "v" * (10**number)))
        time_machine.shift(60)
    seen = response_bodies(client)
    client.describe_identity_pool_usage(**profile.pool)
    usage = {**profile.pool, "DataStorage": 13, "LastModifiedDate": LATER.timestamp(), "SyncSessionsCount": None}
    assert seen == [{"IdentityPoolUsage": usage}]


def test_a_created_pool_without_data_has_the_date_of_its_creation(cognitosync, client, time_machine):
    """A created pool without data has no bytes and the date of its creation. Source: usage-3, usage-4, usage-5."""
    time_machine.move_to(NOON, tick=False)
    pool = create_pool()
    time_machine.shift(60)
    seen = response_bodies(client)
    client.describe_identity_pool_usage(IdentityPoolId=pool)
    client.list_identity_pool_usage()
    date = NOON.timestamp()
    usage = {"DataStorage": 0, "IdentityPoolId": pool, "LastModifiedDate": date, "SyncSessionsCount": None}
    assert seen == [
        {"IdentityPoolUsage": usage},
        {"Count": 1, "IdentityPoolUsages": [usage], "MaxResults": 60, "NextToken": None},
    ]


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_a_pool_that_was_not_created_has_the_date_of_the_mock_s_start(time_machine, region):
    """If no pool was created, a pool without data has the date of the mock's start. Source: usage-3."""
    time_machine.move_to(NOON, tick=False)
    with mock_cognitosync(region_name="us-east-1"):
        time_machine.shift(60)
        client = boto3.client("cognito-sync", region_name=region)
        assert answer(client.describe_identity_pool_usage(IdentityPoolId=f"{region}:0")) == {
            "IdentityPoolUsage": {"DataStorage": 0, "IdentityPoolId": f"{region}:0", "LastModifiedDate": NOON}
        }


def test_a_write_sets_the_date_of_a_created_pool(profile, client, time_machine):
    """A pool's date is that of its last write, in the list too. Source: usage-1, usage-4."""
    time_machine.move_to(NOON, tick=False)
    pool = create_pool()
    time_machine.shift(60)
    in_pool(profile, pool).fill("a")
    assert client.list_identity_pool_usage()["IdentityPoolUsages"] == [
        {"DataStorage": 2, "IdentityPoolId": pool, "LastModifiedDate": LATER}
    ]


def test_created_pools_are_listed_by_id_with_and_without_data(profile, client):
    """The list has all created pools, sorted by id, and none of another region. Source: usage-4."""
    pools = [create_pool() for _ in range(4)]
    create_pool(region_name="eu-west-1")
    in_pool(profile, pools[2]).fill("a")
    usages = client.list_identity_pool_usage()["IdentityPoolUsages"]
    assert [usage["IdentityPoolId"] for usage in usages] == sorted(pools)
    assert [usage["DataStorage"] for usage in usages] == [2 if pool == pools[2] else 0 for pool in sorted(pools)]


def test_a_deleted_pool_is_not_listed(profile, client, time_machine):
    """The list has each pool's bytes and last change, but no deleted pool. Source: usage-4, usage-3, pools-3."""
    time_machine.move_to(NOON, tick=False)
    pools = sorted(create_pool() for _ in range(3))
    time_machine.shift(60)
    in_pool(profile, pools[0]).fill("high_score")
    delete_pool(pools[2])
    assert answer(client.list_identity_pool_usage()) == {
        "Count": 2,
        "MaxResults": 60,
        "IdentityPoolUsages": [
            {"IdentityPoolId": pools[0], "DataStorage": len("high_scorev"), "LastModifiedDate": LATER},
            {"IdentityPoolId": pools[1], "DataStorage": 0, "LastModifiedDate": NOON},
        ],
    }


def test_pools_of_the_handle_are_listed(profile, client):
    """The list has the pools that the handle issued, even without data. Source: usage-4."""
    assert pool_ids(client) == [profile.identity_pool_id]


def test_pools_that_were_not_created_are_listed_once_they_were_written_to(profile, client):
    """If no pool was created, the list has the pools written to, even after a deletion. Source: usage-4."""
    unknown = dataclasses.replace(profile, identity_pool_id="us-east-1:0")
    unknown.token()
    assert pool_ids(client) == [profile.identity_pool_id]
    unknown.fill("a")
    unknown.delete()
    assert pool_ids(client) == sorted([unknown.identity_pool_id, profile.identity_pool_id])


def test_the_first_created_pool_replaces_the_others_in_the_list(profile, client):
    """Once a pool is created, pools that were not created are neither listed nor found. Source: pools-2, usage-4."""
    profile.fill("a")
    pool = create_pool()
    assert pool_ids(client) == [pool]
    assert profile.refused_update(token="t") == pool_not_found(profile.identity_pool_id)


@pytest.mark.cognitosync(identity_pools="any")
def test_with_any_both_created_and_written_pools_are_listed(profile, client):
    """With identity_pools="any" the list has created pools and pools with data. Source: pools-2, usage-4."""
    profile.fill("a")
    pool = create_pool()
    assert pool_ids(client) == sorted([pool, profile.identity_pool_id])
