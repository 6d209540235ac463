"""What stands at the service's seam for one mock: it records, runs what a test has planned, and strikes with faults."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from ..cognitosync import cognitosync_backends
from ..cognitosync.domain.caller import AccountRegion
from ..cognitosync.exceptions import CognitoSyncError
from ..cognitosync.interceptor import Call
from .calls import Calls, RecordedCall
from .faults import CallFilter, Fault
from .hints import hint_for


@dataclass(slots=True)
class Hook:
    """A function that runs before the next so many calls."""

    call_filter: CallFilter
    function: Callable[[], object]
    calls: int


@dataclass(slots=True, frozen=True)
class StreamRecord:
    """
    One change as it went to a Kinesis stream.

    Attributes:
        data: the documented JSON, read: ``dataSetName``, ``operation``, ``kinesisSyncRecords`` and so on.
    """

    stream_name: str
    partition_key: str
    data: dict[str, Any]


@dataclass(slots=True, frozen=True)
class PushNotification:
    """
    One silent push as it went to a device.

    Attributes:
        data: what the app finds in it: ``identityPoolId``, ``identityId``, ``datasetName``, ``syncCount``, ``source``.
    """

    device_id: str
    platform: str
    data: dict[str, Any]


class Controller:
    """The :class:`~mock_cognitosync.cognitosync.seam.Interceptor` of one mock, for all accounts and regions."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._hooks: list[Hook] = []
        self._faults: list[Fault] = []
        self._ended: list[tuple[Call, str | None, str | None, str | None]] = []
        self._streamed: list[tuple[AccountRegion, str, str, str]] = []
        self._pushed: list[tuple[AccountRegion, str, str, str]] = []

    def before(self, call: Call) -> None:
        """Run what is planned before *call*, then strike."""
        if call.attempt == 1:
            for hook in self._take_hooks(call):
                hook.function()
        for fault in tuple(self._faults):
            if not fault.after_write:
                fault.apply(call)

    def after(self, call: Call) -> None:
        """Strike when all is written."""
        for fault in tuple(self._faults):
            if fault.after_write:
                fault.apply(call)

    def done(self, call: Call, error: BaseException | None) -> None:
        """Record *call*."""
        if error is None:
            self._ended.append((call, None, None, None))
        elif isinstance(error, CognitoSyncError):
            backend = cognitosync_backends[call.account_region.account_id][call.account_region.region_name]
            self._ended.append((call, error.code, error.message, hint_for(call, error, backend)))
        else:
            self._ended.append((call, type(error).__name__, str(error), None))

    def streamed(self, account_region: AccountRegion, stream_name: str, partition_key: str, text: str) -> None:
        """Record what went to a stream."""
        self._streamed.append((account_region, stream_name, partition_key, text))

    def pushed(self, account_region: AccountRegion, device_id: str, platform: str, text: str) -> None:
        """Record what went to a device."""
        self._pushed.append((account_region, device_id, platform, text))

    def plan(self, hook: Hook) -> None:
        """Run *hook* when its call comes."""
        with self._lock:
            self._hooks.append(hook)

    def add(self, fault: Fault) -> None:
        """Strike with *fault*, in the order in which they were added."""
        with self._lock:
            self._faults.append(fault)

    def lift(self, fault: Fault) -> None:
        """Strike with *fault* no more."""
        with self._lock:
            self._faults = [other for other in self._faults if other is not fault]

    def places(self) -> list[AccountRegion]:
        """Where calls have arrived, in their order."""
        return list(dict.fromkeys(call.account_region for call, *_ in tuple(self._ended)))

    def calls(self, account_region: AccountRegion) -> Calls:
        """The calls to the service in *place*."""
        ended = tuple(self._ended)
        elsewhere = Counter(str(call.account_region) for call, *_ in ended if call.account_region != account_region)
        found = [
            RecordedCall(
                operation=call.operation,
                parameters=call.parameters,
                account_id=call.account_region.account_id,
                region_name=call.account_region.region_name,
                caller=call.caller,
                access_key=call.access_key,
                invocation_id=call.invocation_id,
                attempt=call.attempt,
                error=error,
                message=message,
                hint=hint,
            )
            for call, error, message, hint in ended
            if call.account_region == account_region
        ]
        return Calls(found, account_region.region_name, elsewhere)

    def stream_records(self, account_region: AccountRegion) -> list[StreamRecord]:
        """What went to streams in *place*."""
        return [
            StreamRecord(stream_name, partition_key, json.loads(text))
            for there, stream_name, partition_key, text in tuple(self._streamed)
            if there == account_region
        ]

    def push_notifications(self, account_region: AccountRegion) -> list[PushNotification]:
        """What went to devices in *place*."""
        return [
            PushNotification(device_id, platform, json.loads(json.loads(text)[platform])["data"])
            for there, device_id, platform, text in tuple(self._pushed)
            if there == account_region
        ]

    def _take_hooks(self, call: Call) -> list[Hook]:
        with self._lock:
            due = [hook for hook in self._hooks if hook.call_filter.matches(call)]
            for hook in due:
                hook.calls -= 1
            self._hooks = [hook for hook in self._hooks if hook.calls]
        return due
