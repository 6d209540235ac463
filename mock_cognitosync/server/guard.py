"""Requests that a web page of another origin must not send, although a browser would let it."""

from __future__ import annotations

from typing import Any

_READING = ("GET", "HEAD", "OPTIONS")


def is_foreign_write(environ: dict[str, Any]) -> bool:
    """
    Whether a page of another origin tries to change the state of moto itself, below ``/moto-api/``.

    A browser sends such a request without asking, because it does not need the answer, and names the page's origin.
    """
    origin = environ.get("HTTP_ORIGIN")
    return (
        origin is not None
        and environ["REQUEST_METHOD"] not in _READING
        and environ["PATH_INFO"].startswith("/moto-api")
        and origin.partition("://")[2] != environ.get("HTTP_HOST")
    )
