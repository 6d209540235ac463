"""A dataset as a test sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone

from ..cognitosync.domain.dataset import Dataset


@dataclass(slots=True, frozen=True)
class DatasetState:
    """
    The state of a dataset at one moment; all zeros and no dates if it does not exist.

    Attributes:
        sync_count: the ``DatasetSyncCount`` that ListRecords would report.
        sync_counts: key to sync count of each live record.
        tombstones: key to sync count of each removed record.
    """

    exists: bool
    sync_count: int
    num_records: int
    size_bytes: int
    sync_counts: Mapping[str, int]
    tombstones: Mapping[str, int]
    creation_date: datetime | None
    last_modified_date: datetime | None
    last_modified_by: str | None


def state_of(dataset: Dataset | None) -> DatasetState:
    """The state of *dataset*, which was never written if it is None."""
    if dataset is None or not dataset.exists:
        return DatasetState(False, 0, 0, 0, {}, {}, None, None, None)
    records = dataset.records_after(0)
    metadata = dataset.metadata()
    return DatasetState(
        exists=True,
        sync_count=dataset.sync_count,
        num_records=metadata.num_records,
        size_bytes=metadata.size_bytes,
        sync_counts={record.key: record.sync_count for record in records if not record.is_removed},
        tombstones={record.key: record.sync_count for record in records if record.is_removed},
        creation_date=_date(metadata.creation_ms),
        last_modified_date=_date(metadata.last_modified_ms),
        last_modified_by=metadata.last_modified_by,
    )


def _date(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, timezone.utc)
