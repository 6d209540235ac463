"""
The backend of Cognito Sync. Each account and region has one, as in moto's other services.

A method holds the lock throughout and calls no other service. Operations that call others are in :mod:`.writes`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from threading import RLock
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.common_models import BaseModel

from . import ids, settings
from .domain import dataset as domain
from .domain import paging
from .domain.bulk_publish import BulkPublish
from .domain.dataset import DatasetEvent, DatasetMetadata
from .domain.dataset_store import DatasetStore, Usage
from .domain.keys import AccountRegion, DatasetKey
from .domain.paging import Page
from .domain.pool_configuration import PoolConfiguration
from .domain.record import RecordPatch
from .domain.records_page import RecordsPage, page_of
from .domain.registered_devices import RegisteredDevice
from .domain.sync_sessions import SyncSession, SyncSessions
from .exceptions import DatasetNotFound, StreamingDisabled, TooManyDatasets
from .integrations.cognito_identity import IdentityPools
from .integrations.streams import BulkPublishState
from .pool_resources import PoolResources
from .urls import REGIONS, handlers

# One lock for the process: moto resets all backends of all accounts and regions at once.
lock = RLock()

# Precedes the name in the token of a page of datasets, so that tokens of other lists are refused.
_DATASET = "dataset/"
_DATASET_KEY = re.compile(_DATASET + "[a-zA-Z0-9_.:-]{1,128}")

DATASETS_PAGE = 64
POOLS_PAGE = 60


class Dataset(domain.Dataset, BaseModel):
    """A dataset that moto's dashboard lists, under the name of this class."""


