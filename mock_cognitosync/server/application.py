"""
The WSGI application: requests for Cognito Sync go directly to its handler, those for the control API to
:mod:`.control_api.application`, and all others to moto's own application.

It depends on the HTTP server only for the exception that closes a connection, and for its handling of
:class:`AnswerWithheld`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote
from wsgiref.util import is_hop_by_hop

from botocore.exceptions import BotoCoreError, EndpointConnectionError, ReadTimeoutError
from waitress.channel import ClientDisconnected
from werkzeug import Request

from moto.moto_api import recorder
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from ..cognitosync import ids
from ..cognitosync.exceptions import InvalidRegion
from ..cognitosync.responses import Response, handle
from ..cognitosync.urls import region_of
from ..cognitosync.wire import serialize
from ..control.as_json import API_PREFIX
from ..registration import require
from . import page
from .control_api.application import make_application as make_control_api
from .guard import Guard

# Typed as in werkzeug and moto.
Environ = dict[str, Any]
StartResponse = Any
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

# More than any valid call needs: a full dataset with each character escaped. Source: http-3.
MAX_BODY_BYTES = 16 * 1024 * 1024

# Source: http-1.
_CORS = [
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"),
]
_STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


class AnswerWithheld(Exception):
    """The client gets no answer, and the connection stays open until the client or the idle limit closes it."""


def make_application(guard: Guard | None = None) -> Application:
    """The application that ``moto.server`` creates, with *guard* and Cognito Sync in front of it."""
    return in_front_of(DomainDispatcherApplication(create_backend_app), guard)


def in_front_of(others: Application, guard: Guard | None = None) -> Application:
    """
    An application that answers requests for Cognito Sync and its control API, and passes all others to *others*.

    Args:
        others: the application for requests that are not for Cognito Sync.
        guard: the first check of each request; by default one that allows no additional host or origin.
    """
    require("moto", recorder, "_record_request")
    guard, control = guard or Guard(), make_control_api()

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        # moto reads the undecoded path from this key, which werkzeug's own server sets.
        environ.setdefault("RAW_URI", environ["REQUEST_URI"])
        reason = guard.refusal(environ)
        if reason is not None:
            return _send(_refusal(403, "AccessDeniedException", reason), environ, start_response)
        if not is_ours(environ):
            if environ["PATH_INFO"] in page.PATHS and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
                return page.send(environ, start_response)
            if environ["PATH_INFO"].startswith(API_PREFIX):
                readable = guard.headers_for_page(environ)
                if readable and _is_preflight(environ):
                    start_response("200 OK", [*readable, *_preflight(environ, "GET,POST,PUT,PATCH,DELETE")])
                    return []
                return control(environ, _with_headers(start_response, readable))
            return others(environ, _without_hop_by_hop(start_response))
        if _is_preflight(environ):
            start_response("200 OK", [*_CORS, *_preflight(environ, "GET,POST,DELETE")])
            return []
        try:
            answer = _answer(environ)
        except EndpointConnectionError:
            refused = InvalidRegion(region_of(f"http://{environ['HTTP_HOST']}") or "")
            answer = _refusal(403, refused.code, refused.message)
        except ReadTimeoutError:
            raise AnswerWithheld from None
        except BotoCoreError:
            # An interceptor broke the connection: close it without an answer.
            raise ClientDisconnected from None
        return _send(answer, environ, start_response)

    return application


def is_ours(environ: Environ) -> bool:
    """
    Whether a request is for Cognito Sync.

    The signature, in a header or in the query, names the service. An unsigned request, such as a browser's preflight
    request, is recognised by its host or its path.
    """
    signature = environ.get("HTTP_AUTHORIZATION")
    if signature is None and "Signature=" in environ["QUERY_STRING"]:
        signature = unquote(environ["QUERY_STRING"])
    if signature is not None:
        return "/cognito-sync/aws4_request" in signature
    if region_of(f"http://{environ.get('HTTP_HOST')}"):
        return True
    return bool(environ["PATH_INFO"].startswith("/identitypools"))


def _without_hop_by_hop(start_response: StartResponse) -> StartResponse:
    """Drop moto's headers about the connection, which WSGI servers do not accept from an application."""

    def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
        return start_response(status, [header for header in headers if not is_hop_by_hop(header[0])], *error)

    return start


def _with_headers(start_response: StartResponse, others: list[tuple[str, str]]) -> StartResponse:
    def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
        return start_response(status, [*headers, *others], *error)

    return start


class _Request(Request):
    """A request with the undecoded path and URL that moto's recorder reads."""

    @property
    def raw_path(self) -> str:
        return self.raw_url.partition(self.host)[2].partition("?")[0]

    @property
    def raw_url(self) -> str:
        target: str = self.environ["RAW_URI"]
        return target if "://" in target else f"http://{self.host}{target}"

    # moto before 5.2.4 reads this name.
    url = raw_url


def _answer(environ: Environ) -> Response:
    if int(environ.get("CONTENT_LENGTH") or 0) > MAX_BODY_BYTES:
        message = f"The request body is longer than {MAX_BODY_BYTES} bytes"
        return _refusal(413, "RequestEntityTooLargeException", message)
    host = f"http://{environ.get('HTTP_HOST')}"
    request: Any = _Request(environ)
    # Does nothing unless moto records requests.
    recorder._record_request(request)  # noqa: SLF001
    return handle(request, f"{host}/", {})


def _send(answer: Response, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    status, headers, text = answer
    body = text.encode()
    start_response(_STATUS_LINES[status], [*headers.items(), ("Content-Length", str(len(body))), *_CORS])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _refusal(status: int, code: str, message: str) -> Response:
    headers = {
        "Content-Type": "application/json",
        "x-amzn-RequestId": ids.new_uuid(),
        "x-amzn-ErrorType": f"{code}:",
        "x-amzn-ErrorMessage": message,
    }
    return status, headers, serialize.to_json({"message": message})


def _is_preflight(environ: Environ) -> bool:
    return environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ


def _preflight(environ: Environ, methods: str) -> list[tuple[str, str]]:
    """Allow the browser to send what it asks for. Source: http-2."""
    return [
        ("Access-Control-Allow-Methods", methods),
        ("Access-Control-Allow-Headers", environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "")),
        ("Access-Control-Max-Age", "172800"),
        ("Content-Length", "0"),
    ]
