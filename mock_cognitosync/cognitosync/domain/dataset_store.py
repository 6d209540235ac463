"""The datasets of one account and region, including deleted ones, their usage, and the merges between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from .dataset import Dataset
from .keys import DatasetKey

_LONGEST_NAME = 128


@dataclass(slots=True)
class Usage:
    """
    The usage of an identity or a pool. ``last_modified_ms`` is None if nothing was ever written.

    Source: usage-1.
    """

    dataset_count: int = 0
    data_storage_bytes: int = 0
    last_modified_ms: int | None = None

    def add(self, dataset: Dataset) -> None:
        """Add *dataset*. A deleted one contributes only its date."""
        self.dataset_count += dataset.exists
        self.data_storage_bytes += dataset.size_bytes
        self.last_modified_ms = max(self.last_modified_ms or 0, dataset.last_modified_ms or 0)


class DatasetStore:
    """All datasets that were written since the last reset. A deleted one stays here and remembers its deletion."""

    def __init__(self, new_dataset: Callable[[DatasetKey], Dataset] = Dataset) -> None:
        self._new_dataset = new_dataset
        self._datasets: dict[tuple[str, str], dict[str, Dataset]] = {}
        # Dataset to the names of the datasets that were merged into it, in the order of the merges.
        self.merges: dict[DatasetKey, list[str]] = {}

    def __iter__(self) -> Iterator[Dataset]:
        for owned in self._datasets.values():
            yield from owned.values()

    def find(self, key: DatasetKey) -> Dataset | None:
        """Return the dataset, even if it is deleted, or None if it was never written."""
        identity_pool_id, identity_id, dataset_name = key
        return self._datasets.get((identity_pool_id, identity_id), _NOTHING).get(dataset_name)

    def of_identity(self, identity_pool_id: str, identity_id: str) -> Mapping[str, Dataset]:
        """Return the identity's datasets by name, including deleted ones."""
        return self._datasets.get((identity_pool_id, identity_id), _NOTHING)

    def new(self, key: DatasetKey) -> Dataset:
        """Add a dataset. It does not exist for clients before its first update."""
        owned = self._datasets.setdefault((key.identity_pool_id, key.identity_id), {})
        dataset = owned[key.dataset_name] = self._new_dataset(key)
        return dataset

    def forget_pool(self, identity_pool_id: str) -> None:
        """Forget all datasets and merges of one pool. Idempotent."""
        self._datasets = {ids: owned for ids, owned in self._datasets.items() if ids[0] != identity_pool_id}
        self.merges = {key: names for key, names in self.merges.items() if key.identity_pool_id != identity_pool_id}

    def merge(self, identity_pool_id: str, old_identity_id: str, new_identity_id: str) -> None:
        """
        Move the datasets of one identity to another. Each ``NAME`` arrives as ``NAME.OLDIDENTITYID``.

        Raises:
            ValueError: the identities are the same, such a dataset exists already, or its name would be too long.

        Source: merge-1, merge-3, merge-4.
        """
        if old_identity_id == new_identity_id:
            raise ValueError(f"identity {old_identity_id} cannot be merged into itself: pass another one as into=")
        owned = self.of_identity(identity_pool_id, old_identity_id)
        names = {name: f"{name}.{old_identity_id}" for name, dataset in owned.items() if dataset.exists}
        for merged in names.values():
            if len(merged) > _LONGEST_NAME:
                raise ValueError(f"{merged} would be longer than {_LONGEST_NAME} characters: use shorter dataset names")
            existing = self.find(DatasetKey(identity_pool_id, new_identity_id, merged))
            if existing is not None and existing.exists:
                raise ValueError(f"{merged} exists since an earlier merge: delete it before the next one")
        for name, merged in names.items():
            owned[name].copy_to(self.new(DatasetKey(identity_pool_id, new_identity_id, merged)))
            self.add_merge(DatasetKey(identity_pool_id, new_identity_id, name), merged)
        self._datasets.pop((identity_pool_id, old_identity_id), None)
        self.merges = {
            key: merged
            for key, merged in self.merges.items()
            if (key.identity_pool_id, key.identity_id) != (identity_pool_id, old_identity_id)
        }

    def add_merge(self, key: DatasetKey, merged: str) -> None:
        """Remember that the identity's dataset *merged* was merged into the dataset of *key*."""
        names = self.merges.setdefault(key, [])
        if merged not in names:
            names.append(merged)

    def merged_names(self, key: DatasetKey) -> list[str] | None:
        """
        Return the names of the datasets that were merged into this one and still exist, or None if none do.

        Source: merge-2.
        """
        if not self.merges:
            return None
        owned = self.of_identity(key.identity_pool_id, key.identity_id)
        return [name for name in self.merges.get(key, ()) if owned[name].exists] or None


_NOTHING: Mapping[str, Dataset] = {}
