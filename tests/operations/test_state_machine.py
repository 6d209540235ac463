"""The service compared with a model of plain dicts, in histories that hypothesis generates."""

from __future__ import annotations

from tempfile import TemporaryDirectory

import boto3
import time_machine
from botocore.exceptions import ClientError
from driver import NOON, TOKEN_REFUSED, DatasetDriver, counted, refusal_of, remove, replace
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mock_cognitosync import mock_cognitosync
from mock_cognitosync.cognitosync.exceptions import CognitoSyncError

TOKEN_LIFETIME_SECONDS = 300

names = st.sampled_from(["notes", "profile"])
keys = st.sampled_from(["a", "b", "é"])
values = st.sampled_from(["", "x", "ü"])
clients = st.sampled_from([0, 1])
# Key, value (None removes), and the count to send: that of the service, that of the client's copy, or a number.
patches = st.tuples(keys, values | st.none(), st.sampled_from(["service"] * 6 + ["copy", 0, 1, 2]))
tokens = st.sampled_from(["fresh"] * 5 + ["own"] * 3 + ["other client's", "other dataset's"])
OTHER = {"notes": "profile", "profile": "notes"}


class Refused(Exception):
    """The model's refusal: error code and message."""


class Model:
    """The datasets and tokens of one identity in plain dicts."""

    def __init__(self, strict):
        self.strict = strict
        self.datasets = {}
        self.tokens = {}
        self.now = 0

    def dataset(self, name):
        nothing = {"exists": False, "count": 0, "mark": 0, "records": {}}
        return self.datasets.get(name, nothing)

    def count_of(self, name, key):
        return self.dataset(name)["records"].get(key, (None, 0))[1]

    def check_token(self, token, name):
        for_name, until = self.tokens.get(token, (None, 0))
        if for_name != name or until <= self.now:
            code, _, message = TOKEN_REFUSED
            raise Refused(code, message)

    def list(self, name, since, token):
        if token is not None:
            self.check_token(token, name)
        dataset = self.dataset(name)
        if name in self.datasets and since > dataset["count"]:
            raise Refused("InvalidParameterException", f"No such SyncCount: {since} exists for this Dataset")
        found = [(key, value, count) for key, (value, count) in sorted(dataset["records"].items()) if count > since]
        return {
            "records": found,
            "count": dataset["count"] if dataset["exists"] else 0,
            "exists": dataset["exists"],
            "deleted": 0 < since < dataset["mark"],
        }

    def update(self, name, token, sent):
        self.check_token(token, name)
        seen = set()
        for key, _, count in sent:
            if key in seen:
                raise Refused("InvalidParameterException", f"Key {key} is in more than one RecordPatch")
            seen.add(key)
            current = self.count_of(name, key)
            if count < current or (self.strict and count > current):
                text = f"Current SyncCount for: {key} is: {current} not: {count}"
                raise Refused("ResourceConflictException", text)
        written = self.write(name, {key: value for key, value, _ in sent})
        if written:
            del self.tokens[token]
        return written

    def write(self, name, changes):
        dataset = self.dataset(name)
        changes = {key: value for key, value in changes.items() if value is not None or key in dataset["records"]}
        if changes:
            self.datasets[name] = dataset
            dataset["exists"] = True
            dataset["count"] += 1
            dataset["records"] |= {key: (value, dataset["count"]) for key, value in changes.items()}
        return [(key, value, dataset["count"]) for key, value in changes.items()]

    def describe(self, name):
        if not self.dataset(name)["exists"]:
            raise Refused("ResourceNotFoundException", f"Dataset '{name}' not found.")
        return self.sizes(name)

    def delete(self, name):
        sizes = self.describe(name)
        mark = self.dataset(name)["count"] + 1
        self.datasets[name] = {"exists": False, "count": mark, "mark": mark, "records": {}}
        return sizes

    def live(self, name):
        return {key: value for key, (value, _) in self.dataset(name)["records"].items() if value is not None}

    def sizes(self, name):
        live = self.live(name)
        return len(live), sum(len(key.encode()) + len(value.encode()) for key, value in live.items())


