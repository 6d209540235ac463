"""
The helpers that the tests share: a driver for one dataset, patches, and answers and refusals as plain values.

Most tests need only the fixture ``profile``, a `DatasetDriver` for a dataset of a new identity::

    def test_an_update_raises_the_count(profile):
        assert profile.write(replace("theme", "dark")) == [("theme", "dark", 1)]
        assert profile.refused_update(replace("theme")) == conflict("theme", current=1, sent=0)
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from mock_cognitosync.cognitosync.wire import service_model

if TYPE_CHECKING:
    from mypy_boto3_cognito_sync import CognitoSyncClient
    from mypy_boto3_cognito_sync.type_defs import DatasetTypeDef

    from mock_cognitosync import CognitoSync, DatasetState
    from mock_cognitosync.control.device import Device

MODEL = service_model.read()
"""The model of the service: botocore's, or the package's own if botocore has none."""
needs_botocores_model = pytest.mark.skipif(
    not service_model.botocore_has_model(),
    reason="botocore has dropped the service, and no variable is set",
)
ACCOUNT = "123456789012"
NOON = datetime(2024, 6, 1, 12, tzinfo=timezone.utc)
TOKEN_REFUSED = ("InvalidParameterException", 400, "SyncSessionToken not valid for these inputs")
PAGE_REFUSED = ("InvalidParameterException", 400, "NextToken is not valid for this operation")

Parameters = dict[str, Any]
Refusal = tuple[str, int, str]
"""Error code, HTTP status and message."""
Counted = tuple[str, str | None, int]
"""A record as its key, its value (None for a tombstone) and its sync count."""


@dataclasses.dataclass(frozen=True)
class DatasetDriver:
    """
    One dataset, and the client that reads and writes it.

    Attributes:
        sync: the handle of the mock.
        client: the client that the methods use.
    """

    sync: CognitoSync
    client: CognitoSyncClient
    identity_pool_id: str
    identity_id: str
    dataset_name: str = "profile"

    @classmethod
    def of_new_identity(cls, sync: CognitoSync, client: CognitoSyncClient, name: str = "profile") -> DatasetDriver:
        """A driver for a dataset of a new identity in a new pool; the dataset does not exist yet."""
        pool = sync.new_pool()
        return cls(sync, client, pool, sync.new_identity(pool), name)

    @property
    def parameters(self) -> Parameters:
        """The parameters of a request that name the dataset."""
        return {**self.identity, "DatasetName": self.dataset_name}

    @property
    def identity(self) -> Parameters:
        """The parameters of a request that name the dataset's identity."""
        return {**self.pool, "IdentityId": self.identity_id}

    @property
    def pool(self) -> Parameters:
        """The parameters of a request that name the dataset's identity pool."""
        return {"IdentityPoolId": self.identity_pool_id}

    @property
    def key(self) -> tuple[str, str, str]:
        """The dataset as the handle's methods take it: identity pool id, identity id and name."""
        return self.identity_pool_id, self.identity_id, self.dataset_name

    def named(self, dataset_name: str) -> DatasetDriver:
        """A driver for another dataset of the same identity."""
        return dataclasses.replace(self, dataset_name=dataset_name)

    def of_another_identity(self) -> DatasetDriver:
        """A driver for the dataset of this name of a new identity in the same pool."""
        return dataclasses.replace(self, identity_id=self.sync.new_identity(self.identity_pool_id))

    def through(self, client: CognitoSyncClient) -> DatasetDriver:
        """A driver for the same dataset that uses *client*."""
        return dataclasses.replace(self, client=client)

    def device(self) -> Device:
        """Another device of the dataset's identity."""
        return self.sync.device(self.identity_pool_id, self.identity_id)

    def token(self) -> str:
        """A fresh sync session token."""
        return self.client.list_records(**self.parameters)["SyncSessionToken"]

    def list_records(self, **others: Any) -> dict[str, Any]:
        """Call ListRecords; return the members of the answer."""
        return answer(self.client.list_records(**self.parameters, **others))

    def describe(self) -> DatasetTypeDef:
        """Call DescribeDataset; return the dataset of the answer."""
        return self.client.describe_dataset(**self.parameters)["Dataset"]

    def delete(self) -> DatasetTypeDef:
        """Call DeleteDataset; return the dataset of the answer."""
        return self.client.delete_dataset(**self.parameters)["Dataset"]

    def dataset_names(self) -> list[str]:
        """Call ListDatasets; return the names of the identity's datasets."""
        return [dataset["DatasetName"] for dataset in self.client.list_datasets(**self.identity)["Datasets"]]

    def update(self, *patches: Any, token: str | None = None, **others: Any) -> list[Any]:
        """Call UpdateRecords, with a fresh token unless one is given; return the answer's records."""
        token = self.token() if token is None else token
        parameters = {**self.parameters, "SyncSessionToken": token, "RecordPatches": patches, **others}
        return self.client.update_records(**parameters)["Records"]

    def write(self, *patches: Any, token: str | None = None, **others: Any) -> list[Counted]:
        """Call UpdateRecords as `update` does; return the answer's records as key, value and count."""
        return counted(self.update(*patches, token=token, **others))

    def refused_update(self, *patches: Any, token: str | None = None, **others: Any) -> Refusal:
        """Call UpdateRecords as `update` does; it must be refused."""
        token = self.token() if token is None else token
        parameters = {**self.parameters, "SyncSessionToken": token, "RecordPatches": patches, **others}
        return refusal(self.client.update_records, **parameters)

    def fill(self, *keys: str) -> None:
        """Write each of *keys* in an update of its own: in a new dataset the first has count 1, the second 2."""
        for key in keys:
            self.update(replace(key))

    def listed(self, **others: Any) -> dict[str, Any]:
        """Call ListRecords; return its answer without the token and with the records as key, value and count."""
        members = self.list_records(**others)
        del members["SyncSessionToken"]
        return {**members, "Records": counted(members["Records"])}

    def refused_listing(self, **others: Any) -> Refusal:
        """Call ListRecords; it must be refused."""
        return refusal(self.client.list_records, **self.parameters, **others)

    def records(self) -> dict[str, str]:
        """The values of the dataset's live records by key, as the handle shows them."""
        return self.sync.records(*self.key)

    def state(self) -> DatasetState:
        """The dataset as the handle shows it."""
        return self.sync.dataset(*self.key)


