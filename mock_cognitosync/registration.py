"""
Register the service with moto; the only module that names moto's registries.

It adds three things to moto and replaces none: a pattern at the head of ``moto.backend_index``, a finder for ``import
moto.cognitosync``, and a resource type for moto's CloudFormation. The pattern and the resource type are added when
moto's modules are imported, so that registering imports neither moto nor boto3.
"""

from __future__ import annotations

import logging
import re
import sys
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from operator import attrgetter
from types import ModuleType
from typing import Any, cast

from .import_hooks import run_when_imported

SERVICE = "cognitosync"
SUPPORTED_MOTO = ">=5.0.28,<6"

_OLDEST, _TOO_NEW = (5, 0, 28), (6,)
_SERVICE_MODULE = f"moto.{SERVICE}"
# The names that a mock looks up in moto when it starts. All other names are imported, so the import fails without them.
_NAMES_OF_MOTO = (
    ("moto.backend_index", "backend_url_patterns"),
    ("moto.core.botocore_stubber", "AWSResponse"),
    ("moto.core.models", "botocore_stubber"),
    ("moto.core.models", "CallbackResponse"),
    ("moto.core.responses", "ActionAuthenticatorMixin"),
)
_log = logging.getLogger("mock_cognitosync")


class UnsupportedDependency(ImportError, RuntimeError):
    """A project on which the package depends lacks a name that the package needs. Raised when that is needed."""


class UnsupportedMoto(UnsupportedDependency):
    """
    The installed moto is not one that the package supports.

    Raised when a mock starts or, if moto lacks a module, when a name of the package is imported.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(f"mock_cognitosync supports moto {SUPPORTED_MOTO}, {problem}")


def register() -> None:
    """Register the service with moto, now or when moto is first imported. Idempotent."""
    run_when_imported("moto.backend_index", _add_pattern)
    run_when_imported("moto.cloudformation.parsing", _add_resource_type)
    if not any(isinstance(finder, _ServiceFinder) for finder in sys.meta_path):
        sys.meta_path.append(_ServiceFinder())


def require_supported_moto() -> None:
    """
    Check that the installed moto is one that the package supports.

    Raises:
        UnsupportedMoto: moto has another version, lacks a name that the package relies on, or has a Cognito Sync of
            its own, so that two services would answer the same requests.
    """
    moto: Any = import_module("moto")
    version = moto.__version__
    if not _OLDEST <= tuple(map(int, re.findall(r"\d+", version)[:3])) < _TOO_NEW:
        raise UnsupportedMoto(f"not moto {version}")
    for module_name, name in _NAMES_OF_MOTO:
        try:
            getattr(import_module(module_name), name)
        except (ImportError, AttributeError):
            raise UnsupportedMoto(f"but this moto {version} has no {module_name}.{name}") from None
    spec = PathFinder.find_spec(_SERVICE_MODULE, moto.__path__)
    if spec is not None:
        raise UnsupportedMoto(
            f"but this moto {version} has a Cognito Sync of its own ({spec.origin}): use moto's mock_aws instead"
        )


def require(project: str, owner: Any, name: str) -> None:
    """
    Check that *owner*, an object of *project*, has the attribute *name*, which may be dotted.

    Raises:
        UnsupportedDependency: it has not.
    """
    try:
        attrgetter(name)(owner)
    except AttributeError as error:
        raise _unsupported(project, error) from None


def _unsupported(project: str, error: Exception) -> UnsupportedDependency:
    return UnsupportedDependency(f"mock_cognitosync does not support this version of {project}: {error}")


def explain(error: ImportError) -> None:
    """
    Explain a failed import in the package.

    Raises:
        UnsupportedMoto: moto lacks a name that the package imports.
        UnsupportedDependency: the same of botocore.
    """
    if (error.name or "").startswith("botocore."):
        raise _unsupported("botocore", error) from error
    if (error.name or "").startswith("moto."):
        try:
            require_supported_moto()
        except UnsupportedMoto:
            raise
        except ImportError:
            # moto itself cannot be imported, so its version is unknown.
            pass
        raise UnsupportedMoto(f"and the installed one differs: {error}") from error


def _add_pattern(index: Any) -> None:
    # A mock refuses to start if moto does not have the list; importing moto must not fail.
    patterns = getattr(index, "backend_url_patterns", None)
    # In place: moto's server and proxy keep a reference to the list.
    if patterns is not None and not any(name == SERVICE for name, _ in patterns):
        from .cognitosync.urls import HOST_PATTERN

        patterns.insert(0, (SERVICE, re.compile(HOST_PATTERN)))


def _add_resource_type(parsing: Any) -> None:
    try:
        caches = parsing.get_model_list, parsing.get_model_map, parsing.get_name_type_map
        # Before moto lists its types, and only if moto lacks this one.
        if "AWS::Cognito::IdentityPool" not in {model.cloudformation_type() for model in parsing.get_model_list()}:
            from .cognitosync import cloudformation  # noqa: F401  # its class registers itself as a subclass
        for cached in caches:
            cached.cache_clear()
    except (AttributeError, ImportError) as error:
        # moto's CloudFormation must stay importable.
        _log.warning("AWS::Cognito::IdentityPool is not available in this moto's CloudFormation (%s)", error)


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
