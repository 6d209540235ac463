"""Push sync: registered devices of an identity learn of changes through moto's SNS platform endpoints."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from .. import settings
from ..domain.dataset import DatasetEvent
from ..domain.keys import AccountRegion
from ..domain.pool_configuration import PushSync
from ..domain.registered_devices import RegisteredDevice
from ..exceptions import InvalidConfiguration


def endpoint(push_sync: PushSync | None, platform: str, token: str, account_region: AccountRegion) -> str:
    """
    Return the ARN of the platform endpoint for *token*; create the endpoint if it does not exist.

    Raises:
        InvalidConfiguration: the pool has no application for the platform, or SNS does not have it.

    Source: devices-1, devices-3.
    """
    from moto.sns.models import PlatformEndpoint, sns_backends

    sns = sns_backends[account_region.account_id][account_region.region_name]
    for arn in push_sync.application_arns if push_sync else ():
        if arn.split("/")[1] == platform and arn in sns.applications:
            for known in sns.platform_endpoints.values():
                if known.token == token and known.application.arn == arn:
                    return str(known.arn)
            # moto's create_platform_endpoint is not used, because it refuses a token that another application has.
            application = sns.applications[arn]
            created = PlatformEndpoint(
                account_region.account_id, account_region.region_name, application, "", token, {}
            )
            sns.platform_endpoints[created.arn] = created
            return str(created.arn)
    raise InvalidConfiguration(platform)


def message(platform: str, event: DatasetEvent) -> str:
    """Return the documented silent push, wrapped for its platform. Source: push-2."""
    data: dict[str, Any] = {
        "source": "cognito-sync",
        "identityPoolId": event.key.identity_pool_id,
        "identityId": event.key.identity_id,
        "datasetName": event.key.dataset_name,
        "syncCount": event.sync_count,
    }
    if platform.startswith("APNS"):
        return json.dumps({platform: json.dumps({"aps": {"content-available": 1}, "data": data})})
    if platform == "ADM":
        # Amazon Device Messaging takes strings only.
        data["syncCount"] = str(event.sync_count)
    return json.dumps({platform: json.dumps({"data": data})})


def notify(
    devices: Sequence[RegisteredDevice], event: DatasetEvent, push_sync: PushSync, account_region: AccountRegion
) -> None:
    """
    Push the change to *devices* through the applications of the pool.

    A device is skipped if its endpoint is gone or disabled. Source: push-1, push-3, push-4.
    """
    from moto.sns.models import sns_backends

    endpoints = sns_backends[account_region.account_id][account_region.region_name].platform_endpoints
    for device in devices:
        target = endpoints.get(device.endpoint_arn)
        if target and target.enabled and target.application.arn in push_sync.application_arns:
            text = message(device.platform, event)
            target.publish(text)
            for interceptor in settings.interceptors():
                interceptor.pushed(account_region, device.device_id, device.platform, text)
