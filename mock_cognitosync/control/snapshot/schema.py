"""The published JSON Schema of snapshot files, and the check of a file against it."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from .. import json_schema
from ..json_schema import Schema

PATH = Path(__file__).with_name("snapshot.schema.json")


def check(value: Any, name: str) -> None:
    """
    Check that *value*, a parsed file, has the form *name* of the schema: ``snapshot`` or ``seed``.

    Raises:
        ValueError: it does not; the text names the place of the violation and says what is expected there.
    """
    json_schema.check(value, definitions()[name], "the file", definitions())


@lru_cache(maxsize=1)
def definitions() -> dict[str, Schema]:
    """Return the schemas of the file by name."""
    found: dict[str, Schema] = json.loads(PATH.read_text(encoding="utf-8"))["$defs"]
    return found
