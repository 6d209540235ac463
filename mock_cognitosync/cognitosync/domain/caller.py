"""Who calls, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class AccountRegion:
    """An account and a region."""

    account_id: str
    region_name: str

    def __str__(self) -> str:
        return f"{self.region_name} of account {self.account_id}"

    def pool_arn(self, identity_pool_id: str) -> str:
        """The ARN of an identity pool. Source: access-4."""
        return f"arn:aws:cognito-sync:{self.region_name}:{self.account_id}:identitypool/{identity_pool_id}"


@dataclass(slots=True)
class Caller:
    """
    Who calls.

    Attributes:
        name: as ``LastModifiedBy`` shows it: the identity's id, or the account's. Source: records-3.
        runs_trigger: whether a sync trigger runs for this caller. Source: access-5.
    """

    name: str
    runs_trigger: bool = True
