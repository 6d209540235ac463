"""
The identity pools that exist: those created with moto's cognito-identity, or any well-formed id of the region.

``auto``: if cognito-identity has pools in this account and region, only those exist; if it has none, all pools exist
except those that it has deleted. ``created``: only pools created with cognito-identity exist. ``any``: all pools exist.
Source: pools-1, pools-2, pools-3.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from .. import ids, settings
from ..domain.keys import AccountRegion
from ..exceptions import IdentityPoolNotFound

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(slots=True, frozen=True)
class CreatedPool:
    """
    A pool that was created with cognito-identity.

    Attributes:
        name: None if the pool was deleted; moto keeps the identities of a deleted pool.
        created_ms: milliseconds since the epoch; 0 if the pool was deleted.
        identity_ids: the identities that cognito-identity has issued.
    """

    name: str | None
    created_ms: int
    identity_ids: list[str]


class IdentityPools:
    """The identity pools of one account and region."""

    def __init__(self, account_region: AccountRegion) -> None:
        self._account_region = account_region
        # Pools that a test created through the handle: id to creation date, in milliseconds since the epoch.
        self.issued: dict[str, int] = {}

    def require(self, identity_pool_id: str) -> None:
        """
        Check that the pool exists in this account and region.

        Raises:
            IdentityPoolNotFound: it does not exist, or it belongs to another region.

        Source: pools-1, pools-3.
        """
        is_here = identity_pool_id.partition(":")[0] == self._account_region.region_name
        if not is_here or not self.exists(identity_pool_id):
            raise IdentityPoolNotFound(identity_pool_id)

    def exists(self, identity_pool_id: str) -> bool:
        """Return whether a pool with this id exists. Source: pools-2, pools-3."""
        backend = self._cognito_identity()
        if backend is None:
            return not self._is_closed({})
        if identity_pool_id in backend.identity_pools or settings.current().identity_pools == "any":
            return True
        # moto keeps the identities of a deleted pool.
        return identity_pool_id not in backend.pools_identities and not self._is_closed(backend.identity_pools)

    def creation_dates(self) -> dict[str, int]:
        """Return the pools that were created: id to creation date, in milliseconds since the epoch. Source: usage-4."""
        # Copies, because the handle and cognito-identity create pools without the service's lock.
        dates = {pool_id: date for pool_id, date in list(self.issued.items()) if self.exists(pool_id)}
        return {**dates, **{pool_id: _created_ms(pool) for pool_id, pool in list(self._created().items())}}

    def created_ids(self) -> list[str]:
        """Return the ids of the pools that were created with cognito-identity, sorted."""
        return sorted(self._created())

    def new(self) -> str:
        """Create a pool, in cognito-identity if only its pools exist, and return the id. Source: pools-2."""
        if not self._is_closed(self._created()):
            pool_id = f"{self._account_region.region_name}:{ids.new_uuid()}"
            self.issued[pool_id] = settings.now_ms()
            return pool_id
        return _create(self._imported_cognito_identity(), "new")

    def created_pools(self) -> dict[str, CreatedPool]:
        """Return the pools that were created with cognito-identity by their ids, including deleted ones."""
        backend = self._cognito_identity()
        found = {}
        for pool_id, identities in list(backend.pools_identities.items()) if backend else ():
            pool = backend.identity_pools.get(pool_id)
            identity_ids = [identity["IdentityId"] for identity in identities["Identities"]]
            name, created_ms = (pool.identity_pool_name, _created_ms(pool)) if pool else (None, 0)
            found[pool_id] = CreatedPool(name, created_ms, identity_ids)
        return found

    def replace(self, created: Mapping[str, CreatedPool], issued: dict[str, int]) -> None:
        """
        Replace all pools.

        Args:
            created: the pools of cognito-identity, by their ids.
            issued: the pools that a test created through the handle: id to creation date, in milliseconds.
        """
        self.issued = issued
        backend = self._cognito_identity()
        if backend is not None:
            backend.identity_pools.clear()
            backend.pools_identities.clear()
        for pool_id, pool in created.items():
            self._create_as(pool_id, pool)

    def create_missing(self, pool_ids: Iterable[str]) -> None:
        """Create each pool of *pool_ids* that does not exist, with cognito-identity."""
        for pool_id in pool_ids:
            if not self.exists(pool_id):
                self._create_as(pool_id, CreatedPool("new", settings.now_ms(), []))

    def _create_as(self, pool_id: str, pool: CreatedPool) -> None:
        backend = self._imported_cognito_identity()
        if pool.name is not None:
            # moto chooses the id of a pool that it creates.
            new_id = _create(backend, pool.name)
            created = backend.identity_pools.pop(new_id)
            del backend.pools_identities[new_id]
            created.identity_pool_id = pool_id
            created.creation_time = (_EPOCH + timedelta(milliseconds=pool.created_ms)).replace(tzinfo=None)
            backend.identity_pools[pool_id] = created
        identities = [{"IdentityId": identity_id} for identity_id in pool.identity_ids]
        backend.pools_identities[pool_id] = {"IdentityPoolId": pool_id, "Identities": identities}

    def _is_closed(self, pools: Mapping[str, Any]) -> bool:
        """Return whether only *pools*, those created with cognito-identity, exist."""
        option = settings.current().identity_pools
        return option == "created" or (option == "auto" and bool(pools))

    def _created(self) -> Mapping[str, Any]:
        backend = self._cognito_identity()
        pools: Mapping[str, Any] = backend.identity_pools if backend else {}
        return pools

    def _cognito_identity(self) -> Any:
        """Return moto's cognito-identity backend of this account and region, or None if it was never called."""
        # A test that never calls cognito-identity does not pay for importing it.
        module: Any = sys.modules.get("moto.cognitoidentity.models")
        accounts = module.cognitoidentity_backends if module else {}
        return accounts.get(self._account_region.account_id, {}).get(self._account_region.region_name)

    def _imported_cognito_identity(self) -> Any:
        """Return moto's cognito-identity backend of this account and region; import it if necessary."""
        from moto.cognitoidentity.models import cognitoidentity_backends

        return cognitoidentity_backends[self._account_region.account_id][self._account_region.region_name]


def _create(backend: Any, name: str) -> str:
    return str(json.loads(backend.create_identity_pool(name, True, {}, "", [], [], [], {}))["IdentityPoolId"])


def _created_ms(pool: Any) -> int:
    # moto's dates have no time zone.
    since: timedelta = pool.creation_time.replace(tzinfo=timezone.utc) - _EPOCH
    return since // timedelta(milliseconds=1)
