"""Checks of the arguments that a test passes. The message of a refusal says how to fix the argument."""

from __future__ import annotations

import inspect
import re
import reprlib
from collections.abc import Callable, Iterable
from datetime import timedelta
from difflib import get_close_matches

from moto import settings as moto_settings

from ..cognitosync import cognitosync_backends
from ..cognitosync.exceptions import UNMODELLED_STATUSES, not_in_region
from ..cognitosync.wire import service_model
from ..cognitosync.wire.validation import Violations

ANY_OPERATION = "*"
# Ten years, so that dates stay within the calendar.
_LONGEST_SECONDS = 10 * 366 * 24 * 60 * 60
_EXAMPLE = "01234567-89ab-cdef-0123-456789abcdef"
_EXAMPLE_ID = f"us-east-1:{_EXAMPLE}"
_LAZY = (inspect.iscoroutinefunction, inspect.isasyncgenfunction, inspect.isgeneratorfunction)


def require_operation(name: str) -> str:
    """
    The model's name of an operation.

    Args:
        name: ``UpdateRecords`` or ``update_records``; ``*`` stands for any operation and is returned unchanged.

    Raises:
        TypeError: *name* is not a str.
        ValueError: no operation has this name; the message suggests the nearest.
    """
    require_str("operation", name, "UpdateRecords")
    operations = service_model.load().operations
    for known, operation in operations.items():
        if name in (known, operation.method_name):
            return known
    if name == ANY_OPERATION:
        return name
    raise ValueError(f"Cognito Sync has no operation {name!r}; {_nearest(name, operations)}")


def require_error(operation: str, code: str) -> None:
    """
    Check that *operation* can return the error *code*: one that its model declares, or one common to all AWS services.

    Raises:
        TypeError: *code* is not a str.
        ValueError: the operation never answers with it; the message suggests the nearest.
    """
    require_str("error", code, "TooManyRequestsException")
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
    Check that the service exists in a region; None is the one for which boto3 is configured.

    Raises:
        ValueError: it does not; the message lists the regions.
    """
    if region_name is None or moto_settings.allow_unknown_region():
        return
    regions = cognitosync_backends[account_id].regions
    if region_name not in regions:
        raise ValueError(not_in_region(region_name, regions))


def require_synchronous(function: object) -> None:
    """
    Check that *function* is a function that a plain call runs.

    Raises:
        TypeError: it is not callable, or it is a coroutine function or a generator function.
    """
    if not callable(function):
        raise TypeError(f"{function!r} is not callable: pass a function")
    if any(is_lazy(function) or is_lazy(type(function).__call__) for is_lazy in _LAZY):
        raise TypeError(f"{function!r} is a coroutine or generator function, which a call does not run")


def require_account_id(account_id: str) -> None:
    """
    Check that *account_id* consists of 12 digits.

    Raises:
        TypeError: it is not a str.
        ValueError: it is malformed.
    """
    require_str("account_id", account_id, "123456789012")
    if not re.fullmatch("[0-9]{12}", account_id):
        raise ValueError(f"account_id must consist of 12 digits, got {account_id!r}")


class Ids:
    """
    Checks the ids of pools and identities for one region. An impossible id is refused.

    Raises:
        TypeError: the id is not a str.
        ValueError: it is malformed, of another region, or was issued for the other kind.
    """

    def __init__(self, region_name: str, kind_of: Callable[[str], str | None]) -> None:
        self._region_name = region_name
        self._kind_of = kind_of

    def require_pool(self, identity_pool_id: str) -> None:
        """Check the id of an identity pool."""
        self._require("identity_pool_id", identity_pool_id, "identity pool", "new_pool()")

    def require_identity(self, identity_id: str, name: str = "identity_id") -> None:
        """Check the id of an identity, the argument *name*."""
        self._require(name, identity_id, "identity", "new_identity(pool)")

    def require_dataset(self, identity_pool_id: str, identity_id: str, dataset: str) -> None:
        """Check the ids, and the name, of a dataset."""
        self.require_pool(identity_pool_id)
        self.require_identity(identity_id)
        require_dataset_name(dataset)

    def _require(self, name: str, value: str, kind: str, source: str) -> None:
        example = f"{self._region_name}:{_EXAMPLE}"
        require_str(name, value, example)
        if not _is_accepted("IdentityPoolId", value):
            raise ValueError(f"{name} must be an id such as {example!r}, got {value!r}: take one from {source}")
        region_name = value.partition(":")[0]
        if region_name != self._region_name:
            raise ValueError(
                f"{name} {value!r} is in {region_name}, but this handle is for {self._region_name}: "
                f"use at(region_name={region_name!r})"
            )
        issued = self._kind_of(value) or kind
        if issued != kind:
            raise ValueError(f"{name} {value!r} is the id of an {issued}: pass the id of an {kind}, from {source}")


def require_dataset_name(dataset: str) -> None:
    """
    Check the name of a dataset.

    Raises:
        TypeError: it is not a str.
        ValueError: the service does not accept it.
    """
    require_str("dataset", dataset, "profile")
    if not _is_accepted("DatasetName", dataset):
        raise ValueError(f"dataset must consist of 1 to 128 characters of [a-zA-Z0-9_.:-], got {dataset!r}")


def plain_str(what: str, value: object) -> str:
    """
    *value* as the service stores it: an exact str without surrogate pairs.

    Raises:
        TypeError: it is not a str; the message names *what* it is.
    """
    if not isinstance(value, str):
        raise TypeError(f"{what} must be a str, got {type(value).__name__} {reprlib.repr(value)}")
    text = str.__str__(value)
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def require_integer(name: str, value: object, lowest: int) -> None:
    """
    Check that the argument *name* is an integer of at least *lowest*.

    Raises:
        ValueError: it is not.
    """
    if type(value) is not int or value < lowest:
        raise ValueError(f"{name} must be an integer >= {lowest}, got {value!r}")


def seconds_of(duration: float | timedelta) -> float:
    """
    The seconds of *duration*, a number of seconds or a timedelta.

    Raises:
        ValueError: it is not a number from 0 to ten years.
    """
    seconds = duration.total_seconds() if isinstance(duration, timedelta) else duration
    if not isinstance(seconds, (int, float)) or not 0 <= seconds <= _LONGEST_SECONDS:
        raise ValueError(f"seconds must be a timedelta or a number from 0 to {_LONGEST_SECONDS}, got {duration!r}")
    return seconds


def require_str(name: str, value: object, example: str) -> None:
    """
    Check that the argument *name* is a str.

    Raises:
        TypeError: it is not; the message gives an *example*.
    """
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str such as {example!r}, got {value!r}")


def _is_accepted(parameter: str, value: str) -> bool:
    violations = Violations()
    parameters = {"IdentityPoolId": _EXAMPLE_ID, "IdentityId": _EXAMPLE_ID, "DatasetName": "profile", parameter: value}
    service_model.load().operations["DescribeDataset"].check(parameters, "", violations)
    return not violations.number


def _nearest(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"it must be one of {', '.join(sorted(known))}"
