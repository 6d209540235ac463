"""Amazon Cognito Sync (2014-06-30) as a service of moto."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .models import cognitosync_backends

__all__ = ["cognitosync_backends"]


def __getattr__(name: str) -> Any:
    # Lazily: moto asks for the host pattern while moto itself is still being imported.
    if name != "cognitosync_backends":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .models import cognitosync_backends

    return cognitosync_backends
