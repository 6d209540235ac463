"""docs/architecture.md describes the package as it is."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/architecture.md").read_text()


def section(title):
    """The text between a heading of the second level and the next one."""
    [found] = re.findall(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    return found


def listed_modules():
    """The files in the tables of the layout, each under the heading of its folder."""
    modules = []
    for folder, text in re.findall(r"^### `(\S+/)`\n(.*?)(?=^### |\Z)", section("Layout"), re.MULTILINE | re.DOTALL):
        modules.extend(folder + name for name in re.findall(r"^\| `(\S+)` \|", text, re.MULTILINE))
    return modules


def test_the_layout_lists_each_module_once():
    """Every module of the package has one line on the architecture page, and every line has a module."""
    files = [str(path.relative_to(ROOT)) for path in (ROOT / "mock_cognitosync").rglob("*.py")]
    assert sorted(listed_modules()) == sorted(files)


def test_the_glossary_defines_each_term_in_one_sentence():
    """The definition of a term is one sentence, and no term occurs twice."""
    rows = re.findall(r"^\| ([a-z ]+) \| (.+) \|$", section("Glossary"), re.MULTILINE)[1:]
    assert len({term for term, _ in rows}) == len(rows) > 20
    assert [term for term, text in rows if not re.fullmatch(r"[A-Z`][^.]*(?:\.\w[^.]*)*\.", text)] == []
