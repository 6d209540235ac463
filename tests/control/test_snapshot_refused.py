"""Files that a load refuses: it names the place in the file, and everything stays as it was."""

from __future__ import annotations

import json

import pytest
from driver import ACCOUNT

from mock_cognitosync import SnapshotRefused
from mock_cognitosync.control import snapshot

POOL = "us-east-1:00000000-0000-4000-8000-00000000000a"
IDENTITY = "us-east-1:00000000-0000-4000-8000-00000000000b"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/sync"
APPLICATION = f"arn:aws:sns:us-east-1:{ACCOUNT}:app/GCM/app"
ENDPOINTS = f"arn:aws:sns:us-east-1:{ACCOUNT}:endpoint/"
AT_POOL = f"the file / accounts / {ACCOUNT} / us-east-1 / identity_pools / {POOL}"
AT_IDENTITY = f"{AT_POOL} / identities / {IDENTITY}"
AT_PROFILE = f"{AT_IDENTITY} / datasets / profile"
AT_PHONE = f"{AT_IDENTITY} / devices / phone"
AT_RECORD = f"{AT_PROFILE} / records / theme"
PROFILE = f"identity pool {POOL} / {IDENTITY} / profile"
ID = "must match ^[a-zA-Z0-9_-]+:[0-9a-f-]+$, for instance us-east-1:00000000-0000-4000-8000-000000000001"
SEED = "without 'mock_cognitosync' it must have the seed form, and the file"


@pytest.fixture
def refusal(cognitosync, tmp_path):
    """A function that loads a text, which must be refused without any change, and returns the reason."""
    phone = cognitosync.device(POOL, IDENTITY)
    phone.put("profile", {"theme": "dark"})
    before = cognitosync.dataset(POOL, IDENTITY, "profile")
    file = tmp_path / "state.json"

    def load(content):
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(SnapshotRefused) as refused:
            cognitosync.load(file)
        assert cognitosync.dataset(POOL, IDENTITY, "profile") == before
        return str(refused.value).removeprefix(f"{file} ")

    return load


def text_of(pool, pool_id=POOL):
    """The text of a snapshot with one identity pool."""
    regions = {"us-east-1": {"identity_pools": {pool_id: pool}}}
    return json.dumps({"mock_cognitosync": 1, "accounts": {ACCOUNT: regions}})


def pool_with(identity_id=IDENTITY, **identity):
    return {"identities": {identity_id: identity}}


def pool_with_dataset(name="profile", **dataset):
    return pool_with(datasets={name: dataset})


def pool_with_record(key="theme", **record):
    return pool_with_dataset(records={key: record})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "it is not JSON in UTF-8: Expecting value: line 1 column 1 (char 0)"),
        (text_of({})[:-1], "it is not JSON in UTF-8: Expecting ',' delimiter: line 1 column "),
        (b"\xff\xfe", "it is not JSON in UTF-8: 'utf-8' codec can't decode byte 0xff"),
        (b'{"\xed\xa0\xbd\xed\xb8\x80": {}}', "it is not JSON in UTF-8: 'utf-8' codec can't decode byte 0xed"),
        ("[" * 200_000, "it is nested too deeply"),
        ("[]", f"{SEED} must be of type object"),
        ('{"a": 1}', f"{SEED}: the name 'a' must match "),
        ('{"mock_cognitosync": true}', "the file lacks 'accounts'"),
        ('{"mock_cognitosync": true, "accounts": {}}', "the file / mock_cognitosync must be of type integer"),
        ('{"mock_cognitosync": 2}', "it has version 2, and this mock_cognitosync reads version 1"),
        ('{"mock_cognitosync": 1}', "the file lacks 'accounts'"),
        ('{"mock_cognitosync": 1, "accounts": []}', "the file / accounts must be of type object"),
        (
            '{"mock_cognitosync": 1, "accounts": {}, "more": 1}',
            "the file has the unknown member 'more'; it can have $schema, accounts, mock_cognitosync",
        ),
        (f'{{"{POOL}": {{}}, "{POOL}": {{}}}}', f"an object has '{POOL}' twice"),
        (f'{{"{POOL}": {{"{IDENTITY}": {{"profile": {{"theme": null}}}}}}}}', f"{SEED} / {POOL} / {IDENTITY}"),
        ('{"$schema": 1}', f"{SEED} / $schema must be of type string"),
    ],
)
def test_a_file_that_is_not_a_snapshot_is_refused(refusal, content, reason):
    """The reason says what a snapshot is. A name that occurs twice is refused too: JSON readers keep only one."""
    assert refusal(content).startswith(f"is not a valid snapshot: {reason}")


