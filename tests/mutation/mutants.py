"""The mutants of a module: copies of its source, each with one small mistake."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

COMPARISONS = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
ARITHMETIC = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Pow: ast.Mult}
ARITHMETIC[ast.Div] = ast.Mult
ARITHMETIC[ast.Mod] = ast.Mult
# What only type checkers and readers see.
FIELDS_WITHOUT_EFFECT = {"annotation", "returns", "type_comment"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """
    A mistake in a module.

    Attributes:
        lines: the numbers of the lines of the statement or expression that changes.
        before: its text.
        after: its text with the mistake.
        source: the text of the whole module with the mistake.
    """

    lines: range
    before: str
    after: str
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """All mutants of a module, in the order of its lines."""
    tree = ast.parse(source)
    for parent, field, index, node in sorted(_places(tree), key=lambda place: (place[3].lineno, place[3].col_offset)):
        for replacement in _replacements(node, parent, field):
            _put(parent, field, index, replacement)
            mutated = ast.unparse(ast.fix_missing_locations(tree))
            _put(parent, field, index, node)
            after = ast.unparse(replacement)
            lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
            yield Mutant(lines, ast.unparse(node), after, mutated)


def _put(parent: ast.AST, field: str, index: int | None, node: ast.AST) -> None:
    if index is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[index] = node


def _places(parent: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, ast.expr | ast.stmt]]:
    """Each node that may change, with the place where it is."""
    for field, value in ast.iter_fields(parent):
        if field in FIELDS_WITHOUT_EFFECT:
            continue
        for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(node, ast.AST) or _has_no_effect(node):
                continue
            if isinstance(node, (ast.expr, ast.stmt)):
                yield parent, field, index, node
            if not isinstance(node, ast.JoinedStr):
                yield from _places(node)


def _has_no_effect(node: ast.AST) -> bool:
    """Docstrings, imports, and code for type checkers."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.If):
        return ast.unparse(node.test) == "TYPE_CHECKING"
    if isinstance(node, ast.FunctionDef):
        return any(ast.unparse(decorator) == "overload" for decorator in node.decorator_list)
    if isinstance(node, ast.Assign):
        return ast.unparse(node.targets[0]) in ("__all__", "__slots__")
    return isinstance(node, (ast.Import, ast.ImportFrom))


def _replacements(node: ast.expr | ast.stmt, parent: ast.AST, field: str) -> Iterator[ast.AST]:
    """The nodes that replace *node*, one for each mutant."""
    if isinstance(node, ast.Compare):
        yield from (
            _copy(node, ops=[*node.ops[:place], COMPARISONS[type(op)](), *node.ops[place + 1 :]])
            for place, op in enumerate(node.ops)
        )
    elif isinstance(node, ast.BoolOp):
        yield _copy(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
        yield from node.values
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        yield _copy(node, op=ARITHMETIC[type(node.op)]())
    elif isinstance(node, ast.Constant):
        yield from map(ast.Constant, _other_constants(node.value))
    elif isinstance(node, ast.IfExp):
        yield _copy(node, body=node.orelse, orelse=node.body)
    elif isinstance(node, ast.Call) and node.args and isinstance(node.args[-1], (ast.Constant, ast.List, ast.Dict)):
        yield _copy(node, args=node.args[:-1])
    elif isinstance(node, ast.Return) and node.value is not None and ast.unparse(node.value) != "None":
        yield _copy(node, value=ast.Constant(None))
    elif isinstance(node, (ast.If, ast.While)) and isinstance(node.test, (ast.Name, ast.Attribute, ast.Call)):
        yield _copy(node, test=ast.UnaryOp(ast.Not(), node.test))
    elif isinstance(node, (ast.Expr, ast.Assign, ast.AugAssign)) and not isinstance(parent, ast.ClassDef):
        yield ast.Pass()
    if isinstance(node, ast.Call):
        yield from (
            _copy(node, keywords=[*node.keywords[:place], *node.keywords[place + 1 :]])
            for place, keyword in enumerate(node.keywords)
            if keyword.arg is not None
        )


def _other_constants(value: object) -> Iterator[object]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
        yield value - 1
    elif isinstance(value, (str, bytes)) and value:
        yield value[:1] * 2 + value[1:]


def _copy(node: ast.AST, **changes: object) -> ast.AST:
    changed = copy.copy(node)
    for name, value in changes.items():
        setattr(changed, name, value)
    return changed
