"""Snapshots that a person writes: what may be left out, the seed form, and the published schema."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import freezegun
import jsonschema
import pytest
from botocore.loaders import Loader
from driver import ACCOUNT, NOON, DatasetDriver

from mock_cognitosync import SnapshotRefused
from mock_cognitosync.cognitosync.wire import service_model
from mock_cognitosync.control import snapshot
from mock_cognitosync.control.snapshot import schema

POOL = "us-east-1:00000000-0000-4000-8000-00000000000a"
IDENTITY = "us-east-1:00000000-0000-4000-8000-00000000000b"
JSON_SCHEMA = json.loads(schema.PATH.read_text(encoding="utf-8"))


@pytest.fixture
def load(cognitosync, tmp_path):
    """A function that loads a parsed file."""

    def load_tree(tree):
        (tmp_path / "state.json").write_text(json.dumps(tree), encoding="utf-8")
        cognitosync.load(tmp_path / "state.json")

    return load_tree


@pytest.fixture
def profile(cognitosync, client):
    """A driver for the dataset ``profile`` of the identity and the pool that the tests of this module use."""
    return DatasetDriver(cognitosync, client, POOL, IDENTITY)


def tree_of(**identity):
    """A snapshot with one identity."""
    regions = {"us-east-1": {"identity_pools": {POOL: {"identities": {IDENTITY: identity}}}}}
    return {"mock_cognitosync": 1, "accounts": {ACCOUNT: regions}}


@freezegun.freeze_time(NOON)
def test_a_record_needs_only_its_value(load, profile):
    """By default a record was written now, by its identity, in the first update of the dataset."""
    load(tree_of(datasets={"profile": {"records": {"theme": {"value": "dark"}, "name": {"value": None}}}}))

    written = {"SyncCount": 1, "LastModifiedDate": NOON, "DeviceLastModifiedDate": NOON, "LastModifiedBy": IDENTITY}
    assert profile.list_records()["Records"] == [
        {"Key": "name", **written},
        {"Key": "theme", "Value": "dark", **written},
    ]
    assert profile.describe() == {
        "IdentityId": IDENTITY,
        "DatasetName": "profile",
        "CreationDate": NOON,
        "LastModifiedDate": NOON,
        "LastModifiedBy": IDENTITY,
        "DataStorage": 9,
        "NumRecords": 1,
    }


def test_what_a_dataset_says_applies_to_its_records(load, profile):
    """Date and writer of a dataset are the defaults of its records, and a record's date is its date on the device."""
    load(
        tree_of(
            datasets={
                "profile": {
                    "last_modified_date": "2024-06-01",
                    "last_modified_by": ACCOUNT,
                    "records": {"a": {"value": "1"}, "b": {"value": "2", "last_modified_date": "2024-05-31T23:00Z"}},
                }
            }
        )
    )

    first, later = datetime(2024, 5, 31, 23, tzinfo=timezone.utc), datetime(2024, 6, 1, tzinfo=timezone.utc)
    records = profile.list_records()["Records"]
    assert [record["LastModifiedBy"] for record in records] == [ACCOUNT, ACCOUNT]
    assert [record["LastModifiedDate"] for record in records] == [later, first]
    assert [record["DeviceLastModifiedDate"] for record in records] == [later, first]
    assert profile.describe()["CreationDate"] == later


@pytest.mark.parametrize(
    ("dataset", "state"),
    [
        ({}, (True, 1, {}, {})),
        ({"sync_count": 7}, (True, 7, {}, {})),
        ({"records": {"a": {"value": "1", "sync_count": 5}, "b": {"value": "2"}}}, (True, 5, {"a": 5, "b": 1}, {})),
        ({"deletion_sync_count": 3}, (False, 0, {}, {})),
        ({"deletion_sync_count": 3, "records": {"a": {"value": "1"}}}, (True, 4, {"a": 4}, {})),
        ({"sync_count": 6, "records": {"a": {"value": None, "sync_count": 6}}}, (True, 6, {}, {"a": 6})),
    ],
)
def test_counts_may_be_left_out(load, profile, dataset, state):
    """A dataset has the highest count of its records, and a record the first count after the last deletion."""
    load(tree_of(datasets={"profile": dataset}))

    found = profile.state()
    assert (found.exists, found.sync_count, found.sync_counts, found.tombstones) == state