class CognitoSyncBackend(BaseBackend):
    """
    The state of one account and region.

    Methods that take ``modified_by`` write on behalf of that identity id or account id. Source: records-3.
    """

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.account_region = AccountRegion(account_id, region_name)
        self.datasets = DatasetStore(Dataset)
        self.pool_resources = PoolResources()
        self.identity_pools = IdentityPools(self.account_region)
        self._sessions = SyncSessions(ids.random_bytes(32))
        self._started_ms = settings.now_ms()
        # Access key to identity pool id and identity id. Source: access-6.
        self._identity_keys: dict[str, tuple[str, str]] = {}

    def reset(self) -> None:
        """Replace all state in one step, so that no call in progress sees a backend without attributes."""
        fresh = type(self)(self.region_name, self.account_id)
        with lock:
            self.__dict__ = fresh.__dict__

    def reset_pool(self, identity_pool_id: str) -> None:
        """Forget the datasets, the configuration and the registered devices of one pool. Tokens stay."""
        with lock:
            self.datasets.forget_pool(identity_pool_id)
            self.pool_resources.forget_pool(identity_pool_id)

    @property
    def urls(self) -> dict[str, Callable[[Any, str, Any], Any]]:
        """The handlers by URL pattern. moto reads them for each request, so they are created once."""
        return handlers

    # Datasets and records

    def list_records(
        self,
        key: DatasetKey,
        last_sync_count: int = 0,
        sync_session_token: str | None = None,
        next_token: str | None = None,
        max_results: int | None = None,
    ) -> RecordsPage:
        """
        Return a page of the records written after *last_sync_count*, with a sync session token.

        Raises:
            InvalidSyncSessionToken, NoSuchSyncCount, NegativeLastSyncCount, InvalidMaxResults, InvalidNextToken

        Source: token-1, token-6, list-1, merge-2.
        """
        with lock:
            now_ms = settings.now_ms()
            if sync_session_token is None:
                expires_at_ms = now_ms + math.ceil(settings.current().token_lifetime_seconds * 1000)
                sync_session_token = self._sessions.begin(expires_at_ms, key.identity_id, key.dataset_name)
            else:
                self._sessions.open(sync_session_token, key.identity_id, key.dataset_name, now_ms)
            page = page_of(self.datasets.find(key), sync_session_token, last_sync_count, next_token, max_results)
            page.merged_dataset_names = self.datasets.merged_names(key)
            return page

    def check_update(
        self, key: DatasetKey, sync_session_token: str, patches: Sequence[RecordPatch]
    ) -> tuple[SyncSession, domain.Dataset, list[RecordPatch]]:
        """
        Check token and sync counts of an update.

        Returns:
            The session, the dataset (an empty one if it was never written), and the patches that change something.

        Raises:
            InvalidSyncSessionToken, StaleSyncCount, SyncCountAhead, NegativeSyncCount, DuplicateKey

        Source: token-4, token-7, datasets-7.
        """
        with lock:
            session = self._sessions.open(sync_session_token, key.identity_id, key.dataset_name, settings.now_ms())
            dataset = self.datasets.find(key) or domain.Dataset(key)
            strict = settings.current().strict_sync_counts
            return session, dataset, dataset.effective_patches(patches, strict=strict)

    def write_update(
        self, key: DatasetKey, session: SyncSession, patches: Sequence[RecordPatch], modified_by: str
    ) -> DatasetEvent | None:
        """
        Write all of *patches* or none, and consume the session's token.

        Returns:
            The event; None if there are no patches.

        Raises:
            TooManyDatasets, TooManyRecords, DatasetTooLarge

        Source: update-2, update-3, datasets-3, limits-1, token-5.
        """
        if not patches:
            return None
        with lock:
            limits = settings.current().limits_of(self.account_region)
            owned = self.datasets.of_identity(key.identity_pool_id, key.identity_id)
            stored = owned.get(key.dataset_name)
            dataset = stored or domain.Dataset(key)
            if not dataset.exists and sum(other.exists for other in owned.values()) >= limits.datasets_per_identity:
                raise TooManyDatasets(limits.datasets_per_identity)
            update = dataset.prepare(patches, settings.now_ms(), modified_by, limits)
            self._sessions.consume(session)
            return (stored or self.datasets.new(key)).commit(update)

    def list_datasets(
        self, identity_pool_id: str, identity_id: str, next_token: str | None = None, max_results: int | None = None
    ) -> Page[DatasetMetadata]:
        """
        Return a page of the identity's datasets, sorted by name, without deleted ones.

        Raises:
            InvalidNextToken, InvalidMaxResults

        Source: datasets-6, paging-2.
        """
        after = None if next_token is None else paging.key_of(next_token, _DATASET_KEY)
        size = paging.page_size(max_results, DATASETS_PAGE)
        with lock:
            owned = self.datasets.of_identity(identity_pool_id, identity_id)
            found = [owned[name].metadata() for name in sorted(owned) if owned[name].exists]
        return paging.cut(found, _dataset_key, after, size)

    def describe_dataset(self, key: DatasetKey) -> DatasetMetadata:
        """
        Return the dataset's name, dates and size.

        Raises:
            DatasetNotFound: it does not exist.

        Source: datasets-1, datasets-2.
        """
        with lock:
            return self._existing(key).metadata()

    def delete_dataset(self, key: DatasetKey, modified_by: str) -> tuple[DatasetMetadata, DatasetEvent]:
        """
        Delete the dataset and return its last description and the event.

        Raises:
            DatasetNotFound: it does not exist.

        Source: datasets-2, datasets-4, token-8.
        """
        with lock:
            dataset = self._existing(key)
            metadata = dataset.metadata()
            return metadata, dataset.delete(settings.now_ms(), modified_by)

    def merge_identities(self, identity_pool_id: str, old_identity_id: str, new_identity_id: str) -> None:
        """
        Move the datasets of one identity to another, as if a guest had signed in.

        Raises:
            ValueError: see :meth:`.dataset_store.DatasetStore.merge`.

        Source: merge-1, merge-2, merge-3.
        """
        with lock:
            self.datasets.merge(identity_pool_id, old_identity_id, new_identity_id)

    def expire_tokens(self) -> None:
        """Expire all session tokens issued so far."""
        with lock:
            self._sessions.expire_all()

    # Usage

    def describe_identity_usage(self, identity_pool_id: str, identity_id: str) -> Usage:
        """Return the identity's usage: zeros if it has no data. Source: usage-1, usage-2."""
        usage = Usage()
        with lock:
            for dataset in self.datasets.of_identity(identity_pool_id, identity_id).values():
                usage.add(dataset)
        return usage

    def describe_identity_pool_usage(self, identity_pool_id: str) -> Usage:
        """Return the usage of all identities of the pool: zeros for a fresh pool. Source: usage-3."""
        started_ms = settings.current().started_ms or self._started_ms
        return self._pool_usages().get(identity_pool_id) or Usage(last_modified_ms=started_ms)

    def list_identity_pool_usage(
        self, next_token: str | None = None, max_results: int | None = None
    ) -> Page[tuple[str, Usage]]:
        """
        Return a page of the pools of this account and region, with or without data, sorted by id.

        Raises:
            InvalidNextToken, InvalidMaxResults

        Source: usage-4, paging-2.
        """
        longest = 54 - len(self.region_name)
        pool_id = re.compile(rf"{re.escape(self.region_name)}:[0-9a-f-]{{1,{longest}}}")
        after = None if next_token is None else paging.key_of(next_token, pool_id)
        size = paging.page_size(max_results, POOLS_PAGE)
        return paging.cut(sorted(self._pool_usages().items(), key=_first), _first, after, size)

    # Pools

    def configuration(self, identity_pool_id: str) -> PoolConfiguration:
        """Return the pool's configuration. Source: configuration-5, events-3."""
        with lock:
            return self.pool_resources.configuration(identity_pool_id)

    def change_configuration(
        self, identity_pool_id: str, change: Callable[[PoolConfiguration], PoolConfiguration]
    ) -> PoolConfiguration:
        """Replace the pool's configuration with what *change* returns for it. Source: configuration-1, events-1."""
        with lock:
            configuration = change(self.configuration(identity_pool_id))
            self.pool_resources.configurations[identity_pool_id] = configuration
            return configuration

    def forget_pool(self, identity_pool_id: str) -> None:
        """Drop the configuration of a deleted pool. Idempotent."""
        with lock:
            self.pool_resources.configurations.pop(identity_pool_id, None)

    def begin_bulk_publish(self, identity_pool_id: str) -> tuple[str, list[DatasetEvent]]:
        """
        Start a bulk publish of the pool.

        Returns:
            The name of the stream, and one event per dataset, sorted by identity and name.

        Raises:
            StreamingDisabled: the pool has no stream, or it is DISABLED.
            BulkPublishRunning, AlreadyStreamed: see :meth:`.bulk_publish.BulkPublish.require_next`.

        Source: bulk-1, bulk-4, bulk-5, bulk-6.
        """
        with lock:
            streams = self.configuration(identity_pool_id).streams
            stream_name = streams.enabled_stream if streams else None
            if stream_name is None:
                raise StreamingDisabled
            now_ms = settings.now_ms()
            last = self.pool_resources.bulk_publishes.get(identity_pool_id)
            if last is not None:
                last.refresh(now_ms)
                last.publish.require_next(now_ms)
            self.pool_resources.bulk_publishes[identity_pool_id] = BulkPublishState(BulkPublish(now_ms))
            found = [dataset for dataset in self.datasets if dataset.key.identity_pool_id == identity_pool_id]
            return stream_name, [dataset.live_event() for dataset in sorted(found, key=_dataset_id) if dataset.exists]

    def end_bulk_publish(self, identity_pool_id: str, failure_message: str | None) -> None:
        """End the pool's bulk publish: it failed with *failure_message*, or moto completes it. Source: bulk-3."""
        with lock:
            state = self.pool_resources.bulk_publishes.get(identity_pool_id)
            if state is None:
                return  # a reset has happened in between
            if failure_message is None:
                state.refresh(settings.now_ms())
            else:
                state.publish.fail(failure_message)

    def bulk_publish_status(self, identity_pool_id: str) -> BulkPublish | None:
        """Advance the pool's last bulk publish and return it, or None if there was none. Source: bulk-2, bulk-3."""
        with lock:
            state = self.pool_resources.bulk_publishes.get(identity_pool_id)
            if state is None:
                return None
            state.advance()
            state.refresh(settings.now_ms())
            return state.publish

    # Identities and their registered devices

    def add_identity_credentials(self, access_key: str, identity_pool_id: str, identity_id: str) -> None:
        """Assign *access_key* to an identity. Source: access-6."""
        with lock:
            self._identity_keys[access_key] = (identity_pool_id, identity_id)

    def identity_of(self, access_key: str | None) -> tuple[str, str] | None:
        """Return the identity pool id and identity id that *access_key* belongs to, or None."""
        return self._identity_keys.get(access_key) if access_key else None

    def register_device(
        self, identity_pool_id: str, identity_id: str, platform: str, token: str, endpoint_arn: str
    ) -> RegisteredDevice:
        """Register a device. The same platform and token are the same device. Source: devices-1, devices-2."""
        with lock:
            devices = self.pool_resources.own_devices_of(identity_pool_id, identity_id)
            device = devices.find(platform, token)
            if device is None:
                device = RegisteredDevice(ids.new_uuid(), platform, token, endpoint_arn)
                devices.add(device)
            device.endpoint_arn = endpoint_arn
            return device

    def subscribe(self, key: DatasetKey, device_id: str) -> None:
        """
        Subscribe a registered device to a dataset.

        Raises:
            DatasetNotFound, DeviceNotFound: they do not exist.

        Source: devices-4.
        """
        with lock:
            self._existing(key)
            self.pool_resources.devices_of(key.identity_pool_id, key.identity_id).subscribe(device_id, key.dataset_name)

    def unsubscribe(self, key: DatasetKey, device_id: str) -> None:
        """
        End a registered device's subscription to a dataset.

        Raises:
            DatasetNotFound, DeviceNotFound: they do not exist.

        Source: devices-4, devices-5.
        """
        with lock:
            self._existing(key)
            devices = self.pool_resources.devices_of(key.identity_pool_id, key.identity_id)
            devices.unsubscribe(device_id, key.dataset_name)

    def subscribers(self, key: DatasetKey, *, except_device_id: str | None) -> list[RegisteredDevice]:
        """Return the devices subscribed to a dataset, without *except_device_id*. Source: push-1."""
        with lock:
            devices = self.pool_resources.devices_of(key.identity_pool_id, key.identity_id)
            return devices.subscribers(key.dataset_name, except_device_id=except_device_id)

    def _existing(self, key: DatasetKey) -> domain.Dataset:
        dataset = self.datasets.find(key)
        if dataset is None or not dataset.exists:
            raise DatasetNotFound(key.dataset_name)
        return dataset

    def _pool_usages(self) -> dict[str, Usage]:
        with lock:
            dates = self.identity_pools.creation_dates()
            usages = {pool_id: Usage(last_modified_ms=created_ms) for pool_id, created_ms in dates.items()}
            for dataset in self.datasets:
                if self.identity_pools.exists(dataset.key.identity_pool_id):
                    usages.setdefault(dataset.key.identity_pool_id, Usage()).add(dataset)
            return usages


def _dataset_key(metadata: DatasetMetadata) -> str:
    return _DATASET + metadata.name


def _dataset_id(dataset: domain.Dataset) -> DatasetKey:
    return dataset.key


def _first(entry: tuple[str, Usage]) -> str:
    return entry[0]


cognitosync_backends = BackendDict(
    CognitoSyncBackend, "cognito-sync", use_boto3_regions=False, additional_regions=list(REGIONS)
)
