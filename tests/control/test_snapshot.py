"""Snapshots: what they keep, and the files that are refused."""

from __future__ import annotations

import copy
import json

import boto3
import pytest
from driver import ACCOUNT, answer, identity_of, listed, new_dataset, place, remove, replace, write

from mock_cognitosync import SnapshotRefused, mock_cognitosync
from mock_cognitosync.control import snapshot

ROLE = f"arn:aws:iam::{ACCOUNT}:role/sync"
POOL = "us-east-1:00000000-0000-4000-8000-00000000000a"
IDENTITY = "us-east-1:00000000-0000-4000-8000-00000000000b"
PROFILE = {"IdentityPoolId": POOL, "IdentityId": IDENTITY, "DatasetName": "profile"}


@pytest.fixture
def file(tmp_path):
    return tmp_path / "state.json"


def everything(client):
    """All that a client can read of the identity and its pool, but for tokens."""
    names = {"IdentityPoolId": POOL, "IdentityId": IDENTITY}
    return [
        *(listed(client, {**names, "DatasetName": name}) for name in ("profile", "gone", f"profile.{IDENTITY[:-1]}c")),
        answer(client.list_records(**PROFILE, LastSyncCount=1)).get("Records"),
        answer(client.list_records(**{**names, "DatasetName": "gone"}, LastSyncCount=1)).get(
            "DatasetDeletedAfterRequestedSyncCount"
        ),
        answer(client.list_datasets(**names)),
        answer(client.describe_identity_usage(**names)),
        answer(client.get_cognito_events(IdentityPoolId=POOL)),
        answer(client.get_identity_pool_configuration(IdentityPoolId=POOL)),
    ]


def fill(sync, client):
    """A bit of all that can be kept, and the id of a device."""
    write(client, PROFILE, replace("theme", "dark"), replace("größe", "groß \ud800"))
    write(client, PROFILE, remove("theme", 1), replace("new", ""))
    gone = {**PROFILE, "DatasetName": "gone"}
    write(client, gone, replace("a"))
    client.delete_dataset(**gone)
    guest = f"{IDENTITY[:-1]}c"
    sync.device(POOL, guest).put("profile", {"theme": "light"})
    sync.merge_identities(POOL, guest, into=IDENTITY)
    application = boto3.client("sns").create_platform_application(
        Name="app", Platform="GCM", Attributes={"PlatformCredential": "c"}
    )["PlatformApplicationArn"]
    client.set_cognito_events(IdentityPoolId=POOL, Events={"SyncTrigger": "arn:aws:lambda:us-east-1:1:function:f"})
    client.set_identity_pool_configuration(
        IdentityPoolId=POOL,
        PushSync={"ApplicationArns": [application], "RoleArn": ROLE},
        CognitoStreams={"StreamName": "s", "RoleArn": ROLE, "StreamingStatus": "DISABLED"},
    )
    device = client.register_device(IdentityPoolId=POOL, IdentityId=IDENTITY, Platform="GCM", Token="t")["DeviceId"]
    client.subscribe_to_dataset(**PROFILE, DeviceId=device)
    return device


def test_all_is_there_after_a_load(cognitosync, cognitosync_client, file):
    """Datasets, counts, tombstones, deletion marks, merges, configuration and devices with their subscriptions."""
    device = fill(cognitosync, cognitosync_client)
    before = everything(cognitosync_client)
    cognitosync.save(file)
    text = file.read_text(encoding="utf-8")
    cognitosync.reset()
    assert everything(cognitosync_client) != before

    cognitosync.load(file)

    assert everything(cognitosync_client) == before
    cognitosync.set_trigger(POOL, lambda event: event)
    write(cognitosync_client, PROFILE, replace("pushed"))
    assert [push.device_id for push in cognitosync.push_notifications] == [device]
    cognitosync.load(file)
    cognitosync.save(file)
    assert file.read_text(encoding="utf-8") == text


def test_a_mock_begins_with_what_another_saved(file):
    """A snapshot outlives its mock; a file is taken by str as well."""
    with mock_cognitosync(region_name="us-east-1") as sync:
        sync.device(POOL, IDENTITY).put("profile", {"theme": "dark"})
        sync.save(str(file))
    with mock_cognitosync(region_name="us-east-1") as sync:
        sync.load(str(file))
        assert sync.records(POOL, IDENTITY, "profile") == {"theme": "dark"}
        assert sync.device(POOL, IDENTITY).put("profile", {"theme": "light"}) == 2


