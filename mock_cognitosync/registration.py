"""
Register the service with moto; the only module that names moto's registries.

Three touches, none of which replaces anything of moto's: a pattern at the head of ``moto.backend_index``, a finder that
answers ``import moto.cognitosync``, and a resource type for moto's CloudFormation. The first and the last happen when
moto's modules are imported, so that registering imports neither moto nor boto3.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any, cast

from .import_hooks import run_when_imported

SERVICE = "cognitosync"
SUPPORTED_MOTO = ">=5.0.28,<6"

_SERVICE_MODULE = f"moto.{SERVICE}"


def register() -> None:
    """Register the service with moto, now or when moto is first imported. Idempotent."""
    run_when_imported("moto.backend_index", _add_pattern)
    run_when_imported("moto.cloudformation.parsing", _add_resource_type)
    if not any(isinstance(finder, _ServiceFinder) for finder in sys.meta_path):
        sys.meta_path.append(_ServiceFinder())


def require_no_service_of_moto() -> None:
    """
    Check that moto does not have a Cognito Sync of its own.

    Raises:
        RuntimeError: it does, so that two services would answer the same requests.
    """
    spec = PathFinder.find_spec(_SERVICE_MODULE, sys.modules["moto"].__path__)
    if spec is not None:
        raise RuntimeError(
            f"this moto has a Cognito Sync of its own ({spec.origin}); mock_cognitosync is for moto {SUPPORTED_MOTO} "
            "without it: use moto's mock_aws instead, or install a moto without the service"
        )


def _add_pattern(index: Any) -> None:
    # In place: moto's server and proxy keep a reference to the list.
    if not any(name == SERVICE for name, _ in index.backend_url_patterns):
        import re

        from .cognitosync.urls import HOST_PATTERN

        index.backend_url_patterns.insert(0, (SERVICE, re.compile(HOST_PATTERN)))


def _add_resource_type(parsing: Any) -> None:
    # Before moto lists its types, and only if moto does not have this one itself.
    if "AWS::Cognito::IdentityPool" not in {model.cloudformation_type() for model in parsing.get_model_list()}:
        from .cognitosync import cloudformation  # noqa: F401  # its class registers itself as a subclass
    for cached in (parsing.get_model_list, parsing.get_model_map, parsing.get_name_type_map):
        cached.cache_clear()


class _ServiceFinder:
    """Answers ``import moto.cognitosync``; the last finder, so that a service of moto's own would win."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        # Not derived from importlib's classes: importing importlib.abc takes 13 ms.
        return ModuleSpec(name, cast("Any", self)) if name == _SERVICE_MODULE else None

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        from .cognitosync import cognitosync_backends

        module.cognitosync_backends = cognitosync_backends  # type: ignore[attr-defined]
