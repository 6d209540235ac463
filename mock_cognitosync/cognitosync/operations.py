"""
The operations of Cognito Sync, named as in boto3: parameters in, the answer's JSON out.

Parameters bear the model's names. ``modified_by`` is the caller as ``LastModifiedBy`` shows it. Source: records-3.
"""

from __future__ import annotations

from typing import Any

from botocore import xform_name

from . import encoding, identity_pools, settings
from .contract import Operation
from .exceptions import CognitoSyncError, ConstraintViolations, ReplaceWithoutValue
from .models import CognitoSyncBackend
from .records import RecordPatch

Parameters = dict[str, Any]


class NotBuilt(CognitoSyncError):
    """An operation that this package does not answer yet."""

    code = "NotImplementedException"

    def __init__(self, operation: str) -> None:
        super().__init__(f"mock_cognitosync does not answer {operation} yet")


def perform(backend: CognitoSyncBackend, operation: Operation, parameters: Parameters, modified_by: str) -> str:
    """
    Check *parameters* against the model and the pools, and carry *operation* out.

    Raises:
        CognitoSyncError: the service refuses; nothing has been changed.

    Source: wire-6, pools-1.
    """
    respond = globals().get(operation.method_name)
    if respond is None:
        raise NotBuilt(operation.name)
    violations: list[str] = []
    operation.check(parameters, "", violations)
    if violations:
        raise ConstraintViolations(violations)
    if "IdentityPoolId" in parameters:
        manner = settings.current().identity_pools
        identity_pools.require(parameters["IdentityPoolId"], backend.account_id, backend.region_name, manner)
    answer: str = respond(backend, parameters, modified_by)
    return answer


def update_records(backend: CognitoSyncBackend, parameters: Parameters, modified_by: str) -> str:
    """Source: update-1, update-7."""
    ignored = ("RecordPatches", "DeviceId", "ClientContext")
    records = backend.update_records(
        **_snake_case({name: value for name, value in parameters.items() if name not in ignored}),
        patches=[_patch(patch) for patch in parameters.get("RecordPatches", ())],
        modified_by=modified_by,
    )
    return f'{{"Records":{encoding.records(records)}}}'


def list_records(backend: CognitoSyncBackend, parameters: Parameters, modified_by: str) -> str:
    """Source: list-1."""
    return encoding.records_page(backend.list_records(**_snake_case(parameters)))


def list_datasets(backend: CognitoSyncBackend, parameters: Parameters, modified_by: str) -> str:
    """Source: datasets-6."""
    page = backend.list_datasets(**_snake_case(parameters))
    return encoding.encode(
        {
            "Count": len(page.items),
            "Datasets": [encoding.dataset(metadata) for metadata in page.items],
            "NextToken": page.next_token,
        }
    )


def describe_dataset(backend: CognitoSyncBackend, parameters: Parameters, modified_by: str) -> str:
    """Source: datasets-1."""
    return encoding.encode({"Dataset": encoding.dataset(backend.describe_dataset(**_snake_case(parameters)))})


def delete_dataset(backend: CognitoSyncBackend, parameters: Parameters, modified_by: str) -> str:
    """Source: datasets-4."""
    metadata = backend.delete_dataset(**_snake_case(parameters), modified_by=modified_by)
    return encoding.encode({"Dataset": encoding.dataset(metadata)})


def describe_identity_usage(backend: CognitoSyncBackend, parameters: Parameters, modified_by: str) -> str:
    """Source: usage-1."""
    names = _snake_case(parameters)
    usage = backend.describe_identity_usage(**names)
    return encoding.encode({"IdentityUsage": encoding.identity_usage(**names, usage=usage)})


def describe_identity_pool_usage(backend: CognitoSyncBackend, parameters: Parameters, modified_by: str) -> str:
    """Source: usage-3."""
    pool_id = parameters["IdentityPoolId"]
    usage = backend.describe_identity_pool_usage(pool_id)
    return encoding.encode({"IdentityPoolUsage": encoding.pool_usage(pool_id, usage)})


def list_identity_pool_usage(backend: CognitoSyncBackend, parameters: Parameters, modified_by: str) -> str:
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
