"""ListRecords: a page of what was written after a sync count."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..exceptions import InvalidNextToken
from . import paging
from .dataset import Dataset
from .record import Record

PAGE_SIZE = 1024
# The count that the listing reports, and the last key of the page.
_POSITION = re.compile(r"[1-9][0-9]{0,18}:(?s:.{1,1024})")


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


def page_of(
    dataset: Dataset | None,
    sync_session_token: str,
    last_sync_count: int,
    next_token: str | None,
    max_results: int | None,
) -> RecordsPage:
    """
    A page of the records of *dataset*, None if there never was one, tombstones included, by key.

    All pages of one listing report the count that the dataset had at its first page, so that a change between two pages
    is still new to the caller's next listing.

    Raises:
        NoSuchSyncCount, InvalidNextToken

    Source: list-1, list-2, list-3, list-6, paging-4, paging-5, paging-6.
    """
    listed_at, after = _position(next_token, dataset)
    if dataset is None:
        return RecordsPage([], None, 0, None, False, False, sync_session_token)
    found = dataset.records_after(last_sync_count)
    page = paging.cut(found, _key, after, paging.page_size(max_results, PAGE_SIZE))
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
    """The count that a listing reports, and the key behind which its page begins."""
    sync_count = dataset.sync_count if dataset else 0
    if next_token is None:
        return sync_count, None
    count, _, key = paging.key_of(next_token, _POSITION).partition(":")
    if int(count) > sync_count:
        raise InvalidNextToken
    return int(count), key


def _key(record: Record) -> str:
    return record.key
