"""Hints: sentences that explain a refused call, and cautions about an accepted one."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

from ..cognitosync import cognitosync_backends, exceptions, settings
from ..cognitosync.authorization import DEVELOPER_ONLY
from ..cognitosync.domain.keys import DatasetKey
from ..cognitosync.exceptions import CognitoSyncError
from ..cognitosync.interceptor import Call
from ..cognitosync.models import CognitoSyncBackend, lock
from .history import Refusal

# A hint lists this many names and gives only the number of the others.
_SHOWN = 5


def explain(call: Call, error: BaseException) -> Refusal:
    """The reason why *call* did not succeed."""
    if not isinstance(error, CognitoSyncError):
        return Refusal(type(error).__name__, _message(error), None, None)
    write, hint = _HINTS.get(type(error)), None
    if write is not None:
        backend = cognitosync_backends[call.account_region.account_id][call.account_region.region_name]
        with lock:
            hint = write(call, error, backend)
    return Refusal(error.code, error.message, hint, error.rule or None)


def caution_for(call: Call) -> str | None:
    """
    A sentence on the first patch of an UpdateRecords *call* whose SyncCount is above that of its record.

    The service accepts it, but the client does not know the current count. Nothing of the call is checked yet.

    Source: counts-5.
    """
    account_region, parameters = call.account_region, call.parameters
    backend = cognitosync_backends[account_region.account_id][account_region.region_name]
    try:
        key = DatasetKey(parameters["IdentityPoolId"], parameters["IdentityId"], parameters["DatasetName"])
        with lock:
            dataset = backend.datasets.find(key)
            for patch in parameters["RecordPatches"]:
                record = dataset.find(patch["Key"]) if dataset else None
                current = record.sync_count if record else 0
                if patch["SyncCount"] > current:
                    return (
                        f"{patch['Key']!r} is at SyncCount {current}, but {patch['SyncCount']} was sent: send the "
                        "record's own SyncCount, or find such code with strict_sync_counts=True"
                    )
    except (KeyError, TypeError):
        # The call is malformed and will be refused.
        pass
    return None


def describe(error: BaseException) -> str:
    """The class and the message of an exception, even if its ``__str__`` is broken."""
    return f"{type(error).__name__}: {_message(error)}"


def _stale(call: Call, error: Any, backend: CognitoSyncBackend) -> str:
    dataset = _dataset(call, backend)
    record = dataset.find(error.key) if dataset else None
    if record is None:
        # Another thread has deleted the dataset in the meantime.
        return f"{error.key!r} was at SyncCount {error.current}: list the records again"
    removed = "removed" if record.is_removed else "written"
    return (
        f"{error.key!r} was last {removed} by {record.last_modified_by} at SyncCount {record.sync_count}: list the "
        f"records again, merge, and send SyncCount {record.sync_count}"
    )


def _ahead(call: Call, error: Any, backend: CognitoSyncBackend) -> str:
    return (
        f"{error.key!r} is at SyncCount {error.current}, the call sent {error.sent}: send the record's own SyncCount, "
        "not the dataset's"
    )


def _token(call: Call, error: Any, backend: CognitoSyncBackend) -> str:
    return f"the SyncSessionToken {error.fault}: get a new one with ListRecords of this dataset"


def _no_such_count(call: Call, error: Any, backend: CognitoSyncBackend) -> str:
    dataset = _dataset(call, backend)
    count = dataset.sync_count if dataset else 0
    sent = call.parameters["LastSyncCount"]
    return f"LastSyncCount {sent} was sent, but the sync count of the dataset is {count}: list from 0"


def _no_pool(call: Call, error: Any, backend: CognitoSyncBackend) -> str:
    pool_id = call.parameters["IdentityPoolId"]
    region_name = pool_id.partition(":")[0]
    if region_name != backend.region_name:
        return f"the pool is in {region_name}, but the client is in {backend.region_name}"
    created = _some(backend.identity_pools.created_ids())
    return (
        f"pools created with cognito-identity in this account and region: {created}; create the pool there, use one "
        'from new_pool(), or mock with identity_pools="any"'
    )


def _no_dataset(call: Call, error: Any, backend: CognitoSyncBackend) -> str:
    owned = backend.datasets.of_identity(call.parameters["IdentityPoolId"], call.parameters["IdentityId"])
    name = call.parameters["DatasetName"]
    if name in owned:
        return f"it was deleted by {owned[name].last_modified_by}: the next update creates it again"
    there = sorted(other for other, dataset in owned.items() if dataset.exists)
    close = get_close_matches(name, there, n=1)
    meant = f"; did the call mean {close[0]!r}?" if close else ""
    return f"datasets of this identity: {_some(there)}{meant}"


def _limit(call: Call, error: Any, backend: CognitoSyncBackend) -> str:
    owned = backend.datasets.of_identity(call.parameters["IdentityPoolId"], call.parameters["IdentityId"])
    there = sorted(name for name, dataset in owned.items() if dataset.exists)
    limits = settings.current().limits_of(backend.account_region)
    if isinstance(error, exceptions.TooManyDatasets):
        return f"the identity has {len(there)} of {limits.datasets_per_identity} datasets: {_some(there)}"
    dataset = _dataset(call, backend)
    records, size_bytes = (dataset.num_records, dataset.size_bytes) if dataset else (0, 0)
    return (
        f"the dataset has {records} of {limits.records_per_dataset} records and {size_bytes} of "
        f"{limits.dataset_size_bytes} bytes; the call sent {len(call.parameters.get('RecordPatches', ()))} patches"
    )


def _wrong_kind(call: Call, error: Any, backend: CognitoSyncBackend) -> str:
    if call.operation in DEVELOPER_ONLY:
        return (
            f"the call used an identity's credentials, but {call.operation} needs a developer's: create the client "
            "without credentials_for(...)"
        )
    return (
        f"the call used a developer's credentials, but {call.operation} needs an identity's: "
        "boto3.client('cognito-sync', **credentials_for(pool, identity))"
    )


def _foreign(call: Call, error: Any, backend: CognitoSyncBackend) -> str:
    pool_id, identity_id = backend.identity_of(call.access_key) or ("", "")
    return f"the credentials belong to identity {identity_id} in pool {pool_id}"


def _trigger(call: Call, error: Any, backend: CognitoSyncBackend) -> str:
    return f"the sync trigger failed with {describe(error.__cause__)}"


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as failure:
        return f"(its __str__ raised {type(failure).__name__})"


def _dataset(call: Call, backend: CognitoSyncBackend) -> Any:
    where = (call.parameters[name] for name in ("IdentityPoolId", "IdentityId", "DatasetName"))
    return backend.datasets.find(DatasetKey(*where))


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more if names else "none"


_HINTS: dict[type[CognitoSyncError], Callable[[Call, Any, CognitoSyncBackend], str]] = {
    exceptions.StaleSyncCount: _stale,
    exceptions.SyncCountAhead: _ahead,
    exceptions.InvalidSyncSessionToken: _token,
    exceptions.NoSuchSyncCount: _no_such_count,
    exceptions.IdentityPoolNotFound: _no_pool,
    exceptions.DatasetNotFound: _no_dataset,
    exceptions.TooManyDatasets: _limit,
    exceptions.TooManyRecords: _limit,
    exceptions.DatasetTooLarge: _limit,
    exceptions.WrongKindOfCredentials: _wrong_kind,
    exceptions.ForeignIdentity: _foreign,
    exceptions.TriggerFailed: _trigger,
}
