"""Why a phone is not synchronized."""

from __future__ import annotations


class NotSynchronized(Exception):
    """A synchronization ended early. What was edited on the phone is still there."""


class PhoneOffline(NotSynchronized):
    """The phone is offline and sent nothing."""


class SynchronizationCancelled(NotSynchronized):
    """A callback refused to go on."""


class RetriesExhausted(NotSynchronized):
    """The service refused the changes, or reported merged datasets, at each attempt."""
