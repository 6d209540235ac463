"""A dataset: its records, its one counter, and what is left of it after a deletion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ..exceptions import DatasetTooLarge, DuplicateKey, NoSuchSyncCount, StaleSyncCount, TooManyRecords
from .limits import Limits
from .record import Record, RecordPatch


@dataclass(slots=True)
class DatasetMetadata:
    """A dataset at one moment. Dates are milliseconds since the epoch. Source: datasets-1."""

    identity_id: str
    name: str
    creation_ms: int | None
    last_modified_ms: int | None
    last_modified_by: str | None
    num_records: int
    size_bytes: int


@dataclass(slots=True)
class DatasetEvent:
    """A change that has been made, for those who are told of it; ``remove`` is the deletion of the dataset."""

    identity_pool_id: str
    identity_id: str
    dataset_name: str
    operation: Literal["replace", "remove"]
    records: list[Record]
    sync_count: int
    now_ms: int


@dataclass(slots=True)
class PreparedUpdate:
    """An update that passed every check: its records, and the dataset's state once they are written."""

    records: list[Record]
    sync_count: int
    now_ms: int
    modified_by: str
    num_records: int
    size_bytes: int


class Dataset:
    """
    One dataset of one identity.

    The object outlives the dataset's deletion: counter and deletion mark go on, so that a device that was away still
    learns of it, even when the dataset has been made again. Source: datasets-4, datasets-5.
    """

    def __init__(self, identity_pool_id: str, identity_id: str, name: str) -> None:
        self.identity_pool_id = identity_pool_id
        self.identity_id = identity_id
        self.name = name
        self.exists = False
        self.sync_count = 0
        self.deletion_sync_count = 0
        self.creation_ms: int | None = None
        self.last_modified_ms: int | None = None
        self.last_modified_by: str | None = None
        self.num_records = 0
        self.size_bytes = 0
        # By key, in the order of their sync counts: a write takes a record out and puts it back at the end.
        self._records: dict[str, Record] = {}

    @property
    def records(self) -> list[Record]:
        """All records, tombstones too, the last written last."""
        return list(self._records.values())

    def find(self, key: str) -> Record | None:
        """The record or tombstone of *key*."""
        return self._records.get(key)

    def records_after(self, last_sync_count: int) -> list[Record]:
        """
        Records and tombstones written after *last_sync_count*, by key.

        The work follows their number, not the dataset's.

        Raises:
            NoSuchSyncCount: the dataset, which exists or once did, never came so far.

        Source: list-2, list-4, list-5.
        """
        if last_sync_count > self.sync_count and self.sync_count:
            raise NoSuchSyncCount(last_sync_count)
        if not last_sync_count:
            found = list(self._records.values())
        else:
            found = []
            for record in reversed(self._records.values()):
                if record.sync_count <= last_sync_count:
                    break
                found.append(record)
        found.sort(key=_key)
        return found

    def was_deleted_after(self, last_sync_count: int) -> bool:
        """Whether a device that last saw *last_sync_count* has missed a deletion. Source: datasets-5."""
        return 0 < last_sync_count < self.deletion_sync_count

    def effective_patches(self, patches: Iterable[RecordPatch]) -> list[RecordPatch]:
        """
        Check *patches* against the current counts and return those that change something.

        Raises:
            StaleSyncCount: a patch's count is not its record's current one (0 for a key never written).
            DuplicateKey: two patches name one key.

        Source: counts-3, counts-4, update-5, update-8.
        """
        effective = []
        seen = set()
        for patch in patches:
            if patch.key in seen:
                raise DuplicateKey(patch.key)
            seen.add(patch.key)
            record = self._records.get(patch.key)
            current = record.sync_count if record else 0
            if patch.sync_count != current:
                raise StaleSyncCount(patch.key, current, patch.sync_count)
            if record or patch.value is not None:
                effective.append(patch)
        return effective

    def prepare(self, patches: Sequence[RecordPatch], now_ms: int, modified_by: str, limits: Limits) -> PreparedUpdate:
        """
        What *patches* make of the dataset: the counter rises by one, and every record touched gets the new count.

        Raises:
            TooManyRecords, DatasetTooLarge: the dataset would pass a limit.

        Source: counts-1, counts-2, limits-2, limits-3, limits-5, records-2.
        """
        change = PreparedUpdate([], self.sync_count + 1, now_ms, modified_by, self.num_records, self.size_bytes)
        for patch in patches:
            device_ms = now_ms if patch.device_last_modified_ms is None else patch.device_last_modified_ms
            record = Record(patch.key, patch.value, change.sync_count, now_ms, modified_by, device_ms)
            old = self._records.get(patch.key)
            if old is not None:
                change.num_records -= not old.is_removed
                change.size_bytes -= old.size_bytes
            change.num_records += not record.is_removed
            change.size_bytes += record.size_bytes
            change.records.append(record)
        if change.num_records > limits.records_per_dataset:
            raise TooManyRecords(limits.records_per_dataset)
        if change.size_bytes > limits.dataset_size_bytes:
            raise DatasetTooLarge(limits.dataset_size_bytes)
        return change

    def commit(self, change: PreparedUpdate) -> None:
        """Write what :meth:`prepare` made; a dataset that does not exist comes to be. Source: datasets-3."""
        for record in change.records:
            self._records.pop(record.key, None)
            self._records[record.key] = record
        if not self.exists:
            self.exists = True
            self.creation_ms = change.now_ms
        self.num_records, self.size_bytes = change.num_records, change.size_bytes
        self._touch(change.sync_count, change.now_ms, change.modified_by)

    def delete(self, now_ms: int, modified_by: str) -> None:
        """Delete the dataset: its records go, the counter takes one more step as the mark. Source: datasets-4."""
        self._records = {}
        self.exists = False
        self.num_records = self.size_bytes = 0
        self.deletion_sync_count = self.sync_count + 1
        self._touch(self.deletion_sync_count, now_ms, modified_by)

    def restore(self, records: Iterable[Record]) -> None:
        """Take *records*, tombstones too, for all there are."""
        self._records = {record.key: record for record in sorted(records, key=_sync_count)}
        self.num_records = sum(not record.is_removed for record in self._records.values())
        self.size_bytes = sum(record.size_bytes for record in self._records.values())

    def copy_to(self, target: Dataset) -> None:
        """Write the live records into the empty dataset *target*, all at its first count. Source: merge-1."""
        live = [replace(record, sync_count=1) for record in self._records.values() if not record.is_removed]
        target.commit(
            PreparedUpdate(live, 1, self.last_modified_ms or 0, self.last_modified_by or "", len(live), self.size_bytes)
        )

    def metadata(self) -> DatasetMetadata:
        """What DescribeDataset answers now."""
        return DatasetMetadata(
            self.identity_id,
            self.name,
            self.creation_ms,
            self.last_modified_ms,
            self.last_modified_by,
            self.num_records,
            self.size_bytes,
        )

    def event(self, operation: Literal["replace", "remove"], records: list[Record]) -> DatasetEvent:
        """DatasetEvent of the change made last."""
        return DatasetEvent(
            self.identity_pool_id,
            self.identity_id,
            self.name,
            operation,
            records,
            self.sync_count,
            self.last_modified_ms or 0,
        )

    def _touch(self, sync_count: int, now_ms: int, modified_by: str) -> None:
        self.sync_count = sync_count
        self.last_modified_ms = now_ms
        self.last_modified_by = modified_by


def _key(record: Record) -> str:
    return record.key


def _sync_count(record: Record) -> int:
    return record.sync_count
