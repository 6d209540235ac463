"""A dataset at the service, as a phone reads and writes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from .records import StoredRecord

if TYPE_CHECKING:
    from mypy_boto3_cognito_sync import CognitoSyncClient

_PAGE_SIZE = 1024
_NO_DATE = datetime.fromtimestamp(0, timezone.utc)


class RemoteConflict(Exception):
    """The service refuses an update, because another device has written one of the records."""


@dataclass(frozen=True, slots=True)
class Listing:
    """
    What changed since a sync count. All members but the records are those of the last page.

    Attributes:
        is_deleted: whether the dataset was deleted since then, even if it exists again.
        merged: the names of datasets that a merge of identities added to this one.
        token: the sync session token.
    """

    records: list[StoredRecord]
    sync_count: int
    exists: bool
    is_deleted: bool
    merged: list[str]
    token: str


@dataclass(frozen=True, slots=True)
class RemoteDataset:
    """
    One dataset of a user at the service.

    Attributes:
        client: sends the calls.
    """

    client: CognitoSyncClient
    identity_pool_id: str
    identity_id: str
    name: str

    def list_since(self, sync_count: int) -> Listing:
        """List the records that changed after *sync_count*, page by page."""
        parameters: dict[str, Any] = {**self._names, "LastSyncCount": sync_count, "MaxResults": _PAGE_SIZE}
        records: list[StoredRecord] = []
        while True:
            page = self.client.list_records(**parameters)
            records.extend(_record(record) for record in page["Records"])
            if not page.get("NextToken"):
                break
            parameters["NextToken"] = page["NextToken"]
        return Listing(
            records,
            page["DatasetSyncCount"],
            page["DatasetExists"],
            page["DatasetDeletedAfterRequestedSyncCount"],
            page.get("MergedDatasetNames") or [],
            page["SyncSessionToken"],
        )

    def update(self, records: Iterable[StoredRecord], token: str, device_id: str | None) -> list[StoredRecord]:
        """
        Write or remove *records*, and return those of the answer.

        Raises:
            RemoteConflict: one of them has another sync count at the service.
        """
        parameters: dict[str, Any] = {**self._names, "SyncSessionToken": token}
        if device_id is not None:
            parameters["DeviceId"] = device_id
        try:
            answer = self.client.update_records(**parameters, RecordPatches=[_patch(record) for record in records])
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceConflictException":
                raise RemoteConflict from error
            raise
        return [_record(record) for record in answer["Records"]]

    def delete(self) -> None:
        """Delete the dataset, unless it does not exist: it was never written, or another device was faster."""
        try:
            self.client.delete_dataset(**self._names)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise

    @property
    def _names(self) -> Any:
        return {
            "IdentityPoolId": self.identity_pool_id,
            "IdentityId": self.identity_id,
            "DatasetName": self.name,
        }


def _record(answered: Mapping[str, Any]) -> StoredRecord:
    date = answered.get("LastModifiedDate")
    return StoredRecord(
        key=answered["Key"],
        value=answered.get("Value"),
        sync_count=answered["SyncCount"],
        is_modified=False,
        device_last_modified_date=answered.get("DeviceLastModifiedDate") or date or _NO_DATE,
        last_modified_date=date,
        last_modified_by=answered.get("LastModifiedBy"),
    )


def _patch(record: StoredRecord) -> Any:
    patch = {
        "Op": "remove" if record.value is None else "replace",
        "Key": record.key,
        "SyncCount": record.sync_count,
        "DeviceLastModifiedDate": record.device_last_modified_date,
    }
    return patch if record.value is None else {**patch, "Value": record.value}
