"""
Mermaid diagrams that load nothing from another host.

A fenced block ``mermaid`` becomes a diagram when the page is shown. Only pages with a diagram load the library, which
``make docs`` has put into ``docs/_static``.
"""

from __future__ import annotations

from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class diagram(nodes.General, nodes.Element):  # noqa: N801 (docutils names its nodes so)
    """A diagram, with its source as ``code``."""


class Mermaid(SphinxDirective):
    """The directive of a fenced block."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """The node; a reader without JavaScript sees the source."""
        return [diagram(code="\n".join(self.content))]


def visit(translator: Any, node: diagram) -> None:
    """Write the source, which the library replaces by the drawing."""
    translator.body.append(f'<div class="mermaid">{escape(node["code"])}</div>\n')
    raise nodes.SkipNode


def add_scripts(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Let pages that have a diagram load the library."""
    if doctree is not None and next(iter(doctree.findall(diagram)), None):
        app.add_js_file("mermaid.min.js")
        app.add_js_file("diagrams.js")


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the directive to Sphinx."""
    app.add_node(diagram, html=(visit, None))
    app.add_directive("mermaid", Mermaid)
    app.connect("html-page-context", add_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
