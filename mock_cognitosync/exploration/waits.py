"""The waits of a run: botocore's before its retries, and the scenario's own."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any
from unittest.mock import patch

_RETRYING = ("botocore", "aiobotocore")


class Waits:
    """
    Counts the seconds that runs have waited.

    Attributes:
        botocore_seconds: the waits of botocore before its retries. They pass on the mock's clock only.
        scenario_seconds: all other waits, which were real.
    """

    def __init__(self) -> None:
        self.botocore_seconds = 0.0
        self.scenario_seconds = 0.0

    @contextmanager
    def watch(self, advance: Callable[[float], None]) -> Iterator[None]:
        """
        Count the waits of the block.

        botocore waits up to a second before its first retry, and a run for each attempt of each call would take
        minutes. So its waits, recognised by the module that calls ``sleep``, only advance the mock's clock; the service
        sees the same. The waits of the scenario belong to the code under test and stay real.

        Args:
            advance: advances the mock's clock by seconds.
        """
        sleep, asynchronous_sleep = time.sleep, asyncio.sleep

        def counted_sleep(seconds: float) -> None:
            if not self._passes(inspect.currentframe(), seconds, advance):
                sleep(seconds)

        # Not a coroutine function, because only the call itself shows its caller.
        def counted_asynchronous_sleep(delay: float, result: Any = None) -> Coroutine[Any, Any, Any]:
            passes = self._passes(inspect.currentframe(), delay, advance)
            return asynchronous_sleep(0 if passes else delay, result)

        with patch.object(time, "sleep", counted_sleep), patch.object(asyncio, "sleep", counted_asynchronous_sleep):
            yield

    def _passes(self, frame: FrameType | None, seconds: float, advance: Callable[[float], None]) -> bool:
        caller = frame.f_back if frame else None
        module = caller.f_globals.get("__name__", "") if caller else ""
        if module.partition(".")[0] in _RETRYING:
            self.botocore_seconds += seconds
            advance(seconds)
            return True
        self.scenario_seconds += seconds
        return False
