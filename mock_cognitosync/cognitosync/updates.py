"""
Changes on their way: from the check of an update through the sync trigger to the write, then to stream and devices.

The lock is held for checks and writes, never while a function, a stream or an endpoint of moto runs.
"""

from __future__ import annotations

from collections.abc import Sequence

from . import push, stream, trigger
from .callers import Caller
from .datasets import DatasetMetadata, Notice
from .models import CognitoSyncBackend, lock
from .records import Record, RecordPatch
from .store import Where


def update_records(
    backend: CognitoSyncBackend,
    where: Where,
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
    configuration = backend.pools.configuration(where[0])
    function = trigger.function_of(configuration, where[0], backend.place) if caller.runs_trigger else None
    with lock:
        session, dataset, effective = backend.check_update(where, sync_session_token, patches)
        if function is None or not effective:
            notice = backend.write_update(where, session, effective, caller.name)
        else:
            event = trigger.event_of(backend.region_name, dataset, effective)
    if function is not None and effective:
        answered = trigger.run(function, event)
        with lock:
            # Again: the function took its time, and may itself have written here.
            session, dataset, effective = backend.check_update(where, sync_session_token, patches)
            left = trigger.changes(dataset, effective, event, answered)
            notice = backend.write_update(where, session, left, caller.name)
    if notice is None:
        return []
    _announce(backend, notice, device_id)
    return notice.records


def delete_dataset(backend: CognitoSyncBackend, where: Where, caller: Caller) -> DatasetMetadata:
    """
    Delete a dataset; stream and devices are told.

    Raises:
        DatasetNotFound: there is none.

    Source: datasets-4, streams-5, push-1.
    """
    metadata, notice = backend.delete_dataset(*where, modified_by=caller.name)
    _announce(backend, notice, None)
    return metadata


def _announce(backend: CognitoSyncBackend, notice: Notice, device_id: str | None) -> None:
    configuration = backend.pools.configuration(notice.identity_pool_id)
    stream.send(notice, configuration, backend.place)
    devices = backend.pools.devices(notice.identity_pool_id, notice.identity_id)
    push.tell(list(devices.subscribers(notice.dataset_name, device_id)), notice, configuration, backend.place)
