"""
The identity pools that exist: those created with moto's cognito-identity, or any well-formed id of the region.

``auto``: if cognito-identity has pools in this account and region, only those exist; if it has none, all pools exist
except those that it once had. ``created``: only pools created with cognito-identity exist. ``any``: all pools exist.
Source: pools-1, pools-2, pools-3.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import timezone
from typing import Any

from .. import ids, settings
from ..domain.keys import AccountRegion
from ..exceptions import IdentityPoolNotFound


class IdentityPools:
    """The identity pools of one account and region."""

    def __init__(self, account_region: AccountRegion) -> None:
        self._account_region = account_region
        # Pools that a test created through the handle: id to creation date, in milliseconds since the epoch.
        self._issued: dict[str, int] = {}

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
        dates = {pool_id: date for pool_id, date in self._issued.items() if self.exists(pool_id)}
        for pool_id, pool in self._created().items():
            dates[pool_id] = int(pool.creation_time.replace(tzinfo=timezone.utc).timestamp() * 1000)
        return dates

    def created_ids(self) -> list[str]:
        """Return the ids of the pools that were created with cognito-identity, sorted."""
        return sorted(self._created())

    def new(self) -> str:
        """Create a pool and return its id, in cognito-identity if only its pools exist. Source: pools-2."""
        if not self._is_closed(self._created()):
            pool_id = f"{self._account_region.region_name}:{ids.new_uuid()}"
            self._issued[pool_id] = settings.now_ms()
            return pool_id
        from moto.cognitoidentity.models import cognitoidentity_backends

        pools = cognitoidentity_backends[self._account_region.account_id][self._account_region.region_name]
        answer = json.loads(pools.create_identity_pool("new", True, {}, "", [], [], [], {}))
        return str(answer["IdentityPoolId"])

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
