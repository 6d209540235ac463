"""The calls that reached the service, and assertions about them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

from .arguments import ANY_OPERATION, require_operation, require_parameters

# A printed list shows this many calls and only counts the older ones.
_SHOWN = 20
_WIDEST = 60
_OPAQUE = re.compile("PoolId|IdentityId|DeviceId|Token")


@dataclass(slots=True, frozen=True)
class RecordedCall:
    """
    One attempt that reached the service. A client's retry is another one, with the next ``attempt``.

    Attributes:
        operation: the model's name, ``UpdateRecords``.
        parameters: as the service parsed them, by the model's names; empty if it could not.
        caller: the id of the calling identity or account, as in ``LastModifiedBy``; None if the credentials were
            refused.
        access_key: the one that signed the request; None if it was not signed.
        invocation_id: shared by all attempts of one call; None if the client does not send one.
        attempt: counts from 1.
        error: the code of the refusal, ``ConnectionLost``, or the class of the exception that ended the call; None if
            the call succeeded.
        message: the message of the refusal or exception.
        hint: why the call was refused: what was sent, what is stored, and how to fix it.
    """

    operation: str
    parameters: Mapping[str, Any]
    account_id: str
    region_name: str
    caller: str | None
    access_key: str | None
    invocation_id: str | None
    attempt: int
    error: str | None
    message: str | None
    hint: str | None

    @property
    def succeeded(self) -> bool:
        """Whether the client received its answer."""
        return self.error is None

    def __str__(self) -> str:
        parameters = ", ".join(f"{name}={_short(name, value)}" for name, value in sorted(self.parameters.items()))
        attempt = f" (attempt {self.attempt})" if self.attempt > 1 else ""
        outcome = "ok" if self.error is None else f"{self.error}: {self.message}" if self.message else self.error
        hint = f"\n      hint: {self.hint}" if self.hint else ""
        return f"{self.operation}({parameters}){attempt}\n   -> {outcome}{hint}"


class Calls(Sequence[RecordedCall]):
    """Calls in the order in which they ended, with assertions that list what they found."""

    def __init__(self, calls: Iterable[RecordedCall], region_name: str, elsewhere: Mapping[str, int]) -> None:
        self._calls = tuple(calls)
        self._region_name = region_name
        # Number of calls by account and region, to which a client may have been configured by mistake.
        self._elsewhere = elsewhere

    @overload
    def __getitem__(self, index: int) -> RecordedCall: ...

    @overload
    def __getitem__(self, index: slice) -> Calls: ...

    def __getitem__(self, index: int | slice) -> RecordedCall | Calls:
        if isinstance(index, slice):
            return Calls(self._calls[index], self._region_name, self._elsewhere)
        return self._calls[index]

    def __iter__(self) -> Iterator[RecordedCall]:
        return iter(self._calls)

    def __len__(self) -> int:
        return len(self._calls)

    def __repr__(self) -> str:
        return f"<Calls: {', '.join(call.operation for call in self) or 'none'}>"

    def __str__(self) -> str:
        others = ", ".join(
            f"{_count(number)} in {account_region}" for account_region, number in self._elsewhere.items()
        )
        if not self:
            return f"No call has reached Cognito Sync in {self._region_name}{f', but {others}' if others else ''}."
        lines = [f"{_count(len(self))} reached Cognito Sync in {self._region_name}{f', {others}' if others else ''}:"]
        if len(self) > _SHOWN:
            lines.append(f"   ... {len(self) - _SHOWN} before these")
        first = max(len(self) - _SHOWN, 0)
        lines.extend(f"{number:2} {call}" for number, call in enumerate(self[first:], first + 1))
        return "\n".join(lines)

    def of(self, operation: str, **parameters: Any) -> Calls:
        """
        The calls of *operation* (``UpdateRecords`` or ``update_records``) that have all of *parameters*.

        Other parameters may have any value.

        Raises:
            ValueError: no operation or parameter has this name; the message suggests the nearest.
        """
        name = require_operation(operation)
        require_parameters(name, parameters)
        found = [
            call
            for call in self
            if name in (call.operation, ANY_OPERATION)
            and all(call.parameters.get(key) == parameters[key] for key in parameters)
        ]
        return Calls(found, self._region_name, self._elsewhere)

    def assert_called_once_with(self, operation: str, **parameters: Any) -> None:
        """
        Check that *operation* was called once, and with all of *parameters*; retries do not count.

        Other parameters may have any value.

        Raises:
            AssertionError: it was not; the message lists the calls.
        """
        __tracebackhide__ = True
        calls = self.of(operation)
        wanted = _wanted(operation, parameters)
        if len(calls._firsts()) != 1:  # noqa: SLF001  # same class
            raise AssertionError(f"expected one call of {wanted}, found {_count(len(calls._firsts()))}.\n{self}")  # noqa: SLF001
        if not calls.of(operation, **parameters):
            raise AssertionError(f"expected {wanted}, but it was called with something else.\n{calls}")

    def assert_called(self, operation: str, **parameters: Any) -> None:
        """
        Check that *operation* was called at least once with all of *parameters*.

        Raises:
            AssertionError: it was not; the message lists all calls.
        """
        __tracebackhide__ = True
        if not self.of(operation, **parameters):
            raise AssertionError(f"expected a call of {_wanted(operation, parameters)}, found none.\n{self}")

    def assert_not_called(self, operation: str, **parameters: Any) -> None:
        """
        Check that *operation* was never called with all of *parameters*.

        Raises:
            AssertionError: it was; the message lists those calls.
        """
        __tracebackhide__ = True
        calls = self.of(operation, **parameters)
        if calls:
            raise AssertionError(f"expected no call of {_wanted(operation, parameters)}.\n{calls}")

    def _firsts(self) -> list[RecordedCall]:
        return [call for call in self if call.attempt == 1]


def _wanted(operation: str, parameters: Mapping[str, Any]) -> str:
    return f"{operation}({', '.join(f'{name}={value!r}' for name, value in parameters.items())})"


def _count(number: int) -> str:
    return f"{number} call" if number == 1 else f"{number} calls"


def _short(name: str, value: Any) -> str:
    """A short form of *value*: the beginning of an id or a token, the change that a patch makes."""
    if name == "RecordPatches" and isinstance(value, list):
        return f"[{', '.join(map(_patch, value))}]"
    if _OPAQUE.search(name) and isinstance(value, str):
        region, colon, rest = value.rpartition(":")
        return f"{region}{colon}{rest[:8]}..." if len(rest) > 8 else value
    return _cut(repr(value))


def _patch(patch: Any) -> str:
    if not isinstance(patch, dict):
        return _cut(repr(patch))
    value = "" if patch.get("Value") is None else f": {_cut(repr(patch['Value']))}"
    return f"{patch.get('Op')} {_cut(repr(patch.get('Key')))} at {patch.get('SyncCount')}{value}"


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 3]}..."
