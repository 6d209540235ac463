"""The configuration of an identity pool: its events, its push sync and its stream."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ..exceptions import ForeignArn, StreamNotNamed, UnknownEventType
from .keys import AccountRegion

SYNC_TRIGGER = "SyncTrigger"

# Takes the event of a sync trigger and returns it, changed or not.
TriggerFunction = Callable[[dict[str, Any]], Any]


@dataclass(slots=True, frozen=True)
class PushSync:
    """The SNS platform applications through which devices learn of changes."""

    application_arns: tuple[str, ...]
    role_arn: str | None


@dataclass(slots=True, frozen=True)
class CognitoStreams:
    """The Kinesis stream that receives each change. Nothing is sent while it is ``DISABLED``."""

    stream_name: str | None
    role_arn: str | None
    streaming_status: Literal["ENABLED", "DISABLED"] | None

    @property
    def enabled_stream(self) -> str | None:
        """The name of the stream if changes are sent to it, else None."""
        return self.stream_name if self.streaming_status == "ENABLED" else None


@dataclass(slots=True, frozen=True)
class PoolConfiguration:
    """
    The configuration of one identity pool. A change replaces it.

    Attributes:
        events: event type to the ARN of its function. Source: events-1.
        trigger: a Python callable that a test sets in place of a function. Source: trigger-1.
    """

    events: Mapping[str, str] = field(default_factory=dict)
    push_sync: PushSync | None = None
    streams: CognitoStreams | None = None
    trigger: TriggerFunction | None = None

    def with_events(self, events: Mapping[str, str]) -> PoolConfiguration:
        """
        Return the configuration with the function of each event type in *events*. An empty value removes the function.

        Raises:
            UnknownEventType: an event type is not ``SyncTrigger``.

        Source: events-1, events-2, events-4.
        """
        for name in events:
            if name != SYNC_TRIGGER:
                raise UnknownEventType(name)
        merged = {**self.events, **events}
        return replace(self, events={name: arn for name, arn in merged.items() if arn})

    def with_parts(
        self, push_sync: PushSync | None, streams: CognitoStreams | None, account_region: AccountRegion
    ) -> PoolConfiguration:
        """
        Return the configuration with these parts. None keeps a part; a part without any member clears it.

        Raises:
            ForeignArn: an application or a role belongs to another account, or an application to another region.
            StreamNotNamed: an enabled stream has no name or no role.

        Source: configuration-1, configuration-2, configuration-3, configuration-4.
        """
        configuration = self
        if push_sync is not None:
            _check_push_sync(push_sync, account_region)
            configuration = replace(configuration, push_sync=None if push_sync == PushSync((), None) else push_sync)
        if streams is not None:
            _check_streams(streams, account_region)
            is_empty = streams == CognitoStreams(None, None, None)
            configuration = replace(configuration, streams=None if is_empty else streams)
        return configuration

    def with_disabled_stream(self) -> PoolConfiguration:
        """Return the configuration with its stream DISABLED. Source: streams-4."""
        return replace(self, streams=self.streams and replace(self.streams, streaming_status="DISABLED"))


def _check_push_sync(push_sync: PushSync, account_region: AccountRegion) -> None:
    # Source: configuration-3, configuration-6.
    for arn in push_sync.application_arns:
        if arn.split(":")[3:5] != [account_region.region_name, account_region.account_id]:
            raise ForeignArn(arn)
    _check_role(push_sync.role_arn, account_region)


def _check_streams(streams: CognitoStreams, account_region: AccountRegion) -> None:
    if streams.streaming_status == "ENABLED" and not (streams.stream_name and streams.role_arn):
        raise StreamNotNamed
    _check_role(streams.role_arn, account_region)


def _check_role(role_arn: str | None, account_region: AccountRegion) -> None:
    if role_arn is not None and role_arn.split(":")[4] != account_region.account_id:
        raise ForeignArn(role_arn)
