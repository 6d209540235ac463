"""
The requests of a handle to its mock, as plain data, so that the mock may be in this process or behind HTTP.

:class:`.controller.Controller` implements it for mocks in this process, :class:`.http_port.HttpPort` for a server.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from ..cognitosync.domain.keys import AccountRegion, DatasetKey
from .dataset_state import DatasetState
from .faults import FaultPlan
from .history import History
from .hooks import HookPlan


class Port(Protocol):
    """
    One mock, for all accounts and regions.

    Arguments have been checked as far as this is possible without the mock. Everything that reads or changes state
    raises a RuntimeError after the mock has ended.
    """

    @property
    def account_region(self) -> AccountRegion:
        """The account and region of a handle that names none."""

    @property
    def endpoint_url(self) -> str | None:
        """The URL of the server; None if the mock is in this process."""

    @property
    def has_ended(self) -> bool:
        """Whether the mock has ended."""

    def require_active(self) -> None:
        """Raise a RuntimeError if the mock has ended."""

    def require_region(self, account_region: AccountRegion) -> None:
        """Raise a ValueError if the service does not exist in a region."""

    @property
    def history(self) -> History:
        """Everything that happened since the mock started."""

    # Ids and users.

    def kind_of(self, issued_id: str) -> str | None:
        """``identity pool`` or ``identity`` if the mock has issued this id, else None."""

    def new_pool(self, account_region: AccountRegion) -> str:
        """The id of an identity pool that exists."""

    def new_identity(self, account_region: AccountRegion, identity_pool_id: str) -> str:
        """The id of a new identity of the pool."""

    def pool_of_users(self, account_region: AccountRegion) -> str:
        """The pool for users without a pool of their own."""

    def identities(self, account_region: AccountRegion) -> list[tuple[str, str]]:
        """Pool and identity ids: first those issued by the mock, oldest first, then others that have datasets."""

    def new_credentials(self, account_region: AccountRegion, identity_pool_id: str, identity_id: str) -> dict[str, str]:
        """Credentials of an identity, as keyword arguments of ``boto3.client``."""

    # Data.

    def records(self, account_region: AccountRegion, key: DatasetKey) -> dict[str, str]:
        """Key to value of all live records, sorted by key."""

    def dataset(self, account_region: AccountRegion, key: DatasetKey) -> DatasetState:
        """The state of a dataset."""

    def datasets(
        self, account_region: AccountRegion, identity_pool_id: str, identity_id: str
    ) -> dict[str, DatasetState]:
        """The states of the identity's datasets that exist, by name."""

    def put(self, account_region: AccountRegion, key: DatasetKey, records: Mapping[str, str]) -> int:
        """Write records as another device; return the dataset's sync count. Refusals are CognitoSyncErrors."""

    def remove(self, account_region: AccountRegion, key: DatasetKey, record_keys: Sequence[str]) -> int:
        """Remove records as another device; return the dataset's sync count. Refusals are CognitoSyncErrors."""

    def delete_dataset(self, account_region: AccountRegion, key: DatasetKey) -> None:
        """Delete a dataset as another device. Refusals are CognitoSyncErrors."""

    def set_trigger(
        self, account_region: AccountRegion, identity_pool_id: str, function: Callable[..., Any] | None
    ) -> None:
        """Run *function* as the pool's trigger; None removes it."""

    def merge_identities(self, account_region: AccountRegion, identity_pool_id: str, old: str, new: str) -> None:
        """Give the datasets of the identity *old* to *new*; raise a ValueError if that is impossible."""

    def save(self, account_region: AccountRegion) -> str:
        """The text of a snapshot of the state."""

    def load(self, account_region: AccountRegion, document: bytes) -> None:
        """Replace the state with that of a snapshot; raise SnapshotRefused and change nothing if it is not one."""

    def reset(self, account_region: AccountRegion, identity_pool_id: str | None) -> None:
        """Forget the data of one pool, or all data and tokens."""

    # Faults and hooks.

    def add_fault(self, plan: FaultPlan) -> int:
        """Inject a fault as *plan* says, after those added before; return its number."""

    def add_hook(self, plan: HookPlan, function: Callable[[], object]) -> int:
        """Run a hook as *plan* says, *function* if the plan has no action; return the number of the hook."""

    def remove_intervention(self, number: int) -> None:
        """Remove a fault or hook. Idempotent, even after the end."""

    def times_applied(self, number: int) -> int:
        """How often a fault has been injected or a hook has run, even if it has been removed."""

    def unused(self) -> list[str]:
        """A sentence about each fault and hook that was never applied and is not optional."""

    # Clock, tokens and limits.

    def advance(self, seconds: float) -> None:
        """Advance the mock's clock."""

    def freeze(self) -> None:
        """Stop the mock's clock."""

    def unfreeze(self) -> None:
        """Let the mock's clock run again."""

    def release_clock(self) -> None:
        """Let the mock's clock run again, unless the mock has ended."""

    def expire_tokens(self, account_region: AccountRegion) -> None:
        """Expire all session tokens issued so far."""

    def set_limits(self, account_region: AccountRegion, limits: Mapping[str, int]) -> None:
        """Change the limits of an identity; the names are those of :class:`.dataset.Limits`."""
