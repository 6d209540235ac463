"""
The means of a test under plain ``mock_aws``, without a ``mock_cognitosync``: a handle for data, and recorded calls.

The package does not see such a mock begin or end, so recording continues until it is restarted, and keeps a limited
number of entries.
"""

from __future__ import annotations

from ..cognitosync import settings
from .controller import Controller
from .handle import CognitoSync
from .history import History

_MOST_ENTRIES = 1000

_controller: Controller | None = None


def record() -> None:
    """Forget what was recorded, and record the calls that reach the service while no mock is active."""
    global _controller
    _controller = Controller(history=History(settings.now_ms, _MOST_ENTRIES))
    settings.set_plain_interceptor(_controller)


def handles_with_calls() -> list[CognitoSync]:
    """The handle, if it has recorded calls."""
    return [handle()] if _controller is not None and _controller.history.entries_since()[0] else []


def handle() -> CognitoSync:
    """A handle for the region of a client that is created without one."""
    return CognitoSync(port=_controller)
