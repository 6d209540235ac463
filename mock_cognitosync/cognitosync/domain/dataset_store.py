"""The datasets of one account and region, deleted ones too, and which have been merged into which."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from .dataset import Dataset

# Pool, identity and name of a dataset.
DatasetKey = tuple[str, str, str]

_LONGEST_NAME = 128


class Store:
    """All datasets that ever were, until a reset; their deletion is a matter of the dataset itself."""

    def __init__(self, new_dataset: Callable[[str, str, str], Dataset] = Dataset) -> None:
        self._new_dataset = new_dataset
        self._datasets: dict[tuple[str, str], dict[str, Dataset]] = {}
        # Of a dataset: the names of those that were merged into it, in the order of the merges.
        self.merges: dict[DatasetKey, list[str]] = {}

    def __iter__(self) -> Iterator[Dataset]:
        for owned in self._datasets.values():
            yield from owned.values()

    def find(self, identity_pool_id: str, identity_id: str, dataset_name: str) -> Dataset | None:
        """The dataset, also when it has been deleted; None when it never was."""
        return self._datasets.get((identity_pool_id, identity_id), {}).get(dataset_name)

    def of_identity(self, identity_pool_id: str, identity_id: str) -> Mapping[str, Dataset]:
        """The identity's datasets by name, deleted ones too."""
        return self._datasets.get((identity_pool_id, identity_id), {})

    def new(self, identity_pool_id: str, identity_id: str, dataset_name: str) -> Dataset:
        """Make room for a dataset, which does not exist before its first change."""
        owned = self._datasets.setdefault((identity_pool_id, identity_id), {})
        dataset = owned[dataset_name] = self._new_dataset(identity_pool_id, identity_id, dataset_name)
        return dataset

    def merge(self, identity_pool_id: str, old_identity_id: str, new_identity_id: str) -> None:
        """
        Hand the datasets of one identity to another: each becomes ``NAME.OLDIDENTITYID``, merged into its ``NAME``.

        Raises:
            ValueError: the identities are the same, such a dataset exists, or its name would be too long.

        Source: merge-1, merge-3, merge-4.
        """
        if old_identity_id == new_identity_id:
            raise ValueError(f"identity {old_identity_id} cannot be merged into itself: give another one as into=")
        owned = self.of_identity(identity_pool_id, old_identity_id)
        names = {name: f"{name}.{old_identity_id}" for name, dataset in owned.items() if dataset.exists}
        for merged in names.values():
            if len(merged) > _LONGEST_NAME:
                raise ValueError(f"{merged} would be longer than {_LONGEST_NAME} characters: use shorter dataset names")
            there = self.find(identity_pool_id, new_identity_id, merged)
            if there is not None and there.exists:
                raise ValueError(f"{merged} is there from an earlier merge: delete it before the next one")
        for name, merged in names.items():
            owned[name].copy_to(self.new(identity_pool_id, new_identity_id, merged))
            self.note_merge((identity_pool_id, new_identity_id, name), merged)
        self._datasets.pop((identity_pool_id, old_identity_id), None)

    def note_merge(self, where: DatasetKey, merged: str) -> None:
        """Keep that the dataset *merged* of the same identity has been merged into the one at *where*."""
        names = self.merges.setdefault(where, [])
        if merged not in names:
            names.append(merged)

    def merged_names(self, identity_pool_id: str, identity_id: str, dataset_name: str) -> list[str] | None:
        """What has been merged into the dataset and not been deleted since, None where nothing is. Source: merge-2."""
        if not self.merges:
            return None
        names = self.merges.get((identity_pool_id, identity_id, dataset_name), ())
        owned = self.of_identity(identity_pool_id, identity_id)
        return [name for name in names if owned[name].exists] or None
