"""The mock's clock: the machine's time, which a test can freeze and advance."""

from __future__ import annotations

import time


class Clock:
    """
    The service's time, in milliseconds since the epoch.

    It follows ``time.time()``, so freezegun and time-machine move it as well. The advances of a test are added to that.
    """

    def __init__(self) -> None:
        self._ahead_ms = 0
        self._frozen_at_ms: int | None = None

    @property
    def is_frozen(self) -> bool:
        """Whether the clock is stopped."""
        return self._frozen_at_ms is not None

    def now_ms(self) -> int:
        """Return the time, in milliseconds since the epoch."""
        machine_ms = int(time.time() * 1000) if self._frozen_at_ms is None else self._frozen_at_ms
        return machine_ms + self._ahead_ms

    def advance(self, seconds: float) -> None:
        """Advance the clock by *seconds*, rounded to the millisecond."""
        self._ahead_ms += round(seconds * 1000)

    def freeze(self) -> None:
        """Stop the clock. :meth:`advance` still moves it."""
        self._frozen_at_ms = self.now_ms() - self._ahead_ms

    def unfreeze(self) -> None:
        """Let the clock follow the machine's time again, with all advances added to it."""
        self._frozen_at_ms = None
