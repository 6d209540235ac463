"""Saving the state of the server at intervals, so that a killed process or machine loses little."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from ..control import snapshot


class PeriodicSaver:
    """
    Saves the state of all accounts and regions to a file, at most once per interval.

    Args:
        path: the file, which is replaced completely or stays as it is.
        seconds: the interval.
        warn: called once with a sentence if the file cannot be written, and again only after a successful save.
        clock: the time in seconds.
    """

    def __init__(
        self, path: str, seconds: float, warn: Callable[[str], None], clock: Callable[[], float] = monotonic
    ) -> None:
        self._path = path
        self._seconds = seconds
        self._warn = warn
        self._clock = clock
        self._last = clock()
        self._has_failed = False

    def save_if_due(self) -> None:
        """Save, if the interval has passed since the end of the last save."""
        if self._clock() - self._last < self._seconds:
            return
        try:
            snapshot.save_all(self._path)
        except OSError as error:
            if not self._has_failed:
                self._warn(f"cannot write {self._path}, trying again every {self._seconds:g} s: {error.strerror}")
            self._has_failed = True
        else:
            self._has_failed = False
        self._last = self._clock()
