"""
Mutation testing: whether the tests notice small mistakes in the package.

    PYTHONPATH=tests python -m mutation.run [--sample 1000] [--jobs 2] [PATTERN ...]

First the tests that start no process run under coverage, which notes the lines that each of them runs. Then each mutant
meets the tests of its lines, in a process forked from one that has imported everything but the package.
"""

from __future__ import annotations

import argparse
import ast
import importlib.util
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any, NoReturn

import boto3  # noqa: F401
import coverage
import hypothesis.stateful  # noqa: F401  # imported once, for all processes
import pytest
from mutation.mutants import Mutant, mutants

import moto.cognitoidentity.models
import moto.cognitoidentity.responses
import moto.iam.models
import moto.kinesis.models
import moto.sns.models
import moto.sts.models  # noqa: F401

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / ".mutation.coverage"
KNOWN = Path(__file__).with_name("equivalent.txt")
# The service, the handle, and what starts and stops a mock.
SCOPE = [
    "mock_cognitosync/cognitosync/**/*.py",
    "mock_cognitosync/control/**/*.py",
    *(
        f"mock_cognitosync/{name}.py"
        for name in ("mock", "runs", "decorator", "environment", "patches", "registration")
    ),
]
# Without what differs between runs, so that a mutant that survives survives each time.
PYTEST = [
    "-W",
    "ignore::pytest.PytestAssertRewriteWarning",
    "-q",
    "-p",
    "no:randomly",
    "-p",
    "no:cacheprovider",
    # Otherwise pytest may load the modules of the package itself, from their files.
    "--assert=plain",
    "-m",
    "not subprocess",
]
# How many tests meet a mutant in one process, and how long they may take.
TESTS_AT_ONCE = 400
SECONDS = 300


def measure() -> None:
    """Run the tests under coverage, one context for each."""
    command = [sys.executable, "-m", "coverage", "run", f"--data-file={DATA}", "-m", "pytest", *PYTEST]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
    subprocess.run([*command, "-p", "mutation.contexts"], cwd=ROOT, env=environment, check=True)
    subprocess.run([sys.executable, "-m", "coverage", "combine", "-q", f"--data-file={DATA}"], cwd=ROOT, check=False)


class Tests:
    """The tests by the lines that they run, the most specific ones first."""

    def __init__(self) -> None:
        data = coverage.CoverageData(str(DATA))
        data.read()
        self._by_line: dict[str, dict[int, list[str]]] = {}
        lines: Counter[str] = Counter()
        for path in data.measured_files():
            contexts = data.contexts_by_lineno(path)
            self._by_line[str(Path(path).resolve())] = contexts
            lines.update(filter(None, chain.from_iterable(contexts.values())))
        self._lines = lines

    def of(self, path: Path, mutant: Mutant) -> list[str]:
        """
        The ids of the tests that run the lines; those of the whole module if the lines run at import, and the tests
        that run the most lines if the whole module does.
        """
        by_line = self._by_line.get(str(path), {})
        found = {test for line in mutant.lines for test in by_line.get(line, ()) if test}
        if not found or any("" in by_line.get(line, ()) for line in mutant.lines):
            found |= {test for tests in by_line.values() for test in tests if test}
        if not found:
            return [test for test, _ in self._lines.most_common(TESTS_AT_ONCE)]
        functions = defaultdict(list)
        for test in sorted(found, key=lambda test: (self._lines[test], test)):
            functions[test.partition("[")[0]].append(test)
        # One case of each function, then a second one of each, and so on.
        return [test for row in zip_longest(*functions.values()) for test in row if test]


class MutatedModule(MetaPathFinder):
    """Imports one module of the package with the mutant's source."""

    def __init__(self, name: str, path: Path, source: str) -> None:
        self._name, self._path, self._source = name, path, source

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        loader = _Loader(fullname, str(self._path), self._source)
        return importlib.util.spec_from_file_location(fullname, self._path, loader=loader)


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self._source = source

    def get_code(self, fullname: str) -> Any:
        return compile(self._source, self.path, "exec", dont_inherit=True)


