"""What one identity may keep."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Limits:
    """The account's limits, as the real service sets them at first. Source: limits-1, limits-2, limits-3."""

    datasets_per_identity: int = 20
    records_per_dataset: int = 1024
    dataset_size_bytes: int = 1024 * 1024
