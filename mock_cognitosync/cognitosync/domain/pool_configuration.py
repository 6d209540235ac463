"""What is set for an identity pool: its events, its push sync and its stream."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from ..exceptions import ForeignArn, StreamNotNamed, UnknownEventType
from .caller import AccountRegion

SYNC_TRIGGER = "SyncTrigger"

# Takes the event of a sync trigger and returns it, changed or not.
TriggerFunction = Callable[[dict[str, Any]], Any]


@dataclass(slots=True)
class PushSync:
    """SNS applications through which devices are told of changes."""

    application_arns: list[str]
    role_arn: str | None


@dataclass(slots=True)
class CognitoStreams:
    """The Kinesis stream that gets each change; nothing is sent while it is ``DISABLED``."""

    stream_name: str | None
    role_arn: str | None
    streaming_status: Literal["ENABLED", "DISABLED"] | None

    @property
    def name(self) -> str:
        """The stream's name, which an enabled one has."""
        return self.stream_name or ""

    @property
    def is_enabled(self) -> bool:
        """Whether changes are sent."""
        return self.streaming_status == "ENABLED"


@dataclass(slots=True)
class PoolConfiguration:
    """
    The configuration of one identity pool.

    Attributes:
        events: event type to the ARN of the function that it calls. Source: events-1.
        trigger: a Python callable that a test sets in place of a function. Source: trigger-1.
    """

    events: dict[str, str] = field(default_factory=dict)
    push_sync: PushSync | None = None
    streams: CognitoStreams | None = None
    trigger: TriggerFunction | None = None

    def set_events(self, events: dict[str, str]) -> None:
        """
        Set the function of each event type named; an empty value removes it.

        Raises:
            UnknownEventType: there is only ``SyncTrigger``.

        Source: events-1, events-2, events-4.
        """
        for name in events:
            if name != SYNC_TRIGGER:
                raise UnknownEventType(name)
        self.events = {name: arn for name, arn in (self.events | events).items() if arn}


def check_push_sync(push_sync: PushSync, account_region: AccountRegion) -> None:
    """
    Check that applications and role belong to the pool's account, and the applications to its region.

    Raises:
        ForeignArn

    Source: configuration-3, configuration-6.
    """
    for arn in push_sync.application_arns:
        if arn.split(":")[3:5] != [account_region.region_name, account_region.account_id]:
            raise ForeignArn(arn)
    _check_role(push_sync.role_arn, account_region)


def check_streams(streams: CognitoStreams, account_region: AccountRegion) -> None:
    """
    Check that an enabled stream is named, and that the role belongs to the pool's account.

    Raises:
        StreamNotNamed, ForeignArn

    Source: configuration-3, configuration-4.
    """
    if streams.is_enabled and not (streams.stream_name and streams.role_arn):
        raise StreamNotNamed
    _check_role(streams.role_arn, account_region)


def _check_role(role_arn: str | None, account_region: AccountRegion) -> None:
    if role_arn is not None and role_arn.split(":")[4] != account_region.account_id:
        raise ForeignArn(role_arn)