@pytest.mark.parametrize("content", ["{}", '{"mock_cognitosync": 1, "accounts": {}}'])
def test_a_snapshot_of_nothing_is_refused(refusal, content):
    """A handle needs the state of its account and region."""
    assert refusal(content) == f"has no state of us-east-1 of account {ACCOUNT}; it has state of no region"


@pytest.mark.parametrize(
    ("pool", "reason"),
    [
        ([], f"{AT_POOL} must be of type object"),
        ({"name": "a"}, f"{AT_POOL} has the unknown member 'name'; it can have "),
        ({"cognito_identity": {"name": ""}}, f"{AT_POOL} / cognito_identity / name must match "),
        ({"cognito_identity": {"deleted": 1}}, f"{AT_POOL} / cognito_identity / deleted must be of type boolean"),
        (
            {"cognito_identity": {"identities": ["junk"]}},
            f"{AT_POOL} / cognito_identity / identities, item 1 ",
        ),
        (
            {"cognito_identity": {"deleted": True, "name": "players"}},
            f"identity pool {POOL} is deleted, so it has neither a name nor a creation_date",
        ),
        (
            {"cognito_identity": {"deleted": True}, "creation_date": "2024-06-01"},
            f"identity pool {POOL} is deleted, so it has neither a name nor a creation_date",
        ),
        (
            {"cognito_identity": {}, "creation_date": "+010000-01-01"},
            f"identity pool {POOL}: creation_date must be at most in the year 9999",
        ),
        ({"creation_date": "2023-02-29"}, f"identity pool {POOL} / creation_date: day is out of range for month"),
        ({"events": {"Foo": "bar"}}, f"{AT_POOL} / events has the unknown member 'Foo'; it can have SyncTrigger"),
        ({"events": {"SyncTrigger": ""}}, f"{AT_POOL} / events / SyncTrigger must have a length of at least 1"),
        ({"streams": []}, f"{AT_POOL} / streams must be of type object"),
        (
            {"streams": {"streaming_status": "MAYBE"}},
            f"{AT_POOL} / streams / streaming_status must be one of 'ENABLED', 'DISABLED', not 'MAYBE'",
        ),
        (
            {"streams": {"stream_name": "s" * 129}},
            f"{AT_POOL} / streams / stream_name must have a length of at ",
        ),
        ({"streams": {"streaming_status": "ENABLED"}}, f"identity pool {POOL}: "),
        ({"push_sync": {"role_arn": "arn:aws:iam::1:role/"}}, f"identity pool {POOL}: "),
        ({"push_sync": {"role_arn": "junk" * 5}}, f"{AT_POOL} / push_sync / role_arn must match ^arn:aws:iam"),
        ({"push_sync": {"application_arns": "a"}}, f"{AT_POOL} / push_sync / application_arns must be of type array"),
        (
            {"push_sync": {"application_arns": [APPLICATION, "junk"]}},
            f"{AT_POOL} / push_sync / application_arns, item 2 must match ^arn:aws:sns",
        ),
        ({"push_sync": {"application_arns": [APPLICATION.replace("us-east", "eu-west")]}}, f"identity pool {POOL}: "),
    ],
)
def test_a_pool_that_the_service_would_refuse_is_refused(refusal, pool, reason):
    """Events, push sync and streams have the constraints of SetCognitoEvents and SetIdentityPoolConfiguration."""
    assert refusal(text_of(pool)).startswith(f"is not a valid snapshot: {reason}")


