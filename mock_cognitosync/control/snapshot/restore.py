"""State from a snapshot: every value that the service would not have taken is refused."""

from __future__ import annotations

from typing import Any

from ...cognitosync import settings
from ...cognitosync.domain import dataset as domain
from ...cognitosync.domain.caller import AccountRegion
from ...cognitosync.domain.dataset_store import Store
from ...cognitosync.domain.pool_configuration import CognitoStreams, PoolConfiguration, PushSync
from ...cognitosync.domain.record import Record
from ...cognitosync.domain.registered_devices import RegisteredDevice
from ...cognitosync.models import Dataset
from ...cognitosync.pool_resources import PoolResources
from ...cognitosync.wire import service_model
from .schema import Each, Whole

Tree = dict[str, Any]
Restored = tuple[Store, PoolResources]

_COUNT = Whole(0, 2**53)
# Up to the year 9999.
_DATE = Whole(0, 253_402_300_799_999)
_RECORD = {
    "value": (str, None),
    "sync_count": Whole(1, 2**53),
    "last_modified_ms": _DATE,
    "last_modified_by": str,
    "device_last_modified_ms": _DATE,
}
_DATASET = {
    "exists": bool,
    "sync_count": _COUNT,
    "deletion_sync_count": _COUNT,
    "creation_ms": (_DATE, None),
    "last_modified_ms": (_DATE, None),
    "last_modified_by": (str, None),
    "records": Each(_RECORD),
}
_DEVICE = {"platform": str, "token": str, "endpoint_arn": str, "subscriptions": [str]}
POOL = {
    "events": Each(str),
    "push_sync": ({"application_arns": [str], "role_arn": (str, None)}, None),
    "streams": (dict.fromkeys(("stream_name", "role_arn", "streaming_status"), (str, None)), None),
    "identities": Each({"datasets": Each(_DATASET), "merged": Each([str]), "devices": Each(_DEVICE)}),
}


def restored(account_region: AccountRegion, pools: Tree) -> Restored:
    """
    The datasets, and the configurations and devices, that *pools*, which have the shape of :data:`POOL`, describe.

    Raises:
        ValueError: a value that the service would not have taken; the text names the place.
    """
    store, configurations = Store(Dataset), PoolResources(account_region)
    for pool_id, pool in pools.items():
        if pool_id.partition(":")[0] != account_region.region_name:
            raise ValueError(f"identity pool {pool_id} is not of {account_region.region_name}")
        configurations.restore(
            pool_id,
            PoolConfiguration(
                events=pool["events"],
                push_sync=pool["push_sync"] and PushSync(**pool["push_sync"]),
                streams=pool["streams"] and CognitoStreams(**pool["streams"]),
            ),
        )
        for identity_id, identity in pool["identities"].items():
            _restore_identity(store, account_region, pool_id, identity_id, identity)
            devices = configurations.devices(pool_id, identity_id)
            for device_id, fields in identity["devices"].items():
                subscriptions = fields.pop("subscriptions")
                devices.add(RegisteredDevice(device_id, **fields))
                for name in subscriptions:
                    devices.subscribe(device_id, name)
    return store, configurations


def _restore_identity(
    store: Store, account_region: AccountRegion, pool_id: str, identity_id: str, identity: Tree
) -> None:
    at = f"identity {identity_id}"
    limits = settings.current().limits_of(account_region)
    for name, fields in identity["datasets"].items():
        _check_names(pool_id, identity_id, name, fields["records"], f"{at}, dataset {name}")
        dataset = store.new(pool_id, identity_id, name)
        _restore_dataset(dataset, fields, f"{at}, dataset {name}")
        for what, number, limit in (
            ("records", dataset.num_records, limits.records_per_dataset),
            ("bytes", dataset.size_bytes, limits.dataset_size_bytes),
        ):
            if number > limit:
                raise ValueError(f"{at}, dataset {name} has {number} {what}, and the limit is {limit}")
    number = sum(dataset.exists for dataset in store.of_identity(pool_id, identity_id).values())
    if number > limits.datasets_per_identity:
        raise ValueError(f"{at} has {number} datasets, and the limit is {limits.datasets_per_identity}")
    for name, merged_names in identity["merged"].items():
        for merged in merged_names:
            if store.find(pool_id, identity_id, merged) is None:
                raise ValueError(f"{at}: {merged}, merged into {name}, is not among the datasets")
            store.note_merge((pool_id, identity_id, name), merged)


def _check_names(pool_id: str, identity_id: str, name: str, records: Tree, at: str) -> None:
    """Check ids, names, keys and values as those of an UpdateRecords are."""
    violations: list[str] = []
    update = {
        "IdentityPoolId": pool_id,
        "IdentityId": identity_id,
        "DatasetName": name,
        "SyncSessionToken": "",
        "RecordPatches": [
            {"Op": "replace", "Key": key, "SyncCount": 0, **({"Value": fields["value"]} if fields["value"] else {})}
            for key, fields in records.items()
        ],
    }
    service_model.load().operations["UpdateRecords"].check(update, "", violations)
    if violations:
        raise ValueError(f"{at}: {violations[0]}")


def _restore_dataset(dataset: domain.Dataset, fields: Tree, at: str) -> None:
    records = [Record(key, **values) for key, values in fields["records"].items()]
    mark, count = fields["deletion_sync_count"], fields["sync_count"]
    if not mark <= count:
        raise ValueError(f"{at} was deleted at {mark}, which is above its sync count of {count}")
    if fields["exists"] != (count > mark) or (records and not fields["exists"]):
        raise ValueError(f"{at}: exists is {fields['exists']}, which its counts and records contradict")
    for record in records:
        if not mark < record.sync_count <= count:
            raise ValueError(f"{at}: {record.key!r} has count {record.sync_count}, not one from {mark + 1} to {count}")
    dataset.restore(records)
    for name in ("exists", "sync_count", "deletion_sync_count", "creation_ms", "last_modified_ms", "last_modified_by"):
        setattr(dataset, name, fields[name])
