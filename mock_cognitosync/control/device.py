"""Another device of an identity, with which a client can have conflicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from ..cognitosync.domain.keys import AccountRegion, DatasetKey
from .arguments import plain_str

if TYPE_CHECKING:
    from .port import Port


class Device:
    """
    A device that writes at once and is always up to date. The rules for clients apply to it as well.

    Its writes have the id of its identity as ``LastModifiedBy``. Source: records-3.
    """

    def __init__(self, port: Port, here: Callable[[], AccountRegion], identity_pool_id: str, identity_id: str) -> None:
        self._port = port
        self._here = here
        self.identity_pool_id = identity_pool_id
        self.identity_id = identity_id

    def put(self, dataset: str, records: Mapping[str, str]) -> int:
        """
        Write *records* at their current sync counts.

        Args:
            dataset: 1 to 128 characters of ``[a-zA-Z0-9_.:-]``; created if it does not exist.
            records: key (1 to 1,024 characters) to value (at most 1,048,575 characters). Instances of subclasses of
                str, such as members of a StrEnum, are written as plain text.

        Returns:
            The dataset's sync count, one higher than before.

        Raises:
            TypeError: a name, key or value is not a str.
            LimitExceeded: the identity would exceed 20 datasets, or the dataset 1,024 records or 1,048,576 bytes.
            CognitoSyncError: the service refuses for another reason. Both classes are in
                :mod:`mock_cognitosync.exceptions`.

        Source: counts-1, limits-1, limits-2, limits-3.
        """
        key, values, _ = self.checked(dataset, records)
        return self._port.put(self.account_region, key, values)

    def remove(self, dataset: str, *keys: str) -> int:
        """
        Remove records. Each remains as a tombstone for other devices; a key that was never written changes nothing.

        Returns:
            The dataset's sync count.

        Raises:
            TypeError: the name or a key is not a str.
            CognitoSyncError: the service refuses. The class is in :mod:`mock_cognitosync.exceptions`.

        Source: records-1, update-8.
        """
        key, _, plain_keys = self.checked(dataset, keys=keys)
        return self._port.remove(self.account_region, key, plain_keys)

    def delete_dataset(self, dataset: str) -> None:
        """
        Delete a dataset with all its records.

        Raises:
            TypeError: the name is not a str.
            DatasetNotFound: it does not exist. The class is in :mod:`mock_cognitosync.exceptions`.

        Source: datasets-4.
        """
        key, _, _ = self.checked(dataset)
        self._port.delete_dataset(self.account_region, key)

    @property
    def account_region(self) -> AccountRegion:
        """The account and region of the handle that created the device."""
        return self._here()

    def checked(
        self, dataset: str, records: Mapping[str, str] | None = None, keys: Sequence[str] = ()
    ) -> tuple[DatasetKey, dict[str, str], tuple[str, ...]]:
        """
        The arguments of a method as plain data.

        Raises:
            TypeError: a name, key or value is not a str.
        """
        key = DatasetKey(self.identity_pool_id, self.identity_id, plain_str("dataset", dataset))
        values = {
            plain_str("a key", name): plain_str(f"the value of {name!r}", value)
            for name, value in dict(records or {}).items()
        }
        return key, values, tuple(plain_str("a key", name) for name in keys)

    def __repr__(self) -> str:
        return f"<Device of {self.identity_id} in pool {self.identity_pool_id}>"
