"""
The replacements in botocore, moto and aiobotocore while a mock is active, each with its reason.

Everything is restored when the last mock stops. Besides :mod:`.registration` and :mod:`.fast_session`, this is the
only module that uses names which botocore and moto do not document.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch
from urllib.parse import unquote, urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.credentials import EnvProvider
from botocore.httpsession import URLLib3Session

from moto import settings as moto_settings
from moto.core import botocore_stubber as moto_stubber
from moto.core import config as moto_config
from moto.core import models as moto_models

from . import import_hooks
from .registration import SERVICE, require

# The classes of aiobotocore that send requests: module to class with a coroutine ``send``.
AIOBOTOCORE_SESSIONS = {"aiobotocore.httpsession": "AIOHTTPSession", "aiobotocore.httpxsession": "HttpxSession"}

# Prefixes of the URLs of servers in this process, which serve the mocked state itself.
own_servers: set[str] = set()


class RealRequestRefused(RuntimeError):
    """A request to Cognito Sync would have left for a host that is not mocked."""


@contextmanager
def block_real_requests() -> Iterator[None]:
    """
    The last line of defence: patches of the classes through which botocore and aiobotocore send requests.

    Clients created before moto was imported lack moto's event handler; the patches pass their requests to it. A request
    for Cognito Sync that would leave nevertheless (because of an ``endpoint_url``, or because the client took an
    endpoint from the environment before the mock started) raises :class:`RealRequestRefused`.
    """
    require("botocore", URLLib3Session, "send")
    send = URLLib3Session.send

    def guarded_send(self: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
        return _mocked_answer(request) or send(self, request)

    with ExitStack() as undo:
        undo.enter_context(patch.object(URLLib3Session, "send", guarded_send))

        def guard(module: Any) -> None:
            undo.enter_context(_guarded_asynchronous_send(module))

        for name in AIOBOTOCORE_SESSIONS:
            undo.callback(import_hooks.cancel, name)
            import_hooks.run_when_imported(name, guard)
        yield


def _guarded_asynchronous_send(module: Any) -> Any:
    name = AIOBOTOCORE_SESSIONS[module.__name__]
    require("aiobotocore", module, f"{name}.send")
    session = getattr(module, name)
    send = session.send

    async def guarded_send(self: Any, request: AWSPreparedRequest) -> Any:
        return _mocked_answer(request) or await send(self, request)

    return patch.object(session, "send", guarded_send)


def credentials_of_environment() -> Any:
    """
    A patch of signing: a client without credentials signs with those in the environment.

    Such a client was created before the mock, on a machine without credentials. It could not sign a request, so the
    request would never reach the mock.
    """
    require("botocore", SigV4Auth, "add_auth")
    add_auth = SigV4Auth.add_auth

    def add_auth_with_credentials(self: Any, request: Any) -> None:
        if self.credentials is None:
            self.credentials = EnvProvider().load()
        add_auth(self, request)

    return patch.object(SigV4Auth, "add_auth", add_auth_with_credentials)


def awaitable_answers() -> Any:
    """
    A patch of the class of moto's answers, because aiobotocore awaits their content, which is plain bytes.

    aiobotocore may be imported at any time, so each answer checks whether it is.
    """
    return patch.object(moto_stubber, "AWSResponse", _Answer)


class _Answer(AWSResponse):
    @property
    def content(self) -> bytes:
        content: bytes = super().content
        return _AwaitableBytes(content) if "aiobotocore" in sys.modules else content


class _AwaitableBytes(bytes):
    def __await__(self) -> Generator[None, None, bytes]:
        yield from ()
        return bytes(self)


def reused_callbacks() -> Any:
    """
    A patch that speeds up moto's start by reusing about 1,300 objects of a class.

    moto creates one such object for each service and HTTP method, and only reads it. Reusing those of the last start
    halves the time of a start.
    """
    callback_response = moto_models.CallbackResponse  # type: ignore[attr-defined]  # the name that moto looks up

    def reused(*, method: str, url: Any, callback: Callable[..., Any]) -> Any:
        key = method, url.pattern
        response = _responses.get(key)
        if (
            response is None
            # It would keep the requests that it has answered in memory.
            or response.call_count
            or response.callback != callback
            or type(response) is not callback_response
        ):
            response = _responses[key] = callback_response(method=method, url=url, callback=callback)
        return response

    return patch.object(moto_models, "CallbackResponse", reused)


_responses: dict[tuple[str, str], Any] = {}


def moto_is_active() -> bool:
    """Whether ``mock_aws`` is active in this process."""
    stubber = getattr(moto_models, "botocore_stubber", None)
    return stubber is not None and bool(stubber.enabled)


def _mocked_answer(request: AWSPreparedRequest) -> AWSResponse | None:
    """
    The mock's answer; None if the request may leave.

    Raises:
        RealRequestRefused: the request is for Cognito Sync and must not leave.
    """
    response = moto_models.botocore_stubber("before-send", request)
    if response is None and _is_ours(request) and not _may_leave(request.url):
        raise RealRequestRefused(
            f"a Cognito Sync request would have left the mock for {request.url.partition('?')[0]}: create the client "
            "inside the mock and without endpoint_url, or let this URL through with "
            'config={"core": {"passthrough": {"urls": [...]}}}'
        )
    return response


def _is_ours(request: AWSPreparedRequest) -> bool:
    """
    Whether the request is for Cognito Sync.

    A signature of version 4, in a header or in the query, names the service. Requests with another signature, or with
    none, are known by their paths.
    """
    header: str | bytes = request.headers.get("Authorization", "")
    url = urlsplit(request.url)
    signature = unquote(url.query) + (header.decode("latin-1") if isinstance(header, bytes) else header)
    if "/aws4_request" in signature:
        return "/cognito-sync/aws4_request" in signature
    return f"{url.path}/".startswith("/identitypools/")


def _may_leave(url: str) -> bool:
    return bool(
        moto_settings.TEST_SERVER_MODE
        or moto_settings.is_test_proxy_mode()
        or moto_config.passthrough_service(SERVICE)
        or moto_config.passthrough_url(url.partition("?")[0])
        or url.startswith(tuple(own_servers))
    )
