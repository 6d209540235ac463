"""What a mock changes around it while it is active, and gives back exactly: variables and moto's configuration."""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from typing import Any

# Credentials that no account has, and nothing that leads past the mock.
CREDENTIALS: Mapping[str, str | None] = {
    "AWS_ACCESS_KEY_ID": "FOOBARKEY",
    "AWS_SECRET_ACCESS_KEY": "FOOBARSECRET",
    "AWS_SESSION_TOKEN": None,
    "AWS_SECURITY_TOKEN": None,
    "AWS_PROFILE": None,
    "AWS_DEFAULT_PROFILE": None,
}
ENDPOINTS: Mapping[str, str | None] = {
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_EC2_METADATA_DISABLED": "true",
}


class Layers:
    """
    Values laid over a mapping, each layer above the one before; a value of None takes the key away.

    Layers may be lifted in any order. When the last is gone, all keys that any of them named are as they were.
    """

    def __init__(self, target: MutableMapping[str, Any]) -> None:
        self._target = target
        self._layers: list[Mapping[str, Any]] = []
        self._originals: dict[str, Any] = {}

    def lay(self, layer: Mapping[str, Any]) -> None:
        """Put *layer* on top."""
        for key in layer:
            self._originals.setdefault(key, self._target.get(key))
        self._layers.append(layer)
        self._apply()

    def lift(self, layer: Mapping[str, Any]) -> None:
        """Take *layer* away, wherever it lies."""
        self._layers = [other for other in self._layers if other is not layer]
        self._apply()
        if not self._layers:
            self._originals.clear()

    def _apply(self) -> None:
        values = dict(self._originals)
        for layer in self._layers:
            values.update(layer)
        for key, value in values.items():
            if value is None:
                self._target.pop(key, None)
            else:
                self._target[key] = value


variables = Layers(os.environ)
