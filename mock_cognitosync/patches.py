"""
What is replaced while a mock of ours is active, each name with its reason; restored when the last one stops.

Also the only other place, beside :mod:`.registration`, that uses names which botocore and moto do not document.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session
from moto import settings as moto_settings
from moto.core import botocore_stubber as moto_stubber
from moto.core import config as moto_config
from moto.core import models as moto_models

from .registration import AIOBOTOCORE_SESSIONS, SERVICE

# Beginnings of URLs at which a server of this process answers, from the very state that is mocked.
own_servers: set[str] = set()


class RealRequestRefused(RuntimeError):
    """A request to Cognito Sync would have left for a host that is not mocked."""


@contextmanager
def block_real_requests() -> Iterator[None]:
    """
    The net under everything: patches of botocore's one way out, and of aiobotocore's as soon as they are loaded.

    Clients made before moto was imported lack moto's event handler; here their requests meet it. A request signed for
    Cognito Sync that would leave all the same (an ``endpoint_url``, a client that took one from the environment before
    the mock began) raises :class:`RealRequestRefused`.
    """
    global _asynchronous
    send = URLLib3Session.send

    def caught_send(self: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
        return _caught(request) or send(self, request)

    with patch.object(URLLib3Session, "send", caught_send), ExitStack() as _asynchronous:
        try:
            for name in AIOBOTOCORE_SESSIONS:
                if name in sys.modules:
                    catch_asynchronous(sys.modules[name])
            yield
        finally:
            _asynchronous = None


def catch_asynchronous(module: Any) -> None:
    """Lay the net under a module of aiobotocore, if there is one now."""
    if _asynchronous is not None:
        session = getattr(module, AIOBOTOCORE_SESSIONS[module.__name__])
        send = session.send

        async def caught_send(self: Any, request: AWSPreparedRequest) -> Any:
            return _caught(request) or await send(self, request)

        _asynchronous.enter_context(patch.object(session, "send", caught_send))


# The net's patches of aiobotocore, while a mock is active.
_asynchronous: ExitStack | None = None


def awaitable_answers() -> Any:
    """
    A patch of the class of moto's answers: aiobotocore awaits their content, which is plain bytes.

    It is not known when aiobotocore will be imported, so that is asked at each answer.
    """
    return patch.object(moto_stubber, "AWSResponse", _Answer)


class _Answer(AWSResponse):  # type: ignore[misc]  # botocore has no types
    @property
    def content(self) -> bytes:
        content: bytes = super().content
        return _Awaitable(content) if "aiobotocore" in sys.modules else content


class _Awaitable(bytes):
    def __await__(self) -> Generator[None, None, bytes]:
        yield from ()
        return bytes(self)


def reused_callbacks() -> Any:
    """
    While moto starts: a patch of the class of which it makes some 1,300 objects, one for each service and HTTP method.

    They are only read, so those of the last start serve again; that takes half of what a start costs.
    """
    make = moto_models.CallbackResponse  # type: ignore[attr-defined]  # where moto looks it up, not where it is from

    def kept(*, method: str, url: Any, callback: Callable[..., Any]) -> Any:
        response = _responses.get((method, url.pattern))
        # One that has answered keeps what it answered to.
        if response is None or response.call_count or response.callback != callback or type(response) is not make:
            response = _responses[method, url.pattern] = make(method=method, url=url, callback=callback)
        return response

    return patch.object(moto_models, "CallbackResponse", kept)


_responses: dict[tuple[str, str], Any] = {}


def _caught(request: AWSPreparedRequest) -> AWSResponse | None:
    """The mock's answer, None where the request may leave."""
    response = moto_models.botocore_stubber("before-send", request)
    if response is None and _is_signed_for_us(request) and not _may_leave(request.url):
        raise RealRequestRefused(
            f"a Cognito Sync request would have left the mock for {request.url.partition('?')[0]}: make the client "
            "inside the mock and without endpoint_url, or let this URL through with "
            'config={"core": {"passthrough": {"urls": [...]}}}'
        )
    return response


def _is_signed_for_us(request: AWSPreparedRequest) -> bool:
    signature = request.headers.get("Authorization", "")
    text = signature.decode("latin-1") if isinstance(signature, bytes) else signature
    return "/cognito-sync/aws4_request" in text


def _may_leave(url: str) -> bool:
    return bool(
        moto_settings.TEST_SERVER_MODE
        or moto_settings.is_test_proxy_mode()
        or moto_config.passthrough_service(SERVICE)
        or moto_config.passthrough_url(url.partition("?")[0])
        or url.startswith(tuple(own_servers))
    )
