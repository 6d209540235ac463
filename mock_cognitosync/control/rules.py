"""How well the rules for refusals are known. A test compares the table with ``docs/fidelity.md``."""

from __future__ import annotations

_WORDS = {
    "D": "documented",
    "L": "logged",
    "T": "tested by AWS",
    "C": "inferred from a client",
    "O": "deliberately different",
    "U": "our choice",
}
MARKS = {
    "access-2": "L/U",
    "access-3": "L",
    "access-4": "L/C",
    "access-6": "L/U",
    "bulk-4": "D",
    "bulk-5": "D",
    "bulk-6": "U",
    "configuration-3": "U",
    "configuration-4": "U",
    "counts-3": "L",
    "counts-5": "C/O",
    "counts-6": "U",
    "datasets-2": "T",
    "devices-3": "U",
    "devices-4": "C",
    "events-2": "U/D",
    "limits-1": "D",
    "limits-2": "D",
    "limits-3": "D/C",
    "list-5": "L/U",
    "list-7": "U",
    "paging-1": "U",
    "paging-3": "U",
    "pools-1": "T/U",
    "regions-2": "U",
    "token-4": "L/U",
    "trigger-4": "D",
    "trigger-5": "D",
    "trigger-6": "D",
    "update-5": "U",
    "update-6": "U",
    "wire-6": "T/C",
    "wire-7": "L/U",
    "wire-8": "U",
}


def mark_of(rule: str) -> str:
    """The mark of *rule* in words. A rule with two halves can have two marks."""
    return " and ".join(_WORDS[mark] for mark in MARKS[rule].split("/"))
