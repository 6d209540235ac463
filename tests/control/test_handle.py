"""The handle shows the stored data, creates ids, and is in the account and region of its mock."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import boto3
import pytest
from driver import ACCOUNT, NOON, TOKEN_REFUSED, DatasetDriver, remove, replace

from mock_cognitosync import DatasetState, mock_cognitosync

ABSENT = DatasetState(
    exists=False,
    sync_count=0,
    num_records=0,
    size_bytes=0,
    sync_counts={},
    tombstones={},
    creation_date=None,
    last_modified_date=None,
    last_modified_by=None,
)


def test_records_are_the_live_values_by_key(profile):
    """`records` maps the keys of live records to their values, sorted by key. Source: list-4, records-1."""
    assert profile.records() == {}
    profile.fill("c", "a", "b")
    profile.write(replace("c", "", 1), remove("b", 3))
    assert list(profile.records().items()) == [("a", "v"), ("c", "")]
    profile.delete()
    assert profile.records() == {}


def test_dataset_is_the_state_at_one_moment(profile, time_machine):
    """`dataset` has the counts, tombstones and dates of one moment. Source: datasets-1, records-1."""
    time_machine.move_to(NOON, tick=False)
    profile.fill("a", "b", "é")
    time_machine.shift(60)
    profile.write(remove("b", 2))
    state = profile.state()
    profile.device().put("profile", {"a": "later"})
    assert state == DatasetState(
        exists=True,
        sync_count=4,
        num_records=2,
        size_bytes=5,
        sync_counts={"a": 1, "é": 3},
        tombstones={"b": 4},
        creation_date=NOON,
        last_modified_date=NOON + timedelta(seconds=60),
        last_modified_by="123456789012",
    )
    assert profile.state().last_modified_by == profile.identity_id


def test_a_dataset_that_does_not_exist_has_zeros_and_no_dates(profile):
    """A dataset that was never written and a deleted one are shown alike. Source: datasets-5, list-1."""
    assert profile.state() == ABSENT
    profile.fill("a")
    profile.delete()
    assert profile.state() == ABSENT


@pytest.mark.parametrize(
    ("existing", "expected"),
    [
        pytest.param(0, 0, id="auto, none exists", marks=pytest.mark.cognitosync(identity_pools="auto")),
        pytest.param(1, 2, id="auto, one exists", marks=pytest.mark.cognitosync(identity_pools="auto")),
        pytest.param(0, 1, id="created, none exists", marks=pytest.mark.cognitosync(identity_pools="created")),
        pytest.param(1, 2, id="created, one exists", marks=pytest.mark.cognitosync(identity_pools="created")),
        pytest.param(1, 1, id="any", marks=pytest.mark.cognitosync(identity_pools="any")),
    ],
)
@pytest.mark.cognitosync(region_name="eu-west-1")
def test_a_new_pool_is_accepted_by_the_service(cognitosync, client, existing, expected):
    """`new_pool` creates a pool with cognito-identity only if the service requires it. Source: pools-2."""
    identity = boto3.client("cognito-identity")
    for number in range(existing):
        identity.create_identity_pool(IdentityPoolName=f"p{number}", AllowUnauthenticatedIdentities=True)
    profile = DatasetDriver.of_new_identity(cognitosync, client)
    pools = [entry["IdentityPoolId"] for entry in identity.list_identity_pools(MaxResults=60)["IdentityPools"]]
    assert (len(pools), profile.identity_pool_id in pools) == (expected, expected > existing)
    assert profile.identity_id.startswith("eu-west-1:")
    assert profile.write(replace("a")) == [("a", "v", 1)]
    assert profile.records() == {"a": "v"}


def test_new_ids_are_different(cognitosync):
    """Each id that the handle creates is new."""
    pool = cognitosync.new_pool()
    ids = {pool, cognitosync.new_pool(), cognitosync.new_identity(pool), cognitosync.new_identity(pool)}
    assert len(ids) == 4


def test_reset_of_a_pool_leaves_other_pools_and_all_tokens(cognitosync, client, profile):
    """`reset(pool)` forgets datasets, merges, configuration and registered devices of this pool only."""
    others = DatasetDriver.of_new_identity(cognitosync, client)
    pools = (profile.identity_pool_id, others.identity_pool_id)
    events = {"SyncTrigger": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"}
    for driver in (profile, others):
        driver.fill("a")
        guest = cognitosync.new_identity(driver.identity_pool_id)
        cognitosync.device(driver.identity_pool_id, guest).put("profile", {"b": "v"})
        cognitosync.merge_identities(driver.identity_pool_id, guest, into=driver.identity_id)
        client.set_cognito_events(IdentityPoolId=driver.identity_pool_id, Events=events)
    token = profile.token()

    cognitosync.reset(pools[0])

    assert cognitosync.users()[0] == cognitosync.user(pools[0], profile.identity_id)
    assert (profile.records(), others.records()) == ({}, {"a": "v"})
    assert "MergedDatasetNames" not in profile.list_records()
    assert others.list_records()["MergedDatasetNames"] == [f"profile.{guest}"]
    assert client.get_cognito_events(IdentityPoolId=pools[0])["Events"] == {}
    assert client.get_cognito_events(IdentityPoolId=pools[1])["Events"] == events
    written = client.update_records(**profile.parameters, SyncSessionToken=token, RecordPatches=[replace("a")])
    assert written["Records"][0]["SyncCount"] == 1


def test_reset_of_a_pool_without_data_changes_nothing(cognitosync, profile):
    """It raises nothing, and other pools keep their data."""
    profile.fill("a")
    cognitosync.reset(cognitosync.new_pool())
    assert profile.records() == {"a": "v"}


def test_reset_of_something_that_is_no_pool_is_refused(cognitosync, profile):
    """An identity's id is refused, and nothing is forgotten."""
    profile.fill("a")
    with pytest.raises(ValueError, match="is the id of an identity: pass the id of an identity pool"):
        cognitosync.reset(profile.identity_id)

    assert profile.records() == {"a": "v"}


