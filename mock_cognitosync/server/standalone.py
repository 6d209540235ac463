"""The state behind a server that serves no test of its process: its settings, and what it records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..cognitosync import settings
from ..control.controller import Controller
from ..control.history import History

# A server may run for weeks, and a call may have a megabyte of parameters.
_KEPT_ENTRIES = 2000


@contextmanager
def standalone(chosen: settings.Settings) -> Iterator[Controller]:
    """Apply *chosen*, and control and record everything that happens; the history keeps at least 2,000 entries."""
    chosen.started_ms = settings.now_ms()
    controller = Controller(chosen, history=History(settings.now_ms, _KEPT_ENTRIES))
    settings.push(chosen)
    try:
        yield controller
    finally:
        settings.remove(chosen)
