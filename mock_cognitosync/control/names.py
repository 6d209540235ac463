"""Names of operations and errors as a test writes them; a misspelt one is refused with the nearest that there is."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from ..cognitosync import contract
from ..cognitosync.responses import UNMODELLED_STATUSES

ANY_OPERATION = "*"


def operation_named(name: str) -> str:
    """
    The model's name of an operation.

    Args:
        name: ``UpdateRecords`` or ``update_records``; ``*`` stands for any and is handed back.

    Raises:
        ValueError: there is none of this name.
    """
    operations = contract.load().operations
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
        ValueError: it cannot.
    """
    operations = contract.load().operations
    if operation == ANY_OPERATION:
        declared = frozenset.intersection(*(known.error_codes for known in operations.values()))
    else:
        declared = operations[operation].error_codes
    codes = sorted(declared | UNMODELLED_STATUSES.keys())
    if code not in codes:
        whose = "not every operation answers" if operation == ANY_OPERATION else f"{operation} never answers"
        raise ValueError(f"{whose} with {code!r}; {_nearest(code, codes)}")


def _nearest(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"there are {', '.join(sorted(known))}"
