"""Notices the first packet that this process would send, and what it would ask a resolver, by Python's audit events."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# Event to the position of the address among its arguments.
EVENTS = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
    "socket.gethostbyaddr": 0,
}
_noticed: list[str] | None = None


class PacketNoticed(RuntimeError):
    """Instead of the packet."""


@contextmanager
def watched() -> Iterator[list[str]]:
    """Refuse every packet of the block, whichever library sends it; yields the hosts to which packets would go."""
    global _noticed
    _noticed = []
    try:
        yield _noticed
    finally:
        _noticed = None


def _notice(event: str, arguments: tuple[Any, ...]) -> None:
    if _noticed is None or event not in EVENTS:
        return
    address = arguments[EVENTS[event]]
    # The path of a Unix socket is no address of the network.
    if event.startswith("socket.get") or isinstance(address, tuple):
        host = address[0] if isinstance(address, tuple) else address
        _noticed.append(str(host))
        raise PacketNoticed(f"{event} {host}")


# An audit hook cannot be removed; outside of `watched` it does nothing.
sys.addaudithook(_notice)