def test_a_deleted_dataset_is_one_whose_last_count_is_its_deletion(load, profile):
    """A client that saw an earlier count learns of the deletion."""
    load(tree_of(datasets={"profile": {"deletion_sync_count": 3}}))

    assert profile.listed(LastSyncCount=2)["DatasetDeletedAfterRequestedSyncCount"] is True
    assert profile.device().put("profile", {"theme": "dark"}) == 4


def test_a_device_needs_only_platform_and_token(load, cognitosync, client, tmp_path):
    """A device without an endpoint receives no pushes until it registers again, and is saved without one."""
    load(tree_of(devices={"phone": {"platform": "GCM", "token": "t"}}))
    cognitosync.save(tmp_path / "saved.json")

    assert json.loads((tmp_path / "saved.json").read_text()) == tree_of(
        devices={"phone": {"platform": "GCM", "token": "t"}}
    )


def test_a_seed_is_pool_identity_dataset_key_value(load, cognitosync, profile):
    """The seed form has the values of the records; each dataset was written in one update."""
    load({POOL: {IDENTITY: {"profile": {"theme": "dark", "size": ""}, "empty": {}}}})

    assert profile.records() == {"size": "", "theme": "dark"}
    assert profile.state().sync_counts == {"size": 1, "theme": 1}
    assert [found["DatasetName"] for found in profile.client.list_datasets(**profile.identity)["Datasets"]] == [
        "empty",
        "profile",
    ]


def test_a_seed_replaces_the_state_of_a_region(load, cognitosync, profile):
    """A seed has state of the regions that its pool ids name, and of the account that loads it."""
    profile.named("cart").device().put("cart", {"a": "1"})
    europe = cognitosync.at(region_name="eu-west-1", account_id="111111111111")
    load({POOL: {IDENTITY: {"profile": {"theme": "dark"}}}, "eu-west-1:0": {"eu-west-1:1": {"d": {"k": "v"}}}})

    assert cognitosync.records(POOL, IDENTITY, "cart") == {}
    assert europe.records("eu-west-1:0", "eu-west-1:1", "d") == {}
    with pytest.raises(SnapshotRefused, match=f"it has state of eu-west-1 of account {ACCOUNT}$"):
        load({"eu-west-1:0": {}})


def test_the_server_loads_a_seed_for_all_its_regions(cognitosync, tmp_path, monkeypatch):
    """`load_all` loads a seed into the account of MOTO_ACCOUNT_ID, which is moto's default account if it is not set."""
    file = tmp_path / "seed.json"
    file.write_text(
        json.dumps({POOL: {IDENTITY: {"d": {"k": "v"}}}, "eu-west-1:0": {"eu-west-1:1": {"d": {"k": "w"}}}})
    )
    for account in (ACCOUNT, "111111111111"):
        if account != ACCOUNT:
            monkeypatch.setenv("MOTO_ACCOUNT_ID", account)
        handle = cognitosync.at(account_id=account)
        assert handle.records(POOL, IDENTITY, "d") == {}
        snapshot.load_all(file)
        assert handle.records(POOL, IDENTITY, "d") == {"k": "v"}
        assert handle.at(region_name="eu-west-1").records("eu-west-1:0", "eu-west-1:1", "d") == {"k": "w"}


@pytest.mark.parametrize("tree", [tree_of(datasets={"profile": {}}), {POOL: {IDENTITY: {"profile": {}}}}])
def test_a_file_may_name_its_schema(load, profile, tree):
    """Editors find a schema by ``$schema``; a load accepts the member and ignores it."""
    load({"$schema": "snapshot.schema.json", **tree})

    assert profile.state().exists


