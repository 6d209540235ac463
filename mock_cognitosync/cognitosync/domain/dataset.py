"""A dataset: its records, its counter, its limits, and what remains of it after a deletion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from ..exceptions import (
    DatasetTooLarge,
    DuplicateKey,
    NegativeSyncCount,
    NoSuchSyncCount,
    StaleSyncCount,
    SyncCountAhead,
    TooManyRecords,
)
from .keys import DatasetKey
from .record import Record, RecordPatch


@dataclass(slots=True)
class Limits:
    """
    The limits of an account and region, by default those of a new AWS account.

    Source: limits-1, limits-2, limits-3.
    """

    datasets_per_identity: int = 20
    records_per_dataset: int = 1024
    dataset_size_bytes: int = 1024 * 1024


@dataclass(slots=True)
class DatasetMetadata:
    """A dataset's description at one moment. Dates are milliseconds since the epoch. Source: datasets-1."""

    identity_id: str
    name: str
    creation_ms: int | None
    last_modified_ms: int | None
    last_modified_by: str | None
    num_records: int
    size_bytes: int


@dataclass(slots=True)
class DatasetEvent:
    """A change that has been written, for streams and devices. ``remove`` is the deletion of the dataset."""

    key: DatasetKey
    operation: Literal["replace", "remove"]
    records: list[Record]
    sync_count: int
    now_ms: int


@dataclass(slots=True)
class PreparedUpdate:
    """An update that passed every check: the records to write, and the dataset's state once they are written."""

    records: list[Record]
    sync_count: int
    now_ms: int
    modified_by: str
    num_records: int
    size_bytes: int


