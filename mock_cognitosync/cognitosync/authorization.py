"""
The caller of an operation, and the permission to call it.

By default every caller may call everything. If moto's IAM authentication is on, signature and policies are checked. If
it or ``strict_credentials`` is on, the service distinguishes three kinds of credentials: an identity's own, the key
that moto's cognito-identity gives to every identity, and all others, which are a developer's. Source: access-1,
access-2.
"""

from __future__ import annotations

import sys
from typing import Any
from urllib.parse import urlsplit

from moto import settings as moto_settings
from moto.core.exceptions import AccessDeniedError, InvalidClientTokenIdError, SignatureDoesNotMatchError
from moto.core.responses import ActionAuthenticatorMixin  # type: ignore[attr-defined]  # it moved in 5.2

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
from .integrations import sync_trigger
from .models import CognitoSyncBackend
from .wire.request import Request
from .wire.service_model import Operation

# The access key that moto's GetCredentialsForIdentity returns for every identity.
_COGNITO_IDENTITY_KEY = "TESTACCESSKEY12345"

# The operations that AWS documents for one kind of caller. Source: access-3.
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
    Check the caller of *operation* and return it.

    Raises:
        MissingAuthenticationToken, UnrecognizedClient, InvalidSignature, AccessDenied: IAM authentication is on.
        WrongKindOfCredentials, ForeignIdentity: IAM authentication or ``strict_credentials`` is on.

    Source: access-1, access-2, access-3, access-4, access-5, access-6, trigger-8.
    """
    access_key = request.access_key
    identity = backend.identity_of(access_key)
    is_identity = identity is not None or access_key == _COGNITO_IDENTITY_KEY
    checks_policies = _iam_is_on()
    if checks_policies and not is_identity:
        _check_policies(request, url, operation, resource_of(parameters, operation, backend), backend)
    _mark_as_visited(access_key, backend)
    # Only the path shows which identity uses cognito-identity's key.
    writer = identity[1] if identity else parameters.get("IdentityId", backend.account_id)
    caller = Caller(writer if is_identity else backend.account_id)
    # A trigger that writes with developer credentials does not run itself.
    caller.runs_trigger = is_identity or not sync_trigger.is_running()
    if checks_policies or settings.current().strict_credentials:
        if operation.name in (DEVELOPER_ONLY if is_identity else IDENTITY_ONLY):
            raise WrongKindOfCredentials
        if identity and identity != (parameters.get("IdentityPoolId"), parameters.get("IdentityId")):
            raise ForeignIdentity
        caller.runs_trigger = is_identity
    return caller


def resource_of(parameters: dict[str, Any], operation: Operation, backend: CognitoSyncBackend) -> str:
    """Return the documented ARN of the pool, identity or dataset that *operation* addresses. Source: access-4."""
    arn = backend.account_region.pool_arn(parameters.get("IdentityPoolId", "*"))
    if "IdentityId" in parameters:
        arn += f"/identity/{parameters['IdentityId']}"
    if "DatasetName" in parameters:
        arn += f"/dataset/{parameters['DatasetName']}"
    elif operation.name == "ListDatasets":
        arn += "/dataset/null"
    return arn


def _iam_is_on() -> bool:
    """Return whether moto enforces IAM, which it does after ``INITIAL_NO_AUTH_ACTION_COUNT`` requests."""
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
    except (SignatureDoesNotMatchError, KeyError):  # a header that is part of the signature may be missing
        raise InvalidSignature from None
    except AccessDeniedError as error:
        raise AccessDenied(error.message, resource) from None


def _mark_as_visited(access_key: str | None, backend: CognitoSyncBackend) -> None:
    # No access key exists before moto's IAM is imported, which takes 40 ms.
    iam: Any = sys.modules.get("moto.iam.models")
    if iam and access_key:
        iam.mark_account_as_visited(backend.account_id, access_key, "cognito-sync", backend.region_name)
