"""
What the installed plugin adds to a start of pytest, and what importing the package costs.

Whole processes, alternated: pytest with no plugin but ours against pytest with none, over a directory without tests.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from importlib.metadata import entry_points
from statistics import median
from time import perf_counter

from measure import alternate, print_table, typical

GOAL_MS = 10
ROUNDS = 40
IMPORTS = ("mock_cognitosync", "mock_cognitosync.pytest_plugin", "mock_cognitosync.mock")


def pytest_start(*options: str) -> Callable[[], Callable[[], object]]:
    others = [f"-pno:{plugin.name}" for plugin in entry_points(group="pytest11") if plugin.name != "cognitosync"]
    command = [sys.executable, "-m", "pytest", "-q", "-pno:cacheprovider", *others, *options]
    empty = tempfile.mkdtemp()
    return lambda: partial(subprocess.run, [*command, empty], cwd=empty, capture_output=True)


def import_ms(module: str, after: str) -> float:
    """What importing *module* takes once *after* is there, as ``python -X importtime`` counts it."""
    command = [sys.executable, "-X", "importtime", "-c", f"import {after}\nprint(flush=True)\nimport {module}"]
    result = subprocess.run(command, stderr=subprocess.STDOUT, stdout=subprocess.PIPE, text=True, check=True)
    lines = result.stdout.rpartition("\n\n")[2].splitlines()
    # "import time: self | cumulative | name", the name indented below what imported it.
    top = [line.split("|") for line in lines if line.startswith("import time:")]
    return sum(int(total) for _, total, name in top if not name.startswith("   ")) / 1000


def main() -> None:
    # An installed package has its bytecode.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    ways = {"with": pytest_start(), "without": pytest_start("-pno:cognitosync")}
    # By the clock on the wall: the time goes by in other processes.
    rounds = alternate({"start": ways}, ROUNDS, turns=1, clock=perf_counter)["start"]
    added = median(seconds["with"] - seconds["without"] for seconds in rounds)
    rows = [
        ["start of pytest, without the plugin", f"{typical(rounds, 'without') * 1000:.1f}", ""],
        ["start of pytest, with the plugin", f"{typical(rounds, 'with') * 1000:.1f}", ""],
        ["the plugin adds", f"{added * 1000:.1f}", f"< {GOAL_MS}"],
    ]
    for module in IMPORTS:
        taken = median(import_ms(module, after="pytest") for _ in range(ROUNDS))
        rows.append([f"import {module}, after pytest", f"{taken:.1f}", ""])
    print_table(["", "ms", "goal"], rows)


if __name__ == "__main__":
    main()
