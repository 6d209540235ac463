"""Where Cognito Sync answers: its hosts, and all paths on them. Source: regions-1."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

# The service opens no more regions, so they are listed here and not read from botocore, which may drop the service.
REGIONS = (
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "us-east-1",
    "us-east-2",
    "us-west-2",
)
HOST_PATTERN = (
    r"https?://cognito-sync(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|api\.aws)(?=[:/?#]|$)"
)
_host = re.compile(HOST_PATTERN)


def region_of(url: str) -> str | None:
    """The region that the host of *url* names; None where the host is not the service's own."""
    match = _host.match(url)
    return match["region"] if match else None


def answer(request: Any, url: str, headers: Any) -> Any:
    """Hand a request to the wire, which is imported when the first one comes."""
    from .responses import handle

    return handle(request, url, headers)


# moto's names: what it looks for in a service's urls module.
url_bases = [HOST_PATTERN]
url_paths = {"{0}/$": answer, r"{0}/(?P<path>[\s\S]+)$": answer}

# In process moto matches these against a whole URL; all that begins with our host is ours.
handlers: dict[str, Callable[[Any, str, Any], Any]] = {HOST_PATTERN: answer}
