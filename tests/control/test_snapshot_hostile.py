"""Hostile snapshots: a load refuses a file and changes nothing, or it loads all of it and can save it again."""

from __future__ import annotations

import copy
import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path

import jsonschema
import pytest
from driver import ACCOUNT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_cognitosync import SnapshotRefused, mock_cognitosync
from mock_cognitosync.cognitosync.exceptions import CognitoSyncError
from mock_cognitosync.control.snapshot import dates, document, schema

POOLS = ["us-east-1:0", "us-east-1:1"]
IDENTITIES = ["us-east-1:a", "us-east-1:b"]
NAMES = ["profile", "cart", "profile.us-east-1:b"]
ROLE = f"arn:aws:iam::{ACCOUNT}:role/sync"
VALIDATOR = jsonschema.Draft202012Validator(json.loads(schema.PATH.read_text(encoding="utf-8")))

texts = st.text(st.characters(exclude_characters="\n"), max_size=5) | st.sampled_from(["\ud800", "\0", "größe", "\x1f"])
iso_dates = st.sampled_from(
    ["2024-06-01", "0001-01-01", "9999-12-31T23:59:59.999Z", "+010000-01-01", "2024-06-01T12:00+02:00", "1969-12-31"]
)
keys = st.sampled_from(["theme", "size", "größe"]) | texts.filter(len)


def objects(required=None, **optional):
    return st.fixed_dictionaries(required or {}, optional=optional)


records = objects(
    {"value": st.none() | texts},
    sync_count=st.integers(1, 3),
    last_modified_date=iso_dates,
    last_modified_by=texts,
    device_last_modified_date=iso_dates,
)


@st.composite
def datasets(draw):
    """A dataset whose counts do not contradict each other."""
    deletion = draw(st.sampled_from([0, 0, 0, 2, 2**53 - 1, 2**63 - 1]))
    dataset = draw(
        objects(
            {"records": st.dictionaries(keys, records, max_size=3)},
            creation_date=iso_dates,
            last_modified_date=iso_dates,
            last_modified_by=texts,
        )
    )
    counts = [deletion or 1]
    for record in dataset["records"].values():
        counts.append(record.get("sync_count", 1) + deletion)
        if "sync_count" in record:
            record["sync_count"] += deletion
    if draw(st.booleans()):
        dataset["sync_count"] = max(counts) + draw(st.integers(0, 2))
    return {**dataset, "deletion_sync_count": deletion} if deletion else dataset


def devices(platform):
    return objects(
        {"platform": st.just(platform), "token": texts},
        endpoint_arn=st.just(f"arn:aws:sns:us-east-1:{ACCOUNT}:endpoint/{platform}/app/0"),
        subscriptions=st.lists(st.sampled_from(NAMES), unique=True),
    )


identities = objects(
    {
        "datasets": objects(dict.fromkeys(NAMES[:2], datasets()), **{NAMES[2]: datasets()}),
        "merged": st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES[:2]), unique=True)),
    },
    devices=objects(phone=devices("GCM"), tablet=devices("APNS")),
)
pools = objects(
    {"identities": st.dictionaries(st.sampled_from(IDENTITIES), identities, min_size=1)},
    creation_date=iso_dates,
    cognito_identity=objects(
        name=st.sampled_from(["players", "größe 2"]), identities=st.lists(st.sampled_from(IDENTITIES), unique=True)
    )
    | st.just({"deleted": True}),
    events=st.just({"SyncTrigger": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"}),
    push_sync=objects(
        application_arns=st.lists(st.just(f"arn:aws:sns:us-east-1:{ACCOUNT}:app/GCM/app")), role_arn=st.just(ROLE)
    ),
    streams=objects(
        {"stream_name": st.just("s"), "role_arn": st.just(ROLE)},
        streaming_status=st.sampled_from(["ENABLED", "DISABLED"]),
    ),
)
snapshots = st.dictionaries(st.sampled_from(POOLS), pools, min_size=1).map(
    lambda tree: {"mock_cognitosync": 1, "accounts": {ACCOUNT: {"us-east-1": {"identity_pools": tree}}}}
)
seeds = st.dictionaries(
    st.sampled_from(POOLS),
    st.dictionaries(
        st.sampled_from(IDENTITIES), st.dictionaries(st.sampled_from(NAMES), st.dictionaries(keys, texts, max_size=3))
    ),
    min_size=1,
)
junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 4)
    | st.just(2**70)
    | st.just(1.5)
    | texts
    | st.sampled_from([*POOLS, *IDENTITIES, *NAMES, ROLE, "2023-02-29", "ENABLED", "GCM"]),
    lambda children: st.lists(children, max_size=2) | st.dictionaries(texts, children, max_size=2),
    max_leaves=3,
)


def paths_in(tree, path=()):
    """The path of each value in *tree*, as the names and numbers that lead there."""
    yield path
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for name, item in items:
        yield from paths_in(item, (*path, name))


@st.composite
def mutated(draw, trees):
    """One of *trees* with up to three mutations: a value is replaced, removed, renamed or copied elsewhere."""
    tree = copy.deepcopy(draw(trees))
    for _ in range(draw(st.integers(0, 3))):
        paths = list(paths_in(tree))
        deep_paths = [path for path in paths if len(path) > 5]
        path = draw(st.sampled_from(deep_paths if deep_paths and draw(st.booleans()) else paths))
        if not path:
            continue
        *parents, last = path
        inner = tree
        for name in parents:
            inner = inner[name]
        mutation = draw(st.sampled_from(["replace", "remove", "rename", "copy"]))
        if mutation == "replace":
            inner[last] = draw(junk)
        elif mutation == "copy":
            source = tree
            for name in draw(st.sampled_from(list(paths_in(tree)))):
                source = source[name]
            inner[last] = copy.deepcopy(source)
        else:
            value = inner.pop(last)
            if mutation == "rename" and isinstance(inner, dict):
                inner[draw(texts | st.sampled_from([*POOLS, *NAMES, "sync_count", "value"]))] = value
    return tree


