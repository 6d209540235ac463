"""The caller of an operation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Caller:
    """
    The caller of an operation.

    Attributes:
        name: the identity id or the account id, as ``LastModifiedBy`` shows it. Source: records-3.
        runs_trigger: whether the sync trigger runs for this caller. Source: access-5.
    """

    name: str
    runs_trigger: bool = True
