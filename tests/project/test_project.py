"""What holds for the project's own files."""

import configparser
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_setup_cfg_configures_mypy_and_coverage_and_nothing_else():
    """Packaging stands in pyproject.toml alone: keys in setup.cfg would never reach the wheel."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg")
    assert {section.partition("-")[0].partition(":")[0] for section in parser.sections()} == {"mypy", "coverage"}


def test_at_run_time_there_are_two_dependencies():
    """The package depends on moto and boto3 only; what a way in needs beyond that is an extra."""
    text = (ROOT / "pyproject.toml").read_text()
    assert 'dependencies = ["moto>=5.0.28,<6", "boto3"]' in text


def test_no_module_is_longer_than_four_hundred_lines():
    """Modules stay small enough to be read in one go."""
    long = [path.name for path in (ROOT / "mock_cognitosync").rglob("*.py") if len(path.read_text().splitlines()) > 400]
    assert long == []
