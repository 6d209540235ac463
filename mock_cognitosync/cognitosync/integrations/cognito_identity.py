"""
Which identity pools exist: those that a test made with moto's cognito-identity, or any well-formed id of the region.

``auto``: where cognito-identity has pools in this account and region, only those exist; where it has none, all do but
those that it once had. ``created``: only those made with cognito-identity. ``any``: all.
Source: pools-1, pools-2, pools-3.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import timezone
from typing import Any

from .. import ids, settings
from ..domain.caller import AccountRegion
from ..exceptions import IdentityPoolNotFound


class IdentityPools:
    """The pools of one account and region."""

    def __init__(self, account_region: AccountRegion) -> None:
        self._account_region = account_region

    def require(self, identity_pool_id: str) -> None:
        """
        Check that the pool exists in this account and region.

        Raises:
            IdentityPoolNotFound: it does not, or it belongs to another region.

        Source: pools-1, pools-3.
        """
        is_here = identity_pool_id.partition(":")[0] == self._account_region.region_name
        if not is_here or not self.exists(identity_pool_id):
            raise IdentityPoolNotFound(identity_pool_id)

    def exists(self, identity_pool_id: str) -> bool:
        """Whether a pool of this id exists. Source: pools-2, pools-3."""
        backend = self._cognito_identity()
        if backend is None:
            return not self._is_closed({})
        if identity_pool_id in backend.identity_pools or settings.current().identity_pools == "any":
            return True
        # A pool's identities outlive it.
        return identity_pool_id not in backend.pools_identities and not self._is_closed(backend.identity_pools)

    def creation_dates(self) -> dict[str, int]:
        """Pools made with cognito-identity: id to creation date in milliseconds."""
        return {
            pool_id: int(pool.creation_time.replace(tzinfo=timezone.utc).timestamp() * 1000)
            for pool_id, pool in self._created().items()
        }

    def new(self) -> str:
        """The id of a pool that exists; where only those of cognito-identity do, one is made there."""
        if not self._is_closed(self._created()):
            return f"{self._account_region.region_name}:{ids.new_uuid()}"
        from moto.cognitoidentity.models import cognitoidentity_backends

        pools = cognitoidentity_backends[self._account_region.account_id][self._account_region.region_name]
        pool_id: str = json.loads(pools.create_identity_pool("new", True, {}, "", [], [], [], {}))["IdentityPoolId"]
        return pool_id

    def _is_closed(self, pools: Mapping[str, Any]) -> bool:
        """Whether only *pools*, those made with cognito-identity, exist."""
        manner = settings.current().identity_pools
        return manner == "created" or (manner == "auto" and bool(pools))

    def _created(self) -> Mapping[str, Any]:
        backend = self._cognito_identity()
        pools: Mapping[str, Any] = backend.identity_pools if backend else {}
        return pools

    def _cognito_identity(self) -> Any:
        """Moto's cognito-identity of this account and region, None where nobody called it."""
        # A test that never calls it does not pay for importing it.
        module: Any = sys.modules.get("moto.cognitoidentity.models")
        accounts = module.cognitoidentity_backends if module else {}
        return accounts.get(self._account_region.account_id, {}).get(self._account_region.region_name)
