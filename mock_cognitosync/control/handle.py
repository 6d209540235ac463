"""The handle: what a test does to the mocked service, and what it sees of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from os import PathLike

from ..cognitosync.domain.keys import AccountRegion, DatasetKey
from ..cognitosync.domain.pool_configuration import TriggerFunction
from ..cognitosync.wire import service_model
from .arguments import (
    require_callable,
    require_error,
    require_integer,
    require_operation,
    require_region,
    require_seconds,
)
from .call_filter import CallFilter, Schedule
from .calls import Calls
from .controller import Controller
from .dataset_state import DatasetState
from .device import Device
from .faults import Fault, FaultPlan
from .history import PushNotification, StreamRecord
from .hooks import ActiveHook


class CognitoSync:
    """
    The mocked service of one account and region, seen from outside.

    ``with mock_cognitosync() as sync``, the fixture ``cognitosync`` and ``mock_cognitosync.current()`` return it.
    Operations are named as in the model or as in boto3; ``"*"`` stands for all of them. Whatever is set here applies to
    the account and region of the handle; the clock is that of the whole mock.
    """

    def __init__(
        self, region_name: str | None = None, account_id: str | None = None, *, controller: Controller | None = None
    ) -> None:
        """
        Mocks create handles with their *controller*.

        Without one, a handle reads and changes data only: enough for plain ``mock_aws``.
        """
        self._region_name = region_name
        self._account_id = account_id
        self._controller = controller or Controller()

    @property
    def region_name(self) -> str:
        """The region of this handle: the mock's, else that of a client created without one, else ``us-east-1``."""
        return self._here.region_name

    @property
    def account_id(self) -> str:
        """The account of this handle: ``MOTO_ACCOUNT_ID``, else moto's ``123456789012``."""
        return self._here.account_id

    def at(self, *, region_name: str | None = None, account_id: str | None = None) -> CognitoSync:
        """
        The handle of another region or account of the same mock; both default to those of this handle.

        Raises:
            ValueError: the service does not exist in this region.
        """
        require_region(account_id or self.account_id, region_name)
        return CognitoSync(
            region_name or self._region_name, account_id or self._account_id, controller=self._controller
        )

    # Identities, and data that a test prepares or removes.

    def new_pool(self) -> str:
        """
        The id of an identity pool that exists.

        If only pools created with cognito-identity exist (see ``identity_pools``), it is created there.
        """
        return self._controller.new_pool(self._here)

    def new_identity(self, identity_pool_id: str) -> str:
        """A well-formed identity id in the region of *identity_pool_id*; the service requires no more."""
        return self._controller.new_identity(identity_pool_id)

    def device(self, identity_pool_id: str, identity_id: str) -> Device:
        """Another device of this identity."""
        return Device(self._controller, lambda: self._here, identity_pool_id, identity_id)

    def credentials_for(self, identity_pool_id: str, identity_id: str) -> dict[str, str]:
        """
        Credentials of an identity, as keyword arguments of ``boto3.client``.

        Records written with them carry the identity's id; with ``strict_credentials`` they give access to the data of
        that identity only.

        Source: access-6, records-3.
        """
        return self._controller.new_credentials(self._here, identity_pool_id, identity_id)

    def set_trigger(self, identity_pool_id: str, function: TriggerFunction | None) -> None:
        """
        Run *function* as the sync trigger of the pool, instead of one in Lambda; None removes it.

        Args:
            identity_pool_id: the pool.
            function: takes the documented event, a dict, and returns it, changed or unchanged. It may raise, and may
                call Cognito Sync.

        Raises:
            TypeError: *function* is not callable.

        Source: trigger-1.
        """
        if function is not None:
            require_callable(function)
        self._controller.set_trigger(self._here, identity_pool_id, function)

    def merge_identities(self, identity_pool_id: str, old: str, *, into: str) -> None:
        """
        Link two identities, as cognito-identity does when a guest signs in: *into* receives the datasets of *old*.

        Each becomes ``NAME.OLDIDENTITYID``, with all its live records at sync count 1, and ListRecords of ``NAME``
        reports it until it is deleted. *old* keeps no datasets.

        Raises:
            ValueError: *into* is *old* or already has such a dataset, or a name would exceed 128 characters.

        Source: merge-1, merge-2, merge-3.
        """
        self._controller.merge_identities(self._here, identity_pool_id, old, into)

    def save(self, path: str | PathLike[str]) -> None:
        """
        Write the datasets, configurations and devices of this account and region to a file, see :mod:`.snapshot`.

        Raises:
            OSError: the file cannot be written; its previous content is unchanged.
        """
        self._controller.save(self._here, path)

    def load(self, path: str | PathLike[str]) -> None:
        """
        Replace the state of this account and region with that of a file, all of it or nothing.

        Tokens, triggers set with :meth:`set_trigger`, faults and calls stay as they are.

        Args:
            path: a file that :meth:`save` or a person wrote; ``docs/snapshots.md`` describes its format.

        Raises:
            SnapshotRefused: the file is not a snapshot, has another version, contains a value that the service would
                refuse, or has no state of this account and region.
            OSError: the file cannot be read.
        """
        self._controller.load(self._here, path)

    def reset(self) -> None:
        """Forget all datasets, configurations and tokens of this account and region; everything else stays."""
        self._controller.reset(self._here)

    # What a test sees.

    def records(self, identity_pool_id: str, identity_id: str, dataset: str) -> dict[str, str]:
        """Key to value of all live records, sorted by key; empty if the dataset does not exist."""
        return self._controller.records(self._here, DatasetKey(identity_pool_id, identity_id, dataset))

    def dataset(self, identity_pool_id: str, identity_id: str, dataset: str) -> DatasetState:
        """Counts, tombstones and dates of a dataset, which need not exist."""
        return self._controller.dataset(self._here, DatasetKey(identity_pool_id, identity_id, dataset))

    @property
    def calls(self) -> Calls:
        """
        The calls to Cognito Sync in this account and region since the mock started, refused ones included.

        They do not include what a :class:`.device.Device` does.
        """
        return self._controller.history.calls(self._here)

    def report(self) -> str:
        """What pytest shows for a failing test: the calls here, then those in other regions and accounts."""
        return self._controller.history.report(self._here)

    @property
    def stream_records(self) -> list[StreamRecord]:
        """The changes put on Kinesis streams since the mock started, oldest first. Source: streams-1."""
        return self._controller.history.stream_records(self._here)

    @property
    def push_notifications(self) -> list[PushNotification]:
        """The silent pushes sent to registered devices since the mock started, oldest first. Source: push-2."""
        return self._controller.history.push_notifications(self._here)

    # What a test provokes.

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
            operation: the operation to wait for.
            function: for instance a device that writes, so that the call meets a conflict. It runs in the thread of the
                call, without any lock; an exception that it raises reaches the caller.
            calls: run it before the next *n* calls; retries do not count.
            identity_pool_id: only calls for this pool.
            identity_id: only calls for this identity.
            dataset: only calls for this dataset.

        Raises:
            TypeError: *function* is not callable.
            ValueError: no operation has this name; the message suggests the nearest.
        """
        require_integer("calls", calls, 1)
        require_callable(function)
        call_filter = self._call_filter(operation, identity_pool_id, identity_id, dataset)
        self._controller.add_hook(ActiveHook(call_filter, function, calls))

    def fail(
        self,
        operation: str,
        error: str,
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
    ) -> Fault:
        """
        Refuse calls of *operation* with *error*, until the fault is removed or has been injected as often as it may.

        Args:
            operation: the operation to refuse.
            error: a code that the operation's model declares, or one common to all of AWS.
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

        Returns:
            The fault; a ``with`` statement removes it at the end of the block.

        Raises:
            ValueError: no operation has this name, it never answers with this error, or a number is out of range.

        Source: faults-1, faults-2.
        """
        require_error(require_operation(operation), error)
        plan = FaultPlan(
            "fail",
            self._call_filter(operation, identity_pool_id, identity_id, dataset),
            Schedule(calls, attempts, every, after, probability, seed),
            after_write,
            error=error,
            message=service_model.load().meanings.get(error, error) if message is None else message,
        )
        return self._add_fault(plan)

    def drop_connection(
        self,
        operation: str,
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
    ) -> Fault:
        """
        Break the connection in calls of *operation*: boto3 raises ``ConnectionClosedError``, or retries.

        Arguments, result and errors are those of :meth:`fail`.
        """
        plan = FaultPlan(
            "drop_connection",
            self._call_filter(operation, identity_pool_id, identity_id, dataset),
            Schedule(calls, attempts, every, after, probability, seed),
            after_write,
        )
        return self._add_fault(plan)

    def delay(
        self,
        operation: str,
        seconds: float,
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
    ) -> Fault:
        """
        Let calls of *operation* take *seconds* on the mock's clock; nothing really waits.

        All other arguments, result and errors are those of :meth:`fail`.
        """
        require_seconds(seconds)
        plan = FaultPlan(
            "delay",
            self._call_filter(operation, identity_pool_id, identity_id, dataset),
            Schedule(calls, attempts, every, after, probability, seed),
            after_write,
            seconds=seconds,
        )
        return self._add_fault(plan)

    def advance(self, seconds: float) -> None:
        """
        Advance the mock's clock: it timestamps records and expires tokens.

        It adds to the machine's time, so freezegun and time-machine may change that as well. moto's other services do
        not use it.

        Raises:
            ValueError: *seconds* is below 0 or above ten years.
        """
        require_seconds(seconds)
        self._controller.advance(seconds)

    def freeze(self) -> None:
        """Stop the mock's clock; :meth:`advance` still moves it."""
        self._controller.freeze()

    def unfreeze(self) -> None:
        """Let the mock's clock run again, as far ahead as it has been advanced."""
        self._controller.unfreeze()

    def expire_tokens(self) -> None:
        """Let all session tokens issued so far in this account and region expire. Source: token-2."""
        self._controller.expire_tokens(self._here)

    def set_limits(
        self,
        *,
        datasets_per_identity: int | None = None,
        records_per_dataset: int | None = None,
        dataset_size_bytes: int | None = None,
    ) -> None:
        """
        Change what an identity may keep in this account and region; limits that are not passed stay as they are.

        Stored data stays too, even if it exceeds the new limits.

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
        self._controller.set_limits(self._here, limits)

    @property
    def _here(self) -> AccountRegion:
        default = self._controller.account_region
        return AccountRegion(self._account_id or default.account_id, self._region_name or default.region_name)

    def _call_filter(
        self, operation: str, identity_pool_id: str | None, identity_id: str | None, dataset: str | None
    ) -> CallFilter:
        return CallFilter(require_operation(operation), self._here, identity_pool_id, identity_id, dataset)

    def _add_fault(self, plan: FaultPlan) -> Fault:
        number = self._controller.add_fault(plan)
        return Fault(partial(self._controller.times_injected, number), partial(self._controller.remove_fault, number))
