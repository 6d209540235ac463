"""Names of operations and errors as a test writes them; a misspelt one is refused with the nearest that there is."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from ..cognitosync.responses import UNMODELLED_STATUSES
from ..cognitosync.wire import service_model

ANY_OPERATION = "*"


def operation_named(name: str) -> str:
    """
    The model's name of an operation.

    Args:
        name: ``UpdateRecords`` or ``update_records``; ``*`` stands for any and is handed back.

    Raises:
        TypeError: not a text.
        ValueError: there is none of this name.
    """
    _require_text(name, "operation", "UpdateRecords")
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
        TypeError: not a text.
        ValueError: it cannot.
    """
    _require_text(code, "error", "TooManyRequestsException")
    operations = service_model.load().operations
    if operation == ANY_OPERATION:
        declared = frozenset.intersection(*(known.error_codes for known in operations.values()))
    else:
        declared = operations[operation].error_codes
    codes = sorted(declared | UNMODELLED_STATUSES.keys())
    if code not in codes:
        whose = "not every operation answers" if operation == ANY_OPERATION else f"{operation} never answers"
        raise ValueError(f"{whose} with {code!r}; {_nearest(code, codes)}")


def require_parameters(operation: str, names: Iterable[str]) -> None:
    """
    Check that *operation* has parameters of these names; any operation, where it is ``*``.

    Raises:
        ValueError: it has not; the nearest is named.
    """
    operations = service_model.load().operations
    meant = operations.values() if operation == ANY_OPERATION else [operations[operation]]
    known = {name for each in meant for name in each.parameter_names}
    for name in names:
        if name not in known:
            raise ValueError(f"{operation} has no parameter {name!r}; {_nearest(name, known)}")


def _require_text(value: object, what: str, example: str) -> None:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no name of an {what}: give a text such as {example!r}")


def _nearest(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"there are {', '.join(sorted(known))}"
