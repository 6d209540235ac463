"""Fleets of phones under random faults, and the proof that the simulation notices a service that breaks a rule."""

from __future__ import annotations

import dataclasses
from contextlib import nullcontext

import pytest
from simulation.fleet import GUEST, Fleet
from simulation.simulate import simulate

from mock_cognitosync import Phone
from mock_cognitosync.cognitosync.domain.dataset import Dataset
from mock_cognitosync.cognitosync.domain.record import Record


def test_fleets_keep_what_was_acknowledged_and_agree_in_the_end():
    """1,000 steps of phones that edit, go offline, synchronize, delete and merge, under random faults."""
    assert simulate(0, histories=25) >= 1_000


def accept_stale_patches(monkeypatch):
    """A patch whose count is too low overwrites the record."""

    def effective_patches(self, patches, *, strict):
        return [patch for patch in patches if patch.value is not None or self.find(patch.key)]

    monkeypatch.setattr(Dataset, "effective_patches", effective_patches)


def forget_tombstones(monkeypatch):
    """A removed record leaves nothing behind."""
    commit = Dataset.commit

    def commit_and_forget(self, update):
        event = commit(self, update)
        self._records = {key: record for key, record in self._records.items() if not record.is_removed}
        return event

    monkeypatch.setattr(Dataset, "commit", commit_and_forget)


def restart_counts(monkeypatch):
    """A dataset that is created again starts at count 1."""
    delete = Dataset.delete

    def delete_with_counter(self, now_ms, modified_by):
        event = delete(self, now_ms, modified_by)
        self.sync_count = self.deletion_sync_count = 0
        return event

    monkeypatch.setattr(Dataset, "delete", delete_with_counter)


def count_characters(monkeypatch):
    """The size of a record is that of its characters, not of its bytes."""
    monkeypatch.setattr(Record, "size_bytes", property(lambda self: len(self.key) + len(self.value or "")))


def keep_counts_in_merges(monkeypatch):
    """A merged dataset starts at the count that it had."""
    copy_to = Dataset.copy_to

    def copy_with_count(self, target):
        copy_to(self, target)
        target.sync_count = self.sync_count

    monkeypatch.setattr(Dataset, "copy_to", copy_with_count)


def skip_counts(monkeypatch):
    """An update of two records raises the count by two."""
    prepare = Dataset.prepare

    def prepare_with_jump(self, patches, now_ms, modified_by, limits):
        update = prepare(self, patches, now_ms, modified_by, limits)
        count = self.sync_count + len(patches)
        records = [dataclasses.replace(record, sync_count=count) for record in update.records]
        return dataclasses.replace(update, records=records, sync_count=count)

    monkeypatch.setattr(Dataset, "prepare", prepare_with_jump)


@pytest.mark.parametrize(("break_rule", "longest"), [(count_characters, 1), (accept_stale_patches, 2)])
def test_a_broken_rule_is_noticed_with_a_short_history(monkeypatch, break_rule, longest):
    """The failure has a history that was minimised to a step or two."""
    break_rule(monkeypatch)
    with pytest.raises(AssertionError) as failure:
        simulate(5, histories=2_000, length=10)
    history = "\n".join(failure.value.__notes__).splitlines()
    steps = [line for line in history if line.startswith("state.") and line != "state.teardown()"]
    assert 0 < len(steps) <= longest


def ignore_removals(monkeypatch):
    """Phones do not store that a record was removed elsewhere. Only their comparison in the end can notice it."""
    pull = Phone._pull

    def pull_values(self, store, listing, on_conflict):
        values = [record for record in listing.records if record.value is not None]
        return pull(self, store, dataclasses.replace(listing, records=values), on_conflict)

    monkeypatch.setattr(Phone, "_pull", pull_values)


def write(fleet):
    fleet.another_device_writes(phone=0, name="a", key="k", value="x")


def write_two_records(fleet):
    fleet.edit(phone=0, name="a", values={"k": "x", "ü": "x"})
    fleet.synchronize(phone=0, name="a")


def write_as_guest(fleet):
    fleet.another_device_writes(phone=GUEST, name="a", key="k", value="x")


def synchronize(fleet):
    fleet.synchronize(phone=0, name="a")


def remove_with_phone(fleet, phone=0):
    fleet.edit(phone=phone, name="a", values={"k": None})
    fleet.synchronize(phone=phone, name="a")


def remove_with_another_phone(fleet):
    fleet.synchronize(phone=1, name="a")
    remove_with_phone(fleet, phone=1)


def delete(fleet):
    fleet.delete(phone=0, name="a", elsewhere=True)


def sign_in(fleet):
    fleet.guest_signs_in()


@pytest.mark.parametrize(
    ("break_rule", "history"),
    [
        (skip_counts, [write_two_records]),
        (forget_tombstones, [write, synchronize, remove_with_phone]),
        (restart_counts, [write, synchronize, delete, write]),
        (keep_counts_in_merges, [write_as_guest, write_as_guest, sign_in]),
        (ignore_removals, [write, synchronize, remove_with_another_phone]),
    ],
)
@pytest.mark.parametrize("broken", [False, True])
def test_a_history_fails_only_if_a_rule_is_broken(monkeypatch, break_rule, history, broken):
    """Tombstones, counts after deletions and merges, and the agreement of phones are checked too."""
    if broken:
        break_rule(monkeypatch)
    fleet = Fleet()
    expected = pytest.raises(AssertionError) if broken else nullcontext()
    with expected:
        try:
            for happen in history:
                happen(fleet)
        finally:
            fleet.teardown()