def meet(path: Path, mutant: Mutant, tests: Sequence[str]) -> str:
    """Run *tests* with the mutant: it ``survived``, was ``killed``, or the tests ``timed out``."""
    child = os.fork()
    if not child:
        _run_with(path, mutant, tests)
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return "killed" if status else "survived"
        time.sleep(0.01)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "timed out"


def _run_with(path: Path, mutant: Mutant, tests: Sequence[str]) -> NoReturn:
    os.setpgrp()
    outcome = 3
    try:
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        sys.meta_path.insert(0, MutatedModule(name, path, mutant.source))
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        outcome = int(pytest.main([*PYTEST, "-x", "--hypothesis-seed=0", *tests]))
    finally:
        os._exit(outcome)


def title(path: Path, mutant: Mutant) -> str:
    """One line that names the mutant, whatever the numbers of its lines."""
    before, after = (" ".join(text.split()) for text in (mutant.before, mutant.after))
    return f"{path.relative_to(ROOT)}: {before} => {after}"


def known_equivalents() -> dict[str, str]:
    """The mutants that no test can notice, each with the reason."""
    lines = [line for line in KNOWN.read_text().splitlines() if line and not line.startswith("#")]
    return dict(zip(lines[::2], lines[1::2], strict=True))


_tests: Tests


def _outcome(job: tuple[Path, Mutant]) -> tuple[Path, Mutant, str]:
    path, mutant = job
    tests = _tests.of(path, mutant)
    outcome = "survived"
    for start in range(0, len(tests), TESTS_AT_ONCE):
        outcome = meet(path, mutant, tests[start : start + TESTS_AT_ONCE])
        if outcome != "survived":
            break
    return path, mutant, outcome


def main() -> int:
    """Print the survivors and the score; return 1 if a mutant survived."""
    command = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    command.add_argument("patterns", nargs="*", default=SCOPE, help="the modules to mutate")
    command.add_argument("--sample", type=int, help="how many mutants to choose; all by default")
    command.add_argument("--seed", type=int, default=0, help="of the choice")
    command.add_argument("--jobs", type=int, default=os.cpu_count())
    command.add_argument("--reuse", action="store_true", help="use the coverage of the last run")
    options = command.parse_args()
    global _tests
    if not options.reuse:
        measure()
    _tests = Tests()
    paths = sorted({path for pattern in options.patterns for path in ROOT.glob(pattern)})
    equivalents = known_equivalents()
    jobs = [(path, mutant) for path in paths for mutant in mutants(path.read_text())]
    if options.sample:
        jobs = random.Random(options.seed).sample(jobs, min(options.sample, len(jobs)))
    for path in paths:
        unchanged = Mutant(range(0), "", "", ast.unparse(ast.parse(path.read_text())))
        if meet(path, unchanged, _tests.of(path, unchanged)[:10]) != "survived":
            raise SystemExit(f"tests of {path.relative_to(ROOT)} fail without a mutant")
    broken = Mutant(range(0), "", "", "raise SystemError")
    if meet(paths[-1], broken, _tests.of(paths[-1], broken)[:10]) != "killed":
        raise SystemExit(f"tests of {paths[-1].relative_to(ROOT)} pass with a module that cannot be imported")
    outcomes: Counter[str] = Counter()
    with multiprocessing.get_context("fork").Pool(options.jobs) as pool:
        for path, mutant, outcome in pool.imap_unordered(_outcome, jobs):
            name = title(path, mutant)
            outcome = "equivalent" if outcome == "survived" and name in equivalents else outcome
            outcomes[outcome] += 1
            if outcome not in ("killed", "equivalent"):
                sys.stdout.write(f"{outcome}: line {mutant.lines.start} of {name}\n")
                sys.stdout.flush()
    # A test that hangs is noticed too.
    killed, total = outcomes["killed"] + outcomes["timed out"], outcomes.total()
    sys.stdout.write(
        f"{total} mutants: {', '.join(f'{number} {outcome}' for outcome, number in outcomes.most_common())}; "
        f"{killed / total:.1%} killed, {killed / (total - outcomes['equivalent']):.1%} without the equivalent ones\n"
    )
    return 1 if total - killed - outcomes["equivalent"] else 0


if __name__ == "__main__":
    sys.exit(main())
