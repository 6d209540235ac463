"""
The refusals of Cognito Sync: one class per fact, under one class per modelled error.

``code`` is the name of the error's shape in botocore's service model, which also gives its HTTP status.
Messages are the service's own words where they are known; ``docs/fidelity.md`` marks those that are ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar


class CognitoSyncError(Exception):
    """A call that the service refuses."""

    code: ClassVar[str]

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidParameter(CognitoSyncError):
    code = "InvalidParameterException"


class ResourceNotFound(CognitoSyncError):
    code = "ResourceNotFoundException"


class ResourceConflict(CognitoSyncError):
    code = "ResourceConflictException"


class LimitExceeded(CognitoSyncError):
    code = "LimitExceededException"


class NotAuthorized(CognitoSyncError):
    code = "NotAuthorizedException"


class TooManyRequests(CognitoSyncError):
    code = "TooManyRequestsException"


class InternalError(CognitoSyncError):
    code = "InternalErrorException"


class InvalidLambdaFunctionOutput(CognitoSyncError):
    code = "InvalidLambdaFunctionOutputException"


class LambdaThrottled(CognitoSyncError):
    code = "LambdaThrottledException"


class MalformedRequest(InvalidParameter):
    """The request cannot be read: not JSON, or a value of another type than the model's. Source: wire-7."""


class ConstraintViolations(InvalidParameter):
    """Values that break a constraint of the model, all of one request together. Source: wire-6."""

    def __init__(self, violations: Sequence[str]) -> None:
        many = "" if len(violations) == 1 else "s"
        super().__init__(f"{len(violations)} validation error{many} detected: {'; '.join(violations)}")


class InvalidSyncSessionToken(InvalidParameter):
    """A token that is consumed, expired, garbled, or of another identity or dataset. Source: token-4."""

    def __init__(self) -> None:
        super().__init__("SyncSessionToken not valid for these inputs")


class NoSuchSyncCount(InvalidParameter):
    """``LastSyncCount`` lies above the dataset's counter. Source: list-5."""

    def __init__(self, last_sync_count: int) -> None:
        super().__init__(f"No such SyncCount: {last_sync_count} exists for this Dataset")


class InvalidNextToken(InvalidParameter):
    """A paging token that this operation did not hand out. Source: paging-3."""

    def __init__(self) -> None:
        super().__init__("NextToken is not valid for this operation")


class DuplicateKey(InvalidParameter):
    """Two patches of one call name the same key. Source: update-5."""

    def __init__(self, key: str) -> None:
        super().__init__(f"Key {key} is in more than one RecordPatch")


class ReplaceWithoutValue(InvalidParameter):
    """A ``replace`` that brings no value. Source: update-6."""

    def __init__(self, key: str) -> None:
        super().__init__(f"RecordPatch for key {key} replaces without a Value")


class IdentityPoolNotFound(ResourceNotFound):
    """Source: pools-1."""

    def __init__(self, identity_pool_id: str) -> None:
        super().__init__(f"IdentityPool '{identity_pool_id}' not found.")


class DatasetNotFound(ResourceNotFound):
    """Source: datasets-2."""

    def __init__(self, dataset_name: str) -> None:
        super().__init__(f"Dataset '{dataset_name}' not found.")


class UnknownOperation(ResourceNotFound):
    """No operation has this method and path. Source: wire-8."""

    def __init__(self, method: str, path: str) -> None:
        super().__init__(f"No operation answers {method} {path}")


class StaleSyncCount(ResourceConflict):
    """A patch whose ``SyncCount`` is not the record's current one. Source: counts-3."""

    def __init__(self, key: str, current: int, sent: int) -> None:
        super().__init__(f"Current SyncCount for: {key} is: {current} not: {sent}")


class TooManyDatasets(LimitExceeded):
    """Source: limits-1."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"An identity can have at most {limit} datasets")


class TooManyRecords(LimitExceeded):
    """Source: limits-2."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"A dataset can have at most {limit} records")


class DatasetTooLarge(LimitExceeded):
    """Source: limits-3."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"A dataset can hold at most {limit_bytes} bytes")
