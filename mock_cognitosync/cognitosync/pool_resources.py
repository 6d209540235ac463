"""What a backend keeps for its identity pools beside datasets: configuration, bulk publishes, devices."""

from __future__ import annotations

from collections.abc import Iterable

from moto.moto_api import state_manager
from moto.moto_api._internal.managed_state_model import ManagedState

from . import ids, settings
from .domain.caller import AccountRegion
from .domain.dataset import Dataset
from .domain.pool_configuration import CognitoStreams, PoolConfiguration, PushSync, check_push_sync, check_streams
from .domain.registered_devices import RegisteredDevice, RegisteredDevices
from .exceptions import AlreadyStreamed, BulkPublishRunning, StreamingDisabled
from .integrations import push_sync as push
from .integrations import streams as stream

DAY_MS = 24 * 60 * 60 * 1000
BULK_PUBLISH_MODEL = "cognitosync::bulk_publish"

state_manager.register_default_transition(BULK_PUBLISH_MODEL, {"progression": "immediate"})


class BulkPublish(ManagedState):
    """
    One bulk publish; moto's ``state_manager`` can hold it IN_PROGRESS. Source: bulk-2, bulk-3.

    Dates are milliseconds since the epoch; ``completed_ms`` is set once it has SUCCEEDED.
    """

    def __init__(self, now_ms: int, failure_message: str | None) -> None:
        super().__init__(BULK_PUBLISH_MODEL, [("IN_PROGRESS", "SUCCEEDED")])
        self.started_ms = now_ms
        self.completed_ms: int | None = None
        self.failure_message = failure_message
        self.last_status = "IN_PROGRESS"
        if failure_message is not None:
            self.status = "FAILED"

    def refresh(self, now_ms: int) -> None:
        """Go on as moto's state manager lets it."""
        self.last_status = str(self.status)
        if self.last_status == "SUCCEEDED" and self.completed_ms is None:
            transition = state_manager.get_transition(BULK_PUBLISH_MODEL)
            # Held for a time, it came to its end then, not when somebody looks.
            self.completed_ms = min(now_ms, self.started_ms + 1000 * transition.get("seconds", DAY_MS))


class PoolResources:
    """The pools of one account and region. Whether a pool exists is asked elsewhere."""

    def __init__(self, account_region: AccountRegion) -> None:
        self._account_region = account_region
        self.configurations: dict[str, PoolConfiguration] = {}
        self._bulk_publishes: dict[str, BulkPublish] = {}
        self.devices_by_identity: dict[tuple[str, str], RegisteredDevices] = {}

    def configuration(self, identity_pool_id: str) -> PoolConfiguration:
        """The pool's configuration, empty at first."""
        return self.configurations.setdefault(identity_pool_id, PoolConfiguration())

    def configure(
        self, identity_pool_id: str, push_sync: PushSync | None, streams: CognitoStreams | None
    ) -> PoolConfiguration:
        """
        Set what is given; None leaves a part as it is, one without any member clears it.

        Raises:
            ForeignArn, StreamNotNamed

        Source: configuration-1, configuration-2, configuration-3, configuration-4.
        """
        if push_sync is not None:
            check_push_sync(push_sync, self._account_region)
        if streams is not None:
            check_streams(streams, self._account_region)
        configuration = self.configuration(identity_pool_id)
        if push_sync is not None:
            configuration.push_sync = None if push_sync == PushSync([], None) else push_sync
        if streams is not None:
            configuration.streams = None if streams == CognitoStreams(None, None, None) else streams
        return configuration

    def restore(self, identity_pool_id: str, configuration: PoolConfiguration) -> None:
        """Take *configuration* for the pool's."""
        self.configurations[identity_pool_id] = configuration

    def forget(self, identity_pool_id: str) -> None:
        """Drop the configuration of a pool that is deleted."""
        self.configurations.pop(identity_pool_id, None)

    def bulk_publish(self, identity_pool_id: str, datasets: Iterable[Dataset]) -> None:
        """
        Send all *datasets* to the pool's stream, one record each.

        Raises:
            StreamingDisabled: no stream is set, or it is DISABLED.
            BulkPublishRunning: one is IN_PROGRESS.
            AlreadyStreamed: one succeeded less than 24 hours ago.

        Source: bulk-1, bulk-2, bulk-4, bulk-5, bulk-6.
        """
        streams = self.configuration(identity_pool_id).streams
        if streams is None or not streams.is_enabled:
            raise StreamingDisabled
        now_ms = settings.now_ms()
        last = self._bulk_publishes.get(identity_pool_id)
        if last is not None:
            last.refresh(now_ms)
            if last.last_status == "IN_PROGRESS":
                raise BulkPublishRunning
            if last.completed_ms is not None and now_ms - last.completed_ms < DAY_MS:
                raise AlreadyStreamed
        failure = None
        if stream.exists(streams.name, self._account_region):
            for dataset in datasets:
                live = [record for record in dataset.records_after(0) if not record.is_removed]
                text = stream.record_of(dataset.event("replace", live))
                stream.put(streams.name, dataset.identity_id, text, self._account_region)
        else:
            streams.streaming_status = "DISABLED"
            failure = f"Stream {streams.name} does not exist"
        publish = self._bulk_publishes[identity_pool_id] = BulkPublish(now_ms, failure)
        publish.refresh(now_ms)

    def bulk_publish_status(self, identity_pool_id: str) -> BulkPublish | None:
        """The pool's last bulk publish, one look further on its way. Source: bulk-3."""
        publish = self._bulk_publishes.get(identity_pool_id)
        if publish is not None:
            publish.advance()
            publish.refresh(settings.now_ms())
        return publish

    def devices(self, identity_pool_id: str, identity_id: str) -> RegisteredDevices:
        """The devices of the identity."""
        return self.devices_by_identity.setdefault((identity_pool_id, identity_id), RegisteredDevices())

    def register_device(self, identity_pool_id: str, identity_id: str, platform: str, token: str) -> RegisteredDevice:
        """
        Register a device; the same platform and token are the same device.

        Raises:
            InvalidConfiguration: the pool has no push sync for the platform.

        Source: devices-1, devices-2, devices-3.
        """
        arn = push.endpoint(self.configuration(identity_pool_id), platform, token, self._account_region)
        devices = self.devices(identity_pool_id, identity_id)
        device = devices.find(platform, token)
        if device is None:
            device = RegisteredDevice(ids.new_uuid(), platform, token, arn)
            devices.add(device)
        device.endpoint_arn = arn
        return device