def is_hollow(value):
    """Whether *value* says no more than its absence would."""
    if isinstance(value, dict | list):
        return all(is_hollow(item) for item in (value.values() if isinstance(value, dict) else value))
    return value == 0


def assert_kept(given_value, saved, name=""):
    """Check that *saved* has everything that *given_value* has."""
    if name.endswith("_date"):
        assert dates.from_text(saved) == dates.from_text(given_value)
    elif isinstance(given_value, dict):
        for member, item in given_value.items():
            if not (is_hollow(item) and member not in saved):
                assert_kept(item, saved[member], member)
    elif name == "subscriptions":
        assert saved == sorted(given_value)
    else:
        assert saved == given_value


@pytest.fixture(scope="module")
def sync():
    """The handle of a mock that all examples share; each example replaces its state. Saves do not wait for the disk."""
    with mock_cognitosync(region_name="us-east-1") as handle, pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        handle.freeze()
        yield handle


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def saved_text(sync, folder):
    sync.save(folder / "saved.json")
    return (folder / "saved.json").read_text(encoding="utf-8")


def load_or_refuse(sync, folder, text):
    """Load *text* and return the file that a save gives then, or None if it is refused; check all that must hold."""
    before = saved_text(sync, folder)
    (folder / "given.json").write_bytes(text)
    try:
        sync.load(folder / "given.json")
    except SnapshotRefused:
        assert saved_text(sync, folder) == before
        return None
    saved = reloaded(sync, folder)
    VALIDATOR.validate(saved)
    return saved


def reloaded(sync, folder):
    """Save and load the state; return the file, which a second save writes again."""
    text = saved_text(sync, folder)
    sync.load(folder / "saved.json")
    assert saved_text(sync, folder) == text
    return json.loads(text)


def use(sync, pool, identity, dataset):
    """Read a dataset, and write and remove a record; the service may refuse the writes."""
    phone = sync.device(pool, identity)
    live = sync.records(pool, identity, dataset)
    for write in (lambda: phone.put(dataset, {"theme": "used"}), lambda: phone.remove(dataset, *live)):
        with suppress(CognitoSyncError):
            write()


hostile = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


@hostile
@given(mutated(snapshots))
def test_a_mutated_snapshot_is_refused_or_loads_completely(sync, folder, tree):
    """Whatever a snapshot contains, it is refused without a change, or each of its values is in the next save."""
    saved = load_or_refuse(sync, folder, json.dumps(tree).encode())
    if saved is not None and "mock_cognitosync" in tree:
        assert_kept({**tree, "$schema": {}}, saved)


@hostile
@given(snapshots)
def test_a_loaded_state_can_be_used_and_saved_again(sync, folder, tree):
    """The service works with whatever a file has brought, and what it makes of that can be saved and loaded."""
    saved = load_or_refuse(sync, folder, json.dumps(tree).encode())
    pools = saved["accounts"][ACCOUNT]["us-east-1"]["identity_pools"] if saved else {}
    for pool in pools:
        for identity in pools[pool].get("identities", {}):
            for dataset in NAMES:
                use(sync, pool, identity, dataset)
    reloaded(sync, folder)


@hostile
@given(mutated(seeds))
def test_a_mutated_seed_is_refused_or_loads_completely(sync, folder, tree):
    """The same is true of the seed form."""
    saved = load_or_refuse(sync, folder, json.dumps(tree).encode())
    if saved is not None and "mock_cognitosync" not in tree:
        pools = saved["accounts"][ACCOUNT]["us-east-1"]["identity_pools"]
        for pool, identities in tree.items():
            for identity, datasets in identities.items() if pool != "$schema" else ():
                for name, records in datasets.items():
                    stored = pools[pool]["identities"][identity]["datasets"][name].get("records", {})
                    assert {key: record["value"] for key, record in stored.items()} == records


@hostile
@given(snapshots.map(json.dumps), st.data())
def test_a_file_with_damaged_bytes_is_refused_or_loads(sync, folder, text, data):
    """A file that is cut, or has a byte that was not written, raises no other error than SnapshotRefused."""
    content = bytearray(text.encode())
    position = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        content = content[:position]
    else:
        content[position] = data.draw(st.integers(0, 255))
    load_or_refuse(sync, folder, bytes(content))


@hostile
@given(mutated(snapshots) | mutated(seeds) | junk)
def test_the_package_checks_a_file_as_a_validator_does(tree):
    """The package's own check and a complete validator of JSON Schema agree about each file."""
    is_snapshot = isinstance(tree, dict) and "mock_cognitosync" in tree
    try:
        schema.check(tree, "snapshot" if is_snapshot else "seed")
    except ValueError:
        assert not VALIDATOR.is_valid(tree)
    else:
        assert VALIDATOR.is_valid(tree)


@hostile
@given(mutated(snapshots) | mutated(seeds))
def test_a_snapshot_that_is_read_can_be_written(tree):
    """Reading the text that was written for what a file describes gives the same."""
    try:
        accounts, _ = document.from_text(json.dumps(tree).encode(), ACCOUNT)
    except ValueError:
        return
    assert document.from_text(document.to_text(accounts).encode(), ACCOUNT) == (accounts, False)
