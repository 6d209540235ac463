"""
The interface through which a mock watches and disturbs the service.

An interceptor sees each call before it is carried out, afterwards and when it ends, each run of a sync trigger, and
each message to a stream or a device. It can refuse a call, lose its answer, or change state in the middle of a call.
The service holds no lock meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from .domain.keys import AccountRegion


@dataclass(slots=True)
class Call:
    """
    One request that reached the service, which is one attempt of a client's call.

    Attributes:
        operation: the model's name, ``UpdateRecords``.
        access_key: the access key of the signature; None if the request is not signed.
        invocation_id: an id that all attempts of one call share; None if the client sends none.
        attempt: the number of the attempt, from 1.
        parameters: by the model's names; empty if they could not be read.
        caller: the caller as ``LastModifiedBy`` shows it; None if the credentials were refused.
        sync_count: the sync count in the answer, even if the answer was lost: that of the dataset listed, or of the
            records written; None if the call was not carried out, or the answer has none.
    """

    operation: str
    account_region: AccountRegion
    access_key: str | None
    invocation_id: str | None
    attempt: int
    parameters: dict[str, Any] = field(default_factory=dict)
    caller: str | None = None
    sync_count: int | None = None


class ConnectionLost(Exception):
    """The connection breaks before the client gets an answer."""


class ReadTimeout(Exception):
    """The client gives up before it gets an answer."""


class Interceptor(Protocol):
    """The interface of a mock that the service calls; see :class:`.settings.Settings`."""

    def before(self, call: Call) -> None:
        """Handle a call of which only the credentials have been checked. Raise to end the call here."""

    def after(self, call: Call) -> None:
        """Handle a call that has been carried out. Raise to lose its answer."""

    def done(self, call: Call, error: BaseException | None) -> None:
        """Handle the end of a call: the client gets its answer, or *error*."""

    def triggered(
        self, account_region: AccountRegion, event: Mapping[str, Any], answer: Any, error: BaseException | None
    ) -> None:
        """Handle a run of a sync trigger, which returned *answer* for *event*, or raised *error*."""

    def streamed(self, account_region: AccountRegion, stream_name: str, partition_key: str, text: str) -> None:
        """Handle the JSON *text* that was put on a stream."""

    def pushed(self, account_region: AccountRegion, device_id: str, platform: str, text: str) -> None:
        """Handle the JSON *text* that was pushed to a device."""
