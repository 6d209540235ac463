"""Pages of a sorted list, and the tokens that lead from one page to the next."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..exceptions import InvalidMaxResults, InvalidNextToken

T = TypeVar("T")

MAX_PAGE_SIZE = 1024


@dataclass(slots=True)
class Page(Generic[T]):
    """
    One page of a list.

    Attributes:
        size: the number of items that the page could hold.
        last_key: the key of its last item if more items follow, else None.
    """

    items: Sequence[T]
    size: int
    last_key: str | None

    @property
    def next_token(self) -> str | None:
        """The token of the next page, or None on the last page. Source: paging-2."""
        return None if self.last_key is None else token_of(self.last_key)


def page_size(max_results: int | None, default: int) -> int:
    """
    Return the size of a page: *max_results*, at most 1,024.

    Raises:
        InvalidMaxResults: *max_results* is below 1.

    Source: paging-1.
    """
    if max_results is None:
        return default
    if max_results < 1:
        raise InvalidMaxResults(max_results)
    return min(max_results, MAX_PAGE_SIZE)


def cut(items: Sequence[T], key: Callable[[T], str], after: str | None, size: int) -> Page[T]:
    """
    Return the first *size* of *items* (sorted by key) whose key is greater than *after*.

    The item with the key *after* need not exist any more: a list tolerates changes between its pages. Source: paging-2.
    """
    if after is not None:
        items = [item for item in items if key(item) > after]
    page = items[:size]
    return Page(page, size, key(page[-1]) if len(items) > size else None)


def token_of(key: str) -> str:
    """Return the token of the page that follows *key*."""
    return base64.b64encode(key.encode("utf-8", "surrogatepass")).decode()


def key_of(token: str, pattern: re.Pattern[str]) -> str:
    """
    Return the key that the page of *token* follows.

    Raises:
        InvalidNextToken: the token was not issued here, or its key does not match *pattern* as a whole.

    Source: paging-3.
    """
    try:
        key = base64.b64decode(token, validate=True).decode("utf-8", "surrogatepass")
    except ValueError:
        raise InvalidNextToken from None
    if not pattern.fullmatch(key) or token_of(key) != token:
        raise InvalidNextToken
    return key
