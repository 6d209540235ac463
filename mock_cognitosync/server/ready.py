"""The text that the command prints when the server answers: the URL, and the variables in the syntax of a reader."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping

from .page import PATH


def ready_text(url: str, variables: Mapping[str, str], syntax: str) -> str:
    """
    The URL of the server and the environment variables that direct AWS clients to it, as lines.

    Args:
        url: the URL, without a path.
        variables: name to value.
        syntax: one of :data:`SYNTAXES`. ``json`` gives one line with an object; the others begin with a comment.
    """
    if syntax == "json":
        return json.dumps({"url": url, "page": url + PATH, "variables": dict(variables)}) + "\n"
    lines = [f"# Cognito Sync and the rest of moto answer at {url}", f"# The page that shows what happens: {url}{PATH}"]
    lines.extend(_LINES[syntax].format(name=name, value=_quoted(value, syntax)) for name, value in variables.items())
    return "\n".join(lines) + "\n"


def _quoted(value: str, syntax: str) -> str:
    if syntax == "sh":
        return shlex.quote(value)
    if syntax == "powershell":
        return "'" + value.replace("'", "''") + "'"
    # docker --env-file takes quotes as a part of the value.
    return value


_LINES = {"sh": "export {name}={value}", "dotenv": "{name}={value}", "powershell": "$env:{name} = {value}"}
SYNTAXES = (*_LINES, "json")
