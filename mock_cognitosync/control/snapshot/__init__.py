"""
Snapshots: the state of the service as a JSON file that a person can read, compare and edit.

A file holds accounts, regions, identity pools, identities, datasets and records, each by its id or name; dates are
milliseconds since the epoch. Left out are tokens, bulk publishes, credentials, triggers that are Python callables, and
what other services of moto hold, identity pools of cognito-identity among it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ...cognitosync import cognitosync_backends
from ...cognitosync.domain.caller import AccountRegion
from ...cognitosync.domain.dataset import Dataset
from ...cognitosync.domain.pool_configuration import PoolConfiguration
from ...cognitosync.models import CognitoSyncBackend, lock
from . import atomic_file
from .atomic_file import check_writable
from .restore import POOL, Restored, restored
from .schema import Each, Whole, check

__all__ = ["SnapshotRefused", "check_writable", "load", "load_all", "save", "save_all"]

VERSION = 1
_SURROGATE = re.compile("[\ud800-\udfff]")
_ACCOUNTS = Each(Each({"identity_pools": Each(POOL)}))

Tree = dict[str, Any]


class SnapshotRefused(ValueError):
    """A file that cannot be loaded; nothing has been changed."""


def save(path: str | os.PathLike[str], backends: Iterable[CognitoSyncBackend]) -> None:
    """
    Write the state of *backends* to *path*.

    Raises:
        OSError: the file cannot be written; the old file is unchanged.

    See :mod:`.atomic_file`.
    """
    accounts: Tree = {}
    with lock:
        for backend in backends:
            accounts.setdefault(backend.account_id, {})[backend.region_name] = {"identity_pools": _pools(backend)}
    tree = {"mock_cognitosync": VERSION, "accounts": accounts}
    text = json.dumps(tree, indent=2, sort_keys=True, ensure_ascii=False)
    # Half a surrogate pair, which JSON may carry, has no place in UTF-8.
    text = _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", text)
    atomic_file.write(path, text + "\n")


def load(path: str | os.PathLike[str], backend: CognitoSyncBackend) -> None:
    """
    Put what *path* holds for the account and region of *backend* in place of its state; all of it or nothing.

    Raises:
        SnapshotRefused: see :meth:`.handle.CognitoSync.load`.
        OSError: it cannot be read.
    """
    accounts = _read(path)
    regions = accounts.get(backend.account_id, {})
    if backend.region_name not in regions:
        there = ", ".join(
            str(AccountRegion(account_id, name)) for account_id, names in accounts.items() for name in names
        )
        raise SnapshotRefused(f"{path} holds nothing of {backend.account_region}, but of {there or 'nothing'}")
    _restore(path, [(backend, regions[backend.region_name])])


def save_all(path: str | os.PathLike[str]) -> None:
    """
    Write the state of all accounts and regions to *path*.

    Raises:
        OSError: the file cannot be written; the old file is unchanged.
    """
    with lock:
        backends = [backend for regions in list(cognitosync_backends.values()) for backend in list(regions.values())]
    save(path, backends)


def load_all(path: str | os.PathLike[str]) -> None:
    """
    Put what *path* holds in place of the state of all accounts and regions that it names; all of it or nothing.

    Raises:
        SnapshotRefused: see :meth:`.handle.CognitoSync.load`.
        OSError: it cannot be read.
    """
    found = []
    for account_id, regions in _read(path).items():
        for region_name, tree in regions.items():
            try:
                backend = cognitosync_backends[account_id][region_name]
            except KeyError:
                raise SnapshotRefused(f"{path} is damaged: Cognito Sync is not in the region {region_name!r}") from None
            found.append((backend, tree))
    _restore(path, found)


def _pools(backend: CognitoSyncBackend) -> Tree:
    pools: Tree = {}
    for pool_id, configuration in backend.pool_resources.configurations.items():
        if configuration != PoolConfiguration(trigger=configuration.trigger):
            _pool(pools, pool_id).update(
                events=configuration.events,
                push_sync=configuration.push_sync and asdict(configuration.push_sync),
                streams=configuration.streams and asdict(configuration.streams),
            )
    for (pool_id, identity_id), devices in backend.pool_resources.devices_by_identity.items():
        for device in devices:
            fields = asdict(device)
            fields["subscriptions"] = devices.subscriptions(device.device_id)
            _identity(pools, pool_id, identity_id)["devices"][fields.pop("device_id")] = fields
    for dataset in backend.datasets:
        owner = _identity(pools, dataset.identity_pool_id, dataset.identity_id)
        owner["datasets"][dataset.name] = _dataset(dataset)
    for (pool_id, identity_id, name), merged in backend.datasets.merges.items():
        _identity(pools, pool_id, identity_id)["merged"][name] = merged
    return pools


def _pool(pools: Tree, pool_id: str) -> Tree:
    pool: Tree = pools.setdefault(pool_id, {"events": {}, "push_sync": None, "streams": None, "identities": {}})
    return pool


def _identity(pools: Tree, pool_id: str, identity_id: str) -> Tree:
    identities = _pool(pools, pool_id)["identities"]
    identity: Tree = identities.setdefault(identity_id, {"datasets": {}, "merged": {}, "devices": {}})
    return identity


def _dataset(dataset: Dataset) -> Tree:
    records = {record.key: asdict(record) for record in dataset.records}
    for record in records.values():
        del record["key"]
    return {
        "exists": dataset.exists,
        "sync_count": dataset.sync_count,
        "deletion_sync_count": dataset.deletion_sync_count,
        "creation_ms": dataset.creation_ms,
        "last_modified_ms": dataset.last_modified_ms,
        "last_modified_by": dataset.last_modified_by,
        "records": records,
    }


def _read(path: str | os.PathLike[str]) -> Tree:
    try:
        tree = json.loads(Path(path).read_bytes())
    except (ValueError, RecursionError) as error:
        raise SnapshotRefused(f"{path} is damaged: no JSON ({error})") from None
    version = tree.get("mock_cognitosync") if isinstance(tree, dict) else None
    if type(version) is not int:
        raise SnapshotRefused(f"{path} is no snapshot: it has no whole number under 'mock_cognitosync'")
    if version != VERSION:
        raise SnapshotRefused(f"{path} is of version {version}, and this mock_cognitosync reads version {VERSION}")
    try:
        check(tree, {"mock_cognitosync": Whole(VERSION, VERSION), "accounts": _ACCOUNTS}, "the file")
    except ValueError as error:
        raise SnapshotRefused(f"{path} is damaged: {error}") from None
    accounts: Tree = tree["accounts"]
    return accounts


def _restore(path: str | os.PathLike[str], found: list[tuple[CognitoSyncBackend, Tree]]) -> None:
    states: list[Restored] = []
    for backend, tree in found:
        try:
            states.append(restored(backend.account_region, tree["identity_pools"]))
        except ValueError as error:
            raise SnapshotRefused(f"{path} is damaged: {error}") from None
    with lock:
        for (backend, _), (datasets, pools) in zip(found, states, strict=True):
            for pool_id, configuration in backend.pool_resources.configurations.items():
                pools.configuration(pool_id).trigger = configuration.trigger
            backend.datasets, backend.pool_resources = datasets, pools
