"""``with connect("http://127.0.0.1:5000") as sync``: the handle for a server in another process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .control.handle import CognitoSync
from .control.http_port import HttpPort
from .control.interventions import NeverApplied


@contextmanager
def connect(url: str, *, region_name: str | None = None, account_id: str | None = None) -> Iterator[CognitoSync]:
    """
    Control a server in another process, with the handle of a mock in this one.

    Args:
        url: the URL of the server.
        region_name: the region of the handle; by default that of the server.
        account_id: the account of the handle; by default that of the server.

    Returns:
        A context manager whose value is the handle. The handle shows what happens after the connection. At the end, the
        faults and hooks that were added with it are removed.

    Raises:
        ServerUnusable: the server does not answer, or it has no control API of this version.
        ValueError: *url* or *account_id* is malformed, or the service does not exist in this region.
        NeverApplied: the body passed, but a fault or hook that is not optional was never applied.
    """
    port = HttpPort(url)
    try:
        yield CognitoSync(port=port).at(region_name=region_name, account_id=account_id)
        sentences = port.unused()
    finally:
        port.end()
    if sentences:
        raise NeverApplied(sentences)
