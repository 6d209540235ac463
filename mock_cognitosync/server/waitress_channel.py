"""
What of waitress is done otherwise here, each with its reason; the only account_region that leans on its inside.

waitress's one thread reads all connections, so that slow clients hold up nobody, and hands whole requests to threads
that run the application and send what it answers.
"""

from __future__ import annotations

from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import WSGITask


class Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """
    Keeps metadata of S3 whose names have an underscore.

    waitress drops such headers, since WSGI cannot tell an underscore from a hyphen; moto can, with what :class:`Task`
    tells it.
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
    """Leaves the names of headers as they are spelt: those of S3 metadata are data, and waitress capitalises them."""

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        # A name of moto's, from its own server.
        environ["moto.preserved_header_names"] = self.request.names
        return environ

    def build_response_header(self) -> bytes:
        spelt = {name.lower(): name for name, _ in self.response_headers}
        lines = super().build_response_header().decode("latin-1").split("\r\n")
        for number, line in enumerate(lines):
            name, colon, value = line.partition(":")
            lines[number] = spelt.get(name.lower(), name) + colon + value
        return "\r\n".join(lines).encode("latin-1")


class Channel(HTTPChannel):  # type: ignore[misc]
    """
    A connection that leaves the sending to the thread that answers.

    As soon as there is something to send, waitress's reading thread would try to send it too, in vain and without a
    pause, since the connection is locked; that keeps the answering thread from the interpreter for 5 ms each time it
    wants it back. Beyond the watermark, though, that thread waits for the reading one to send.
    """

    parser_class = Parser
    task_class = Task

    def writable(self) -> bool:
        if self.requests and not self.will_close and self.total_outbufs_len <= self.adj.outbuf_high_watermark:
            return False
        return bool(super().writable())
