"""A run of pytest, in a new process, on generated test files; many tests can share one run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest


@dataclass(frozen=True)
class PytestRun:
    """
    The result of a run.

    Attributes:
        outcomes: file name to test name to ``passed``, ``failed``, ``error`` or ``skipped``.
        output: the lines that pytest printed, for ``fnmatch_lines``.
    """

    outcomes: dict[str, dict[str, str]]
    output: pytest.LineMatcher

    def counts(self, file: str) -> dict[str, int]:
        """How many tests of *file* had each outcome."""
        return dict(Counter(self.outcomes[file].values()))


def run_pytest_in(
    folder: Path,
    files: Mapping[str, str],
    *arguments: str,
    ini: str = "",
    environment: Mapping[str, str] | None = None,
) -> PytestRun:
    """
    Write *files* into *folder*, run pytest on it, and return the outcome of each test.

    Warnings are errors. The run inherits no setting of AWS or pytest, and no request to AWS can leave it.

    Args:
        folder: an empty folder, which becomes the root of the generated project.
        files: file name, relative to the folder, to content.
        arguments: command-line arguments of pytest.
        ini: further lines of the section ``[pytest]``.
        environment: variables to add.
    """
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
    settings = "[pytest]\nasyncio_default_fixture_loop_scope = function\nfilterwarnings = error\n"
    folder.joinpath("pytest.ini").write_text(settings + ini)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTEST_"))}
    report = folder / "report.xml"
    # Only the older family of reports names the file of a test.
    options = ["-p", "no:cacheprovider", "-o", "junit_family=xunit1", f"--junitxml={report}"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *arguments],
        cwd=folder,
        env={**inherited, "HTTPS_PROXY": "http://127.0.0.1:9", **(environment or {})},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    # pytest shows this if the test that requested the run fails.
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    outcomes: dict[str, dict[str, str]] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        tags = [part.tag for part in case if part.tag in {"failure", "error", "skipped"}]
        outcome = {"failure": "failed"}.get(tags[0], tags[0]) if tags else "passed"
        outcomes.setdefault(case.get("file", ""), {})[case.get("name", "")] = outcome
    return PytestRun(outcomes, pytest.LineMatcher(done.stdout.splitlines()))
