"""Dates in snapshot files: ISO 8601 text, to the millisecond, of any year from 1."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

# A date, or a date with time and zone. ISO 8601 marks years above 9999 with a plus sign.
_DATE = re.compile(
    r"([0-9]{4}|\+[0-9]{5,})(-[0-9]{2}-[0-9]{2})"
    r"(?:(T(?:[01][0-9]|2[0-3]):[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{3})?)?)(Z|[+-][0-9]{2}:[0-9]{2}))?"
)
_FIRST_MS = -62_135_596_800_000
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MILLISECOND = timedelta(milliseconds=1)
# The calendar repeats after 400 years, so years that datetime lacks are moved into the cycle that starts in 1970.
_CYCLE_YEARS = 400
_CYCLE_MS = 146_097 * 24 * 60 * 60 * 1000


def to_text(date_ms: int) -> str:
    """
    Return the date, such as ``2024-06-01T12:00:00.000Z``.

    Args:
        date_ms: milliseconds since the epoch; negative before 1970.
    """
    cycles, in_cycle_ms = divmod(date_ms, _CYCLE_MS)
    date = _EPOCH + in_cycle_ms * _MILLISECOND
    year = date.year + cycles * _CYCLE_YEARS
    month_to_millisecond = date.isoformat(timespec="milliseconds")[4:23]
    return f"{year:04}{month_to_millisecond}Z" if year < 10_000 else f"+{year:06}{month_to_millisecond}Z"


def from_text(text: str) -> int:
    """
    Return the date in milliseconds since the epoch.

    Args:
        text: a date, which means midnight UTC, or a date and time with ``Z`` or an offset such as ``+02:00``.

    Raises:
        ValueError: *text* is not such a date.
    """
    match = _DATE.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not a date such as 2024-06-01 or 2024-06-01T12:00:00Z")
    year, month_and_day, time, zone = match.groups()
    cycles, year_of_cycle = divmod(int(year) - _EPOCH.year, _CYCLE_YEARS)
    offset = "+00:00" if zone in (None, "Z") else zone
    date = datetime.fromisoformat(f"{_EPOCH.year + year_of_cycle}{month_and_day}{time or 'T00:00'}{offset}")
    date_ms = (date - _EPOCH) // _MILLISECOND + cycles * _CYCLE_MS
    if date_ms < _FIRST_MS:
        raise ValueError(f"{text!r} is before the year 1")
    return date_ms
