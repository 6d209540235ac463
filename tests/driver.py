"""What many tests need: addresses, patches, and answers and refusals as plain values."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_cognito_sync import CognitoSyncClient

    from mock_cognitosync import CognitoSync

ACCOUNT = "123456789012"
NOON = datetime(2024, 6, 1, 12, tzinfo=timezone.utc)
TOKEN_REFUSED = ("InvalidParameterException", 400, "SyncSessionToken not valid for these inputs")
PAGE_REFUSED = ("InvalidParameterException", 400, "NextToken is not valid for this operation")

Address = dict[str, str]
Refusal = tuple[str, int, str]


def new_dataset(sync: CognitoSync, name: str = "profile") -> Address:
    """The parameters that name a dataset of a new identity in a new pool."""
    pool = sync.new_pool()
    return {"IdentityPoolId": pool, "IdentityId": sync.new_identity(pool), "DatasetName": name}


def identity_of(address: Address) -> Address:
    """The parameters that name the identity of *address*."""
    return {"IdentityPoolId": address["IdentityPoolId"], "IdentityId": address["IdentityId"]}


def place(address: Address) -> tuple[str, str, str]:
    """*address* as the handle takes it."""
    return address["IdentityPoolId"], address["IdentityId"], address["DatasetName"]


def replace(key: str, value: str = "v", sync_count: int = 0, **others: Any) -> dict[str, Any]:
    """A patch that writes."""
    return {"Op": "replace", "Key": key, "Value": value, "SyncCount": sync_count, **others}


def remove(key: str, sync_count: int = 0, **others: Any) -> dict[str, Any]:
    """A patch that removes."""
    return {"Op": "remove", "Key": key, "SyncCount": sync_count, **others}


def token_for(client: CognitoSyncClient, address: Address) -> str:
    """A fresh sync session token."""
    return client.list_records(**address)["SyncSessionToken"]


def write(client: CognitoSyncClient, address: Address, *patches: Any, **others: Any) -> list[Any]:
    """Update with a fresh token; the answer's records."""
    token = token_for(client, address)
    return client.update_records(**address, SyncSessionToken=token, RecordPatches=patches, **others)["Records"]


def fill(client: CognitoSyncClient, address: Address, *keys: str) -> None:
    """Write each of *keys* in an update of its own, so that the first has count 1, the second 2."""
    for key in keys:
        write(client, address, replace(key))


def answer(response: Mapping[str, Any]) -> dict[str, Any]:
    """The answer's members."""
    return {name: value for name, value in response.items() if name != "ResponseMetadata"}


def listed(client: CognitoSyncClient, address: Address, **others: Any) -> dict[str, Any]:
    """ListRecords without its token, the records as key to value and count."""
    members = answer(client.list_records(**address, **others))
    del members["SyncSessionToken"]
    return {**members, "Records": counted(members["Records"])}


def counted(records: list[Any]) -> list[tuple[str, str | None, int]]:
    """Records as key, value (None once removed) and count."""
    return [(record["Key"], record.get("Value"), record["SyncCount"]) for record in records]


def forget_pool(pool: str) -> None:
    """Take a pool made with cognito-identity away; moto learned DeleteIdentityPool only after 5.0.28."""
    from moto.cognitoidentity.models import cognitoidentity_backends

    del cognitoidentity_backends[ACCOUNT][pool.partition(":")[0]].identity_pools[pool]


def keys(records: list[Any]) -> list[str]:
    return [record["Key"] for record in records]


def refusal(call: Callable[..., Any], /, **parameters: Any) -> Refusal:
    """Code, HTTP status and message of a call that must fail."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Message"]


def refused_update(client: CognitoSyncClient, address: Address, *patches: Any) -> Refusal:
    """Code, HTTP status and message of an update with a fresh token that must fail."""
    token = token_for(client, address)
    return refusal(client.update_records, **address, SyncSessionToken=token, RecordPatches=patches)


def broken(*violations: str) -> Refusal:
    """The refusal of a request that breaks constraints."""
    many = "" if len(violations) == 1 else "s"
    text = f"{len(violations)} validation error{many} detected: {'; '.join(violations)}"
    return "InvalidParameterException", 400, text


def bodies(client: CognitoSyncClient) -> list[Any]:
    """A list that gets the body of each answer to *client*, nulls and all."""
    seen: list[Any] = []

    def see(response_dict: dict[str, Any], **others: Any) -> None:
        seen.append(json.loads(response_dict["body"]))

    client.meta.events.register("before-parse.cognito-sync", see)
    return seen
