"""A bulk publish of an identity pool: all its datasets to its stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..exceptions import AlreadyStreamed, BulkPublishRunning

DAY_MS = 24 * 60 * 60 * 1000


@dataclass(slots=True)
class BulkPublish:
    """
    The last bulk publish of a pool. Dates are milliseconds since the epoch.

    Attributes:
        completed_ms: None unless it has SUCCEEDED.
        failure_message: None unless it has FAILED.

    Source: bulk-2.
    """

    started_ms: int
    status: Literal["IN_PROGRESS", "SUCCEEDED", "FAILED"] = "IN_PROGRESS"
    completed_ms: int | None = None
    failure_message: str | None = None

    def succeed(self, completed_ms: int) -> None:
        """Complete the bulk publish."""
        self.status = "SUCCEEDED"
        self.completed_ms = completed_ms

    def fail(self, message: str) -> None:
        """End the bulk publish with *message*. Source: bulk-6."""
        self.status = "FAILED"
        self.failure_message = message

    def require_next(self, now_ms: int) -> None:
        """
        Check that another bulk publish may start.

        Raises:
            BulkPublishRunning: this one is IN_PROGRESS.
            AlreadyStreamed: this one succeeded less than 24 hours ago.

        Source: bulk-4, bulk-5.
        """
        if self.status == "IN_PROGRESS":
            raise BulkPublishRunning
        if self.completed_ms is not None and now_ms - self.completed_ms < DAY_MS:
            raise AlreadyStreamed
