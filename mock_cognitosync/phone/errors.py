"""The reasons why a phone is not synchronized."""

from __future__ import annotations


class NotSynchronized(Exception):
    """A synchronization ended early. The edits on the phone are kept."""


class PhoneOffline(NotSynchronized):
    """The phone is offline and sent nothing."""


class SynchronizationCancelled(NotSynchronized):
    """A callback cancelled the synchronization."""


class RetriesExhausted(NotSynchronized):
    """The service refused the changes, or reported merged datasets, at each attempt."""
