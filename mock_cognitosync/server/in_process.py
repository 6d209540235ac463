"""A server in the process of the tests, so that they immediately see the changes of its clients."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    def variables(self) -> dict[str, str]:
        """
        The environment variables that direct AWS clients to the server: endpoint, credentials and region.

        They may be added to any environment, for instance ``env={**os.environ, **server.variables}``.
        """
        return variables(self.url, self.handle.region_name)


@contextmanager
def serving_this_process(hosts: Iterable[str] = ()) -> Iterator[str]:
    """
    Serve the mocked services of this process at a free port of 127.0.0.1.

    Args:
        hosts: further names of the server, see :class:`.guard.Guard`.

    Returns:
        The URL. Clients in this process may use it too while a mock is active.
    """
    # Imported here, so that the class above can be imported without the dependencies of the extra.
    from .application import make_application
    from .guard import Guard
    from .waitress_server import serving

    with serving(make_application(Guard(frozenset(hosts)))) as url:
        names = {f"{url}/", f"{url}/".replace("127.0.0.1", "localhost")}
        patches.own_servers.update(names)
        try:
            yield url
        finally:
            patches.own_servers.difference_update(names)
