"""A progress bar on terminals."""

from __future__ import annotations

import sys
from types import TracebackType

_WIDTH = 30


class Progress:
    """
    Draws a bar on a terminal while its block runs, and removes it at the end. Elsewhere it draws nothing.

    Args:
        total: the number of runs.
    """

    def __init__(self, total: int) -> None:
        self._total = total
        self._started = 0
        self._is_shown = sys.stderr.isatty()

    def __enter__(self) -> Progress:
        return self

    def show(self, label: str) -> None:
        """Show that the next run, called *label*, starts."""
        if self._is_shown:
            done = _WIDTH * self._started // self._total
            self._started += 1
            bar = f"[{'#' * done:{_WIDTH}}] {self._started}/{self._total} {label}"
            sys.stderr.write(f"\r\x1b[2K{bar[:100]}")
            sys.stderr.flush()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._is_shown:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