class Service(RuleBasedStateMachine):
    """Two clients and another device of one identity. The service and the model perform each step."""

    strict_sync_counts = False

    def __init__(self):
        super().__init__()
        self.travel = time_machine.travel(NOON, tick=False)
        self.clock = self.travel.start()
        self.mock = mock_cognitosync(region_name="us-east-1", strict_sync_counts=self.strict_sync_counts)
        self.sync = self.mock.start()
        self.boto = boto3.client("cognito-sync")
        dataset = DatasetDriver.of_new_identity(self.sync, self.boto)
        self.datasets = {name: dataset.named(name) for name in names.elements}
        self.identity = dataset.identity
        self.device = dataset.device()
        self.model = Model(self.strict_sync_counts)
        # Each client remembers of each dataset its count, the last token, and the value and count of each key.
        self.copies = [{name: {"count": 0, "token": None, "records": {}} for name in names.elements} for _ in range(2)]

    def teardown(self):
        self.mock.stop()
        self.travel.stop()

    def assert_agree(self, real, model):
        """Call both; their results or refusals must be equal."""
        try:
            actual = real()
        except ClientError as error:
            code, _, message = refusal_of(error)
            actual = code, message
        except CognitoSyncError as error:
            actual = error.code, error.message
        try:
            expected = model()
        except Refused as refusal:
            expected = refusal.args
        assert actual == expected

    def list_page(self, name, since, token, **others):
        """A page of the service; a token that it issues becomes known to the model."""
        if since:
            others["LastSyncCount"] = since
        if token is not None:
            others["SyncSessionToken"] = token
        response = self.datasets[name].list_records(**others)
        if token is None:
            assert response["SyncSessionToken"] not in self.model.tokens
            self.model.tokens[response["SyncSessionToken"]] = (name, self.model.now + TOKEN_LIFETIME_SECONDS)
        else:
            assert response["SyncSessionToken"] == token
        return response

    @staticmethod
    def state(response):
        return {
            "records": counted(response["Records"]),
            "count": response["DatasetSyncCount"],
            "exists": response["DatasetExists"],
            "deleted": response["DatasetDeletedAfterRequestedSyncCount"],
        }

    @rule(who=clients, name=names, since=st.none() | st.integers(0, 6), with_token=st.booleans())
    def list_records(self, who, name, since, with_token):
        copy = self.copies[who][name]
        since = copy["count"] if since is None else since
        token = copy["token"] if with_token else None

        def real():
            response = self.list_page(name, since, token)
            copy["token"] = response["SyncSessionToken"]
            return self.state(response)

        self.assert_agree(real, lambda: self.model.list(name, since, token))

    @rule(who=clients, name=names, size=st.integers(1, 4))
    def pull(self, who, name, size):
        """A client lists, page by page, the changes since its copy, which then equals the service's records."""
        copy = self.copies[who][name]
        since, more, next_token = copy["count"], True, {}
        deletion_seen, number = False, 0
        while more:
            number += 1
            assert number <= 4
            response = self.list_page(name, since, None, MaxResults=size, **next_token)
            gone = response["DatasetDeletedAfterRequestedSyncCount"] or not response["DatasetExists"]
            if since and gone and not deletion_seen:
                copy["records"], deletion_seen = {}, True
            copy["records"] |= {key: (value, count) for key, value, count in counted(response["Records"])}
            more = "NextToken" in response
            next_token = {"NextToken": response["NextToken"]} if more else {}
        copy["count"], copy["token"] = response["DatasetSyncCount"], response["SyncSessionToken"]
        assert copy["records"] == self.model.dataset(name)["records"]

    @rule(who=clients, name=names, token=tokens, wishes=st.lists(patches, max_size=3))
    def update_records(self, who, name, token, wishes):
        """A client updates with any token and count that clients remember, valid or not."""
        copy = self.copies[who][name]
        counts = {"service": self.model.count_of, "copy": lambda _, key: copy["records"].get(key, (None, 0))[1]}
        sent = [(key, value, counts[count](name, key) if count in counts else count) for key, value, count in wishes]
        self.send(name, self.token(who, name, token), sent)

    @rule(who=clients, name=names, token=tokens, changes=st.dictionaries(keys, st.none() | values, min_size=1))
    def push(self, who, name, token, changes):
        """A client updates with the counts of its copy, in conflict or not."""
        records = self.copies[who][name]["records"]
        sent = [(key, value, records.get(key, (None, 0))[1]) for key, value in changes.items()]
        self.send(name, self.token(who, name, token), sent)

    def token(self, who, name, kind):
        if kind == "fresh":
            return self.list_page(name, 0, None)["SyncSessionToken"]
        owners = {"own": (who, name), "other client's": (1 - who, name), "other dataset's": (who, OTHER[name])}
        owner, dataset = owners[kind]
        return self.copies[owner][dataset]["token"] or "none yet"

    def send(self, name, token, sent):
        patches = [remove(key, count) if value is None else replace(key, value, count) for key, value, count in sent]
        self.assert_agree(
            lambda: self.datasets[name].write(*patches, token=token), lambda: self.model.update(name, token, sent)
        )

    @rule(name=names, operation=st.sampled_from(["describe", "delete"]))
    def describe_or_delete(self, name, operation):
        def real():
            described = getattr(self.datasets[name], operation)()
            return described["NumRecords"], described["DataStorage"]

        self.assert_agree(real, lambda: getattr(self.model, operation)(name))

    @rule(name=names)
    def device_deletes(self, name):
        """A device is refused as a client is; the sizes are those that the service shows before the deletion."""

        def real():
            before = self.datasets[name].state()
            self.device.delete_dataset(name)
            return before.num_records, before.size_bytes

        self.assert_agree(real, lambda: self.model.delete(name))

    @rule(name=names, changes=st.dictionaries(keys, values))
    def device_puts(self, name, changes):
        self.model.write(name, changes)
        assert self.device.put(name, changes) == self.model.list(name, 0, None)["count"]

    @rule(name=names, gone=st.sets(keys))
    def device_removes(self, name, gone):
        self.model.write(name, dict.fromkeys(gone))
        assert self.device.remove(name, *gone) == self.model.list(name, 0, None)["count"]

    @rule(seconds=st.sampled_from([1, 100, 299, 300]), machine=st.booleans())
    def time_passes(self, seconds, machine):
        """Time passes on the machine's clock or on the mock's."""
        if machine:
            self.clock.shift(seconds)
        else:
            self.sync.advance(seconds)
        self.model.now += seconds

    @rule()
    def tokens_expire(self):
        self.sync.expire_tokens()
        self.model.tokens.clear()

    @rule(name=names)
    def state_comes_back(self, name):
        """A load restores the state of the save, counts and tombstones included, and undoes a later write."""
        with TemporaryDirectory() as folder:
            self.sync.save(f"{folder}/state.json")
            self.device.put(name, {"a": "lost"})
            self.sync.load(f"{folder}/state.json")

    @invariant()
    def datasets_agree(self):
        """The handle's state of each dataset, and a listing for the first client, agree with the model."""
        for name in names.elements:
            seen = self.datasets[name].state()
            model = self.model.dataset(name)
            live = self.model.live(name)
            counts = {key: count for key, (_, count) in model["records"].items()}
            assert self.datasets[name].records() == live
            assert (seen.exists, seen.sync_count) == (model["exists"], model["count"] if model["exists"] else 0)
            assert (seen.num_records, seen.size_bytes) == self.model.sizes(name)
            assert seen.sync_counts == {key: count for key, count in counts.items() if key in live}
            assert seen.tombstones == {key: count for key, count in counts.items() if key not in live}
            since = self.copies[0][name]["count"]
            assert self.state(self.list_page(name, since, None)) == self.model.list(name, since, None)

    @rule()
    def list_datasets(self):
        listed = self.boto.list_datasets(**self.identity)["Datasets"]
        assert [(entry["DatasetName"], entry["NumRecords"], entry["DataStorage"]) for entry in listed] == [
            (name, *self.model.sizes(name)) for name in names.elements if self.model.dataset(name)["exists"]
        ]

    @invariant()
    def usage_agrees(self):
        usage = self.boto.describe_identity_usage(**self.identity)["IdentityUsage"]
        existing = [name for name in names.elements if self.model.dataset(name)["exists"]]
        size_bytes = sum(self.model.sizes(name)[1] for name in existing)
        assert (usage["DatasetCount"], usage["DataStorage"]) == (len(existing), size_bytes)


class StrictService(Service):
    """The service that also refuses a SyncCount above the record's."""

    strict_sync_counts = True


FEW = settings(derandomize=True, deadline=None, database=None, max_examples=30, stateful_step_count=20)
TestService = Service.TestCase
TestService.settings = FEW
TestStrictService = StrictService.TestCase
TestStrictService.settings = FEW
