"""Calls as the command prints them with ``--verbose``: each with its outcome and hint, as soon as it has ended."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from ..control.calls import RecordedCall

_log = logging.getLogger("mock_cognitosync")
_GREY, _GREEN, _YELLOW, _RED = "\033[90m", "\033[32m", "\033[33m", "\033[31m"
_END = "\033[0m"


@contextmanager
def printing_calls(stream: TextIO) -> Iterator[None]:
    """Print the calls that end in this context to *stream*, in colour if it is a terminal."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Formatter(in_colour(stream)))
    level, propagate = _log.level, _log.propagate
    _log.addHandler(handler)
    _log.setLevel(logging.DEBUG)
    # Not again by a handler of the root logger.
    _log.propagate = False
    try:
        yield
    finally:
        _log.removeHandler(handler)
        # Not by assignment, which would leave the logger's cache as it is: calls would still be logged.
        _log.setLevel(level)
        _log.propagate = propagate


def in_colour(stream: TextIO) -> bool:
    """Whether *stream* is a terminal that shows colours, and the user has not set ``NO_COLOR``."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


class _Formatter(logging.Formatter):
    def __init__(self, colour: bool) -> None:
        super().__init__(datefmt="%H:%M:%S")
        self._colour = colour

    def format(self, record: logging.LogRecord) -> str:
        call = record.args[0] if isinstance(record.args, tuple) and record.args else None
        first, *others = _printable(record.getMessage()).split("\n")
        outcome = "".join(f"\n{line}" for line in others)
        colour = _RED
        if isinstance(call, RecordedCall) and call.succeeded:
            colour = _YELLOW if call.caution or call.faults else _GREEN
        return f"{self._painted(self.formatTime(record, self.datefmt), _GREY)} {first}{self._painted(outcome, colour)}"

    def _painted(self, text: str, colour: str) -> str:
        return f"{colour}{text}{_END}" if self._colour and text else text


def _printable(text: str) -> str:
    """*text* without characters that move the cursor of a terminal or change its colours; lines stay lines."""
    return "".join(
        character if character.isprintable() or character == "\n" else repr(character)[1:-1] for character in text
    )
