"""The calls that reached the service, for a test to look at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

from .arguments import ANY_OPERATION, require_operation, require_parameters

# Calls in a printed list; older ones are only counted.
_SHOWN = 20
_WIDEST = 60
_OPAQUE = re.compile("PoolId|IdentityId|DeviceId|Token")


@dataclass(slots=True, frozen=True)
class RecordedCall:
    """
    One request that reached the service. A client that tries again makes another one with the next ``attempt``.

    Attributes:
        operation: the model's name, ``UpdateRecords``.
        parameters: as the service read them, by the model's names; empty where it could not.
        caller: who called, as ``LastModifiedBy`` shows it: an identity's or an account's id; None where the credentials
            were refused.
        access_key: of the signature; None where there was none.
        invocation_id: what all attempts of one client's call share; None where the client sends none.
        attempt: from 1.
        error: the code of the refusal, ``ConnectionLost``, or the class of what broke the call; None if nothing did.
        message: of the refusal.
        hint: what was sent, what the service holds, and how to mend it, where the call was refused.
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
        """Whether the client got what it asked for."""
        return self.error is None

    def __str__(self) -> str:
        parameters = ", ".join(f"{name}={_short(name, value)}" for name, value in sorted(self.parameters.items()))
        attempt = f" (attempt {self.attempt})" if self.attempt > 1 else ""
        outcome = "ok" if self.error is None else f"{self.error}: {self.message}" if self.message else self.error
        hint = f"\n      hint: {self.hint}" if self.hint else ""
        return f"{self.operation}({parameters}){attempt}\n   -> {outcome}{hint}"


class Calls(Sequence[RecordedCall]):
    """Calls in the order in which they came to their ends, with assertions that say what they found."""

    def __init__(self, calls: Iterable[RecordedCall], region_name: str, elsewhere: Mapping[str, int]) -> None:
        self._calls = tuple(calls)
        self._region_name = region_name
        # Where a client may have been led by mistake: account_region to number of calls.
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

        Parameters that are not named may be anything.

        Raises:
            ValueError: there is no such operation or parameter.
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
        Check that *operation* was called once, and with all of *parameters*; further attempts of a call do not count.

        Parameters that are not named may be anything.

        Raises:
            AssertionError: with all calls of the operation.
        """
        __tracebackhide__ = True
        calls = self.of(operation)
        wanted = _wanted(operation, parameters)
        if len(calls._firsts()) != 1:  # noqa: SLF001  # its own class
            raise AssertionError(f"expected one call of {wanted}, found {_count(len(calls._firsts()))}.\n{self}")  # noqa: SLF001
        if not calls.of(operation, **parameters):
            raise AssertionError(f"expected {wanted}, but it was called with something else.\n{calls}")

    def assert_called(self, operation: str, **parameters: Any) -> None:
        """
        Check that *operation* was called at least once with all of *parameters*.

        Raises:
            AssertionError: with all calls there were.
        """
        __tracebackhide__ = True
        if not self.of(operation, **parameters):
            raise AssertionError(f"expected a call of {_wanted(operation, parameters)}, found none.\n{self}")

    def assert_not_called(self, operation: str, **parameters: Any) -> None:
        """
        Check that *operation* was never called with all of *parameters*.

        Raises:
            AssertionError: with the calls found.
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
    """*value* as a reader wants it: of an id or a token its beginning, of a patch what it does."""
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
