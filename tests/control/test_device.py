"""The handle and its devices: who obeys the same rules, and what a test sees of the service."""

from __future__ import annotations

from datetime import timedelta

import boto3
import pytest
from driver import (
    NOON,
    TOKEN_REFUSED,
    broken,
    counted,
    fill,
    listed,
    new_dataset,
    place,
    refusal,
    remove,
    replace,
    token_for,
    write,
)

from mock_cognitosync import DatasetState, mock_cognitosync
from mock_cognitosync.cognitosync.exceptions import (
    ConstraintViolations,
    DatasetNotFound,
    IdentityPoolNotFound,
    LimitExceeded,
    StaleSyncCount,
)

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


def device_of(sync, address):
    """A device of the address's identity, and the dataset's name."""
    pool, identity, name = place(address)
    return sync.device(pool, identity), name


def refused(error, call, *arguments):
    """The message of a device's call that must fail with *error*."""
    with pytest.raises(error) as caught:
        call(*arguments)
    return str(caught.value)


def test_a_device_writes_as_a_client_would(cognitosync, cognitosync_client, time_machine):
    """A device puts at the counts of now, in one step, signed by its identity. Source: counts-1, records-3."""
    profile = new_dataset(cognitosync)
    device, name = device_of(cognitosync, profile)
    time_machine.move_to(NOON, tick=False)
    assert device.put(name, {"b": "1", "a": "1"}) == 1
    fill(cognitosync_client, profile, "c")
    time_machine.shift(60)
    assert device.put(name, {"a": "2", "c": "2", "d": ""}) == 3
    assert listed(cognitosync_client, profile)["Records"] == [("a", "2", 3), ("b", "1", 1), ("c", "2", 3), ("d", "", 3)]
    later = NOON + timedelta(seconds=60)
    assert cognitosync_client.list_records(**profile, LastSyncCount=2)["Records"][0] == {
        "DeviceLastModifiedDate": later,
        "Key": "a",
        "LastModifiedBy": profile["IdentityId"],
        "LastModifiedDate": later,
        "SyncCount": 3,
        "Value": "2",
    }


def test_a_device_removes(cognitosync, cognitosync_client):
    """A device's removals leave tombstones, in one step, that may be written anew. Source: records-1, counts-2."""
    profile = new_dataset(cognitosync)
    device, name = device_of(cognitosync, profile)
    fill(cognitosync_client, profile, "a", "b", "c")
    assert device.remove(name, "c", "a") == 4
    assert device.remove(name, "c", "never") == 5
    assert device.put(name, {"a": "back"}) == 6
    assert listed(cognitosync_client, profile)["Records"] == [("a", "back", 6), ("b", "v", 2), ("c", None, 5)]


@pytest.mark.parametrize(("exists", "count"), [(False, 0), (True, 1)])
def test_a_device_that_changes_nothing(cognitosync, cognitosync_client, exists, count):
    """No keys, or keys never written: the count stays, no dataset is made. Source: update-3, update-8."""
    profile = new_dataset(cognitosync)
    device, name = device_of(cognitosync, profile)
    if exists:
        fill(cognitosync_client, profile, "a")
    assert (device.put(name, {}), device.remove(name), device.remove(name, "never")) == (count, count, count)
    assert listed(cognitosync_client, profile)["DatasetExists"] is exists


def test_a_device_deletes_and_brings_back(cognitosync, cognitosync_client):
    """A device's deletion leaves a mark, and the counter goes on. Source: datasets-4, datasets-5."""
    profile = new_dataset(cognitosync)
    device, name = device_of(cognitosync, profile)
    fill(cognitosync_client, profile, "a")
    device.delete_dataset(name)
    assert device.remove(name, "a") == 0
    assert device.put(name, {"a": "new"}) == 3
    listing = listed(cognitosync_client, profile, LastSyncCount=1)
    assert (listing["DatasetDeletedAfterRequestedSyncCount"], listing["Records"]) == (True, [("a", "new", 3)])


def test_a_device_deletes_only_what_is_there(cognitosync):
    """A dataset that never was, or is deleted, is not found. Source: datasets-2."""
    device, name = device_of(cognitosync, new_dataset(cognitosync))
    assert refused(DatasetNotFound, device.delete_dataset, name) == "Dataset 'profile' not found."
    device.put(name, {"a": "1"})
    device.delete_dataset(name)
    assert refused(DatasetNotFound, device.delete_dataset, name) == "Dataset 'profile' not found."


