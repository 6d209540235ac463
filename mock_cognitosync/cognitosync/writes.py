"""
Changes on their way: from the check of an update through the sync trigger to the write, then to stream and devices.

The lock is held for checks and writes, never while a function, a stream or an endpoint of moto runs.
"""

from __future__ import annotations

from collections.abc import Sequence

from .domain.caller import Caller
from .domain.dataset import DatasetEvent, DatasetMetadata
from .domain.dataset_store import DatasetKey
from .domain.record import Record, RecordPatch
from .integrations import push_sync, streams, sync_trigger
from .models import CognitoSyncBackend, lock


def update_records(
    backend: CognitoSyncBackend,
    where: DatasetKey,
    sync_session_token: str,
    patches: Sequence[RecordPatch],
    caller: Caller,
    device_id: str | None = None,
) -> list[Record]:
    """
    Apply all of *patches* or none, as the sync trigger leaves them, and use the token up if that changed anything.

    The device *device_id* writes, and so is not told of the change.

    Returns:
        The records written, removed ones too, in the order of *patches*, then what a trigger changed, by key.

    Raises:
        InvalidSyncSessionToken, StaleSyncCount, DuplicateKey, TooManyDatasets, TooManyRecords, DatasetTooLarge,
        TriggerFailed, TriggerThrottled, LambdaSocketTimeout

    Source: update-1, update-2, update-3, update-4, trigger-1, streams-3, push-1.
    """
    configuration = backend.pool_resources.configuration(where[0])
    function = (
        sync_trigger.function_of(configuration, where[0], backend.account_region) if caller.runs_trigger else None
    )
    with lock:
        session, dataset, effective = backend.check_update(where, sync_session_token, patches)
        if function is None or not effective:
            event = backend.write_update(where, session, effective, caller.name)
        else:
            trigger_event = sync_trigger.event_of(backend.region_name, dataset, effective)
    if function is not None and effective:
        answered = sync_trigger.run(function, trigger_event)
        with lock:
            # Again: the function took its time, and may itself have written here.
            session, dataset, effective = backend.check_update(where, sync_session_token, patches)
            left = sync_trigger.changes(dataset, effective, trigger_event, answered)
            event = backend.write_update(where, session, left, caller.name)
    if event is None:
        return []
    _announce(backend, event, device_id)
    return event.records


def delete_dataset(backend: CognitoSyncBackend, where: DatasetKey, caller: Caller) -> DatasetMetadata:
    """
    Delete a dataset; stream and devices are told.

    Raises:
        DatasetNotFound: there is none.

    Source: datasets-4, streams-5, push-1.
    """
    metadata, event = backend.delete_dataset(*where, modified_by=caller.name)
    _announce(backend, event, None)
    return metadata


def _announce(backend: CognitoSyncBackend, event: DatasetEvent, device_id: str | None) -> None:
    configuration = backend.pool_resources.configuration(event.identity_pool_id)
    streams.send(event, configuration, backend.account_region)
    devices = backend.pool_resources.devices(event.identity_pool_id, event.identity_id)
    push_sync.tell(
        list(devices.subscribers(event.dataset_name, device_id)), event, configuration, backend.account_region
    )
