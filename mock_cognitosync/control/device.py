"""Another device of an identity, so that a test has somebody to be in conflict with."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ..cognitosync.domain.caller import Caller
from ..cognitosync.exceptions import StaleSyncCount
from ..cognitosync.models import CognitoSyncBackend, lock
from ..cognitosync.operations import perform
from ..cognitosync.wire import service_model

# Of a device that is overtaken by others time and again.
_TRIES = 10


class Device:
    """
    A device that writes at once and is always up to date, by the rules that hold for clients.

    What it writes is signed with its identity's id (``LastModifiedBy``). Source: records-3.
    """

    def __init__(self, backend: Callable[[], CognitoSyncBackend], identity_pool_id: str, identity_id: str) -> None:
        self._backend = backend
        self.identity_pool_id = identity_pool_id
        self.identity_id = identity_id

    def put(self, dataset: str, records: Mapping[str, str]) -> int:
        """
        Write *records* at the sync counts that the service holds now.

        Args:
            dataset: 1 to 128 characters of ``[a-zA-Z0-9_.:-]``; made when absent.
            records: key (1 to 1,024 characters) to value (at most 1,048,575 characters).

        Returns:
            The dataset's sync count, one higher than before.

        Raises:
            LimitExceeded: the identity would pass 20 datasets, or the dataset 1,024 records or 1,048,576 bytes.
            InvalidParameter: a name, key or value that the service does not take.

        Source: counts-1, limits-1, limits-2, limits-3.
        """
        return self._update(dataset, "replace", dict(records))

    def remove(self, dataset: str, *keys: str) -> int:
        """
        Remove records; each stays as a tombstone, so that other devices learn of it. Keys never written change nothing.

        Returns:
            The dataset's sync count.

        Source: records-1, update-8.
        """
        return self._update(dataset, "remove", dict.fromkeys(keys))

    def delete_dataset(self, dataset: str) -> None:
        """
        Delete a dataset with all its records.

        Raises:
            DatasetNotFound: there is none.

        Source: datasets-4.
        """
        self._perform("DeleteDataset", dataset)

    def _update(self, dataset: str, operation: str, values: Mapping[str, str | None]) -> int:
        """Read counts and write; the lock is not held in between, since a sync trigger may run."""
        conflicts = 0
        while True:
            listing = self._perform("ListRecords", dataset, MaxResults=1)
            update = {
                "SyncSessionToken": listing["SyncSessionToken"],
                "RecordPatches": self._patches(dataset, operation, values),
            }
            try:
                written = self._perform("UpdateRecords", dataset, **update)["Records"]
            except StaleSyncCount:
                conflicts += 1
                if conflicts == _TRIES:
                    raise
            else:
                return int(written[0]["SyncCount"] if written else listing["DatasetSyncCount"])

    def _patches(self, dataset: str, operation: str, values: Mapping[str, str | None]) -> list[dict[str, Any]]:
        with lock:
            stored = self._backend().find_dataset(self.identity_pool_id, self.identity_id, dataset)
            records = {key: stored.find(key) if stored else None for key in values}
        patches = []
        for key, value in values.items():
            record = records[key]
            sync_count = record.sync_count if record else 0
            patches.append({"Op": operation, "Key": key, "Value": value, "SyncCount": sync_count})
        return patches

    def _perform(self, operation: str, dataset: str, **parameters: Any) -> dict[str, Any]:
        answer = perform(
            self._backend(),
            service_model.load().operations[operation],
            {
                "IdentityPoolId": self.identity_pool_id,
                "IdentityId": self.identity_id,
                "DatasetName": dataset,
                **parameters,
            },
            Caller(self.identity_id),
        )
        return json.loads(answer)  # type: ignore[no-any-return]  # an answer is a JSON object
