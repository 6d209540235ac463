"""Rules for the files of the project itself."""

import ast
import configparser
import re
import sys
from collections import Counter
from pathlib import Path

import mock_cognitosync

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "mock_cognitosync"
# moto and boto3, with what they require.
REQUIRED = {"boto3", "botocore", "moto", "werkzeug"}
# Imported only by code that needs an extra.
EXTRAS = {"pytest_plugin.py": {"pytest"}, "fixtures.py": {"pytest"}, "server": {"flask", "waitress"}}


def imported(path):
    """The top-level names of the packages that a module imports when it runs."""
    names = set()
    nodes = [ast.parse(path.read_text())]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(node.module.partition(".")[0])
        nodes.extend(ast.iter_child_nodes(node))
    return names


def test_setup_cfg_configures_mypy_and_coverage_and_nothing_else():
    """Packaging is configured in pyproject.toml only, because keys in setup.cfg would not reach the wheel."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg")
    assert {section.partition("-")[0].partition(":")[0] for section in parser.sections()} == {"mypy", "coverage"}


def test_the_package_imports_only_moto_and_boto3_besides_the_standard_library():
    """Other packages are imported only by the modules that an extra is for."""
    foreign = {}
    for path in PACKAGE.rglob("*.py"):
        module = path.relative_to(PACKAGE)
        names = imported(path) - sys.stdlib_module_names - REQUIRED - EXTRAS.get(module.parts[0], set())
        if names:
            foreign[str(module)] = names
    assert foreign == {}


# Modules above 300 lines, each with the reason.
LONG_MODULES = {
    "cognitosync/exceptions.py": "one class per fact of the service, most of them of six lines",
    "cognitosync/models.py": "one method per operation",
    "control/controller.py": "one method per request of the handle",
    "control/history.py": "every kind of event, and the list of them",
    "control/http_port.py": "one method per request of the handle",
    "control/handle.py": "the table of contents of the package; two thirds are docstrings",
}


def test_a_module_above_three_hundred_lines_has_a_reason():
    """Every module of the package is short enough to be read at once, or its length has a reason."""
    lengths = {str(path.relative_to(PACKAGE)): len(path.read_text().splitlines()) for path in PACKAGE.rglob("*.py")}
    assert {name for name, length in lengths.items() if length > 300} <= set(LONG_MODULES)
    assert max(lengths.values()) < 600


def test_the_version_is_the_newest_of_the_changelog():
    """`pyproject.toml` has the version; `__version__` and the first section of the changelog agree with it."""
    [version] = re.findall(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert mock_cognitosync.__version__ == version == newest[1]


def test_the_changelog_has_one_section_for_each_kind_of_change():
    """The sections of a version are those of Keep a Changelog, in its order."""
    kinds = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]
    for version in (ROOT / "CHANGELOG.md").read_text().split("\n## ")[1:]:
        found = re.findall(r"^### (.+)$", version, re.MULTILINE)
        assert found == [kind for kind in kinds if kind in found] != []


def test_only_pyproject_has_the_address_of_the_repository():
    """The address is a placeholder, so exactly one file has to change when the repository becomes public."""
    text = (ROOT / "pyproject.toml").read_text()
    [address] = re.findall(r'^Source = "(.+)"$', text, re.MULTILINE)
    files = [path for folder in ("docs", "mock_cognitosync", ".github") for path in (ROOT / folder).rglob("*")]
    files += [path for path in ROOT.iterdir() if path.name != "pyproject.toml"]
    wrong = [
        str(path.relative_to(ROOT))
        for path in files
        if path.suffix in {".md", ".py", ".toml", ".yml", ".yaml"} and "_build" not in path.parts
        if address.removeprefix("https://") in path.read_text()
    ]
    assert wrong == []
    assert text.count(address) == 5


def test_each_command_of_contributing_exists():
    """Every `make` target that CONTRIBUTING.md, the readme or `.ci/run` names has a rule in the Makefile."""
    texts = "".join((ROOT / file).read_text() for file in ("CONTRIBUTING.md", "README.md", ".ci/run"))
    named = set(re.findall(r"(?:`|^ {4}|^)make ([a-z-]+)", texts, re.MULTILINE))
    assert len(named) > 5
    assert named - set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)) == set()


def test_each_test_module_has_a_name_of_its_own():
    """Pytest imports test modules by their names alone, so that two of one name end a run of the whole suite."""
    paths = [path for folder in ("tests", "examples") for path in (ROOT / folder).rglob("test_*.py")]
    names = Counter(path.name for path in paths if "node_modules" not in path.parts)
    assert [name for name, count in names.items() if count > 1] == []