def test_a_device_has_the_limit_of_datasets(cognitosync):
    """A device makes twenty datasets, not more. Source: limits-1."""
    device, _ = device_of(cognitosync, new_dataset(cognitosync))
    for number in range(20):
        device.put(f"d{number}", {"a": "1"})
    message = refused(LimitExceeded, device.put, "more", {"a": "1"})
    assert message == "An identity can have at most 20 datasets"


@pytest.mark.parametrize(
    ("stored", "more", "message"),
    [
        pytest.param(
            {f"k{number}": "" for number in range(1024)},
            {"k0": "new", "more": ""},
            "A dataset can have at most 1024 records",
            id="records",
        ),
        pytest.param(
            {"k": "v" * 1_048_575},
            {"k": "new", "more": "v" * 1_048_569},
            "A dataset can hold at most 1048576 bytes",
            id="bytes",
        ),
    ],
)
def test_a_device_has_the_limits_of_a_dataset(cognitosync, stored, more, message):
    """A device fills a dataset to its limit; what goes past it is not written at all. Source: limits-2, limits-3."""
    profile = new_dataset(cognitosync)
    device, name = device_of(cognitosync, profile)
    device.put(name, stored)
    assert refused(LimitExceeded, device.put, name, more) == message
    assert cognitosync.records(*place(profile)) == stored


NAME = "Value 'a b' at 'datasetName' failed to satisfy constraint: "
PATTERN = "Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+"


@pytest.mark.parametrize(
    ("dataset", "records", "violation"),
    [
        pytest.param("a b", {"a": "1"}, NAME + PATTERN, id="name"),
        pytest.param(
            "d" * 129,
            {"a": "1"},
            f"Value '{'d' * 129}' at 'datasetName' failed to satisfy constraint: "
            "Member must have length less than or equal to 128",
            id="long name",
        ),
        pytest.param(
            "profile",
            {"a": "1", "k" * 1025: "1"},
            f"Value '{'k' * 1025}' at 'recordPatches.2.member.key' failed to satisfy constraint: "
            "Member must have length less than or equal to 1024",
            id="key",
        ),
        pytest.param(
            "profile",
            {"": "1"},
            "Value '' at 'recordPatches.1.member.key' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1",
            id="no key",
        ),
        pytest.param(
            "profile",
            {"a": "v" * 1_048_576},
            f"Value '{'v' * 1_048_576}' at 'recordPatches.1.member.value' failed to satisfy constraint: "
            "Member must have length less than or equal to 1048575",
            id="value",
        ),
    ],
)
def test_a_device_has_the_constraints_of_a_client(cognitosync, dataset, records, violation):
    """Names, keys and values that a client may not send, a device may not write. Source: limits-6, update-2."""
    profile = new_dataset(cognitosync)
    device, _ = device_of(cognitosync, profile)
    assert refused(ConstraintViolations, device.put, dataset, records) == broken(violation)[2]
    assert cognitosync.records(*place(profile)) == {}


@pytest.mark.parametrize(
    ("records", "message"),
    [
        pytest.param({"a": 1}, "the value of 'a' must be a str, got int 1", id="number"),
        pytest.param({1: "a"}, "a key must be a str, got int 1", id="key"),
        pytest.param({"a": ["1"]}, "the value of 'a' must be a str, got list ['1']", id="list"),
        pytest.param({"a": b"x"}, "the value of 'a' must be a str, got bytes b'x'", id="bytes"),
    ],
)
def test_a_device_writes_text(cognitosync, records, message):
    """A key or value that is not text is refused. Source: limits-6."""
    device, name = device_of(cognitosync, new_dataset(cognitosync))
    assert refused(TypeError, device.put, name, records) == message


def test_a_device_puts_no_null(cognitosync):
    """A device's put needs a value for each key; it does not remove by None. Source: update-6."""
    profile = new_dataset(cognitosync)
    device, name = device_of(cognitosync, profile)
    device.put(name, {"a": "1"})
    assert refused(TypeError, device.put, name, {"a": None}) == "the value of 'a' must be a str, got NoneType None"
    assert cognitosync.records(*place(profile)) == {"a": "1"}


