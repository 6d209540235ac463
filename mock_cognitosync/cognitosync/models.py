"""The backend of Cognito Sync: one per account and region, as moto keeps them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import RLock
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.common_models import BaseModel

from . import datasets, identity_pools, paging, settings, sources
from .datasets import DatasetMetadata
from .exceptions import DatasetNotFound, InvalidNextToken, TooManyDatasets
from .paging import Page
from .records import Record, RecordPatch
from .sessions import SyncSession, SyncSessions

# One lock for the process: moto's reset empties the attributes of a backend in place.
lock = RLock()

RECORDS_PAGE = 1024
DATASETS_PAGE = 64
POOLS_PAGE = 60


class Dataset(datasets.Dataset, BaseModel):
    """A dataset that moto's dashboard shows."""


@dataclass(slots=True)
class RecordsPage:
    """What ListRecords answers. ``merged_dataset_names`` is None unless identities were linked. Source: list-1."""

    records: Sequence[Record]
    next_token: str | None
    dataset_sync_count: int
    last_modified_by: str | None
    dataset_exists: bool
    dataset_deleted: bool
    sync_session_token: str
    merged_dataset_names: list[str] | None = None


@dataclass(slots=True)
class Usage:
    """
    What an identity or a pool keeps; ``last_modified_ms`` is None where nothing was ever written.

    Source: usage-1.
    """

    dataset_count: int = 0
    data_storage_bytes: int = 0
    last_modified_ms: int | None = None

    def add(self, dataset: datasets.Dataset) -> None:
        self.dataset_count += dataset.exists
        self.data_storage_bytes += dataset.size_bytes
        self.last_modified_ms = max(self.last_modified_ms or 0, dataset.last_modified_ms or 0)


