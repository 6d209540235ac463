"""What a test sees of the service: what is stored, what was called, and what has left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone

from ..cognitosync.models import lock
from .calls import Calls
from .controller import PushNotification, StreamRecord
from .place import Placed


@dataclass(slots=True, frozen=True)
class DatasetState:
    """
    A dataset as the service holds it at one moment; one that does not exist has zeros and no dates.

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


class Observing(Placed):
    """The part of a handle that only looks."""

    @property
    def calls(self) -> Calls:
        """
        The calls to Cognito Sync in this account and region since the mock began, refused ones too.

        What a :class:`.device.Device` does is not among them.
        """
        return self._mock().controller.calls(self._backend().account_region)

    def report(self) -> str:
        """What pytest shows for a failing test: all calls, here first, then in other regions and accounts."""
        controller, here = self._mock().controller, self._backend().account_region
        return "\n".join(
            str(controller.calls(account_region)) for account_region in dict.fromkeys([here, *controller.places()])
        )

    @property
    def stream_records(self) -> list[StreamRecord]:
        """The changes that went to Kinesis streams since the mock began, in their order. Source: streams-1."""
        return self._mock().controller.stream_records(self._backend().account_region)

    @property
    def push_notifications(self) -> list[PushNotification]:
        """The silent pushes that went to devices since the mock began, in their order. Source: push-2."""
        return self._mock().controller.push_notifications(self._backend().account_region)

    def records(self, identity_pool_id: str, identity_id: str, dataset: str) -> dict[str, str]:
        """Key to value of all live records, by key; empty where there is no such dataset."""
        with lock:
            stored = self._backend().find_dataset(identity_pool_id, identity_id, dataset)
            found = stored.records_after(0) if stored else []
        return {record.key: record.value for record in found if record.value is not None}

    def dataset(self, identity_pool_id: str, identity_id: str, dataset: str) -> DatasetState:
        """Counts, tombstones and dates of a dataset, also of one that does not exist."""
        with lock:
            stored = self._backend().find_dataset(identity_pool_id, identity_id, dataset)
            if stored is None or not stored.exists:
                return DatasetState(False, 0, 0, 0, {}, {}, None, None, None)
            found = stored.records_after(0)
            metadata = stored.metadata()
            return DatasetState(
                exists=True,
                sync_count=stored.sync_count,
                num_records=metadata.num_records,
                size_bytes=metadata.size_bytes,
                sync_counts={record.key: record.sync_count for record in found if not record.is_removed},
                tombstones={record.key: record.sync_count for record in found if record.is_removed},
                creation_date=_date(metadata.creation_ms),
                last_modified_date=_date(metadata.last_modified_ms),
                last_modified_by=metadata.last_modified_by,
            )


def _date(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, timezone.utc)
