"""Hooks: functions of a test, or actions of another device, that run before calls."""

from __future__ import annotations

import inspect
import reprlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, get_args

from ..cognitosync.domain.keys import AccountRegion, DatasetKey
from .call_filter import CallFilter, times
from .device import Device

DeviceMethod = Literal["put", "remove", "delete_dataset"]


@dataclass(slots=True, frozen=True)
class DeviceAction:
    """
    A call of a method of a :class:`.device.Device`, as plain data.

    Attributes:
        records: the records that ``put`` writes. record_keys: the keys that ``remove`` removes.
    """

    method: DeviceMethod
    account_region: AccountRegion
    key: DatasetKey
    records: Mapping[str, str] = field(default_factory=dict)
    record_keys: tuple[str, ...] = ()

    def __str__(self) -> str:
        arguments = [repr(self.key.dataset_name), *map(reprlib.repr, self.record_keys)]
        if self.method == "put":
            arguments.append(reprlib.repr(dict(self.records)))
        return f"device.{self.method}({', '.join(arguments)})"


@dataclass(slots=True, frozen=True)
class HookPlan:
    """
    A hook as plain data, without its function.

    Attributes:
        function_name: the name of its function, or its action as text.
        calls: it runs before the first *n* matching calls.
        optional: whether the test may pass although it never runs.
        action: the action of another device; None for a Python function, which is not plain data.
    """

    call_filter: CallFilter
    function_name: str
    calls: int
    optional: bool
    action: DeviceAction | None = None

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
            TypeError: it returned an awaitable, which is never awaited.
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
    """
    A hook that ``before_next`` has added.

    Attributes:
        number: identifies it among the faults and hooks of the mock.
    """

    def __init__(self, plan: HookPlan, number: int, times_run: Callable[[], int], remove: Callable[[], None]) -> None:
        self.number = number
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


def action_of(function: Callable[[], object]) -> DeviceAction | None:
    """
    The action of another device that *function* is, such as ``partial(device.put, "profile", {"theme": "dark"})``.

    Returns:
        None if it is another function.

    Raises:
        TypeError: the arguments do not suit the method.
    """
    if not isinstance(function, partial):
        return None
    device = getattr(function.func, "__self__", None)
    method = next((name for name in get_args(DeviceMethod) if name == getattr(function.func, "__name__", None)), None)
    if method is None or not isinstance(device, Device):
        return None
    arguments = inspect.signature(function.func).bind(*function.args, **function.keywords).arguments
    key, records, record_keys = device.checked(**arguments)
    return DeviceAction(method, device.account_region, key, records, record_keys)
