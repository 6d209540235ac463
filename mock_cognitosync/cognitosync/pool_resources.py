"""The state of identity pools other than their datasets: configurations, bulk publishes and registered devices."""

from __future__ import annotations

from typing import TypeVar

from .domain.pool_configuration import PoolConfiguration
from .domain.registered_devices import RegisteredDevices
from .integrations.streams import BulkPublishState

V = TypeVar("V")


class PoolResources:
    """The resources of all pools of one account and region. Queries never add an entry."""

    def __init__(self) -> None:
        self.configurations: dict[str, PoolConfiguration] = {}
        self.bulk_publishes: dict[str, BulkPublishState] = {}
        # By identity pool id and identity id.
        self.devices: dict[tuple[str, str], RegisteredDevices] = {}

    def configuration(self, identity_pool_id: str) -> PoolConfiguration:
        """Return the pool's configuration. It is empty if nothing was ever set."""
        return self.configurations.get(identity_pool_id) or PoolConfiguration()

    def devices_of(self, identity_pool_id: str, identity_id: str) -> RegisteredDevices:
        """Return the identity's registered devices, to read them."""
        return self.devices.get((identity_pool_id, identity_id)) or RegisteredDevices()

    def own_devices_of(self, identity_pool_id: str, identity_id: str) -> RegisteredDevices:
        """Return the identity's registered devices, to change them."""
        return self.devices.setdefault((identity_pool_id, identity_id), RegisteredDevices())

    def without_pool(self, identity_pool_id: str) -> PoolResources:
        """Return the resources of all other pools."""
        others = PoolResources()
        others.configurations = _without(identity_pool_id, self.configurations)
        others.bulk_publishes = _without(identity_pool_id, self.bulk_publishes)
        others.devices = {ids: devices for ids, devices in self.devices.items() if ids[0] != identity_pool_id}
        return others


def _without(identity_pool_id: str, by_pool: dict[str, V]) -> dict[str, V]:
    return {pool_id: value for pool_id, value in by_pool.items() if pool_id != identity_pool_id}
