"""Patches, refusals and records as plain values that checks compare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

Parameters = Mapping[str, Any]
Patch = dict[str, Any]
Counted = tuple[str, str | None, int]
"""A record as its key, its value (None for a tombstone) and its sync count."""


class OwnText(str):
    """
    A message of the mock's own, because AWS's is unknown.

    A service with another message still agrees; the report shows the message.
    """

    __slots__ = ()


class Refusal(NamedTuple):
    """The error that answers a call."""

    code: str
    status: int
    message: str

    def in_own_words(self) -> Refusal:
        """The same refusal, with a message that is the mock's own."""
        return Refusal(self.code, self.status, OwnText(self.message))


TOKEN_REFUSED = Refusal("InvalidParameterException", 400, "SyncSessionToken not valid for these inputs")
PAGE_REFUSED = Refusal("InvalidParameterException", 400, OwnText("NextToken is not valid for this operation"))
DATASET_NOT_FOUND = Refusal("ResourceNotFoundException", 404, OwnText("Dataset 'profile' not found."))


def replace(key: str, value: str = "v", sync_count: int = 0, **others: Any) -> Patch:
    """A patch that writes a record."""
    return {"Op": "replace", "Key": key, "Value": value, "SyncCount": sync_count, **others}


def remove(key: str, sync_count: int = 0, **others: Any) -> Patch:
    """A patch that removes a record."""
    return {"Op": "remove", "Key": key, "SyncCount": sync_count, **others}


def counted(records: Iterable[Mapping[str, Any]]) -> list[Counted]:
    """Records of an answer as key, value (None for a tombstone) and count."""
    return [(record["Key"], record.get("Value"), record["SyncCount"]) for record in records]


def conflict(key: str, *, current: int, sent: int) -> Refusal:
    """The refusal of a patch with a stale sync count."""
    return Refusal("ResourceConflictException", 409, f"Current SyncCount for: {key} is: {current} not: {sent}")


def invalid(own_text: str) -> Refusal:
    """An InvalidParameterException whose message AWS does not document."""
    return Refusal("InvalidParameterException", 400, OwnText(own_text))


def limit_exceeded(own_text: str) -> Refusal:
    """A LimitExceededException; AWS does not document its messages."""
    return Refusal("LimitExceededException", 400, OwnText(own_text))


def violations(*texts: str) -> Refusal:
    """The refusal of a request that violates constraints of the model."""
    plural = "" if len(texts) == 1 else "s"
    message = f"{len(texts)} validation error{plural} detected: {'; '.join(texts)}"
    return Refusal("ValidationException", 400, message)


def too_long(member: str, value: str, longest: int) -> Refusal:
    """The refusal of a text with more than *longest* characters."""
    rule = f"Member must have length less than or equal to {longest}"
    return violations(f"Value '{value}' at '{member}' failed to satisfy constraint: {rule}")
