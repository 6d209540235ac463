"""
Everything that happened while a mock was active, in one list with a cursor.

Entries are kept as they arrive and shaped when they are read, so that recording a call costs about a microsecond.
``calls``, ``story()``, ``stream_records`` and ``push_notifications`` are views of the list.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeVar

from ..cognitosync.domain.keys import AccountRegion
from ..cognitosync.interceptor import Call
from .calls import Calls, RecordedCall
from .faults import FaultPlan
from .hooks import HookPlan
from .rules import mark_of
from .section import count_calls


class Refusal(NamedTuple):
    """
    The reason why a call did not succeed.

    Attributes:
        error: the code of the refusal, ``ConnectionLost``, or the class of another exception.
        message: the message of the refusal or exception.
        hint: what was sent, what is stored, and how to fix it; None if the message explains it fully.
        rule: the id of the rule that is the reason for the refusal; None for injected errors and other exceptions.
    """

    error: str
    message: str
    hint: str | None
    rule: str | None


class FinishedCall(NamedTuple):
    """
    A call has ended; ``refusal`` is None if it succeeded.

    ``faults`` were injected into it, and ``caution`` says what a successful call should not rely on.
    """

    call: Call
    refusal: Refusal | None = None
    faults: tuple[FaultPlan, ...] = ()
    caution: str | None = None


class InjectedFault(NamedTuple):
    """A fault was injected into a call."""

    call: Call
    plan: FaultPlan


class RunHook(NamedTuple):
    """A hook was run before a call."""

    call: Call
    plan: HookPlan


class DeviceCall(NamedTuple):
    """
    Another device has written records or deleted a dataset.

    Attributes:
        call: the call that a client would have made; its parameters are those that name the dataset.
        values: the records by key, None for those it removed; empty if it deleted the dataset.
        sync_count: the sync count of the dataset after the write; None if it was refused or deleted the dataset.
        refusal: None if it succeeded.
    """

    call: Call
    values: Mapping[str, str | None]
    sync_count: int | None
    refusal: Refusal | None


class RunTrigger(NamedTuple):
    """A sync trigger has run: ``answer`` is what it returned, ``error`` describes the exception that it raised."""

    event: Mapping[str, Any]
    answer: Any
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


Event = FinishedCall | InjectedFault | RunHook | DeviceCall | RunTrigger | ClockMove | StreamedText | PushedText
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
    """
    The entries of one mock, oldest first.

    Args:
        limit: how many entries are kept at least; None keeps all, for as long as the mock is active.
    """

    def __init__(self, now_ms: Callable[[], int], limit: int | None = None) -> None:
        self._now_ms = now_ms
        self._limit = limit
        self._entries: list[Entry] = []
        self._forgotten = 0
        self._start_of_test = 0
        self._lock = threading.Lock()
        # One for each thread that waits for an entry.
        self._arrivals: list[threading.Event] = []
        self._may_wait = True

    def add(self, account_region: AccountRegion | None, event: Event) -> None:
        """Append *event*, dated now."""
        self.append(Entry(self._now_ms(), account_region, event))

    def append(self, entry: Entry) -> None:
        """Append *entry*."""
        self._entries.append(entry)
        if self._limit is not None and len(self._entries) > 2 * self._limit:
            self._forget(self._limit)
        if self._arrivals:
            self._announce()

    def entries_since(self, cursor: int = 0) -> tuple[list[Entry], int]:
        """
        The entries added since *cursor* was returned, and the next cursor.

        Args:
            cursor: 0 for all entries.

        Raises:
            ValueError: such a cursor was never returned.
        """
        with self._lock:
            end = self._forgotten + len(self._entries)
            if cursor > end:
                raise ValueError(f"cursor {cursor} is beyond the end of this history, which is {end}: begin with 0")
            start = max(0, cursor - self._forgotten)
            entries = self._entries[start:]
            return entries, self._forgotten + start + len(entries)

    def start_test(self) -> None:
        """Begin a test while the mock is active: a report tells what happens from now on."""
        with self._lock:
            self._start_of_test = self._forgotten + len(self._entries)

    def entries_of_test(self) -> list[Entry]:
        """The entries since the last test inside the mock began; all entries if none did."""
        return self.entries_since(self._start_of_test)[0]

    def wait_until(self, holds: Callable[[], bool], seconds: float) -> None:
        """
        Wait until a condition is true.

        Args:
            holds: the condition, checked now and after each new entry.
            seconds: wait at most this long.
        """
        deadline, arrival = time.monotonic() + seconds, threading.Event()
        self._arrivals.append(arrival)
        try:
            while not holds() and self._may_wait and arrival.wait(deadline - time.monotonic()):
                arrival.clear()
        finally:
            self._arrivals.remove(arrival)

    def end_waiting(self) -> None:
        """End all waits, including later ones."""
        self._may_wait = False
        self._announce()

    def calls(self, account_region: AccountRegion) -> Calls:
        """The calls that reached the service in *account_region*."""
        return calls_of(self.entries_since()[0], account_region)

    def stream_records(self, account_region: AccountRegion) -> list[StreamRecord]:
        """The changes that were put on streams in *account_region*."""
        return [
            StreamRecord(event.stream_name, event.partition_key, json.loads(event.text))
            for there, event in self.of(StreamedText)
            if there == account_region
        ]

    def push_notifications(self, account_region: AccountRegion) -> list[PushNotification]:
        """The pushes that were sent to devices in *account_region*."""
        return [
            PushNotification(
                event.device_id, event.platform, json.loads(json.loads(event.text)[event.platform])["data"]
            )
            for there, event in self.of(PushedText)
            if there == account_region
        ]

    def _announce(self) -> None:
        for arrival in list(self._arrivals):
            arrival.set()

    def _forget(self, kept: int) -> None:
        with self._lock:
            # Another thread may have come first.
            surplus = max(0, len(self._entries) - kept)
            del self._entries[:surplus]
            self._forgotten += surplus

    def of(self, event_type: type[E]) -> Iterator[tuple[AccountRegion, E]]:
        """The events of one type, each with its account and region."""
        for _, account_region, event in self.entries_since()[0]:
            if account_region is not None and isinstance(event, event_type):
                yield account_region, event


def calls_of(entries: Iterable[Entry], account_region: AccountRegion) -> Calls:
    """The calls among *entries* that reached the service in *account_region*."""
    recorded: dict[AccountRegion, list[RecordedCall]] = {account_region: []}
    for _, there, event in entries:
        if there is not None and isinstance(event, FinishedCall):
            recorded.setdefault(there, []).append(recorded_call(event))
    here = recorded.pop(account_region)
    elsewhere = {str(there): count_calls(calls) for there, calls in recorded.items()}
    return Calls(here, account_region.region_name, elsewhere)


def recorded_call(event: FinishedCall) -> RecordedCall:
    """The call as a test reads it."""
    call, refusal, faults, caution = event
    return RecordedCall(
        operation=call.operation,
        parameters=call.parameters,
        account_id=call.account_region.account_id,
        region_name=call.account_region.region_name,
        caller=call.caller,
        access_key=call.access_key,
        invocation_id=call.invocation_id,
        attempt=call.attempt,
        error=refusal and refusal.error,
        message=refusal and refusal.message,
        hint=refusal and refusal.hint,
        rule=refusal and refusal.rule,
        mark=mark_of(refusal.rule) if refusal and refusal.rule else None,
        faults=tuple(map(str, faults)),
        caution=caution,
    )
