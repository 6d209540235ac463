"""The keys of the service's state: an account and region, and a dataset within them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(slots=True, frozen=True)
class AccountRegion:
    """An account and a region. Each pair has a backend of its own."""

    account_id: str
    region_name: str

    def __str__(self) -> str:
        return f"{self.region_name} of account {self.account_id}"

    def pool_arn(self, identity_pool_id: str) -> str:
        """Return the ARN of an identity pool. Source: access-4."""
        return f"arn:aws:cognito-sync:{self.region_name}:{self.account_id}:identitypool/{identity_pool_id}"


class DatasetKey(NamedTuple):
    """The identity pool, the identity and the name of a dataset."""

    identity_pool_id: str
    identity_id: str
    dataset_name: str
