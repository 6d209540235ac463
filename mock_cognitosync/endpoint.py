"""
The boto3 clients of ``verify`` and ``pull``: they send calls to one endpoint, at a limited rate.

Nothing else in the package contacts AWS.
"""

from __future__ import annotations

import ipaddress
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

# The package's own service model, in botocore's layout.
_OWN_MODELS = Path(__file__).with_name("data")
# The credentials for a server on this machine, unless the environment has others.
_LOOPBACK_CREDENTIALS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}


class Clients(Protocol):
    """How clients of an endpoint are created."""

    def __call__(self, service_name: str, credentials: Mapping[str, str] | None = None) -> Any:
        """
        Create a client.

        Args:
            service_name: for instance ``cognito-sync``.
            credentials: keyword arguments of ``boto3.client``; None selects those that boto3 finds.
        """


def is_loopback(url: str) -> bool:
    """Whether *url* names this machine; no name is resolved."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(slots=True)
class RateLimit:
    """
    Spaces the requests of several clients evenly.

    Attributes:
        per_second: the maximum number of requests per second.
        clock: seconds on a clock that never goes back.
        sleep: called with a number of seconds to wait.
    """

    per_second: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _next: float = field(default=0.0, init=False)

    def wait(self) -> None:
        """Wait until the next request may be sent."""
        now = self.clock()
        if now < self._next:
            self.sleep(self._next - now)
        self._next = max(now, self._next) + 1 / self.per_second


def clients_of(url: str | None, region_name: str, rate_limit: RateLimit | None = None) -> Clients:
    """
    Clients of one endpoint.

    Args:
        url: the endpoint; None is AWS's own endpoint of each service.
        region_name: the region of the clients.
        rate_limit: applied to every request, including retries.
    """
    import boto3
    import botocore.session
    from botocore.config import Config

    local = url is not None and is_loopback(url)
    core = botocore.session.get_session()
    # Last, so that botocore's model of the service takes precedence as long as it has one.
    core.get_component("data_loader").search_paths.append(str(_OWN_MODELS))
    session = boto3.Session(botocore_session=core, **_credentials_for_loopback() if local else {})
    new_config: Any = Config  # botocore's type stubs lack an argument
    config = new_config(
        # Otherwise AWS_ENDPOINT_URL could direct calls for AWS elsewhere.
        ignore_configured_endpoint_urls=True,
        # The service, not botocore, should detect violated constraints.
        parameter_validation=False,
        # A proxy would send calls for this machine to another one.
        proxies={} if local else None,
        # The other modes would retry LimitExceededException.
        retries={"mode": "legacy", "total_max_attempts": 1 if local else 5},
    )

    def client(service_name: str, credentials: Mapping[str, str] | None = None) -> Any:
        created = session.client(
            service_name, region_name=region_name, endpoint_url=url, config=config, **(credentials or {})
        )
        if rate_limit:
            created.meta.events.register("before-send", lambda **_: rate_limit.wait())
        return created

    return client


def _credentials_for_loopback() -> dict[str, str]:
    found = {name: os.environ.get(name.upper(), value) for name, value in _LOOPBACK_CREDENTIALS.items()}
    token = os.environ.get("AWS_SESSION_TOKEN")
    return {**found, "aws_session_token": token} if token else found
