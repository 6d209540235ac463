"""Each test of the suite checks something, and each block of the documentation is one that the suite finds."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
from test_blocks import BLOCKS, DOCUMENTS

ROOT = Path(__file__).parents[2]
FILES = [
    path
    for folder in ("tests", "examples")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "node_modules" not in path.parts
]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# Methods of pytest's results that fail if the output is not as expected.
MATCHERS = re.compile(r"(assert|fnmatch_lines|no_fnmatch_line|re_match_lines|no_re_match_line|expect|fail$)")
RAISERS = {"raises", "warns", "deprecated_call"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.AST) -> Iterator[Function]:
    """All functions and methods, nested ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, FUNCTIONS))


@cache
def called(function: Function) -> set[str]:
    """The names of what the function calls, and of the fixtures that it takes."""
    names = {argument.arg for argument in function.args.args}
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            names.add(ast.unparse(node.func).rpartition(".")[2])
            # A function may be passed on, for instance to a thread.
            names.update(argument.id for argument in node.args if isinstance(argument, ast.Name))
    return names


@cache
def checks_itself(function: Function) -> bool:
    """Whether the function has an assertion, or a call that fails unless something is as expected."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            checked = any(keyword.arg == "check" and ast.unparse(keyword.value) == "True" for keyword in node.keywords)
            if name in RAISERS or MATCHERS.match(name) or checked:
                return True
    return False


def checking(every: Iterable[Function], known: Iterable[str] = ()) -> set[str]:
    """The names of the functions that check something, themselves or through one another or a *known* one."""
    found = set(known)
    rest = {function: called(function) for function in every}
    while True:
        more = {
            function.name for function, names in rest.items() if checks_itself(function) or not found.isdisjoint(names)
        } - found
        if not more:
            return found
        found |= more


def collected(tree: ast.Module) -> Iterator[Function]:
    """The tests that pytest collects: functions, and methods of classes."""
    classes = [
        node
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        and (node.name.startswith("Test") or any(ast.unparse(base).endswith("TestCase") for base in node.bases))
    ]
    for parent in (tree, *classes):
        yield from (node for node in parent.body if isinstance(node, FUNCTIONS) and node.name.startswith("test"))


def without_a_check(tree: ast.Module, known: Iterable[str]) -> list[str]:
    """The names of the tests that cannot fail except by an error."""
    checkers = checking(functions(tree), known)
    return [
        test.name
        for test in collected(tree)
        if not checks_itself(test) and checkers.isdisjoint(called(test) - {test.name})
    ]


def helpers_of(path: Path) -> set[str]:
    """The functions that check something, in the helpers that a test module imports and in its conftest files."""
    imported = {node.module for node in ast.walk(parsed(path)) if isinstance(node, ast.ImportFrom) and node.module}
    modules = [other for other in FILES if other.stem in imported]
    modules += [folder / "conftest.py" for folder in path.parents if (folder / "conftest.py") in FILES]
    return checking(function for module in modules for function in functions(parsed(module)))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", [path for path in FILES if path.name.startswith("test_")], ids=lambda path: path.name)
def test_each_test_checks_something(path):
    """It has an assertion, expects an exception, or uses a helper that does."""
    assert without_a_check(parsed(path), helpers_of(path)) == []


def test_a_test_without_an_assertion_is_noticed():
    """Such a test passes whatever the code under test does."""
    tree = ast.parse(
        """
def test_calls_only(client): client.list_records()
def test_asserts(client): assert client.list_records()
def test_expects():
    with pytest.raises(ValueError): f()
def helper(): assert g()
def test_with_a_helper(): helper()
def test_with_a_driver(profile): profile.refused_update()
def test_of_output(result): result.stdout.fnmatch_lines(["x"])
def test_of_a_process(): subprocess.run(["true"], check=True)
def test_of_a_process_that_may_fail(): subprocess.run(["true"], check=False)
class TestCase:
    def test_method(self): self.assertEqual(f(), 1)
    async def test_nothing(self): await f()
def test_of_a_class():
    class Case:
        def test_inner(self): f()
    assert run(Case)
"""
    )
    helpers = helpers_of(ROOT / "tests/operations/test_tokens.py")
    assert without_a_check(tree, helpers) == [
        "test_calls_only",
        "test_of_a_process_that_may_fail",
        "test_nothing",
    ]


FENCE = re.compile(r"^[ \t>*-]*(?:```|~~~)", re.MULTILINE)


def hidden_fences(text: str, number_of_blocks: int) -> int:
    """The number of fences that belong to none of the blocks that the suite finds."""
    return len(FENCE.findall(text)) - 2 * number_of_blocks


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_block_is_hidden_from_the_suite(page):
    """A block that is indented, has no language, or has tildes for a fence would be a claim that no test runs."""
    name = str(page.relative_to(ROOT))
    assert hidden_fences(page.read_text(encoding="utf-8"), sum(found == name for found, _, _ in BLOCKS)) == 0


HIDDEN = ["```\nx\n```", "1. a\n\n   ```python\n   x\n   ```", "~~~python\nx\n~~~", "> ```py\n> ```"]


@pytest.mark.parametrize("block", HIDDEN)
def test_a_hidden_block_is_noticed(block):
    """It is counted although the search for blocks does not find it."""
    assert hidden_fences(f"# Page\n\n{block}\n", 0) == 2
