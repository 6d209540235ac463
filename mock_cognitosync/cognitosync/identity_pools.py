"""
Which identity pools exist: those that a test made with moto's cognito-identity, or any well-formed id of the region.

``auto``: where cognito-identity has pools in this account and region, only those exist; where it has none, all do.
``created``: only those made with cognito-identity. ``any``: all. Source: pools-1, pools-2.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import timezone
from typing import Any

from .exceptions import IdentityPoolNotFound
from .settings import IdentityPools


def creation_dates(account_id: str, region_name: str) -> dict[str, int]:
    """Pools made with cognito-identity: id to creation date in milliseconds."""
    return {
        pool_id: int(pool.creation_time.replace(tzinfo=timezone.utc).timestamp() * 1000)
        for pool_id, pool in _created(account_id, region_name).items()
    }


def create(account_id: str, region_name: str) -> str:
    """Make a pool with cognito-identity and return its id."""
    from moto.cognitoidentity.models import cognitoidentity_backends

    pools = cognitoidentity_backends[account_id][region_name]
    answer = pools.create_identity_pool("mock_cognitosync", True, {}, "", [], [], [], {})
    pool_id: str = json.loads(answer)["IdentityPoolId"]
    return pool_id


def require(identity_pool_id: str, account_id: str, region_name: str, manner: IdentityPools) -> None:
    """
    Check that the pool exists in this account and region.

    Raises:
        IdentityPoolNotFound: it does not, or it belongs to another region.
    """
    if identity_pool_id.partition(":")[0] == region_name:
        pools = _created(account_id, region_name)
        if identity_pool_id in pools or not is_closed(manner, pools):
            return
    raise IdentityPoolNotFound(identity_pool_id)


def is_closed(manner: IdentityPools, pools: Mapping[str, Any]) -> bool:
    """Whether only *pools*, those made with cognito-identity, exist."""
    return manner == "created" or (manner == "auto" and bool(pools))


def _created(account_id: str, region_name: str) -> Mapping[str, Any]:
    # A test that never calls cognito-identity does not pay for importing it.
    module: Any = sys.modules.get("moto.cognitoidentity.models")
    accounts = module.cognitoidentity_backends if module else {}
    backend = accounts[account_id].get(region_name) if account_id in accounts else None
    return backend.identity_pools if backend else {}
