"""
Subclasses that change waitress's behaviour, each with its reason. The only module that uses waitress internals.

One thread of waitress reads all connections, so that a slow client delays no other, and passes complete requests to
worker threads, which run the application and send its answer.
"""

from __future__ import annotations

from time import time
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import ThreadedTaskDispatcher, WSGITask

from ..registration import require
from .application import AnswerWithheld

# A client that has more unread bytes gets no further answer.
MOST_UNREAD_BYTES = 1024 * 1024


def require_names_of_waitress() -> None:
    """
    Check that waitress has the methods that the classes below replace.

    Raises:
        UnsupportedDependency: it lacks one.
    """
    require("waitress", HTTPRequestParser, "parse_header")
    require("waitress", WSGITask, "build_response_header")
    for name in ("total_outbufs_len", "last_activity", "will_close"):
        require("waitress", HTTPChannel, name)
    require("waitress", ThreadedTaskDispatcher, "add_task")


class Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """
    Keep S3 metadata whose names contain an underscore.

    waitress drops such headers, because WSGI cannot tell an underscore from a hyphen. moto can, with the names that
    :class:`Task` passes on.
    """

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        self.names: dict[str, str] = {}
        for line in header_plus.decode("latin-1").split("\r\n")[1:]:
            name, _, value = line.partition(":")
            key = name.upper().replace("-", "_")
            if "_" in name and key.startswith("X_AMZ_META_") and key not in self.headers:
                self.headers[key] = value.strip(" \t")
                self.names[f"HTTP_{key}"] = name


class Task(WSGITask):  # type: ignore[misc]
    """
    Preserve the spelling of header names, let the URL of an absolute-form request target name the host, and withhold
    an answer.

    Names of S3 metadata are data, but waitress capitalises them. A client that uses the server as its HTTP proxy sends
    a whole URL, which takes precedence over the Host header. An answer that is withheld occupies no worker thread: the
    task ends and the connection stays open, until the client closes it or waitress finds it idle.
    """

    is_withheld = False

    def execute(self) -> None:
        try:
            super().execute()
        except AnswerWithheld:
            self.is_withheld = True

    def finish(self) -> None:
        # waitress would send the head of an empty answer.
        if not self.is_withheld:
            super().finish()

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        # moto reads this key, which its own server sets.
        environ["moto.preserved_header_names"] = self.request.names
        if self.request.proxy_netloc:
            environ["HTTP_HOST"] = self.request.proxy_netloc
        return environ

    def build_response_header(self) -> bytes:
        spelt = {name.lower(): name for name, _ in self.response_headers}
        lines = super().build_response_header().decode("latin-1").split("\r\n")
        for number, line in enumerate(lines):
            name, colon, value = line.partition(":")
            lines[number] = spelt.get(name.lower(), name) + colon + value
        return "\r\n".join(lines).encode("latin-1")


class Dispatcher(ThreadedTaskDispatcher):  # type: ignore[misc]
    """
    Let the next request of a client that does not read its answers wait without a worker thread.

    Such a client has sent several requests at once. waitress's worker would wait until the client reads, so that a few
    such clients would occupy all workers.
    """

    def add_task(self, task: Channel) -> None:
        if task.total_outbufs_len > MOST_UNREAD_BYTES:
            task.is_waiting = True
        else:
            super().add_task(task)


class Channel(HTTPChannel):  # type: ignore[misc]
    """
    Leave sending to the worker thread while it works, and do not wait for the body of a request without one.

    As soon as there is something to send, waitress's reading thread would try to send it as well: without success,
    because the connection is locked, and in a busy loop, which keeps the worker from the interpreter for 5 ms each
    time.
    """

    parser_class = Parser
    task_class = Task
    # Whether the next request waits until the client has read enough, see Dispatcher.
    is_waiting = False

    def send_continue(self) -> None:
        # waitress then waits for a body, but botocore sends Expect: 100-continue even with an empty one.
        completed = self.request.completed
        super().send_continue()
        self.request.completed = completed

    def close(self) -> None:
        # When the server stops, waitress would leave the temporary files of unread answers open.
        self.handle_close()

    def writable(self) -> bool:
        if self.is_waiting:
            if self.total_outbufs_len <= MOST_UNREAD_BYTES:
                self.is_waiting = False
                self.server.add_task(self)
            elif self.last_activity < time() - self.adj.channel_timeout:
                # waitress does not close a connection that has requests.
                self.will_close = True
        if self.will_close:
            # waitress would wait until it can send, which a client that reads nothing prevents.
            self.handle_close()
            return False
        if self.requests and not self.is_waiting:
            return False
        return bool(super().writable())
