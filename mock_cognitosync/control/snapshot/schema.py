"""
The published JSON Schema of snapshot files, and the check of a file against it.

The check covers the keywords of JSON Schema that the schema uses. It reports the first violation and where it is.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

PATH = Path(__file__).with_name("snapshot.schema.json")

# A JSON Schema, as parsed JSON.
Schema = dict[str, Any]

_TYPES: dict[str, type] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "boolean": bool,
    "null": type(None),
}


def check(value: Any, name: str) -> None:
    """
    Check that *value*, a parsed file, has the form *name* of the schema: ``snapshot`` or ``seed``.

    Raises:
        ValueError: it has not; the text says where the violation is and what is expected there.
    """
    _check(value, _definitions()[name], "the file")


@lru_cache(maxsize=1)
def _definitions() -> dict[str, Schema]:
    definitions: dict[str, Schema] = json.loads(PATH.read_text(encoding="utf-8"))["$defs"]
    return definitions


def _check(value: Any, schema: Schema, path: str) -> None:
    if "$ref" in schema:
        schema = _definitions()[schema["$ref"].rpartition("/")[2]]
    types = schema.get("type", [])
    names = [types] if isinstance(types, str) else types
    # A bool is an int for isinstance.
    if names and type(value) not in [_TYPES[name] for name in names]:
        raise ValueError(f"{path} must be of type {' or '.join(names)}")
    if value not in schema.get("enum", [value]):
        raise ValueError(f"{path} must be one of {', '.join(map(repr, schema['enum']))}, not {_shortened(value)}")
    if isinstance(value, dict):
        _check_object(value, schema, path)
    elif isinstance(value, list):
        _check_array(value, schema, path)
    elif isinstance(value, str):
        _check_string(value, schema, path)
    elif isinstance(value, int) and value < schema.get("minimum", value):
        raise ValueError(f"{path} must be at least {schema['minimum']}, not {value}")


def _check_object(value: dict[str, Any], schema: Schema, path: str) -> None:
    for name in schema.get("required", ()):
        if name not in value:
            raise ValueError(f"{path} lacks {name!r}")
    properties = schema.get("properties", {})
    members = ", ".join(sorted(properties))
    for name, item in value.items():
        _check(name, schema.get("propertyNames", {}), f"{path}: the name {_shortened(name)}")
        item_schema = properties.get(name, schema["additionalProperties"])
        if item_schema is False:
            raise ValueError(f"{path} has the unknown member {_shortened(name)}; it can have {members}")
        _check(item, item_schema, f"{path} / {name}")


def _check_array(value: list[Any], schema: Schema, path: str) -> None:
    for number, item in enumerate(value, 1):
        _check(item, schema["items"], f"{path}, item {number}")
        if schema.get("uniqueItems") and value.index(item) != number - 1:
            raise ValueError(f"{path} has {item!r} twice")


def _check_string(value: str, schema: Schema, path: str) -> None:
    if len(value) < schema.get("minLength", 0):
        raise ValueError(f"{path} must have a length of at least {schema['minLength']}")
    if len(value) > schema.get("maxLength", len(value)):
        raise ValueError(f"{path} must have a length of at most {schema['maxLength']}, not {len(value)}")
    if not re.fullmatch(schema.get("pattern", "(?s:.*)"), value):
        example = f", for instance {schema['examples'][0]}" if "examples" in schema else ""
        raise ValueError(f"{path} must match {schema['pattern']}{example}")


def _shortened(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:100]}..."
