"""The service under test, as a check calls it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError

from .check import Difference
from .target import Target
from .values import Counted, OwnText, Parameters, Patch, Refusal, counted, replace

# Shown as the expected answer in a difference.
_ANY_DATE = "a date"
_ONE_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Call:
    """A call that a check sent."""

    operation: str
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class OtherText:
    """A message of the service for which the mock has only one of its own."""

    ours: str
    theirs: str


class Service:
    """
    The service during one check.

    Attributes:
        target: gives clients, pools and identities.
        sent: the last call.
        other_texts: messages that differ from the mock's own.
    """

    def __init__(self, target: Target) -> None:
        self.target = target
        self.sent: Call | None = None
        self.other_texts: list[OtherText] = []

    def call(self, operation: str, *, client: Any = None, **parameters: Any) -> dict[str, Any]:
        """
        Call *operation*, named as in the model.

        Args:
            operation: for instance ``ListRecords``.
            client: sends the call; None is the developer's client.
            parameters: the parameters of the operation.

        Returns:
            The members of the answer. boto3 leaves out those that are null.

        Raises:
            ClientError: the service refuses the call.
        """
        self.sent = Call(operation, parameters)
        answer = getattr(client or self.target.sync, xform_name(operation))(**parameters)
        del answer["ResponseMetadata"]
        if operation in ("UpdateRecords", "DeleteDataset"):
            self.target.note_dataset(parameters, is_deleted=operation == "DeleteDataset")
        return answer  # type: ignore[no-any-return]  # boto3 has no types

    def refusal(self, operation: str, **parameters: Any) -> Refusal | dict[str, Any]:
        """The refusal of a call; if the call succeeds, its answer, which no check expects."""
        try:
            return self.call(operation, **parameters)
        except ClientError as error:
            return refusal_of(error)

    def expect(self, got: Any, expected: Any) -> None:
        """
        Compare an answer of the service.

        Raises:
            Difference: *got* is not *expected*. A message may differ if the mock has only a text of its own for it.
        """
        if isinstance(got, Refusal) and isinstance(expected, Refusal) and isinstance(expected.message, OwnText):
            if got.message != expected.message:
                self.other_texts.append(OtherText(expected.message, got.message))
            got, expected = got[:2], expected[:2]
        if got != expected:
            raise Difference(expected, got)

    def expect_date(self, got: Any) -> None:
        """
        Expect any point in time.

        Raises:
            Difference: *got* is none.
        """
        if not isinstance(got, datetime):
            raise Difference(_ANY_DATE, got)

    def expect_date_near(self, got: Any, date: datetime) -> None:
        """
        Expect a point in time less than a second from *date*, because the service may record one change at several
        moments.

        Raises:
            Difference: *got* is no such date.
        """
        self.expect_date(got)
        if abs(got - date) >= _ONE_SECOND:
            raise Difference(date, got)

    def new_dataset(self, name: str = "profile") -> CheckedDataset:
        """A dataset of a new identity; it does not exist yet."""
        pool = self.target.pools.shared()
        return CheckedDataset(self, pool, self.target.pools.new_identity(pool), name)

    def client_of(self, dataset: CheckedDataset) -> Any:
        """
        A client with the credentials of the identity that owns *dataset*.

        Raises:
            NotChecked: the endpoint has no credentials for identities.
        """
        return self.target.identity_client(dataset.identity_id)


@dataclass(frozen=True, slots=True)
class CheckedDataset:
    """
    A dataset of the service under test.

    Attributes:
        service: the service.
        client: sends the calls; None is the developer's client.
    """

    service: Service
    identity_pool_id: str
    identity_id: str
    name: str = "profile"
    client: Any = None

    @property
    def pool(self) -> dict[str, str]:
        """The parameter that names the identity pool."""
        return {"IdentityPoolId": self.identity_pool_id}

    @property
    def identity(self) -> dict[str, str]:
        """The parameters that name the identity."""
        return {**self.pool, "IdentityId": self.identity_id}

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters that name the dataset."""
        return {**self.identity, "DatasetName": self.name}

    def named(self, name: str) -> CheckedDataset:
        """Another dataset of the same identity."""
        return dataclasses.replace(self, name=name)

    def of_another_identity(self) -> CheckedDataset:
        """A dataset of this name of a new identity in the same pool."""
        identity = self.service.target.pools.new_identity(self.identity_pool_id)
        return dataclasses.replace(self, identity_id=identity)

    def through(self, client: Any) -> CheckedDataset:
        """The same dataset, with *client* for its calls."""
        return dataclasses.replace(self, client=client)

    def token(self) -> str:
        """A fresh sync session token."""
        return str(self.list_records()["SyncSessionToken"])

    def list_records(self, **others: Any) -> dict[str, Any]:
        """What ListRecords answers."""
        return self.service.call("ListRecords", client=self.client, **self.parameters, **others)

    def listed(self, **others: Any) -> dict[str, Any]:
        """What ListRecords answers, without its token and with the records as key, value and count."""
        members = self.list_records(**others)
        del members["SyncSessionToken"]
        return {**members, "Records": counted(members["Records"])}

    def keys(self, **others: Any) -> list[str]:
        """The keys that ListRecords answers, in its order."""
        return [record["Key"] for record in self.list_records(**others)["Records"]]

    def sync_count(self) -> int:
        """The dataset's sync count."""
        return int(self.list_records()["DatasetSyncCount"])

    def exists(self) -> bool:
        """Whether ListRecords says that the dataset exists."""
        return bool(self.list_records()["DatasetExists"])

    def described(self) -> dict[str, Any]:
        """The dataset as DescribeDataset answers it."""
        members: dict[str, Any] = self.service.call("DescribeDataset", client=self.client, **self.parameters)["Dataset"]
        return members

    def size(self) -> tuple[int, int]:
        """Number of records and of bytes, as DescribeDataset answers them."""
        described = self.described()
        return described["NumRecords"], described["DataStorage"]

    def dataset_names(self) -> list[str]:
        """The names of the identity's datasets, in the order of ListDatasets."""
        datasets = self.service.call("ListDatasets", client=self.client, **self.identity)["Datasets"]
        return [dataset["DatasetName"] for dataset in datasets]

    def update(self, *patches: Patch, token: str | None = None, **others: Any) -> list[dict[str, Any]]:
        """Call UpdateRecords, with a fresh token unless one is given; return the records of the answer."""
        parameters = {**self._update(patches, token), **others}
        records: list[dict[str, Any]] = self.service.call("UpdateRecords", client=self.client, **parameters)["Records"]
        return records

    def write(self, *patches: Patch, token: str | None = None, **others: Any) -> list[Counted]:
        """Call UpdateRecords as `update` does; return the records of the answer as key, value and count."""
        return counted(self.update(*patches, token=token, **others))

    def fill(self, *keys: str) -> None:
        """Write each of *keys* in an update of its own: in a new dataset the first has count 1, the second 2."""
        for key in keys:
            self.update(replace(key))

    def delete(self) -> dict[str, Any]:
        """Delete the dataset; return what DeleteDataset answers."""
        return self.service.call("DeleteDataset", client=self.client, **self.parameters)

    def refused_update(self, *patches: Patch, token: str | None = None, **others: Any) -> Refusal | dict[str, Any]:
        """Call UpdateRecords as `update` does; return its refusal."""
        parameters = {**self._update(patches, token), **others}
        return self.service.refusal("UpdateRecords", client=self.client, **parameters)

    def refused_listing(self, **others: Any) -> Refusal | dict[str, Any]:
        """The refusal of ListRecords."""
        return self.service.refusal("ListRecords", client=self.client, **self.parameters, **others)

    def _update(self, patches: tuple[Patch, ...], token: str | None) -> dict[str, Any]:
        fresh = self.token() if token is None else token
        return {**self.parameters, "SyncSessionToken": fresh, "RecordPatches": list(patches)}


def refusal_of(error: ClientError) -> Refusal:
    """The refusal that *error* describes."""
    response = error.response
    return Refusal(
        response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Message"]
    )
