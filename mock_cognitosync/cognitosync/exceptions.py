"""
The refusals of Cognito Sync: one class for each cause, derived from one class for each modelled error.

``code`` is the name of the error's shape in botocore's service model, which also gives its HTTP status, unless
:data:`UNMODELLED_STATUSES` does. ``rule`` is the row of ``docs/fidelity.md`` that the refusal follows.
Messages are the service's own words if they are known; ``docs/fidelity.md`` marks those that are ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

# Codes that the service model does not declare, with their HTTP status. Source: wire-10.
UNMODELLED_STATUSES = {
    "AccessDeniedException": 403,
    "ExpiredTokenException": 403,
    "InternalFailure": 500,
    "InvalidSignatureException": 403,
    "LambdaSocketTimeoutException": 400,
    "MissingAuthenticationTokenException": 403,
    "RequestExpired": 400,
    "SerializationException": 400,
    "ServiceUnavailable": 503,
    "ThrottlingException": 400,
    "UnrecognizedClientException": 403,
    "ValidationException": 400,
}


class CognitoSyncError(Exception):
    """
    A call that the service refuses.

    Attributes:
        code: the class of the error on the wire.
        rule: the id of the rule that the refusal follows.
        message_member: the member of the answer that carries the message.
    """

    code: ClassVar[str]
    rule: ClassVar[str] = ""
    message_member: ClassVar[str] = "message"

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


class MalformedRequest(CognitoSyncError):
    """The request is not JSON, or a value has another type than the model's. Not in the model. Source: wire-7."""

    code = "SerializationException"
    rule = "wire-7"


class ConstraintViolations(CognitoSyncError):
    """
    All values of a request that violate a constraint of the model. The model lacks this error. Source: wire-6.

    Args:
        texts: the first violations, as the service words them.
        number: the number of all violations.
    """

    code = "ValidationException"
    rule = "wire-6"

    def __init__(self, texts: Sequence[str], number: int) -> None:
        plural = "" if number == 1 else "s"
        super().__init__(f"{number} validation error{plural} detected: {'; '.join(texts)}")


class InvalidSyncSessionToken(InvalidParameter):
    """
    A token that is consumed, expired, garbled, or belongs to another identity or dataset. Source: token-4.

    ``fault`` says which of these, in words that the client does not see.
    """

    rule = "token-4"

    def __init__(self, fault: str) -> None:
        super().__init__("SyncSessionToken not valid for these inputs")
        self.fault = fault


class NoSuchSyncCount(InvalidParameter):
    """``LastSyncCount`` is above the dataset's counter. Source: list-5."""

    rule = "list-5"

    def __init__(self, last_sync_count: int) -> None:
        super().__init__(f"No such SyncCount: {last_sync_count} exists for this Dataset")


class NegativeLastSyncCount(InvalidParameter):
    """``LastSyncCount`` is below 0. Source: list-7."""

    rule = "list-7"

    def __init__(self, last_sync_count: int) -> None:
        super().__init__(f"LastSyncCount must not be negative: {last_sync_count}")


class InvalidMaxResults(InvalidParameter):
    """``MaxResults`` is below 1. Source: paging-1."""

    rule = "paging-1"

    def __init__(self, max_results: int) -> None:
        super().__init__(f"MaxResults must be at least 1: {max_results}")


class InvalidNextToken(InvalidParameter):
    """A paging token that this operation did not issue. Source: paging-3."""

    rule = "paging-3"

    def __init__(self) -> None:
        super().__init__("NextToken is not valid for this operation")


class DuplicateKey(InvalidParameter):
    """Two patches of one call have the same key. Source: update-5."""

    rule = "update-5"

    def __init__(self, key: str) -> None:
        super().__init__(f"Key {key} is in more than one RecordPatch")


class ReplaceWithoutValue(InvalidParameter):
    """A ``replace`` without a value. Source: update-6."""

    rule = "update-6"

    def __init__(self, key: str) -> None:
        super().__init__(f"RecordPatch for key {key} replaces without a Value")


class NegativeSyncCount(InvalidParameter):
    """A patch whose ``SyncCount`` is below 0. Source: counts-6."""

    rule = "counts-6"

    def __init__(self, key: str, sent: int) -> None:
        super().__init__(f"SyncCount of RecordPatch for key {key} must not be negative: {sent}")


class IdentityPoolNotFound(ResourceNotFound):
    """The account and region have no such pool. Source: pools-1."""

    rule = "pools-1"

    def __init__(self, identity_pool_id: str) -> None:
        super().__init__(f"IdentityPool '{identity_pool_id}' not found.")


class DatasetNotFound(ResourceNotFound):
    """The identity has no such dataset. Source: datasets-2."""

    rule = "datasets-2"

    def __init__(self, dataset_name: str) -> None:
        super().__init__(f"Dataset '{dataset_name}' not found.")


class UnknownOperation(ResourceNotFound):
    """No operation has this method and path. Source: wire-8."""

    rule = "wire-8"

    def __init__(self, method: str, path: str) -> None:
        super().__init__(f"No operation answers {method} {path}")


class StaleSyncCount(ResourceConflict):
    """A patch whose ``SyncCount`` is below the record's current one. Source: counts-3."""

    rule = "counts-3"

    def __init__(self, key: str, current: int, sent: int) -> None:
        super().__init__(f"Current SyncCount for: {key} is: {current} not: {sent}")
        self.key = key
        self.current = current
        self.sent = sent


class SyncCountAhead(StaleSyncCount):
    """With ``strict_sync_counts``: a patch whose ``SyncCount`` is above the record's current one. Source: counts-5."""

    rule = "counts-5"


