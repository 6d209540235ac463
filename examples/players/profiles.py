"""Player profiles in Cognito Sync: one dataset of each player."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Conflict(Exception):
    """Other devices kept writing the same fields."""


class Refused(Exception):
    """The trigger of the pool has refused the changes."""


class Profiles:
    """
    The profiles of an identity pool.

    Args:
        client: a boto3 client of Cognito Sync.
        identity_pool_id: the pool of the players.
        rounds: how often an update is tried if other devices are faster.
    """

    def __init__(self, client: Any, identity_pool_id: str, rounds: int = 3) -> None:
        self._client = client
        self._identity_pool_id = identity_pool_id
        self._rounds = rounds

    def read(self, identity_id: str) -> dict[str, str]:
        """The fields of a player."""
        records = self._list(identity_id)["Records"]
        return {record["Key"]: record["Value"] for record in records if "Value" in record}

    def update(self, identity_id: str, changes: Mapping[str, str | None]) -> dict[str, str]:
        """
        Change fields of a player, and return all fields.

        Args:
            identity_id: the player.
            changes: field to value; None removes the field.

        Raises:
            Conflict: other devices were faster in each round.
            Refused: the changes are invalid.
        """
        for _ in range(self._rounds):
            listing = self._list(identity_id)
            counts = {record["Key"]: record["SyncCount"] for record in listing["Records"]}
            try:
                self._client.update_records(
                    **self._names(identity_id),
                    SyncSessionToken=listing["SyncSessionToken"],
                    RecordPatches=[patch(key, value, counts.get(key, 0)) for key, value in changes.items()],
                )
            except self._client.exceptions.ResourceConflictException:
                continue
            except self._client.exceptions.InvalidLambdaFunctionOutputException:
                raise Refused("invalid changes") from None
            return self.read(identity_id)
        raise Conflict(f"not written in {self._rounds} rounds")

    def _list(self, identity_id: str) -> dict[str, Any]:
        listing: dict[str, Any] = self._client.list_records(**self._names(identity_id))
        return listing

    def _names(self, identity_id: str) -> dict[str, str]:
        return {"IdentityPoolId": self._identity_pool_id, "IdentityId": identity_id, "DatasetName": "profile"}


def patch(key: str, value: str | None, sync_count: int) -> dict[str, Any]:
    """A change of one record, at the count that the listing has shown."""
    if value is None:
        return {"Op": "remove", "Key": key, "SyncCount": sync_count}
    return {"Op": "replace", "Key": key, "Value": value, "SyncCount": sync_count}