@pytest.mark.cognitosync(identity_pools="created")
def test_a_device_needs_a_pool(cognitosync):
    """A device of a pool that is not there is refused what it does. Source: pools-1, pools-2."""
    device = cognitosync.device("us-east-1:0", "us-east-1:1")
    for call, arguments in ((device.put, ({"a": "1"},)), (device.remove, ("a",)), (device.delete_dataset, ())):
        message = refused(IdentityPoolNotFound, call, "profile", *arguments)
        assert message == "IdentityPool 'us-east-1:0' not found."


def test_devices_share_their_identity_s_data(cognitosync):
    """Two devices of an identity write to one dataset, one of another identity to its own. Source: counts-1."""
    profile = new_dataset(cognitosync)
    device, name = device_of(cognitosync, profile)
    second, _ = device_of(cognitosync, profile)
    stranger, _ = device_of(cognitosync, profile | {"IdentityId": "us-east-1:2"})
    counts = [device.put(name, {"a": "1"}), second.put(name, {"a": "2"}), stranger.put(name, {"a": "3"})]
    assert (counts, cognitosync.records(*place(profile))) == ([1, 2, 1], {"a": "2"})


def test_records_shows_live_values_by_key(cognitosync, cognitosync_client):
    """The handle's records are the live ones, key to value, by key. Source: list-4, records-1."""
    profile = new_dataset(cognitosync)
    assert cognitosync.records(*place(profile)) == {}
    fill(cognitosync_client, profile, "c", "a", "b")
    write(cognitosync_client, profile, replace("c", "", 1), remove("b", 3))
    assert list(cognitosync.records(*place(profile)).items()) == [("a", "v"), ("c", "")]
    cognitosync_client.delete_dataset(**profile)
    assert cognitosync.records(*place(profile)) == {}


def test_dataset_shows_counts_tombstones_and_dates(cognitosync, cognitosync_client, time_machine):
    """The handle's dataset is what the service holds at one moment. Source: datasets-1, records-1."""
    profile = new_dataset(cognitosync)
    time_machine.move_to(NOON, tick=False)
    fill(cognitosync_client, profile, "a", "b", "é")
    time_machine.shift(60)
    write(cognitosync_client, profile, remove("b", 2))
    state = cognitosync.dataset(*place(profile))
    device, name = device_of(cognitosync, profile)
    device.put(name, {"a": "later"})
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
    assert cognitosync.dataset(*place(profile)).last_modified_by == profile["IdentityId"]


def test_dataset_of_what_is_not_there(cognitosync, cognitosync_client):
    """A dataset that never was, or is deleted, has zeros and no dates. Source: datasets-5, list-1."""
    profile = new_dataset(cognitosync)
    assert cognitosync.dataset(*place(profile)) == ABSENT
    fill(cognitosync_client, profile, "a")
    cognitosync_client.delete_dataset(**profile)
    assert cognitosync.dataset(*place(profile)) == ABSENT


@pytest.mark.parametrize(
    ("made_before", "made_after"),
    [
        pytest.param(0, 0, id="auto, none made", marks=pytest.mark.cognitosync(identity_pools="auto")),
        pytest.param(1, 2, id="auto, one made", marks=pytest.mark.cognitosync(identity_pools="auto")),
        pytest.param(0, 1, id="created, none made", marks=pytest.mark.cognitosync(identity_pools="created")),
        pytest.param(1, 2, id="created, one made", marks=pytest.mark.cognitosync(identity_pools="created")),
        pytest.param(1, 1, id="any", marks=pytest.mark.cognitosync(identity_pools="any")),
    ],
)
@pytest.mark.cognitosync(region_name="eu-west-1")
def test_a_new_pool_exists(cognitosync, cognitosync_client, made_before, made_after):
    """A new pool is one that the service takes; only where pools must be made does it make one. Source: pools-2."""
    identity = boto3.client("cognito-identity")
    for number in range(made_before):
        identity.create_identity_pool(IdentityPoolName=f"p{number}", AllowUnauthenticatedIdentities=True)
    pool = cognitosync.new_pool()
    made = [entry["IdentityPoolId"] for entry in identity.list_identity_pools(MaxResults=60)["IdentityPools"]]
    assert (len(made), pool in made) == (made_after, made_after > made_before)
    address = {"IdentityPoolId": pool, "IdentityId": cognitosync.new_identity(pool), "DatasetName": "profile"}
    assert address["IdentityId"].startswith("eu-west-1:")
    assert counted(write(cognitosync_client, address, replace("a"))) == [("a", "v", 1)]
    assert cognitosync.records(*place(address)) == {"a": "v"}


