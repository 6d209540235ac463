"""
The operations of Cognito Sync, named as in boto3: parameters in, the answer's JSON out.

Parameters bear the model's names.
"""

from __future__ import annotations

from typing import Any

from botocore import xform_name

from . import writes
from .domain.caller import Caller
from .domain.dataset_store import DatasetKey
from .domain.pool_configuration import CognitoStreams, PushSync
from .domain.record import RecordPatch
from .exceptions import ConstraintViolations, ReplaceWithoutValue
from .models import CognitoSyncBackend, lock
from .wire import serialize
from .wire.service_model import Operation

Parameters = dict[str, Any]


def perform(backend: CognitoSyncBackend, operation: Operation, parameters: Parameters, caller: Caller) -> str:
    """
    Check *parameters* against the model and the pools, and carry *operation* out.

    Raises:
        CognitoSyncError: the service refuses; nothing has been changed.

    Source: wire-6, pools-1.
    """
    violations: list[str] = []
    operation.check(parameters, "", violations)
    if violations:
        raise ConstraintViolations(violations)
    if "IdentityPoolId" in parameters:
        backend.identity_pools.require(parameters["IdentityPoolId"])
    answer: str = globals()[operation.method_name](backend, parameters, caller)
    return answer


def update_records(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: update-1, update-7."""
    records = writes.update_records(
        backend,
        _where(parameters),
        parameters["SyncSessionToken"],
        [_patch(patch) for patch in parameters.get("RecordPatches", ())],
        caller,
        parameters.get("DeviceId"),
    )
    return f'{{"Records":{serialize.records(records)}}}'


def list_records(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: list-1."""
    return serialize.records_page(backend.list_records(**_snake_case(parameters)))


def list_datasets(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: datasets-6."""
    page = backend.list_datasets(**_snake_case(parameters))
    return serialize.to_json(
        {
            "Count": len(page.items),
            "Datasets": [serialize.dataset(metadata) for metadata in page.items],
            "NextToken": page.next_token,
        }
    )


def describe_dataset(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: datasets-1."""
    return serialize.to_json({"Dataset": serialize.dataset(backend.describe_dataset(**_snake_case(parameters)))})


def delete_dataset(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: datasets-4."""
    metadata = writes.delete_dataset(backend, _where(parameters), caller)
    return serialize.to_json({"Dataset": serialize.dataset(metadata)})


def describe_identity_usage(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: usage-1."""
    names = _snake_case(parameters)
    usage = backend.describe_identity_usage(**names)
    return serialize.to_json({"IdentityUsage": serialize.identity_usage(**names, usage=usage)})


def describe_identity_pool_usage(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: usage-3."""
    pool_id = parameters["IdentityPoolId"]
    usage = backend.describe_identity_pool_usage(pool_id)
    return serialize.to_json({"IdentityPoolUsage": serialize.pool_usage(pool_id, usage)})


def list_identity_pool_usage(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: usage-4."""
    page = backend.list_identity_pool_usage(**_snake_case(parameters))
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
    with lock:
        backend.pool_resources.configuration(parameters["IdentityPoolId"]).set_events(parameters["Events"])
    return "{}"


def get_cognito_events(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: events-3."""
    return serialize.to_json({"Events": backend.pool_resources.configuration(parameters["IdentityPoolId"]).events})


def set_identity_pool_configuration(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: configuration-1."""
    pool_id = parameters["IdentityPoolId"]
    push_sync, streams = parameters.get("PushSync"), parameters.get("CognitoStreams")
    with lock:
        configuration = backend.pool_resources.configure(
            pool_id,
            None if push_sync is None else PushSync(push_sync.get("ApplicationArns") or [], push_sync.get("RoleArn")),
            None
            if streams is None
            else CognitoStreams(streams.get("StreamName"), streams.get("RoleArn"), streams.get("StreamingStatus")),
        )
    return serialize.to_json(serialize.configuration(pool_id, configuration))


def get_identity_pool_configuration(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: configuration-5."""
    pool_id = parameters["IdentityPoolId"]
    return serialize.to_json(serialize.configuration(pool_id, backend.pool_resources.configuration(pool_id)))


def bulk_publish(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: bulk-1."""
    pool_id = parameters["IdentityPoolId"]
    backend.pool_resources.bulk_publish(pool_id, backend.datasets_of_pool(pool_id))
    return serialize.to_json({"IdentityPoolId": pool_id})


def get_bulk_publish_details(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: bulk-2, bulk-3."""
    pool_id = parameters["IdentityPoolId"]
    return serialize.to_json(serialize.bulk_publish(pool_id, backend.pool_resources.bulk_publish_status(pool_id)))


def register_device(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: devices-1."""
    with lock:
        device = backend.pool_resources.register_device(**_snake_case(parameters))
    return serialize.to_json({"DeviceId": device.device_id})


def subscribe_to_dataset(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: devices-4."""
    with lock:
        backend.devices_of(*_where(parameters)).subscribe(parameters["DeviceId"], parameters["DatasetName"])
    return "{}"


def unsubscribe_from_dataset(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: devices-4, devices-5."""
    with lock:
        backend.devices_of(*_where(parameters)).unsubscribe(parameters["DeviceId"], parameters["DatasetName"])
    return "{}"


def _where(parameters: Parameters) -> DatasetKey:
    return parameters["IdentityPoolId"], parameters["IdentityId"], parameters["DatasetName"]


def _snake_case(parameters: Parameters) -> Parameters:
    return {xform_name(name): value for name, value in parameters.items()}


def _patch(patch: dict[str, Any]) -> RecordPatch:
    """A patch as the domain takes it; a Value beside ``remove`` does not matter. Source: update-6, update-9."""
    value = patch.get("Value")
    if patch["Op"] == "remove":
        value = None
    elif value is None:
        raise ReplaceWithoutValue(patch["Key"])
    date = patch.get("DeviceLastModifiedDate")
    device_ms = None if date is None else round(date * 1000)
    return RecordPatch(patch["Key"], value, patch["SyncCount"], device_ms)
