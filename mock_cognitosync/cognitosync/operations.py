"""
The operations of Cognito Sync, named as in boto3. Each translates its parameters into a call of the backend, and the
result into the JSON of the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import writes
from .domain.caller import Caller
from .domain.keys import DatasetKey
from .domain.pool_configuration import CognitoStreams, PushSync
from .domain.record import RecordPatch
from .exceptions import ReplaceWithoutValue
from .models import CognitoSyncBackend
from .wire import serialize
from .wire.service_model import Operation
from .wire.validation import Violations

# By the model's names.
Parameters = dict[str, Any]


def perform(backend: CognitoSyncBackend, operation: Operation, parameters: Parameters, caller: Caller) -> str:
    """
    Check *parameters* against the model and the pools, and carry *operation* out.

    Returns:
        The answer as JSON.

    Raises:
        CognitoSyncError: the service refuses the call. Nothing has changed.

    Source: wire-6, pools-1.
    """
    violations = Violations()
    operation.check(parameters, "", violations)
    violations.raise_if_any()
    if "IdentityPoolId" in parameters:
        backend.identity_pools.require(parameters["IdentityPoolId"])
    return _OPERATIONS[operation.name](backend, parameters, caller)


def update_records(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: update-1, update-7."""
    records = writes.update_records(
        backend,
        _key(parameters),
        parameters["SyncSessionToken"],
        [_patch(patch) for patch in parameters.get("RecordPatches", ())],
        caller,
        parameters.get("DeviceId"),
    )
    return f'{{"Records":{serialize.records(records)}}}'


def list_records(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: list-1."""
    page = backend.list_records(
        _key(parameters),
        parameters.get("LastSyncCount", 0),
        parameters.get("SyncSessionToken"),
        parameters.get("NextToken"),
        parameters.get("MaxResults"),
    )
    return serialize.records_page(page)


def list_datasets(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: datasets-6."""
    page = backend.list_datasets(*_identity(parameters), parameters.get("NextToken"), parameters.get("MaxResults"))
    return serialize.to_json(
        {
            "Count": len(page.items),
            "Datasets": [serialize.dataset(metadata) for metadata in page.items],
            "NextToken": page.next_token,
        }
    )


def describe_dataset(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: datasets-1."""
    return serialize.to_json({"Dataset": serialize.dataset(backend.describe_dataset(_key(parameters)))})


def delete_dataset(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: datasets-4."""
    metadata = writes.delete_dataset(backend, _key(parameters), caller)
    return serialize.to_json({"Dataset": serialize.dataset(metadata)})


def describe_identity_usage(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: usage-1."""
    identity = _identity(parameters)
    usage = backend.describe_identity_usage(*identity)
    return serialize.to_json({"IdentityUsage": serialize.identity_usage(*identity, usage)})


def describe_identity_pool_usage(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: usage-3."""
    pool_id = parameters["IdentityPoolId"]
    usage = backend.describe_identity_pool_usage(pool_id)
    return serialize.to_json({"IdentityPoolUsage": serialize.pool_usage(pool_id, usage)})


def list_identity_pool_usage(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: usage-4."""
    page = backend.list_identity_pool_usage(parameters.get("NextToken"), parameters.get("MaxResults"))
    return serialize.to_json(
        {
            "Count": len(page.items),
            "IdentityPoolUsages": [serialize.pool_usage(pool_id, usage) for pool_id, usage in page.items],
            "MaxResults": page.size,
            "NextToken": page.next_token,
        }
    )


def set_cognito_events(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: events-1."""
    events = parameters["Events"]
    backend.change_configuration(parameters["IdentityPoolId"], lambda before: before.with_events(events))
    return "{}"


def get_cognito_events(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: events-3."""
    return serialize.to_json({"Events": backend.configuration(parameters["IdentityPoolId"]).events})


def set_identity_pool_configuration(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: configuration-1."""
    pool_id = parameters["IdentityPoolId"]
    push_sync, streams = _push_sync(parameters.get("PushSync")), _streams(parameters.get("CognitoStreams"))
    configuration = backend.change_configuration(
        pool_id, lambda before: before.with_parts(push_sync, streams, backend.account_region)
    )
    return serialize.to_json(serialize.configuration(pool_id, configuration))


def get_identity_pool_configuration(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: configuration-5."""
    pool_id = parameters["IdentityPoolId"]
    return serialize.to_json(serialize.configuration(pool_id, backend.configuration(pool_id)))


def bulk_publish(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: bulk-1."""
    pool_id = parameters["IdentityPoolId"]
    writes.bulk_publish(backend, pool_id)
    return serialize.to_json({"IdentityPoolId": pool_id})


def get_bulk_publish_details(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: bulk-2, bulk-3."""
    pool_id = parameters["IdentityPoolId"]
    return serialize.to_json(serialize.bulk_publish(pool_id, backend.bulk_publish_status(pool_id)))


def register_device(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: devices-1."""
    device = writes.register_device(backend, *_identity(parameters), parameters["Platform"], parameters["Token"])
    return serialize.to_json({"DeviceId": device.device_id})


def subscribe_to_dataset(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: devices-4."""
    backend.subscribe(_key(parameters), parameters["DeviceId"])
    return "{}"


def unsubscribe_from_dataset(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: devices-4, devices-5."""
    backend.unsubscribe(_key(parameters), parameters["DeviceId"])
    return "{}"


_OPERATIONS: dict[str, Callable[[CognitoSyncBackend, Parameters, Caller], str]] = {
    "BulkPublish": bulk_publish,
    "DeleteDataset": delete_dataset,
    "DescribeDataset": describe_dataset,
    "DescribeIdentityPoolUsage": describe_identity_pool_usage,
    "DescribeIdentityUsage": describe_identity_usage,
    "GetBulkPublishDetails": get_bulk_publish_details,
    "GetCognitoEvents": get_cognito_events,
    "GetIdentityPoolConfiguration": get_identity_pool_configuration,
    "ListDatasets": list_datasets,
    "ListIdentityPoolUsage": list_identity_pool_usage,
    "ListRecords": list_records,
    "RegisterDevice": register_device,
    "SetCognitoEvents": set_cognito_events,
    "SetIdentityPoolConfiguration": set_identity_pool_configuration,
    "SubscribeToDataset": subscribe_to_dataset,
    "UnsubscribeFromDataset": unsubscribe_from_dataset,
    "UpdateRecords": update_records,
}


def _key(parameters: Parameters) -> DatasetKey:
    return DatasetKey(parameters["IdentityPoolId"], parameters["IdentityId"], parameters["DatasetName"])


def _identity(parameters: Parameters) -> tuple[str, str]:
    return parameters["IdentityPoolId"], parameters["IdentityId"]


def _push_sync(members: dict[str, Any] | None) -> PushSync | None:
    return None if members is None else PushSync(tuple(members.get("ApplicationArns") or ()), members.get("RoleArn"))


def _streams(members: dict[str, Any] | None) -> CognitoStreams | None:
    if members is None:
        return None
    return CognitoStreams(members.get("StreamName"), members.get("RoleArn"), members.get("StreamingStatus"))


def _patch(patch: dict[str, Any]) -> RecordPatch:
    """Return a patch as the domain takes it. A Value in a ``remove`` is ignored. Source: update-6, update-9."""
    value = patch.get("Value")
    if patch["Op"] == "remove":
        value = None
    elif value is None:
        raise ReplaceWithoutValue(patch["Key"])
    date = patch.get("DeviceLastModifiedDate")
    device_ms = None if date is None else round(date * 1000)
    return RecordPatch(patch["Key"], value, patch["SyncCount"], device_ms)
