"""
One mock, as its handles use it: its state, its faults and hooks, its clock and its history.

Handles check arguments and shape results. A controller takes and returns plain data, so that a handle can also talk to
a mock in another process. Python functions, as hooks or triggers, are the exception.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import boto3

from moto.core.models import DEFAULT_ACCOUNT_ID

from ..cognitosync import cognitosync_backends, ids, settings
from ..cognitosync.domain.clock import Clock
from ..cognitosync.domain.dataset import Limits
from ..cognitosync.domain.keys import AccountRegion, DatasetKey
from ..cognitosync.interceptor import Call
from ..cognitosync.models import CognitoSyncBackend, lock
from ..cognitosync.settings import Settings
from . import device_writes, snapshot
from .arguments import require_region
from .dataset_state import DatasetState, state_of
from .faults import FaultPlan
from .hints import caution_for, describe, explain
from .history import (
    ClockMove,
    DeviceCall,
    FinishedCall,
    History,
    PushedText,
    RunTrigger,
    StreamedText,
    recorded_call,
)
from .hooks import HookPlan
from .interventions import Interventions
from .python_trigger import PythonTrigger

_log = logging.getLogger("mock_cognitosync")


def default_account_id() -> str:
    """``MOTO_ACCOUNT_ID``, else moto's ``123456789012``."""
    return os.environ.get("MOTO_ACCOUNT_ID") or DEFAULT_ACCOUNT_ID


