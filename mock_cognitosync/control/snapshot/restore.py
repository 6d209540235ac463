"""From a snapshot to state. A value that contradicts another one, or that the service refuses, is refused."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...cognitosync import settings
from ...cognitosync.domain.dataset import Dataset
from ...cognitosync.domain.dataset_store import DatasetStore
from ...cognitosync.domain.keys import AccountRegion, DatasetKey
from ...cognitosync.domain.pool_configuration import CognitoStreams, PoolConfiguration, PushSync
from ...cognitosync.domain.record import Record
from ...cognitosync.domain.registered_devices import RegisteredDevice, RegisteredDevices
from ...cognitosync.exceptions import CognitoSyncError
from ...cognitosync.integrations.cognito_identity import CreatedPool
from ...cognitosync.models import Dataset as StoredDataset
from ...cognitosync.pool_resources import PoolResources
from . import dates
from .document import Pools, Tree

# The last millisecond of the year 9999, the last date that cognito-identity can represent.
_LAST_MS = 253_402_300_799_999


@dataclass(slots=True)
class State:
    """
    The state of one account and region.

    Attributes:
        created_pools: the pools of cognito-identity, by their ids.
        issued_pools: ids of the pools that a test created through the handle, to creation dates in milliseconds.
    """

    datasets: DatasetStore = field(default_factory=lambda: DatasetStore(StoredDataset))
    pool_resources: PoolResources = field(default_factory=PoolResources)
    created_pools: dict[str, CreatedPool] = field(default_factory=dict)
    issued_pools: dict[str, int] = field(default_factory=dict)


def state_of(account_region: AccountRegion, pools: Pools) -> State:
    """
    Return the state that *pools* describe.

    Args:
        account_region: the account and region of the pools.
        pools: in the form of the schema. By default, dates are the time on the mock's clock.

    Raises:
        ValueError: a value contradicts another one, or the service refuses it; the text names the place of the value.
    """
    state = State()
    for pool_id, pool in pools.items():
        path = f"identity pool {pool_id}"
        if pool_id.partition(":")[0] != account_region.region_name:
            raise ValueError(f"{path} is not in {account_region.region_name}")
        _add_pool(state, pool_id, pool, path)
        try:
            state.pool_resources.configurations[pool_id] = _configuration(pool, account_region)
        except CognitoSyncError as error:
            raise ValueError(f"{path}: {error.message}") from None
        for identity_id, identity in pool.get("identities", {}).items():
            identity_path = f"{path} / {identity_id}"
            _add_datasets(state.datasets, pool_id, identity_id, identity, identity_path)
            for device_id, fields in identity.get("devices", {}).items():
                devices = state.pool_resources.own_devices_of(pool_id, identity_id)
                _add_device(devices, device_id, fields, account_region, f"{identity_path} / {device_id}")
    return state


def _add_pool(state: State, pool_id: str, pool: Tree, path: str) -> None:
    created_ms = _date(pool, "creation_date", settings.now_ms(), path)
    if "cognito_identity" in pool:
        fields = pool["cognito_identity"]
        is_deleted, identity_ids = fields.get("deleted", False), fields.get("identities", [])
        if is_deleted and ("name" in fields or "creation_date" in pool):
            raise ValueError(f"{path} is deleted, so it has neither a name nor a creation_date")
        if created_ms > _LAST_MS:
            raise ValueError(f"{path}: creation_date must be at most in the year 9999")
        name = None if is_deleted else fields.get("name", "snapshot")
        state.created_pools[pool_id] = CreatedPool(name, created_ms, identity_ids)
    elif "creation_date" in pool:
        state.issued_pools[pool_id] = created_ms


def _configuration(pool: Tree, account_region: AccountRegion) -> PoolConfiguration:
    push_sync, streams = pool.get("push_sync", {}), pool.get("streams", {})
    configuration = PoolConfiguration().with_parts(
        PushSync(tuple(push_sync.get("application_arns", ())), push_sync.get("role_arn")),
        CognitoStreams(streams.get("stream_name"), streams.get("role_arn"), streams.get("streaming_status")),
        account_region,
    )
    return configuration.with_events(pool.get("events", {}))


def _add_datasets(datasets: DatasetStore, pool_id: str, identity_id: str, identity: Tree, path: str) -> None:
    merges = identity.get("merged", {})
    all_merged = {merged for names in merges.values() for merged in names}
    for name, fields in identity.get("datasets", {}).items():
        dataset = datasets.new(DatasetKey(pool_id, identity_id, name))
        _restore_dataset(dataset, fields, f"{path} / {name}")
        _check_counts(dataset, name in all_merged, f"{path} / {name}")
    for name, names in merges.items():
        for merged in names:
            if datasets.find(DatasetKey(pool_id, identity_id, merged)) is None:
                raise ValueError(f"{path}: {merged}, merged into {name}, is not one of its datasets")
            datasets.add_merge(DatasetKey(pool_id, identity_id, name), merged)


def _restore_dataset(dataset: Dataset, fields: Tree, path: str) -> None:
    modified_ms = _date(fields, "last_modified_date", settings.now_ms(), path)
    modified_by = fields.get("last_modified_by", dataset.key.identity_id)
    deletion_sync_count: int = fields.get("deletion_sync_count", 0)
    records = [
        _record(key, {"sync_count": deletion_sync_count + 1, **record}, modified_ms, modified_by, f"{path} / {key}")
        for key, record in fields.get("records", {}).items()
    ]
    dataset.restore(records)
    highest = max((record.sync_count for record in records), default=deletion_sync_count or 1)
    dataset.sync_count = fields.get("sync_count", highest)
    dataset.deletion_sync_count = deletion_sync_count
    dataset.exists = dataset.sync_count > deletion_sync_count
    dataset.creation_ms = _date(fields, "creation_date", modified_ms, path)
    dataset.last_modified_ms = modified_ms
    dataset.last_modified_by = modified_by


def _record(key: str, fields: Tree, modified_ms: int, modified_by: str, path: str) -> Record:
    modified_ms = _date(fields, "last_modified_date", modified_ms, path)
    return Record(
        key,
        fields["value"],
        fields["sync_count"],
        modified_ms,
        fields.get("last_modified_by", modified_by),
        _date(fields, "device_last_modified_date", modified_ms, path),
    )


def _date(fields: Tree, name: str, default_ms: int, path: str) -> int:
    if name not in fields:
        return default_ms
    try:
        return dates.from_text(fields[name])
    except ValueError as error:
        raise ValueError(f"{path} / {name}: {error}") from None


def _check_counts(dataset: Dataset, is_merged: bool, path: str) -> None:
    deletion, latest = dataset.deletion_sync_count, dataset.sync_count
    if deletion > latest:
        raise ValueError(f"{path}: deletion_sync_count is {deletion}, which is above its sync_count of {latest}")
    for record in dataset.records:
        found = f"{path} / {record.key}: sync_count is {record.sync_count}"
        if not dataset.exists:
            raise ValueError(f"{found}, but the dataset was deleted at its sync_count of {latest}")
        # The records of a merged dataset keep the counts that they had before the merge.
        if not deletion < record.sync_count <= latest and not (is_merged and record.sync_count > latest):
            raise ValueError(f"{found}; it must be from {deletion + 1} to {latest}")


def _add_device(
    devices: RegisteredDevices, device_id: str, fields: Tree, account_region: AccountRegion, path: str
) -> None:
    platform, token, endpoint_arn = fields["platform"], fields["token"], fields.get("endpoint_arn", "")
    same = devices.find(platform, token)
    if same is not None:
        raise ValueError(f"{path} has the platform and the token of {same.device_id}, so it is the same device")
    owner = f"arn:aws:sns:{account_region.region_name}:{account_region.account_id}:endpoint/{platform}/"
    if endpoint_arn and not endpoint_arn.startswith(owner):
        raise ValueError(f"{path}: endpoint_arn must start with {owner}")
    devices.add(RegisteredDevice(device_id, platform, token, endpoint_arn))
    for name in fields.get("subscriptions", []):
        devices.subscribe(device_id, name)