class TooManyDatasets(LimitExceeded):
    """The identity would have too many datasets. Source: limits-1."""

    rule = "limits-1"

    def __init__(self, limit: int) -> None:
        super().__init__(f"An identity can have at most {limit} datasets")


class TooManyRecords(LimitExceeded):
    """The dataset would have too many records. Source: limits-2."""

    rule = "limits-2"

    def __init__(self, limit: int) -> None:
        super().__init__(f"A dataset can have at most {limit} records")


class DatasetTooLarge(LimitExceeded):
    """The dataset would have too many bytes. Source: limits-3."""

    rule = "limits-3"

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"A dataset can hold at most {limit_bytes} bytes")


class UnknownEventType(InvalidParameter):
    """An event type other than ``SyncTrigger``. Source: events-2."""

    rule = "events-2"

    def __init__(self, name: str) -> None:
        super().__init__(f"Event type {name} is not known")


class ForeignArn(InvalidParameter):
    """An ARN of another account or region. Source: configuration-3."""

    rule = "configuration-3"

    def __init__(self, arn: str) -> None:
        super().__init__(f"{arn} is not of this account and region")


class StreamNotNamed(InvalidParameter):
    """An enabled stream without its name or role. Source: configuration-4."""

    rule = "configuration-4"

    def __init__(self) -> None:
        super().__init__("An enabled stream needs StreamName and RoleArn")


class TriggerFailed(CognitoSyncError):
    """The function raised, answered badly, does not exist, or may not be invoked. Source: trigger-5, trigger-7."""

    code = "InvalidLambdaFunctionOutputException"
    rule = "trigger-5"

    def __init__(self) -> None:
        super().__init__("The Lambda function returned invalid output or an exception.")


class TriggerThrottled(CognitoSyncError):
    """The function has no concurrency left. Source: trigger-6."""

    code = "LambdaThrottledException"
    rule = "trigger-6"

    def __init__(self) -> None:
        super().__init__("The Lambda function was throttled.")


class LambdaSocketTimeout(CognitoSyncError):
    """The function took more than five seconds. Not in botocore's model. Source: trigger-4."""

    code = "LambdaSocketTimeoutException"
    rule = "trigger-4"

    def __init__(self) -> None:
        super().__init__("The Lambda function did not answer within 5 seconds.")


class InvalidConfiguration(CognitoSyncError):
    """The pool has no push sync for this platform. Source: devices-3."""

    code = "InvalidConfigurationException"
    rule = "devices-3"

    def __init__(self, platform: str) -> None:
        super().__init__(f"Push sync is not configured for platform {platform}")


class DeviceNotFound(ResourceNotFound):
    """The identity has no such registered device. Source: devices-4."""

    rule = "devices-4"

    def __init__(self, device_id: str) -> None:
        super().__init__(f"Device '{device_id}' not found.")


class AlreadyStreamed(CognitoSyncError):
    """A bulk publish succeeded less than 24 hours ago. Source: bulk-5."""

    code = "AlreadyStreamedException"
    rule = "bulk-5"

    def __init__(self) -> None:
        super().__init__("The identity pool was published less than 24 hours ago")


class BulkPublishRunning(CognitoSyncError):
    """A bulk publish is in progress. Source: bulk-4."""

    code = "DuplicateRequestException"
    rule = "bulk-4"

    def __init__(self) -> None:
        super().__init__("A bulk publish of the identity pool is in progress")


class StreamingDisabled(InvalidParameter):
    """The pool has no enabled stream. Source: bulk-6."""

    rule = "bulk-6"

    def __init__(self) -> None:
        super().__init__("Streaming is not enabled for the identity pool")


class WrongKindOfCredentials(NotAuthorized):
    """Developer credentials for an operation of identities, or vice versa. Source: access-3."""

    rule = "access-3"

    def __init__(self) -> None:
        super().__init__("These credentials are not valid for accessing this resource")


class ForeignIdentity(NotAuthorized):
    """An identity's credentials in a request for another identity. Source: access-6."""

    rule = "access-6"

    def __init__(self) -> None:
        super().__init__("mismatch between session identity id and request identity id")


class AccessDenied(CognitoSyncError):
    """A policy does not allow the action on the resource. Not in the model. Source: access-4."""

    code = "AccessDeniedException"
    rule = "access-4"
    message_member = "Message"

    def __init__(self, refusal: str, resource: str) -> None:
        super().__init__(f"{refusal} on resource: {resource}")


class MissingAuthenticationToken(CognitoSyncError):
    """The request is not signed. Not in the model. Source: access-2."""

    code = "MissingAuthenticationTokenException"
    rule = "access-2"

    def __init__(self) -> None:
        super().__init__("Missing Authentication Token")


class UnrecognizedClient(CognitoSyncError):
    """The access key does not exist. Not in the model. Source: access-2."""

    code = "UnrecognizedClientException"
    rule = "access-2"

    def __init__(self) -> None:
        super().__init__("The security token included in the request is invalid.")


class InvalidSignature(CognitoSyncError):
    """The signature does not match the key. Not in the model. Source: access-2."""

    code = "InvalidSignatureException"
    rule = "access-2"

    def __init__(self) -> None:
        super().__init__(
            "The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
        )


class InvalidRegion(CognitoSyncError):
    """The request asks a server for a region without Cognito Sync. Not in the model. Source: regions-2."""

    code = "InvalidSignatureException"
    rule = "regions-2"

    def __init__(self, region_name: str) -> None:
        super().__init__(f"Credential should be scoped to a valid region, not '{region_name}'.")


def not_in_region(region_name: str, regions: Iterable[str]) -> str:
    """Return the message for a region without the service. It is no refusal, because clients cannot connect there."""
    return f'Cognito Sync is not in the region "{region_name}"; it is in {", ".join(sorted(regions))}'
