"""Run a function when a named module is imported, without importing it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

_functions: dict[str, Callable[[ModuleType], None]] = {}


def run_when_imported(name: str, function: Callable[[ModuleType], None]) -> None:
    """
    Call *function* with the module *name*: now if it is imported already, and after each later import or reload.

    A module has one function; a second one replaces the first.
    """
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    _functions[name] = function
    if name in sys.modules:
        function(sys.modules[name])


def cancel(name: str) -> None:
    """Call nothing when the module *name* is imported. Idempotent."""
    _functions.pop(name, None)


class _Finder:
    """Finds the modules in ``_functions`` as Python does, and calls their functions after they have been executed."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        function = _functions.get(name)
        if function is None:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def execute_and_call(module: ModuleType) -> None:
                execute(module)
                function(module)

            spec.loader.exec_module = execute_and_call  # type: ignore[method-assign]  # this loader is ours alone
        return spec
