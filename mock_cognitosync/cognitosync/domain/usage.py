"""How much an identity or a pool keeps."""

from __future__ import annotations

from dataclasses import dataclass

from .dataset import Dataset


@dataclass(slots=True)
class Usage:
    """
    What an identity or a pool keeps; ``last_modified_ms`` is None where nothing was ever written.

    Source: usage-1.
    """

    dataset_count: int = 0
    data_storage_bytes: int = 0
    last_modified_ms: int | None = None

    def add(self, dataset: Dataset) -> None:
        """Count *dataset* in; of a deleted one only the date."""
        self.dataset_count += dataset.exists
        self.data_storage_bytes += dataset.size_bytes
        self.last_modified_ms = max(self.last_modified_ms or 0, dataset.last_modified_ms or 0)
