"""A user of the app under test: an identity with its pool, and its data."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from ..cognitosync import settings
from ..phone import Phone
from .dataset_state import DatasetState
from .device import Device

if TYPE_CHECKING:
    from mypy_boto3_cognito_sync import CognitoSyncClient

    from .handle import CognitoSync


class User:
    """
    One identity of a pool.

    ``CognitoSync.new_user()``, ``user(pool, identity)`` and ``users()`` return it. Users with equal ids are equal.
    """

    def __init__(self, sync: CognitoSync, identity_pool_id: str, identity_id: str) -> None:
        self._sync = sync
        self.identity_pool_id = identity_pool_id
        self.identity_id = identity_id

    def parameters(self, dataset: str | None = None, **others: Any) -> dict[str, Any]:
        """
        Keyword arguments for a method of a boto3 client, as in ``client.list_records(**user.parameters("profile"))``.

        Args:
            dataset: the ``DatasetName``; None for operations that take none, such as ListDatasets.
            others: added as they are.
        """
        names = {"IdentityPoolId": self.identity_pool_id, "IdentityId": self.identity_id}
        if dataset is not None:
            names["DatasetName"] = dataset
        return {**names, **others}

    def records(self, dataset: str) -> dict[str, str]:
        """Key to value of all live records, sorted by key; empty if the dataset does not exist."""
        return self._sync.records(self.identity_pool_id, self.identity_id, dataset)

    def dataset(self, dataset: str) -> DatasetState:
        """Counts, tombstones and dates of a dataset, which need not exist."""
        return self._sync.dataset(self.identity_pool_id, self.identity_id, dataset)

    def datasets(self) -> dict[str, DatasetState]:
        """The states of this user's datasets that exist, by name and sorted by name."""
        return self._sync.datasets(self.identity_pool_id, self.identity_id)

    def device(self) -> Device:
        """Another device of this user."""
        return self._sync.device(self.identity_pool_id, self.identity_id)

    def phone(self, client: CognitoSyncClient | None = None) -> Phone:
        """
        A device of this user with a store of its own, which synchronizes as the official clients do.

        Its clock is that of the mock, or that of this machine if the mock is a server in another process.

        Args:
            client: a boto3 client for the phone's calls; None is a new one with :meth:`credentials` of this user.
        """
        if client is None:
            import boto3

            place = {"region_name": self._sync.region_name, "endpoint_url": self._sync.endpoint_url}
            client = boto3.client("cognito-sync", **place, **self.credentials())
        return Phone(client, self.identity_pool_id, self.identity_id, clock=_now)

    def credentials(self) -> dict[str, str]:
        """Credentials of this user, as keyword arguments of ``boto3.client``. Source: access-6, records-3."""
        return self._sync.credentials_for(self.identity_pool_id, self.identity_id)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, User):
            return NotImplemented
        return (self.identity_pool_id, self.identity_id) == (other.identity_pool_id, other.identity_id)

    def __hash__(self) -> int:
        return hash((self.identity_pool_id, self.identity_id))

    def __repr__(self) -> str:
        return f"<User {self.identity_id} of pool {self.identity_pool_id}>"


def _now() -> datetime:
    return datetime.fromtimestamp(settings.now_ms() / 1000, timezone.utc)


def merged_ids(identity_pool_id: str | User, old: str | None, into: str | User) -> tuple[str, str, str]:
    """
    The pool and the two identities of a merge, given as two users, or as a pool and two identity ids.

    Raises:
        TypeError: users and ids are mixed.
        ValueError: the users are of different pools.
    """
    if isinstance(identity_pool_id, User) and isinstance(into, User) and old is None:
        guest = identity_pool_id
        if guest.identity_pool_id != into.identity_pool_id:
            raise ValueError(f"{guest!r} cannot be merged into {into!r}, which belongs to another pool")
        return guest.identity_pool_id, guest.identity_id, into.identity_id
    if isinstance(identity_pool_id, User) or isinstance(into, User) or old is None:
        raise TypeError("pass two users, merge_identities(guest, into=member), or ids, (pool, old, into=new)")
    return identity_pool_id, old, into
