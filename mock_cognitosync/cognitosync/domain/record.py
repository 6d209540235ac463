"""Records, and the patches that change them."""

from __future__ import annotations

from dataclasses import dataclass


def utf8_length(text: str) -> int:
    """Bytes of *text* in UTF-8; JSON may carry half a surrogate pair, which counts three."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


@dataclass(slots=True)
class Record:
    """
    One key of a dataset as last written; never changed afterwards, only replaced.

    ``value`` is None once the record has been removed: the tombstone tells other devices. Source: records-1.
    Dates are milliseconds since the epoch.
    """

    key: str
    value: str | None
    sync_count: int
    last_modified_ms: int
    last_modified_by: str
    device_last_modified_ms: int

    @property
    def is_removed(self) -> bool:
        return self.value is None

    @property
    def size_bytes(self) -> int:
        """UTF-8 bytes of key and value, 0 for a tombstone. Source: limits-4."""
        return 0 if self.value is None else utf8_length(self.key) + utf8_length(self.value)


@dataclass(slots=True)
class RecordPatch:
    """What one call asks of one key; ``value`` None removes it. ``sync_count`` is the count the caller last saw."""

    key: str
    value: str | None
    sync_count: int
    device_last_modified_ms: int | None = None
