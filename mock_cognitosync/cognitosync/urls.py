"""The hosts and paths of Cognito Sync. Source: regions-1."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

# AWS adds no more regions, so they are listed here and not read from botocore, which may drop the service.
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
    r"https?://cognito-sync(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|api\.aws)\.?(?=[:/?#]|$)"
)
_host = re.compile(HOST_PATTERN)


def region_of(url: str) -> str | None:
    """Return the region that the host of *url* names, or None if the host is not the service's."""
    match = _host.match(url)
    return match["region"] if match else None


def answer(request: Any, url: str, headers: Any) -> Any:
    """Answer a request. The first request imports the handler."""
    from .responses import handle

    return handle(request, url, headers)


# The names that moto looks for in the urls module of a service.
url_bases = [HOST_PATTERN]
url_paths = {"{0}/$": answer, r"{0}/(?P<path>[\s\S]+)$": answer}

# In process, moto matches these patterns against a whole URL; every path on our hosts is ours.
handlers: dict[str, Callable[[Any, str, Any], Any]] = {HOST_PATTERN: answer}
