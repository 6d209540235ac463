"""A server in the process of the tests, so that they see immediately what its clients do."""

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
    A server that serves a mock; the value of the fixture ``cognitosync_server``.

    Attributes:
        url: the value for ``endpoint_url`` and similar options.
        handle: the handle of the mock; it works for clients of the server as for clients in this process.
    """

    url: str
    handle: CognitoSync

    @property
    def environment(self) -> dict[str, str]:
        """A copy of this process's environment, in which AWS clients find the server, credentials and a region."""
        found = {**os.environ, **variables(self.url, self.handle.region_name)}
        # The mock sets it for its own clients.
        found.pop("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", None)
        return found


@contextmanager
def serving_this_process() -> Iterator[str]:
    """
    Serve what is mocked in this process at a free port of 127.0.0.1.

    Returns:
        The URL. Clients in this process may use it too while a mock is active.
    """
    # Imported here, so that the class above can be imported without the dependencies of the extra.
    from .application import make_application
    from .waitress_server import serving

    with serving(make_application()) as url:
        names = {f"{url}/", f"{url}/".replace("127.0.0.1", "localhost")}
        patches.own_servers.update(names)
        try:
            yield url
        finally:
            patches.own_servers.difference_update(names)
