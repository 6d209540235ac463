"""What a test provokes: a change in the midst of a call, an error, a slow answer, a later hour, smaller limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from ..cognitosync.interceptor import ConnectionLost
from ..cognitosync.wire import service_model
from .arguments import operation_named, require_error
from .controller import Hook
from .faults import CallFilter, Fault, InjectedError, When, require_whole, split
from .place import Placed, require_callable

if TYPE_CHECKING:
    from typing_extensions import Unpack


# Ten years, so that dates stay such as a calendar has.
_LONGEST_SECONDS = 10 * 366 * 24 * 60 * 60


class Provoking(Placed):
    """
    The part of a handle that makes things happen which are rare in life.

    Operations are named as in the model or as in boto3; ``"*"`` means all. What is set here holds for the account and
    region of the handle; the clock, for the whole mock.
    """

    def before_next(
        self,
        operation: str,
        function: Callable[[], object],
        *,
        calls: int = 1,
        identity_pool_id: str | None = None,
        identity_id: str | None = None,
        dataset: str | None = None,
    ) -> None:
        """
        Run *function* when the next call of *operation* has arrived, before any of it is checked or carried out.

        Args:
            operation: what to wait for.
            function: for instance a device that writes, so that the call meets a conflict. It runs in the thread of the
                call, without any lock; what it raises reaches the caller.
            calls: run it before so many calls; further attempts of a call do not count.
            identity_pool_id: only calls for this pool.
            identity_id: only calls for this identity.
            dataset: only calls for this dataset.

        Raises:
            TypeError: *function* cannot be called.
            ValueError: there is no such operation; the nearest is named.
        """
        require_whole("calls", calls, 1)
        require_callable(function)
        where = {"identity_pool_id": identity_pool_id, "identity_id": identity_id, "dataset": dataset}
        self._mock().controller.plan(Hook(self._call_filter(operation, where), function, calls))

    def fail(
        self,
        operation: str,
        error: str,
        *,
        message: str | None = None,
        after_write: bool = False,
        **when: Unpack[When],
    ) -> Fault:
        """
        Refuse calls of *operation* with *error*, until the fault is lifted or has struck as often as it may.

        Args:
            operation: what to refuse.
            error: a code that the operation's model declares, or one common to all of AWS.
            message: else what the model says of the error.
            after_write: carry the call out and lose its answer, instead of refusing it at once.
            when: which calls, see :class:`.faults.When`; without any, all of them.

        Returns:
            The fault; use it in a ``with`` statement to lift it at the end of the block.

        Raises:
            ValueError: no such operation, an error that it never answers with, or a number that makes no sense.

        Source: faults-1, faults-2.
        """
        require_error(operation_named(operation), error)
        text = service_model.load().meanings.get(error, error) if message is None else message
        return self._add(operation, when, partial(InjectedError, error, text), after_write)

    def drop_connection(
        self,
        operation: str,
        *,
        after_write: bool = False,
        **when: Unpack[When],
    ) -> Fault:
        """
        Break the connection in calls of *operation*: boto3 raises ``ConnectionClosedError``, or tries again.

        Arguments, result and errors are those of :meth:`fail`.
        """
        return self._add(operation, when, ConnectionLost, after_write)

    def delay(
        self,
        operation: str,
        seconds: float,
        *,
        after_write: bool = False,
        **when: Unpack[When],
    ) -> Fault:
        """
        Let calls of *operation* take *seconds* on the mock's clock; nobody waits.

        All other arguments, result and errors are those of :meth:`fail`.
        """
        return self._add(operation, when, None, after_write, _forward(seconds))

    def advance(self, seconds: float) -> None:
        """
        Move the mock's clock on: what the service dates, and whether tokens hold, goes by it.

        It stands beside the machine's time, so freezegun and time-machine may move that as well. Other services of moto
        do not see it.

        Raises:
            ValueError: *seconds* are below 0, or more than ten years.
        """
        self._mock().settings.clock.advance(_forward(seconds))

    def freeze(self) -> None:
        """Stop the mock's clock; :meth:`advance` still moves it."""
        self._mock().settings.clock.freeze()

    def unfreeze(self) -> None:
        """Let the mock's clock go on, as far ahead as it was moved."""
        self._mock().settings.clock.unfreeze()

    def expire_tokens(self) -> None:
        """Let all session tokens of this account and region that were handed out so far expire. Source: token-2."""
        self._backend().expire_tokens()

    def set_limits(
        self,
        *,
        datasets_per_identity: int | None = None,
        records_per_dataset: int | None = None,
        dataset_size_bytes: int | None = None,
    ) -> None:
        """
        PreparedUpdate what an identity may keep in this account and region; what is not given stays.

        What is stored stays too, even where it is more.

        Raises:
            ValueError: a limit that is no whole number from 0.

        Source: limits-7.
        """
        given = {
            "datasets_per_identity": datasets_per_identity,
            "records_per_dataset": records_per_dataset,
            "dataset_size_bytes": dataset_size_bytes,
        }
        changes = {name: value for name, value in given.items() if value is not None}
        for name, value in changes.items():
            require_whole(name, value, 0)
        account_region = self._backend().account_region
        self._mock().settings.limits[account_region] = replace(
            self._mock().settings.limits_of(account_region), **changes
        )

    def _call_filter(self, operation: str, where: Mapping[str, str | None]) -> CallFilter:
        return CallFilter(operation_named(operation), self.account_id, self.region_name, **where)

    def _add(
        self,
        operation: str,
        when: When,
        error: Callable[[], Exception] | None,
        after_write: bool,
        delay_seconds: float = 0,
    ) -> Fault:
        where, schedule = split(when)
        fault = Fault(
            self._call_filter(operation, where),
            schedule,
            self._mock().controller.lift,
            error=error,
            after_write=after_write,
            clock=self._mock().settings.clock,
            delay_seconds=delay_seconds,
        )
        self._mock().controller.add(fault)
        return fault


def _forward(seconds: float) -> float:
    if not isinstance(seconds, (int, float)) or not 0 <= seconds <= _LONGEST_SECONDS:
        raise ValueError(f"seconds={seconds!r}: give a number from 0 to {_LONGEST_SECONDS}; time goes forward only")
    return seconds
