"""The HTTP server, waitress, on a thread of this process, so that a test and its server share their state."""

from __future__ import annotations

import logging
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from waitress import wasyncore
from waitress.server import create_server

from ..registration import require
from .application import Application
from .waitress_channel import Channel, Dispatcher, require_names_of_waitress

# More than the expected concurrent requests: a sync trigger that calls the service back occupies two.
_THREADS = 32
_CONNECTIONS = 1000
# A call that times out must outlast the client: boto3 gives up after 60 seconds.
_IDLE_SECONDS = 120

# waitress warns if more requests arrive than it has threads; such requests only wait.
logging.getLogger("waitress.queue").addHandler(logging.NullHandler())


@contextmanager
def serving(
    application: Application, host: str = "127.0.0.1", port: int = 0, *, idle_seconds: int = _IDLE_SECONDS
) -> Iterator[str]:
    """
    Serve *application* until the context ends; answers in progress then have 5 seconds to finish.

    Args:
        application: called on several threads at a time.
        host: a name or address of this machine.
        port: 0 picks a free port.
        idle_seconds: the time without traffic after which a connection is closed.

    Returns:
        The URL for clients on this machine.

    Raises:
        OSError: the server cannot listen on the address.
        UnsupportedDependency: waitress lacks a name that the server needs.
    """
    require_names_of_waitress()
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as listener:
        dispatcher = Dispatcher()
        dispatcher.set_thread_count(_THREADS)
        server = create_server(
            application,
            sockets=[listener],
            _dispatcher=dispatcher,
            # A worker does not wait for a client that reads slowly: a long answer waits in a temporary file.
            outbuf_high_watermark=sys.maxsize,
            connection_limit=_CONNECTIONS,
            asyncore_use_poll=True,
            channel_timeout=idle_seconds,
            cleanup_interval=1,
            clear_untrusted_proxy_headers=False,
            log_socket_errors=False,
            ident="",
        )
        for name in ("_map", "trigger.lock", "trigger.thunks"):
            require("waitress", server, name)
        server.channel_class = Channel
        thread = Thread(target=server.run, name="mock-cognitosync", daemon=True)
        thread.start()
        try:
            yield _url(host, listener.getsockname()[1])
        finally:
            server.task_dispatcher.shutdown()
            _close(server)
            thread.join()


def _close(server: Any) -> None:
    """Close all connections on the server's own thread, which ends when it has nothing left to wait for."""
    trigger = server.trigger
    # The thread runs its jobs under this lock. If it were awake and ran this one at once, the descriptor that wakes it
    # would be closed, or belong to another file, before it is written to.
    with trigger.lock:
        trigger.thunks.append(lambda: wasyncore.close_all(server._map))  # noqa: SLF001
        trigger.pull_trigger()


def _url(host: str, port: int) -> str:
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
