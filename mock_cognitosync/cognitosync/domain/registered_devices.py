"""Devices of identities, and the datasets whose changes they are told of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..exceptions import DeviceNotFound


@dataclass(slots=True)
class RegisteredDevice:
    """
    A device that can be pushed to.

    Attributes:
        endpoint_arn: its platform endpoint in SNS.
    """

    device_id: str
    platform: str
    token: str
    endpoint_arn: str


class RegisteredDevices:
    """The devices of one identity."""

    def __init__(self) -> None:
        self._devices: dict[str, RegisteredDevice] = {}
        self._subscriptions: dict[str, set[str]] = {}

    def find(self, platform: str, token: str) -> RegisteredDevice | None:
        """The device that was registered with this platform and token. Source: devices-2."""
        for device in self._devices.values():
            if (device.platform, device.token) == (platform, token):
                return device
        return None

    def add(self, device: RegisteredDevice) -> None:
        """Keep *device*."""
        self._devices[device.device_id] = device

    def require(self, device_id: str) -> RegisteredDevice:
        """
        Raises:
            DeviceNotFound: this identity has no such device.

        Source: devices-4.
        """
        if device_id not in self._devices:
            raise DeviceNotFound(device_id)
        return self._devices[device_id]

    def __iter__(self) -> Iterator[RegisteredDevice]:
        return iter(self._devices.values())

    def subscriptions(self, device_id: str) -> list[str]:
        """The datasets of whose changes the device is told, by name."""
        return sorted(name for name, device_ids in self._subscriptions.items() if device_id in device_ids)

    def subscribe(self, device_id: str, dataset_name: str) -> None:
        """Notify the device of changes from now on, also if the dataset is created again. Source: devices-6."""
        self._subscriptions.setdefault(dataset_name, set()).add(self.require(device_id).device_id)

    def unsubscribe(self, device_id: str, dataset_name: str) -> None:
        """Tell it no longer; once more does no harm. Source: devices-5."""
        self._subscriptions.get(dataset_name, set()).discard(self.require(device_id).device_id)

    def subscribers(self, dataset_name: str, except_device_id: str | None) -> Iterator[RegisteredDevice]:
        """The devices to be told of a change that *except_device_id* made. Source: push-1."""
        for device_id in sorted(self._subscriptions.get(dataset_name, ())):
            if device_id != except_device_id:
                yield self._devices[device_id]
