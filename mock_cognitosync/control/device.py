"""Another device of an identity, which a client can be in conflict with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ..cognitosync.domain.keys import AccountRegion, DatasetKey

if TYPE_CHECKING:
    from .controller import Controller


class Device:
    """
    A device that writes at once and is always up to date, under the rules that bind clients.

    Its writes carry its identity's id as ``LastModifiedBy``. Source: records-3.
    """

    def __init__(
        self, controller: Controller, here: Callable[[], AccountRegion], identity_pool_id: str, identity_id: str
    ) -> None:
        self._controller = controller
        self._here = here
        self.identity_pool_id = identity_pool_id
        self.identity_id = identity_id

    def put(self, dataset: str, records: Mapping[str, str]) -> int:
        """
        Write *records* at their current sync counts.

        Args:
            dataset: 1 to 128 characters of ``[a-zA-Z0-9_.:-]``; created if it does not exist.
            records: key (1 to 1,024 characters) to value (at most 1,048,575 characters).

        Returns:
            The dataset's sync count, one higher than before.

        Raises:
            LimitExceeded: the identity would pass 20 datasets, or the dataset 1,024 records or 1,048,576 bytes.
            InvalidParameter: the service does not accept a name, key or value.

        Source: counts-1, limits-1, limits-2, limits-3.
        """
        return self._controller.put(self._here(), self._key(dataset), dict(records))

    def remove(self, dataset: str, *keys: str) -> int:
        """
        Remove records. Each remains as a tombstone, which tells other devices; keys never written change nothing.

        Returns:
            The dataset's sync count.

        Source: records-1, update-8.
        """
        return self._controller.remove(self._here(), self._key(dataset), keys)

    def delete_dataset(self, dataset: str) -> None:
        """
        Delete a dataset with all its records.

        Raises:
            DatasetNotFound: it does not exist.

        Source: datasets-4.
        """
        self._controller.delete_dataset(self._here(), self._key(dataset))

    def _key(self, dataset: str) -> DatasetKey:
        return DatasetKey(self.identity_pool_id, self.identity_id, dataset)
