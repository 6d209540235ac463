"""A new default Session of boto3 for each test: a fast one or, if botocore is not as expected, boto3's own."""

from __future__ import annotations

import logging
from functools import lru_cache

import boto3

_log = logging.getLogger("mock_cognitosync")


def fresh_session() -> boto3.Session:
    """Return a Session as complete as that of ``boto3.setup_default_session()``."""
    try:
        # Here, because the import fails if botocore has moved a name.
        from .fast_session import assembled_session

        return assembled_session()
    # Whatever is different, boto3 can create a Session.
    except Exception as error:
        _report(f"{type(error).__name__}: {error}")
        return boto3.Session()


@lru_cache
def _report(reason: str) -> None:
    """Log once in a process why its mocks start more slowly."""
    _log.warning("the mock uses boto3's own Session, which takes longer to create (%s)", reason)
