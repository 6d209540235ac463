"""
Checks of parameters against the shapes of the service model, in the words that AWS services use.

A value of the wrong type ends the reading of the request. Violated constraints are collected and reported together.
Patterns match the whole value, in ASCII. Lengths count code points. Source: limits-6, limits-8, wire-6, wire-7.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from ..exceptions import ConstraintViolations, MalformedRequest

_JSON_KINDS = {str: "STRING_VALUE", bool: "BOOLEAN_VALUE", int: "NUMBER_VALUE", float: "NUMBER_VALUE"}
_WANTED = {
    "integer": "an Integer",
    "list": "a List",
    "long": "a Long",
    "map": "a Map",
    "string": "a String",
    "structure": "a Structure",
    "timestamp": "milliseconds since epoch",
}
_BITS = {"integer": 31, "long": 63}
_LAST_SECOND = datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone.utc).timestamp()
_FIRST_SECOND = datetime(1, 1, 1, tzinfo=timezone.utc).timestamp()
_MOST_TEXTS = 20


class Violations:
    """
    The violated constraints of one request.

    It counts all of them, and keeps the texts of the first 20, so that an answer stays small.
    """

    def __init__(self) -> None:
        self.number = 0
        self.texts: list[str] = []

    def add(self, value: str, path: str, constraint: str) -> None:
        """Add one violation; *value* is quoted already if it is text."""
        self.number += 1
        if self.number <= _MOST_TEXTS:
            self.texts.append(f"Value {value} at '{path}' failed to satisfy constraint: {constraint}")

    def raise_if_any(self) -> None:
        """
        Refuse the request if a constraint is violated.

        Raises:
            ConstraintViolations
        """
        if self.number:
            raise ConstraintViolations(self.texts, self.number)


# Takes a value, its path in the request, and the violations so far, to which it adds.
Check = Callable[[Any, str, Violations], None]


def check_of(shape: Shape) -> Check:
    """Return the check for values of *shape*."""
    if isinstance(shape, StructureShape):
        return _structure(shape)
    if isinstance(shape, ListShape):
        return _list(shape)
    if isinstance(shape, MapShape):
        return _map(shape)
    if isinstance(shape, StringShape):
        return _string(shape)
    return _timestamp if shape.type_name == "timestamp" else _number(shape)


def _structure(shape: StructureShape) -> Check:
    required = frozenset(shape.required_members)
    members = [
        (name, name[0].lower() + name[1:], name in required, check_of(member)) for name, member in shape.members.items()
    ]

    def check_structure(value: Any, path: str, violations: Violations) -> None:
        if type(value) is not dict:
            raise _mismatch(value, shape.type_name)
        for name, wire_name, is_required, check in members:
            item = value.get(name)
            if item is not None:
                check(item, f"{path}.{wire_name}" if path else wire_name, violations)
            elif is_required:
                violations.add("null", f"{path}.{wire_name}" if path else wire_name, "Member must not be null")

    return check_structure


def _list(shape: ListShape) -> Check:
    check = check_of(shape.member)

    def check_list(value: Any, path: str, violations: Violations) -> None:
        if type(value) is not list:
            raise _mismatch(value, shape.type_name)
        for number, item in enumerate(value, 1):
            if item is None:
                violations.add("null", f"{path}.{number}.member", "Member must not be null")
            else:
                check(item, f"{path}.{number}.member", violations)

    return check_list


def _map(shape: MapShape) -> Check:
    check_key = check_of(shape.key)
    check_value = check_of(shape.value)
    check_length = _length(shape)

    def check_map(value: Any, path: str, violations: Violations) -> None:
        if type(value) is not dict:
            raise _mismatch(value, shape.type_name)
        check_length(value, path, violations)
        for key, item in value.items():
            check_key(key, f"{path}.key", violations)
            if item is None:
                violations.add("null", f"{path}.{key}.member", "Member must not be null")
            else:
                check_value(item, f"{path}.{key}.member", violations)

    return check_map


def _string(shape: StringShape) -> Check:
    check_length = _length(shape)
    pattern = shape.metadata.get("pattern")
    matches = re.compile(pattern, re.ASCII).fullmatch if pattern else None
    allowed = shape.enum

    def check_string(value: Any, path: str, violations: Violations) -> None:
        if type(value) is not str:
            raise _mismatch(value, shape.type_name)
        check_length(value, path, violations)
        if matches and not matches(value):
            violations.add(f"'{value}'", path, f"Member must satisfy regular expression pattern: {pattern}")
        if allowed and value not in allowed:
            violations.add(f"'{value}'", path, f"Member must satisfy enum value set: [{', '.join(allowed)}]")

    return check_string


def _length(shape: Shape) -> Check:
    shortest, longest = shape.metadata.get("min", 0), shape.metadata.get("max")

    def check_length(value: Any, path: str, violations: Violations) -> None:
        if len(value) < shortest:
            violations.add(f"'{value}'", path, f"Member must have length greater than or equal to {shortest}")
        if longest is not None and len(value) > longest:
            violations.add(f"'{value}'", path, f"Member must have length less than or equal to {longest}")

    return check_length


def _number(shape: Shape) -> Check:
    bits = _BITS[shape.type_name]

    def check_number(value: Any, path: str, violations: Violations) -> None:
        if type(value) is not int or not -1 << bits <= value < 1 << bits:
            raise _mismatch(value, shape.type_name)

    return check_number


def _timestamp(value: Any, path: str, violations: Violations) -> None:
    """Check a number of seconds since the epoch, with or without a fraction."""
    if type(value) not in (int, float) or not _FIRST_SECOND <= value <= _LAST_SECOND:
        raise _mismatch(value, "timestamp")


def _mismatch(value: Any, type_name: str) -> MalformedRequest:
    if isinstance(value, dict):
        return MalformedRequest("Start of structure or map found where not expected.")
    if isinstance(value, list):
        return MalformedRequest("Start of list found where not expected.")
    return MalformedRequest(f"{_JSON_KINDS[type(value)]} can not be converted to {_WANTED[type_name]}")
