"""Faults: errors, broken connections and delays that a test injects into calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from types import TracebackType
from typing import Literal

from ..cognitosync.exceptions import CognitoSyncError
from ..cognitosync.interceptor import Call, ConnectionLost
from .call_filter import CallFilter, Chooser, Schedule


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
        error: the code of the error that ``fail`` injects, with its ``message``.
        seconds: how far ``delay`` advances the mock's clock.
    """

    kind: Literal["fail", "drop_connection", "delay"]
    call_filter: CallFilter
    schedule: Schedule
    after_write: bool
    error: str = ""
    message: str = ""
    seconds: float = 0


class ActiveFault:
    """A fault that is injected into the calls which its plan chooses. Thread-safe."""

    def __init__(self, plan: FaultPlan) -> None:
        self.plan = plan
        self.times_injected = 0
        self._chooser = Chooser(plan.schedule)
        self._lock = Lock()

    def takes(self, call: Call) -> bool:
        """Whether the fault is to be injected into *call*; if so, it is counted."""
        if not self.plan.call_filter.matches(call):
            return False
        with self._lock:
            chosen = self._chooser.chooses(call)
            self.times_injected += chosen
        return chosen

    def inject(self, advance: Callable[[float], None]) -> None:
        """
        Do what the plan says.

        Args:
            advance: advances the mock's clock by seconds.

        Raises:
            InjectedError, ConnectionLost
        """
        if self.plan.kind == "delay":
            advance(self.plan.seconds)
        elif self.plan.kind == "fail":
            raise InjectedError(self.plan.error, self.plan.message)
        else:
            raise ConnectionLost


class Fault:
    """
    A fault that ``fail``, ``drop_connection`` or ``delay`` has added.

    As a context manager it is removed at the end of the block.
    """

    def __init__(self, times_injected: Callable[[], int], remove: Callable[[], None]) -> None:
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