def test_ids_are_new(cognitosync):
    """Each id is another one."""
    pool = cognitosync.new_pool()
    ids = {pool, cognitosync.new_pool(), cognitosync.new_identity(pool), cognitosync.new_identity(pool)}
    assert len(ids) == 4


def test_reset_forgets_this_service_only(cognitosync, cognitosync_client):
    """A reset forgets datasets and tokens here; other services, regions and devices go on."""
    boto3.client("s3").create_bucket(Bucket="kept")
    identity = boto3.client("cognito-identity")
    identity.create_identity_pool(IdentityPoolName="kept", AllowUnauthenticatedIdentities=True)
    profile = new_dataset(cognitosync)
    device, name = device_of(cognitosync, profile)
    fill(cognitosync_client, profile, "a", "b")
    there = profile | {"IdentityPoolId": "eu-west-1:1"}
    other_region = boto3.client("cognito-sync", region_name="eu-west-1")
    fill(other_region, there, "a")
    token = token_for(cognitosync_client, profile)

    cognitosync.reset()

    assert cognitosync.dataset(*place(profile)) == ABSENT
    assert refusal(cognitosync_client.list_records, **profile, SyncSessionToken=token) == TOKEN_REFUSED
    listing = listed(cognitosync_client, profile, LastSyncCount=2)
    assert (listing["DatasetExists"], listing["DatasetDeletedAfterRequestedSyncCount"]) == (False, False)
    assert device.put(name, {"a": "1"}) == 1
    assert listed(other_region, there)["Records"] == [("a", "v", 1)]
    assert [bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]] == ["kept"]
    pools = identity.list_identity_pools(MaxResults=60)["IdentityPools"]
    assert profile["IdentityPoolId"] in [pool["IdentityPoolId"] for pool in pools]


def test_a_handle_follows_the_account(cognitosync, cognitosync_client, monkeypatch):
    """The handle shows the account that clients write to, also when the variable changes. Source: accounts-1."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "a")
    device, name = device_of(cognitosync, profile)
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "210987654321")
    assert (cognitosync.account_id, cognitosync.dataset(*place(profile))) == ("210987654321", ABSENT)
    assert device.put(name, {"b": "1"}) == 1
    assert listed(cognitosync_client, profile)["Records"] == [("b", "1", 1)]
    monkeypatch.delenv("MOTO_ACCOUNT_ID")
    assert (cognitosync.account_id, cognitosync.records(*place(profile))) == ("123456789012", {"a": "v"})


@pytest.mark.parametrize(
    ("options", "variable", "session", "expected"),
    [
        pytest.param({"region_name": "eu-west-1"}, "us-west-2", None, "eu-west-1", id="mock"),
        pytest.param({}, "us-west-2", None, "us-west-2", id="variable"),
        pytest.param({}, "us-west-2", "eu-west-2", "eu-west-2", id="session"),
        pytest.param({}, None, None, "us-east-1", id="none"),
    ],
)
def test_handle_client_and_ids_agree_on_the_region(monkeypatch, tmp_path, options, variable, session, expected):
    """The handle's region is the mock's, else that of a client made without one, else us-east-1."""
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
        address = {"IdentityPoolId": pool, "IdentityId": sync.new_identity(pool), "DatasetName": "profile"}
        fill(client, address, "a")
        assert (client.meta.region_name, sync.records(*place(address))) == (expected, {"a": "v"})


@pytest.mark.parametrize(("overtaken", "written"), [(1, True), (9, True), (10, False)])
def test_a_device_that_is_overtaken_tries_again(cognitosync, overtaken, written):
    """A device that others overtake while a sync trigger runs writes at the newer count, at the tenth try at last."""
    pool = cognitosync.new_pool()
    identity = cognitosync.new_identity(pool)
    phone = cognitosync.device(pool, identity)
    left = [overtaken]

    def overtake(event):
        if event["datasetRecords"]["a"]["newValue"] == "phone" and left[0]:
            left[0] -= 1
            cognitosync.device(pool, identity).put("profile", {"a": f"tablet {left[0]}"})
        return event

    cognitosync.set_trigger(pool, overtake)
    if written:
        assert phone.put("profile", {"a": "phone"}) == overtaken + 1
    else:
        with pytest.raises(StaleSyncCount):
            phone.put("profile", {"a": "phone"})
    assert cognitosync.records(pool, identity, "profile") == {"a": "phone" if written else "tablet 0"}
