"""Records: their size and their removal."""

from __future__ import annotations

import pytest

from mock_cognitosync.cognitosync.domain.record import Record, utf8_length


@pytest.mark.parametrize(
    ("text", "length"), [("", 0), ("abc", 3), ("é", 2), ("€", 3), ("\U0001f600", 4), ("a\ud800b", 5)]
)
def test_sizes_are_bytes_of_utf8(text, length):
    """The size of text is its number of bytes in UTF-8; half a surrogate pair counts as three. Source: limits-4."""
    assert utf8_length(text) == length
    assert Record(text, text, 1, 0, "me", 0).size_bytes == 2 * length


def test_a_tombstone_has_no_size():
    """A tombstone has no bytes; a record with an empty value is not a tombstone. Source: limits-4, records-1."""
    removed, empty = Record("key", None, 1, 0, "me", 0), Record("key", "", 1, 0, "me", 0)
    assert (removed.is_removed, removed.size_bytes) == (True, 0)
    assert (empty.is_removed, empty.size_bytes) == (False, 3)
