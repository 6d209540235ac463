"""Faults: errors, broken connections and delays that a test injects into calls."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from types import TracebackType
from typing import Literal

from ..cognitosync.exceptions import CognitoSyncError
from ..cognitosync.interceptor import Call, ConnectionLost, ReadTimeout
from ..cognitosync.settings import now_ms
from .call_filter import CallFilter, Chooser, Schedule, times


class InjectedError(CognitoSyncError):
    """An error that a test has injected. Source: faults-1."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code  # type: ignore[misc]  # each instance has its own, unlike those of the other classes


@dataclass(slots=True, frozen=True)
class FaultPlan:
    """
    A fault as plain data.

    Attributes:
        kind: the method of the handle that adds it.
        after_write: whether it is injected after the call has been carried out, so that only the answer is lost.
        optional: whether the test may pass although it is never injected.
        error: the code of the error that ``fail`` injects, with its ``message``.
        seconds: how long ``delay`` lets a call take, on the mock's clock only unless ``real``.
    """

    kind: Literal["fail", "drop_connection", "delay", "time_out"]
    call_filter: CallFilter
    schedule: Schedule
    after_write: bool
    optional: bool
    error: str | None = None
    message: str = ""
    seconds: float | None = None
    real: bool = False

    def __str__(self) -> str:
        details = (self.call_filter.operation, self.error, self.seconds)
        positional = ", ".join(repr(value) for value in details if value is not None)
        flags = "".join(f", {name}=True" for name in ("real", "after_write") if getattr(self, name))
        return f"{self.kind}({positional}{flags}{self.schedule.keywords()}{self.call_filter.keywords()})"


class ActiveFault:
    """A fault that is injected into the calls of its plan. Thread-safe."""

    never = "was never injected"

    def __init__(self, plan: FaultPlan) -> None:
        self.plan = plan
        self.times_applied = 0
        self._chooser = Chooser(plan.schedule)
        self._lock = Lock()

    def takes(self, call: Call) -> bool:
        """Whether the fault is to be injected into *call*; if so, it is counted."""
        if not self.plan.call_filter.matches(call):
            return False
        with self._lock:
            chosen = self._chooser.chooses(call)
            self.times_applied += chosen
        return chosen

    def inject(self, advance: Callable[[float], None]) -> None:
        """
        Do what the plan says.

        Args:
            advance: advances the mock's clock by seconds.

        Raises:
            InjectedError, ConnectionLost, ReadTimeout
        """
        if self.plan.seconds is not None:
            started_ms = now_ms()
            if self.plan.real:
                time.sleep(self.plan.seconds)
            # A frozen clock has not moved while this thread slept.
            advance(max(0, self.plan.seconds - (now_ms() - started_ms) / 1000))
        elif self.plan.error is not None:
            raise InjectedError(self.plan.error, self.plan.message)
        else:
            raise ReadTimeout if self.plan.kind == "time_out" else ConnectionLost


class Fault:
    """
    A fault that ``fail``, ``drop_connection``, ``delay`` or ``time_out`` has added.

    As a context manager, it removes itself at the end of the block.

    Attributes:
        number: identifies it among the faults and hooks of the mock.
    """

    def __init__(
        self, plan: FaultPlan, number: int, times_injected: Callable[[], int], remove: Callable[[], None]
    ) -> None:
        self.number = number
        self._plan = plan
        self._times_injected = times_injected
        self._remove = remove

    @property
    def times_injected(self) -> int:
        """The number of attempts into which the fault has been injected so far."""
        return self._times_injected()

    def remove(self) -> None:
        """Remove the fault. Idempotent."""
        self._remove()

    def __enter__(self) -> Fault:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.remove()

    def __repr__(self) -> str:
        return f"<Fault {self._plan}: injected {times(self.times_injected)}>"