def test_the_file_is_for_people(cognitosync, file):
    """JSON with a version, indented, by name, and with text as it reads."""
    cognitosync.device(POOL, IDENTITY).put("profile", {"größe": "groß"})
    cognitosync.save(file)

    lines = file.read_text(encoding="utf-8").splitlines()

    assert (lines[-2], lines[-1]) == ('  "mock_cognitosync": 1', "}")
    assert '                      "größe": {' in lines
    assert '                        "value": "groß"' in lines


def test_a_load_replaces_what_is_there(cognitosync, cognitosync_client, file):
    """What the file does not have is gone; sessions, calls and faults go on."""
    cognitosync.save(file)
    token = cognitosync_client.list_records(**PROFILE)["SyncSessionToken"]
    write(cognitosync_client, PROFILE, replace("theme"))
    cognitosync.load(file)

    assert cognitosync_client.list_records(**PROFILE, SyncSessionToken=token)["DatasetExists"] is False
    assert len(cognitosync.calls) == 4


def test_a_load_keeps_the_triggers(cognitosync, cognitosync_client, file):
    """A Python function cannot stand in a file; one that the test has set runs on."""
    cognitosync.save(file)
    ran = []
    cognitosync.set_trigger(POOL, lambda event: ran.append(event["datasetName"]) or event)
    cognitosync.load(file)
    write(cognitosync_client, PROFILE, replace("theme"))

    assert ran == ["profile"]


def test_other_regions_and_accounts_are_left_alone(cognitosync, file):
    """A handle saves and loads where it stands."""
    europe = cognitosync.at(region_name="eu-west-1")
    address = place(new_dataset(europe))
    europe.device(*address[:2]).put("profile", {"theme": "dark"})
    cognitosync.save(file)
    cognitosync.load(file)

    assert europe.records(*address) == {"theme": "dark"}
    with pytest.raises(SnapshotRefused) as refusal:
        europe.load(file)
    assert str(refusal.value) == (
        f"{file} holds nothing of eu-west-1 of account {ACCOUNT}, but of us-east-1 of account {ACCOUNT}"
    )


def test_all_accounts_and_regions(cognitosync, file):
    """save_all and load_all, which the server uses, take everything."""
    handles = [cognitosync.at(region_name="eu-west-1"), cognitosync.at(account_id="111111111111"), cognitosync]
    addresses = [place(new_dataset(handle)) for handle in handles]
    for handle, address in zip(handles, addresses, strict=True):
        handle.device(*address[:2]).put("profile", {"theme": handle.region_name})
    snapshot.save_all(file)
    for handle in handles:
        handle.reset()

    snapshot.load_all(file)

    found = [handle.records(*address)["theme"] for handle, address in zip(handles, addresses, strict=True)]
    assert found == ["eu-west-1", "us-east-1", "us-east-1"]


def test_a_region_without_the_service(cognitosync, file, monkeypatch):
    """load_all takes one only where moto is told to allow unknown regions."""
    file.write_text(json.dumps({"mock_cognitosync": 1, "accounts": {ACCOUNT: {"moon-1": {"identity_pools": {}}}}}))
    with pytest.raises(SnapshotRefused, match="is damaged: Cognito Sync is not in the region 'moon-1'"):
        snapshot.load_all(file)
    monkeypatch.setenv("MOTO_ALLOW_NONEXISTENT_REGION", "true")
    snapshot.load_all(file)


def test_an_empty_snapshot(cognitosync, file):
    """Of nothing, nothing is kept."""
    cognitosync.set_trigger(POOL, lambda event: event)
    cognitosync.save(file)

    saved = json.loads(file.read_text())

    assert saved == {"accounts": {ACCOUNT: {"us-east-1": {"identity_pools": {}}}}, "mock_cognitosync": 1}


