"""The handle: what a test holds while Cognito Sync is mocked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone

import boto3
from moto.core.models import DEFAULT_ACCOUNT_ID

from ..cognitosync import cognitosync_backends, sources
from ..cognitosync.configuration import TriggerFunction
from ..cognitosync.models import CognitoSyncBackend, lock
from .device import Device


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


class CognitoSync:
    """
    The mocked service of one account and region, seen from outside.

    ``with mock_cognitosync() as sync``, the fixture ``cognitosync`` and ``mock_cognitosync.current()`` give it.
    """

    def __init__(self, region_name: str | None = None) -> None:
        self._region_name = region_name

    @property
    def region_name(self) -> str:
        """The region of this handle: the mock's, else that of a client made without one, else ``us-east-1``."""
        if self._region_name is None:
            session = boto3.DEFAULT_SESSION
            configured = session.region_name if session else os.environ.get("AWS_DEFAULT_REGION")
            return configured or "us-east-1"
        return self._region_name

    @property
    def account_id(self) -> str:
        """The account of this handle: ``MOTO_ACCOUNT_ID``, else moto's ``123456789012``."""
        return os.environ.get("MOTO_ACCOUNT_ID") or DEFAULT_ACCOUNT_ID

    def new_pool(self) -> str:
        """
        The id of an identity pool that exists.

        Where only pools made with cognito-identity exist (see ``identity_pools``), one is made there.
        """
        return self._backend().identity_pools.new()

    def new_identity(self, identity_pool_id: str) -> str:
        """A well-formed identity id in the region of *identity_pool_id*; the service asks for no more than that."""
        return f"{identity_pool_id.partition(':')[0]}:{sources.new_uuid()}"

    def device(self, identity_pool_id: str, identity_id: str) -> Device:
        """Another device of this identity."""
        return Device(self._backend, identity_pool_id, identity_id)

    def credentials_for(self, identity_pool_id: str, identity_id: str) -> dict[str, str]:
        """
        Credentials of an identity, as keyword arguments of ``boto3.client``.

        What they write bears the identity's id; with ``strict_credentials`` they reach that identity's data alone.

        Source: access-6, records-3.
        """
        access_key = f"ASIA{sources.new_uuid().replace('-', '')[:16].upper()}"
        with lock:
            self._backend().identity_keys[access_key] = (identity_pool_id, identity_id)
        return {
            "aws_access_key_id": access_key,
            "aws_secret_access_key": sources.new_uuid(),
            "aws_session_token": sources.new_uuid(),
        }

    def set_trigger(self, identity_pool_id: str, function: TriggerFunction | None) -> None:
        """
        Run *function* as the sync trigger of the pool, in place of one in Lambda; None takes it away.

        Args:
            identity_pool_id: the pool.
            function: takes the documented event, a dict, and returns it, changed or not. It may raise, and may itself
                call Cognito Sync.

        Source: trigger-1.
        """
        with lock:
            self._backend().pools.configuration(identity_pool_id).trigger = function

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

    def reset(self) -> None:
        """Forget all datasets and tokens of this account and region; other services keep what they have."""
        self._backend().reset()

    def _backend(self) -> CognitoSyncBackend:
        # Looked up at each use: a reset of moto puts another one in its place.
        return cognitosync_backends[self.account_id][self.region_name]


def _date(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, timezone.utc)
