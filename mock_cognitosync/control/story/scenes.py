"""The history as scenes: each call with everything that happened while it was in progress."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from ...cognitosync.domain.keys import AccountRegion
from ...cognitosync.interceptor import Call
from ..history import (
    ClockMove,
    DeviceCall,
    Entry,
    Event,
    FinishedCall,
    InjectedFault,
    PushedText,
    RunHook,
    RunTrigger,
    StreamedText,
    calls_of,
)
from ..section import counted
from . import steps
from .steps import Names, Step

# A story shows this many scenes and gives only the number of the older ones. Repeated scenes count once.
_SHOWN = 20
_IDS = {"IdentityPoolId": "identityPoolId", "IdentityId": "identityId", "DatasetName": "datasetName"}


@dataclass(slots=True)
class Scene:
    """
    A call of a client with its retries, a call of another device, or an event outside a call.

    Attributes:
        numbers: the positions of its attempts in the list of recorded calls, from 1; empty if it is no client's call.
        invocation_id: that of the call.
        times: the number of consecutive equal scenes, including this one.
    """

    steps: list[Step] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    invocation_id: str | None = None
    times: int = 1

    def add_answer(self, answer: Step, attempt: int) -> None:
        """Add the answer to a call. The answers to retries are numbered, and consecutive equal ones are counted."""
        if self.numbers:
            self.steps = [
                replace(step, attempts=step.attempts or (1, 1)) if step.answers_client else step for step in self.steps
            ]
            last = self.steps[-1]
            if last.attempts and replace(last, attempts=None) == answer:
                self.steps[-1] = replace(last, attempts=(last.attempts[0], attempt))
                return
            answer = replace(answer, attempts=(attempt, attempt))
        self.steps.append(answer)


@dataclass(slots=True)
class Story:
    """
    Scenes in order.

    Attributes:
        heading: how many calls reached the account and region, and which others were reached.
        legend: the identities.
    """

    heading: str
    legend: list[str]
    scenes: list[Scene]

    def latest(self) -> tuple[str | None, list[Scene]]:
        """The latest scenes, and a line about the earlier ones."""
        earlier, latest = self.scenes[:-_SHOWN], self.scenes[-_SHOWN:]
        calls = sum(scene.times for scene in earlier if scene.numbers)
        others = sum(scene.times for scene in earlier if not scene.numbers)
        parts = [counted(calls, "earlier call")] if calls else []
        parts += [counted(others, "earlier event")] if others else []
        return (f"... {' and '.join(parts)}" if parts else None), latest


def scenes_of(entries: Sequence[Entry], account_region: AccountRegion) -> Story:
    """The story of an account and region."""
    here = [event for _, there, event in entries if there in (account_region, None)]
    identities = [
        identity
        for event in here
        if isinstance(event, (FinishedCall, DeviceCall))
        and (identity := steps.identity_of(event.call.parameters)) is not None
    ]
    names = Names(list(dict.fromkeys(identities)))
    builder = _Builder(here, names)
    for position, event in enumerate(here):
        builder.add(position, event)
    return Story(calls_of(entries, account_region).heading, names.legend(), _folded(builder.scenes))


class _Builder:
    """Adds each event to the scene in which it happened."""

    def __init__(self, events: Sequence[Event], names: Names) -> None:
        self.scenes: list[Scene] = []
        self._events = events
        self._names = names
        self._number = 0
        # The calls that are in progress, each with its scene.
        self._open: dict[object, Scene] = {}
        # Events during a call of a device. The call itself is recorded later.
        self._during_device_call: list[Step] = []

    def add(self, position: int, event: Event) -> None:
        """Add the event at this position."""
        if isinstance(event, FinishedCall):
            self._finish(event)
        elif isinstance(event, InjectedFault):
            # The answer lists it; here it only shows when the call arrived.
            self._scene_of(event.call)
        elif isinstance(event, RunHook):
            scene = self._scene_of(event.call)
            scene.steps.append(Step("note", steps.SERVICE, steps.SERVICE, f"hook: {event.plan}"))
        elif isinstance(event, DeviceCall):
            during, self._during_device_call = self._during_device_call, []
            written = [steps.device_request(event, self._names), *during, steps.device_answer(event)]
            self._current().steps.extend(written)
        elif isinstance(event, ClockMove):
            self._current().steps.append(steps.moved(event))
        else:
            self._add_to_its_call(position, event)

    def _add_to_its_call(self, position: int, event: RunTrigger | StreamedText | PushedText) -> None:
        if isinstance(event, RunTrigger):
            data, found = event.event, [steps.trigger_request(event), steps.trigger_answer(event)]
        elif isinstance(event, StreamedText):
            data, found = json.loads(event.text), [steps.streamed(event, self._names)]
        else:
            data = json.loads(json.loads(event.text)[event.platform])["data"]
            found = [steps.pushed(event, self._names)]
        owner = self._owner(position, data)
        if isinstance(owner, DeviceCall):
            self._during_device_call.extend(found)
        else:
            scene = self._scene_of(owner.call) if owner else self._current()
            scene.steps.extend(found)

    def _owner(self, position: int, data: Mapping[str, Any]) -> FinishedCall | DeviceCall | None:
        """The call that caused a message about a dataset: the next one to end that names no other."""
        for event in self._events[position + 1 :]:
            if isinstance(event, (FinishedCall, DeviceCall)) and all(
                event.call.parameters.get(name, data.get(key)) == data.get(key) for name, key in _IDS.items()
            ):
                return event
        return None

    def _scene_of(self, call: Call) -> Scene:
        """The scene of a call in progress, which begins with its request; a retry continues that of its call."""
        key = _key(call)
        if key not in self._open:
            last = self.scenes[-1] if self.scenes else None
            if last is None or call.invocation_id is None or last.invocation_id != call.invocation_id:
                last = Scene([steps.request(call, self._names)], invocation_id=call.invocation_id)
                self.scenes.append(last)
            self._open[key] = last
        return self._open[key]

    def _current(self) -> Scene:
        """The scene of the call that is in progress; a new one if no call is."""
        if self._open:
            return next(reversed(self._open.values()))
        self.scenes.append(Scene())
        return self.scenes[-1]

    def _finish(self, event: FinishedCall) -> None:
        self._number += 1
        scene = self._scene_of(event.call)
        del self._open[_key(event.call)]
        scene.add_answer(steps.answer(event), event.call.attempt)
        scene.numbers.append(self._number)


def _folded(scenes: Iterable[Scene]) -> list[Scene]:
    folded = []
    for _, group in groupby(scenes, key=lambda scene: scene.steps):
        equal = list(group)
        first = equal[0]
        numbers = [number for scene in equal for number in scene.numbers]
        folded.append(Scene(first.steps, numbers, first.invocation_id, len(equal)))
    return folded


def _key(call: Call) -> object:
    """A key that two entries about one attempt share, even if they come from another process."""
    if call.invocation_id is not None:
        return call.invocation_id, call.attempt
    return call.operation, call.attempt, repr(sorted(call.parameters.items()))