def test_a_file_that_cannot_be_written(cognitosync, tmp_path):
    """The error is Python's, and nothing is left behind."""
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(OSError, match="folder"):
        cognitosync.save(folder)
    assert list(tmp_path.iterdir()) == [folder]
    with pytest.raises(FileNotFoundError):
        cognitosync.load(tmp_path / "missing.json")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is damaged: no JSON (Expecting value: line 1 column 1 (char 0))"),
        ('{"mock_cognitosync": 1', "is damaged: no JSON (Expecting ',' delimiter: line 1 column 23 (char 22))"),
        ("[" * 100_000, "is damaged: no JSON ("),
        (b"\xff\xfe", "is damaged: no JSON ("),
        ("[]", "is no snapshot: it has no whole number under 'mock_cognitosync'"),
        ('{"a": 1}', "is no snapshot: it has no whole number under 'mock_cognitosync'"),
        ('{"mock_cognitosync": true}', "is no snapshot: it has no whole number under 'mock_cognitosync'"),
        ('{"mock_cognitosync": 2}', "is of version 2, and this mock_cognitosync reads version 1"),
        ('{"mock_cognitosync": 1}', "is damaged: the file lacks 'accounts'"),
        ('{"mock_cognitosync": 1, "accounts": {}}', f"holds nothing of us-east-1 of account {ACCOUNT}, but of nothing"),
        ('{"mock_cognitosync": 1, "accounts": []}', "is damaged: the file / accounts is not an object"),
        (
            '{"mock_cognitosync": 1, "accounts": {}, "more": 1}',
            "is damaged: the file has 'more', which does not belong there",
        ),
    ],
)
def test_files_that_are_no_snapshots(cognitosync, file, text, message):
    """Each is refused with a sentence that names the file."""
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(SnapshotRefused) as refusal:
        cognitosync.load(file)
    assert str(refusal.value).startswith(f"{file} {message}")


POOL_AT = ("accounts", ACCOUNT, "us-east-1", "identity_pools", POOL)
DATASETS_AT = (*POOL_AT, "identities", IDENTITY, "datasets")
PROFILE_AT = (*DATASETS_AT, "profile")
RECORD_AT = (*PROFILE_AT, "records", "theme")
TOO_MANY = "identity us-east-1:00000000-0000-4000-8000-00000000000b"
ABSENT = ...


def damaged(tree, at, value):
    """*tree* with *value* at a place, or with nothing there."""
    tree = copy.deepcopy(tree)
    *path, last = at
    inner = tree
    for name in path:
        inner = inner[name]
    if value is ABSENT:
        del inner[last]
    else:
        inner[last] = value
    return tree


