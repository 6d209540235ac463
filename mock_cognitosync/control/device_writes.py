"""The writes of another device, which is always up to date, under the rules for clients."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

from ..cognitosync.domain.caller import Caller
from ..cognitosync.domain.keys import AccountRegion, DatasetKey
from ..cognitosync.exceptions import StaleSyncCount
from ..cognitosync.interceptor import Call
from ..cognitosync.models import CognitoSyncBackend, lock
from ..cognitosync.operations import perform
from ..cognitosync.wire import service_model

# How often a device tries if another one writes first each time.
_TRIES = 10


def write(
    backend: CognitoSyncBackend,
    key: DatasetKey,
    operation: Literal["replace", "remove"],
    values: Mapping[str, str | None],
) -> int:
    """
    Write or remove records at their current sync counts.

    Returns:
        The dataset's sync count.

    Raises:
        CognitoSyncError: the service refuses.
    """
    conflicts = 0
    while True:
        # The lock is not held between reading and writing, because a sync trigger may run.
        listing = _perform(backend, "ListRecords", key, MaxResults=1)
        update = {
            "SyncSessionToken": listing["SyncSessionToken"],
            "RecordPatches": _patches(backend, key, operation, values),
        }
        try:
            written = _perform(backend, "UpdateRecords", key, **update)["Records"]
        except StaleSyncCount:
            conflicts += 1
            if conflicts == _TRIES:
                raise
        else:
            return int(written[0]["SyncCount"] if written else listing["DatasetSyncCount"])


def delete_dataset(backend: CognitoSyncBackend, key: DatasetKey) -> None:
    """
    Delete a dataset.

    Raises:
        DatasetNotFound: it does not exist.
    """
    _perform(backend, "DeleteDataset", key)


def _patches(
    backend: CognitoSyncBackend, key: DatasetKey, operation: str, values: Mapping[str, str | None]
) -> list[dict[str, Any]]:
    with lock:
        dataset = backend.datasets.find(key)
        records = {name: dataset.find(name) if dataset else None for name in values}
    patches = []
    for name, value in values.items():
        record = records[name]
        patches.append({"Op": operation, "Key": name, "Value": value, "SyncCount": record.sync_count if record else 0})
    return patches


def call(operation: str, account_region: AccountRegion, key: DatasetKey) -> Call:
    """The call that a device makes, without credentials and records."""
    return Call(operation, account_region, None, None, 1, _parameters(key), key.identity_id)


def _perform(backend: CognitoSyncBackend, operation: str, key: DatasetKey, **parameters: Any) -> dict[str, Any]:
    model = service_model.load().operations[operation]
    answer = perform(backend, model, _parameters(key) | parameters, Caller(key.identity_id))
    return json.loads(answer)  # type: ignore[no-any-return]  # an answer is a JSON object


def _parameters(key: DatasetKey) -> dict[str, Any]:
    return dict(zip(("IdentityPoolId", "IdentityId", "DatasetName"), key, strict=True))