@pytest.mark.parametrize(
    ("pool_id", "reason"),
    [
        ("us-east-1", f"the file / accounts / {ACCOUNT} / us-east-1 / identity_pools: the name 'us-east-1' {ID}"),
        ("eu-west-1:0", "identity pool eu-west-1:0 is not in us-east-1"),
    ],
)
def test_a_pool_id_that_cannot_be_right_is_refused(refusal, pool_id, reason):
    """A pool id has a region, which is the region of its place in the file."""
    assert refusal(text_of({}, pool_id)) == f"is not a valid snapshot: {reason}"


@pytest.mark.parametrize(
    ("pool", "reason"),
    [
        (pool_with("junk\0"), f"{AT_POOL} / identities: the name 'junk\\x00' {ID}"),
        (pool_with("us-east-1:0\n"), f"{AT_POOL} / identities: the name 'us-east-1:0\\n' {ID}"),
        (
            pool_with(f"us-east-1:{'0' * 46}"),
            f"{AT_POOL} / identities: the name 'us-east-1:{'0' * 46}' must have a len",
        ),
        (pool_with_dataset("a b"), f"{AT_IDENTITY} / datasets: the name 'a b' must match ^[a-zA-Z0-9_.:-]+$"),
        (pool_with_dataset(""), f"{AT_IDENTITY} / datasets: the name '' must have a length of "),
        (pool_with_dataset(exists=True), f"{AT_PROFILE} has the unknown member 'exists'; it can have creation_date, "),
        (pool_with_dataset(sync_count=0), f"{AT_PROFILE} / sync_count must be at least 1, not 0"),
        (pool_with_dataset(records=[]), f"{AT_PROFILE} / records must be of type object"),
        (
            pool_with_dataset(sync_count=1, deletion_sync_count=2),
            f"{PROFILE}: deletion_sync_count is 2, which is above its sync_count of 1",
        ),
        (
            pool_with_dataset(sync_count=2, deletion_sync_count=2, records={"theme": {"value": "dark"}}),
            f"{PROFILE} / theme: sync_count is 3, but the dataset was deleted at its sync_count of 2",
        ),
        (pool_with(merged={"\0bad": []}), f"{AT_IDENTITY} / merged: the name '\\x00bad' must match "),
        (
            pool_with(merged={"profile": ["b"]}),
            f"identity pool {POOL} / {IDENTITY}: b, merged into profile, is not one of its datasets",
        ),
        (pool_with(merged={"profile": ["b", "b"]}), f"{AT_IDENTITY} / merged / profile has 'b' twice"),
    ],
)
def test_an_identity_that_the_service_could_not_have_is_refused(refusal, pool, reason):
    """Names have the constraints of the service, and counts do not contradict each other."""
    assert refusal(text_of(pool)).startswith(f"is not a valid snapshot: {reason}")


