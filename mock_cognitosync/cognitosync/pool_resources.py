"""The state of identity pools other than their datasets: configurations, bulk publishes and registered devices."""

from __future__ import annotations

from .domain.pool_configuration import PoolConfiguration
from .domain.registered_devices import RegisteredDevices
from .integrations.streams import BulkPublishState


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

    def forget_pool(self, identity_pool_id: str) -> None:
        """Forget everything about one pool. Idempotent."""
        self.configurations.pop(identity_pool_id, None)
        self.bulk_publishes.pop(identity_pool_id, None)
        self.devices = {ids: devices for ids, devices in self.devices.items() if ids[0] != identity_pool_id}
