"""
The one seam of the service: who listens is told of each call, of its outcome, and of what leaves for other services.

A interceptor may refuse a call, lose its answer, or act in its midst. No lock is held while it does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from .domain.caller import AccountRegion


@dataclass(slots=True)
class Call:
    """
    One request that reached the service: one attempt of a client's call.

    Attributes:
        operation: the model's name, ``UpdateRecords``.
        parameters: by the model's names; empty where they could not be read.
        caller: who calls, as ``LastModifiedBy`` would show it; None where that was refused.
        invocation_id: what all attempts of one call share; None where the client sends none.
        attempt: from 1.
    """

    operation: str
    account_region: AccountRegion
    access_key: str | None
    invocation_id: str | None
    attempt: int
    parameters: dict[str, Any] = field(default_factory=dict)
    caller: str | None = None


class ConnectionLost(Exception):
    """The connection breaks before an answer comes."""


class Interceptor(Protocol):
    """What a mock puts into :class:`.settings.Settings`."""

    def before(self, call: Call) -> None:
        """Its credentials are good, nothing else has been checked. Raise a refusal or ConnectionLost to end it here."""

    def after(self, call: Call) -> None:
        """It has been carried out. Raise a refusal or ConnectionLost, and its answer is lost."""

    def done(self, call: Call, error: BaseException | None) -> None:
        """The client gets its answer, or *error*."""

    def streamed(self, account_region: AccountRegion, stream_name: str, partition_key: str, text: str) -> None:
        """*text*, JSON, has gone to a stream."""

    def pushed(self, account_region: AccountRegion, device_id: str, platform: str, text: str) -> None:
        """*text*, JSON, has gone to a device."""