@pytest.mark.parametrize(
    ("pool", "reason"),
    [
        (pool_with_record(), f"{AT_RECORD} lacks 'value'"),
        (pool_with_record(value=7), f"{AT_RECORD} / value must be of type string or null"),
        (
            pool_with_record(value="v" * 2**20),
            f"{AT_RECORD} / value must have a length of at most 1048575, ",
        ),
        (pool_with_record("", value="v"), f"{AT_PROFILE} / records: the name '' must have a length of at least 1"),
        (
            pool_with_record("k" * 1025, value="v"),
            f"{AT_PROFILE} / records: the name '{'k' * 99}... must have a length of at most 1024, not 1025",
        ),
        (pool_with_record(value="v", sync_count=True), f"{AT_RECORD} / sync_count must be of type integer"),
        (pool_with_record(value="v", sync_count=1.5), f"{AT_RECORD} / sync_count must be of type integer"),
        (
            pool_with_dataset(sync_count=1, records={"theme": {"value": "v", "sync_count": 2}}),
            f"{PROFILE} / theme: sync_count is 2; it must be from 1 to 1",
        ),
        (
            pool_with_dataset(deletion_sync_count=2, records={"theme": {"value": "v", "sync_count": 2}}),
            f"{PROFILE} / theme: sync_count is 2, but the dataset was deleted at its sync_count of 2",
        ),
        (
            pool_with_dataset(sync_count=4, deletion_sync_count=2, records={"theme": {"value": "v", "sync_count": 2}}),
            f"{PROFILE} / theme: sync_count is 2; it must be from 3 to 4",
        ),
        (
            pool_with_record(value="v", last_modified_date=1717243200),
            f"{AT_RECORD} / last_modified_date must be of type string",
        ),
        (
            pool_with_record(value="v", last_modified_date="yesterday"),
            f"{AT_RECORD} / last_modified_date must match ^",
        ),
        (
            pool_with_record(value="v", device_last_modified_date="2023-02-29"),
            f"{PROFILE} / theme / device_last_modified_date: day is out of range for month",
        ),
        (pool_with_record(value="v", last_modified_by=None), f"{AT_RECORD} / last_modified_by must be of type string"),
        (
            pool_with_record(value="v", colour="red"),
            f"{AT_RECORD} has the unknown member 'colour'; it can have device_last_modified_date, last_modified_by, ",
        ),
    ],
)
def test_a_record_that_the_service_could_not_have_is_refused(refusal, pool, reason):
    """Keys, values and counts have the constraints of UpdateRecords; dates exist in the calendar."""
    assert refusal(text_of(pool)).startswith(f"is not a valid snapshot: {reason}")


PHONE = {"platform": "GCM", "token": "t", "endpoint_arn": f"{ENDPOINTS}GCM/app/1"}


@pytest.mark.parametrize(
    ("devices", "reason"),
    [
        ({"phone": {"platform": "GCM"}}, f"{AT_PHONE} lacks 'token'"),
        ({"": PHONE}, f"{AT_IDENTITY} / devices: the name '' must have a length of at least 1"),
        (
            {"phone": {**PHONE, "platform": "XBOX"}},
            f"{AT_PHONE} / platform must be one of 'APNS', 'APNS_SANDBOX', 'GCM', 'ADM', not 'XBOX'",
        ),
        ({"phone": {**PHONE, "endpoint_arn": "junk"}}, f"{AT_PHONE} / endpoint_arn must match "),
        (
            {"phone": {**PHONE, "platform": "ADM"}},
            f"identity pool {POOL} / {IDENTITY} / phone: endpoint_arn must start with {ENDPOINTS}ADM/",
        ),
        (
            {"phone": PHONE, "tablet": PHONE},
            f"identity pool {POOL} / {IDENTITY} / tablet has the platform and the token of phone, so it is the same ",
        ),
        ({"phone": {**PHONE, "subscriptions": ["a b"]}}, f"{AT_PHONE} / subscriptions, item 1 "),
        (
            {"phone": {**PHONE, "subscriptions": ["a", "a"]}},
            f"{AT_PHONE} / subscriptions has 'a' ",
        ),
    ],
)
def test_a_device_that_the_service_could_not_have_is_refused(refusal, devices, reason):
    """A registered device has the constraints of RegisterDevice, and an endpoint of its platform and account."""
    assert refusal(text_of(pool_with(devices=devices))).startswith(f"is not a valid snapshot: {reason}")


def test_one_bad_region_keeps_the_good_ones_out(cognitosync, tmp_path):
    """`load_all` loads all regions of a file or none."""
    regions = {
        "us-east-1": {"identity_pools": {POOL: pool_with_record(value="dark")}},
        "eu-west-1": {"identity_pools": {POOL: {}}},
    }
    file = tmp_path / "state.json"
    file.write_text(json.dumps({"mock_cognitosync": 1, "accounts": {ACCOUNT: regions}}))

    with pytest.raises(SnapshotRefused, match=r"is not in eu-west-1$"):
        snapshot.load_all(file)
    assert cognitosync.records(POOL, IDENTITY, "profile") == {}