class Dataset:
    """
    One dataset of one identity.

    The object outlives the deletion of the dataset. Its counter and the count of the deletion remain, so that a device
    that was offline still learns of the deletion, even if the dataset has been created again.
    Source: datasets-4, datasets-5.
    """

    def __init__(self, key: DatasetKey) -> None:
        self.key = key
        self.exists = False
        self.sync_count = 0
        self.deletion_sync_count = 0
        self.creation_ms: int | None = None
        self.last_modified_ms: int | None = None
        self.last_modified_by: str | None = None
        self.num_records = 0
        self.size_bytes = 0
        # By key, in the order of the sync counts: a write removes the record from the dict and appends it.
        self._records: dict[str, Record] = {}
        # It can be above the dataset's own count if a merge created the dataset.
        self._highest_sync_count = 0

    @property
    def records(self) -> list[Record]:
        """All records and tombstones, most recently written last."""
        return list(self._records.values())

    def find(self, key: str) -> Record | None:
        """Return the record or tombstone of *key*, or None if the key was never written."""
        return self._records.get(key)

    def records_after(self, last_sync_count: int) -> list[Record]:
        """
        Return the records and tombstones written after *last_sync_count*, sorted by key.

        The cost grows with their number, not with the size of the dataset.

        Raises:
            NoSuchSyncCount: the dataset exists or existed, but never reached this count.

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
        """Return whether a device that last saw *last_sync_count* missed a deletion. Source: datasets-5."""
        return 0 < last_sync_count < self.deletion_sync_count

    def effective_patches(self, patches: Iterable[RecordPatch], *, strict: bool) -> list[RecordPatch]:
        """
        Check *patches* against the current counts and return those that change something.

        Args:
            patches: the patches of one call.
            strict: also refuse counts above the record's current one.

        Raises:
            StaleSyncCount: a patch's count is below its record's current one (0 for a key never written).
            SyncCountAhead: with *strict*, a patch's count is above it.
            NegativeSyncCount: a patch's count is below 0.
            DuplicateKey: two patches name the same key.

        Source: counts-3, counts-4, counts-5, counts-6, update-5, update-8.
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
                if patch.sync_count < 0:
                    raise NegativeSyncCount(patch.key, patch.sync_count)
                if patch.sync_count < current:
                    raise StaleSyncCount(patch.key, current, patch.sync_count)
                if strict:
                    raise SyncCountAhead(patch.key, current, patch.sync_count)
            if record or patch.value is not None:
                effective.append(patch)
        return effective

    def prepare(self, patches: Sequence[RecordPatch], now_ms: int, modified_by: str, limits: Limits) -> PreparedUpdate:
        """
        Compute the dataset after *patches*. The counter rises by one; each record written gets the new count.

        Raises:
            TooManyRecords, DatasetTooLarge: the dataset would exceed a limit.

        Source: counts-1, counts-2, limits-2, limits-3, limits-5, records-2.
        """
        update = PreparedUpdate([], self.sync_count + 1, now_ms, modified_by, self.num_records, self.size_bytes)
        for patch in patches:
            device_ms = now_ms if patch.device_last_modified_ms is None else patch.device_last_modified_ms
            record = Record(patch.key, patch.value, update.sync_count, now_ms, modified_by, device_ms)
            old = self._records.get(patch.key)
            if old is not None:
                update.num_records -= not old.is_removed
                update.size_bytes -= old.size_bytes
            update.num_records += not record.is_removed
            update.size_bytes += record.size_bytes
            update.records.append(record)
        if update.num_records > limits.records_per_dataset:
            raise TooManyRecords(limits.records_per_dataset)
        if update.size_bytes > limits.dataset_size_bytes:
            raise DatasetTooLarge(limits.dataset_size_bytes)
        return update

    def commit(self, update: PreparedUpdate) -> DatasetEvent:
        """Write what :meth:`prepare` computed, and create the dataset if it does not exist. Source: datasets-3."""
        for record in update.records:
            self._records.pop(record.key, None)
            self._records[record.key] = record
            self._highest_sync_count = max(self._highest_sync_count, record.sync_count)
        if self._highest_sync_count > update.sync_count:
            self._sort()
        if not self.exists:
            self.exists = True
            self.creation_ms = update.now_ms
        self.num_records, self.size_bytes = update.num_records, update.size_bytes
        self._touch(update.sync_count, update.now_ms, update.modified_by)
        return DatasetEvent(self.key, "replace", update.records, update.sync_count, update.now_ms)

    def delete(self, now_ms: int, modified_by: str) -> DatasetEvent:
        """Delete the dataset and its records. The counter rises by one and marks the deletion. Source: datasets-4."""
        self._records = {}
        self._highest_sync_count = 0
        self.exists = False
        self.num_records = self.size_bytes = 0
        self.deletion_sync_count = self.sync_count + 1
        self._touch(self.deletion_sync_count, now_ms, modified_by)
        return DatasetEvent(self.key, "remove", [], self.sync_count, now_ms)

    def restore(self, records: Iterable[Record]) -> None:
        """Replace all records and tombstones with *records*, without counting an update."""
        self._records = {record.key: record for record in records}
        self._highest_sync_count = max((record.sync_count for record in self._records.values()), default=0)
        self._sort()
        self.num_records = sum(not record.is_removed for record in self._records.values())
        self.size_bytes = sum(record.size_bytes for record in self._records.values())

    def copy_to(self, target: Dataset) -> None:
        """
        Copy the live records into *target*, which is empty.

        The dataset starts at count 1. Its records keep their own counts. Source: merge-1.
        """
        live = [record for record in self._records.values() if not record.is_removed]
        modified_ms, modified_by = self.last_modified_ms or 0, self.last_modified_by or ""
        target.commit(PreparedUpdate(live, 1, modified_ms, modified_by, len(live), self.size_bytes))

    def live_event(self) -> DatasetEvent:
        """Return an event with all live records, as a bulk publish sends it. Source: bulk-1."""
        live = [record for record in self.records_after(0) if not record.is_removed]
        return DatasetEvent(self.key, "replace", live, self.sync_count, self.last_modified_ms or 0)

    def metadata(self) -> DatasetMetadata:
        """Return what DescribeDataset answers."""
        return DatasetMetadata(
            self.key.identity_id,
            self.key.dataset_name,
            self.creation_ms,
            self.last_modified_ms,
            self.last_modified_by,
            self.num_records,
            self.size_bytes,
        )

    def _sort(self) -> None:
        self._records = {record.key: record for record in sorted(self._records.values(), key=_sync_count)}

    def _touch(self, sync_count: int, now_ms: int, modified_by: str) -> None:
        self.sync_count = sync_count
        self.last_modified_ms = now_ms
        self.last_modified_by = modified_by


def _key(record: Record) -> str:
    return record.key


def _sync_count(record: Record) -> int:
    return record.sync_count