class CognitoSyncBackend(BaseBackend):
    """
    Datasets of one account and region.

    Methods that take ``modified_by`` write in that name: an identity id, or an account id. Source: records-3.
    """

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self._datasets: dict[tuple[str, str], dict[str, Dataset]] = {}
        self._sessions = SyncSessions(sources.random_bytes(32))
        self._started_ms = sources.now_ms()

    def reset(self) -> None:
        with lock:
            super().reset()

    @property
    def urls(self) -> dict[str, Callable[[Any, str, Any], Any]]:
        # moto asks for these at each request, so they are made once.
        from .urls import handlers

        return handlers

    def find_dataset(self, identity_pool_id: str, identity_id: str, dataset_name: str) -> Dataset | None:
        """The dataset, also when it has been deleted; None when it never was."""
        return self._datasets.get((identity_pool_id, identity_id), {}).get(dataset_name)

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
        A page of the records written after *last_sync_count*, tombstones included, by key.

        All pages of one listing report the count that the dataset had at its first page, so that a change between two
        pages is still new to the caller's next listing.

        Raises:
            InvalidSyncSessionToken, NoSuchSyncCount, InvalidNextToken

        Source: list-1, list-2, list-3, list-6, token-1, token-6, paging-4.
        """
        with lock:
            now_ms = sources.now_ms()
            if sync_session_token is None:
                lifetime_ms = round(settings.current().token_lifetime_seconds * 1000)
                session = SyncSession(sources.new_uuid(), now_ms + lifetime_ms, identity_id, dataset_name)
                sync_session_token = self._sessions.seal(session)
            else:
                self._sessions.open(sync_session_token, identity_id, dataset_name, now_ms)
            dataset = self.find_dataset(identity_pool_id, identity_id, dataset_name)
            count, after = _listing(next_token, dataset)
            if dataset is None:
                return RecordsPage([], None, 0, None, False, False, sync_session_token)
            found = dataset.records_after(last_sync_count)
            size = paging.page_size(max_results, RECORDS_PAGE)
            page = paging.cut(found, _record_key, after, size)
            return RecordsPage(
                records=page.items,
                next_token=paging.token_of(f"{count}:{page.last_key}") if page.last_key else None,
                dataset_sync_count=count if dataset.exists else 0,
                last_modified_by=dataset.last_modified_by if dataset.exists else None,
                dataset_exists=dataset.exists,
                dataset_deleted=dataset.was_deleted_after(last_sync_count),
                sync_session_token=sync_session_token,
            )

    def update_records(
        self,
        identity_pool_id: str,
        identity_id: str,
        dataset_name: str,
        sync_session_token: str,
        patches: Sequence[RecordPatch],
        modified_by: str,
    ) -> list[Record]:
        """
        Apply all of *patches* or none, and use the token up if that changed anything.

        Returns:
            The records written, removed ones too, in the order of *patches*.

        Raises:
            InvalidSyncSessionToken, StaleSyncCount, DuplicateKey, TooManyDatasets, TooManyRecords, DatasetTooLarge

        Source: update-1, update-2, update-3, update-4, datasets-7, token-5, token-7.
        """
        with lock:
            now_ms = sources.now_ms()
            limits = settings.current().limits
            session = self._sessions.open(sync_session_token, identity_id, dataset_name, now_ms)
            owned = self._datasets.get((identity_pool_id, identity_id), {})
            stored = owned.get(dataset_name)
            dataset = stored or datasets.Dataset(identity_pool_id, identity_id, dataset_name)
            effective = dataset.effective(patches)
            if not effective:
                return []
            if not dataset.exists and sum(other.exists for other in owned.values()) >= limits.datasets_per_identity:
                raise TooManyDatasets(limits.datasets_per_identity)
            change = dataset.prepare(effective, now_ms, modified_by, limits)
            if stored is None:
                stored = owned[dataset_name] = Dataset(identity_pool_id, identity_id, dataset_name)
                self._datasets[identity_pool_id, identity_id] = owned
            stored.commit(change)
            self._sessions.consume(session, now_ms)
            return change.records

    def list_datasets(
        self, identity_pool_id: str, identity_id: str, next_token: str | None = None, max_results: int | None = None
    ) -> Page[DatasetMetadata]:
        """
        A page of the identity's datasets, by name; deleted ones are not among them.

        Raises:
            InvalidNextToken

        Source: datasets-6, paging-2.
        """
        after = None if next_token is None else paging.key_of(next_token)
        with lock:
            owned = self._datasets.get((identity_pool_id, identity_id), {})
            found = [owned[name].metadata() for name in sorted(owned) if owned[name].exists]
        return paging.cut(found, _dataset_name, after, paging.page_size(max_results, DATASETS_PAGE))

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
    ) -> DatasetMetadata:
        """
        Delete the dataset and return what it was.

        Raises:
            DatasetNotFound: it never was, or has been deleted already.

        Source: datasets-2, datasets-4, datasets-7, token-8.
        """
        with lock:
            dataset = self._existing(identity_pool_id, identity_id, dataset_name)
            metadata = dataset.metadata()
            dataset.delete(sources.now_ms(), modified_by)
            return metadata

    def describe_identity_usage(self, identity_pool_id: str, identity_id: str) -> Usage:
        """What the identity keeps; zeros for one without data. Source: usage-1, usage-2."""
        usage = Usage()
        with lock:
            for dataset in self._datasets.get((identity_pool_id, identity_id), {}).values():
                usage.add(dataset)
        return usage

    def describe_identity_pool_usage(self, identity_pool_id: str) -> Usage:
        """What all identities of the pool keep; zeros for a fresh one. Source: usage-3."""
        return self._pool_usages().get(identity_pool_id) or Usage(last_modified_ms=self._started_ms)

    def list_identity_pool_usage(
        self, next_token: str | None = None, max_results: int | None = None
    ) -> Page[tuple[str, Usage]]:
        """
        A page of the pools of this account and region, with data or without, by id.

        Raises:
            InvalidNextToken

        Source: usage-4, paging-2.
        """
        after = None if next_token is None else paging.key_of(next_token)
        usages = sorted(self._pool_usages().items(), key=_pool_id)
        return paging.cut(usages, _pool_id, after, paging.page_size(max_results, POOLS_PAGE))

    def _existing(self, identity_pool_id: str, identity_id: str, dataset_name: str) -> Dataset:
        dataset = self.find_dataset(identity_pool_id, identity_id, dataset_name)
        if dataset is None or not dataset.exists:
            raise DatasetNotFound(dataset_name)
        return dataset

    def _pool_usages(self) -> dict[str, Usage]:
        dates = identity_pools.creation_dates(self.account_id, self.region_name)
        usages = {pool_id: Usage(last_modified_ms=created_ms) for pool_id, created_ms in dates.items()}
        closed = identity_pools.is_closed(settings.current().identity_pools, dates)
        with lock:
            for (pool_id, _), owned in self._datasets.items():
                if pool_id in usages or not closed:
                    usage = usages.setdefault(pool_id, Usage())
                    for dataset in owned.values():
                        usage.add(dataset)
        return usages


def _listing(next_token: str | None, dataset: datasets.Dataset | None) -> tuple[int, str | None]:
    """The count that a listing reports, and the key behind which its next page begins."""
    sync_count = dataset.sync_count if dataset else 0
    if next_token is None:
        return sync_count, None
    text = paging.key_of(next_token)
    count, _, key = text.partition(":")
    try:
        listed_at = int(count)
    except ValueError:
        raise InvalidNextToken from None
    if not 0 < listed_at <= sync_count or text != f"{listed_at}:{key}":
        raise InvalidNextToken
    return listed_at, key


def _record_key(record: Record) -> str:
    return record.key


def _dataset_name(metadata: DatasetMetadata) -> str:
    return metadata.name


def _pool_id(entry: tuple[str, Usage]) -> str:
    return entry[0]


cognitosync_backends = BackendDict(CognitoSyncBackend, "cognito-sync")
