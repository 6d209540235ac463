"""
Pages and links that the sources do not name.

The last table of contents of the front page gets every page that no other table lists, so that none is left out. Links
to files at the root of the repository, which readers of the sources follow, lead to the pages that include these files.
"""

from __future__ import annotations

from fnmatch import fnmatch
from typing import Any

from sphinx.application import Sphinx

PLACEHOLDER = "FURTHER-PAGES"
ROOT_FILES = {"README": "index", "CHANGELOG": "changelog", "CONTRIBUTING": "contributing", "SECURITY": "security"}


def complete(app: Sphinx, page: str, source: list[str]) -> None:
    """Replace the placeholder of the front page, and the links to files at the root."""
    [text] = source
    if page == "index":
        listed = text.split()
        further = [name for name in app.env.found_docs - {"index"} if not any(fnmatch(name, entry) for entry in listed)]
        text = text.replace(PLACEHOLDER, "\n".join(sorted(further)))
    for file, target in ROOT_FILES.items():
        text = text.replace(f"]({'../' * (page.count('/') + 1)}{file}.md", f"](/{target}.md")
    source[0] = text


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to Sphinx."""
    app.connect("source-read", complete)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