def test_a_file_with_a_byte_order_mark_is_loaded(cognitosync, profile, tmp_path):
    """Windows editors start a file with a byte order mark."""
    file = tmp_path / "seed.json"
    file.write_text(json.dumps({POOL: {IDENTITY: {"profile": {"größe": "groß"}}}}), encoding="utf-8-sig")
    cognitosync.load(file)

    assert profile.records() == {"größe": "groß"}


def test_the_published_schema_is_a_json_schema():
    """The schema is valid, and the package checks files with each of its keywords."""
    jsonschema.Draft202012Validator.check_schema(JSON_SCHEMA)
    annotations = {"description", "examples"}
    checked = {
        "type", "enum", "minimum", "minLength", "maxLength", "pattern", "required", "properties", "propertyNames",
        "additionalProperties", "items", "uniqueItems",
    }  # fmt: skip

    def schemas(node):
        yield node
        for name in ("items", "additionalProperties", "propertyNames"):
            if node.get(name):
                yield from schemas(node[name])
        for member in node.get("properties", {}).values():
            yield from schemas(member)

    for definition in JSON_SCHEMA["$defs"].values():
        for node in schemas(definition):
            assert set(node) <= annotations | checked or set(node) == {"$ref"}
            assert node.get("type") != "object" or "additionalProperties" in node
            assert node.get("type") != "array" or "items" in node


def test_the_schema_has_the_constraints_of_the_service_model():
    """Names, ids, values and configurations have the lengths, patterns and enumerations that the service gives them."""
    loader = Loader(extra_search_paths=[str(service_model.OWN_DATA_PATH)])
    shapes = loader.load_service_model("cognito-sync", "service-2")["shapes"]
    definitions = JSON_SCHEMA["$defs"]
    pool = definitions["identity_pool"]["properties"]
    streams, push_sync = pool["streams"]["properties"], pool["push_sync"]["properties"]
    device = definitions["device"]["properties"]

    def of_model(name):
        shape = shapes[name]
        found = {"minLength": shape.get("min"), "maxLength": shape.get("max"), "enum": shape.get("enum")}
        pattern = shape.get("pattern", "").replace("\\w", "a-zA-Z0-9_").replace("\\d", "[0-9]")
        return {**found, "pattern": f"^{pattern}$" if pattern else None}

    def of_schema(node):
        return {name: node.get(name) for name in ("minLength", "maxLength", "enum", "pattern")}

    for name, node in {
        "IdentityPoolId": definitions["id"],
        "IdentityId": definitions["id"],
        "DatasetName": definitions["dataset_name"],
        "RecordKey": definitions["key"],
        "AssumeRoleArn": definitions["role_arn"],
        "StreamName": streams["stream_name"],
        "StreamingStatus": streams["streaming_status"],
        "Platform": device["platform"],
        "PushToken": device["token"],
        "DeviceId": definitions["identity"]["properties"]["devices"]["propertyNames"],
        "RecordValue": definitions["record"]["properties"]["value"],
    }.items():
        assert of_schema(node) == of_model(name), name
    assert push_sync["application_arns"]["items"]["pattern"] == of_model("ApplicationArn")["pattern"]


def test_a_saved_file_is_valid_under_the_schema(cognitosync, profile, tmp_path):
    """What `save` writes is valid under the published schema, and so is a seed."""
    file = tmp_path / "state.json"
    profile.device().put("profile", {"theme": "dark", "größe \ud800": ""})
    profile.device().remove("profile", "theme")
    profile.device().delete_dataset("profile")
    profile.device().put("cart", {"apples": "3"})
    cognitosync.save(file)

    validator = jsonschema.Draft202012Validator(JSON_SCHEMA)
    validator.validate(json.loads(file.read_text(encoding="utf-8")))
    validator.validate({POOL: {IDENTITY: {"profile": {"theme": "dark"}}}})
    assert not validator.is_valid({POOL: {IDENTITY: {"profile": {"theme": 1}}}})
    assert not validator.is_valid({"mock_cognitosync": 1})
