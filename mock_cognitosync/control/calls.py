"""The calls that reached the service, and assertions about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

from .arguments import ANY_OPERATION, require_integer, require_operation, require_parameters
from .names import Operation
from .section import count_calls, counted, listing, outcome, signature


@dataclass(slots=True, frozen=True)
class RecordedCall:
    """
    One attempt that reached the service. A client's retry is another one, with the next ``attempt``.

    Attributes:
        operation: the model's name, ``UpdateRecords``.
        parameters: as the service parsed them, by the model's names; empty if it could not.
        caller: the id of the calling identity or account, as in ``LastModifiedBy``; None if the credentials were
            refused.
        access_key: the access key of the signature; None if the request was not signed.
        invocation_id: shared by all attempts of one call; None if the client does not send one.
        attempt: counts from 1.
        error: the code of the refusal, ``ConnectionLost``, or the class of the exception that ended the call; None if
            the call succeeded.
        message: the message of the refusal or exception.
        hint: why the call was refused: what was sent, what is stored, and how to fix it.
        rule: the rule in ``docs/fidelity.md`` that is the reason for the refusal. ``mark`` says how well the rule is
            known.
        faults: the faults that were injected into the call, as the test wrote them.
        caution: what a successful call should not rely on.
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
    rule: str | None
    mark: str | None
    faults: tuple[str, ...]
    caution: str | None

    @property
    def succeeded(self) -> bool:
        """Whether the client received its answer."""
        return self.error is None

    def __str__(self) -> str:
        attempt = f" (attempt {self.attempt})" if self.attempt > 1 else ""
        return f"{signature(self)}{attempt}\n   -> {outcome(self)}"


class Calls(Sequence[RecordedCall]):
    """
    Calls in the order in which they ended, with assertions that list what they found.

    Each item is one attempt. Assertions count calls: all attempts of a call are one call.
    """

    def __init__(self, calls: Iterable[RecordedCall], region_name: str, elsewhere: Mapping[str, int]) -> None:
        self._calls = tuple(calls)
        self._region_name = region_name
        # Number of calls by account and region. A client may have been configured for another one by mistake.
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
        return f"{self.heading}:\n{listing(self)}" if self else f"{self.heading}."

    @property
    def heading(self) -> str:
        """The number of calls that reached the account and region, and the others that calls have reached instead."""
        others = ", ".join(
            f"{counted(number, 'call')} reached {account_region}" for account_region, number in self._elsewhere.items()
        )
        if not self:
            return f"No call has reached Cognito Sync in {self._region_name}{f', but {others}' if others else ''}"
        number = count_calls(self)
        calls = counted(number, "call")
        if len(self) > number:
            calls += f" with {len(self)} attempts"
        return f"{calls} reached Cognito Sync in {self._region_name}{f'; {others}' if others else ''}"

    def of(self, operation: Operation, /, **parameters: Any) -> Calls:
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

    def assert_called(self, operation: Operation, /, **parameters: Any) -> None:
        """
        Check that *operation* was called at least once with all of *parameters*.

        Raises:
            AssertionError: it was not; the message lists all calls.
        """
        __tracebackhide__ = True
        if not self.of(operation, **parameters):
            raise AssertionError(f"expected a call of {_wanted(operation, parameters)}, found none.\n{self}")

    def assert_called_once_with(self, operation: Operation, /, **parameters: Any) -> None:
        """
        Check that *operation* was called once, and with all of *parameters*.

        Other parameters may have any value.

        Raises:
            AssertionError: it was not; the message names the parameters that differ, or lists the calls.
        """
        __tracebackhide__ = True
        calls = self.of(operation)
        wanted = _wanted(operation, parameters)
        number = count_calls(calls)
        if number != 1:
            raise AssertionError(f"expected one call of {wanted}, found {number}.\n{self}")
        if not calls.of(operation, **parameters):
            first = calls[0].parameters
            differing = " and ".join(
                f"{name} was {first[name]!r}" if name in first else f"{name} was not sent"
                for name, expected in parameters.items()
                if first.get(name) != expected
            )
            raise AssertionError(f"expected {wanted}, but {differing}.\n{calls}")

    def assert_call_count(self, operation: Operation, number: int, /, **parameters: Any) -> None:
        """
        Check that *operation* was called *number* times with all of *parameters*.

        Raises:
            AssertionError: it was not; the message lists the calls.
            ValueError: *number* is not an integer >= 0.
        """
        __tracebackhide__ = True
        require_integer("number", number, 0)
        found = count_calls(self.of(operation, **parameters))
        if found != number:
            wanted = _wanted(operation, parameters)
            raise AssertionError(f"expected {counted(number, 'call')} of {wanted}, found {found}.\n{self}")

    def assert_called_in_order(self, *operations: Operation) -> None:
        """
        Check that *operations* were called in this order. Other calls may have come before, between and after them.

        Raises:
            AssertionError: they were not; the message names the first operation that is missing and lists all calls.
        """
        __tracebackhide__ = True
        names = [require_operation(operation) for operation in operations]
        position, previous = 0, ""
        for name in names:
            later = (number for number, call in enumerate(self[position:], position) if _starts(call, name))
            found = next(later, None)
            if found is None:
                raise AssertionError(f"expected {', then '.join(names)}, but found no {name}{previous}.\n{self}")
            position, previous = found + 1, f" after {name} (number {found + 1})"

    def assert_not_called(self, operation: Operation, /, **parameters: Any) -> None:
        """
        Check that *operation* was never called with all of *parameters*.

        Raises:
            AssertionError: it was; the message lists those calls.
        """
        __tracebackhide__ = True
        calls = self.of(operation, **parameters)
        if calls:
            raise AssertionError(f"expected no call of {_wanted(operation, parameters)}.\n{calls}")


def _starts(call: RecordedCall, operation: str) -> bool:
    return operation in (call.operation, ANY_OPERATION) and call.attempt == 1


def _wanted(operation: str, parameters: Mapping[str, Any]) -> str:
    return f"{operation}({', '.join(f'{name}={value!r}' for name, value in parameters.items())})"
