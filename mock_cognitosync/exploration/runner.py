"""Runs a scenario once, undisturbed or disturbed, in a mock of its own."""

from __future__ import annotations

import asyncio
import inspect
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import mock_cognitosync
from .disturbances import FOREIGN_KEY, Disturbance, Situation, WasApplied
from .trace import Trace, calls_of, dataset_of, trace_of
from .waits import Waits

if TYPE_CHECKING:
    from .. import CognitoSync, DatasetState, RecordedCall


# A dataset and its live records; None if a call names none, or one that cannot exist.
Seen = tuple["DatasetState | None", Mapping[str, str]]


@dataclass(slots=True, frozen=True)
class Encounter:
    """A call and the disturbance that it meets."""

    situation: Situation
    disturbance: Disturbance

    @property
    def id(self) -> str:
        """As in ``UpdateRecords#2/throttled``."""
        return f"{self.situation.name}/{self.disturbance.name}"


@dataclass(slots=True, frozen=True)
class Run:
    """
    One disturbed run.

    Attributes:
        error: the exception of the scenario; None if it passed.
        trace: its calls and stored records; None if it raised.
        applied: whether each of its disturbances was applied.
        overlooked: the errors that it overlooked.
    """

    error: BaseException | None
    trace: Trace | None
    applied: bool
    overlooked: str = ""


class Runner:
    """
    Runs one scenario, again and again.

    Attributes:
        waits: the waits of all runs so far.
    """

    def __init__(
        self, scenario: Callable[[CognitoSync], object], seed: int, max_attempts: int, options: Mapping[str, Any]
    ) -> None:
        self.waits = Waits()
        self._scenario = scenario
        self._seed = seed
        self._max_attempts = max_attempts
        self._options = options

    def situations(self) -> tuple[list[Situation], Trace]:
        """
        Each call of the undisturbed run, with the records stored when it arrived, and the trace of that run.

        The scenario runs twice: the second run knows which calls will arrive, and reads their datasets.

        Raises:
            Exception: what the scenario raises.
            RuntimeError: the scenario makes no call, or other calls in the second run, or calls that overlap.
        """
        with self._mock(1, report=True) as sync:
            self._perform(sync)
            undisturbed, calls, region_name = trace_of(sync), calls_of(sync), sync.region_name
        if not calls:
            raise RuntimeError(f"the scenario makes no call to Cognito Sync in {region_name}: nothing can disturb it")
        seen = self._rehearse(calls, undisturbed)
        numbers: Counter[str] = Counter()
        situations = []
        for call, (dataset, records) in zip(calls, seen, strict=True):
            numbers[call.operation] += 1
            sample = _sample(call, calls, records)
            situations.append(Situation(call, numbers[call.operation], dataset, records, sample))
        return situations, undisturbed

    def run(self, encounters: Sequence[Encounter]) -> Run:
        """Run the scenario so that it meets *encounters*."""
        marks: list[WasApplied] = []
        try:
            with self._disturbed(encounters, marks, report=False) as sync:
                self._perform(sync)
                trace, overlooked = trace_of(sync), _overlooked(sync, encounters)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return Run(error, None, all(mark() for mark in marks))
        return Run(None, trace, all(mark() for mark in marks), overlooked)

    def replay(self, encounters: Sequence[Encounter]) -> str:
        """
        Do the same, in a mock that is part of the report of a failing test; return its story.

        Raises:
            BaseException: what the scenario raises.
        """
        with self._disturbed(encounters, [], report=True) as sync:
            self._perform(sync)
        return sync.story()

    def _rehearse(self, calls: Sequence[RecordedCall], undisturbed: Trace) -> list[Seen]:
        """Look at the dataset of each of *calls* when it arrives, in a second run, which must be like the first."""
        seen: list[Seen] = []
        finished_before: list[int] = []

        def look() -> None:
            finished_before.append(len(calls_of(sync)))
            seen.append(_look(sync, calls[len(seen)]))

        with self._mock(1, report=False) as sync:
            sync.before_next("*", look, calls=len(calls), optional=True)
            self._perform(sync)
            difference = trace_of(sync).difference(undisturbed)
        if difference:
            raise RuntimeError(
                f"the scenario is not the same each time, so its runs cannot be compared: {difference}; take random "
                "values from the module random, which is seeded"
            )
        if finished_before != list(range(len(calls))):
            raise RuntimeError(
                "calls of the scenario overlap, so they cannot be disturbed one by one: use no threads, and no trigger "
                "that calls the service"
            )
        return seen

    @contextmanager
    def _disturbed(
        self, encounters: Sequence[Encounter], marks: list[WasApplied], *, report: bool
    ) -> Iterator[CognitoSync]:
        retried = any(encounter.disturbance.is_retried for encounter in encounters)
        with self._mock(self._max_attempts if retried else 1, report=report) as sync:
            marks.extend(encounter.disturbance.apply(sync, encounter.situation) for encounter in encounters)
            yield sync

    @contextmanager
    def _mock(self, max_attempts: int, *, report: bool) -> Iterator[CognitoSync]:
        mock = mock_cognitosync(**self._options, seed=self._seed, max_attempts=max_attempts, report=report)
        state = random.getstate()
        random.seed(self._seed)
        try:
            with mock as sync, self.waits.watch(sync.advance):
                yield sync
        finally:
            random.setstate(state)

    def _perform(self, sync: CognitoSync) -> None:
        result = self._scenario(sync)
        if inspect.iscoroutine(result):
            try:
                asyncio.get_running_loop()
            except RuntimeError:
                asyncio.run(result)
            else:
                result.close()
                raise RuntimeError(
                    "explore() runs a coroutine scenario in an event loop of its own: call it from a function that is "
                    "not async"
                )


def _overlooked(sync: CognitoSync, encounters: Sequence[Encounter]) -> str:
    """The errors of calls that the service accepted in spite of their disturbances."""
    found = []
    for encounter in encounters:
        calls = [call for call in calls_of(sync) if call.operation == encounter.situation.call.operation]
        disturbed = calls[encounter.situation.number - 1 :][:1]
        if any(call.succeeded for call in disturbed):
            found.append(encounter.disturbance.overlooked)
    return "; ".join(filter(None, found))


def _look(sync: CognitoSync, call: RecordedCall) -> Seen:
    """The dataset that *call* names, as it is now."""
    key = dataset_of(call)
    try:
        return (sync.dataset(*key), sync.records(*key)) if key else (None, {})
    except ValueError:
        return None, {}


def _sample(call: RecordedCall, calls: Sequence[RecordedCall], records: Mapping[str, str]) -> str:
    """A value as the code under test writes it: from the call, its dataset, or another call for that dataset."""
    others = [other for other in calls if dataset_of(other) == dataset_of(call)]
    written = [
        str(patch["Value"])
        for writing in (call, *others)
        for patch in writing.parameters.get("RecordPatches") or ()
        if patch.get("Value") is not None
    ]
    stored = [value for key, value in records.items() if key != FOREIGN_KEY]
    own = written[:1] if call.parameters.get("RecordPatches") else stored[:1] or written[:1]
    return next(iter([*own, *stored, *written]), "1")
