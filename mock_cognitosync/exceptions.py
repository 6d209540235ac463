"""
The exceptions that a test can meet.

Devices raise the refusals of the service as classes below :class:`CognitoSyncError`; clients of boto3 raise
``ClientError`` as on AWS.
"""

from __future__ import annotations

from .cognitosync.exceptions import (
    CognitoSyncError,
    ConstraintViolations,
    DatasetNotFound,
    DatasetTooLarge,
    IdentityPoolNotFound,
    LambdaSocketTimeout,
    LimitExceeded,
    StaleSyncCount,
    TooManyDatasets,
    TooManyRecords,
    TriggerFailed,
    TriggerThrottled,
)
from .control.interventions import NeverApplied
from .control.snapshot import SnapshotRefused
from .patches import RealRequestRefused

__all__ = [
    "CognitoSyncError",
    "ConstraintViolations",
    "DatasetNotFound",
    "DatasetTooLarge",
    "IdentityPoolNotFound",
    "LambdaSocketTimeout",
    "LimitExceeded",
    "NeverApplied",
    "RealRequestRefused",
    "SnapshotRefused",
    "StaleSyncCount",
    "TooManyDatasets",
    "TooManyRecords",
    "TriggerFailed",
    "TriggerThrottled",
]
