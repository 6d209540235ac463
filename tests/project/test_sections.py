"""The sections of failing tests that the documentation shows are what pytest prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Document to the number of its block, counted from 0, which fails as shown if it does not expect the refusal.
SHOWN = {"README.md": 0, "docs/tutorial.md": 1, "docs/how-to/test-a-conflict.md": 0}


def normalized(line):
    """A line without what differs from run to run."""
    return re.sub(r"us-east-1:[0-9a-z]{8}-[0-9a-z.-]+", "us-east-1:ID", line.strip())


@pytest.mark.parametrize("document", SHOWN)
def test_the_section_is_what_pytest_prints(run_pytest, document):
    """The block of the page, without `pytest.raises`, fails with a report that has each line of the section."""
    text = (ROOT / document).read_text(encoding="utf-8")
    block = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)[SHOWN[document]]
    failing = re.sub(r"^    with pytest\.raises\([^\n]*\n((?: {8}[^\n]*\n)+)", unindented, block, flags=re.MULTILINE)
    [section] = re.findall(r"^ {4}-{20,} Cognito Sync -{20,}\n((?: {4}[^\n]*\n)+)", text, re.MULTILINE)
    shown = [normalized(line) for line in section.splitlines() if line.strip() != "..."]

    result = run_pytest({"test_it.py": failing}, "-p", "no:randomly")

    printed = {normalized(line) for line in result.output.lines}
    assert failing != block
    assert len(shown) > 4
    assert [line for line in shown if line not in printed] == []


def unindented(found):
    return re.sub(r"^ {4}", "", found[1], flags=re.MULTILINE)
