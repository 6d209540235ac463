"""The phone: its store, and the algorithm that synchronizes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from .errors import PhoneOffline, RetriesExhausted, SynchronizationCancelled
from .records import Conflict, Resolve, StoredRecord, last_writer_wins
from .remote import Listing, RemoteConflict, RemoteDataset

if TYPE_CHECKING:
    from mypy_boto3_cognito_sync import CognitoSyncClient

MAX_RETRIES = 3
"""How often a synchronization starts again before it fails, as in the clients for Android and JavaScript."""
_DELETED = -1  # the last sync count of a dataset that was deleted here and not yet at the service


@dataclass(slots=True)
class _Store:
    """The phone's copy of a dataset."""

    last_sync_count: int = 0
    records: dict[str, StoredRecord] = field(default_factory=dict)


class Phone:
    """
    A device of a user, with a store that is read and written offline.

    It is not thread-safe. Errors of boto3 are raised unchanged.

    Attributes:
        client: sends the calls.
        is_online: if it is false, :meth:`synchronize` sends nothing and raises :class:`PhoneOffline`.
        device_id: the id that :meth:`register` received.
    """

    def __init__(
        self,
        client: CognitoSyncClient,
        identity_pool_id: str,
        identity_id: str,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    ) -> None:
        """
        Args:
            client: a boto3 client of Cognito Sync, or an object with the same methods.
            identity_pool_id: the pool of the user.
            identity_id: the identity of the user.
            clock: the phone's time, with a time zone.
        """
        self.client = client
        self.identity_pool_id = identity_pool_id
        self.identity_id = identity_id
        self.is_online = True
        self.device_id: str | None = None
        self._clock = clock
        self._stores: dict[str, _Store] = {}

    # The store.

    def put(self, dataset: str, records: Mapping[str, str]) -> None:
        """
        Write *records* into the store. A record that has this value already stays as it is.

        Args:
            dataset: the name of the dataset.
            records: key to value.

        Raises:
            TypeError: a value is not a str.
            RuntimeError: the dataset was deleted here and not synchronized since.
        """
        for key, value in records.items():
            if not isinstance(value, str):
                raise TypeError(f"the value of {key!r} must be a str, got {type(value).__name__}")
        self._write(dataset, records)

    def get(self, dataset: str, key: str) -> str | None:
        """The value of a record in the store; None if it does not exist or is removed."""
        record = self.stored(dataset).get(key)
        return record.value if record else None

    def remove(self, dataset: str, *keys: str) -> None:
        """
        Remove records from the store; the next synchronization removes them at the service.

        Raises:
            RuntimeError: the dataset was deleted here and not synchronized since.
        """
        self._write(dataset, dict.fromkeys(keys))

    def delete_dataset(self, dataset: str) -> None:
        """Delete a dataset in the store; the next synchronization deletes it at the service."""
        self._stores[dataset] = _Store(_DELETED)

    def records(self, dataset: str) -> dict[str, str]:
        """Key to value of the records in the store that are not removed, sorted by key."""
        return {key: record.value for key, record in sorted(self.stored(dataset).items()) if record.value is not None}

    def stored(self, dataset: str) -> dict[str, StoredRecord]:
        """Key to record of everything in the store, removed records included."""
        store = self._stores.get(dataset)
        return dict(store.records) if store else {}

    def last_sync_count(self, dataset: str) -> int:
        """The sync count up to which the phone knows the dataset; -1 if it was deleted here, 0 if it is not stored."""
        store = self._stores.get(dataset)
        return store.last_sync_count if store else 0

    # The service.

    def synchronize(
        self,
        dataset: str,
        *,
        on_conflict: Resolve = last_writer_wins,
        on_deleted: Callable[[str], bool] = lambda dataset: False,
        on_merged: Callable[[str, list[str]], bool] = lambda dataset, merged: False,
    ) -> dict[str, str | None]:
        """
        Pull what changed at the service, resolve conflicts, then push what was changed here.

        If another device wrote in between, it starts again, up to :data:`MAX_RETRIES` times.

        Args:
            dataset: the name of the dataset.
            on_conflict: resolves each conflict. By default the last writer wins, as in the clients for Android and iOS.
            on_deleted: takes the name of a dataset that was deleted at the service. True deletes it here too, with all
                edits, and ends the synchronization; False cancels the synchronization.
            on_merged: takes the name of the dataset and those of the datasets that a merge of identities added to it.
                They are reported until they are deleted. True starts again, False cancels. :meth:`adopt` is one.

        Returns:
            The changes that the service made here: key to value, None for a removed record.

        Raises:
            PhoneOffline: the phone is offline.
            SynchronizationCancelled: a callback refused.
            RetriesExhausted: each attempt met a change by another device, or merged datasets.
            ClientError: the service refuses for another reason.
        """
        if not self.is_online:
            raise PhoneOffline(f"the phone is offline: {self!r}")
        merged = [name for name in self._stores if name.startswith(f"{dataset}.")]
        if merged and not on_merged(dataset, merged):
            raise SynchronizationCancelled(f"on_merged refused {merged}")
        for _ in range(1 + MAX_RETRIES):
            pulled = self._attempt(dataset, on_conflict, on_deleted, on_merged)
            if pulled is not None:
                return pulled
        raise RetriesExhausted(f"{dataset!r} is not synchronized after {MAX_RETRIES} retries")

    def adopt(self, dataset: str, merged: Sequence[str]) -> bool:
        """
        Copy the records of merged datasets and delete these datasets; a value for *on_merged*.

        Records that this phone has in *dataset* stay as they are. If it has deleted *dataset*, no records are copied.
        """
        for name in merged:
            self.synchronize(name, on_deleted=lambda name: True)
            if self.last_sync_count(dataset) != _DELETED:
                known = self.stored(dataset)
                self.put(dataset, {key: value for key, value in self.records(name).items() if key not in known})
            self.delete_dataset(name)
            self.synchronize(name)
        return True

    def register(self, platform: str, token: str) -> str:
        """Register the phone for push sync, for instance at ``GCM``, and return its device id."""
        self.device_id = self.client.register_device(**self._identity, Platform=platform, Token=token)["DeviceId"]  # type: ignore[arg-type]  # any text
        return self.device_id

    def subscribe(self, dataset: str) -> None:
        """
        Ask the service to push changes that other devices make to a dataset.

        Raises:
            RuntimeError: the phone is not registered.
        """
        if self.device_id is None:
            raise RuntimeError("the phone is not registered for push sync: call register(platform, token) first")
        self.client.subscribe_to_dataset(**self._identity, DatasetName=dataset, DeviceId=self.device_id)

    def receive(self, payload: Mapping[str, Any] | str, **callbacks: Any) -> dict[str, str | None] | None:
        """
        Synchronize the dataset that a push names, if the push is for this user and the phone does not know the change.

        Args:
            payload: the push: ``PushNotification.data``, or what a platform delivers, as a dict or as JSON.
            callbacks: those of :meth:`synchronize`.

        Returns:
            What :meth:`synchronize` returns; None if it was not called.
        """
        push = json.loads(payload) if isinstance(payload, str) else payload
        push = push.get("data", push)
        ours = {
            "source": "cognito-sync",
            "identityPoolId": self.identity_pool_id,
            "identityId": self.identity_id,
        }
        if any(push.get(name) != value for name, value in ours.items()):
            return None
        # A string on platforms that deliver only strings.
        if int(push["syncCount"]) <= self.last_sync_count(push["datasetName"]):
            return None
        return self.synchronize(push["datasetName"], **callbacks)

    def __repr__(self) -> str:
        return f"<Phone of {self.identity_id} in pool {self.identity_pool_id}>"

    @property
    def _identity(self) -> dict[str, str]:
        return {"IdentityPoolId": self.identity_pool_id, "IdentityId": self.identity_id}

    def _store(self, dataset: str) -> _Store:
        return self._stores.setdefault(dataset, _Store())

    def _write(self, dataset: str, values: Mapping[str, str | None]) -> None:
        store = self._store(dataset)
        if store.last_sync_count == _DELETED:
            raise RuntimeError(f"dataset {dataset!r} was deleted on this phone: synchronize before you write again")
        for key, value in values.items():
            known = store.records.get(key)
            if known is None:
                store.records[key] = StoredRecord(key, value, 0, True, self._clock())
            elif known.value != value:
                store.records[key] = replace(
                    known, value=value, is_modified=True, device_last_modified_date=self._clock()
                )

    def _attempt(
        self,
        dataset: str,
        on_conflict: Resolve,
        on_deleted: Callable[[str], bool],
        on_merged: Callable[[str, list[str]], bool],
    ) -> dict[str, str | None] | None:
        """One attempt at a synchronization: what the service changed here, or None if it must start again."""
        store = self._store(dataset)
        remote = RemoteDataset(self.client, self.identity_pool_id, self.identity_id, dataset)
        if store.last_sync_count == _DELETED:
            remote.delete()
            del self._stores[dataset]
            return {}
        listing = remote.list_since(store.last_sync_count)
        if listing.merged:
            if not on_merged(dataset, listing.merged):
                raise SynchronizationCancelled(f"on_merged refused {listing.merged}")
            return None
        if listing.is_deleted or (store.last_sync_count and not listing.exists):
            if not on_deleted(dataset):
                raise SynchronizationCancelled(f"{dataset!r} was deleted at the service, and on_deleted keeps it here")
            del self._stores[dataset]
            return {}
        pulled = self._pull(store, listing, on_conflict)
        return pulled if self._push(remote, store, listing) else None

    def _pull(self, store: _Store, listing: Listing, on_conflict: Resolve) -> dict[str, str | None]:
        """Store the listed records, with conflicts resolved; if a conflict is not resolved, store none."""
        changes: dict[str, StoredRecord] = {}
        for remote in listing.records:
            local = store.records.get(remote.key)
            changes[remote.key] = remote
            if local and local.is_modified and local.value != remote.value:
                resolved = on_conflict(Conflict(local, remote, self._clock()))
                if resolved is None:
                    raise SynchronizationCancelled(f"on_conflict did not resolve the conflict on {remote.key!r}")
                changes[remote.key] = resolved
        if changes:
            store.last_sync_count = listing.sync_count
        store.records.update(changes)
        return {key: record.value for key, record in changes.items() if not record.is_modified}

    def _push(self, remote: RemoteDataset, store: _Store, listing: Listing) -> bool:
        """Send the changes of this phone; False if the service refuses because another device was faster."""
        sent = {key: record for key, record in store.records.items() if record.is_modified}
        if not sent:
            return True
        try:
            answered = remote.update(sent.values(), listing.token, self.device_id)
        except RemoteConflict:
            # So that the next listing contains the records that are stale here.
            store.last_sync_count = min(store.last_sync_count, max(record.sync_count for record in sent.values()))
            return False
        for record in answered:
            # A record that was changed during the call must still be sent.
            if record.key not in sent or store.records[record.key] is sent[record.key]:
                store.records[record.key] = record
        # If it rose by more, another device wrote in between, and the next listing must contain that.
        if max((record.sync_count for record in answered), default=0) == listing.sync_count + 1:
            store.last_sync_count = listing.sync_count + 1
        return True
