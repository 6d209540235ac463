"""The faults and hooks of one mock, and their effects on calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from threading import Lock

from ..cognitosync.interceptor import Call
from .arguments import ANY_OPERATION
from .faults import ActiveFault, FaultPlan
from .history import FinishedCall, History, InjectedFault, RunHook
from .hooks import ActiveHook, HookPlan


class NeverApplied(AssertionError):
    """A fault or hook was never applied although the test passed, so the test does not prove what it seems to prove."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__("\n".join([*sentences, "Remove what the test does not need, or pass optional=True to it."]))


class Interventions:
    """Faults and hooks by number, in the order in which they were added. Thread-safe."""

    def __init__(self, history: History, advance: Callable[[float], None], failures: list[AssertionError]) -> None:
        self._history = history
        self._advance = advance
        self._failures = failures
        self._lock = Lock()
        self._numbers = count(1)
        # Replaced, never changed, so that calls can iterate without the lock.
        self._faults: dict[int, ActiveFault] = {}
        self._hooks: dict[int, ActiveHook] = {}
        # Including removed ones, whose counts can still be read.
        self._all: dict[int, ActiveFault | ActiveHook] = {}
        # The numbers of those that ended with a test inside the mock; they have been checked.
        self._checked: set[int] = set()
        # The faults injected into each call that has not ended.
        self._injected: dict[int, list[FaultPlan]] = {}

    def add_fault(self, plan: FaultPlan) -> int:
        """Inject a fault as *plan* says; return its number."""
        with self._lock:
            number, fault = next(self._numbers), ActiveFault(plan)
            self._all[number] = fault
            self._faults = {**self._faults, number: fault}
        return number

    def add_hook(self, plan: HookPlan, function: Callable[[], object]) -> int:
        """Run *function* as *plan* says; return the number of the hook."""
        with self._lock:
            number, hook = next(self._numbers), ActiveHook(plan, function)
            self._all[number] = hook
            self._hooks = {**self._hooks, number: hook}
        return number

    def remove(self, number: int) -> None:
        """Remove a fault or hook. Idempotent."""
        with self._lock:
            self._faults = {other: fault for other, fault in self._faults.items() if other != number}
            self._hooks = {other: hook for other, hook in self._hooks.items() if other != number}

    def times_applied(self, number: int) -> int:
        """How often a fault has been injected or a hook has run, even if it has been removed."""
        return self._all[number].times_applied

    def plan_of(self, number: int) -> FaultPlan | HookPlan | None:
        """The plan of a fault or hook, even if it has been removed; None if no fault and no hook has this number."""
        added = self._all.get(number)
        return None if added is None else added.plan

    def active(self) -> dict[int, FaultPlan | HookPlan]:
        """The plans of the faults and hooks that have not been removed, by number."""
        numbers = [*self._faults, *self._hooks]
        return {number: self._all[number].plan for number in numbers}

    def unused(self, after: int = 0) -> list[str]:
        """A sentence about each fault and hook above the number *after* that was never applied and is not optional."""
        numbers = [number for number in list(self._all) if number > after and number not in self._checked]
        return [sentence for number in numbers if (sentence := self.unused_sentence(number))]

    def unused_sentence(self, number: int) -> str | None:
        """The sentence about one of them; None if it was applied or is optional."""
        added = self._all[number]
        if added.times_applied or added.plan.optional:
            return None
        return f"{added.plan} {added.never}: {self._arrivals(added.plan)}."

    @property
    def newest(self) -> int:
        """The number of the fault or hook that was added last; 0 if none was added."""
        return max(self._all, default=0)

    def end(self, after: int) -> None:
        """Remove the faults and hooks with a number above *after*, and report them no more."""
        for number in [number for number in self._all if number > after]:
            self.remove(number)
            self._checked.add(number)

    def before(self, call: Call) -> None:
        """Run the hooks that wait for *call*, then inject faults."""
        if self._hooks and call.attempt == 1:
            for hook in self._due_hooks(call):
                self._history.add(call.account_region, RunHook(call, hook.plan))
                try:
                    hook.run()
                except AssertionError as failure:
                    self._failures.append(failure)
                    raise
        if self._faults:
            self._inject(call, after_write=False)

    def after(self, call: Call) -> None:
        """Inject the faults that lose an answer."""
        if self._faults:
            self._inject(call, after_write=True)

    def injected_into(self, call: Call) -> tuple[FaultPlan, ...]:
        """The faults that were injected into *call*, which has ended."""
        return tuple(self._injected.pop(id(call), ())) if self._injected else ()

    def _inject(self, call: Call, after_write: bool) -> None:
        for fault in self._faults.values():
            if fault.plan.after_write == after_write and fault.takes(call):
                self._injected.setdefault(id(call), []).append(fault.plan)
                self._history.add(call.account_region, InjectedFault(call, fault.plan))
                fault.inject(self._advance)

    def _due_hooks(self, call: Call) -> list[ActiveHook]:
        with self._lock:
            due = [hook for hook in self._hooks.values() if hook.plan.call_filter.matches(call)]
            for hook in due:
                hook.calls_left -= 1
            self._hooks = {number: hook for number, hook in self._hooks.items() if hook.calls_left}
        return due

    def _arrivals(self, plan: FaultPlan | HookPlan) -> str:
        operation = plan.call_filter.operation
        what = "" if operation == ANY_OPERATION else f" of {operation}"
        arrived = sum(
            there == plan.call_filter.account_region
            and finished.call.attempt == 1
            and operation in (finished.call.operation, ANY_OPERATION)
            for there, finished in self._history.of(FinishedCall)
        )
        region = plan.call_filter.account_region.region_name
        if not arrived:
            return f"no call{what} reached {region}"
        if arrived == 1:
            return f"1 call{what} reached {region}, but it was not chosen"
        return f"{arrived} calls{what} reached {region}, but none was chosen"
