"""
The first check of every request, so that web pages of other origins cannot control the server.

A browser sends requests of any page to this machine. Two kinds are refused: those that reach the server under a name
that the page's author may have pointed at it (DNS rebinding), and those that would change moto's own state.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

_READING = ("GET", "HEAD", "OPTIONS")
_HOST = re.compile(r"(\[[^\]]*\]|[^:]*)(?::\d*)?", re.ASCII)
# Messages repeat at most this many characters of a header; a domain name has at most 253.
_LONGEST = 300
# Names that only this machine and AWS can assign. Docker assigns the last one to the host of a container.
_OWN_NAME = re.compile(r"(.+\.)?(localhost|amazonaws\.com|amazonaws\.com\.cn|api\.aws)|host\.docker\.internal")


@dataclass(slots=True, frozen=True)
class Guard:
    """
    Attributes:
        hosts: names of the server besides addresses, ``localhost`` and the names of AWS's endpoints; in lower case.
        origins: the origins of pages that may change the state of moto itself, such as ``http://localhost:3000``.
    """

    hosts: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()

    def refusal(self, environ: dict[str, Any]) -> str | None:
        """The reason for the refusal of a request as a sentence; None if the request is not refused."""
        host = environ.get("HTTP_HOST")
        # Every browser sends one.
        if host and not _is_own(host) and _name_of(host) not in self.hosts:
            name = _name_of(host)[:_LONGEST]
            return (
                f"The host {name!r} is refused, because a web page can direct that name to this server. If it is a "
                f"name of the server, such as that of its container, add --allow-host {name}, or in pytest the line "
                f"{name} to cognitosync_allow_hosts"
            )
        origin = environ.get("HTTP_ORIGIN")
        if origin is not None and self._is_foreign_write(environ, origin):
            page = origin[:_LONGEST]
            return (
                f"A page of {page} must not change the state of this server; if it is yours, start the server with "
                f"--allow-origin {page}"
            )
        return None

    def headers_for_page(self, environ: dict[str, Any]) -> list[tuple[str, str]]:
        """The headers that let a page of an allowed origin read an answer of the control API; none for other pages."""
        origin = environ.get("HTTP_ORIGIN")
        if origin not in self.origins:
            return []
        return [("Access-Control-Allow-Origin", str(origin)), ("Vary", "Origin")]

    def _is_foreign_write(self, environ: dict[str, Any], origin: str) -> bool:
        """
        Whether a page of another origin tries to change the state of moto itself, below ``/moto-api/``.

        A browser sends such a request without asking, because it does not need the answer, and names the page's origin.
        """
        return (
            environ["REQUEST_METHOD"] not in _READING
            and environ["PATH_INFO"].lstrip("/").startswith("moto-api")
            and origin.partition("://")[2] != environ.get("HTTP_HOST")
            and origin not in self.origins
        )


@lru_cache(64)
def _is_own(host: str) -> bool:
    """Whether a page cannot take the host. Cached, because it is asked for each request."""
    name = _name_of(host)
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return _OWN_NAME.fullmatch(name) is not None
    return True


def _name_of(host: str) -> str:
    """The name or address in a Host header, in lower case; the whole header if it is malformed."""
    found = _HOST.fullmatch(host)
    return (found[1] if found else host).lower().removesuffix(".")
