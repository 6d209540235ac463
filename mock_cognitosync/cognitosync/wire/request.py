"""
Requests as moto hands them over: botocore's prepared request, that of ``requests``, or werkzeug's.

Which one it is depends on the way in and on moto's version (in process, botocore's own before 5.2.4).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, unquote

from ..exceptions import MalformedRequest
from .service_model import Operation

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d+/([^/,\s]+)/")
_ATTEMPT = re.compile(r"attempt=([0-9]{1,9})")
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,19}")


@dataclass(slots=True)
class Request:
    """
    One HTTP request.

    Attributes:
        path: raw, percent-encoded; ``query``: raw, without the question mark.
        access_key: of the signature; ``region_name`` likewise. Both are None where there is none.
        source: the object that moto handed over, for headers and body.
        environ: WSGI's, where that object has one.
    """

    method: str
    path: str
    query: str
    access_key: str | None
    region_name: str | None
    source: Any
    environ: dict[str, Any] | None

    @classmethod
    def of(cls, source: Any) -> Request:
        """Read method, path, query and signature of what moto hands over."""
        environ = getattr(source, "environ", None)
        if environ is None:
            target, query = source.url, None
        else:
            target, query = environ["RAW_URI"], environ["QUERY_STRING"]
        target = target.partition("#")[0]
        path, _, target_query = target.partition("?")
        if "://" in path:
            path = "/" + path.split("://", 1)[1].partition("/")[2]
        request = cls(source.method, path, target_query if query is None else query, None, None, source, environ)
        match = _CREDENTIAL.search(request.header("Authorization") or "")
        if match:
            request.access_key, request.region_name = match.groups()
        return request

    def header(self, name: str) -> str | None:
        """The header *name*, however it is spelt."""
        if self.environ is not None:
            return self.environ.get(_environ_name(name))
        value = self.source.headers.get(name)
        return value.decode("latin-1") if isinstance(value, bytes) else value

    def headers(self) -> dict[str, str]:
        """All headers."""
        return {
            name: value.decode("latin-1") if isinstance(value, bytes) else value
            for name, value in self.source.headers.items()
        }

    def body(self) -> bytes:
        """The whole body."""
        if self.environ is not None and type(stream := self.environ["wsgi.input"]) is BytesIO:
            return stream.getvalue()
        read = getattr(self.source, "get_data", None)
        body = read() if read else self.source.body
        if hasattr(body, "read"):
            body = body.read()
        return body.encode() if isinstance(body, str) else body or b""

    def attempt(self) -> tuple[str | None, int]:
        """The id that all attempts of the client's call share, None where it sends none, and which one this is."""
        match = _ATTEMPT.search(self.header("amz-sdk-request") or "")
        return self.header("amz-sdk-invocation-id"), int(match[1]) if match else 1

    def parameters(self, operation: Operation, values: Sequence[str]) -> dict[str, Any]:
        """
        The parameters of *operation*, by the model's names; *values* stand in the path. A null is no parameter.

        Raises:
            MalformedRequest: they cannot be read.

        Source: wire-2, wire-3, wire-4, wire-5.
        """
        parameters: dict[str, Any] = {}
        if operation.body_members:
            body = _json_object(self.body())
            parameters = {name: value for name, value in body.items() if name in operation.body_members}
        for name, value in zip(operation.path_members, values, strict=True):
            parameters[name] = _unquoted(value)
        for wire_name, text in parse_qsl(self.query, keep_blank_values=True) if self.query else ():
            if wire_name in operation.query_members:
                name, is_number = operation.query_members[wire_name]
                parameters[name] = _whole_number(text) if is_number else text
        for wire_name, name in operation.header_members.items():
            parameters[name] = self.header(wire_name)
        return {name: value for name, value in parameters.items() if value is not None}


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = _decoder.decode(body.decode()) if body else {}
    except (ValueError, RecursionError):
        raise MalformedRequest("The request body is not valid JSON") from None
    if type(value) is not dict:
        raise MalformedRequest("The request body is not a JSON object")
    return value


def _no_constant(name: str) -> None:
    raise ValueError(name)


_decoder = json.JSONDecoder(parse_constant=_no_constant)


@lru_cache
def _environ_name(header: str) -> str:
    return f"HTTP_{header.upper().replace('-', '_')}"


# The same few ids and names come in every call.
@lru_cache
def _unquoted(part: str) -> str:
    return unquote(part)


def _whole_number(text: str) -> int:
    if not _WHOLE_NUMBER.fullmatch(text):
        raise MalformedRequest("STRING_VALUE can not be converted to a whole number")
    return int(text)
