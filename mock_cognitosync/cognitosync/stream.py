"""Cognito Streams: each change goes as one record to a Kinesis stream of moto, in the same account and region."""

from __future__ import annotations

import base64
import json
from typing import Any

from . import settings
from .callers import Place
from .configuration import PoolConfiguration
from .datasets import Notice


def record_of(notice: Notice) -> str:
    """
    The documented JSON of one change; dates are epoch milliseconds, and ``dataSetName`` has its capital S.

    Source: streams-1, streams-2.
    """
    return json.dumps(
        {
            "identityPoolId": notice.identity_pool_id,
            "identityId": notice.identity_id,
            "dataSetName": notice.dataset_name,
            "operation": notice.operation,
            "kinesisSyncRecords": [
                {
                    "key": record.key,
                    "value": record.value,
                    "syncCount": record.sync_count,
                    "lastModifiedDate": record.last_modified_ms,
                    "deviceLastModifiedDate": record.device_last_modified_ms,
                    "op": "remove" if record.is_removed else "replace",
                }
                for record in notice.records
            ],
            "lastModifiedDate": notice.now_ms,
            "kinesisSyncRecordsURL": None,
            "payloadType": "Inline",
            "syncCount": notice.sync_count,
        }
    )


def exists(stream_name: str, place: Place) -> bool:
    """Whether Kinesis has a stream of this name."""
    from moto.kinesis.models import kinesis_backends

    return stream_name in kinesis_backends[place.account_id][place.region_name].streams


def put(stream_name: str, partition_key: str, text: str, place: Place) -> None:
    """Put *text* on the stream."""
    from moto.kinesis.models import kinesis_backends

    streams: Any = kinesis_backends[place.account_id][place.region_name]
    streams.put_record(None, stream_name, partition_key, None, base64.b64encode(text.encode()).decode())
    for listener in settings.listeners():
        listener.streamed(place, stream_name, partition_key, text)


def send(notice: Notice, configuration: PoolConfiguration, place: Place) -> None:
    """
    Send a change where streaming is enabled; a stream that is missing switches it off.

    Source: streams-3, streams-4.
    """
    streams = configuration.streams
    if streams is None or not streams.is_enabled:
        return
    if exists(streams.name, place):
        put(streams.name, notice.identity_id, record_of(notice), place)
    else:
        streams.streaming_status = "DISABLED"
