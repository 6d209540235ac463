"""The list of private names of other projects in docs/architecture.md is true."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "mock_cognitosync"


def listed():
    """File to the text of its cell with names; a row may list several files."""
    page = (ROOT / "docs/architecture.md").read_text()
    section = page.partition("\n## Private names of other projects\n")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| `")]
    return {file: names for files, names, _ in rows for file in re.findall(r"`([^`]+)`", files)}


def is_private(name):
    return name.startswith("_") and not name.startswith("__")


def foreign_private_names(path):
    """Private names that a file imports from another project, or uses of an object whose class it does not define."""
    tree = ast.parse(path.read_text())
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    own = {member.name for one in classes for member in ast.walk(one) if isinstance(member, ast.FunctionDef)}
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.update([*node.module.split("."), *(alias.name for alias in node.names)])
        elif isinstance(node, ast.Import):
            found.update(part for alias in node.names for part in alias.name.split("."))
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) not in ("self", "cls"):
            found.update({node.attr} - own)
    return {name for name in found if is_private(name)}


FOUND = {
    str(path.relative_to(PACKAGE)): names for path in PACKAGE.rglob("*.py") if (names := foreign_private_names(path))
}


def test_the_search_finds_private_names():
    """The search finds an import of a private module and the use of a private attribute."""
    assert "_internal" in FOUND["cli.py"]
    assert "_map" in FOUND["server/waitress_server.py"]


@pytest.mark.parametrize("file", sorted(FOUND))
def test_each_private_name_of_another_project_is_listed(file):
    """A file that uses a private name of another project has a row that gives this name."""
    words = set(re.findall(r"\w+", listed().get(file, "")))
    assert FOUND[file] - words == set()


@pytest.mark.parametrize("file", sorted(listed()))
def test_each_listed_name_is_used(file):
    """A file in the list exists and uses all names of its row."""
    words = set(re.findall(r"\w+", (PACKAGE / file).read_text()))
    names = [name.rpartition(".")[2] for name in re.findall(r"`([^`]+)`", listed()[file])]
    assert names
    assert [name for name in names if name not in words] == []
