"""
Who calls, and what they may do.

By default every caller may do everything. With moto's IAM authentication on, signature and policies are checked; with
that or ``strict_credentials`` the kinds of credentials are told apart: an identity's own, those of cognito-identity
whose identity moto does not know, and all others, which are a developer's. Source: access-1, access-2.
"""

from __future__ import annotations

import sys
from typing import Any
from urllib.parse import urlsplit

from moto import settings as moto_settings
from moto.core.exceptions import AccessDeniedError, InvalidClientTokenIdError, SignatureDoesNotMatchError
from moto.core.responses import ActionAuthenticatorMixin  # type: ignore[attr-defined]  # its home moved in 5.2

from . import settings
from .domain.caller import Caller
from .exceptions import (
    AccessDenied,
    ForeignIdentity,
    InvalidSignature,
    MissingAuthenticationToken,
    UnrecognizedClient,
    WrongKindOfCredentials,
)
from .models import CognitoSyncBackend
from .wire.request import Request
from .wire.service_model import Operation

# What moto's GetCredentialsForIdentity hands out to every identity.
_COGNITO_IDENTITY_KEY = "TESTACCESSKEY12345"

# Who may call, by the operations' documentation. Source: access-3.
DEVELOPER_ONLY = frozenset(
    {
        "BulkPublish",
        "DescribeIdentityPoolUsage",
        "GetBulkPublishDetails",
        "GetCognitoEvents",
        "GetIdentityPoolConfiguration",
        "ListIdentityPoolUsage",
        "SetCognitoEvents",
        "SetIdentityPoolConfiguration",
    }
)
IDENTITY_ONLY = frozenset({"RegisterDevice", "SubscribeToDataset", "UnsubscribeFromDataset"})


def authorize(
    request: Request, url: str, operation: Operation, parameters: dict[str, Any], backend: CognitoSyncBackend
) -> Caller:
    """
    Check the caller of *operation*.

    Raises:
        MissingAuthenticationToken, UnrecognizedClient, InvalidSignature, AccessDenied: with IAM authentication on.
        WrongKindOfCredentials, ForeignIdentity: with that or strict credentials.

    Source: access-1, access-2, access-3, access-4, access-5, access-6.
    """
    access_key = request.access_key
    identity = backend.identity_keys.get(access_key or "")
    is_identity = identity is not None or access_key == _COGNITO_IDENTITY_KEY
    checks_policies = _iam_is_on()
    if checks_policies and not is_identity:
        _check_policies(request, url, operation, resource_of(parameters, operation, backend), backend)
    _mark_as_visited(access_key, backend)
    # Of cognito-identity's own key only the path tells whose it is.
    writer = identity[1] if identity else parameters.get("IdentityId", backend.account_id)
    caller = Caller(writer if is_identity else backend.account_id)
    if checks_policies or settings.current().strict_credentials:
        if operation.name in (DEVELOPER_ONLY if is_identity else IDENTITY_ONLY):
            raise WrongKindOfCredentials
        if identity and identity != (parameters.get("IdentityPoolId"), parameters.get("IdentityId")):
            raise ForeignIdentity
        caller.runs_trigger = is_identity
    return caller


def resource_of(parameters: dict[str, Any], operation: Operation, backend: CognitoSyncBackend) -> str:
    """The documented ARN of what *operation* touches: a pool, an identity or a dataset. Source: access-4."""
    arn = backend.account_region.pool_arn(parameters.get("IdentityPoolId", "*"))
    if "IdentityId" in parameters:
        arn += f"/identity/{parameters['IdentityId']}"
    if "DatasetName" in parameters:
        arn += f"/dataset/{parameters['DatasetName']}"
    elif operation.name == "ListDatasets":
        arn += "/dataset/null"
    return arn


def _iam_is_on() -> bool:
    """As moto decides it: after the first so many actions."""
    if ActionAuthenticatorMixin.request_count >= moto_settings.INITIAL_NO_AUTH_ACTION_COUNT:
        return True
    ActionAuthenticatorMixin.request_count += 1
    return False


def _check_policies(
    request: Request, url: str, operation: Operation, resource: str, backend: CognitoSyncBackend
) -> None:
    from moto.iam.access_control import IAMRequest

    headers = request.headers()
    if request.access_key is None:
        raise MissingAuthenticationToken
    headers.setdefault("Host", urlsplit(url).netloc)
    target = f"{request.path}?{request.query}" if request.query else request.path
    try:
        iam_request = IAMRequest(
            backend.account_id, request.method, target, {}, request.body(), headers, operation.name
        )
        iam_request.check_signature()
        iam_request.check_action_permitted(resource)
    except InvalidClientTokenIdError:
        raise UnrecognizedClient from None
    except (SignatureDoesNotMatchError, KeyError):  # a header that belongs to the signature may be missing
        raise InvalidSignature from None
    except AccessDeniedError as error:
        raise AccessDenied(error.message, resource) from None


def _mark_as_visited(access_key: str | None, backend: CognitoSyncBackend) -> None:
    # No key can have been made before moto's IAM was imported, which takes 40 ms.
    iam: Any = sys.modules.get("moto.iam.models")
    if iam and access_key:
        iam.mark_account_as_visited(backend.account_id, access_key, "cognito-sync", backend.region_name)
