"""What a snapshot keeps, and what a load replaces."""

from __future__ import annotations

import json

import boto3
import pytest
from driver import ACCOUNT, DatasetDriver, answer, remove, replace

from mock_cognitosync import SnapshotRefused, mock_cognitosync
from mock_cognitosync.control import snapshot

ROLE = f"arn:aws:iam::{ACCOUNT}:role/sync"
POOL = "us-east-1:00000000-0000-4000-8000-00000000000a"
IDENTITY = "us-east-1:00000000-0000-4000-8000-00000000000b"
GUEST = "us-east-1:00000000-0000-4000-8000-00000000000c"


@pytest.fixture
def file(tmp_path):
    """The path of a file that does not exist yet."""
    return tmp_path / "state.json"


@pytest.fixture
def profile(cognitosync, client):
    """A driver for the dataset ``profile`` of the identity and the pool that the tests of this module use."""
    return DatasetDriver(cognitosync, client, POOL, IDENTITY)


def everything(profile):
    """All that a client can read of the identity and its pool, except tokens."""
    client = profile.client
    return [
        *(profile.named(name).listed() for name in ("profile", "deleted", f"profile.{GUEST}")),
        profile.listed(LastSyncCount=1)["Records"],
        profile.list_records(LastSyncCount=1)["Records"],
        profile.named("deleted").listed(LastSyncCount=1)["DatasetDeletedAfterRequestedSyncCount"],
        answer(client.list_datasets(**profile.identity)),
        answer(client.describe_identity_usage(**profile.identity)),
        answer(client.get_cognito_events(**profile.pool)),
        answer(client.get_identity_pool_configuration(**profile.pool)),
    ]


def fill(profile):
    """Store something of each kind that a snapshot keeps; return the id of a registered device."""
    sync, client = profile.sync, profile.client
    profile.update(replace("theme", "dark"), replace("größe", "groß \ud800", DeviceLastModifiedDate=-1.5))
    profile.update(remove("theme", 1), replace("new", ""))
    profile.named("deleted").update(replace("a"))
    profile.named("deleted").delete()
    sync.device(POOL, GUEST).put("profile", {"theme": "light"})
    sync.device(POOL, GUEST).put("profile", {"size": "large"})
    sync.merge_identities(POOL, GUEST, into=IDENTITY)
    application = boto3.client("sns").create_platform_application(
        Name="app", Platform="GCM", Attributes={"PlatformCredential": "c"}
    )["PlatformApplicationArn"]
    client.set_cognito_events(**profile.pool, Events={"SyncTrigger": "arn:aws:lambda:us-east-1:1:function:f"})
    client.set_identity_pool_configuration(
        **profile.pool,
        PushSync={"ApplicationArns": [application], "RoleArn": ROLE},
        CognitoStreams={"StreamName": "s", "RoleArn": ROLE, "StreamingStatus": "DISABLED"},
    )
    device = client.register_device(**profile.identity, Platform="GCM", Token="t")["DeviceId"]
    client.subscribe_to_dataset(**profile.parameters, DeviceId=device)
    return device


def test_a_load_brings_everything_back(cognitosync, profile, file):
    """Datasets, counts, tombstones, deletions, merges, configuration and devices with their subscriptions are kept."""
    device = fill(profile)
    before = everything(profile)
    cognitosync.save(file)
    text = file.read_text(encoding="utf-8")
    cognitosync.reset()
    assert everything(profile) != before

    cognitosync.load(file)

    assert everything(profile) == before
    cognitosync.set_trigger(POOL, lambda event: event)
    profile.update(replace("pushed"))
    assert [push.device_id for push in cognitosync.push_notifications] == [device]
    cognitosync.load(file)
    cognitosync.save(file)
    assert file.read_text(encoding="utf-8") == text


def test_a_snapshot_outlives_its_mock(file):
    """A mock can load what another mock saved, and writes continue from the counts of the file."""
    with mock_cognitosync(region_name="us-east-1") as sync:
        sync.device(POOL, IDENTITY).put("profile", {"theme": "dark"})
        sync.save(str(file))
    with mock_cognitosync(region_name="us-east-1") as sync:
        sync.load(str(file))
        assert sync.records(POOL, IDENTITY, "profile") == {"theme": "dark"}
        assert sync.device(POOL, IDENTITY).put("profile", {"theme": "light"}) == 2


