"""The description of the control API as an OpenAPI 3.1 document, generated from the table of routes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from ... import __version__
from ...control.as_json import API_PREFIX, API_VERSION
from ...control.json_schema import Schema
from .routes import Route
from .schemas import ACCOUNT_REGION, COMPONENTS, PATH_PARAMETERS, ref

_DESCRIPTION = """\
Controls mock-cognitosync, a test double of Amazon Cognito Sync, from every language. A request may name an account and
a region; everything else is that of the Python handle. Clock, faults and hooks belong to the server: tests that run in
parallel use identity pools of their own, limit faults and hooks to them, and leave the clock alone.
"""
# The reasons why any request can be refused: its form, its host or origin, no active mock, or its size.
_REFUSALS = (400, 403, 409, 413)


def description(routes: Iterable[Route]) -> dict[str, Any]:
    """The document for *routes*."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Control API of mock-cognitosync",
            "version": f"{API_VERSION}.0.0",
            "description": f"{_DESCRIPTION}\nmock-cognitosync {__version__}.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": f"{API_PREFIX}/v{API_VERSION}"}],
        "paths": paths,
        "components": {"schemas": COMPONENTS},
    }


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": _operation_id(route),
        "summary": route.summary,
        "parameters": [
            *(_parameter("path", name, PATH_PARAMETERS[name]) for name in route.path_parameters),
            *_query({**ACCOUNT_REGION, **route.query}),
        ],
        "responses": {str(route.status): _response(HTTPStatus(route.status).phrase, route.answer)},
    }
    if route.body is not None:
        is_required = bool(route.body.get("required", "$ref" in route.body))
        operation["requestBody"] = {"required": is_required, "content": _content(route.body)}
    for status in sorted({*_REFUSALS, *route.refusals}):
        operation["responses"][str(status)] = _response(HTTPStatus(status).phrase, ref("Error"))
    return operation


def _operation_id(route: Route) -> str:
    words = [word for word in route.path.replace("-", "/").split("/") if word and not word.startswith("{")]
    last = "One" if route.path.endswith("}") else ""
    return route.method.lower() + "".join(word.capitalize() for word in words) + last


def _query(schemas: Mapping[str, Schema]) -> list[dict[str, Any]]:
    return [_parameter("query", name, schema) for name, schema in schemas.items()]


def _parameter(place: str, name: str, schema: Schema) -> dict[str, Any]:
    others = {key: value for key, value in schema.items() if key != "description"}
    return {
        "in": place,
        "name": name,
        "required": place == "path",
        "description": schema["description"],
        "schema": others,
    }


def _response(text: str, schema: Schema | None) -> dict[str, Any]:
    return {"description": text, **({} if schema is None else {"content": _content(schema)})}


def _content(schema: Schema) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
