"""
The environment variables and the configuration of moto that a mock changes while it is active, and then restores
exactly.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any

from moto.core.config import default_user_config

from .cognitosync.wire.service_model import OWN_DATA_PATH, botocore_has_model

# Credentials that belong to no account, so that a request that escapes the mock would be refused by AWS.
CREDENTIALS: Mapping[str, str | None] = {
    "AWS_ACCESS_KEY_ID": "FOOBARKEY",
    "AWS_SECRET_ACCESS_KEY": "FOOBARSECRET",
    "AWS_SESSION_TOKEN": None,
    "AWS_SECURITY_TOKEN": None,
    "AWS_PROFILE": None,
    "AWS_DEFAULT_PROFILE": None,
}
# Configured endpoints would send clients past the mock, and the metadata service of EC2 is on the network.
ENDPOINTS: Mapping[str, str | None] = {
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def own_service_model() -> dict[str, str]:
    """
    The variable that directs botocore to the package's own service model; empty if botocore has a model. Folders that
    the variable already names take precedence.
    """
    if botocore_has_model():
        return {}
    folders = [*filter(None, os.environ.get("AWS_DATA_PATH", "").split(os.pathsep)), str(OWN_DATA_PATH)]
    return {"AWS_DATA_PATH": os.pathsep.join(dict.fromkeys(folders))}


class Overlays:
    """
    A mapping whose values can be overlaid temporarily.

    Overlays may end in any order. When the last one ends, every key that any of them named has its original value.
    """

    def __init__(self, target: MutableMapping[str, Any]) -> None:
        self._target = target
        self._overlays: list[Mapping[str, Any]] = []
        self._originals: dict[str, Any] = {}
        # The latest value of each key, including those of overlays that have ended.
        self._latest: dict[str, Any] = {}

    @contextmanager
    def overlay(self, values: Mapping[str, Any]) -> Iterator[None]:
        """Give the keys of *values* these values until the context ends; None removes a key."""
        # A copy, so that the same mapping may be overlaid twice.
        mine = dict(values)
        for key in mine:
            self._originals.setdefault(key, self._target.get(key))
        self._overlays.append(mine)
        self._latest.update(mine)
        try:
            self._apply(mine)
            yield
        finally:
            self._overlays = [other for other in self._overlays if other is not mine]
            if self._overlays:
                self._apply(mine)
            else:
                # Not only the keys of *mine*, because moto restores some values when it stops.
                self._apply(self._originals)
                self._originals.clear()

    def repair(self, before: Mapping[str, Any]) -> None:
        """
        Undo the changes of a caller that restored values from inside an overlay after the overlay ended.

        pytest's ``monkeypatch`` does this if a test uses it inside a mock, and the mock ends before ``monkeypatch``.

        Args:
            before: a copy of the target from before the overlay.
        """
        if not self._overlays:
            for key, value in self._latest.items():
                if self._target.get(key) == value != before.get(key):
                    self._set(key, before.get(key))
            self._latest.clear()

    def _apply(self, keys: Iterable[str]) -> None:
        """Give *keys* the values of the newest overlay that names them, else their original values."""
        for key in keys:
            values = [overlay[key] for overlay in self._overlays if key in overlay]
            self._set(key, values[-1] if values else self._originals[key])

    def _set(self, key: str, value: Any) -> None:
        if value is None:
            self._target.pop(key, None)
        else:
            self._target[key] = value


variables = Overlays(os.environ)
configuration = Overlays(default_user_config)  # type: ignore[arg-type]  # a TypedDict is a dict
