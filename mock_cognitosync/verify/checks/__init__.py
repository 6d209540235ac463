"""The checks, one module for each section of ``docs/fidelity.md`` that any client can observe."""

from __future__ import annotations

from importlib import import_module

from ..check import Check

SECTIONS = (
    "tokens",
    "counts",
    "records",
    "update",
    "listing",
    "datasets",
    "limits",
    "paging",
    "usage",
    "pools",
    "configuration",
    "events",
)


def all_checks() -> list[Check]:
    """Every check, in the order of the rules."""
    modules = [import_module(f".{section}", __name__) for section in SECTIONS]
    return [value for module in modules for value in vars(module).values() if isinstance(value, Check)]
