"""
The exceptions that a test can meet.

Devices raise the refusals of the service as subclasses of :class:`CognitoSyncError`; clients of boto3 raise
``ClientError`` as on AWS. Phones raise subclasses of :class:`NotSynchronized`, and the errors of their client.
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
from .control.http_client import ServerUnusable
from .control.interventions import NeverApplied
from .control.snapshot import SnapshotRefused
from .patches import RealRequestRefused
from .phone import NotSynchronized, PhoneOffline, RetriesExhausted, SynchronizationCancelled

__all__ = [
    "CognitoSyncError",
    "ConstraintViolations",
    "DatasetNotFound",
    "DatasetTooLarge",
    "IdentityPoolNotFound",
    "LambdaSocketTimeout",
    "LimitExceeded",
    "NeverApplied",
    "NotSynchronized",
    "PhoneOffline",
    "RealRequestRefused",
    "RetriesExhausted",
    "ServerUnusable",
    "SnapshotRefused",
    "StaleSyncCount",
    "SynchronizationCancelled",
    "TooManyDatasets",
    "TooManyRecords",
    "TriggerFailed",
    "TriggerThrottled",
]
