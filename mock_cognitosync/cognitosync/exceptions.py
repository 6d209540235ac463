"""
The refusals of Cognito Sync: one class per fact, under one class per modelled error.

``code`` is the name of the error's shape in botocore's service model, which also gives its HTTP status.
Messages are the service's own words where they are known; ``docs/fidelity.md`` marks those that are ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    """
    A token that is consumed, expired, garbled, or of another identity or dataset.

    ``fault`` says which, in words that do not go over the wire. Source: token-4.
    """

    def __init__(self, fault: str) -> None:
        super().__init__("SyncSessionToken not valid for these inputs")
        self.fault = fault


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
        self.key = key
        self.current = current
        self.sent = sent


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


class UnknownEventType(InvalidParameter):
    """Source: events-2."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Event type {name} is not known")


class ForeignArn(InvalidParameter):
    """An ARN of another account or region. Source: configuration-3."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"{arn} is not of this account and region")


class StreamNotNamed(InvalidParameter):
    """Source: configuration-4."""

    def __init__(self) -> None:
        super().__init__("An enabled stream needs StreamName and RoleArn")


class TriggerFailed(InvalidLambdaFunctionOutput):
    """The function raised, or is not to be had. Source: trigger-5, trigger-7."""

    def __init__(self) -> None:
        super().__init__("The Lambda function returned invalid output or an exception.")


class TriggerThrottled(LambdaThrottled):
    """Source: trigger-6."""

    def __init__(self) -> None:
        super().__init__("The Lambda function was throttled.")


class LambdaSocketTimeout(CognitoSyncError):
    """The function took more than five seconds; not in botocore's model. Source: trigger-4."""

    code = "LambdaSocketTimeoutException"

    def __init__(self) -> None:
        super().__init__("The Lambda function did not answer within 5 seconds.")


class InvalidConfiguration(CognitoSyncError):
    """The pool has no push sync for this platform. Source: devices-3."""

    code = "InvalidConfigurationException"

    def __init__(self, platform: str) -> None:
        super().__init__(f"Push sync is not configured for platform {platform}")


class DeviceNotFound(ResourceNotFound):
    """Source: devices-4."""

    def __init__(self, device_id: str) -> None:
        super().__init__(f"Device '{device_id}' not found.")


class AlreadyStreamed(CognitoSyncError):
    """Source: bulk-5."""

    code = "AlreadyStreamedException"

    def __init__(self) -> None:
        super().__init__("The identity pool was published less than 24 hours ago")


class BulkPublishRunning(CognitoSyncError):
    """Source: bulk-4."""

    code = "DuplicateRequestException"

    def __init__(self) -> None:
        super().__init__("A bulk publish of the identity pool is in progress")


class StreamingDisabled(InvalidParameter):
    """Source: bulk-6."""

    def __init__(self) -> None:
        super().__init__("Streaming is not enabled for the identity pool")


class WrongKindOfCredentials(NotAuthorized):
    """Developer credentials where only an identity's are taken, or the other way round. Source: access-3."""

    def __init__(self) -> None:
        super().__init__("These credentials are not valid for accessing this resource")


class ForeignIdentity(NotAuthorized):
    """An identity's credentials on the path of another. Source: access-6."""

    def __init__(self) -> None:
        super().__init__("mismatch between session identity id and request identity id")


class AccessDenied(CognitoSyncError):
    """A policy does not allow the action on the resource; not in the model. Source: access-4."""

    code = "AccessDeniedException"

    def __init__(self, refusal: str, resource: str) -> None:
        super().__init__(f"{refusal} on resource: {resource}")


class MissingAuthenticationToken(CognitoSyncError):
    """The request is not signed; not in the model. Source: access-2."""

    code = "MissingAuthenticationTokenException"

    def __init__(self) -> None:
        super().__init__("Missing Authentication Token")


class UnrecognizedClient(CognitoSyncError):
    """Nobody has this access key; not in the model. Source: access-2."""

    code = "UnrecognizedClientException"

    def __init__(self) -> None:
        super().__init__("The security token included in the request is invalid.")


class InvalidSignature(CognitoSyncError):
    """The signature is not that of the key; not in the model. Source: access-2."""

    code = "InvalidSignatureException"

    def __init__(self) -> None:
        super().__init__(
            "The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
        )


def not_in_region(region_name: str, regions: Iterable[str]) -> str:
    """The sentence for a region without the service: clients there cannot connect, so no refusal can say it."""
    return f'Cognito Sync is not in the region "{region_name}"; it is in {", ".join(sorted(regions))}'
