"""Hooks: functions of a test that run before calls."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from .call_filter import CallFilter, times


@dataclass(slots=True, frozen=True)
class HookPlan:
    """
    A hook as plain data, without its function.

    Attributes:
        function_name: the name of its function.
        calls: it runs before the first *n* matching calls.
        optional: whether the test may pass although it never runs.
    """

    call_filter: CallFilter
    function_name: str
    calls: int
    optional: bool

    def __str__(self) -> str:
        calls = f", calls={self.calls}" if self.calls != 1 else ""
        return f"before_next({self.call_filter.operation!r}, {self.function_name}{calls}{self.call_filter.keywords()})"


class ActiveHook:
    """A function that runs before the calls of its plan."""

    never = "never ran"

    def __init__(self, plan: HookPlan, function: Callable[[], object]) -> None:
        self.plan = plan
        self.times_applied = 0
        self.calls_left = plan.calls
        self._function = function

    def run(self) -> None:
        """
        Run the function.

        Raises:
            TypeError: it returned an awaitable, which nothing would await.
        """
        self.times_applied += 1
        result = self._function()
        if inspect.isawaitable(result):
            if inspect.iscoroutine(result):
                result.close()
            raise TypeError(
                f"{self.plan} returned {result!r}, which is never awaited: pass a function that is not async"
            )


class Hook:
    """A hook that ``before_next`` has added."""

    def __init__(self, plan: HookPlan, times_run: Callable[[], int], remove: Callable[[], None]) -> None:
        self._plan = plan
        self._times_run = times_run
        self._remove = remove

    @property
    def times_run(self) -> int:
        """How often the function has run so far."""
        return self._times_run()

    def remove(self) -> None:
        """Remove the hook. Idempotent."""
        self._remove()

    def __repr__(self) -> str:
        return f"<Hook {self._plan}: run {times(self.times_run)}>"
