"""
Explores a sync loop: runs it again for each of its calls and each disturbance that can affect the call.

``from mock_cognitosync import explore`` is its only public name. The package is not called ``explore``, because a
module of that name would hide the function as soon as it is imported. It uses only the public handle.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from .. import current
from .explorer import Budget, Explorer
from .result import Exploration
from .runner import Runner

__all__ = ["Exploration", "explore"]

if TYPE_CHECKING:
    from .. import CognitoSync


def explore(
    scenario: Callable[[CognitoSync], object] | Callable[[CognitoSync], Awaitable[object]],
    *,
    seed: int = 0,
    depth: int = 1,
    max_runs: int | None = None,
    max_seconds: float | None = None,
    max_attempts: int = 3,
    **options: Any,
) -> Exploration:
    """
    Run *scenario* undisturbed, then once for each of its calls and each disturbance that can affect the call.

    Each run starts from a clean mock. A terminal shows the progress.

    Args:
        scenario: a function or coroutine function that takes the handle, creates its user and its clients, runs the
            code under test, and asserts what must be true whatever other devices and the network do.
        seed: seeds the ids of the mock and Python's ``random`` in each run, and the choice of runs within a limit.
        depth: 2 also runs each pair of disturbances that do not fail alone.
        max_runs: run at most *n* disturbed runs, chosen at random; None runs all.
        max_seconds: start no further run after this time; None runs all.
        max_attempts: botocore's limit in runs that disturb a single attempt; all other runs switch its retries off.
        options: further options of ``mock_cognitosync``, such as ``region_name`` or ``strict_credentials``.

    Returns:
        The outcome of each run, which prints as a table.

    Raises:
        Exception: the undisturbed run raises it.
        RuntimeError: a mock is active, the scenario makes no call in the region of the handle, or it does not make the
            same calls each time, one after the other.
        ValueError: *depth* or *max_attempts* is out of range.
    """
    if depth not in (1, 2):
        raise ValueError(f"depth must be 1 or 2, got {depth!r}")
    if max_attempts < 2:
        raise ValueError(f"max_attempts must be an integer >= 2, got {max_attempts!r}: one attempt cannot be retried")
    _require_no_mock()
    explorer = Explorer(Runner(scenario, seed, max_attempts, options), seed, Budget(max_runs, max_seconds))
    return explorer.explore(depth)


def _require_no_mock() -> None:
    try:
        current()
    except RuntimeError:
        return
    raise RuntimeError(
        "explore() starts a mock for each run: call it where no mock is active, without the fixture cognitosync"
    )
