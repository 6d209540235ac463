"""
The operations of Cognito Sync, named as in boto3: parameters in, the answer's JSON out.

Parameters bear the model's names.
"""

from __future__ import annotations

from typing import Any

from botocore import xform_name

from . import encoding, updates
from .callers import Caller
from .configuration import CognitoStreams, PushSync
from .contract import Operation
from .exceptions import ConstraintViolations, ReplaceWithoutValue
from .models import CognitoSyncBackend, lock
from .records import RecordPatch
from .store import Where

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
    records = updates.update_records(
        backend,
        _where(parameters),
        parameters["SyncSessionToken"],
        [_patch(patch) for patch in parameters.get("RecordPatches", ())],
        caller,
        parameters.get("DeviceId"),
    )
    return f'{{"Records":{encoding.records(records)}}}'


def list_records(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: list-1."""
    return encoding.records_page(backend.list_records(**_snake_case(parameters)))


def list_datasets(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: datasets-6."""
    page = backend.list_datasets(**_snake_case(parameters))
    return encoding.encode(
        {
            "Count": len(page.items),
            "Datasets": [encoding.dataset(metadata) for metadata in page.items],
            "NextToken": page.next_token,
        }
    )


def describe_dataset(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: datasets-1."""
    return encoding.encode({"Dataset": encoding.dataset(backend.describe_dataset(**_snake_case(parameters)))})


def delete_dataset(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: datasets-4."""
    metadata = updates.delete_dataset(backend, _where(parameters), caller)
    return encoding.encode({"Dataset": encoding.dataset(metadata)})


def describe_identity_usage(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: usage-1."""
    names = _snake_case(parameters)
    usage = backend.describe_identity_usage(**names)
    return encoding.encode({"IdentityUsage": encoding.identity_usage(**names, usage=usage)})


def describe_identity_pool_usage(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: usage-3."""
    pool_id = parameters["IdentityPoolId"]
    usage = backend.describe_identity_pool_usage(pool_id)
    return encoding.encode({"IdentityPoolUsage": encoding.pool_usage(pool_id, usage)})


def list_identity_pool_usage(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: usage-4."""
    page = backend.list_identity_pool_usage(**_snake_case(parameters))
    return encoding.encode(
        {
            "Count": len(page.items),
            "IdentityPoolUsages": [encoding.pool_usage(pool_id, usage) for pool_id, usage in page.items],
            "MaxResults": page.size,
            "NextToken": page.next_token,
        }
    )


def set_cognito_events(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: events-1."""
    with lock:
        backend.pools.configuration(parameters["IdentityPoolId"]).set_events(parameters["Events"])
    return "{}"


def get_cognito_events(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: events-3."""
    return encoding.encode({"Events": backend.pools.configuration(parameters["IdentityPoolId"]).events})


def set_identity_pool_configuration(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: configuration-1."""
    pool_id = parameters["IdentityPoolId"]
    push_sync, streams = parameters.get("PushSync"), parameters.get("CognitoStreams")
    with lock:
        configuration = backend.pools.configure(
            pool_id,
            None if push_sync is None else PushSync(push_sync.get("ApplicationArns") or [], push_sync.get("RoleArn")),
            None
            if streams is None
            else CognitoStreams(streams.get("StreamName"), streams.get("RoleArn"), streams.get("StreamingStatus")),
        )
    return encoding.encode(encoding.configuration(pool_id, configuration))


def get_identity_pool_configuration(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: configuration-5."""
    pool_id = parameters["IdentityPoolId"]
    return encoding.encode(encoding.configuration(pool_id, backend.pools.configuration(pool_id)))


def bulk_publish(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: bulk-1."""
    pool_id = parameters["IdentityPoolId"]
    backend.pools.bulk_publish(pool_id, backend.datasets_of_pool(pool_id))
    return encoding.encode({"IdentityPoolId": pool_id})


def get_bulk_publish_details(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: bulk-2, bulk-3."""
    pool_id = parameters["IdentityPoolId"]
    return encoding.encode(encoding.bulk_publish(pool_id, backend.pools.look_at_bulk_publish(pool_id)))


def register_device(backend: CognitoSyncBackend, parameters: Parameters, caller: Caller) -> str:
    """Source: devices-1."""
    with lock:
        device = backend.pools.register_device(**_snake_case(parameters))
    return encoding.encode({"DeviceId": device.device_id})


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


def _where(parameters: Parameters) -> Where:
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
