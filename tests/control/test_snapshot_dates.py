"""Dates of snapshot files."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mock_cognitosync.control.snapshot import dates

YEAR_1 = -62_135_596_800_000
YEAR_10000 = 253_402_300_800_000


@pytest.mark.parametrize(
    ("date_ms", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_717_243_200_000, "2024-06-01T12:00:00.000Z"),
        (1_709_164_800_001, "2024-02-29T00:00:00.001Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (YEAR_1, "0001-01-01T00:00:00.000Z"),
        (YEAR_10000 - 1, "9999-12-31T23:59:59.999Z"),
        (YEAR_10000, "+010000-01-01T00:00:00.000Z"),
        (YEAR_10000 + 146_097 * 86_400_000, "+010400-01-01T00:00:00.000Z"),
    ],
)
def test_a_date_is_written_in_iso_8601(date_ms, text):
    """A date before 1970 or after 9999 is written as well, and each is read as it was written."""
    assert dates.to_text(date_ms) == text
    assert dates.from_text(text) == date_ms


@given(st.integers(min_value=YEAR_1, max_value=10**20))
def test_each_date_is_read_as_it_was_written(date_ms):
    """Reading the text of a date gives the date."""
    assert dates.from_text(dates.to_text(date_ms)) == date_ms


@given(st.integers(min_value=YEAR_1, max_value=YEAR_10000 - 1))
@example(YEAR_1)
def test_a_date_is_the_one_that_datetime_knows(date_ms):
    """Within the years of datetime, the calendar is the same."""
    written = datetime.fromisoformat(dates.to_text(date_ms).replace("Z", "+00:00"))
    assert (written - datetime(1970, 1, 1, tzinfo=timezone.utc)).total_seconds() == pytest.approx(date_ms / 1000)


@pytest.mark.parametrize(
    "text",
    [
        "2024-06-01T12:00:00Z",
        "2024-06-01T12:00Z",
        "2024-06-01T14:00:00+02:00",
        "2024-06-01T06:30:00.000-05:30",
    ],
)
def test_a_date_can_be_written_by_hand(text):
    """Seconds and milliseconds may be left out, and any offset may be given."""
    assert dates.from_text(text) == 1_717_243_200_000


def test_a_date_without_a_time_is_midnight():
    """A date alone means midnight in UTC."""
    assert dates.from_text("2024-06-01") == 1_717_200_000_000


def test_an_offset_may_lead_out_of_the_years_of_datetime():
    """The last day of the year 9999 in the west is in the year 10000 in UTC."""
    assert dates.from_text("9999-12-31T23:59:59.999-02:00") == YEAR_10000 - 1 + 7_200_000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "1717243200",
        "0000-01-01",
        "0001-01-01T00:00:00+02:00",
        "2023-02-29",
        "2024-13-01",
        "2024-06-01T24:00:00Z",
        "2024-06-01T12:60:00Z",
        "2024-06-01T12:00:00",
        "2024-06-01 12:00:00Z",
        "2024-06-01T12:00:00Z\n",
        "2024-06-01T12:00:00.Z",
        "20240601T120000Z",
        "-0001-01-01",
        "+" + "9" * 5_000 + "-01-01",
        "²024-06-01",
    ],
)
def test_text_that_is_not_a_date_is_refused(text):
    """Numbers, and dates that no calendar has, are refused."""
    with pytest.raises(ValueError, match=r"\S"):
        dates.from_text(text)
