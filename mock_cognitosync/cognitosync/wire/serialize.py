"""
Answers as JSON: keys in alphabetical order, explicit nulls, dates in epoch seconds with milliseconds. Source: wire-9.

Records are most of the traffic, so their JSON is composed directly. :mod:`json` does the rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quote
from typing import Any

from ..domain.bulk_publish import BulkPublish
from ..domain.dataset import DatasetMetadata
from ..domain.dataset_store import Usage
from ..domain.pool_configuration import PoolConfiguration
from ..domain.record import Record
from ..domain.records_page import RecordsPage

# The member of an answer that has the sync count.
_SYNC_COUNTS = {"ListRecords": '"DatasetSyncCount":', "UpdateRecords": '"SyncCount":'}


def to_json(members: Mapping[str, Any]) -> str:
    """Return *members* as a JSON object."""
    return json.dumps(members, sort_keys=True, separators=(",", ":"))


def records(items: Iterable[Record]) -> str:
    """Return a JSON list of Record shapes."""
    return f"[{','.join(map(_record, items))}]"


def records_page(page: RecordsPage) -> str:
    """Return the answer of ListRecords as JSON."""
    return (
        f'{{"Count":{len(page.records)}'
        f',"DatasetDeletedAfterRequestedSyncCount":{_boolean(page.dataset_deleted)}'
        f',"DatasetExists":{_boolean(page.dataset_exists)}'
        f',"DatasetSyncCount":{page.dataset_sync_count}'
        f',"LastModifiedBy":{_text(page.last_modified_by)}'
        f',"MergedDatasetNames":{json.dumps(page.merged_dataset_names) if page.merged_dataset_names else "null"}'
        f',"NextToken":{_text(page.next_token)}'
        f',"Records":{records(page.records)}'
        f',"SyncSessionToken":{quote(page.sync_session_token)}}}'
    )


def sync_count(operation: str, answer: str) -> int | None:
    """Return the sync count in an answer of ListRecords or UpdateRecords; None if *answer* has none."""
    member = _SYNC_COUNTS.get(operation)
    # No key or value contains the text of a member, because quotes in them are escaped.
    position = answer.find(member) if member else -1
    if member is None or position < 0:
        return None
    position += len(member)
    return int(answer[position : answer.index(",", position)])


def dataset(metadata: DatasetMetadata) -> dict[str, Any]:
    """Return a Dataset shape."""
    return {
        "CreationDate": seconds(metadata.creation_ms),
        "DataStorage": metadata.size_bytes,
        "DatasetName": metadata.name,
        "IdentityId": metadata.identity_id,
        "LastModifiedBy": metadata.last_modified_by,
        "LastModifiedDate": seconds(metadata.last_modified_ms),
        "NumRecords": metadata.num_records,
    }


def identity_usage(identity_pool_id: str, identity_id: str, usage: Usage) -> dict[str, Any]:
    """Return an IdentityUsage shape. Source: usage-1."""
    return {
        "DataStorage": usage.data_storage_bytes,
        "DatasetCount": usage.dataset_count,
        "IdentityId": identity_id,
        "IdentityPoolId": identity_pool_id,
        "LastModifiedDate": seconds(usage.last_modified_ms),
    }


def pool_usage(identity_pool_id: str, usage: Usage) -> dict[str, Any]:
    """Return an IdentityPoolUsage shape. Source: usage-5."""
    return {
        "DataStorage": usage.data_storage_bytes,
        "IdentityPoolId": identity_pool_id,
        "LastModifiedDate": seconds(usage.last_modified_ms),
        "SyncSessionsCount": None,
    }


def configuration(identity_pool_id: str, pool: PoolConfiguration) -> dict[str, Any]:
    """Return the answer of Get- and SetIdentityPoolConfiguration. Source: configuration-5."""
    streams, push_sync = pool.streams, pool.push_sync
    return {
        "CognitoStreams": streams
        and {
            "RoleArn": streams.role_arn,
            "StreamName": streams.stream_name,
            "StreamingStatus": streams.streaming_status,
        },
        "IdentityPoolId": identity_pool_id,
        "PushSync": push_sync and {"ApplicationArns": list(push_sync.application_arns), "RoleArn": push_sync.role_arn},
    }


def bulk_publish(identity_pool_id: str, publish: BulkPublish | None) -> dict[str, Any]:
    """Return the answer of GetBulkPublishDetails. Source: bulk-2."""
    return {
        "BulkPublishCompleteTime": seconds(publish.completed_ms if publish else None),
        "BulkPublishStartTime": seconds(publish.started_ms if publish else None),
        "BulkPublishStatus": publish.status if publish else "NOT_STARTED",
        "FailureMessage": publish.failure_message if publish else None,
        "IdentityPoolId": identity_pool_id,
    }


def seconds(milliseconds: int | None) -> float | None:
    """Return a date in epoch seconds; None stays None."""
    return None if milliseconds is None else milliseconds / 1000


def _record(record: Record) -> str:
    return (
        f'{{"DeviceLastModifiedDate":{_date(record.device_last_modified_ms)}'
        f',"Key":{quote(record.key)}'
        f',"LastModifiedBy":{quote(record.last_modified_by)}'
        f',"LastModifiedDate":{_date(record.last_modified_ms)}'
        f',"SyncCount":{record.sync_count}'
        f',"Value":{_text(record.value)}}}'
    )


# Most records of an answer share one of a few dates.
@lru_cache(maxsize=4096)
def _date(milliseconds: int) -> str:
    return repr(milliseconds / 1000)


def _text(text: str | None) -> str:
    return "null" if text is None else quote(text)


def _boolean(value: bool) -> str:
    return "true" if value else "false"
