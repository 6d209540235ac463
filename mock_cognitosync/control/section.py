"""Calls as text: in assertion messages and in the section of a failing test."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .calls import RecordedCall

# A printed list shows this many calls and gives only the number of the older ones. Repeated calls count once.
_SHOWN = 20
_WIDEST = 60
_LISTED = 5
_OPAQUE = re.compile("PoolId|IdentityId|DeviceId|Token")


def count_calls(calls: Iterable[RecordedCall]) -> int:
    """The number of calls; retries do not count."""
    invocations = [call.invocation_id for call in calls]
    return len({invocation for invocation in invocations if invocation}) + invocations.count(None)


def counted(number: int, noun: str) -> str:
    """*number* and *noun*, which takes an s in the plural."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def signature(call: RecordedCall) -> str:
    """Operation and parameters of *call*, with long values cut."""
    return f"{call.operation}({', '.join(f'{name}={short(name, value)}' for name, value in _sorted(call))})"


def outcome(call: RecordedCall) -> str:
    """The outcome of *call*, with its remarks on further lines."""
    return "\n      ".join([result(call), *remarks(call)])


def result(call: RecordedCall) -> str:
    """How *call* ended, in one line."""
    line = "ok" if call.error is None else f"{call.error}: {encodable(call.message)}" if call.message else call.error
    return f"{line} (rule {call.rule}, {call.mark})" if call.rule else line


def encodable(text: str) -> str:
    """*text* in which lone surrogates, which UTF-8 cannot encode, are escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


def remarks(call: RecordedCall) -> list[str]:
    """The faults that were injected into *call*, its caution and its hint."""
    lines = [f"injected: {fault}" for fault in call.faults]
    if call.caution:
        lines.append(f"caution: {call.caution}")
    if call.hint:
        lines.append(f"hint: {call.hint}")
    return lines


def listing(calls: Sequence[RecordedCall]) -> str:
    """
    The latest of *calls*, numbered from 1.

    The attempts of one call, and consecutive equal calls, are listed once.
    """
    blocks = list(_blocks(calls))
    lines = [block for _, block in blocks[-_SHOWN:]]
    if len(blocks) > _SHOWN:
        lines.insert(0, f"   ... {counted(blocks[-_SHOWN][0], 'earlier call')}")
    return "\n".join(lines)


def _blocks(calls: Sequence[RecordedCall]) -> Iterator[tuple[int, str]]:
    """The text of each line of the list, with the number of calls before it."""
    position = calls_before = 0
    attempts = [list(group) for _, group in groupby(calls, key=lambda call: call.invocation_id or id(call))]
    for _, group in groupby(attempts, key=_comparable):
        equal = list(group)
        first, size = equal[0], sum(map(len, equal))
        label = f"{position + 1:2}" if size == 1 else f"{position + 1:2}-{position + size}"
        times = f", {len(equal)} times" if len(equal) > 1 else ""
        yield calls_before, f"{label} {signature(first[0])}{_attempt(first)}{times}\n{_outcomes(first)}"
        position += size
        calls_before += len(equal)


def _comparable(attempts: list[RecordedCall]) -> object:
    """The values by which two calls are equal for a reader: everything but their tokens."""
    first = attempts[0]
    parameters = {name: value for name, value in first.parameters.items() if name != "SyncSessionToken"}
    return first.operation, parameters, [(call.attempt, outcome(call)) for call in attempts]


def _attempt(attempts: list[RecordedCall]) -> str:
    only_a_retry = len(attempts) == 1 and attempts[0].attempt > 1
    return f" (attempt {attempts[0].attempt})" if only_a_retry else ""


def _outcomes(attempts: list[RecordedCall]) -> str:
    lines = []
    for text, group in groupby(attempts, key=outcome):
        equal = list(group)
        first, last = equal[0].attempt, equal[-1].attempt
        which = f"attempt {first} " if first == last else f"attempts {first} to {last} "
        lines.append(f"   {which if len(attempts) > 1 else ''}-> {text}")
    return "\n".join(lines)


def _sorted(call: RecordedCall) -> list[tuple[str, Any]]:
    return sorted(call.parameters.items())


def short(name: str, value: Any) -> str:
    """A short form of *value*: the beginning of an id or a token, or the changes that patches make."""
    if name == "RecordPatches" and isinstance(value, list):
        return f"[{patches(value)}]"
    if _OPAQUE.search(name) and isinstance(value, str):
        region, colon, rest = value.rpartition(":")
        return f"{region}{colon}{rest[:8]}..." if len(rest) > 8 else value
    return cut(repr(value))


def patches(values: Sequence[Any]) -> str:
    """The changes that patches make."""
    return first([_patch(patch) for patch in values])


def first(texts: Sequence[str]) -> str:
    """The first few of *texts*, and the number of the others."""
    more = [f"{len(texts) - _LISTED} more"] if len(texts) > _LISTED else []
    return ", ".join([*texts[:_LISTED], *more])


def _patch(patch: Any) -> str:
    if not isinstance(patch, dict):
        return cut(repr(patch))
    value = "" if patch.get("Value") is None else f": {cut(repr(patch['Value']))}"
    return f"{patch.get('Op')} {cut(repr(patch.get('Key')))} at {patch.get('SyncCount')}{value}"


def cut(text: str) -> str:
    """*text*, or the beginning of a long one."""
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 3]}..."
