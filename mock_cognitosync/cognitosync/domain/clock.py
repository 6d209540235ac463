"""The mock's clock: the machine's time, which a test may stop and move on."""

from __future__ import annotations

import time


class Clock:
    """
    Milliseconds since the epoch, as the service sees them.

    They follow ``time.time()``, so freezegun and time-machine move them too; what a test does here comes on top.
    """

    def __init__(self) -> None:
        self._ahead_ms = 0
        self._stopped_at_ms: int | None = None

    def now_ms(self) -> int:
        """The time now."""
        machine_ms = int(time.time() * 1000) if self._stopped_at_ms is None else self._stopped_at_ms
        return machine_ms + self._ahead_ms

    def advance(self, seconds: float) -> None:
        """Move on by *seconds*, to the millisecond."""
        self._ahead_ms += round(seconds * 1000)

    def freeze(self) -> None:
        """Stop; :meth:`advance` still moves it."""
        self._stopped_at_ms = self.now_ms() - self._ahead_ms

    def unfreeze(self) -> None:
        """Go on with the machine's time; what it was moved by stays."""
        self._stopped_at_ms = None
