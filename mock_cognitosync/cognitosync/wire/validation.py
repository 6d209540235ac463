"""
Checks of parameters against the shapes of botocore's model, in the words that AWS services use.

A value of the wrong type stops the reading of the request; violated constraints are collected and reported together.
Patterns match whole, in ASCII. Source: limits-6, limits-8, wire-6, wire-7.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from ..exceptions import MalformedRequest

# (value, its path, violations so far): adds to the violations.
Check = Callable[[Any, str, list[str]], None]

_JSON_KINDS = {str: "STRING_VALUE", bool: "BOOLEAN_VALUE", int: "NUMBER_VALUE", float: "NUMBER_VALUE"}
_BITS = {"integer": 31, "long": 63}
_LAST_SECOND = datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone.utc).timestamp()
_FIRST_SECOND = datetime(1, 1, 1, tzinfo=timezone.utc).timestamp()


def check_of(shape: Shape, minimums: Mapping[str, int]) -> Check:
    """The check for *shape*; *minimums* gives the least number for members, by their names."""
    if isinstance(shape, StructureShape):
        return _structure(shape, minimums)
    if isinstance(shape, ListShape):
        return _list(shape, minimums)
    if isinstance(shape, MapShape):
        return _map(shape, minimums)
    if isinstance(shape, StringShape):
        return _string(shape)
    return _timestamp if shape.type_name == "timestamp" else _number(shape)


def violation(value: str, path: str, rule: str) -> str:
    """One violation as AWS words it; *value* is quoted already where it is text."""
    return f"Value {value} at '{path}' failed to satisfy constraint: {rule}"


def _structure(shape: StructureShape, minimums: Mapping[str, int]) -> Check:
    required = frozenset(shape.required_members)
    members = []
    for name, member in shape.members.items():
        check = check_of(member, minimums)
        if name in minimums:
            check = _at_least(minimums[name], check)
        members.append((name, name[0].lower() + name[1:], name in required, check))

    def check_structure(value: Any, path: str, violations: list[str]) -> None:
        if type(value) is not dict:
            raise _mismatch(value, shape.type_name)
        for name, wire_name, is_required, check in members:
            item = value.get(name)
            if item is not None:
                check(item, f"{path}.{wire_name}" if path else wire_name, violations)
            elif is_required:
                full = f"{path}.{wire_name}" if path else wire_name
                violations.append(violation("null", full, "Member must not be null"))

    return check_structure


def _list(shape: ListShape, minimums: Mapping[str, int]) -> Check:
    check = check_of(shape.member, minimums)

    def check_list(value: Any, path: str, violations: list[str]) -> None:
        if type(value) is not list:
            raise _mismatch(value, shape.type_name)
        for number, item in enumerate(value, 1):
            if item is None:
                violations.append(violation("null", f"{path}.{number}.member", "Member must not be null"))
            else:
                check(item, f"{path}.{number}.member", violations)

    return check_list


def _map(shape: MapShape, minimums: Mapping[str, int]) -> Check:
    check_key = check_of(shape.key, minimums)
    check_value = check_of(shape.value, minimums)
    check_length = _length(shape)

    def check_map(value: Any, path: str, violations: list[str]) -> None:
        if type(value) is not dict:
            raise _mismatch(value, shape.type_name)
        check_length(value, path, violations)
        for key, item in value.items():
            check_key(key, f"{path}.key", violations)
            if item is None:
                violations.append(violation("null", f"{path}.{key}.member", "Member must not be null"))
            else:
                check_value(item, f"{path}.{key}.member", violations)

    return check_map


def _string(shape: StringShape) -> Check:
    check_length = _length(shape)
    pattern = shape.metadata.get("pattern")
    matches = re.compile(pattern, re.ASCII).fullmatch if pattern else None
    allowed = shape.enum

    def check_string(value: Any, path: str, violations: list[str]) -> None:
        if type(value) is not str:
            raise _mismatch(value, shape.type_name)
        check_length(value, path, violations)
        if matches and not matches(value):
            rule = f"Member must satisfy regular expression pattern: {pattern}"
            violations.append(violation(f"'{value}'", path, rule))
        if allowed and value not in allowed:
            rule = f"Member must satisfy enum value set: [{', '.join(allowed)}]"
            violations.append(violation(f"'{value}'", path, rule))

    return check_string


def _length(shape: Shape) -> Check:
    shortest, longest = shape.metadata.get("min", 0), shape.metadata.get("max")

    def check_length(value: Any, path: str, violations: list[str]) -> None:
        if len(value) < shortest:
            rule = f"Member must have length greater than or equal to {shortest}"
            violations.append(violation(f"'{value}'", path, rule))
        if longest is not None and len(value) > longest:
            rule = f"Member must have length less than or equal to {longest}"
            violations.append(violation(f"'{value}'", path, rule))

    return check_length


def _number(shape: Shape) -> Check:
    bits = _BITS[shape.type_name]

    def check_number(value: Any, path: str, violations: list[str]) -> None:
        if type(value) is not int or not -1 << bits <= value < 1 << bits:
            raise _mismatch(value, shape.type_name)

    return check_number


def _at_least(minimum: int, check: Check) -> Check:
    def check_at_least(value: Any, path: str, violations: list[str]) -> None:
        check(value, path, violations)
        if value < minimum:
            rule = f"Member must have value greater than or equal to {minimum}"
            violations.append(violation(f"'{value}'", path, rule))

    return check_at_least


def _timestamp(value: Any, path: str, violations: list[str]) -> None:
    """Epoch seconds, whole or with a fraction."""
    if type(value) not in (int, float) or not _FIRST_SECOND <= value <= _LAST_SECOND:
        raise _mismatch(value, "timestamp")


def _mismatch(value: Any, type_name: str) -> MalformedRequest:
    if isinstance(value, dict):
        return MalformedRequest("Start of structure or map found where not expected.")
    if isinstance(value, list):
        return MalformedRequest("Start of list found where not expected.")
    return MalformedRequest(f"{_JSON_KINDS[type(value)]} can not be converted to a {type_name.capitalize()}")
