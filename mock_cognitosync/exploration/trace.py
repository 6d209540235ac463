"""The trace of a run: its calls and what it stored, in a form in which two runs can be compared."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .disturbances import FOREIGN_KEY

if TYPE_CHECKING:
    from .. import CognitoSync, RecordedCall

# Values from the service or the clock. They differ after any disturbance and say nothing about the code under test.
_HANDED_OUT = {"SyncSessionToken", "SyncCount", "LastSyncCount", "NextToken", "DeviceLastModifiedDate"}


@dataclass(slots=True, frozen=True)
class Trace:
    """
    The calls and stored records of a run.

    Attributes:
        calls: the operation of each call and its parameters as text, without tokens, counts and dates.
        stored: the live records of each dataset that the calls name.
    """

    calls: tuple[tuple[str, str], ...]
    stored: Mapping[str, Mapping[str, str]]

    def difference(self, undisturbed: Trace) -> str:
        """The difference from the undisturbed run; empty if there is none."""
        return "; ".join(filter(None, [self._other_calls(undisturbed), self._other_records(undisturbed)]))

    def _other_calls(self, undisturbed: Trace) -> str:
        both = zip(self.calls, undisturbed.calls, strict=False)
        for number, (call, expected) in enumerate(both, 1):
            if call[0] != expected[0]:
                return f"call {number} is {call[0]} instead of {expected[0]}"
            if call != expected:
                return f"call {number}, {call[0]}, has other parameters"
        more = self.calls[len(undisturbed.calls) :]
        if more:
            return f"more calls: {', '.join(operation for operation, _ in more)}"
        fewer = undisturbed.calls[len(self.calls) :]
        return f"fewer calls: no {', '.join(operation for operation, _ in fewer)}" if fewer else ""

    def _other_records(self, undisturbed: Trace) -> str:
        found = []
        for dataset, expected in undisturbed.stored.items():
            records = self.stored.get(dataset, {})
            keys = sorted(key for key in {*records, *expected} if records.get(key) != expected.get(key))
            if keys:
                found.append(f"other records in {dataset}: {', '.join(keys)}")
        return ", ".join(found)


def calls_of(sync: CognitoSync) -> list[RecordedCall]:
    """The last attempt of each call in the region of the handle, in the order of the first attempts."""
    return list({call.invocation_id or id(call): call for call in sync.calls}.values())


def trace_of(sync: CognitoSync) -> Trace:
    """The calls and stored records of the scenario so far."""
    calls = calls_of(sync)
    names = _names_of_ids(calls)
    stored = {}
    for call in calls:
        key = dataset_of(call)
        if key is not None:
            records = _records(sync, key)
            label = _renamed(f"{key[2]} of {key[1]}", names)
            stored[label] = {name: text for name, text in records.items() if name != FOREIGN_KEY}
    return Trace(tuple((call.operation, _renamed(_text(call.parameters), names)) for call in calls), stored)


def dataset_of(call: RecordedCall) -> tuple[str, str, str] | None:
    """The pool, identity and name of the dataset that *call* names; None if it names none."""
    found = [call.parameters.get(name) for name in ("IdentityPoolId", "IdentityId", "DatasetName")]
    if None in found:
        return None
    pool_id, identity_id, name = map(str, found)
    return pool_id, identity_id, name


def _records(sync: CognitoSync, key: tuple[str, str, str]) -> dict[str, str]:
    try:
        return sync.records(*key)
    except ValueError:
        # The call names an id that cannot exist, and was refused.
        return {}


def _names_of_ids(calls: Sequence[RecordedCall]) -> dict[str, str]:
    """A name for each id, in the order in which the calls use them."""
    names: dict[str, str] = {}
    for parameter, noun in (("IdentityPoolId", "pool"), ("IdentityId", "identity")):
        found = dict.fromkeys(str(call.parameters[parameter]) for call in calls if parameter in call.parameters)
        names.update({each: f"{noun} {number}" for number, each in enumerate(found, 1)})
    return names


def _renamed(text: str, names: Mapping[str, str]) -> str:
    for found, name in names.items():
        text = text.replace(found, name)
    return text


def _text(parameters: Mapping[str, Any]) -> str:
    return json.dumps(_comparable(parameters), sort_keys=True, default=str)


def _comparable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: None if name in _HANDED_OUT else _comparable(member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_comparable(item) for item in value]
    return value