class Controller:
    """
    The :class:`~mock_cognitosync.cognitosync.interceptor.Interceptor` of one mock, for all accounts and regions.

    Each mock has settings. Without them, a controller gives access to the service's data only; see :mod:`.plain`.

    Attributes:
        failures: the assertions that failed in triggers and hooks. The code under test may have caught them, so the
            mock raises the first one again when it ends.
    """

    def __init__(self, mock_settings: Settings | None = None, *, history: History | None = None) -> None:
        """
        Args:
            mock_settings: the settings of the mock, which get this interceptor.
            history: where to record; by default a mock has a new one, and without a mock nothing is recorded.
        """
        self._records = mock_settings is not None or history is not None
        self._history = history or History(settings.now_ms)
        self.failures: list[AssertionError] = []
        self._settings = mock_settings
        self._interventions = Interventions(self._history, self.advance, self.failures)
        self._issued_ids: dict[str, str] = {}
        self._identities: dict[AccountRegion, list[tuple[str, str]]] = {}
        self._pools_of_users: dict[AccountRegion, str] = {}
        # The caution about each call that has not ended.
        self._cautions: dict[int, str] = {}
        self._last_account_region: AccountRegion | None = None
        if mock_settings is not None:
            mock_settings.interceptor = self

    def end(self) -> None:
        """
        End with the mock: from now on, only the records of the history can be read. Idempotent.

        The mock calls it while its environment is still in place.
        """
        self._last_account_region = self.account_region

    @property
    def has_ended(self) -> bool:
        """Whether the mock has ended."""
        return self._last_account_region is not None

    def require_active(self) -> None:
        """
        Check that the mock has not ended.

        Raises:
            RuntimeError: it has.
        """
        if self.has_ended:
            raise RuntimeError(
                "this mock_cognitosync has ended: only what it recorded can be read (calls, story(), report(), "
                "stream_records, push_notifications, times_injected, times_run and ids)"
            )

    # The interceptor.

    def before(self, call: Call) -> None:
        """Run the hooks that wait for *call*, then inject faults."""
        self._interventions.before(call)
        if call.operation == "UpdateRecords":
            caution = caution_for(call)
            if caution is not None:
                self._cautions[id(call)] = caution

    def after(self, call: Call) -> None:
        """Inject the faults that lose an answer."""
        self._interventions.after(call)

    def done(self, call: Call, error: BaseException | None) -> None:
        """Record *call*."""
        refusal = None if error is None else explain(call, error)
        caution = self._cautions.pop(id(call), None) if self._cautions else None
        faults = self._interventions.injected_into(call)
        finished = FinishedCall(call, refusal, faults, None if refusal else caution)
        self._history.add(call.account_region, finished)
        if _log.isEnabledFor(logging.DEBUG) and settings.interceptors()[0] is self:
            _log.debug("%s", recorded_call(finished))

    def triggered(
        self, account_region: AccountRegion, event: Mapping[str, Any], answer: Any, error: BaseException | None
    ) -> None:
        """Record a run of a sync trigger."""
        self._history.add(account_region, RunTrigger(event, answer, describe(error) if error else None))

    def streamed(self, account_region: AccountRegion, stream_name: str, partition_key: str, text: str) -> None:
        """Record what was put on a stream."""
        self._history.add(account_region, StreamedText(stream_name, partition_key, text))

    def pushed(self, account_region: AccountRegion, device_id: str, platform: str, text: str) -> None:
        """Record what was pushed to a device."""
        self._history.add(account_region, PushedText(device_id, platform, text))

    # History.

    @property
    def history(self) -> History:
        """Everything that happened since the mock started."""
        if not self._records:
            self._require_mock()
        return self._history

    # Accounts, regions and ids.

    @property
    def endpoint_url(self) -> None:
        """None: the mock is in this process."""
        return None

    @property
    def account_region(self) -> AccountRegion:
        """
        The account and region of a client that is created without either; after the end of the mock, those at its end.

        The account is ``MOTO_ACCOUNT_ID``, else moto's ``123456789012``. The region falls back to ``us-east-1``.
        """
        if self._last_account_region is not None:
            return self._last_account_region
        session = boto3.DEFAULT_SESSION
        configured = session.region_name if session else os.environ.get("AWS_DEFAULT_REGION")
        return AccountRegion(default_account_id(), configured or "us-east-1")

    @property
    def options(self) -> dict[str, Any]:
        """The options of the mock that decide how the service behaves; the defaults without a mock."""
        return (self._settings or Settings()).options()

    def require_region(self, account_region: AccountRegion) -> None:
        """
        Check that the service exists in a region.

        Raises:
            ValueError: it does not; the message lists the regions.
        """
        require_region(account_region.account_id, account_region.region_name)

    def kind_of(self, issued_id: str) -> str | None:
        """``identity pool`` or ``identity`` if this controller has issued the id, else None."""
        return self._issued_ids.get(issued_id)

    def new_pool(self, account_region: AccountRegion) -> str:
        """The id of an identity pool that exists."""
        pool_id = self._backend(account_region).identity_pools.new()
        self._issued_ids[pool_id] = "identity pool"
        return pool_id

    def pool_exists(self, account_region: AccountRegion, identity_pool_id: str) -> bool:
        """Whether a pool exists."""
        return self._backend(account_region).identity_pools.exists(identity_pool_id)

    def pools(self, account_region: AccountRegion) -> list[str]:
        """The ids of the pools that were created or have data, sorted."""
        backend = self._backend(account_region)
        with lock:
            stored = {dataset.key.identity_pool_id for dataset in backend.datasets if dataset.exists}
        return sorted(stored.union(backend.identity_pools.creation_dates()))

    def new_identity(self, account_region: AccountRegion, identity_pool_id: str) -> str:
        """The id of a new identity of the pool."""
        self.require_active()
        identity_id = f"{account_region.region_name}:{ids.new_uuid()}"
        self._issued_ids[identity_id] = "identity"
        self._identities.setdefault(account_region, []).append((identity_pool_id, identity_id))
        return identity_id

    def pool_of_users(self, account_region: AccountRegion) -> str:
        """The pool for users without a pool of their own; created for the first user, or if it no longer exists."""
        pool_id = self._pools_of_users.get(account_region)
        if pool_id is None or not self._backend(account_region).identity_pools.exists(pool_id):
            pool_id = self._pools_of_users[account_region] = self.new_pool(account_region)
        return pool_id

    def identities(self, account_region: AccountRegion) -> list[tuple[str, str]]:
        """Pool and identity ids: first those issued here, oldest first, then others that have datasets, sorted."""
        with lock:
            stored = {dataset.key[:2] for dataset in self._backend(account_region).datasets if dataset.exists}
        return list(dict.fromkeys([*self._identities.get(account_region, ()), *sorted(stored)]))

    def new_credentials(self, account_region: AccountRegion, identity_pool_id: str, identity_id: str) -> dict[str, str]:
        """Credentials of an identity, as keyword arguments of ``boto3.client``."""
        access_key = f"ASIA{ids.new_uuid().replace('-', '')[:16].upper()}"
        self._backend(account_region).add_identity_credentials(access_key, identity_pool_id, identity_id)
        return {
            "aws_access_key_id": access_key,
            "aws_secret_access_key": ids.new_uuid(),
            "aws_session_token": ids.new_uuid(),
        }

    # Data.

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

    def datasets(
        self, account_region: AccountRegion, identity_pool_id: str, identity_id: str
    ) -> dict[str, DatasetState]:
        """The states of the identity's datasets that exist, by name."""
        with lock:
            owned = self._backend(account_region).datasets.of_identity(identity_pool_id, identity_id)
            return {name: state_of(owned[name]) for name in sorted(owned) if owned[name].exists}

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
        backend, refusal = self._backend(account_region), None
        call = device_writes.call("DeleteDataset", account_region, key)
        try:
            device_writes.delete_dataset(backend, key)
        except Exception as error:
            refusal = explain(call, error)
            raise
        finally:
            self._history.add(account_region, DeviceCall(call, {}, None, refusal))

    def set_trigger(
        self, account_region: AccountRegion, identity_pool_id: str, function: Callable[..., Any] | None
    ) -> None:
        """Run *function*, which takes an event and perhaps a context, as the pool's trigger; None removes it."""
        trigger = None if function is None else PythonTrigger(function, account_region, self.failures)
        self._backend(account_region).change_configuration(
            identity_pool_id, lambda configuration: replace(configuration, trigger=trigger)
        )

    def merge_identities(self, account_region: AccountRegion, identity_pool_id: str, old: str, new: str) -> None:
        """
        Give the datasets of the identity *old* to *new*.

        Raises:
            ValueError: the merge is impossible.
        """
        self._backend(account_region).merge_identities(identity_pool_id, old, new)

    def save(self, account_region: AccountRegion) -> str:
        """The text of a snapshot of the state."""
        return snapshot.text_of([self._backend(account_region)])

    def load(self, account_region: AccountRegion, document: bytes) -> None:
        """
        Replace the state with that of a snapshot.

        Raises:
            SnapshotRefused: it is not a valid one, or has no state of this account and region.
        """
        snapshot.load(document, self._backend(account_region))

    def reset(self, account_region: AccountRegion, identity_pool_id: str | None) -> None:
        """Forget the datasets, configuration and devices of one pool, or all of them and all tokens."""
        backend = self._backend(account_region)
        if identity_pool_id is None:
            backend.reset()
        else:
            backend.reset_pool(identity_pool_id)

    # Faults and hooks.

    def add_fault(self, plan: FaultPlan) -> int:
        """Inject a fault as *plan* says, after those added before; return its number."""
        self._require_mock()
        return self._interventions.add_fault(plan)

    def add_hook(self, plan: HookPlan, function: Callable[[], object]) -> int:
        """Run *function* as *plan* says; return the number of the hook."""
        self._require_mock()
        return self._interventions.add_hook(plan, function)

    @property
    def interventions(self) -> Interventions:
        """All faults and hooks."""
        return self._interventions

    def remove_intervention(self, number: int) -> None:
        """Remove a fault or hook. Idempotent, even after the end."""
        self._interventions.remove(number)

    def times_applied(self, number: int) -> int:
        """How often a fault has been injected or a hook has run, even if it has been removed."""
        return self._interventions.times_applied(number)

    def unused(self, after: int = 0) -> list[str]:
        """A sentence about each fault and hook above the number *after* that was never applied and is not optional."""
        return self._interventions.unused(after)

    def start_inner_test(self) -> tuple[int, int]:
        """Begin a test while the mock is active, and return the arguments of :meth:`end_inner_test`."""
        self._history.start_test()
        return self._interventions.newest, len(self.failures)

    def end_inner_test(self, newest_intervention: int, failures: int) -> None:
        """End the faults, hooks and failures of a test inside the mock, given the state in which it began."""
        self._interventions.end(newest_intervention)
        del self.failures[failures:]

    # Clock, tokens and limits.

    @property
    def clock(self) -> Clock:
        """The mock's clock."""
        return self._require_mock().clock

    def limits(self, account_region: AccountRegion) -> Limits:
        """The limits of an identity."""
        return self._require_mock().limits_of(account_region)

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

    def release_clock(self) -> None:
        """Let the mock's clock run again, unless the mock has ended."""
        if not self.has_ended:
            self.unfreeze()

    def expire_tokens(self, account_region: AccountRegion) -> None:
        """Expire all session tokens issued so far."""
        self._require_mock()
        self._backend(account_region).expire_tokens()

    def set_limits(self, account_region: AccountRegion, limits: Mapping[str, int]) -> None:
        """Change the limits of an identity; the names are those of :class:`.dataset.Limits`."""
        mock_settings = self._require_mock()
        mock_settings.limits[account_region] = replace(mock_settings.limits_of(account_region), **limits)

    def _require_mock(self) -> Settings:
        self.require_active()
        if self._settings is None:
            raise RuntimeError(
                "calls, faults, hooks, clock, tokens and limits need a mock_cognitosync: under plain mock_aws a handle "
                "gives access to data only"
            )
        return self._settings

    def _backend(self, account_region: AccountRegion) -> CognitoSyncBackend:
        # Looked up at each use, because a reset of moto replaces it.
        self.require_active()
        require_region(account_region.account_id, account_region.region_name)
        return cognitosync_backends[account_region.account_id][account_region.region_name]

    def _write(
        self,
        account_region: AccountRegion,
        key: DatasetKey,
        operation: Literal["replace", "remove"],
        values: Mapping[str, str | None],
    ) -> int:
        backend, sync_count, refusal = self._backend(account_region), None, None
        call = device_writes.call("UpdateRecords", account_region, key)
        try:
            sync_count = device_writes.write(backend, key, operation, values)
        except Exception as error:
            refusal = explain(call, error)
            raise
        finally:
            self._history.add(account_region, DeviceCall(call, values, sync_count, refusal))
        return sync_count