def replace(key: str, value: str = "v", sync_count: int = 0, **others: Any) -> dict[str, Any]:
    """A patch that writes a record."""
    return {"Op": "replace", "Key": key, "Value": value, "SyncCount": sync_count, **others}


def remove(key: str, sync_count: int = 0, **others: Any) -> dict[str, Any]:
    """A patch that removes a record."""
    return {"Op": "remove", "Key": key, "SyncCount": sync_count, **others}


def answer(response: Mapping[str, Any]) -> dict[str, Any]:
    """The members of an answer, without boto3's metadata."""
    return {name: value for name, value in response.items() if name != "ResponseMetadata"}


def counted(records: Iterable[Any]) -> list[Counted]:
    """Records of an answer as key, value (None for a tombstone) and count."""
    return [(record["Key"], record.get("Value"), record["SyncCount"]) for record in records]


def refusal(call: Callable[..., Any], /, *arguments: Any, **parameters: Any) -> Refusal:
    """The error code, HTTP status and message of a call that must be refused."""
    with pytest.raises(ClientError) as caught:
        call(*arguments, **parameters)
    return refusal_of(caught.value)


def refusal_of(error: ClientError) -> Refusal:
    """The error code, HTTP status and message of boto3's exception."""
    response = error.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Message"]


def conflict(key: str, *, current: int, sent: int) -> Refusal:
    """The refusal of a patch whose sync count is not the record's."""
    return "ResourceConflictException", 409, f"Current SyncCount for: {key} is: {current} not: {sent}"


def broken(*violations: str) -> Refusal:
    """The refusal of a request that violates constraints."""
    plural = "" if len(violations) == 1 else "s"
    text = f"{len(violations)} validation error{plural} detected: {'; '.join(violations)}"
    return "ValidationException", 400, text


def description(error: str) -> str:
    """What the model says about the error, without markup: the default message of an injected one."""
    [text] = [shape.documentation for shape in MODEL.error_shapes if shape.name == error]
    return re.sub("<[^>]*>", "", text)


def response_bodies(client: CognitoSyncClient) -> list[Any]:
    """A list that receives the parsed body of each later answer to *client*, with its explicit nulls."""
    seen: list[Any] = []

    def see(response_dict: dict[str, Any], **others: Any) -> None:
        seen.append(json.loads(response_dict["body"]))

    client.meta.events.register("response-received.cognito-sync", see)
    return seen


def create_pool(**client_options: Any) -> str:
    """The id of a pool that cognito-identity creates; *client_options* name another region or other credentials."""
    client = boto3.client("cognito-identity", **client_options)
    created = client.create_identity_pool(IdentityPoolName="pool", AllowUnauthenticatedIdentities=True)
    return str(created["IdentityPoolId"])


def delete_pool(pool: str) -> None:
    """Delete a pool that cognito-identity created; moto 5.0.28 does not implement DeleteIdentityPool yet."""
    from moto.cognitoidentity.models import cognitoidentity_backends

    region = pool.partition(":")[0]
    backend = cognitoidentity_backends[ACCOUNT][region]
    if hasattr(backend, "delete_identity_pool"):
        boto3.client("cognito-identity", region_name=region).delete_identity_pool(IdentityPoolId=pool)
    else:
        del backend.identity_pools[pool]


def pool_not_found(pool: str) -> Refusal:
    """The refusal of a request for a pool that does not exist."""
    return "ResourceNotFoundException", 404, f"IdentityPool '{pool}' not found."


def assume_role(account: str, role: str = "visitor", session: str = "visit") -> dict[str, str]:
    """Credentials of a role in *account*, as options of ``boto3.client``."""
    arn = f"arn:aws:iam::{account}:role/{role}"
    credentials = boto3.client("sts").assume_role(RoleArn=arn, RoleSessionName=session)["Credentials"]
    return {
        "aws_access_key_id": credentials["AccessKeyId"],
        "aws_secret_access_key": credentials["SecretAccessKey"],
        "aws_session_token": credentials["SessionToken"],
    }
