"""The registered devices of an identity, and their subscriptions to datasets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..exceptions import DeviceNotFound


@dataclass(slots=True)
class RegisteredDevice:
    """
    A device that receives pushes.

    Attributes:
        endpoint_arn: its platform endpoint in SNS.
    """

    device_id: str
    platform: str
    token: str
    endpoint_arn: str


class RegisteredDevices:
    """The registered devices of one identity."""

    def __init__(self) -> None:
        self._devices: dict[str, RegisteredDevice] = {}
        self._subscriptions: dict[str, set[str]] = {}

    def __iter__(self) -> Iterator[RegisteredDevice]:
        return iter(self._devices.values())

    def find(self, platform: str, token: str) -> RegisteredDevice | None:
        """Return the device that was registered with this platform and token, or None. Source: devices-2."""
        for device in self._devices.values():
            if (device.platform, device.token) == (platform, token):
                return device
        return None

    def add(self, device: RegisteredDevice) -> None:
        """Add *device*."""
        self._devices[device.device_id] = device

    def subscriptions(self, device_id: str) -> list[str]:
        """Return the names of the datasets to which the device is subscribed, sorted."""
        return sorted(name for name, device_ids in self._subscriptions.items() if device_id in device_ids)

    def subscribe(self, device_id: str, dataset_name: str) -> None:
        """
        Subscribe the device to the dataset, even beyond a deletion of the dataset. Idempotent.

        Raises:
            DeviceNotFound: the identity has no such device.

        Source: devices-4, devices-6.
        """
        self._require(device_id)
        self._subscriptions.setdefault(dataset_name, set()).add(device_id)

    def unsubscribe(self, device_id: str, dataset_name: str) -> None:
        """
        End the device's subscription. Idempotent.

        Raises:
            DeviceNotFound: the identity has no such device.

        Source: devices-4, devices-5.
        """
        self._require(device_id)
        self._subscriptions.get(dataset_name, set()).discard(device_id)

    def subscribers(self, dataset_name: str, *, except_device_id: str | None) -> list[RegisteredDevice]:
        """Return the devices subscribed to the dataset, without *except_device_id*. Source: push-1."""
        device_ids = sorted(self._subscriptions.get(dataset_name, ()))
        return [self._devices[device_id] for device_id in device_ids if device_id != except_device_id]

    def _require(self, device_id: str) -> None:
        if device_id not in self._devices:
            raise DeviceNotFound(device_id)
