"""Cognito Streams: each change goes as one record to a Kinesis stream of moto, in the same account and region."""

from __future__ import annotations

import base64
import json
from typing import Any

from .. import settings
from ..domain.caller import AccountRegion
from ..domain.dataset import DatasetEvent
from ..domain.pool_configuration import PoolConfiguration


def record_of(event: DatasetEvent) -> str:
    """
    The documented JSON of one change; dates are epoch milliseconds, and ``dataSetName`` has its capital S.

    Source: streams-1, streams-2.
    """
    return json.dumps(
        {
            "identityPoolId": event.identity_pool_id,
            "identityId": event.identity_id,
            "dataSetName": event.dataset_name,
            "operation": event.operation,
            "kinesisSyncRecords": [
                {
                    "key": record.key,
                    "value": record.value,
                    "syncCount": record.sync_count,
                    "lastModifiedDate": record.last_modified_ms,
                    "deviceLastModifiedDate": record.device_last_modified_ms,
                    "op": "remove" if record.is_removed else "replace",
                }
                for record in event.records
            ],
            "lastModifiedDate": event.now_ms,
            "kinesisSyncRecordsURL": None,
            "payloadType": "Inline",
            "syncCount": event.sync_count,
        }
    )


def exists(stream_name: str, account_region: AccountRegion) -> bool:
    """Whether Kinesis has a stream of this name."""
    from moto.kinesis.models import kinesis_backends

    return stream_name in kinesis_backends[account_region.account_id][account_region.region_name].streams


def put(stream_name: str, partition_key: str, text: str, account_region: AccountRegion) -> None:
    """Put *text* on the stream."""
    from moto.kinesis.models import kinesis_backends

    streams: Any = kinesis_backends[account_region.account_id][account_region.region_name]
    streams.put_record(None, stream_name, partition_key, None, base64.b64encode(text.encode()).decode())
    for interceptor in settings.interceptors():
        interceptor.streamed(account_region, stream_name, partition_key, text)


def send(event: DatasetEvent, configuration: PoolConfiguration, account_region: AccountRegion) -> None:
    """
    Send a change where streaming is enabled; a stream that is missing switches it off.

    Source: streams-3, streams-4.
    """
    streams = configuration.streams
    if streams is None or not streams.is_enabled:
        return
    if exists(streams.name, account_region):
        put(streams.name, event.identity_id, record_of(event), account_region)
    else:
        streams.streaming_status = "DISABLED"
