"""Pages of a list: after a key, up to a size."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..exceptions import InvalidNextToken

T = TypeVar("T")

MAX_PAGE_SIZE = 1024


@dataclass(slots=True)
class Page(Generic[T]):
    """
    Part of a list.

    Attributes:
        size: how many items it could hold.
        last_key: the key of its last item where more follow, else None.
    """

    items: Sequence[T]
    size: int
    last_key: str | None

    @property
    def next_token(self) -> str | None:
        """The token for the page behind this one. Source: paging-2."""
        return None if self.last_key is None else token_of(self.last_key)


def page_size(max_results: int | None, default: int) -> int:
    """Items on a page: *max_results*, at most 1,024. Source: paging-1."""
    return default if max_results is None else min(max_results, MAX_PAGE_SIZE)


def cut(items: Sequence[T], key: Callable[[T], str], after: str | None, size: int) -> Page[T]:
    """
    The first *size* of *items*, which stand by key, behind the key *after*.

    That key itself need not be there any more, so that a list survives changes between its pages. Source: paging-2.
    """
    if after is not None:
        items = [item for item in items if key(item) > after]
    page = items[:size]
    return Page(page, size, key(page[-1]) if len(items) > size else None)


def token_of(key: str) -> str:
    """The token that goes on behind *key*."""
    return base64.b64encode(key.encode("utf-8", "surrogatepass")).decode()


def key_of(token: str, pattern: re.Pattern[str]) -> str:
    """
    The key behind which the page of *token* begins.

    Raises:
        InvalidNextToken: no token of ours, or one whose key does not match *pattern*, whole.

    Source: paging-3.
    """
    try:
        key = base64.b64decode(token, validate=True).decode("utf-8", "surrogatepass")
    except ValueError:
        raise InvalidNextToken from None
    if not pattern.fullmatch(key) or token_of(key) != token:
        raise InvalidNextToken
    return key
