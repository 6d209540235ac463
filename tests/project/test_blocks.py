"""Every block of code in the documentation is checked by a test, or is an exception that the page names."""

from __future__ import annotations

import configparser
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from mock_cognitosync import cli

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted(path for path in ROOT.glob("docs/**/*.md") if "_build" not in path.parts)]
FENCE = re.compile(r"^```(\S+)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Language to the test that runs or loads its blocks; directives of the site are built by `make docs`.
CHECKED = {
    "python": "tests/project/test_docs.py",
    "json": "tests/project/test_snapshot_docs.py",
    "ini": "tests/project/test_blocks.py",
    "yaml": "tests/project/test_blocks.py",
    "js": "tests/project/test_server_docs.py",
    "dockerfile": "tests/project/test_server_docs.py",
    "mermaid": "make docs",
    "{include}": "make docs",
    "{toctree}": "make docs",
    "{eval-rst}": "make docs",
}
# Pages that say that their blocks in these languages do not run, and the language of blocks that show output.
NOT_RUN = {("docs/server.md", "kotlin"), ("docs/server.md", "java"), ("docs/server.md", "swift")}
OUTPUT = "text"
# Pages whose shell blocks another test runs, or that need AWS.
SHELL_ELSEWHERE = {"docs/server.md", "docs/control-api.md", "docs/verification.md", "docs/pull.md"}


def found():
    """Page, language and text of each block."""
    for document in DOCUMENTS:
        for language, text in FENCE.findall(document.read_text(encoding="utf-8")):
            yield str(document.relative_to(ROOT)), language, text


BLOCKS = list(found())
SHELL = [(page, text) for page, language, text in BLOCKS if language == "sh" and page not in SHELL_ELSEWHERE]


def test_each_block_has_a_language_that_a_test_checks():
    """A block in another language would be a claim that nothing checks."""
    assert unchecked(BLOCKS) == set()
    assert {test for test in CHECKED.values() if test != "make docs" and not (ROOT / test).is_file()} == set()


def unchecked(blocks):
    """Page and language of the *blocks* that no test checks."""
    return {
        (page, language)
        for page, language, _ in blocks
        if language not in {*CHECKED, "sh", OUTPUT} and (page, language) not in NOT_RUN
    }


def test_a_block_that_no_test_checks_is_noticed():
    """A new language is, and so is one that only another page may have."""
    blocks = [("docs/server.md", "java", ""), ("README.md", "java", ""), ("README.md", "ruby", "")]
    assert unchecked(blocks) == {("README.md", "java"), ("README.md", "ruby")}


@pytest.mark.parametrize(("page", "text"), SHELL, ids=[page for page, _ in SHELL])
def test_each_shell_block_runs(tmp_path, page, text):
    """Its commands succeed in an empty folder, with the package installed."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    subprocess.run(["bash", "-e", "-c", text], cwd=tmp_path, env={**environment, "PATH": path}, timeout=60, check=True)


@pytest.mark.parametrize("text", [text for _, language, text in BLOCKS if language == "ini"])
def test_each_ini_block_is_accepted_by_pytest(run_pytest, text):
    """Pytest knows every option."""
    parser = configparser.ConfigParser()
    parser.read_string(text)
    assert parser.sections() == ["pytest"]
    files = {"test_it.py": "def test_it(cognitosync): pass"}
    result = run_pytest(files, "--strict-config", ini=text.removeprefix("[pytest]"))
    assert result.counts("test_it.py") == {"passed": 1}


@pytest.mark.parametrize("text", [text for _, language, text in BLOCKS if language == "yaml"])
def test_each_compose_file_starts_the_command_with_valid_options(text):
    """The name by which another service reaches the server is one that the server accepts."""
    services = yaml.safe_load(text)["services"]
    options = cli.parser().parse_args(services["moto"]["command"])
    host = urlsplit(services["tests"]["environment"]["AWS_ENDPOINT_URL"]).hostname
    assert host in services
    assert host in options.allow_host
