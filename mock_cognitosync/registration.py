"""
Plugs the service into moto; the only account_region that names moto's registries.

Three touches, none of which replaces anything of moto's: a pattern at the head of ``moto.backend_index``, a finder that
answers ``import moto.cognitosync``, and a hook that acts when ``moto.backend_index`` and moto's CloudFormation are
imported, so that registering imports neither moto nor boto3. The hook also tells :mod:`.patches` of aiobotocore.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any, cast

SERVICE = "cognitosync"
SUPPORTED_MOTO = ">=5.0.28,<6"

# Of aiobotocore: module to class with a coroutine ``send``.
AIOBOTOCORE_SESSIONS = {"aiobotocore.httpsession": "AIOHTTPSession", "aiobotocore.httpxsession": "HttpxSession"}

_INDEX = "moto.backend_index"
_TEMPLATES = "moto.cloudformation.parsing"
_SERVICE_MODULE = f"moto.{SERVICE}"


def register() -> None:
    """Make moto know Cognito Sync, now or as soon as moto is imported; once is enough, more does no harm."""
    if not any(isinstance(finder, _ImportHook) for finder in sys.meta_path):
        sys.meta_path.insert(0, _ImportHook())
    if not any(isinstance(finder, _ServiceFinder) for finder in sys.meta_path):
        sys.meta_path.append(_ServiceFinder())
    for name, act in _HOOKS.items():
        if name in sys.modules:
            act(sys.modules[name])


def require_own_service() -> None:
    """
    Check that moto has no Cognito Sync of its own.

    Raises:
        RuntimeError: it has, so that two services would answer for one.
    """
    spec = PathFinder.find_spec(_SERVICE_MODULE, sys.modules["moto"].__path__)
    if spec is not None:
        raise RuntimeError(
            f"this moto brings its own Cognito Sync ({spec.origin}); mock_cognitosync is for moto {SUPPORTED_MOTO} "
            "without it: use moto's mock_aws instead, or install a moto without the service"
        )


def _add_pattern(index: Any) -> None:
    # In place: moto's server and proxy keep the list itself.
    if not any(name == SERVICE for name, _ in index.backend_url_patterns):
        import re

        from .cognitosync.urls import HOST_PATTERN

        index.backend_url_patterns.insert(0, (SERVICE, re.compile(HOST_PATTERN)))


def _add_resource_type(parsing: Any) -> None:
    # Before moto lists its types, and only where it has not this one itself.
    if "AWS::Cognito::IdentityPool" not in {model.cloudformation_type() for model in parsing.get_model_list()}:
        from .cognitosync import cloudformation  # noqa: F401  # its class registers itself as a subclass
    for cached in (parsing.get_model_list, parsing.get_model_map, parsing.get_name_type_map):
        cached.cache_clear()


def _catch(module: ModuleType) -> None:
    # While a mock is active, its net goes under what is imported; there is none before patches is loaded.
    patches: Any = sys.modules.get(f"{__package__}.patches")
    if patches:
        patches.catch_asynchronous(module)


_HOOKS = {_INDEX: _add_pattern, _TEMPLATES: _add_resource_type, **dict.fromkeys(AIOBOTOCORE_SESSIONS, _catch)}


class _ImportHook:
    """Acts whenever one of the modules named in ``_HOOKS`` is executed, reloads included."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name not in _HOOKS:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            execute, act = spec.loader.exec_module, _HOOKS[name]

            def execute_and_act(module: ModuleType) -> None:
                execute(module)
                act(module)

            spec.loader.exec_module = execute_and_act  # type: ignore[method-assign]  # this loader is ours alone
        return spec


class _ServiceFinder:
    """Answers ``import moto.cognitosync``; stands last, so that a service of moto's own would win."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        # Not derived from importlib's classes: importing importlib.abc takes 13 ms.
        return ModuleSpec(name, cast("Any", self)) if name == _SERVICE_MODULE else None

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        from .cognitosync import cognitosync_backends

        module.cognitosync_backends = cognitosync_backends  # type: ignore[attr-defined]
