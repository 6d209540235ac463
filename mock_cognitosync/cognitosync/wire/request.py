"""
One HTTP request, read from any of the request objects that moto passes to a service.

moto passes a request of botocore, ``requests`` or werkzeug, depending on the entry point and on moto's version: in
process, moto before 5.2.4 passes that of botocore.
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
_INTEGER = re.compile(r"-?[0-9]{1,19}")


@dataclass(slots=True)
class Request:
    """
    One HTTP request.

    Attributes:
        path: the raw, percent-encoded path.
        query: the raw query, without the question mark.
        access_key: the access key of the signature; None if the request is not signed.
        region_name: the region of the signature; None if the request is not signed.
        source: the object that moto passed, for headers and body.
        environ: the WSGI environment of that object; None if it has none.
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
        """Read method, path, query and signature of the request object *source*."""
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
        signature = request.header("Authorization")
        if signature is None and "X-Amz-Credential=" in request.query:
            signature = unquote(request.query)
        match = _CREDENTIAL.search(signature or "")
        if match:
            request.access_key, request.region_name = match.groups()
        return request

    def header(self, name: str) -> str | None:
        """Return the header *name*, in any case, or None."""
        if self.environ is not None:
            return self.environ.get(_environ_name(name))
        value = self.source.headers.get(name)
        return value.decode("latin-1") if isinstance(value, bytes) else value

    def headers(self) -> dict[str, str]:
        """Return all headers."""
        return {
            name: value.decode("latin-1") if isinstance(value, bytes) else value
            for name, value in self.source.headers.items()
        }

    def body(self) -> bytes:
        """Return the whole body."""
        if self.environ is not None and type(stream := self.environ["wsgi.input"]) is BytesIO:
            return stream.getvalue()
        read = getattr(self.source, "get_data", None)
        body = read() if read else self.source.body
        if hasattr(body, "read"):
            body = body.read()
        return body.encode() if isinstance(body, str) else body or b""

    def attempt(self) -> tuple[str | None, int]:
        """Return the id that all attempts of the call share (None if the client sends none), and the attempt number."""
        match = _ATTEMPT.search(self.header("amz-sdk-request") or "")
        return self.header("amz-sdk-invocation-id"), int(match[1]) if match else 1

    def parameters(self, operation: Operation, values: Sequence[str]) -> dict[str, Any]:
        """
        Return the parameters of *operation*, by the model's names. A null counts as absent.

        Args:
            operation: the operation that the method and path name.
            values: the values of its parameters in the path.

        Raises:
            MalformedRequest: the body or a number cannot be read.

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
                name, is_integer = operation.query_members[wire_name]
                parameters[name] = _integer(text) if is_integer else text
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


# Calls repeat the same few ids and names.
@lru_cache
def _unquoted(part: str) -> str:
    return unquote(part)


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise MalformedRequest("STRING_VALUE can not be converted to an Integer")
    return int(text)
