"""Hooks: functions of a test that run before calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .call_filter import CallFilter


@dataclass(slots=True)
class ActiveHook:
    """A function that runs before the next calls that match; ``calls`` counts those that are left."""

    call_filter: CallFilter
    function: Callable[[], object]
    calls: int
