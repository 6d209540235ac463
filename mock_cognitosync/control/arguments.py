"""Checks of what a test passes in. A wrong argument is refused at once, with what was given and how to fix it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from moto import settings as moto_settings

from ..cognitosync import cognitosync_backends
from ..cognitosync.exceptions import UNMODELLED_STATUSES, not_in_region
from ..cognitosync.wire import service_model

ANY_OPERATION = "*"
# Ten years, so that dates stay within the calendar.
_LONGEST_SECONDS = 10 * 366 * 24 * 60 * 60


def require_operation(name: str) -> str:
    """
    The model's name of an operation.

    Args:
        name: ``UpdateRecords`` or ``update_records``; ``*`` stands for any operation and is returned unchanged.

    Raises:
        TypeError: *name* is not a str.
        ValueError: no operation has this name; the message suggests the nearest.
    """
    _require_str("operation", name, "UpdateRecords")
    operations = service_model.load().operations
    for known, operation in operations.items():
        if name in (known, operation.method_name):
            return known
    if name == ANY_OPERATION:
        return name
    raise ValueError(f"Cognito Sync has no operation {name!r}; {_nearest(name, operations)}")


def require_error(operation: str, code: str) -> None:
    """
    Check that *operation* can answer with the error *code*: one that its model declares, or one common to all of AWS.

    Raises:
        TypeError: *code* is not a str.
        ValueError: the operation never answers with it; the message suggests the nearest.
    """
    _require_str("error", code, "TooManyRequestsException")
    operations = service_model.load().operations
    if operation == ANY_OPERATION:
        declared = frozenset.intersection(*(known.error_codes for known in operations.values()))
    else:
        declared = operations[operation].error_codes
    codes = sorted(declared | UNMODELLED_STATUSES.keys())
    if code not in codes:
        subject = "not every operation answers" if operation == ANY_OPERATION else f"{operation} never answers"
        raise ValueError(f"{subject} with {code!r}; {_nearest(code, codes)}")


def require_parameters(operation: str, names: Iterable[str]) -> None:
    """
    Check that *operation*, or any operation if it is ``*``, has parameters with these names.

    Raises:
        ValueError: it does not; the message suggests the nearest.
    """
    operations = service_model.load().operations
    candidates = operations.values() if operation == ANY_OPERATION else [operations[operation]]
    known = {name for candidate in candidates for name in candidate.parameter_names}
    for name in names:
        if name not in known:
            raise ValueError(f"{operation} has no parameter {name!r}; {_nearest(name, known)}")


def require_region(account_id: str, region_name: str | None) -> None:
    """
    Check that the service exists in a region; None is whichever boto3 is configured for.

    Raises:
        ValueError: it does not; the message lists the regions.
    """
    if region_name is None or moto_settings.allow_unknown_region():
        return
    regions = cognitosync_backends[account_id].regions
    if region_name not in regions:
        raise ValueError(not_in_region(region_name, regions))


def require_callable(function: object) -> None:
    """
    Check that *function* can be called.

    Raises:
        TypeError: it cannot.
    """
    if not callable(function):
        raise TypeError(f"{function!r} is not callable: pass a function")


def require_integer(name: str, value: object, lowest: int) -> None:
    """
    Check that the argument *name* is an integer of at least *lowest*.

    Raises:
        ValueError: it is not.
    """
    if type(value) is not int or value < lowest:
        raise ValueError(f"{name} must be an integer >= {lowest}, got {value!r}")


def require_seconds(seconds: float) -> None:
    """
    Check that the clock can be advanced by *seconds*.

    Raises:
        ValueError: *seconds* is not a number from 0 to ten years.
    """
    if not isinstance(seconds, (int, float)) or not 0 <= seconds <= _LONGEST_SECONDS:
        raise ValueError(f"seconds must be a number from 0 to {_LONGEST_SECONDS}, got {seconds!r}")


def _require_str(name: str, value: object, example: str) -> None:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str such as {example!r}, got {value!r}")


def _nearest(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"it must be one of {', '.join(sorted(known))}"
