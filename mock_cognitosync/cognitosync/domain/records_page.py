"""ListRecords: one page of the records written after a sync count."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..exceptions import InvalidNextToken, NegativeLastSyncCount
from . import paging
from .dataset import Dataset
from .record import Record

PAGE_SIZE = 1024
# The sync count that the listing reports, and the last key of the page.
_POSITION = re.compile(r"[1-9][0-9]{0,18}:(?s:.{1,1024})")


@dataclass(slots=True)
class RecordsPage:
    """
    The answer of ListRecords. ``merged_dataset_names`` is None unless datasets were merged into this one.

    Source: list-1.
    """

    records: Sequence[Record]
    next_token: str | None
    dataset_sync_count: int
    last_modified_by: str | None
    dataset_exists: bool
    dataset_deleted: bool
    sync_session_token: str
    merged_dataset_names: list[str] | None = None


def page_of(
    dataset: Dataset | None,
    sync_session_token: str,
    last_sync_count: int,
    next_token: str | None,
    max_results: int | None,
) -> RecordsPage:
    """
    Return a page of the records and tombstones of *dataset*, sorted by key.

    All pages of one listing report the sync count that the dataset had at the first page, so a change between two pages
    is new to the caller's next listing.

    Args:
        dataset: None if it was never written.
        sync_session_token: the token that the page carries.
        last_sync_count: only records with a greater count are listed.
        next_token: the token of the previous page; None for the first page.
        max_results: the size of the page; None for 1,024.

    Raises:
        NegativeLastSyncCount: *last_sync_count* is below 0.
        NoSuchSyncCount: *last_sync_count* is above the dataset's count.
        InvalidMaxResults: *max_results* is below 1.
        InvalidNextToken: ListRecords did not issue *next_token*.

    Source: list-1, list-2, list-3, list-6, list-7, paging-4, paging-5, paging-6.
    """
    if last_sync_count < 0:
        raise NegativeLastSyncCount(last_sync_count)
    size = paging.page_size(max_results, PAGE_SIZE)
    listed_at, after = _position(next_token, dataset)
    if dataset is None:
        return RecordsPage(
            records=[],
            next_token=None,
            dataset_sync_count=0,
            last_modified_by=None,
            dataset_exists=False,
            dataset_deleted=False,
            sync_session_token=sync_session_token,
        )
    found = dataset.records_after(last_sync_count)
    page = paging.cut(found, _key, after, size)
    return RecordsPage(
        records=page.items,
        next_token=paging.token_of(f"{listed_at}:{page.last_key}") if page.last_key else None,
        dataset_sync_count=listed_at if dataset.exists else 0,
        last_modified_by=dataset.last_modified_by if dataset.exists else None,
        dataset_exists=dataset.exists,
        dataset_deleted=dataset.was_deleted_after(last_sync_count),
        sync_session_token=sync_session_token,
    )


def _position(next_token: str | None, dataset: Dataset | None) -> tuple[int, str | None]:
    """Return the sync count that the listing reports, and the key that its page follows."""
    sync_count = dataset.sync_count if dataset else 0
    if next_token is None:
        return sync_count, None
    count, _, key = paging.key_of(next_token, _POSITION).partition(":")
    if int(count) > sync_count:
        raise InvalidNextToken
    return int(count), key


def _key(record: Record) -> str:
    return record.key