@pytest.mark.parametrize(
    ("at", "value", "message"),
    [
        ((*RECORD_AT, "value"), 7, "/ records / theme / value is not text"),
        ((*RECORD_AT, "value"), "v" * 2**20, f"{TOO_MANY}, dataset profile: Value '"),
        ((*RECORD_AT, "sync_count"), 0, "/ theme / sync_count is not a whole number from 1 to 9007199254740992"),
        ((*RECORD_AT, "sync_count"), 2, f"{TOO_MANY}, dataset profile: 'theme' has count 2, not one from 1 to 1"),
        ((*RECORD_AT, "sync_count"), True, "/ theme / sync_count is not a whole number"),
        ((*RECORD_AT, "last_modified_ms"), 1.5, "/ last_modified_ms is not a whole number from 0 to 253402300799999"),
        ((*RECORD_AT, "last_modified_by"), None, "/ last_modified_by is not text"),
        ((*RECORD_AT, "sync_count"), ABSENT, "/ records / theme lacks 'sync_count'"),
        ((*RECORD_AT, "colour"), "red", "/ theme has 'colour', which does not belong there"),
        ((*PROFILE_AT, "exists"), 1, "/ profile / exists is not true or false"),
        ((*PROFILE_AT, "exists"), False, "dataset profile: exists is False, which its counts and records contradict"),
        ((*PROFILE_AT, "deletion_sync_count"), 1, "exists is True, which its counts and records contradict"),
        (
            (*PROFILE_AT, "deletion_sync_count"),
            2,
            "was deleted at 2, which is above its sync count of 1",
        ),
        ((*PROFILE_AT, "records"), [], "/ profile / records is not an object"),
        ((*PROFILE_AT, "records", ""), None, "/ records /  is not an object"),
        ((*DATASETS_AT, "a b"), "x", "/ datasets / a b is not an object"),
        ((*POOL_AT, "streams"), [], "/ streams is not an object"),
        ((*POOL_AT, "push_sync"), {"application_arns": "a", "role_arn": None}, "/ application_arns is not a list"),
        (
            (*POOL_AT, "push_sync"),
            {"application_arns": ["a", 1], "role_arn": None},
            "/ application_arns, item 2 is not text",
        ),
        ((*POOL_AT[:-1], "eu-west-1:0"), "pool", "identity pool eu-west-1:0 is not of us-east-1"),
        ((*POOL_AT, "identities", "x"), "identity", "identity x, dataset profile: Value 'x' at 'identityId' failed"),
        ((*POOL_AT, "identities", IDENTITY, "merged"), {"profile": ["b"]}, "b, merged into profile, is not among the"),
        (
            (*POOL_AT, "identities", IDENTITY, "devices"),
            {"d": {"platform": "GCM", "token": "t", "endpoint_arn": "a"}},
            "/ devices / d lacks 'subscriptions'",
        ),
    ],
)
def test_damaged_files(cognitosync, cognitosync_client, file, at, value, message):
    """The sentence names the place in the file, and all that was there stays."""
    cognitosync.device(POOL, IDENTITY).put("profile", {"theme": "dark"})
    cognitosync.save(file)
    tree = json.loads(file.read_text())
    if value == "pool":
        value = tree["accounts"][ACCOUNT]["us-east-1"]["identity_pools"][POOL]
    elif value == "identity":
        value = tree["accounts"][ACCOUNT]["us-east-1"]["identity_pools"][POOL]["identities"][IDENTITY]
    file.write_text(json.dumps(damaged(tree, at, value)))

    with pytest.raises(SnapshotRefused) as refusal:
        cognitosync.load(file)

    assert str(refusal.value).startswith(f"{file} is damaged: ")
    assert message in str(refusal.value)
    assert cognitosync.records(POOL, IDENTITY, "profile") == {"theme": "dark"}


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"datasets_per_identity": 1}, f"{TOO_MANY} has 2 datasets, and the limit is 1"),
        ({"records_per_dataset": 1}, f"{TOO_MANY}, dataset profile has 2 records, and the limit is 1"),
        ({"dataset_size_bytes": 3}, f"{TOO_MANY}, dataset profile has 4 bytes, and the limit is 3"),
    ],
)
def test_a_file_that_breaks_a_limit(cognitosync, file, limits, message):
    """The limits in force hold for a load too. Source: limits-7."""
    phone = cognitosync.device(POOL, IDENTITY)
    phone.put("profile", {"a": "1", "b": "2"})
    phone.put("cart", {"a": "1"})
    cognitosync.save(file)
    cognitosync.reset()
    cognitosync.set_limits(**limits)

    with pytest.raises(SnapshotRefused) as refusal:
        cognitosync.load(file)

    assert str(refusal.value) == f"{file} is damaged: {message}"


def test_one_bad_region_keeps_the_good_one_out(cognitosync, file):
    """load_all is all or nothing too."""
    cognitosync.device(POOL, IDENTITY).put("profile", {"theme": "dark"})
    snapshot.save_all(file)
    tree = json.loads(file.read_text())
    tree["accounts"][ACCOUNT]["eu-west-1"] = tree["accounts"][ACCOUNT]["us-east-1"]
    file.write_text(json.dumps(tree))
    cognitosync.reset()

    with pytest.raises(SnapshotRefused, match="is not of eu-west-1"):
        snapshot.load_all(file)
    assert cognitosync.records(POOL, IDENTITY, "profile") == {}


def test_devices_tell_what_they_are_subscribed_to(cognitosync, cognitosync_client, file):
    """A subscription stands with its device in the file."""
    device = fill(cognitosync, cognitosync_client)
    cognitosync.save(file)

    pool = json.loads(file.read_text())["accounts"][ACCOUNT]["us-east-1"]["identity_pools"][POOL]

    assert list(pool["identities"][IDENTITY]["devices"]) == [device]
    assert pool["identities"][IDENTITY]["devices"][device]["subscriptions"] == ["profile"]
    assert identity_of(PROFILE) == {"IdentityPoolId": POOL, "IdentityId": IDENTITY}
