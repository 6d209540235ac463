"""Every internal link of the documentation leads to a file, and to a heading of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    path
    for path in [*ROOT.glob("*.md"), *ROOT.glob("benchmarks/*.md"), *ROOT.glob("docs/**/*.md")]
    if "_build" not in path.parts
]
# Spans of code have no links; a block may be indented.
CODE = re.compile(r"^```.*?^```$|^    .*?$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def prose(path):
    return CODE.sub("", path.read_text(encoding="utf-8"))


def anchors(path):
    """The anchors of the headings, as GitHub and MyST generate them."""
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    found = set()
    for heading in re.findall(r"^#{1,3} (.+)$", text, re.MULTILINE):
        words = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower())
        found.add(words.strip().replace(" ", "-"))
    return found


def problem(document, link):
    """What is wrong with a link of *document*; None if it is external or leads somewhere."""
    file, _, anchor = link.partition("#")
    if ":" in link:
        return None
    target = (document.parent / file).resolve() if file else document
    if not target.exists():
        return f"{link}: no such file"
    if anchor and anchor not in anchors(target):
        return f"{link}: no such heading"
    return None


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_link_leads_somewhere(document):
    """Links to files are relative and exist; their anchors are headings."""
    found = [problem(document, link) for link in LINK.findall(prose(document))]
    assert [text for text in found if text] == []


def test_broken_links_are_noticed(tmp_path):
    """A missing file and a missing heading are problems; an external link and a link in a block of code are not."""
    page = tmp_path / "page.md"
    page.write_text(
        "# A `b` heading\n[a](no.md) [b](page.md#none) [c](#a-b-heading) [d](https://e.invalid)\n    [e](x)\n"
    )
    found = [problem(page, link) for link in LINK.findall(prose(page))]
    assert [text for text in found if text] == ["no.md: no such file", "page.md#none: no such heading"]