def test_a_person_can_read_the_file(cognitosync, profile, file):
    """The file has a version, is indented, and has dates and text as people write them; defaults are left out."""
    cognitosync.freeze()
    now = profile.update(replace("größe", "groß"))[0]["LastModifiedDate"].isoformat(timespec="milliseconds")
    date = now.replace("+00:00", "Z")
    cognitosync.save(file)

    assert file.read_text(encoding="utf-8").endswith('  },\n  "mock_cognitosync": 1\n}\n')
    assert '"größe": {\n' in file.read_text(encoding="utf-8")
    assert json.loads(file.read_text(encoding="utf-8")) == {
        "mock_cognitosync": 1,
        "accounts": {
            ACCOUNT: {
                "us-east-1": {
                    "identity_pools": {
                        POOL: {
                            "identities": {
                                IDENTITY: {
                                    "datasets": {
                                        "profile": {
                                            "sync_count": 1,
                                            "creation_date": date,
                                            "last_modified_date": date,
                                            "last_modified_by": ACCOUNT,
                                            "records": {
                                                "größe": {
                                                    "value": "groß",
                                                    "sync_count": 1,
                                                    "last_modified_date": date,
                                                    "last_modified_by": ACCOUNT,
                                                    "device_last_modified_date": date,
                                                }
                                            },
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        },
    }


def test_a_load_replaces_the_state(cognitosync, profile, file):
    """What the file lacks is gone after the load. Session tokens stay valid, and recorded calls stay."""
    cognitosync.save(file)
    token = profile.token()
    profile.update(replace("theme"))
    cognitosync.load(file)

    assert profile.listed(SyncSessionToken=token)["DatasetExists"] is False
    assert len(cognitosync.calls) == 4


def test_a_load_keeps_the_triggers(cognitosync, profile, file):
    """A file cannot contain a Python function, so a trigger that the test has set runs after the load too."""
    cognitosync.save(file)
    ran = []
    cognitosync.set_trigger(POOL, lambda event: ran.append(event["datasetName"]) or event)
    cognitosync.load(file)
    profile.update(replace("theme"))

    assert ran == ["profile"]


def test_a_handle_saves_and_loads_its_own_region(cognitosync, file):
    """State of other regions and accounts is neither saved nor replaced."""
    europe = cognitosync.at(region_name="eu-west-1")
    pool = europe.new_pool()
    identity = europe.new_identity(pool)
    europe.device(pool, identity).put("profile", {"theme": "dark"})
    cognitosync.save(file)
    cognitosync.load(file)

    assert europe.records(pool, identity, "profile") == {"theme": "dark"}
    with pytest.raises(SnapshotRefused) as refusal:
        europe.load(file)
    assert str(refusal.value) == (
        f"{file} has no state of eu-west-1 of account {ACCOUNT}; it has state of us-east-1 of account {ACCOUNT}"
    )


def test_the_server_saves_and_loads_all_regions_and_accounts(cognitosync, file):
    """`save_all` and `load_all` keep the state of each account and region."""
    handles = [cognitosync.at(region_name="eu-west-1"), cognitosync.at(account_id="111111111111"), cognitosync]
    owners = [(handle.new_pool(), handle.region_name) for handle in handles]
    for handle, (pool, region) in zip(handles, owners, strict=True):
        handle.device(pool, f"{region}:1").put("profile", {"account": handle.account_id, "region": region})
    snapshot.save_all(file)
    for handle in handles:
        handle.reset()

    snapshot.load_all(file)

    assert [
        handle.records(pool, f"{region}:1", "profile") for handle, (pool, region) in zip(handles, owners, strict=True)
    ] == [
        {"account": ACCOUNT, "region": "eu-west-1"},
        {"account": "111111111111", "region": "us-east-1"},
        {"account": ACCOUNT, "region": "us-east-1"},
    ]


def test_a_snapshot_of_a_region_without_the_service_is_refused(cognitosync, file, monkeypatch):
    """`load_all` accepts such a region only if moto allows unknown regions."""
    file.write_text(json.dumps({"mock_cognitosync": 1, "accounts": {ACCOUNT: {"moon-1": {}}}}))
    with pytest.raises(SnapshotRefused, match="has state of 'moon-1', a region without the service"):
        snapshot.load_all(file)
    monkeypatch.setenv("MOTO_ALLOW_NONEXISTENT_REGION", "true")
    snapshot.load_all(file)


def test_an_empty_state_is_saved_as_an_empty_region(cognitosync, file):
    """A pool for which nothing is stored, not even with a trigger, is not in the file."""
    cognitosync.set_trigger(POOL, lambda event: event)
    cognitosync.save(file)

    assert json.loads(file.read_text()) == {
        "accounts": {ACCOUNT: {"us-east-1": {"identity_pools": {}}}},
        "mock_cognitosync": 1,
    }
    cognitosync.load(file)


def test_a_file_that_cannot_be_read_or_written_is_an_os_error(cognitosync, tmp_path):
    """The error is Python's own, and no file is left behind."""
    with pytest.raises(IsADirectoryError):
        cognitosync.save(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"missing\.json"):
        cognitosync.load(tmp_path / "missing.json")
    for use in (cognitosync.save, cognitosync.load):
        with pytest.raises(FileNotFoundError, match="the file name is empty"):
            use("")
    assert list(tmp_path.iterdir()) == []


def reloaded(sync, file):
    """Save and load the state, and return whether a second save gives the same file."""
    sync.save(file)
    text = file.read_text(encoding="utf-8")
    sync.load(file)
    sync.save(file)
    return file.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("seconds", "date"),
    [(-1, "1969-12-31T23:59:59.000Z"), (-62_135_596_800, "0001-01-01T00:00:00.000Z"), (253_402_300_799, "9999-12-31")],
)
def test_a_date_before_1970_can_be_loaded(cognitosync, profile, file, seconds, date):
    """Each DeviceLastModifiedDate that the service accepts can be saved and loaded, from the year 1 to 9999."""
    profile.update(replace("theme", DeviceLastModifiedDate=seconds))

    assert reloaded(cognitosync, file)
    assert f'"device_last_modified_date": "{date}' in file.read_text()


def test_a_state_above_a_limit_that_was_lowered_later_can_be_loaded(cognitosync, profile, file):
    """Lower limits apply to the next write, not to what is stored. Source: limits-7."""
    phone = profile.device()
    phone.put("profile", {"a": "1", "b": "2"})
    phone.put("cart", {"a": "1"})
    cognitosync.set_limits(datasets_per_identity=1, records_per_dataset=1, dataset_size_bytes=1)

    assert reloaded(cognitosync, file)
    assert profile.refused_update(replace("c"))[0] == "LimitExceededException"


def test_a_sync_count_above_2_to_the_53_can_be_loaded(cognitosync, profile, file):
    """The next count after 2**53 is saved and loaded without loss."""
    seed = {"mock_cognitosync": 1, "accounts": {ACCOUNT: {"us-east-1": {"identity_pools": {POOL: {}}}}}}
    dataset = {"sync_count": 2**53, "records": {"theme": {"value": "dark", "sync_count": 2**53}}}
    pools = seed["accounts"][ACCOUNT]["us-east-1"]["identity_pools"]
    pools[POOL] = {"identities": {IDENTITY: {"datasets": {"profile": dataset}}}}
    file.write_text(json.dumps(seed))
    cognitosync.load(file)
    profile.device().put("profile", {"theme": "light"})

    assert reloaded(cognitosync, file)
    assert profile.state().sync_count == 2**53 + 1


def test_a_date_after_the_year_9999_can_be_loaded(cognitosync, profile, file):
    """A clock that a test has moved past the year 9999 gives dates that can be saved and loaded."""
    for _ in range(800):
        cognitosync.advance(10 * 365 * 24 * 60 * 60)
    profile.device().put("profile", {"theme": "dark"})

    assert reloaded(cognitosync, file)
    assert '"last_modified_date": "+010' in file.read_text()


def test_a_surrogate_pair_of_a_device_has_the_same_size_after_a_load(cognitosync, profile, file):
    """A character that a device writes as two surrogates is one character, before a load and after it."""
    profile.device().put("profile", {"\ud83d\ude00": "1"})
    size = profile.state().size_bytes

    assert reloaded(cognitosync, file)
    assert (profile.state().size_bytes, size) == (5, 5)
    assert profile.records() == {"\N{GRINNING FACE}": "1"}


def test_a_chain_of_merges_can_be_loaded(cognitosync, profile, file):
    """Merges into a merged identity can be loaded, and so can records whose counts exceed their dataset's."""
    second = profile.of_another_identity()
    member = profile.of_another_identity()
    profile.device().put("profile", {"theme": "dark"})
    for size in ("small", "medium", "large"):
        profile.device().put("profile", {"size": size})
    cognitosync.merge_identities(POOL, profile.identity_id, into=second.identity_id)
    cognitosync.merge_identities(POOL, second.identity_id, into=member.identity_id)
    merged = member.named(f"profile.{profile.identity_id}").list_records()["MergedDatasetNames"]
    member.device().put(merged[0], {"theme": "light"})

    assert reloaded(cognitosync, file)
    assert member.named(f"profile.{profile.identity_id}").list_records()["MergedDatasetNames"] == merged
    assert member.named(merged[0]).state().sync_count == 2
    assert member.named(merged[0]).state().sync_counts == {"size": 4, "theme": 2}
