"""The ``Source: counts-1.`` of a docstring becomes links to the rules in docs/fidelity.md, which get anchors."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

RULE = re.compile(r"[a-z]+-\d+")
CITATION = re.compile(r"Source:\s+((?:[a-z]+-\d+(?:,\s+)?)+)\.")


def link_rules(app: Sphinx, kind: str, name: str, documented: Any, options: Any, lines: list[str]) -> None:
    """Turn the ids of rules in a docstring into links."""
    for number, line in enumerate(lines):
        lines[number] = CITATION.sub(lambda found: RULE.sub(r":ref:`\g<0> <rule-\g<0>>`", found[0]), line)


def add_anchors(app: Sphinx, doctree: nodes.document) -> None:
    """Give each row of the tables of rules an anchor."""
    if app.env.docname != "fidelity":
        return
    anchors = app.env.domains.standard_domain
    for row in doctree.findall(nodes.row):
        text = row[0].astext()
        if RULE.fullmatch(text):
            label = f"rule-{text}"
            row["ids"].append(label)
            anchors.labels[label] = ("fidelity", label, text)
            anchors.anonlabels[label] = ("fidelity", label)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to Sphinx."""
    app.connect("autodoc-process-docstring", link_rules)
    app.connect("doctree-read", add_anchors)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
