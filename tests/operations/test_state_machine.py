"""The service against a model in plain dicts, in histories that hypothesis makes up."""

from __future__ import annotations

from datetime import datetime, timezone
from tempfile import TemporaryDirectory

import boto3
import time_machine
from botocore.exceptions import ClientError
from driver import counted
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mock_cognitosync import mock_cognitosync
from mock_cognitosync.cognitosync.exceptions import CognitoSyncError

START = datetime(2024, 6, 1, 12, tzinfo=timezone.utc)
LIFETIME = 300
TOKEN_REFUSED = ("InvalidParameterException", "SyncSessionToken not valid for these inputs")

names = st.sampled_from(["notes", "profile"])
keys = st.sampled_from(["a", "b", "é"])
values = st.sampled_from(["", "x", "ü"])
clients = st.sampled_from([0, 1])
# Key, value (None removes), and which count is sent: that of the service, of the client's copy, or a number.
patches = st.tuples(keys, values | st.none(), st.sampled_from(["service"] * 6 + ["copy", 0, 1, 2]))
tokens = st.sampled_from(["fresh"] * 5 + ["own"] * 3 + ["other client's", "other dataset's"])
OTHER = {"notes": "profile", "profile": "notes"}


class Refused(Exception):
    """The model's refusal: code and message."""


class Model:
    """What one identity holds, and its tokens; a page of plain dicts."""

    def __init__(self):
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
            raise Refused(*TOKEN_REFUSED)

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
            if count < current:
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
    """Two clients and a third device of one identity, each step done by the service and by the model."""

    def __init__(self):
        super().__init__()
        self.travel = time_machine.travel(START, tick=False)
        self.clock = self.travel.start()
        self.mock = mock_cognitosync(region_name="us-east-1")
        self.sync = self.mock.start()
        self.boto = boto3.client("cognito-sync")
        pool = self.sync.new_pool()
        self.identity = {"IdentityPoolId": pool, "IdentityId": self.sync.new_identity(pool)}
        self.place = tuple(self.identity.values())
        self.device = self.sync.device(*self.place)
        self.model = Model()
        # What each client remembers of each dataset: the count, the last token, key to (value, count).
        self.copies = [{name: {"count": 0, "token": None, "records": {}} for name in names.elements} for _ in range(2)]

    def teardown(self):
        self.mock.stop()
        self.travel.stop()

    def both(self, real, model):
        """What both answer; a refusal as code and message. They must agree on whether it is one."""
        try:
            actual = real()
        except ClientError as error:
            actual = (error.response["Error"]["Code"], error.response["Error"]["Message"])
        except CognitoSyncError as error:
            actual = (error.code, error.message)
        try:
            expected = model()
        except Refused as refusal:
            expected = refusal.args
        return actual, expected

    def list_page(self, name, since, token, **others):
        """A page as both see it; the token is new to the model where none was sent."""
        sent = {"SyncSessionToken": token} if token is not None else {}
        response = self.boto.list_records(
            **self.identity, DatasetName=name, **({"LastSyncCount": since} if since else {}), **sent, **others
        )
        if token is None:
            assert response["SyncSessionToken"] not in self.model.tokens
            self.model.tokens[response["SyncSessionToken"]] = (name, self.model.now + LIFETIME)
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

        actual, expected = self.both(real, lambda: self.model.list(name, since, token))
        assert actual == expected

    @rule(who=clients, name=names, size=st.integers(1, 4))
    def pull(self, who, name, size):
        """What a client does: page through what is new to it; its copy is then the service's."""
        copy = self.copies[who][name]
        since, more, next_token = copy["count"], True, {}
        told, number = False, 0
        while more:
            number += 1
            assert number <= 4
            response = self.list_page(name, since, None, MaxResults=size, **next_token)
            gone = response["DatasetDeletedAfterRequestedSyncCount"] or not response["DatasetExists"]
            if since and gone and not told:
                copy["records"], told = {}, True
            copy["records"] |= {key: (value, count) for key, value, count in counted(response["Records"])}
            more = "NextToken" in response
            next_token = {"NextToken": response["NextToken"]} if more else {}
        copy["count"], copy["token"] = response["DatasetSyncCount"], response["SyncSessionToken"]
        assert copy["records"] == self.model.dataset(name)["records"]

    @rule(who=clients, name=names, token=tokens, wishes=st.lists(patches, max_size=3))
    def update_records(self, who, name, token, wishes):
        """An update by any of the tokens and counts that clients remember, right or wrong."""
        copy = self.copies[who][name]
        counts = {"service": self.model.count_of, "copy": lambda _, key: copy["records"].get(key, (None, 0))[1]}
        sent = [(key, value, counts[count](name, key) if count in counts else count) for key, value, count in wishes]
        self.send(name, self.token(who, name, token), sent)

    @rule(who=clients, name=names, token=tokens, changes=st.dictionaries(keys, st.none() | values, min_size=1))
    def push(self, who, name, token, changes):
        """What a client does: write by its own copy's counts, in conflict or not."""
        records = self.copies[who][name]["records"]
        sent = [(key, value, records.get(key, (None, 0))[1]) for key, value in changes.items()]
        self.send(name, self.token(who, name, token), sent)

    def token(self, who, name, kind):
        if kind == "fresh":
            return self.list_page(name, 0, None)["SyncSessionToken"]
        places = {"own": (who, name), "other client's": (1 - who, name), "other dataset's": (who, OTHER[name])}
        owner, dataset = places[kind]
        return self.copies[owner][dataset]["token"] or "none yet"

    def send(self, name, token, sent):
        request = [
            {"Op": "replace", "Key": key, "Value": value, "SyncCount": count}
            if value is not None
            else {"Op": "remove", "Key": key, "SyncCount": count}
            for key, value, count in sent
        ]
        call = {**self.identity, "DatasetName": name, "SyncSessionToken": token, "RecordPatches": request}
        actual, expected = self.both(
            lambda: counted(self.boto.update_records(**call)["Records"]), lambda: self.model.update(name, token, sent)
        )
        assert actual == expected

    @rule(name=names, operation=st.sampled_from(["describe", "delete", "device deletes"]))
    def describe_or_delete(self, name, operation):
        def real():
            if operation == "device deletes":
                sizes = self.model.sizes(name)
                self.device.delete_dataset(name)
                return sizes
            call = self.boto.describe_dataset if operation == "describe" else self.boto.delete_dataset
            dataset = call(**self.identity, DatasetName=name)["Dataset"]
            return dataset["NumRecords"], dataset["DataStorage"]

        model = self.model.describe if operation == "describe" else self.model.delete
        actual, expected = self.both(real, lambda: model(name))
        assert actual == expected

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
        """On the machine's clock or on the mock's."""
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
        """What is done after a save is undone by a load; all else, counts and tombstones too, is as it was."""
        with TemporaryDirectory() as folder:
            self.sync.save(f"{folder}/state.json")
            self.device.put(name, {"a": "lost"})
            self.sync.load(f"{folder}/state.json")

    @invariant()
    def datasets_agree(self):
        """Each dataset's state by the handle, and what a listing tells the first client."""
        for name in names.elements:
            seen = self.sync.dataset(*self.place, name)
            model = self.model.dataset(name)
            live = self.model.live(name)
            counts = {key: count for key, (_, count) in model["records"].items()}
            assert self.sync.records(*self.place, name) == live
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


TestService = Service.TestCase
TestService.settings = settings(
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=40,
    stateful_step_count=20,
)
