"""What a mock changes around it while it is active, and gives back exactly: variables and moto's configuration."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, MutableMapping
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
        self._apply(layer)

    def lift(self, layer: Mapping[str, Any]) -> None:
        """Take *layer* away, wherever it lies."""
        self._layers = [other for other in self._layers if other is not layer]
        if self._layers:
            self._apply(layer)
        else:
            # All of them: moto, when it stops, brings back some of what it found when it began.
            self._apply(self._originals)
            self._originals.clear()

    def _apply(self, keys: Iterable[str]) -> None:
        """Set *keys* to what the topmost layer that names them says, or to what they were."""
        for key in keys:
            values = [layer[key] for layer in self._layers if key in layer]
            value = values[-1] if values else self._originals[key]
            if value is None:
                self._target.pop(key, None)
            else:
                self._target[key] = value


variables = Layers(os.environ)
