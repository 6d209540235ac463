"""
The control API over HTTP: dispatch of the routes of :mod:`.routes`, and errors as JSON.

It is a Flask application of its own, because moto's allows every web page to read its answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import partial
from typing import Any, NoReturn

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from ...cognitosync import settings
from ...cognitosync.domain.keys import AccountRegion
from ...cognitosync.exceptions import UNMODELLED_STATUSES, CognitoSyncError
from ...cognitosync.wire import service_model
from ...control import json_schema
from ...control.as_json import API_PREFIX, API_VERSION
from ...control.controller import Controller
from ...control.handle import CognitoSync
from ...control.json_schema import Schema
from . import openapi
from .actions import health
from .asked import Asked, NotFound, TooManyWaiting
from .routes import ROUTES, Route
from .schemas import ACCOUNT_REGION, COMPONENTS, PATH_PARAMETERS

DESCRIPTION_PATH = f"{API_PREFIX}/v{API_VERSION}/openapi.json"
# More than the snapshot of any test.
MAX_BODY_BYTES = 64 * 1024 * 1024
_INTEGER = re.compile("-?[0-9]{1,16}")
_NUMBER = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,16})?")


def make_application() -> Flask:
    """The application that answers requests below :data:`.API_PREFIX`."""
    application = Flask(__name__, static_folder=None)
    application.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    application.url_map.merge_slashes = False
    application.register_error_handler(HTTPException, _failed)
    description = openapi.description(ROUTES)
    routes = [
        *((f"{API_PREFIX}/v{API_VERSION}", route) for route in ROUTES),
        # Without a version in the path, so that every client can find out the version.
        (API_PREFIX, Route("GET", "/health", health, "", {})),
        ("", Route("GET", DESCRIPTION_PATH, lambda _: description, "", {})),
    ]
    for prefix, route in routes:
        rule = prefix + route.path.replace("{", "<").replace("}", ">")
        application.add_url_rule(
            rule,
            f"{route.method} {rule}",
            partial(_answered, route),
            methods=[route.method],
            provide_automatic_options=False,
        )
    return application


def _answered(route: Route, **path: str) -> Response:
    try:
        answer = route.function(_asked(route, path))
    except CognitoSyncError as refusal:
        status = service_model.load().statuses.get(refusal.code) or UNMODELLED_STATUSES[refusal.code]
        return _error(status, refusal.message, error=type(refusal).__name__, code=refusal.code)
    except NotFound as error:
        return _error(404, str(error), error="NotFound")
    except TooManyWaiting as error:
        return _error(429, str(error), error="TooManyWaiting")
    except RuntimeError as error:
        return _error(409, str(error), error="RuntimeError")
    except (ValueError, TypeError) as error:
        return _error(400, str(error), error=type(error).__name__)
    return _json(route.status, answer)


def _asked(route: Route, path: Mapping[str, str]) -> Asked:
    """
    The request, whose form is checked.

    Raises:
        ValueError: the form is wrong.
        RuntimeError: no mock is active.
    """
    for name, text in path.items():
        _parsed(name, text, PATH_PARAMETERS[name])
    query = _query({**ACCOUNT_REGION, **route.query})
    body = request.get_data() if route.reads_bytes else _body(route.body)
    controller = _controller()
    sync = CognitoSync(port=controller)
    account_region = {name: query[name] for name in ACCOUNT_REGION if name in query}
    if account_region:
        sync = sync.at(**account_region)
    return Asked(controller, sync, AccountRegion(sync.account_id, sync.region_name), path, query, body)


def _controller() -> Controller:
    controllers = [interceptor for interceptor in settings.interceptors() if isinstance(interceptor, Controller)]
    if not controllers:
        raise RuntimeError("no mock_cognitosync is active in the process of this server")
    return controllers[0]


def _query(schemas: Mapping[str, Schema]) -> dict[str, Any]:
    query = {}
    for name, texts in request.args.lists():
        if name not in schemas:
            raise ValueError(f"the query has the unknown parameter {name!r}; it can have {', '.join(sorted(schemas))}")
        if len(texts) > 1:
            raise ValueError(f"the query has {name!r} twice")
        query[name] = _parsed(name, texts[0], schemas[name])
    return query


def _parsed(name: str, text: str, schema: Schema) -> Any:
    value: Any = text
    if schema["type"] == "integer" and _INTEGER.fullmatch(text):
        value = int(text)
    elif schema["type"] == "number" and _NUMBER.fullmatch(text):
        value = float(text)
    json_schema.check(value, schema, name, {})
    return value


def _body(schema: Schema | None) -> Any:
    text = request.get_data()
    if schema is None:
        if text:
            raise ValueError("this request has no body")
        return None
    try:
        body = json.loads(text or b"{}", parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("the body is nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"the body is not JSON in UTF-8: {error}") from None
    json_schema.check(body, schema, "the body", COMPONENTS)
    return body


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _failed(error: HTTPException) -> Response:
    """An error that Flask reports, as JSON."""
    message = error.description or error.name
    if error.code in (404, 405):
        message = f"the control API has no {request.method} {request.path}: {DESCRIPTION_PATH} describes what it has"
    response = _error(error.code or 500, message)
    response.headers.extend({name: value for name, value in error.get_headers() if name == "Allow"})
    return response


def _error(status: int, message: str, **others: str) -> Response:
    return _json(status, {"message": message, **others})


def _json(status: int, body: Any) -> Response:
    text = "" if body is None else json.dumps(body, separators=(",", ":"))
    response = Response(text, status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    if body is None:
        del response.headers["Content-Type"]
    return response
