"""The calls to which a fault or hook applies, and how many of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from random import Random

from ..cognitosync.domain.keys import AccountRegion
from ..cognitosync.interceptor import Call
from .arguments import ANY_OPERATION, require_integer


@dataclass(slots=True, frozen=True)
class CallFilter:
    """The calls that match; None matches anything."""

    operation: str
    account_region: AccountRegion
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
            and self.account_region == call.account_region
            and all(value is None or call.parameters.get(name) == value for name, value in wanted.items())
        )

    def keywords(self) -> str:
        """Its keyword arguments as a test writes them, each after a comma."""
        return _keywords(self, ("identity_pool_id", "identity_id", "dataset"))


@dataclass(slots=True, frozen=True)
class Schedule:
    """
    Which of the matching calls are chosen.

    Attributes:
        calls: the first *n* calls, including all their retries; mutually exclusive with ``attempts``.
        attempts: the first *n* attempts, so that a client's retry succeeds.
        every: only every *n*-th matching call.
        after: none of the first *n* matching calls.
        probability: each with this probability, 0 to 1.
        seed: seeds the random numbers.
    """

    calls: int | None = None
    attempts: int | None = None
    every: int = 1
    after: int = 0
    probability: float = 1
    seed: int = 0

    def __post_init__(self) -> None:
        if self.calls is not None and self.attempts is not None:
            raise ValueError(
                "calls= and attempts= are mutually exclusive: calls=n includes all retries of the first n calls, "
                "attempts=n does not"
            )
        for name in ("calls", "attempts", "every"):
            value = getattr(self, name)
            if value is not None:
                require_integer(name, value, 1)
        require_integer("after", self.after, 0)
        if not isinstance(self.probability, (int, float)) or not 0 <= self.probability <= 1:
            raise ValueError(f"probability must be a number from 0 to 1, got {self.probability!r}")

    def keywords(self) -> str:
        """Its keyword arguments as a test writes them, each after a comma."""
        return _keywords(self, self.__slots__)


class Chooser:
    """Decides for one call after the other whether it is chosen. Not thread-safe."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._random = Random(schedule.seed)
        self._seen = 0
        self._chosen = 0
        # The decision for each call, which its retries share.
        self._decided: dict[str, bool] = {}

    def chooses(self, call: Call) -> bool:
        """Whether *call*, which matches, is chosen."""
        if self._schedule.attempts is not None or call.invocation_id is None:
            return self._choose()
        if call.invocation_id not in self._decided:
            self._decided[call.invocation_id] = self._choose()
        return self._decided[call.invocation_id]

    def _choose(self) -> bool:
        schedule = self._schedule
        self._seen += 1
        number = self._seen - schedule.after
        limit = schedule.calls or schedule.attempts
        chosen = (
            number > 0
            and number % schedule.every == 0
            and (limit is None or self._chosen < limit)
            and self._random.random() < schedule.probability
        )
        self._chosen += chosen
        return chosen


def times(number: int) -> str:
    """*number* in words, ``once`` or ``3 times``."""
    return "once" if number == 1 else f"{number} times"


def _keywords(options: CallFilter | Schedule, names: Iterable[str]) -> str:
    defaults = {field.name: field.default for field in fields(options)}
    given = {name: getattr(options, name) for name in names}
    return "".join(f", {name}={value!r}" for name, value in given.items() if value != defaults[name])
