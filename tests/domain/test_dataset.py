"""Datasets: the cost of a delta, the two steps of an update, and the default limits."""

from __future__ import annotations

from typing import ClassVar

import pytest

from mock_cognitosync.cognitosync.domain.dataset import Dataset, Limits
from mock_cognitosync.cognitosync.domain.keys import DatasetKey
from mock_cognitosync.cognitosync.domain.record import Record, RecordPatch
from mock_cognitosync.cognitosync.exceptions import DatasetTooLarge, TooManyRecords

KEY = DatasetKey("us-east-1:0", "us-east-1:1", "profile")
LIMITS = Limits()


class WatchedRecord(Record):
    """A record that notes that its count is read."""

    read_keys: ClassVar[set[str]] = set()

    def __getattribute__(self, name):
        if name == "sync_count":
            WatchedRecord.read_keys.add(Record.__getattribute__(self, "key"))
        return Record.__getattribute__(self, name)


@pytest.fixture
def watched():
    """A dataset of 1,024 watched records with counts of their own; keys are in the reverse order of writing."""
    dataset = Dataset(KEY)
    for number in range(1, 1025):
        change = dataset.prepare([RecordPatch(f"k{2000 - number}", "v", 0)], number, "me", LIMITS)
        [record] = change.records
        change.records[:] = [
            WatchedRecord(record.key, record.value, record.sync_count, number, "me", record.device_last_modified_ms)
        ]
        dataset.commit(change)
    WatchedRecord.read_keys.clear()
    return dataset


@pytest.mark.parametrize("behind", [0, 1, 3])
def test_a_delta_reads_only_the_changed_records(watched, behind):
    """A delta reads the records that it lists and one more, not the whole dataset. Source: list-2."""
    found = watched.records_after(1024 - behind)
    read_keys = WatchedRecord.read_keys.copy()
    assert [record.key for record in found] == [f"k{number}" for number in range(976, 976 + behind)]
    assert read_keys == {f"k{number}" for number in range(976, 976 + behind + 1)}


def test_a_record_written_again_is_among_the_newest(watched):
    """A record that is written again is found among the newest at once. Source: list-2."""
    change = watched.prepare([RecordPatch("k1999", "new", 1)], 1025, "me", LIMITS)
    watched.commit(change)
    WatchedRecord.read_keys.clear()
    assert [(record.key, record.value) for record in watched.records_after(1024)] == [("k1999", "new")]
    assert WatchedRecord.read_keys == {"k976"}


def test_a_dataset_never_written_has_no_records_after_any_count():
    """A dataset that was never written has no records after any count. Source: list-5."""
    assert Dataset(KEY).records_after(37) == []


@pytest.mark.parametrize(
    ("limits", "error", "message"),
    [
        (Limits(records_per_dataset=1), TooManyRecords, "A dataset can have at most 1 records"),
        (Limits(dataset_size_bytes=3), DatasetTooLarge, "A dataset can hold at most 3 bytes"),
    ],
)
def test_preparing_an_update_changes_nothing(limits, error, message):
    """An update changes nothing before its commit. Source: update-2, limits-2, limits-3."""
    dataset = Dataset(KEY)
    dataset.commit(dataset.prepare([RecordPatch("a", "1", 0)], 10, "me", LIMITS))
    before = dataset.metadata(), dataset.records, dataset.sync_count
    patches = [RecordPatch("a", "2", 1), RecordPatch("b", "1", 0)]
    with pytest.raises(error) as caught:
        dataset.prepare(patches, 20, "you", limits)
    dataset.prepare(patches, 20, "you", LIMITS)
    assert str(caught.value) == message
    assert (dataset.metadata(), dataset.records, dataset.sync_count) == before
    before[1].clear()
    assert len(dataset.records) == 1


def test_the_default_limits_are_those_of_aws():
    """The default limits are AWS's initial ones. Source: limits-1, limits-2, limits-3."""
    assert Limits(20, 1024, 1_048_576) == LIMITS
