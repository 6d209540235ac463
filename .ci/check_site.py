"""Check the built documentation site: it loads nothing from other hosts. Usage: check_site.py docs/_build"""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

# Of dist/mermaid.min.js in mermaid 11.16.0 on npm.
MERMAID_SHA256 = "74d7c46dabca328c2294733910a8aa1ed0c37451776e8d5295da38a2b758fb9b"
# What a browser loads by itself, unlike the target of a link.
LOADED = re.compile(
    r"""<(?:script|img|iframe|source|embed)\b[^>]*\bsrc="((?:https?:)?//[^"]+)"""
    r"""|<link\b(?![^>]*rel="canonical")[^>]*\bhref="((?:https?:)?//[^"]+)"""
    r"""|(?:@import|url\()\s*["']?((?:https?:)?//[^"')]+)"""
)


def main(folder: str) -> str | None:
    """The problems, one a line; None if there are none."""
    root = Path(folder)
    problems = []
    if hashlib.sha256((root / "_static/mermaid.min.js").read_bytes()).hexdigest() != MERMAID_SHA256:
        problems.append("mermaid.min.js is not the file of npm")
    pages = [*root.rglob("*.html"), *root.rglob("*.css")]
    for page in pages:
        loaded = {"".join(found) for found in LOADED.findall(page.read_text(encoding="utf-8"))}
        problems += [f"{page.relative_to(root)} loads {address}" for address in sorted(loaded)]
    if len(pages) < 20:
        problems.append(f"the site has {len(pages)} files only")
    return "\n".join(problems) or None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
