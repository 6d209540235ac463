"""From the state of a backend to the form of a snapshot. Members with their default values are left out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ...cognitosync.domain.dataset import Dataset
from ...cognitosync.domain.pool_configuration import PoolConfiguration
from ...cognitosync.domain.record import Record
from ...cognitosync.domain.registered_devices import RegisteredDevice, RegisteredDevices
from ...cognitosync.integrations.cognito_identity import CreatedPool
from ...cognitosync.models import CognitoSyncBackend
from . import dates
from .document import Pools, Tree


def described(backend: CognitoSyncBackend) -> Pools:
    """Return the identity pools of *backend*. The caller holds the lock."""
    pools: Pools = {pool_id: _created(pool) for pool_id, pool in backend.identity_pools.created_pools().items()}
    # A copy, because the handle creates pools without the lock.
    for pool_id, created_ms in list(backend.identity_pools.issued.items()):
        pools[pool_id] = _dates(creation_date=created_ms)
    for pool_id, configuration in backend.pool_resources.configurations.items():
        if described_configuration := _configuration(configuration):
            pools.setdefault(pool_id, {}).update(described_configuration)
    for (pool_id, identity_id), devices in backend.pool_resources.devices.items():
        for device in devices:
            _member(pools, pool_id, identity_id, "devices")[device.device_id] = _device(device, devices)
    for dataset in backend.datasets:
        datasets = _member(pools, dataset.key.identity_pool_id, dataset.key.identity_id, "datasets")
        datasets[dataset.key.dataset_name] = _dataset(dataset)
    for (pool_id, identity_id, name), merged in backend.datasets.merges.items():
        _member(pools, pool_id, identity_id, "merged")[name] = merged
    return pools


def _member(pools: Pools, pool_id: str, identity_id: str, name: str) -> Tree:
    """The member *name* of an identity; it is added if it is absent."""
    identities = pools.setdefault(pool_id, {}).setdefault("identities", {})
    member: Tree = identities.setdefault(identity_id, {}).setdefault(name, {})
    return member


def _created(pool: CreatedPool) -> Tree:
    if pool.name is None:
        return {"cognito_identity": {"deleted": True, **_given(identities=pool.identity_ids)}}
    cognito_identity = {"name": pool.name, **_given(identities=pool.identity_ids)}
    return {"cognito_identity": cognito_identity, **_dates(creation_date=pool.created_ms)}


def _configuration(configuration: PoolConfiguration) -> Tree:
    return _given(
        events=configuration.events,
        push_sync=configuration.push_sync and _given(**asdict(configuration.push_sync)),
        streams=configuration.streams and _given(**asdict(configuration.streams)),
    )


def _device(device: RegisteredDevice, devices: RegisteredDevices) -> Tree:
    optional = _given(endpoint_arn=device.endpoint_arn, subscriptions=devices.subscriptions(device.device_id))
    return {"platform": device.platform, "token": device.token, **optional}


def _dataset(dataset: Dataset) -> Tree:
    return {
        "sync_count": dataset.sync_count,
        "last_modified_by": dataset.last_modified_by,
        **_dates(creation_date=dataset.creation_ms, last_modified_date=dataset.last_modified_ms),
        **_given(
            deletion_sync_count=dataset.deletion_sync_count,
            records={record.key: _record(record) for record in dataset.records},
        ),
    }


def _record(record: Record) -> Tree:
    return {
        "value": record.value,
        "sync_count": record.sync_count,
        "last_modified_by": record.last_modified_by,
        **_dates(
            last_modified_date=record.last_modified_ms,
            device_last_modified_date=record.device_last_modified_ms,
        ),
    }


def _dates(**dates_ms: int | None) -> Tree:
    # Only a dataset that was never written has no dates, and such a dataset is not stored.
    return {name: dates.to_text(date_ms) for name, date_ms in dates_ms.items() if date_ms is not None}


def _given(**members: Any) -> Tree:
    return {name: value for name, value in members.items() if value}
