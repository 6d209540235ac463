"""The mutants of a module have one mistake each, and none where only readers would see it."""

from __future__ import annotations

import pytest
from mutation.mutants import mutants


def changes(source):
    """The text before and after each change."""
    return [(mutant.before, mutant.after) for mutant in mutants(source)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f():\n    return a < b <= c", {"a <= b <= c", "a < b < c", "return None"}),
        ("x = a and b", {"a or b", "a", "b"}),
        ("x = not a", {"a"}),
        ("x = 5", {"6", "4"}),
        ("x = True", {"False"}),
        ("x = 'ab'", {"'aab'"}),
        ("x = a + b", {"a - b"}),
        ("x = a if b else c", {"c if b else a"}),
        ("x = f(a, None)", {"f(a)"}),
        ("x = f(a, b=c)", {"f(a)"}),
        ("if a:\n    pass", {"if not a:\n    pass"}),
        ("def f():\n    a.b = c", {"pass"}),
    ],
)
def test_each_kind_of_mistake_is_made(source, expected):
    """Each kind of expression and statement has its mutants; a statement may also be left out."""
    assert {after for _, after in changes(source)} - {"pass"} == expected - {"pass"}


@pytest.mark.parametrize(
    "source",
    ["'''Documentation.'''", "from a import b", "def f(a: 'int') -> 'str': ...", "if TYPE_CHECKING:\n    x = f(1)"],
)
def test_what_only_readers_see_does_not_change(source):
    """Documentation, imports and annotations have no mutants."""
    assert changes(source) == []


def test_a_mutant_is_the_module_with_one_change():
    """The source of a mutant differs in the place that it names, and the next one begins with the original again."""
    [first, second, third] = mutants("\nx = 1")
    assert [first.source, second.source, third.source] == ["pass", "x = 2", "x = 0"]
    assert [first.lines, third.lines] == [range(2, 3)] * 2
