"""What a JSON value must look like, and a sentence on the first place where it does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# A type, members by name, one shape for all values of an object, [one for all of a list], or any of (several).
Shape = Any


@dataclass(frozen=True, slots=True)
class Each:
    """An object with any names, whose values all have one shape."""

    shape: Shape


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number."""

    lowest: int
    highest: int


def check(value: Any, shape: Shape, at: str) -> None:
    """
    Check that *value*, which stands *at* a place in the file, has *shape*.

    Raises:
        ValueError: it has not; the text names the place.
    """
    if isinstance(shape, tuple):
        # None is the only alternative there is.
        if value is not None:
            check(value, shape[0], at)
    elif isinstance(shape, Whole):
        if type(value) is not int or not shape.lowest <= value <= shape.highest:
            raise ValueError(f"{at} is not a whole number from {shape.lowest} to {shape.highest}")
    elif isinstance(shape, type):
        if type(value) is not shape:
            raise ValueError(f"{at} is not {_NAMES[shape]}")
    elif isinstance(shape, list):
        check(value, list, at)
        for number, item in enumerate(value, 1):
            check(item, shape[0], f"{at}, item {number}")
    else:
        check(value, dict, at)
        if isinstance(shape, Mapping):
            _check_names(value, shape, at)
        for name, item in value.items():
            check(item, shape.shape if isinstance(shape, Each) else shape[name], f"{at} / {name}")


_NAMES = {str: "text", bool: "true or false", list: "a list", dict: "an object"}


def _check_names(value: Mapping[str, Any], shape: Mapping[str, Shape], at: str) -> None:
    for name in shape:
        if name not in value:
            raise ValueError(f"{at} lacks {name!r}")
    for name in value:
        if name not in shape:
            raise ValueError(f"{at} has {name!r}, which does not belong there")
