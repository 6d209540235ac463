"""
A phone: a device with a store of its own, which synchronizes like the archived official clients of Cognito Sync.

It calls the service through a boto3 client, and imports nothing else of this package: it works in a mock, at a server
and at any other endpoint. ``docs/how-to/phones.md`` describes the algorithm and the differences between the clients.
"""

from __future__ import annotations

from .errors import NotSynchronized, PhoneOffline, RetriesExhausted, SynchronizationCancelled
from .phone import MAX_RETRIES, Phone
from .records import Conflict, Resolve, StoredRecord, keep_local, keep_remote, last_writer_wins, merge_values

__all__ = [
    "MAX_RETRIES",
    "Conflict",
    "NotSynchronized",
    "Phone",
    "PhoneOffline",
    "Resolve",
    "RetriesExhausted",
    "StoredRecord",
    "SynchronizationCancelled",
    "keep_local",
    "keep_remote",
    "last_writer_wins",
    "merge_values",
]
