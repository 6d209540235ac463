"""The backend of Cognito Sync: one per account and region, as moto keeps them."""

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
from .domain.caller import AccountRegion
from .domain.dataset import DatasetEvent, DatasetMetadata
from .domain.dataset_store import DatasetKey, Store
from .domain.paging import Page
from .domain.record import RecordPatch
from .domain.records_page import RecordsPage, page_of
from .domain.registered_devices import RegisteredDevices
from .domain.sync_sessions import SyncSession, SyncSessions
from .domain.usage import Usage
from .exceptions import DatasetNotFound, TooManyDatasets
from .integrations.cognito_identity import IdentityPools
from .pool_resources import PoolResources
from .urls import REGIONS, handlers

# One lock for the process: moto's reset empties the attributes of a backend in place.
lock = RLock()

# Before the name in a page's token, so that tokens of other lists are told apart.
_DATASET = "dataset/"
_DATASET_KEY = re.compile(_DATASET + "[a-zA-Z0-9_.:-]{1,128}")

DATASETS_PAGE = 64
POOLS_PAGE = 60


class Dataset(domain.Dataset, BaseModel):
    """A dataset that moto's dashboard lists, under the name of this class."""


class CognitoSyncBackend(BaseBackend):
    """
    Datasets and pools of one account and region.

    Methods that take ``modified_by`` write in that name: an identity id, or an account id. Source: records-3.
    """

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.datasets = Store(Dataset)
        self._sessions = SyncSessions(ids.random_bytes(32))
        self._started_ms = settings.now_ms()
        self.account_region = AccountRegion(account_id, region_name)
        self.identity_pools = IdentityPools(self.account_region)
        self.pool_resources = PoolResources(self.account_region)
        # Access keys of identities: to pool and identity. Source: access-6.
        self.identity_keys: dict[str, tuple[str, str]] = {}

    def reset(self) -> None:
        with lock:
            super().reset()

    @property
    def urls(self) -> dict[str, Callable[[Any, str, Any], Any]]:
        # moto asks for these at each request, so they are made once.
        return handlers

    def find_dataset(self, identity_pool_id: str, identity_id: str, dataset_name: str) -> domain.Dataset | None:
        """The dataset, also when it has been deleted; None when it never was."""
        return self.datasets.find(identity_pool_id, identity_id, dataset_name)

    def list_records(
        self,
        identity_pool_id: str,
        identity_id: str,
        dataset_name: str,
        last_sync_count: int = 0,
        sync_session_token: str | None = None,
        next_token: str | None = None,
        max_results: int | None = None,
    ) -> RecordsPage:
        """
        A page of the records written after *last_sync_count*, with a session token.

        Raises:
            InvalidSyncSessionToken, NoSuchSyncCount, InvalidNextToken

        Source: token-1, token-6, list-1, merge-2.
        """
        with lock:
            now_ms = settings.now_ms()
            if sync_session_token is None:
                lifetime_ms = math.ceil(settings.current().token_lifetime_seconds * 1000)
                sync_session_token = self._sessions.begin(
                    ids.random_bytes(12).hex(), now_ms + lifetime_ms, identity_id, dataset_name
                )
            else:
                self._sessions.open(sync_session_token, identity_id, dataset_name, now_ms)
            dataset = self.find_dataset(identity_pool_id, identity_id, dataset_name)
            page = page_of(dataset, sync_session_token, last_sync_count, next_token, max_results)
            page.merged_dataset_names = self.datasets.merged_names(identity_pool_id, identity_id, dataset_name)
            return page

    def check_update(
        self, where: DatasetKey, sync_session_token: str, patches: Sequence[RecordPatch]
    ) -> tuple[SyncSession, domain.Dataset, list[RecordPatch]]:
        """
        Check token and counts of an update.

        Returns:
            The session, the dataset or an empty one in its account_region, and the patches that change something.

        Raises:
            InvalidSyncSessionToken, StaleSyncCount, DuplicateKey

        Source: token-4, token-7, datasets-7.
        """
        _, identity_id, dataset_name = where
        session = self._sessions.open(sync_session_token, identity_id, dataset_name, settings.now_ms())
        dataset = self.find_dataset(*where) or domain.Dataset(*where)
        return session, dataset, dataset.effective_patches(patches)

    def write_update(
        self, where: DatasetKey, session: SyncSession, patches: Sequence[RecordPatch], modified_by: str
    ) -> DatasetEvent | None:
        """
        Write *patches*, all or none, and use the session up; None where there are none.

        Raises:
            TooManyDatasets, TooManyRecords, DatasetTooLarge

        Source: update-2, update-3, datasets-3, limits-1, token-5.
        """
        if not patches:
            return None
        now_ms = settings.now_ms()
        limits = settings.current().limits_of(self.account_region)
        identity_pool_id, identity_id, dataset_name = where
        owned = self.datasets.of_identity(identity_pool_id, identity_id)
        stored = owned.get(dataset_name)
        dataset = stored or domain.Dataset(*where)
        if not dataset.exists and sum(other.exists for other in owned.values()) >= limits.datasets_per_identity:
            raise TooManyDatasets(limits.datasets_per_identity)
        change = dataset.prepare(patches, now_ms, modified_by, limits)
        if stored is None:
            stored = self.datasets.new(*where)
        stored.commit(change)
        self._sessions.consume(session, now_ms)
        return stored.event("replace", change.records)

    def merge_identities(self, identity_pool_id: str, old_identity_id: str, new_identity_id: str) -> None:
        """
        Link two identities: the second gets the datasets of the first.

        Raises:
            ValueError: see :meth:`.store.Store.merge`.

        Source: merge-1, merge-2, merge-3.
        """
        with lock:
            self.datasets.merge(identity_pool_id, old_identity_id, new_identity_id)

    def expire_tokens(self) -> None:
        """Let all session tokens handed out so far expire."""
        with lock:
            self._sessions.expire_all()

    def devices_of(self, identity_pool_id: str, identity_id: str, dataset_name: str) -> RegisteredDevices:
        """
        The identity's devices, to subscribe them to the dataset or the reverse.

        Raises:
            DatasetNotFound: it must exist first.

        Source: devices-4.
        """
        with lock:
            self._existing(identity_pool_id, identity_id, dataset_name)
            return self.pool_resources.devices(identity_pool_id, identity_id)

    def datasets_of_pool(self, identity_pool_id: str) -> list[domain.Dataset]:
        """All datasets of the pool that exist, by identity and name."""
        with lock:
            found = [dataset for dataset in self.datasets if dataset.identity_pool_id == identity_pool_id]
        return sorted((dataset for dataset in found if dataset.exists), key=_place_in_pool)

    def list_datasets(
        self, identity_pool_id: str, identity_id: str, next_token: str | None = None, max_results: int | None = None
    ) -> Page[DatasetMetadata]:
        """
        A page of the identity's datasets, by name; deleted ones are not among them.

        Raises:
            InvalidNextToken

        Source: datasets-6, paging-2.
        """
        after = None if next_token is None else paging.key_of(next_token, _DATASET_KEY)
        with lock:
            owned = self.datasets.of_identity(identity_pool_id, identity_id)
            found = [owned[name].metadata() for name in sorted(owned) if owned[name].exists]
        return paging.cut(found, _dataset_key, after, paging.page_size(max_results, DATASETS_PAGE))

    def describe_dataset(self, identity_pool_id: str, identity_id: str, dataset_name: str) -> DatasetMetadata:
        """
        The dataset's name, dates and size.

        Raises:
            DatasetNotFound: it never was, or has been deleted.

        Source: datasets-1, datasets-2.
        """
        with lock:
            return self._existing(identity_pool_id, identity_id, dataset_name).metadata()

    def delete_dataset(
        self, identity_pool_id: str, identity_id: str, dataset_name: str, modified_by: str
    ) -> tuple[DatasetMetadata, DatasetEvent]:
        """
        Delete the dataset and return what it was, and event of it.

        Raises:
            DatasetNotFound: it never was, or has been deleted already.

        Source: datasets-2, datasets-4, token-8.
        """
        with lock:
            dataset = self._existing(identity_pool_id, identity_id, dataset_name)
            metadata = dataset.metadata()
            dataset.delete(settings.now_ms(), modified_by)
            return metadata, dataset.event("remove", [])

    def describe_identity_usage(self, identity_pool_id: str, identity_id: str) -> Usage:
        """What the identity keeps; zeros for one without data. Source: usage-1, usage-2."""
        usage = Usage()
        with lock:
            for dataset in self.datasets.of_identity(identity_pool_id, identity_id).values():
                usage.add(dataset)
        return usage

    def describe_identity_pool_usage(self, identity_pool_id: str) -> Usage:
        """What all identities of the pool keep; zeros for a fresh one. Source: usage-3."""
        return self._pool_usages().get(identity_pool_id) or Usage(
            last_modified_ms=settings.current().started_ms or self._started_ms
        )

    def list_identity_pool_usage(
        self, next_token: str | None = None, max_results: int | None = None
    ) -> Page[tuple[str, Usage]]:
        """
        A page of the pools of this account and region, with data or without, by id.

        Raises:
            InvalidNextToken

        Source: usage-4, paging-2.
        """
        longest = 54 - len(self.region_name)
        ids = re.compile(rf"{re.escape(self.region_name)}:[0-9a-f-]{{1,{longest}}}")
        after = None if next_token is None else paging.key_of(next_token, ids)
        usages = sorted(self._pool_usages().items(), key=_pool_id)
        return paging.cut(usages, _pool_id, after, paging.page_size(max_results, POOLS_PAGE))

    def _existing(self, identity_pool_id: str, identity_id: str, dataset_name: str) -> domain.Dataset:
        dataset = self.find_dataset(identity_pool_id, identity_id, dataset_name)
        if dataset is None or not dataset.exists:
            raise DatasetNotFound(dataset_name)
        return dataset

    def _pool_usages(self) -> dict[str, Usage]:
        dates = self.identity_pools.creation_dates()
        usages = {pool_id: Usage(last_modified_ms=created_ms) for pool_id, created_ms in dates.items()}
        with lock:
            for dataset in self.datasets:
                if self.identity_pools.exists(dataset.identity_pool_id):
                    usages.setdefault(dataset.identity_pool_id, Usage()).add(dataset)
        return usages


def _dataset_key(metadata: DatasetMetadata) -> str:
    return _DATASET + metadata.name


def _place_in_pool(entry: domain.Dataset) -> tuple[str, str]:
    return entry.identity_id, entry.name


def _pool_id(entry: tuple[str, Usage]) -> str:
    return entry[0]


cognitosync_backends = BackendDict(
    CognitoSyncBackend, "cognito-sync", use_boto3_regions=False, additional_regions=list(REGIONS)
)
