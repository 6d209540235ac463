"""
One mock as its handles see it: its state, its faults and hooks, its clock and its history.

Handles check arguments and shape results. A controller takes and returns plain data, so that a handle can also talk to
a mock in another process. Python functions, as hooks or triggers, are the exception.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from threading import Lock
from typing import Any, Literal

import boto3
from moto.core.models import DEFAULT_ACCOUNT_ID

from ..cognitosync import cognitosync_backends, ids, settings
from ..cognitosync.domain.keys import AccountRegion, DatasetKey
from ..cognitosync.domain.pool_configuration import TriggerFunction
from ..cognitosync.exceptions import CognitoSyncError, InvalidRegion
from ..cognitosync.interceptor import Call
from ..cognitosync.models import CognitoSyncBackend, lock
from ..cognitosync.settings import Settings
from . import device_writes, snapshot
from .arguments import require_region
from .dataset_state import DatasetState, state_of
from .faults import ActiveFault, FaultPlan
from .hints import hint_for
from .history import (
    ClockMove,
    DeviceDeletion,
    DeviceWrite,
    FinishedCall,
    History,
    InjectedFault,
    PushedText,
    RunHook,
    RunTrigger,
    StreamedText,
)
from .hooks import ActiveHook


class Controller:
    """
    The :class:`~mock_cognitosync.cognitosync.interceptor.Interceptor` of one mock, for all accounts and regions.

    Without settings, which each mock has, a controller gives access to the service's data only: enough for plain
    ``mock_aws``.
    """

    def __init__(self, mock_settings: Settings | None = None) -> None:
        self._settings = mock_settings
        self._history = History(settings.now_ms)
        self._lock = Lock()
        self._numbers = count(1)
        self._hooks: dict[int, ActiveHook] = {}
        self._faults: dict[int, ActiveFault] = {}
        # Removed faults too, whose counts can still be read.
        self._all_faults: dict[int, ActiveFault] = {}
        if mock_settings is not None:
            mock_settings.interceptor = self

    # The interceptor.

    def before(self, call: Call) -> None:
        """Run the hooks that wait for *call*, then inject faults."""
        if self._hooks and call.attempt == 1:
            for hook in self._due_hooks(call):
                self._history.add(call.account_region, RunHook(call))
                hook.function()
        if self._faults:
            self._inject(call, after_write=False)

    def after(self, call: Call) -> None:
        """Inject the faults that lose an answer."""
        if self._faults:
            self._inject(call, after_write=True)

    def done(self, call: Call, error: BaseException | None) -> None:
        """Record *call*."""
        if error is None:
            finished = FinishedCall(call)
        elif isinstance(error, InvalidRegion):
            finished = FinishedCall(call, error.code, error.message)
        elif isinstance(error, CognitoSyncError):
            hint = hint_for(call, error, self._backend(call.account_region))
            finished = FinishedCall(call, error.code, error.message, hint)
        else:
            finished = FinishedCall(call, type(error).__name__, str(error))
        self._history.add(call.account_region, finished)

    def triggered(
        self, account_region: AccountRegion, event: Mapping[str, Any], answer: Any, error: BaseException | None
    ) -> None:
        """Record a run of a sync trigger."""
        self._history.add(account_region, RunTrigger(event, answer, error))

    def streamed(self, account_region: AccountRegion, stream_name: str, partition_key: str, text: str) -> None:
        """Record what was put on a stream."""
        self._history.add(account_region, StreamedText(stream_name, partition_key, text))

    def pushed(self, account_region: AccountRegion, device_id: str, platform: str, text: str) -> None:
        """Record what was pushed to a device."""
        self._history.add(account_region, PushedText(device_id, platform, text))

    # What happened.

    @property
    def history(self) -> History:
        """Everything that happened since the mock started."""
        self._require_mock()
        return self._history

    # Accounts and regions.

    @property
    def account_region(self) -> AccountRegion:
        """
        The account and region of a client that is created without either.

        The account is ``MOTO_ACCOUNT_ID``, else moto's ``123456789012``; the region falls back to ``us-east-1``.
        """
        session = boto3.DEFAULT_SESSION
        configured = session.region_name if session else os.environ.get("AWS_DEFAULT_REGION")
        return AccountRegion(os.environ.get("MOTO_ACCOUNT_ID") or DEFAULT_ACCOUNT_ID, configured or "us-east-1")

    # Data.

    def new_pool(self, account_region: AccountRegion) -> str:
        """The id of an identity pool that exists."""
        return self._backend(account_region).identity_pools.new()

    def new_identity(self, identity_pool_id: str) -> str:
        """An identity id in the region of the pool."""
        return f"{identity_pool_id.partition(':')[0]}:{ids.new_uuid()}"

    def new_credentials(self, account_region: AccountRegion, identity_pool_id: str, identity_id: str) -> dict[str, str]:
        """Credentials of an identity, as keyword arguments of ``boto3.client``."""
        access_key = f"ASIA{ids.new_uuid().replace('-', '')[:16].upper()}"
        self._backend(account_region).add_identity_credentials(access_key, identity_pool_id, identity_id)
        return {
            "aws_access_key_id": access_key,
            "aws_secret_access_key": ids.new_uuid(),
            "aws_session_token": ids.new_uuid(),
        }

    def records(self, account_region: AccountRegion, key: DatasetKey) -> dict[str, str]:
        """Key to value of all live records, sorted by key."""
        with lock:
            dataset = self._backend(account_region).datasets.find(key)
            records = dataset.records_after(0) if dataset else []
        return {record.key: record.value for record in records if record.value is not None}

    def dataset(self, account_region: AccountRegion, key: DatasetKey) -> DatasetState:
        """The state of a dataset."""
        with lock:
            return state_of(self._backend(account_region).datasets.find(key))

    def put(self, account_region: AccountRegion, key: DatasetKey, records: Mapping[str, str]) -> int:
        """
        Write records as another device of the identity, and return the dataset's sync count.

        Raises:
            CognitoSyncError: the service refuses.
        """
        return self._write(account_region, key, "replace", records)

    def remove(self, account_region: AccountRegion, key: DatasetKey, record_keys: Sequence[str]) -> int:
        """
        Remove records as another device of the identity, and return the dataset's sync count.

        Raises:
            CognitoSyncError: the service refuses.
        """
        return self._write(account_region, key, "remove", dict.fromkeys(record_keys))

    def delete_dataset(self, account_region: AccountRegion, key: DatasetKey) -> None:
        """
        Delete a dataset as another device of the identity.

        Raises:
            DatasetNotFound: it does not exist.
        """
        error = None
        try:
            device_writes.delete_dataset(self._backend(account_region), key)
        except CognitoSyncError as refusal:
            error = refusal.code
            raise
        finally:
            self._history.add(account_region, DeviceDeletion(*key, error))

    def set_trigger(
        self, account_region: AccountRegion, identity_pool_id: str, function: TriggerFunction | None
    ) -> None:
        """Run *function* as the pool's sync trigger; None removes it."""
        self._backend(account_region).change_configuration(
            identity_pool_id, lambda configuration: replace(configuration, trigger=function)
        )

    def merge_identities(self, account_region: AccountRegion, identity_pool_id: str, old: str, new: str) -> None:
        """
        Give the datasets of the identity *old* to *new*.

        Raises:
            ValueError: the merge is impossible.
        """
        self._backend(account_region).merge_identities(identity_pool_id, old, new)

    def save(self, account_region: AccountRegion, path: str | os.PathLike[str]) -> None:
        """
        Write the state to a file.

        Raises:
            OSError: the file cannot be written.
        """
        snapshot.save(path, [self._backend(account_region)])

    def load(self, account_region: AccountRegion, path: str | os.PathLike[str]) -> None:
        """
        Replace the state with that of a file.

        Raises:
            SnapshotRefused, OSError
        """
        snapshot.load(path, self._backend(account_region))

    def reset(self, account_region: AccountRegion) -> None:
        """Forget all datasets, configurations and tokens."""
        self._backend(account_region).reset()

    def expire_tokens(self, account_region: AccountRegion) -> None:
        """Let all session tokens issued so far expire."""
        self._backend(account_region).expire_tokens()

    # Faults and hooks.

    def add_fault(self, plan: FaultPlan) -> int:
        """Inject a fault as *plan* says, after those added before; return its number."""
        self._require_mock()
        with self._lock:
            number, fault = next(self._numbers), ActiveFault(plan)
            self._all_faults[number] = fault
            self._faults = {**self._faults, number: fault}
        return number

    def remove_fault(self, number: int) -> None:
        """Remove a fault. Idempotent."""
        with self._lock:
            self._faults = {other: fault for other, fault in self._faults.items() if other != number}

    def times_injected(self, number: int) -> int:
        """How often a fault has been injected, also if it has been removed."""
        return self._all_faults[number].times_injected

    def add_hook(self, hook: ActiveHook) -> int:
        """Run *hook* before the calls that it waits for; return its number."""
        self._require_mock()
        with self._lock:
            number = next(self._numbers)
            self._hooks = {**self._hooks, number: hook}
        return number

    # Clock and limits.

    def advance(self, seconds: float) -> None:
        """Advance the mock's clock."""
        self._require_mock().clock.advance(seconds)
        self._history.add(None, ClockMove("advance", seconds))

    def freeze(self) -> None:
        """Stop the mock's clock."""
        self._require_mock().clock.freeze()
        self._history.add(None, ClockMove("freeze", 0))

    def unfreeze(self) -> None:
        """Let the mock's clock run again."""
        self._require_mock().clock.unfreeze()
        self._history.add(None, ClockMove("unfreeze", 0))

    def set_limits(self, account_region: AccountRegion, limits: Mapping[str, int]) -> None:
        """Change what an identity may keep; the names are those of :class:`.limits.Limits`."""
        mock_settings = self._require_mock()
        mock_settings.limits[account_region] = replace(mock_settings.limits_of(account_region), **limits)

    def _require_mock(self) -> Settings:
        if self._settings is None:
            raise RuntimeError(
                "calls, faults, clock and limits need a mock_cognitosync: use the handle that it returns instead of "
                "CognitoSync()"
            )
        return self._settings

    def _backend(self, account_region: AccountRegion) -> CognitoSyncBackend:
        # Looked up at each use, because a reset of moto replaces it.
        account_id, region_name = account_region.account_id, account_region.region_name
        require_region(account_id, region_name)
        return cognitosync_backends[account_id][region_name]

    def _write(
        self,
        account_region: AccountRegion,
        key: DatasetKey,
        operation: Literal["replace", "remove"],
        values: Mapping[str, str | None],
    ) -> int:
        sync_count = error = None
        try:
            sync_count = device_writes.write(self._backend(account_region), key, operation, values)
        except CognitoSyncError as refusal:
            error = refusal.code
            raise
        finally:
            self._history.add(account_region, DeviceWrite(*key, values, sync_count, error))
        return sync_count

    def _inject(self, call: Call, after_write: bool) -> None:
        for fault in self._faults.values():
            if fault.plan.after_write == after_write and fault.takes(call):
                self._history.add(call.account_region, InjectedFault(call, fault.plan))
                fault.inject(self.advance)

    def _due_hooks(self, call: Call) -> list[ActiveHook]:
        with self._lock:
            due = [hook for hook in self._hooks.values() if hook.call_filter.matches(call)]
            for hook in due:
                hook.calls -= 1
            self._hooks = {number: hook for number, hook in self._hooks.items() if hook.calls}
        return due
