"""The readme of the distribution: README.md with absolute links, because a package index has no other files."""

import re
from pathlib import Path

from setuptools import setup

ROOT = Path(__file__).parent


def readme() -> str:
    """README.md with each relative link leading to the repository, whose address is in pyproject.toml alone."""
    [address] = re.findall(r'^Source = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.sub(r"\]\((?!https?://|#)([^)\s]+)\)", rf"]({address}/blob/main/\1)", text)


setup(long_description=readme(), long_description_content_type="text/markdown")
