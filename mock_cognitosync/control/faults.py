"""Faults on demand: refusals, broken connections and slowness, for the calls that a test names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from threading import Lock
from types import TracebackType
from typing import Any, TypedDict

from ..cognitosync.domain.clock import Clock
from ..cognitosync.exceptions import CognitoSyncError
from ..cognitosync.interceptor import Call
from .arguments import ANY_OPERATION


class InjectedError(CognitoSyncError):
    """An error that a test asked for. Source: faults-1."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code  # type: ignore[misc]  # of this one error, where other classes have one for all


def require_whole(name: str, value: object, lowest: int) -> None:
    """
    Check that the argument *name* is a whole number.

    Raises:
        ValueError: it is not, or it lies below *lowest*.
    """
    if type(value) is not int or value < lowest:
        raise ValueError(f"{name}={value!r}: give a whole number from {lowest}")


@dataclass(slots=True, frozen=True)
class CallFilter:
    """Which calls are meant; None takes any."""

    operation: str
    account_id: str
    region_name: str
    identity_pool_id: str | None = None
    identity_id: str | None = None
    dataset: str | None = None

    def matches(self, call: Call) -> bool:
        """Whether *call* is one of them."""
        wanted = {
            "IdentityPoolId": self.identity_pool_id,
            "IdentityId": self.identity_id,
            "DatasetName": self.dataset,
        }
        return (
            self.operation in (call.operation, ANY_OPERATION)
            and (self.account_id, self.region_name) == (call.account_region.account_id, call.account_region.region_name)
            and all(value is None or call.parameters.get(name) == value for name, value in wanted.items())
        )


class When(TypedDict, total=False):
    """
    Which calls a fault strikes.

    Attributes:
        calls: the first so many of a client's calls, with all of their attempts.
        attempts: the first so many attempts, so that a client which tries again gets through; not beside ``calls``.
        every: only each so-manieth.
        after: not the first so many.
        probability: each with this chance, 0 to 1.
        seed: of the generator that decides; 0 unless given.
        identity_pool_id: only calls for this pool.
        identity_id: only calls for this identity.
        dataset: only calls for this dataset.
    """

    calls: int
    attempts: int
    every: int
    after: int
    probability: float
    seed: int
    identity_pool_id: str | None
    identity_id: str | None
    dataset: str | None


def split(when: When) -> tuple[dict[str, Any], Schedule]:
    """
    What *when* says for an :class:`CallFilter`, and its :class:`Schedule`.

    Raises:
        TypeError: a name that there is not.
        ValueError: a number that makes no sense.
    """
    for name in when:
        if name not in When.__annotations__:
            raise TypeError(f"a fault has no option {name!r}; it has {', '.join(When.__annotations__)}")
    where = {name: value for name, value in when.items() if name not in Schedule.__slots__}
    return where, Schedule(**{name: value for name, value in when.items() if name not in where})  # type: ignore[arg-type]  # as When says


@dataclass(slots=True, frozen=True)
class Schedule:
    """Which of the calls that are meant are struck, see :class:`When`."""

    calls: int | None = None
    attempts: int | None = None
    every: int = 1
    after: int = 0
    probability: float = 1
    seed: int = 0

    def __post_init__(self) -> None:
        if self.calls is not None and self.attempts is not None:
            raise ValueError("give calls=, which strikes all attempts of a call, or attempts=, not both")
        for name in ("calls", "attempts", "every"):
            value = getattr(self, name)
            if value is not None:
                require_whole(name, value, 1)
        require_whole("after", self.after, 0)
        if not isinstance(self.probability, (int, float)) or not 0 <= self.probability <= 1:
            raise ValueError(f"probability={self.probability!r}: give a number from 0 to 1")


class Fault:
    """
    A fault that waits for its calls; made by the handle's ``fail``, ``drop_connection`` and ``delay``.

    As a context manager it is lifted at the end of the block.

    Attributes:
        struck: how many attempts it has struck so far.
    """

    def __init__(
        self,
        call_filter: CallFilter,
        schedule: Schedule,
        remove: Callable[[Fault], None],
        *,
        error: Callable[[], Exception] | None,
        after_write: bool = False,
        clock: Clock,
        delay_seconds: float = 0,
    ) -> None:
        self.times_injected = 0
        self.after_write = after_write
        self._call_filter = call_filter
        self._schedule = schedule
        self._remove = remove
        self._error = error
        self._clock = clock
        self._delay_seconds = delay_seconds
        self._random = Random(schedule.seed)
        self._seen = 0
        self._chosen = 0
        # What was decided for the attempts of a call that is under way.
        self._decided: dict[str, bool] = {}
        self._lock = Lock()

    def __enter__(self) -> Fault:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.remove()

    def remove(self) -> None:
        """Strike no more; once more does no harm."""
        self._remove(self)

    def apply(self, call: Call) -> None:
        """
        Strike *call* if it is one of those meant.

        Raises:
            InjectedError, ConnectionLost
        """
        if not self._call_filter.matches(call) or not self._is_due(call):
            return
        self._clock.advance(self._delay_seconds)
        if self._error is not None:
            raise self._error()

    def _is_due(self, call: Call) -> bool:
        by_call = self._schedule.attempts is None
        with self._lock:
            if by_call and call.invocation_id is not None:
                if call.invocation_id not in self._decided:
                    self._decided[call.invocation_id] = self._choose()
                due = self._decided[call.invocation_id]
            else:
                due = self._choose()
            self.times_injected += due
        return due

    def _choose(self) -> bool:
        schedule = self._schedule
        self._seen += 1
        number = self._seen - schedule.after
        limit = schedule.calls or schedule.attempts
        due = (
            number > 0
            and number % schedule.every == 0
            and (limit is None or self._chosen < limit)
            and self._random.random() < schedule.probability
        )
        self._chosen += due
        return due
