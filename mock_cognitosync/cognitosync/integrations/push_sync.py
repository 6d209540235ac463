"""Push sync: devices of an identity are told of changes, through SNS platform endpoints of moto."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from .. import settings
from ..domain.caller import AccountRegion
from ..domain.dataset import DatasetEvent
from ..domain.pool_configuration import PoolConfiguration
from ..domain.registered_devices import RegisteredDevice
from ..exceptions import InvalidConfiguration


def endpoint(configuration: PoolConfiguration, platform: str, token: str, account_region: AccountRegion) -> str:
    """
    The ARN of the platform endpoint for *token*, made where there is none yet.

    Raises:
        InvalidConfiguration: no application of the platform is configured, or SNS does not have it.

    Source: devices-1, devices-3.
    """
    from moto.sns.models import PlatformEndpoint, sns_backends

    push_sync = configuration.push_sync
    notifications = sns_backends[account_region.account_id][account_region.region_name]
    for arn in push_sync.application_arns if push_sync else ():
        if arn.split("/")[1] == platform and arn in notifications.applications:
            for known in notifications.platform_endpoints.values():
                if known.token == token and known.application.arn == arn:
                    return str(known.arn)
            # Not through moto's own check, which takes a token for one application to be taken for all.
            application = notifications.applications[arn]
            made = PlatformEndpoint(account_region.account_id, account_region.region_name, application, "", token, {})
            notifications.platform_endpoints[made.arn] = made
            return str(made.arn)
    raise InvalidConfiguration(platform)


def message(platform: str, event: DatasetEvent) -> str:
    """The documented silent push, wrapped as its platform wants it. Source: push-2."""
    data: dict[str, Any] = {
        "source": "cognito-sync",
        "identityPoolId": event.identity_pool_id,
        "identityId": event.identity_id,
        "datasetName": event.dataset_name,
        "syncCount": event.sync_count,
    }
    if platform.startswith("APNS"):
        return json.dumps({platform: json.dumps({"aps": {"content-available": 1}, "data": data})})
    return json.dumps({platform: json.dumps({"data": data})})


def tell(
    devices: Sequence[RegisteredDevice],
    event: DatasetEvent,
    configuration: PoolConfiguration,
    account_region: AccountRegion,
) -> None:
    """
    Push the change to *devices* through the applications of the pool.

    One whose endpoint is gone or disabled is passed over. Source: push-1, push-3, push-4.
    """
    if not devices or configuration.push_sync is None:
        return
    from moto.sns.models import sns_backends

    endpoints = sns_backends[account_region.account_id][account_region.region_name].platform_endpoints
    for device in devices:
        target = endpoints.get(device.endpoint_arn)
        if target and target.enabled and target.application.arn in configuration.push_sync.application_arns:
            text = message(device.platform, event)
            target.publish(text)
            for interceptor in settings.interceptors():
                interceptor.pushed(account_region, device.device_id, device.platform, text)
