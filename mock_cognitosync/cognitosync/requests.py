"""
Requests as moto hands them over: botocore's prepared request, that of ``requests``, or werkzeug's.

Which one it is depends on the way in and on moto's version (in process, botocore's own before 5.2.4).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

from .contract import Operation
from .exceptions import MalformedRequest

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d+/([^/,\s]+)/")
_ATTEMPT = re.compile(r"attempt=([0-9]{1,9})")
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,19}")


@dataclass(slots=True)
class Request:
    """
    One HTTP request.

    Attributes:
        path: raw, percent-encoded; ``query``: raw, without the question mark.
        source: the object that moto handed over, for headers and body.
    """

    method: str
    path: str
    query: str
    source: Any

    @classmethod
    def of(cls, source: Any) -> Request:
        """Read method, path and query of what moto hands over."""
        environ = getattr(source, "environ", None)
        if environ is None:
            target, query = source.url, None
        else:
            target, query = environ["RAW_URI"], environ["QUERY_STRING"]
        target = target.partition("#")[0]
        path, _, target_query = target.partition("?")
        if "://" in path:
            path = "/" + path.split("://", 1)[1].partition("/")[2]
        return cls(source.method, path, target_query if query is None else query, source)

    def header(self, name: str) -> str | None:
        """The header *name*, however it is spelt."""
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
        read = getattr(self.source, "get_data", None)
        body = read() if read else self.source.body
        if hasattr(body, "read"):
            body = body.read()
        return body.encode() if isinstance(body, str) else body or b""

    def caller(self) -> tuple[str | None, str | None]:
        """Access key and region of the signature, both None where there is none."""
        match = _CREDENTIAL.search(self.header("Authorization") or "")
        return match.groups() if match else (None, None)  # type: ignore[return-value]  # two groups

    def attempt(self) -> tuple[str | None, int]:
        """The id that all attempts of the client's call share, None where it sends none, and which one this is."""
        match = _ATTEMPT.search(self.header("amz-sdk-request") or "")
        return self.header("amz-sdk-invocation-id"), int(match[1]) if match else 1

    def parameters(self, operation: Operation, values: list[str]) -> dict[str, Any]:
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
            parameters[name] = unquote(value)
        for wire_name, text in parse_qsl(self.query, keep_blank_values=True):
            if wire_name in operation.query_members:
                name, is_number = operation.query_members[wire_name]
                parameters[name] = _whole_number(text) if is_number else text
        for wire_name, name in operation.header_members.items():
            parameters[name] = self.header(wire_name)
        return {name: value for name, value in parameters.items() if value is not None}


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body.decode(), parse_constant=_no_constant) if body else {}
    except (ValueError, RecursionError):
        raise MalformedRequest("The request body is not valid JSON") from None
    if type(value) is not dict:
        raise MalformedRequest("The request body is not a JSON object")
    return value


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _whole_number(text: str) -> int:
    if not _WHOLE_NUMBER.fullmatch(text):
        raise MalformedRequest("STRING_VALUE can not be converted to a whole number")
    return int(text)
