"""Pages: the items and the token of a page, and the keys in tokens."""

from __future__ import annotations

import re

import pytest

from mock_cognitosync.cognitosync.domain.paging import MAX_PAGE_SIZE, Page, cut, key_of, page_size, token_of
from mock_cognitosync.cognitosync.exceptions import InvalidNextToken

ANY_KEY = re.compile("(?s:.+)")


@pytest.mark.parametrize(
    ("after", "size", "items", "last_key"),
    [
        (None, 1, "b", "b"),
        (None, 2, "bd", "d"),
        (None, 3, "bdf", None),
        (None, 4, "bdf", None),
        ("b", 1, "d", "d"),
        ("b", 2, "df", None),
        ("a", 1, "b", "b"),
        ("c", 1, "d", "d"),
        ("c", 5, "df", None),
        ("f", 1, "", None),
        ("z", 1, "", None),
    ],
)
def test_a_page_starts_after_a_key(after, size, items, last_key):
    """A page starts after a key, which need not exist, and has a last key if more items follow. Source: paging-2."""
    page = cut(list("bdf"), str, after, size)
    assert page == Page(list(items), size, last_key)
    assert page.next_token == (None if last_key is None else token_of(last_key))


def test_the_page_of_an_empty_list_is_the_last():
    """The page of an empty list is empty and the last one. Source: paging-2."""
    assert cut([], str, None, 10) == Page([], 10, None)


@pytest.mark.parametrize(("asked", "size"), [(None, 64), (1, 1), (1024, 1024), (1025, 1024)])
def test_a_page_has_the_requested_size(asked, size):
    """A page has the requested size, at most 1,024, or else the list's default. Source: paging-1."""
    assert page_size(asked, 64) == size


@pytest.mark.parametrize("key", ["a", "é", "1:a", "\U0001f600", "a\ud800", "\x00"])
def test_a_key_comes_back_from_its_token(key):
    """Any key can be read from its token. Source: paging-2."""
    assert key_of(token_of(key), ANY_KEY) == key


@pytest.mark.parametrize("token", ["", "YQ", "YR==", "Y Q==", "/w=="])
def test_text_that_is_not_a_token_is_refused(token):
    """Text that is not the token of any key is refused. Source: paging-3."""
    with pytest.raises(InvalidNextToken) as caught:
        key_of(token, ANY_KEY)
    assert (caught.value.code, caught.value.message) == (
        "InvalidParameterException",
        "NextToken is not valid for this operation",
    )


def test_the_maximum_page_size_is_1024():
    """A page has at most 1,024 items. Source: paging-1."""
    assert MAX_PAGE_SIZE == 1024
