"""
The operations that call other services. Each calls methods of the backend, which hold the lock, and other services.

The lock is never held while a sync trigger or another moto service runs.
"""

from __future__ import annotations

from collections.abc import Sequence

from .domain.caller import Caller
from .domain.dataset import DatasetEvent, DatasetMetadata
from .domain.keys import DatasetKey
from .domain.pool_configuration import PoolConfiguration
from .domain.record import Record, RecordPatch
from .domain.registered_devices import RegisteredDevice
from .integrations import push_sync, streams, sync_trigger
from .models import CognitoSyncBackend, lock


def update_records(
    backend: CognitoSyncBackend,
    key: DatasetKey,
    sync_session_token: str,
    patches: Sequence[RecordPatch],
    caller: Caller,
    device_id: str | None = None,
) -> list[Record]:
    """
    Apply all of *patches* or none, as the sync trigger leaves them. A change consumes the token.

    Args:
        backend: the backend of the account and region.
        key: the dataset; created if it does not exist.
        sync_session_token: the token that ListRecords returned.
        patches: the patches of one call.
        caller: the last writer of the records; decides whether a trigger runs.
        device_id: the registered device that writes and gets no push; None if it is not known.

    Returns:
        The records written, tombstones included, in the order of *patches*; then the records that a trigger changed,
        sorted by key.

    Raises:
        InvalidSyncSessionToken, StaleSyncCount, SyncCountAhead, NegativeSyncCount, DuplicateKey, TooManyDatasets,
        TooManyRecords, DatasetTooLarge, TriggerFailed, TriggerThrottled, LambdaSocketTimeout

    Source: update-1, update-2, update-3, update-4, trigger-1, streams-3, push-1.
    """
    function = None
    if caller.runs_trigger:
        configuration = backend.configuration(key.identity_pool_id)
        function = sync_trigger.function_of(configuration, key.identity_pool_id, backend.account_region)
    with lock:
        session, dataset, effective = backend.check_update(key, sync_session_token, patches)
        if function is None or not effective:
            event = backend.write_update(key, session, effective, caller.name)
        else:
            trigger_event = sync_trigger.event_of(backend.region_name, dataset, effective)
    if function is not None and effective:
        answered = sync_trigger.run(function, trigger_event, backend.account_region)
        with lock:
            # Check again, because time has passed, and the function itself may have written to the dataset.
            session, dataset, effective = backend.check_update(key, sync_session_token, patches)
            remaining = sync_trigger.changes(dataset, effective, trigger_event, answered)
            event = backend.write_update(key, session, remaining, caller.name)
    if event is None:
        return []
    _announce(backend, event, device_id)
    return event.records


def delete_dataset(backend: CognitoSyncBackend, key: DatasetKey, caller: Caller) -> DatasetMetadata:
    """
    Delete a dataset, and announce the deletion to the stream and the devices.

    Raises:
        DatasetNotFound: it does not exist.

    Source: datasets-4, streams-5, push-1.
    """
    metadata, event = backend.delete_dataset(key, caller.name)
    _announce(backend, event, None)
    return metadata


def bulk_publish(backend: CognitoSyncBackend, identity_pool_id: str) -> None:
    """
    Send all datasets of the pool to its stream, one record each.

    Raises:
        StreamingDisabled, BulkPublishRunning, AlreadyStreamed: see the backend's ``begin_bulk_publish``.

    Source: bulk-1, bulk-2, bulk-6.
    """
    stream_name, events = backend.begin_bulk_publish(identity_pool_id)
    failure_message = None
    if streams.exists(stream_name, backend.account_region):
        for event in events:
            streams.send(event, stream_name, backend.account_region)
    else:
        backend.change_configuration(identity_pool_id, PoolConfiguration.with_disabled_stream)
        failure_message = f"Stream {stream_name} does not exist"
    backend.end_bulk_publish(identity_pool_id, failure_message)


def register_device(
    backend: CognitoSyncBackend, identity_pool_id: str, identity_id: str, platform: str, token: str
) -> RegisteredDevice:
    """
    Register a device for pushes.

    Raises:
        InvalidConfiguration: the pool has no push sync for the platform.

    Source: devices-1, devices-3.
    """
    parts = backend.configuration(identity_pool_id)
    arn = push_sync.endpoint(parts.push_sync, platform, token, backend.account_region)
    return backend.register_device(identity_pool_id, identity_id, platform, token, arn)


def _announce(backend: CognitoSyncBackend, event: DatasetEvent, device_id: str | None) -> None:
    """Send a change to the pool's stream and to the subscribed devices. Source: streams-3, streams-4, push-1."""
    configuration = backend.configuration(event.key.identity_pool_id)
    stream_name = configuration.streams.enabled_stream if configuration.streams else None
    if stream_name is not None:
        if streams.exists(stream_name, backend.account_region):
            streams.send(event, stream_name, backend.account_region)
        else:
            backend.change_configuration(event.key.identity_pool_id, PoolConfiguration.with_disabled_stream)
    if configuration.push_sync is not None:
        devices = backend.subscribers(event.key, except_device_id=device_id)
        if devices:
            push_sync.notify(devices, event, configuration.push_sync, backend.account_region)
