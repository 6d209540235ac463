"""The handler that moto calls for every request to Cognito Sync."""

from __future__ import annotations

import os
import sys
from typing import Any

from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from moto import settings as moto_settings
from moto.core.models import DEFAULT_ACCOUNT_ID

from . import authorization, ids, operations, settings
from .domain.keys import AccountRegion
from .exceptions import UNMODELLED_STATUSES, CognitoSyncError, InvalidRegion, not_in_region
from .interceptor import Call, ConnectionLost, ReadTimeout
from .models import CognitoSyncBackend, cognitosync_backends
from .urls import region_of
from .wire import serialize, service_model
from .wire.request import Request

Response = tuple[int, dict[str, str], str]

_LONGEST_MESSAGE_HEADER = 1024


def handle(source: Any, url: str, headers: Any) -> Response:
    """
    Answer one request that moto routed to Cognito Sync.

    Args:
        source: the request object that moto passes, see :class:`.request.Request`.
        url: the whole URL. Its host names the region, unless the request went to a server.
        headers: passed by moto and not used; the headers of *source* are.

    Returns:
        Status, headers and body.

    Raises:
        EndpointConnectionError: the service is not in this region, so its host does not exist. Source: regions-1.
        ConnectionClosedError: an interceptor broke the connection.
        ReadTimeoutError: an interceptor let the call time out.

    Source: wire-10.
    """
    request = Request.of(source)
    answer_headers = {"Content-Type": "application/json", "x-amzn-RequestId": ids.new_uuid()}
    try:
        body = _answer(request, url)
    except CognitoSyncError as error:
        answer_headers["x-amzn-ErrorType"] = f"{error.code}:"
        if error.message.isascii() and error.message.isprintable() and len(error.message) <= _LONGEST_MESSAGE_HEADER:
            answer_headers["x-amzn-ErrorMessage"] = error.message
        status = service_model.load().statuses.get(error.code) or UNMODELLED_STATUSES[error.code]
        return status, answer_headers, serialize.to_json({error.message_member: error.message})
    except ConnectionLost:
        raise ConnectionClosedError(endpoint_url=url) from None
    except ReadTimeout:
        raise ReadTimeoutError(endpoint_url=url) from None
    return 200, answer_headers, body


def _answer(request: Request, url: str) -> str:
    operation, values = service_model.load().route(request.method, request.path)
    region_name = region_of(url) or request.region_name or "us-east-1"
    account_region = AccountRegion(_account_id(request), region_name)
    interceptors = settings.interceptors()
    call = Call(operation.name, account_region, request.access_key, *request.attempt())
    try:
        backend = _backend(account_region, url)
        parameters = call.parameters = request.parameters(operation, values)
        caller = authorization.authorize(request, url, operation, parameters, backend)
        call.caller = caller.name
        for interceptor in interceptors:
            interceptor.before(call)
        body = operations.perform(backend, operation, parameters, caller)
        call.sync_count = serialize.sync_count(operation.name, body)
        for interceptor in interceptors:
            interceptor.after(call)
    except BaseException as error:
        for interceptor in interceptors:
            interceptor.done(call, error)
        raise
    for interceptor in interceptors:
        interceptor.done(call, None)
    return body


def _backend(account_region: AccountRegion, url: str) -> CognitoSyncBackend:
    backends = cognitosync_backends[account_region.account_id]
    region_name = account_region.region_name
    if region_name not in backends and not moto_settings.allow_unknown_region():
        if not region_of(url):
            raise InvalidRegion(region_name)
        error = EndpointConnectionError(endpoint_url=url)
        # The text of the exception itself says only that the host does not exist.
        error.args = (not_in_region(region_name, backends.regions),)
        raise error
    return backends[region_name]


def _account_id(request: Request) -> str:
    """Return the account as moto finds it: the environment, a header, the owner of the key. Source: accounts-1."""
    chosen = os.environ.get("MOTO_ACCOUNT_ID") or request.header("x-moto-account-id")
    if chosen:
        return chosen
    # No access key exists before moto's IAM is imported, which takes 40 ms.
    iam: Any = sys.modules.get("moto.iam.models")
    return iam.get_account_id_from(request.access_key) if iam else DEFAULT_ACCOUNT_ID
