"""
Everything that happened while a mock was active, in one list with a cursor.

Entries are kept as they arrive and shaped when they are read, so that recording a call costs about a microsecond.
``calls``, the section of a failing test, ``stream_records`` and ``push_notifications`` are views of the list.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeVar

from ..cognitosync.domain.keys import AccountRegion
from ..cognitosync.interceptor import Call
from .calls import Calls, RecordedCall
from .faults import FaultPlan


class FinishedCall(NamedTuple):
    """A call has ended; ``error``, ``message`` and ``hint`` are None if it succeeded."""

    call: Call
    error: str | None = None
    message: str | None = None
    hint: str | None = None


class InjectedFault(NamedTuple):
    """A fault was injected into a call."""

    call: Call
    plan: FaultPlan


class RunHook(NamedTuple):
    """A hook ran before a call."""

    call: Call


class RunTrigger(NamedTuple):
    """A sync trigger ran on ``event`` and returned ``answer``, or raised ``error``."""

    event: Mapping[str, Any]
    answer: Any
    error: BaseException | None


class DeviceWrite(NamedTuple):
    """
    Another device has written records; a value of None removes its record.

    ``error`` is the code of the refusal, or None.
    """

    identity_pool_id: str
    identity_id: str
    dataset_name: str
    values: Mapping[str, str | None]
    sync_count: int | None
    error: str | None


class DeviceDeletion(NamedTuple):
    """Another device has deleted a dataset; ``error`` is the code of the refusal, or None."""

    identity_pool_id: str
    identity_id: str
    dataset_name: str
    error: str | None


class ClockMove(NamedTuple):
    """The mock's clock was advanced, frozen or released; ``seconds`` is 0 unless it was advanced."""

    change: Literal["advance", "freeze", "unfreeze"]
    seconds: float


class StreamedText(NamedTuple):
    """A change, as JSON, was put on a Kinesis stream."""

    stream_name: str
    partition_key: str
    text: str


class PushedText(NamedTuple):
    """A message, as JSON, was pushed to a registered device."""

    device_id: str
    platform: str
    text: str


Event = (
    FinishedCall
    | InjectedFault
    | RunHook
    | RunTrigger
    | DeviceWrite
    | DeviceDeletion
    | ClockMove
    | StreamedText
    | PushedText
)
E = TypeVar("E", bound=Event)


class Entry(NamedTuple):
    """
    One event.

    Attributes:
        moment_ms: milliseconds since the epoch on the mock's clock.
        account_region: the account and region that it concerns; None for all of them.
    """

    moment_ms: int
    account_region: AccountRegion | None
    event: Event


@dataclass(slots=True, frozen=True)
class StreamRecord:
    """
    One change as it was put on a Kinesis stream.

    Attributes:
        data: the documented JSON, parsed: ``datasetName``, ``operation``, ``kinesisSyncRecords`` and so on.
    """

    stream_name: str
    partition_key: str
    data: dict[str, Any]


@dataclass(slots=True, frozen=True)
class PushNotification:
    """
    One silent push as it was sent to a registered device.

    Attributes:
        data: what the app receives: ``identityPoolId``, ``identityId``, ``datasetName``, ``syncCount``, ``source``.
    """

    device_id: str
    platform: str
    data: dict[str, Any]


class History:
    """The entries of one mock, oldest first; nothing is ever removed."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._entries: list[Entry] = []

    def add(self, account_region: AccountRegion | None, event: Event) -> None:
        """Append *event*, dated now."""
        self._entries.append(Entry(self._now_ms(), account_region, event))

    def entries_since(self, cursor: int = 0) -> tuple[list[Entry], int]:
        """
        The entries added since *cursor* was returned, and the next cursor.

        Args:
            cursor: 0 for all entries.
        """
        entries = self._entries[cursor:]
        return entries, cursor + len(entries)

    def calls(self, account_region: AccountRegion) -> Calls:
        """The calls that reached the service in *account_region*."""
        finished = list(self._of(FinishedCall))
        elsewhere = Counter(str(there) for there, _ in finished if there != account_region)
        return Calls(
            (_recorded(event) for there, event in finished if there == account_region),
            account_region.region_name,
            elsewhere,
        )

    def stream_records(self, account_region: AccountRegion) -> list[StreamRecord]:
        """The changes that were put on streams in *account_region*."""
        return [
            StreamRecord(event.stream_name, event.partition_key, json.loads(event.text))
            for there, event in self._of(StreamedText)
            if there == account_region
        ]

    def push_notifications(self, account_region: AccountRegion) -> list[PushNotification]:
        """The pushes that were sent to devices in *account_region*."""
        return [
            PushNotification(
                event.device_id, event.platform, json.loads(json.loads(event.text)[event.platform])["data"]
            )
            for there, event in self._of(PushedText)
            if there == account_region
        ]

    def report(self, account_region: AccountRegion) -> str:
        """The calls in *account_region*, then those in other accounts and regions."""
        reached = [there for there, _ in self._of(FinishedCall)]
        return "\n".join(str(self.calls(there)) for there in dict.fromkeys([account_region, *reached]))

    def _of(self, event_type: type[E]) -> Iterator[tuple[AccountRegion, E]]:
        for _, account_region, event in self.entries_since()[0]:
            if account_region is not None and isinstance(event, event_type):
                yield account_region, event


def _recorded(event: FinishedCall) -> RecordedCall:
    call = event.call
    return RecordedCall(
        operation=call.operation,
        parameters=call.parameters,
        account_id=call.account_region.account_id,
        region_name=call.account_region.region_name,
        caller=call.caller,
        access_key=call.access_key,
        invocation_id=call.invocation_id,
        attempt=call.attempt,
        error=event.error,
        message=event.message,
        hint=event.hint,
    )
