"""
The WSGI application: requests for Cognito Sync go straight to its handler, all others to moto's own application.

Nothing here knows the HTTP server, but for the exception that closes a connection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from wsgiref.util import is_hop_by_hop

from botocore.exceptions import BotoCoreError, EndpointConnectionError
from moto.moto_api import recorder
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from waitress.channel import ClientDisconnected
from werkzeug import Request

from ..cognitosync import ids
from ..cognitosync.responses import InvalidRegion, Response, handle
from ..cognitosync.urls import region_of
from ..cognitosync.wire import serialize

# As werkzeug and moto type them.
Environ = dict[str, Any]
StartResponse = Any
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

# Above what any call that the service takes can need: a full dataset, each character escaped. Source: http-3.
MAX_BODY_BYTES = 16 * 1024 * 1024

# Source: http-1.
_CORS = [
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"),
]
_STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


def make_application() -> Application:
    """Moto's server as ``moto.server`` makes it, with Cognito Sync in front."""
    return in_front_of(DomainDispatcherApplication(create_backend_app))


def in_front_of(others: Application) -> Application:
    """An application that answers for Cognito Sync and hands all else to *others* as it came."""

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        # moto reads the path as it came from here, a name of werkzeug's own server.
        environ.setdefault("RAW_URI", environ["REQUEST_URI"])
        # While moto records requests, those for us take its way too.
        if not is_ours(environ) or recorder._user_enabled:  # noqa: SLF001
            return others(environ, _without_hop_by_hop(start_response))
        if environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ:
            start_response("200 OK", [*_CORS, *_preflight(environ)])
            return []
        status, headers, text = _answer(environ)
        body = text.encode()
        start_response(_STATUS_LINES[status], [*headers.items(), ("Content-Length", str(len(body))), *_CORS])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    return application


def is_ours(environ: Environ) -> bool:
    """
    Whether a request is for Cognito Sync.

    The signature says which service is meant; without one, which browsers do not send along with a preflight request,
    the host does, or the path.
    """
    signature = environ.get("HTTP_AUTHORIZATION")
    if signature is not None:
        return "/cognito-sync/aws4_request" in signature
    if region_of(f"http://{environ.get('HTTP_HOST')}"):
        return True
    # A presigned URL may lead to an S3 bucket of this name.
    return environ["PATH_INFO"].startswith("/identitypools") and "Signature=" not in environ["QUERY_STRING"]


def _without_hop_by_hop(start_response: StartResponse) -> StartResponse:
    """What moto says of the connection is not its to say, and WSGI servers do not take it."""

    def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
        return start_response(status, [header for header in headers if not is_hop_by_hop(header[0])], *error)

    return start


def _answer(environ: Environ) -> Response:
    if int(environ.get("CONTENT_LENGTH") or 0) > MAX_BODY_BYTES:
        message = f"The request body is longer than {MAX_BODY_BYTES} bytes"
        return _refusal(413, "RequestEntityTooLargeException", message)
    try:
        return handle(Request(environ), f"http://{environ.get('HTTP_HOST')}/", {})
    except EndpointConnectionError:
        refused = InvalidRegion(region_of(f"http://{environ['HTTP_HOST']}") or "")
        return _refusal(403, refused.code, refused.message)
    except BotoCoreError:
        # A interceptor broke the connection: so do we, without an answer.
        raise ClientDisconnected from None


def _refusal(status: int, code: str, message: str) -> Response:
    headers = {
        "Content-Type": "application/json",
        "x-amzn-RequestId": ids.new_uuid(),
        "x-amzn-ErrorType": f"{code}:",
        "x-amzn-ErrorMessage": message,
    }
    return status, headers, serialize.to_json({"message": message})


def _preflight(environ: Environ) -> list[tuple[str, str]]:
    """What a browser may send, which is what it asks for. Source: http-2."""
    return [
        ("Access-Control-Allow-Methods", "GET,POST,DELETE"),
        ("Access-Control-Allow-Headers", environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "")),
        ("Access-Control-Max-Age", "172800"),
        ("Content-Length", "0"),
    ]
