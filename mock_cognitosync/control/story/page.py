"""The stories of a failing test as a Markdown file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from zlib import crc32

_LONGEST_NAME = 120


def write(directory: str, test: str, failure: str, stories: Iterable[tuple[str, str]]) -> Path:
    """
    Write or replace the file of a test.

    Args:
        directory: created if it does not exist.
        test: pytest's id of the test.
        failure: the exception as text.
        stories: each as text and in Mermaid.

    Returns:
        The path of the file.

    Raises:
        OSError: the file cannot be written.
    """
    blocks = [f"# {test}", _block("", failure)]
    for text, mermaid in stories:
        blocks += [_block("mermaid", mermaid), _block("", text)]
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{_file_name(test)}.md"
    path.write_text("\n".join(blocks), encoding="utf-8")
    return path


def _block(language: str, text: str) -> str:
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}\n"


def _file_name(test: str) -> str:
    """The id of a test as the name of a file; a checksum distinguishes names that would otherwise be equal."""
    plain = test.replace("::", ".").replace("/", ".")
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", plain)[:_LONGEST_NAME]
    return name if name == plain else f"{name}-{crc32(test.encode()):08x}"
