"""The handle, with which a test controls and inspects the mocked service."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from datetime import timedelta
from functools import partial
from os import PathLike
from typing import Any, overload

from ..cognitosync.domain.keys import AccountRegion, DatasetKey
from ..cognitosync.wire import service_model
from .arguments import (
    Ids,
    require_account_id,
    require_dataset_name,
    require_error,
    require_integer,
    require_operation,
    require_synchronous,
    seconds_of,
)
from .call_filter import CallFilter, Schedule
from .calls import Calls
from .controller import Controller
from .dataset_state import DatasetState
from .device import Device
from .faults import Fault, FaultPlan
from .history import DeviceCall, FinishedCall, PushNotification, StreamRecord
from .hooks import Hook, HookPlan, action_of
from .names import ErrorCode, Operation
from .port import Port
from .python_trigger import takes_context
from .snapshot import SnapshotRefused, atomic_file
from .story import Format, tell
from .user import User, merged_ids


class CognitoSync:
    """
    The mocked service of one account and region, seen from outside.

    ``with mock_cognitosync() as sync``, the fixture ``cognitosync`` and ``mock_cognitosync.current()`` return it.
    Operations are named as in the model or as in boto3; ``"*"`` stands for all of them. All settings apply to the
    account and region of the handle, except the clock, which the whole mock shares.

    Every method raises a ValueError for an impossible id or name: one that is malformed, belongs to another region, or
    is an identity's id in place of a pool's. After the mock has ended, only what it recorded can be read; everything
    else raises a RuntimeError.
    """

    def __init__(
        self, region_name: str | None = None, account_id: str | None = None, *, port: Port | None = None
    ) -> None:
        """
        Mocks create handles with their *port*.

        Without one, a handle reads and changes data only: enough for plain ``mock_aws``.
        """
        self._region_name = region_name
        self._account_id = account_id
        self._port: Port = port or Controller()

    @property
    def region_name(self) -> str:
        """The region of this handle: the mock's, else that of a client created without one, else ``us-east-1``."""
        return self._here.region_name

    @property
    def account_id(self) -> str:
        """The account of this handle: ``MOTO_ACCOUNT_ID``, else moto's ``123456789012``."""
        return self._account_id or self._port.account_region.account_id

    @property
    def endpoint_url(self) -> str | None:
        """The value for ``endpoint_url`` of clients: the URL of the server, or None for a mock in this process."""
        return self._port.endpoint_url

    def at(self, *, region_name: str | None = None, account_id: str | None = None) -> CognitoSync:
        """
        The handle of another region or account of the same mock; both default to those of this handle.

        Raises:
            ValueError: the service does not exist in this region, or *account_id* does not consist of 12 digits.
        """
        self._port.require_active()
        if account_id is not None:
            require_account_id(account_id)
        if region_name is not None:
            self._port.require_region(AccountRegion(account_id or self.account_id, region_name))
        return CognitoSync(region_name or self._region_name, account_id or self._account_id, port=self._port)

    def __repr__(self) -> str:
        return f"<CognitoSync in {self._here}{', ended' if self._port.has_ended else ''}>"

    # Users and ids.

    def new_user(self, identity_pool_id: str | None = None) -> User:
        """A new user, by default in a pool that the first call creates and later calls reuse."""
        pool_id = self._port.pool_of_users(self._here) if identity_pool_id is None else identity_pool_id
        return User(self, pool_id, self.new_identity(pool_id))

    def user(self, identity_pool_id: str, identity_id: str) -> User:
        """The user with these ids."""
        self._require_identity(identity_pool_id, identity_id)
        return User(self, identity_pool_id, identity_id)

    def users(self) -> list[User]:
        """All users: first those created through a handle, oldest first, then others that have datasets."""
        return [User(self, pool_id, identity_id) for pool_id, identity_id in self._port.identities(self._here)]

    def new_pool(self) -> str:
        """
        The id of an identity pool that exists.

        If only pools created with cognito-identity exist (see ``identity_pools``), it is created there.
        """
        return self._port.new_pool(self._here)

    def new_identity(self, identity_pool_id: str) -> str:
        """The id of a new identity of the pool. The service checks only its form."""
        self._ids.require_pool(identity_pool_id)
        return self._port.new_identity(self._here, identity_pool_id)

    def device(self, identity_pool_id: str, identity_id: str) -> Device:
        """Another device of this identity."""
        self._require_identity(identity_pool_id, identity_id)
        return Device(self._port, lambda: self._here, identity_pool_id, identity_id)

    def credentials_for(self, identity_pool_id: str, identity_id: str) -> dict[str, str]:
        """
        Credentials of an identity, as keyword arguments of ``boto3.client``.

        Records written with them have the identity's id as ``LastModifiedBy``; with ``strict_credentials``, they give
        access to the data of that identity only.

        Source: access-6, records-3.
        """
        self._require_identity(identity_pool_id, identity_id)
        return self._port.new_credentials(self._here, identity_pool_id, identity_id)

    # Data that a test prepares or removes.

    def set_trigger(self, identity_pool_id: str, function: Callable[..., Any] | None) -> None:
        """
        Run *function* as the sync trigger of the pool, instead of one in Lambda; None removes it.

        Args:
            identity_pool_id: the pool.
            function: ``handler(event)`` or ``handler(event, context)``, as in Lambda. It takes the documented event, a
                dict, and returns it, changed or unchanged. It may raise, and may call Cognito Sync. An AssertionError
                reaches the caller and fails the test.

        Raises:
            TypeError: *function* is not such a function.

        Source: trigger-1.
        """
        self._ids.require_pool(identity_pool_id)
        if function is not None:
            takes_context(function)
        self._port.set_trigger(self._here, identity_pool_id, function)

    @overload
    def merge_identities(self, identity_pool_id: str, old: str, *, into: str) -> None: ...

    @overload
    def merge_identities(self, guest: User, /, *, into: User) -> None: ...

    def merge_identities(self, identity_pool_id: str | User, old: str | None = None, *, into: str | User) -> None:
        """
        Link two identities, as cognito-identity does when a guest signs in: *into* receives the datasets of *old*.

        Pass two users, or a pool and two identity ids.

        Each dataset becomes ``NAME.OLDIDENTITYID`` at sync count 1, with its live records at their own counts, and
        ListRecords of ``NAME`` reports it until it is deleted. *old* keeps no datasets.

        Raises:
            TypeError: users and ids are mixed.
            ValueError: *into* is *old* or already has such a dataset, a name would exceed 128 characters, the users
                belong to different pools, or an id is impossible.

        Source: merge-1, merge-2, merge-3.
        """
        pool_id, guest_id, member_id = merged_ids(identity_pool_id, old, into)
        self._ids.require_pool(pool_id)
        self._ids.require_identity(guest_id, "old")
        self._ids.require_identity(member_id, "into")
        self._port.merge_identities(self._here, pool_id, guest_id, member_id)

    def save(self, path: str | PathLike[str]) -> None:
        """
        Write the state of this account and region to a snapshot file, see ``docs/snapshots.md``.

        The file has datasets, configurations and registered devices, and the pools of cognito-identity.

        Raises:
            OSError: the file cannot be written; its previous content is unchanged.
        """
        atomic_file.write(path, self._port.save(self._here))

    def load(self, path: str | PathLike[str]) -> None:
        """
        Replace the state of this account and region with that of a file, all of it or nothing.

        Tokens, triggers set with :meth:`set_trigger`, faults and calls stay as they are.

        Args:
            path: a file written by :meth:`save` or by hand. The short form for files written by hand is
                ``{pool: {identity: {dataset: {key: value}}}}``.

        Raises:
            SnapshotRefused: the file is not a snapshot, has another version, contains a value that the service would
                refuse, or has no state of this account and region.
            OSError: the file cannot be read.
        """
        self._port.require_active()
        document = atomic_file.read(path)
        try:
            self._port.load(self._here, document)
        except SnapshotRefused as refused:
            raise refused.named(os.fspath(path)) from None

    def reset(self, identity_pool_id: str | None = None) -> None:
        """
        Forget all datasets, configurations and tokens of this account and region; everything else stays.

        Args:
            identity_pool_id: forget the datasets, configuration and registered devices of this pool only; tokens stay.
        """
        if identity_pool_id is not None:
            self._ids.require_pool(identity_pool_id)
        self._port.reset(self._here, identity_pool_id)

    # Inspection.

    def records(self, identity_pool_id: str, identity_id: str, dataset: str) -> dict[str, str]:
        """Key to value of all live records, sorted by key; empty if the dataset does not exist."""
        self._ids.require_dataset(identity_pool_id, identity_id, dataset)
        return self._port.records(self._here, DatasetKey(identity_pool_id, identity_id, dataset))

    def dataset(self, identity_pool_id: str, identity_id: str, dataset: str) -> DatasetState:
        """Counts, tombstones and dates of a dataset, which need not exist."""
        self._ids.require_dataset(identity_pool_id, identity_id, dataset)
        return self._port.dataset(self._here, DatasetKey(identity_pool_id, identity_id, dataset))

    def datasets(self, identity_pool_id: str, identity_id: str) -> dict[str, DatasetState]:
        """The states of the identity's datasets that exist, by name and sorted by name."""
        self._require_identity(identity_pool_id, identity_id)
        return self._port.datasets(self._here, identity_pool_id, identity_id)

    @property
    def calls(self) -> Calls:
        """
        The calls to Cognito Sync in this account and region since the mock started, including refused ones.

        They do not include those of a :class:`.device.Device`.
        """
        return self._port.history.calls(self._here)

    def story(self, format: Format = "text") -> str:  # noqa: A002  # the word that a test writes
        """
        What happened in this account and region since the mock started, as a sequence diagram.

        In a mock that pytest shares between tests, it begins with the test that is running.

        It contains the calls with their hints, the writes of other devices, the faults and hooks that were applied and
        those that never were, the changes by triggers, messages to streams and devices, and the moves of the clock.
        Long values and repeated calls are shortened; the latest calls are shown.

        Args:
            format: ``"text"``, or ``"mermaid"`` for https://mermaid.js.org.

        Raises:
            ValueError: *format* is neither.
        """
        return tell(self._port.history.entries_of_test(), self._here, format, self._port.unused())

    def report(self) -> str:
        """The text that pytest shows for a failing test: the story here, and those of other regions and accounts."""
        entries = self._port.history.entries_of_test()
        reached = [there for _, there, event in entries if there and isinstance(event, (FinishedCall, DeviceCall))]
        stories = [tell(entries, there) for there in dict.fromkeys([self._here, *reached])]
        return "\n".join([*stories, *self._port.unused()])

    @property
    def stream_records(self) -> list[StreamRecord]:
        """The changes put on Kinesis streams since the mock started, oldest first. Source: streams-1."""
        return self._port.history.stream_records(self._here)

    @property
    def push_notifications(self) -> list[PushNotification]:
        """The silent pushes sent to registered devices since the mock started, oldest first. Source: push-2."""
        return self._port.history.push_notifications(self._here)

    # Faults, hooks, clock and limits.

    def before_next(
        self,
        operation: Operation,
        function: Callable[[], object],
        *,
        calls: int = 1,
        identity_pool_id: str | None = None,
        identity_id: str | None = None,
        dataset: str | None = None,
        optional: bool = False,
    ) -> Hook:
        """
        Run *function* when the next call of *operation* has arrived, before any of it is checked or carried out.

        Args:
            operation: the operation to wait for.
            function: for instance a device that writes, so that the call meets a conflict. It runs in the thread of the
                call, without any lock; an exception that it raises reaches the caller. An AssertionError also fails
                the test. A ``partial`` of a device's method, such as ``partial(device.put, "profile", {"theme":
                "dark"})``, also works through :func:`mock_cognitosync.connect`.
            calls: run it before the next *n* calls; retries do not count.
            identity_pool_id: only calls for this pool.
            identity_id: only calls for this identity.
            dataset: only calls for this dataset.
            optional: the test may pass although the function never runs.

        Returns:
            The hook, which counts its runs.

        Raises:
            TypeError: *function* is not callable, or is a coroutine function.
            ValueError: no operation has this name.
        """
        require_integer("calls", calls, 1)
        require_synchronous(function)
        call_filter = self._call_filter(operation, identity_pool_id, identity_id, dataset)
        action = action_of(function)
        name = str(action) if action else getattr(function, "__name__", repr(function))
        plan = HookPlan(call_filter, name, calls, optional, action)
        number = self._port.add_hook(plan, function)
        return Hook(plan, *self._access(number))

    def fail(
        self,
        operation: Operation,
        error: ErrorCode,
        *,
        message: str | None = None,
        after_write: bool = False,
        calls: int | None = None,
        attempts: int | None = None,
        every: int = 1,
        after: int = 0,
        probability: float = 1,
        seed: int = 0,
        identity_pool_id: str | None = None,
        identity_id: str | None = None,
        dataset: str | None = None,
        optional: bool = False,
    ) -> Fault:
        """
        Refuse calls of *operation* with *error*, until the fault is removed or its limit of injections is reached.

        Args:
            operation: the operation to refuse.
            error: a code that the operation's model declares, or one common to all AWS services.
            message: by default the description of the error in the model.
            after_write: carry the call out and lose its answer, instead of refusing it at once.
            calls: inject only into the first *n* calls, including all their retries; mutually exclusive with
                ``attempts``.
            attempts: inject only into the first *n* attempts, so that a client's retry succeeds.
            every: inject only into every *n*-th matching call.
            after: inject into none of the first *n* matching calls.
            probability: inject with this probability, 0 to 1.
            seed: seeds the random numbers behind ``probability``.
            identity_pool_id: only calls for this pool.
            identity_id: only calls for this identity.
            dataset: only calls for this dataset.
            optional: the test may pass although the fault is never injected.

        Returns:
            The fault; a ``with`` statement removes it at the end of the block.

        Raises:
            ValueError: no operation has this name, it never answers with this error, or a number is out of range.

        Source: faults-1, faults-2.
        """
        require_error(require_operation(operation), error)
        call_filter = self._call_filter(operation, identity_pool_id, identity_id, dataset)
        schedule = Schedule(calls, attempts, every, after, probability, seed)
        text = service_model.load().meanings.get(error, error) if message is None else message
        plan = FaultPlan("fail", call_filter, schedule, after_write, optional, error=error, message=text)
        return self._add_fault(plan)

    def drop_connection(
        self,
        operation: Operation,
        *,
        after_write: bool = False,
        calls: int | None = None,
        attempts: int | None = None,
        every: int = 1,
        after: int = 0,
        probability: float = 1,
        seed: int = 0,
        identity_pool_id: str | None = None,
        identity_id: str | None = None,
        dataset: str | None = None,
        optional: bool = False,
    ) -> Fault:
        """
        Break the connection in calls of *operation*: boto3 raises ``ConnectionClosedError``, or retries.

        Arguments, result and errors are those of :meth:`fail`.
        """
        call_filter = self._call_filter(operation, identity_pool_id, identity_id, dataset)
        schedule = Schedule(calls, attempts, every, after, probability, seed)
        return self._add_fault(FaultPlan("drop_connection", call_filter, schedule, after_write, optional))

    def delay(
        self,
        operation: Operation,
        seconds: float | timedelta,
        *,
        real: bool = False,
        after_write: bool = False,
        calls: int | None = None,
        attempts: int | None = None,
        every: int = 1,
        after: int = 0,
        probability: float = 1,
        seed: int = 0,
        identity_pool_id: str | None = None,
        identity_id: str | None = None,
        dataset: str | None = None,
        optional: bool = False,
    ) -> Fault:
        """
        Delay calls of *operation* by *seconds*, a number or a timedelta, on the mock's clock.

        Nothing really waits, unless *real* is true. All other arguments, result and errors are those of :meth:`fail`.
        """
        call_filter = self._call_filter(operation, identity_pool_id, identity_id, dataset)
        schedule = Schedule(calls, attempts, every, after, probability, seed)
        plan = FaultPlan("delay", call_filter, schedule, after_write, optional, seconds=seconds_of(seconds), real=real)
        return self._add_fault(plan)

    def time_out(
        self,
        operation: Operation,
        *,
        after_write: bool = False,
        calls: int | None = None,
        attempts: int | None = None,
        every: int = 1,
        after: int = 0,
        probability: float = 1,
        seed: int = 0,
        identity_pool_id: str | None = None,
        identity_id: str | None = None,
        dataset: str | None = None,
        optional: bool = False,
    ) -> Fault:
        """
        Let calls of *operation* time out: boto3 raises ``ReadTimeoutError`` at once, or retries.

        A server withholds its answer until the client gives up. Arguments, result and errors are those of :meth:`fail`.
        """
        call_filter = self._call_filter(operation, identity_pool_id, identity_id, dataset)
        schedule = Schedule(calls, attempts, every, after, probability, seed)
        return self._add_fault(FaultPlan("time_out", call_filter, schedule, after_write, optional))

    def advance(self, seconds: float | timedelta) -> None:
        """
        Advance the mock's clock, which timestamps records and expires tokens, by *seconds*, a number or a timedelta.

        The clock adds the advances to the machine's time, so freezegun and time-machine move it as well. moto's other
        services do not use it.

        Raises:
            ValueError: *seconds* is below 0 or above ten years.
        """
        self._port.advance(seconds_of(seconds))

    def freeze(self) -> AbstractContextManager[object]:
        """
        Stop the mock's clock; :meth:`advance` still moves it.

        Returns:
            A context manager that lets the clock run again at the end of its block.
        """
        self._port.freeze()
        unfreeze = ExitStack()
        unfreeze.callback(self._port.release_clock)
        return unfreeze

    def unfreeze(self) -> None:
        """Let the mock's clock run again, with all advances added to the machine's time."""
        self._port.unfreeze()

    def expire_tokens(self) -> None:
        """Expire all session tokens issued so far in this account and region. Source: token-2."""
        self._port.expire_tokens(self._here)

    def set_limits(
        self,
        *,
        datasets_per_identity: int | None = None,
        records_per_dataset: int | None = None,
        dataset_size_bytes: int | None = None,
    ) -> None:
        """
        Change the limits of this account and region; limits that are not passed stay as they are.

        Stored data is kept, even if it exceeds the new limits.

        Raises:
            ValueError: a limit is not an integer >= 0.

        Source: limits-7.
        """
        given = {
            "datasets_per_identity": datasets_per_identity,
            "records_per_dataset": records_per_dataset,
            "dataset_size_bytes": dataset_size_bytes,
        }
        limits = {name: value for name, value in given.items() if value is not None}
        for name, value in limits.items():
            require_integer(name, value, 0)
        self._port.set_limits(self._here, limits)

    @property
    def _here(self) -> AccountRegion:
        region_name = self._region_name or self._port.account_region.region_name
        return AccountRegion(self.account_id, region_name)

    @property
    def _ids(self) -> Ids:
        return Ids(self.region_name, self._port.kind_of)

    def _require_identity(self, identity_pool_id: str, identity_id: str) -> None:
        self._port.require_active()
        self._ids.require_pool(identity_pool_id)
        self._ids.require_identity(identity_id)

    def _call_filter(
        self, operation: Operation, identity_pool_id: str | None, identity_id: str | None, dataset: str | None
    ) -> CallFilter:
        if identity_pool_id is not None:
            self._ids.require_pool(identity_pool_id)
        if identity_id is not None:
            self._ids.require_identity(identity_id)
        if dataset is not None:
            require_dataset_name(dataset)
        return CallFilter(require_operation(operation), self._here, identity_pool_id, identity_id, dataset)

    def _add_fault(self, plan: FaultPlan) -> Fault:
        return Fault(plan, *self._access(self._port.add_fault(plan)))

    def _access(self, number: int) -> tuple[int, Callable[[], int], Callable[[], None]]:
        return number, partial(self._port.times_applied, number), partial(self._port.remove_intervention, number)
