"""Records, and the patches that change them."""

from __future__ import annotations

from dataclasses import dataclass


def utf8_length(text: str) -> int:
    """Return the length of *text* in UTF-8, in bytes. A lone surrogate, which JSON can carry, counts as three."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


@dataclass(slots=True)
class Record:
    """
    One key of a dataset as it was last written. A write replaces the record and never changes it.

    A removed record stays as a tombstone with the value None, so that other devices learn of the removal.
    Dates are milliseconds since the epoch. Source: records-1.
    """

    key: str
    value: str | None
    sync_count: int
    last_modified_ms: int
    last_modified_by: str
    device_last_modified_ms: int

    @property
    def is_removed(self) -> bool:
        """Whether the record is a tombstone."""
        return self.value is None

    @property
    def size_bytes(self) -> int:
        """The UTF-8 length of key and value; 0 for a tombstone. Source: limits-4."""
        return 0 if self.value is None else utf8_length(self.key) + utf8_length(self.value)


@dataclass(slots=True)
class RecordPatch:
    """
    A change of one key, as a call requests it.

    Attributes:
        value: the new value; None removes the record.
        sync_count: the record's sync count as the caller last saw it.
        device_last_modified_ms: milliseconds since the epoch; None if the caller sent no date.
    """

    key: str
    value: str | None
    sync_count: int
    device_last_modified_ms: int | None = None
