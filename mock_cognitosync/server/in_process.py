"""A server in the process of the tests, so that they see at once what its clients do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from .. import patches
from ..control.handle import CognitoSync
from . import variables


@dataclass(slots=True, frozen=True)
class CognitoSyncServer:
    """
    A server with a mock behind it; the fixture ``cognitosync_server`` gives it.

    Attributes:
        url: for ``endpoint_url`` and the like.
        handle: of the mock: shows what clients wrote, and does to them what it does to clients in process.
    """

    url: str
    handle: CognitoSync

    @property
    def environment(self) -> dict[str, str]:
        """A copy of this process's, in which AWS's clients find the server, credentials and a region."""
        found = {**os.environ, **variables(self.url, self.handle.region_name)}
        # Which a mock sets, so that nothing leads its own clients past it.
        found.pop("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", None)
        return found


@contextmanager
def serving_this_process() -> Iterator[str]:
    """
    Serve what is mocked in this process, at a free port of 127.0.0.1.

    Returns:
        The URL; clients in the process may use it too while a mock is active.
    """
    # Here, so that naming the class above asks for nothing that the extra brings.
    from .application import make_application
    from .waitress_server import serving

    with serving(make_application()) as url:
        names = {f"{url}/", f"{url}/".replace("127.0.0.1", "localhost")}
        patches.own_servers.update(names)
        try:
            yield url
        finally:
            patches.own_servers.difference_update(names)
