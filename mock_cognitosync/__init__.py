"""
Amazon Cognito Sync for moto: ``from mock_cognitosync import mock_cognitosync``.

Importing the package registers the service with moto without importing moto or boto3.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

from .registration import explain, register

if TYPE_CHECKING:
    from .connection import connect
    from .control.calls import Calls, RecordedCall
    from .control.dataset_state import DatasetState
    from .control.device import Device
    from .control.faults import Fault
    from .control.handle import CognitoSync
    from .control.history import PushNotification, StreamRecord
    from .control.hooks import Hook
    from .control.interventions import NeverApplied
    from .control.snapshot import SnapshotRefused
    from .control.user import User
    from .exploration import Exploration, explore
    from .fixtures import cognitosync_fixture
    from .mock import MockCognitoSync, current, mock_cognitosync
    from .patches import RealRequestRefused
    from .phone import Phone
    from .server.in_process import CognitoSyncServer

    __version__: str

__all__ = [
    "Calls",
    "CognitoSync",
    "CognitoSyncServer",
    "DatasetState",
    "Device",
    "Exploration",
    "Fault",
    "Hook",
    "MockCognitoSync",
    "NeverApplied",
    "Phone",
    "PushNotification",
    "RealRequestRefused",
    "RecordedCall",
    "SnapshotRefused",
    "StreamRecord",
    "User",
    "cognitosync_fixture",
    "connect",
    "current",
    "explore",
    "mock_cognitosync",
    "register",
]

_LAZY_EXPORTS = {
    "Calls": "control.calls",
    "CognitoSync": "control.handle",
    "CognitoSyncServer": "server.in_process",
    "DatasetState": "control.dataset_state",
    "Device": "control.device",
    "Exploration": "exploration",
    "Fault": "control.faults",
    "Hook": "control.hooks",
    "MockCognitoSync": "mock",
    "NeverApplied": "control.interventions",
    "Phone": "phone",
    "PushNotification": "control.history",
    "RealRequestRefused": "patches",
    "RecordedCall": "control.calls",
    "SnapshotRefused": "control.snapshot",
    "StreamRecord": "control.history",
    "User": "control.user",
    "cognitosync_fixture": "fixtures",
    "connect": "connection",
    "current": "mock",
    "explore": "exploration",
    "mock_cognitosync": "mock",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("mock-cognitosync")
    if name not in _LAZY_EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    try:
        module = import_module(f"{__name__}.{_LAZY_EXPORTS[name]}")
    except ImportError as error:
        explain(error)
        raise
    value = getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__


class _Package(ModuleType):
    def __call__(self, *args: Any, **options: Any) -> NoReturn:
        raise TypeError(
            "this mock_cognitosync is the package, which cannot be called; write `from mock_cognitosync import "
            "mock_cognitosync` and use that as a decorator or context manager"
        )


sys.modules[__name__].__class__ = _Package
register()
