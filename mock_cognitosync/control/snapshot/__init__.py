"""
Snapshots: the state of the service as a JSON file that a person can read, compare, edit and write.

``docs/snapshots.md`` describes the format. ``snapshot.schema.json`` is its JSON Schema.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace

from moto.core.models import DEFAULT_ACCOUNT_ID

from ...cognitosync import cognitosync_backends
from ...cognitosync.domain.keys import AccountRegion
from ...cognitosync.models import CognitoSyncBackend, lock
from . import atomic_file, document
from .atomic_file import check_writable
from .describe import described
from .document import Accounts, Document, Pools
from .restore import state_of

__all__ = ["SnapshotRefused", "check_writable", "load", "load_all", "save_all", "text_of"]

# The name of a snapshot without a file in a refusal.
DOCUMENT = "the document"

Path = str | os.PathLike[str]


class SnapshotRefused(ValueError):
    """A snapshot cannot be loaded. Nothing has been changed."""

    def named(self, name: str) -> SnapshotRefused:
        """The same refusal of the snapshot *name*, for instance the path of a file."""
        return SnapshotRefused(f"{name}{str(self).removeprefix(DOCUMENT)}")


def text_of(backends: Iterable[CognitoSyncBackend]) -> str:
    """Return a snapshot of the state of *backends*."""
    accounts: Accounts = {}
    with lock:
        for backend in backends:
            accounts.setdefault(backend.account_id, {})[backend.region_name] = described(backend)
    return document.to_text(accounts)


def load(text: bytes, backend: CognitoSyncBackend) -> None:
    """
    Replace the state of *backend* with that of its account and region in the snapshot *text*, all of it or nothing.

    Raises:
        SnapshotRefused: see :meth:`.handle.CognitoSync.load`.
    """
    accounts, is_seed = _parsed(text, backend.account_id)
    pools = accounts.get(backend.account_id, {}).get(backend.region_name)
    if pools is None:
        found = [str(AccountRegion(account_id, name)) for account_id in accounts for name in accounts[account_id]]
        raise SnapshotRefused(
            f"{DOCUMENT} has no state of {backend.account_region}; it has state of {', '.join(found) or 'no region'}"
        )
    _restore([(backend, pools)], is_seed)


def save_all(path: Path) -> None:
    """
    Write the state of all accounts and regions to the file *path*.

    Raises:
        OSError: the file cannot be written; the old file is unchanged.
    """
    backends = [backend for regions in list(cognitosync_backends.values()) for backend in list(regions.values())]
    atomic_file.write(path, text_of(backends))


def load_all(path: Path) -> None:
    """
    Replace the state of all accounts and regions that the file *path* names, all of it or nothing.

    The seed form belongs to the account of ``MOTO_ACCOUNT_ID``, else moto's ``123456789012``.

    Raises:
        SnapshotRefused: see :meth:`.handle.CognitoSync.load`.
        OSError: the file cannot be read.
    """
    text = atomic_file.read(path)
    try:
        _load_all(text)
    except SnapshotRefused as refused:
        raise refused.named(os.fspath(path)) from None


def _load_all(text: bytes) -> None:
    accounts, is_seed = _parsed(text, os.environ.get("MOTO_ACCOUNT_ID") or DEFAULT_ACCOUNT_ID)
    found = []
    for account_id, regions in accounts.items():
        for region_name, pools in regions.items():
            try:
                found.append((cognitosync_backends[account_id][region_name], pools))
            except KeyError:
                raise SnapshotRefused(
                    f"{DOCUMENT} has state of {region_name!r}, a region without the service"
                ) from None
    _restore(found, is_seed)


def _parsed(text: bytes, account_id: str) -> Document:
    try:
        return document.from_text(text, account_id)
    except ValueError as error:
        raise SnapshotRefused(f"{DOCUMENT} is not a valid snapshot: {error}") from None


def _restore(found: list[tuple[CognitoSyncBackend, Pools]], is_seed: bool) -> None:
    try:
        states = [state_of(backend.account_region, pools) for backend, pools in found]
    except ValueError as error:
        raise SnapshotRefused(f"{DOCUMENT} is not a valid snapshot: {error}") from None
    with lock:
        for (backend, _), state in zip(found, states, strict=True):
            # A file cannot contain a trigger that is a Python function.
            for pool_id, configuration in backend.pool_resources.configurations.items():
                restored = state.pool_resources.configuration(pool_id)
                state.pool_resources.configurations[pool_id] = replace(restored, trigger=configuration.trigger)
            backend.datasets, backend.pool_resources = state.datasets, state.pool_resources
    for (backend, pools), state in zip(found, states, strict=True):
        if is_seed:
            backend.identity_pools.create_missing(pools)
        else:
            backend.identity_pools.replace(state.created_pools, state.issued_pools)
