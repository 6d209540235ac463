"""Records as a phone stores them, conflicts between two of them, and the usual resolutions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """
    A record in the store of a phone, or as the service answers it.

    Attributes:
        value: None if the record is removed.
        sync_count: the last one that the phone knows; 0 if the record has never been synchronized.
        is_modified: whether the record was changed since then.
        device_last_modified_date: the time of the change on the device that made it.
        last_modified_date: the time of the change at the service; None before it got there.
        last_modified_by: the last writer that the service names.
    """

    key: str
    value: str | None
    sync_count: int
    is_modified: bool
    device_last_modified_date: datetime
    last_modified_date: datetime | None = None
    last_modified_by: str | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """
    A record that was changed on the phone and, to another value, at the service.

    Attributes:
        local: the record in the phone's store.
        remote: the record at the service.
        date: the time at which the phone noticed the conflict.
    """

    local: StoredRecord
    remote: StoredRecord
    date: datetime

    @property
    def key(self) -> str:
        """The key of both records."""
        return self.local.key

    def with_local(self) -> StoredRecord:
        """The resolution that keeps the phone's value."""
        return replace(self.local, sync_count=self.remote.sync_count, is_modified=True)

    def with_remote(self) -> StoredRecord:
        """The resolution that keeps the service's value."""
        return self.remote

    def with_value(self, value: str | None) -> StoredRecord:
        """The resolution that writes *value*; None removes the record."""
        return replace(self.with_local(), value=value, device_last_modified_date=self.date)


Resolve = Callable[[Conflict], "StoredRecord | None"]
"""Resolves a conflict; None cancels the synchronization."""


def keep_local(conflict: Conflict) -> StoredRecord:
    """Resolve a conflict with the value of the phone."""
    return conflict.with_local()


def keep_remote(conflict: Conflict) -> StoredRecord:
    """Resolve a conflict with the value of the service."""
    return conflict.with_remote()


def last_writer_wins(conflict: Conflict) -> StoredRecord:
    """Resolve a conflict with the value that was written later: on the phone, or at the service."""
    written = conflict.remote.last_modified_date
    is_remote_later = written is not None and written > conflict.local.device_last_modified_date
    return conflict.with_remote() if is_remote_later else conflict.with_local()


def merge_values(merge: Callable[[str | None, str | None], str | None]) -> Resolve:
    """
    A function that resolves conflicts with *merge*.

    Args:
        merge: takes the value of the phone and that of the service, and returns the new value; None means a removed
            record.
    """
    return lambda conflict: conflict.with_value(merge(conflict.local.value, conflict.remote.value))
