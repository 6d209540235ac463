"""Cognito Streams: each change becomes one record of a Kinesis stream of moto, in the same account and region."""

from __future__ import annotations

import base64
import json
from typing import Any

from moto.moto_api import state_manager
from moto.moto_api._internal.managed_state_model import ManagedState

from .. import settings
from ..domain.bulk_publish import DAY_MS, BulkPublish
from ..domain.dataset import DatasetEvent
from ..domain.keys import AccountRegion

BULK_PUBLISH_MODEL = "cognitosync::bulk_publish"

state_manager.register_default_transition(BULK_PUBLISH_MODEL, {"progression": "immediate"})


def record_of(event: DatasetEvent) -> str:
    """
    Return the documented JSON of a change. Dates are milliseconds since the epoch.

    Source: streams-1, streams-2, streams-5.
    """
    records = [
        {
            "key": record.key,
            "value": record.value,
            "syncCount": record.sync_count,
            "lastModifiedDate": record.last_modified_ms,
            "deviceLastModifiedDate": record.device_last_modified_ms,
            "op": "remove" if record.is_removed else "replace",
        }
        for record in event.records
    ]
    return json.dumps(
        {
            "identityPoolId": event.key.identity_pool_id,
            "identityId": event.key.identity_id,
            "datasetName": event.key.dataset_name,
            "operation": event.operation,
            "kinesisSyncRecords": None if event.operation == "remove" else records,
            "lastModifiedDate": event.now_ms,
            "kinesisSyncRecordsURL": None,
            "payloadType": "Inline",
            "syncCount": event.sync_count,
        }
    )


def exists(stream_name: str, account_region: AccountRegion) -> bool:
    """Return whether Kinesis has the stream."""
    return stream_name in _kinesis(account_region).streams


def send(event: DatasetEvent, stream_name: str, account_region: AccountRegion) -> None:
    """Put a change on a stream, which exists. Source: streams-3."""
    kinesis = _kinesis(account_region)
    text, partition_key = record_of(event), event.key.identity_id
    kinesis.put_record(None, stream_name, partition_key, None, base64.b64encode(text.encode()).decode())
    for interceptor in settings.interceptors():
        interceptor.streamed(account_region, stream_name, partition_key, text)


class BulkPublishState(ManagedState):
    """The progress of one bulk publish, which moto's ``state_manager`` can keep IN_PROGRESS. Source: bulk-3."""

    def __init__(self, publish: BulkPublish) -> None:
        super().__init__(BULK_PUBLISH_MODEL, [("IN_PROGRESS", "SUCCEEDED")])
        self.publish = publish

    def refresh(self, now_ms: int) -> None:
        """Complete the bulk publish if moto's state manager says so."""
        if self.publish.status == "IN_PROGRESS" and self.status == "SUCCEEDED":
            transition = state_manager.get_transition(BULK_PUBLISH_MODEL)
            # If moto delayed it, it completed at the end of the delay and not at this refresh.
            self.publish.succeed(min(now_ms, self.publish.started_ms + 1000 * transition.get("seconds", DAY_MS)))


def _kinesis(account_region: AccountRegion) -> Any:
    from moto.kinesis.models import kinesis_backends

    return kinesis_backends[account_region.account_id][account_region.region_name]