def test_reset_removes_the_state_of_this_service_and_region_only(cognitosync, client):
    """`reset` removes datasets and tokens; other services, other regions and devices are not affected."""
    boto3.client("s3").create_bucket(Bucket="kept")
    identity = boto3.client("cognito-identity")
    identity.create_identity_pool(IdentityPoolName="kept", AllowUnauthenticatedIdentities=True)
    profile = DatasetDriver.of_new_identity(cognitosync, client)
    device = profile.device()
    profile.fill("a", "b")
    europe = boto3.client("cognito-sync", region_name="eu-west-1")
    there = dataclasses.replace(profile, client=europe, identity_pool_id="eu-west-1:1")
    there.fill("a")
    token = profile.token()

    cognitosync.reset()

    assert profile.state() == ABSENT
    assert profile.refused_listing(SyncSessionToken=token) == TOKEN_REFUSED
    listing = profile.listed(LastSyncCount=2)
    assert (listing["DatasetExists"], listing["DatasetDeletedAfterRequestedSyncCount"]) == (False, False)
    assert device.put("profile", {"a": "1"}) == 1
    assert there.listed()["Records"] == [("a", "v", 1)]
    assert [bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]] == ["kept"]
    pools = identity.list_identity_pools(MaxResults=60)["IdentityPools"]
    assert profile.identity_pool_id in [pool["IdentityPoolId"] for pool in pools]


def test_a_handle_follows_the_account(cognitosync, profile, monkeypatch):
    """The handle shows the account that clients write to, even after the variable has changed. Source: accounts-1."""
    profile.fill("a")
    device = profile.device()
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "210987654321")
    assert (cognitosync.account_id, profile.state()) == ("210987654321", ABSENT)
    assert device.put("profile", {"b": "1"}) == 1
    assert profile.listed()["Records"] == [("b", "1", 1)]
    monkeypatch.delenv("MOTO_ACCOUNT_ID")
    assert (cognitosync.account_id, profile.records()) == ("123456789012", {"a": "v"})


@pytest.mark.parametrize(
    ("options", "variable", "session", "expected"),
    [
        pytest.param({"region_name": "eu-west-1"}, "us-west-2", None, "eu-west-1", id="mock"),
        pytest.param({}, "us-west-2", None, "us-west-2", id="variable"),
        pytest.param({}, "us-west-2", "eu-west-2", "eu-west-2", id="session"),
        pytest.param({}, None, None, "us-east-1", id="none"),
    ],
)
def test_handle_client_and_ids_have_the_same_region(monkeypatch, tmp_path, options, variable, session, expected):
    """The handle's region is that of the mock, otherwise that of a client created without one, otherwise us-east-1."""
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    if variable:
        monkeypatch.setenv("AWS_DEFAULT_REGION", variable)
    with mock_cognitosync(**options) as sync:
        if session:
            boto3.setup_default_session(region_name=session)
        pool = sync.new_pool()
        assert (sync.region_name, pool.partition(":")[0]) == (expected, expected)
        client = boto3.client("cognito-sync", **({} if variable or options else {"region_name": expected}))
        profile = DatasetDriver(sync, client, pool, sync.new_identity(pool))
        profile.fill("a")
        assert (client.meta.region_name, profile.records()) == (expected, {"a": "v"})
