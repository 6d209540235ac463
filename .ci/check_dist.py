"""Check the wheel and the source distribution in a folder: contents, metadata, and links. Usage: check_dist.py dist"""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from email import message_from_string
from pathlib import Path

from trove_classifiers import classifiers

ROOT = Path(__file__).parents[1]
DIST_INFO = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE", "top_level.txt"}


def tracked() -> set[str]:
    """The files of the repository."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return set(listed.splitlines())


def differences(kind: str, found: set[str], expected: set[str]) -> Iterator[str]:
    yield from (f"the {kind} lacks {file}" for file in sorted(expected - found))
    yield from (f"the {kind} has {file}" for file in sorted(found - expected))


def problems_of_wheel(path: Path, version: str) -> Iterator[str]:
    info = f"mock_cognitosync-{version}.dist-info/"
    with zipfile.ZipFile(path) as wheel:
        found = set(wheel.namelist())
        metadata = wheel.read(info + "METADATA").decode()
    package = {file for file in tracked() if file.startswith("mock_cognitosync/")}
    yield from differences("wheel", found, package | {info + name for name in DIST_INFO})
    yield from problems_of_metadata(metadata, version)


def problems_of_sdist(path: Path, version: str) -> Iterator[str]:
    root = f"mock_cognitosync-{version}/"
    with tarfile.open(path) as sdist:
        found = {member.name.removeprefix(root) for member in sdist if member.isfile()}
    generated = {file for file in found if file == "PKG-INFO" or file.startswith("mock_cognitosync.egg-info/")}
    yield from differences("source distribution", found - generated, tracked())


def problems_of_metadata(text: str, version: str) -> Iterator[str]:
    metadata = message_from_string(text)
    expected = {
        "Name": "mock-cognitosync",
        "Version": version,
        "License-Expression": "Apache-2.0",
        "Requires-Python": ">=3.10",
        "Description-Content-Type": "text/markdown",
    }
    for name, value in expected.items():
        if metadata[name] != value:
            yield f"{name} is {metadata[name]!r}, not {value!r}"
    urls = dict(url.split(", ") for url in metadata.get_all("Project-URL", []))
    if set(urls) != {"Homepage", "Documentation", "Changelog", "Issues", "Source"}:
        yield f"the project URLs are {', '.join(urls)}"
    for name in set(metadata.get_all("Classifier", [])) - set(classifiers):
        yield f"unknown classifier {name!r}"
    for link in re.findall(r"\]\(([^)]*)\)", metadata.get_payload()):
        if not link.startswith(("https://", "#")):
            yield f"the readme has the relative link {link}"


def main(folder: str) -> str | None:
    """The problems, one a line; None if there are none."""
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    [version] = re.findall(r'^version = "(.+)"$', pyproject, re.MULTILINE)
    [wheel] = Path(folder).glob("*.whl")
    [sdist] = Path(folder).glob("*.tar.gz")
    problems = [*problems_of_wheel(wheel, version), *problems_of_sdist(sdist, version)]
    if f"## {version}" not in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"):
        problems.append(f"CHANGELOG.md has no section {version}")
    return "\n".join(problems) or None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
