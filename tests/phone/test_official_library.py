"""A phone and the official JavaScript library, amazon-cognito-js on Node, through the same histories at one server."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest

from mock_cognitosync.phone import NotSynchronized, keep_local, keep_remote, merge_values

CLIENTS = Path(__file__).parents[1] / "server/clients"
RESOLUTIONS = {
    "local": keep_local,
    "remote": keep_remote,
    "both": merge_values(lambda local, remote: f"{remote}+{local}"),
    None: lambda conflict: None,
}


class OurPhones:
    """Phones of this package, each under a number."""

    def __init__(self, user, url):
        self.user = user
        client = boto3.client("cognito-sync", endpoint_url=url)
        self.phones = [user.phone(client) for _ in range(2)]

    def put(self, phone, dataset, records):
        self.phones[phone].put(dataset, records)

    def remove(self, phone, dataset, key):
        self.phones[phone].remove(dataset, key)

    def synchronize(self, phone, dataset, resolution=None, accepts=False):
        """Whether it succeeds."""
        resolve = RESOLUTIONS[resolution]
        try:
            self.phones[phone].synchronize(dataset, on_conflict=resolve, on_deleted=lambda name: accepts)
        except NotSynchronized:
            return False
        return True

    def state(self, phone, dataset):
        """The last sync count, and value, count and whether it is modified of each record; removed ones are empty."""
        stored = self.phones[phone].stored(dataset).items()
        records = {key: [record.value or "", record.sync_count, record.is_modified] for key, record in stored}
        return {"records": records, "lastSyncCount": self.phones[phone].last_sync_count(dataset)}


class OfficialPhones:
    """The same with the official library."""

    def __init__(self, user, call):
        self.user = user
        self.call = call
        for phone in range(2):
            call("create", phone=phone, pool=user.identity_pool_id, identity=user.identity_id)

    def put(self, phone, dataset, records):
        self.call("put", phone=phone, name=dataset, records=records)

    def remove(self, phone, dataset, key):
        self.call("remove", phone=phone, name=dataset, key=key)

    def synchronize(self, phone, dataset, resolution=None, accepts=False):
        heard = self.call("synchronize", phone=phone, name=dataset, resolution=resolution, accepts=accepts)
        return heard[-1] == "onSuccess"

    def state(self, phone, dataset):
        return self.call("state", phone=phone, name=dataset)


@pytest.fixture(scope="module")
def node():
    """The path of Node; the official library is installed."""
    found = shutil.which("node")
    if not found or not (CLIENTS / "node_modules/amazon-cognito-js").is_dir():
        pytest.skip("Node or amazon-cognito-js is missing: `make test` installs the library where Node is there")
    return found


@contextmanager
def library(node, variables):
    """A function that calls a method of the script, which runs the library."""
    command = [node, "--no-deprecation", "phones.cjs"]
    environment = {**os.environ, **variables}
    with subprocess.Popen(
        command, cwd=CLIENTS, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:

        def call(method, **given):
            process.stdin.write(json.dumps({"method": method, **given}) + "\n")
            process.stdin.flush()
            outcome = json.loads(process.stdout.readline())
            if "error" in outcome:
                raise RuntimeError(outcome["error"])
            return outcome["result"]

        yield call


@pytest.fixture
def official(node, cognitosync_server):
    """Two phones of the official library, of a new user."""
    with library(node, cognitosync_server.variables) as call:
        yield OfficialPhones(cognitosync_server.handle.new_user(), call)


@pytest.fixture
def ours(cognitosync_server):
    """Two phones of this package, of another new user."""
    return OurPhones(cognitosync_server.handle.new_user(), cognitosync_server.url)


def sent(calls):
    """From which count a synchronization listed first, and its updates; the library lists again after it stored."""
    first = next((call.parameters["LastSyncCount"] for call in calls if call.operation == "ListRecords"), None)
    updates = [
        # The order of patches is irrelevant, and the library sends an empty value with each removal.
        sorted(
            (patch["Op"], patch["Key"], patch.get("Value") or None, patch["SyncCount"])
            for patch in call.parameters["RecordPatches"]
        )
        for call in calls
        if call.operation == "UpdateRecords"
    ]
    return first, updates


def replay(sync, phones, history):
    """Apply a history and return, for each step, what was sent, what the phone stores and what the service stores."""
    seen = []
    for who, action, *arguments in history:
        before = len(sync.calls)
        if who == "device":
            getattr(phones.user.device(), action)("profile", *arguments)
        else:
            seen.append((action, getattr(phones, action)(who, "profile", *arguments)))
            seen.append((sent(sync.calls[before:]), phones.state(who, "profile")))
        seen.append(phones.user.dataset("profile").sync_counts)
        seen.append(phones.user.records("profile"))
    return seen


HISTORIES = {
    "nothing": [(0, "synchronize")],
    "one phone writes": [(0, "put", {"a": "1", "b": "2"}), (0, "synchronize"), (0, "synchronize")],
    "an unchanged value": [(0, "put", {"a": "1"}), (0, "synchronize"), (0, "put", {"a": "1"}), (0, "synchronize")],
    "two phones": [
        (0, "put", {"a": "1"}),
        (0, "synchronize"),
        (1, "put", {"b": "2"}),
        (1, "synchronize"),
        (0, "synchronize"),
        (0, "put", {"b": "3"}),
        (0, "synchronize"),
        (1, "synchronize"),
    ],
    "a removal": [
        (0, "put", {"a": "1", "b": "2"}),
        (0, "synchronize"),
        (0, "remove", "a"),
        (0, "synchronize"),
        (0, "put", {"a": "3"}),
        (0, "synchronize"),
    ],
    "a removal elsewhere": [
        (0, "put", {"a": "1", "b": "2"}),
        (0, "synchronize"),
        ("device", "remove", "a"),
        (0, "synchronize"),
        (0, "put", {"a": "3"}),
        (0, "synchronize"),
    ],
    "an equal edit": [("device", "put", {"a": "1"}), (0, "put", {"a": "1"}), (0, "synchronize")],
    "an unresolved conflict": [("device", "put", {"a": "1"}), (0, "put", {"a": "2"}), (0, "synchronize")],
    "a deletion that is refused": [
        (0, "put", {"a": "1"}),
        (0, "synchronize"),
        ("device", "delete_dataset"),
        (0, "synchronize"),
    ],
    **{
        f"a conflict, {resolution}": [
            (0, "put", {"a": "1"}),
            (0, "synchronize"),
            ("device", "put", {"a": "2"}),
            (0, "put", {"a": "3"}),
            (0, "synchronize", resolution),
            (0, "synchronize"),
        ]
        for resolution in ("local", "remote", "both")
    },
}


def random_history(seed, length=60):
    """Edits and synchronizations of two phones with keys of their own, so without conflicts, and of a device."""
    chance = random.Random(seed)
    history = []
    written = [set(), set()]  # the keys that each phone has, and of these, what the service has
    stored = [set(), set()]
    for number in range(length):
        phone = chance.randrange(2)
        key = chance.choice([["a", "b"], ["c", "d"]][phone])
        action = chance.choice(["put", "put", "remove", "synchronize", "synchronize", "device"])
        if action == "device":
            history.append(("device", "put", {"e": f"v{number}"}))
        elif action == "synchronize":
            history.append((phone, "synchronize"))
            stored[phone] |= written[phone]
        elif action == "put":
            history.append((phone, "put", {key: f"v{number}"}))
            written[phone].add(key)
        elif key in stored[phone]:
            history.append((phone, "remove", key))
            written[phone].remove(key)
            stored[phone].remove(key)
    return history


@pytest.mark.parametrize(
    "history",
    [*HISTORIES.values(), *(random_history(seed) for seed in range(8))],
    ids=[*HISTORIES, *(f"random {seed}" for seed in range(8))],
)
def test_phones_store_and_send_what_the_library_does(cognitosync_server, ours, official, history):
    """Each step sends the same, and leaves the same records on the phone and at the service."""
    sync = cognitosync_server.handle
    assert replay(sync, ours, history) == replay(sync, official, history)


# What the library does differently; each is a row of the table in docs/how-to/phones.md.


def test_the_library_skips_a_record_that_was_listed_with_a_conflict(ours, official):
    """After it has sent the resolution, it lists from the count of that; a phone has stored the record."""
    for phones in (ours, official):
        phones.user.device().put("profile", {"a": "1"})
        phones.synchronize(0, "profile")
        phones.put(0, "profile", {"a": "2"})
        phones.user.device().put("profile", {"a": "3", "b": "4"})
        phones.synchronize(0, "profile", "local")
        phones.synchronize(0, "profile")
    assert set(official.state(0, "profile")["records"]) == {"a"}
    assert set(ours.state(0, "profile")["records"]) == {"a", "b"}


def test_the_library_skips_what_was_written_between_listing_and_update(cognitosync, ours, official):
    """It lists from the count of its own update; a phone lists from the count before."""
    for phones in (ours, official):
        device = phones.user.device()
        phones.put(0, "profile", {"a": "1"})
        cognitosync.before_next("UpdateRecords", lambda device=device: device.put("profile", {"b": "2"}))
        phones.synchronize(0, "profile")
        phones.synchronize(0, "profile")
    assert set(official.state(0, "profile")["records"]) == {"a"}
    assert set(ours.state(0, "profile")["records"]) == {"a", "b"}


def test_the_library_sends_an_empty_string_as_a_removal(ours, official):
    """A record with an empty value is removed at the service; a phone stores it there."""
    for phones in (ours, official):
        phones.put(0, "profile", {"a": "1"})
        phones.synchronize(0, "profile")
        phones.put(0, "profile", {"a": ""})
        phones.synchronize(0, "profile")
    assert official.user.records("profile") == {}
    assert ours.user.records("profile") == {"a": ""}


def test_the_library_fails_when_a_deletion_is_accepted(ours, official):
    """It calls a method that it does not have; a phone deletes the dataset."""
    for phones in (ours, official):
        phones.put(0, "profile", {"a": "1"})
        phones.synchronize(0, "profile")
        phones.user.device().delete_dataset("profile")
    with pytest.raises(RuntimeError, match="_synchronizeInternal is not a function"):
        official.synchronize(0, "profile", accepts=True)
    assert ours.synchronize(0, "profile", accepts=True)
    assert ours.state(0, "profile") == {"records": {}, "lastSyncCount": 0}
