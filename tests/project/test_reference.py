"""The reference lists every name that a user can write."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import mock_cognitosync

ROOT = Path(__file__).parents[2]
PLUGIN = (ROOT / "mock_cognitosync/pytest_plugin.py").read_text()


def test_each_public_name_is_in_the_api_reference():
    """`mock_cognitosync.__all__` and the page have the same names."""
    page = (ROOT / "docs/reference/api.md").read_text()
    directives = r"^\.\. (?:py:data|py:function|autoclass|autofunction|autoexception):: (\w+)(?:\(.*)?$"
    assert sorted(re.findall(directives, page, re.MULTILINE)) == sorted(mock_cognitosync.__all__)


def test_each_fixture_and_ini_option_is_in_the_reference():
    """The tables of the page have the fixtures and options of the plugin."""
    page = (ROOT / "docs/reference/pytest.md").read_text()
    fixtures, _, options = page.partition("## Ini options")
    named = re.findall(r"^\| `(cognitosync\w*)`", fixtures, re.MULTILINE)
    defined = [
        node.name
        for node in ast.parse(PLUGIN).body
        if isinstance(node, ast.FunctionDef) and any("fixture" in ast.unparse(item) for item in node.decorator_list)
    ]
    assert sorted(named) == sorted(name for name in defined if not name.startswith("_"))
    listed = re.findall(r"^\| `(\w+)`", options, re.MULTILINE)
    assert sorted(listed) == sorted(re.findall(r'addini\("(\w+)"', PLUGIN))


def test_each_environment_variable_that_the_package_reads_is_in_the_reference():
    """The page names each variable of AWS and moto, and those of terminals."""
    page = (ROOT / "docs/reference/environment.md").read_text()
    texts = "".join(path.read_text() for path in (ROOT / "mock_cognitosync").rglob("*.py"))
    read = set(re.findall(r'os\.environ(?:\.get\(|\[)"([A-Z_]+)"', texts))
    assert len(read) > 4
    assert [name for name in sorted(read) if f"`{name}" not in page] == []
