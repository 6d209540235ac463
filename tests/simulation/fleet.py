"""A fleet of phones that edit, go offline, synchronize, delete and merge at random, under random faults."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from functools import wraps

import boto3
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from simulation.truth import Witness

from mock_cognitosync import mock_cognitosync
from mock_cognitosync.phone import NotSynchronized, Phone, PhoneOffline, keep_local, keep_remote, last_writer_wins

GUEST = 3
NAMES = ("a", "b")
MOST_MERGED_DATASETS = 8
RESOLUTIONS = {
    "last writer": last_writer_wins,
    "local": keep_local,
    "remote": keep_remote,
    "concatenated": lambda conflict: conflict.with_value(((conflict.local.value or "") + "+")[-9:]),
    "none": lambda conflict: None,
}
TOKEN_REFUSED = "SyncSessionToken not valid for these inputs"
INJECTED = {"TooManyRequestsException", "InternalErrorException"}

phones = st.integers(0, GUEST)
names = st.sampled_from([NAMES[0], *NAMES])
keys = st.sampled_from(["k", "ü"])
values = st.sampled_from(["", "x", "yy", "zzz"])
edits = st.dictionaries(keys, values | st.none(), min_size=1, max_size=2)
resolutions = st.sampled_from(sorted(RESOLUTIONS))
operations = st.sampled_from(["UpdateRecords", "ListRecords", "DeleteDataset"])
faults = st.none() | st.tuples(
    operations, st.sampled_from(["throttled", "failed", "dropped", "timed out"]), st.booleans()
)
interruptions = st.none() | st.tuples(
    st.sampled_from(["UpdateRecords", "UpdateRecords", "ListRecords"]),
    st.sampled_from(["another phone", "a device", "a deletion", "a week"]),
)


def step(**strategies):
    """A rule after which everything is checked. Not as an invariant, which would be printed with each step."""

    def decorate(function):
        @rule(**strategies)
        @wraps(function)
        def happen_and_check(self, **given):
            function(self, **given)
            type(self).steps += 1
            self.check()

        return happen_and_check

    return decorate


class Fleet(RuleBasedStateMachine):
    """
    Three phones of a member and one of a guest.

    After each step, the service must have what was acknowledged, with the right counts and sizes; at the end, all
    phones that synchronize must agree with it.

    Attributes:
        steps: how many have been checked.
    """

    steps = 0

    def __init__(self):
        super().__init__()
        self.mock = mock_cognitosync(region_name="us-east-1", max_attempts=1, seed=1, report=False)
        self.sync = self.mock.start()
        self.client = boto3.client("cognito-sync")
        self.witness = Witness(self.sync, self.client, self.note_unaware_phones)
        self.member = self.sync.new_user()
        self.guest = self.sync.new_user()
        self.phones = [self.new_phone(self.member) for _ in range(GUEST)] + [self.new_phone(self.guest)]
        # Phones that cannot learn of a deletion, because they list from count 0; see docs/how-to/phones.md.
        self.unaware: set[tuple[Phone, str]] = set()

    def new_phone(self, user):
        return user.phone(self.witness)

    def user_of(self, phone):
        return self.guest if phone == GUEST else self.member

    # What happens.

    @step(phone=phones, name=names, values=edits)
    def edit(self, phone, name, values):
        """A phone writes or removes records, in its store."""
        self.write_locally(self.phones[phone], name, values)

    @step(phone=phones, name=names, elsewhere=st.booleans())
    def delete(self, phone, name, elsewhere):
        """A phone deletes a dataset in its store, or another device deletes it at the service."""
        if elsewhere:
            self.delete_elsewhere(phone, name)
        else:
            self.phones[phone].delete_dataset(name)

    @step(phone=phones)
    def go_offline(self, phone):
        """A phone goes offline until it has tried in vain to synchronize."""
        self.phones[phone].is_online = False

    @step(
        phone=phones,
        name=names,
        values=edits,
        resolution=resolutions,
        accepts_deletion=st.booleans(),
        fault=faults,
        interruption=interruptions,
    )
    def edit_and_synchronize(self, phone, name, values, resolution, accepts_deletion, fault, interruption):
        """A phone writes and synchronizes; a call may fail, or something else may happen before it."""
        self.write_locally(self.phones[phone], name, values)
        if interruption:
            operation, kind = interruption
            self.witness.interruptions = {operation: lambda: self.interrupt(kind, phone, name)}
        with ExitStack() as faults:
            if fault:
                operation, kind, after_write = fault
                faults.enter_context(self.inject(operation, kind, after_write))
                self.witness.answer_may_be_lost = after_write
            self.try_to_synchronize(self.phones[phone], name, resolution, accepts_deletion)
        self.witness.answer_may_be_lost = False
        self.witness.interruptions = {}

    @step(phone=phones, name=names)
    def synchronize(self, phone, name):
        """A phone synchronizes, accepts deletions, and nothing happens meanwhile."""
        self.try_to_synchronize(self.phones[phone], name, "last writer", True)

    @step(phone=phones, name=names, key=keys, value=values)
    def another_device_writes(self, phone, name, key, value):
        self.write_elsewhere(phone, name, key, value)

    @precondition(lambda self: self.number_of_merged_datasets() < MOST_MERGED_DATASETS)
    @step()
    def guest_signs_in(self):
        """The guest's datasets are merged into the member's, and another guest comes."""
        self.sync.merge_identities(self.guest, into=self.member)
        self.witness.merge(self.guest.identity_id, self.member.identity_id)
        self.guest = self.sync.new_user()
        self.phones[GUEST] = self.new_phone(self.guest)

    @step(seconds=st.sampled_from([1, 299, 301]))
    def time_passes(self, seconds):
        self.sync.advance(seconds)

    # What must be true.

    def check(self):
        """The service has what was acknowledged, and nothing else, in all datasets; those just written show it."""
        for (identity, name), known in self.witness.datasets.items():
            state = self.sync.dataset(self.member.identity_pool_id, identity, name)
            assert (state.exists, state.sync_count) == (known.exists, known.sync_count)
            assert {**state.sync_counts, **state.tombstones} == {
                key: count for key, (_, count) in known.records.items()
            }
            assert self.sync.records(self.member.identity_pool_id, identity, name) == known.live
            assert (state.num_records, state.size_bytes) == known.size
        for identity, name in sorted(self.witness.touched):
            self.check_answers(identity, name)
        self.witness.touched = set()

    def check_answers(self, identity, name):
        """Counts, sizes and merged names, as the service answers them."""
        known = self.witness.known(identity, name)
        owner = {"IdentityPoolId": self.member.identity_pool_id, "IdentityId": identity}
        listing = self.client.list_records(**owner, DatasetName=name)
        listed = {record["Key"]: (record.get("Value"), record["SyncCount"]) for record in listing["Records"]}
        assert (listed, listing["DatasetSyncCount"]) == (known.records, known.sync_count)
        merged = [other for other in known.merged if self.witness.known(identity, other).exists]
        assert listing.get("MergedDatasetNames", []) == merged
        if known.exists:
            described = self.client.describe_dataset(**owner, DatasetName=name)["Dataset"]
            assert (described["NumRecords"], described["DataStorage"]) == known.size
        usage = self.client.describe_identity_usage(**owner)["IdentityUsage"]
        existing = [dataset for (owner_id, _), dataset in self.witness.datasets.items() if owner_id == identity]
        assert usage["DatasetCount"] == sum(dataset.exists for dataset in existing)
        assert usage["DataStorage"] == sum(dataset.size[1] for dataset in existing)

    def teardown(self):
        try:
            if sys.exc_info()[0] is None:
                self.settle()
        finally:
            self.mock.stop()

    def settle(self):
        """All phones that synchronize agree with the service in the end."""
        for _ in range(3):
            for phone in self.phones:
                phone.is_online = True
                for name in NAMES:
                    phone.synchronize(name, on_deleted=lambda name: True, on_merged=phone.adopt)
        for number, phone in enumerate(self.phones):
            for name in NAMES:
                if (phone, name) not in self.unaware:
                    assert phone.records(name) == self.user_of(number).records(name)
        self.check()

    # How it happens.

    def note_unaware_phones(self, identity, name):
        """A phone that lists from count 0 learns of no deletion, so it keeps its copies of what is deleted now."""
        for number, phone in enumerate(self.phones):
            copies = any(record.sync_count for record in phone.stored(name).values())
            if self.user_of(number).identity_id == identity and copies and phone.last_sync_count(name) == 0:
                self.unaware.add((phone, name))

    def write_locally(self, phone, name, values):
        if phone.last_sync_count(name) >= 0:  # it is not to be deleted
            phone.put(name, {key: value for key, value in values.items() if value is not None})
            phone.remove(name, *[key for key, value in values.items() if value is None])

    def write_elsewhere(self, phone, name, key, value):
        user = self.user_of(phone)
        dataset = self.witness.known(user.identity_id, name)
        dataset.write({key: value})
        assert user.device().put(name, {key: value}) == dataset.last_count
        self.witness.touched.add((user.identity_id, name))

    def delete_elsewhere(self, phone, name):
        user = self.user_of(phone)
        if self.witness.known(user.identity_id, name).exists:
            self.witness.delete(user.identity_id, name)
            user.device().delete_dataset(name)

    def number_of_merged_datasets(self):
        return sum("." in name and dataset.exists for (_, name), dataset in self.witness.datasets.items())

    def try_to_synchronize(self, phone, name, resolution, accepts_deletion):
        try:
            phone.synchronize(
                name,
                on_conflict=RESOLUTIONS[resolution],
                on_deleted=lambda name: accepts_deletion,
                on_merged=phone.adopt,
            )
        except PhoneOffline:
            assert not phone.is_online
            phone.is_online = True
        except (NotSynchronized, ConnectionClosedError, ReadTimeoutError):
            pass
        except ClientError as error:
            details = error.response["Error"]
            assert details["Code"] in INJECTED or details["Message"] == TOKEN_REFUSED

    def inject(self, operation, kind, after_write):
        common = {"attempts": 1, "after_write": after_write, "optional": True}
        if kind == "throttled":
            return self.sync.fail(operation, "TooManyRequestsException", **common)
        if kind == "failed":
            return self.sync.fail(operation, "InternalErrorException", **common)
        if kind == "dropped":
            return self.sync.drop_connection(operation, **common)
        return self.sync.time_out(operation, **common)

    def interrupt(self, kind, phone, name):
        if kind == "another phone":
            self.try_to_synchronize(self.phones[(phone + 1) % GUEST], name, "local", True)
        elif kind == "a device":
            self.write_elsewhere(phone, name, "k", "at once")
        elif kind == "a deletion":
            self.delete_elsewhere(phone, name)
        else:
            self.sync.advance(7 * 24 * 3600)
