"""One event of the history as a step of the story: a message from one participant to another."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ...cognitosync.interceptor import Call
from ..calls import RecordedCall
from ..history import ClockMove, DeviceCall, FinishedCall, PushedText, RunTrigger, StreamedText, recorded_call
from ..section import cut, first, patches, remarks, result, short

CLIENT, SERVICE, DEVICE, TRIGGER, STREAM, PHONE = "client", "service", "device", "trigger", "stream", "phone"

# The legend of a story has this many identities and only counts the others.
_SPELT_OUT = 50
_IDS = ("IdentityPoolId", "IdentityId", "DatasetName")


@dataclass(slots=True, frozen=True)
class Step:
    """
    One arrow of the diagram, or a note.

    Attributes:
        kind: the kind of arrow, or a note, which is placed at its receiver.
        details: further lines.
        attempts: the first and the last attempt with this answer; None if the call had one attempt, or for other steps.
        has_failed: whether it is the answer to a call that did not succeed.
    """

    kind: Literal["request", "answer", "note"]
    sender: str
    receiver: str
    text: str
    details: tuple[str, ...] = ()
    attempts: tuple[int, int] | None = None
    has_failed: bool = False

    @property
    def answers_client(self) -> bool:
        """Whether it is the answer to a call of a client."""
        return self.kind == "answer" and self.receiver == CLIENT


class Names:
    """
    Short names of identities.

    Args:
        identities: pool and identity of each identity of the story, in the order in which they occur.
    """

    def __init__(self, identities: list[tuple[str, str]]) -> None:
        self._identities = identities
        self._letters = {key: _letter(number) for number, key in enumerate(identities)}

    def legend(self) -> list[str]:
        """The ids in full, up to a limit; empty if the story has no identity."""
        if len(self._identities) == 1:
            [(pool_id, identity_id)] = self._identities
            return [f"The user is identity {identity_id} of pool {pool_id}."]
        lines = [
            f"{letter} is identity {identity_id} of pool {pool_id}."
            for (pool_id, identity_id), letter in self._letters.items()
        ]
        more = [f"... {len(lines) - _SPELT_OUT} more identities"] if len(lines) > _SPELT_OUT else []
        return [*lines[:_SPELT_OUT], *more]

    def dataset(self, pool_id: Any, identity_id: Any, dataset: Any) -> str:
        """A dataset, with the letter of its identity if the story has several."""
        return f"{self._owner(pool_id, identity_id)}{cut(str(dataset))}"

    def identity(self, pool_id: Any, identity_id: Any) -> str:
        """The letter of an identity; empty if the story has no other."""
        return self._letters.get((pool_id, identity_id), "") if len(self._letters) > 1 else ""

    def _owner(self, pool_id: Any, identity_id: Any) -> str:
        letter = self.identity(pool_id, identity_id)
        return f"{letter}/" if letter else ""


def identity_of(parameters: Mapping[str, Any]) -> tuple[str, str] | None:
    """The pool and identity that a call names; None if it names none."""
    pool_id, identity_id = parameters.get("IdentityPoolId"), parameters.get("IdentityId")
    return (str(pool_id), str(identity_id)) if pool_id is not None and identity_id is not None else None


def request(call: Call, names: Names) -> Step:
    """A client calls."""
    attempt = f" (attempt {call.attempt})" if call.attempt > 1 else ""
    return Step("request", CLIENT, SERVICE, f"{call.operation}({_arguments(call.parameters, names)}){attempt}")


def answer(event: FinishedCall) -> Step:
    """The service answers, or the answer is lost."""
    recorded = recorded_call(event)
    line = result(recorded) if recorded.error else _success(recorded, event.call.sync_count)
    if recorded.error and event.call.sync_count is not None and recorded.operation == "UpdateRecords":
        line += f", after it was written at sync count {event.call.sync_count}"
    return Step("answer", SERVICE, CLIENT, line, tuple(remarks(recorded)), has_failed=not recorded.succeeded)


def device_request(event: DeviceCall, names: Names) -> Step:
    """Another device writes or deletes a dataset."""
    dataset = names.dataset(*(event.call.parameters.get(name) for name in _IDS))
    if event.call.operation == "DeleteDataset":
        return Step("request", DEVICE, SERVICE, f"delete {dataset}")
    changes = [
        f"remove {cut(repr(key))}" if value is None else f"put {cut(repr(key))}: {cut(repr(value))}"
        for key, value in event.values.items()
    ]
    return Step("request", DEVICE, SERVICE, f"{first(changes) or 'put nothing'} in {dataset}")


def device_answer(event: DeviceCall) -> Step:
    """The service answers the other device."""
    recorded = recorded_call(FinishedCall(event.call, event.refusal))
    line = result(recorded) if event.refusal else _success(recorded, event.sync_count)
    return Step("answer", SERVICE, DEVICE, line, tuple(remarks(recorded)), has_failed=event.refusal is not None)


def trigger_request(event: RunTrigger) -> Step:
    """The service runs the sync trigger."""
    records = event.event["datasetRecords"]
    return Step("request", SERVICE, TRIGGER, f"SyncTrigger with {first([cut(repr(key)) for key in records])}")


def trigger_answer(event: RunTrigger) -> Step:
    """The trigger returns, with the records that it has changed, or raises."""
    if event.error is not None:
        return Step("answer", TRIGGER, SERVICE, f"raises {event.error}", has_failed=True)
    try:
        changes = list(_changes(event.event["datasetRecords"], event.answer["datasetRecords"]))
    except (AttributeError, KeyError, TypeError):
        return Step("answer", TRIGGER, SERVICE, f"returns {cut(repr(event.answer))}", has_failed=True)
    return Step("answer", TRIGGER, SERVICE, first(changes) if changes else "changes nothing")


def streamed(event: StreamedText, names: Names) -> Step:
    """A change goes to a stream."""
    data = json.loads(event.text)
    dataset = names.dataset(data.get("identityPoolId"), data.get("identityId"), data.get("datasetName"))
    return Step(
        "request",
        SERVICE,
        STREAM,
        f"{event.stream_name}: {data.get('operation')} in {dataset} at sync count {data.get('syncCount')}",
    )


def pushed(event: PushedText, names: Names) -> Step:
    """A push goes to a registered device."""
    data = json.loads(json.loads(event.text)[event.platform])["data"]
    dataset = names.dataset(data.get("identityPoolId"), data.get("identityId"), data.get("datasetName"))
    device = short("DeviceId", event.device_id)
    return Step("request", SERVICE, PHONE, f"push to {device}: {dataset} is at sync count {data.get('syncCount')}")


def moved(event: ClockMove) -> Step:
    """The clock of the mock is moved."""
    text = {"advance": f"the clock advances by {event.seconds:g} s", "freeze": "the clock stops"}
    return Step("note", SERVICE, SERVICE, text.get(event.change, "the clock runs again"))


def _arguments(parameters: Mapping[str, Any], names: Names) -> str:
    identity = identity_of(parameters)
    arguments = []
    if identity and "DatasetName" in parameters:
        arguments.append(names.dataset(*identity, parameters["DatasetName"]))
    elif identity:
        arguments.append(names.identity(*identity))
    elif "IdentityPoolId" in parameters:
        arguments.append(f"pool {short('IdentityPoolId', parameters['IdentityPoolId'])}")
    others = {name: value for name, value in sorted(parameters.items()) if name not in (*_IDS, "SyncSessionToken")}
    written = others.pop("RecordPatches", None)
    if isinstance(written, list):
        arguments.append(patches(written))
    arguments += [f"{name}={short(name, value)}" for name, value in others.items()]
    return ", ".join(filter(None, arguments))


def _success(call: RecordedCall, sync_count: int | None) -> str:
    if call.operation == "UpdateRecords":
        return "ok, nothing changed" if sync_count is None else f"ok, written at sync count {sync_count}"
    return "ok" if sync_count is None else f"ok, at sync count {sync_count}"


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for key, entry in after.items():
        value = _value(entry)
        if entry is not None and value != _value(before.get(key)):
            yield f"removes {cut(repr(key))}" if value is None else f"sets {cut(repr(key))} to {cut(repr(value))}"
    for key in before:
        if key not in after:
            yield f"leaves out {cut(repr(key))}"


def _value(entry: Mapping[str, Any] | None) -> Any:
    return None if entry is None or entry.get("op") == "remove" else entry.get("newValue")


def _letter(number: int) -> str:
    """A to Z, then A1 to Z1 and so on."""
    return f"{chr(ord('A') + number % 26)}{number // 26 or ''}"
