"""
The check of a JSON value against a JSON Schema.

It covers the keywords that the schemas of this package use. It reports the first violation and its place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# A JSON Schema, as parsed JSON.
Schema = dict[str, Any]

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def check(value: Any, schema: Schema, path: str, definitions: Mapping[str, Schema]) -> None:
    """
    Check that a value has the form of a schema.

    Args:
        value: parsed JSON.
        schema: the schema.
        path: names the value in messages, for instance ``the file``.
        definitions: the schemas to which a ``$ref`` refers, by the last part of the reference.

    Raises:
        ValueError: it does not; the text names the place of the violation and says what is expected there.
    """
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    types = schema.get("type", [])
    names = [types] if isinstance(types, str) else types
    # A bool is an int for isinstance.
    if names and not any(type(value) in _TYPES[name] for name in names):
        raise ValueError(f"{path} must be of type {' or '.join(names)}")
    if value not in schema.get("enum", [value]):
        raise ValueError(f"{path} must be one of {', '.join(map(repr, schema['enum']))}, not {_shortened(value)}")
    if isinstance(value, dict):
        _check_object(value, schema, path, definitions)
    elif isinstance(value, list):
        _check_array(value, schema, path, definitions)
    elif isinstance(value, str):
        _check_string(value, schema, path)
    elif isinstance(value, (int, float)):
        _check_number(value, schema, path)


def _check_object(value: dict[str, Any], schema: Schema, path: str, definitions: Mapping[str, Schema]) -> None:
    for name in schema.get("required", ()):
        if name not in value:
            raise ValueError(f"{path} lacks {name!r}")
    properties = schema.get("properties", {})
    members = ", ".join(sorted(properties))
    for name, item in value.items():
        check(name, schema.get("propertyNames", {}), f"{path}: the name {_shortened(name)}", definitions)
        item_schema = properties.get(name, schema["additionalProperties"])
        if item_schema is False:
            raise ValueError(f"{path} has the unknown member {_shortened(name)}; it can have {members}")
        check(item, item_schema, f"{path} / {name}", definitions)


def _check_array(value: list[Any], schema: Schema, path: str, definitions: Mapping[str, Schema]) -> None:
    for number, item in enumerate(value, 1):
        check(item, schema["items"], f"{path}, item {number}", definitions)
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


def _check_number(value: float, schema: Schema, path: str) -> None:
    if value < schema.get("minimum", value):
        raise ValueError(f"{path} must be at least {schema['minimum']}, not {value}")
    if value > schema.get("maximum", value):
        raise ValueError(f"{path} must be at most {schema['maximum']}, not {value}")


def _shortened(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:100]}..."
