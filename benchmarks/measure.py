"""What the benchmarks share: alternated timing, ratios that a noisy machine moves little, and a plain table."""

from __future__ import annotations

import gc
import os
import platform
import random
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from statistics import median, quantiles
from time import thread_time
from typing import TypeVar

Case = TypeVar("Case")

# Called off the clock; what it returns is called on the clock.
Prepare = Callable[[], Callable[[], object]]
# Way to seconds, one dict for each round.
Rounds = list[dict[str, float]]


def alternate(
    cases: Mapping[Case, Mapping[str, Prepare]], rounds: int, turns: int, clock: Callable[[], float] = thread_time
) -> dict[Case, Rounds]:
    """
    The median seconds of each way of each case, round by round.

    In a round the cases come in random order, and for each the ways take *turns*, in random order too: whatever slows
    the machine down for a while slows all ways of a case. A tenth of the rounds goes before, to warm up. The *clock*
    counts the processor time of this thread, so that other processes count little.
    """
    taken: dict[Case, Rounds] = {case: [] for case in cases}
    for number in range(-(rounds // 10), rounds):
        for case in random.sample(list(cases), len(cases)):
            seconds = _take_turns(cases[case], turns, clock)
            if number >= 0:
                taken[case].append(seconds)
    return taken


def _take_turns(ways: Mapping[str, Prepare], turns: int, clock: Callable[[], float]) -> dict[str, float]:
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    gc.collect()
    gc.disable()
    for _ in range(turns):
        for way in random.sample(list(ways), len(ways)):
            call = ways[way]()
            started = clock()
            call()
            seconds[way].append(clock() - started)
    gc.enable()
    return {way: median(taken) for way, taken in seconds.items()}


def typical(rounds: Rounds, way: str) -> float:
    """Median seconds of one way over all rounds."""
    return median(seconds[way] for seconds in rounds)


def ratio(rounds: Rounds, way: str, other: str) -> tuple[float, float]:
    """How many times as long *way* takes as *other*: median over the rounds, and half of the middle half's width."""
    low, middle, high = quantiles([seconds[way] / seconds[other] for seconds in rounds], n=4)
    return middle, (high - low) / 2


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A Markdown table, and what it was measured on."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, ["-" * width for width in widths], *rows):
        print("|", " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)), "|")
    packages = ", ".join(f"{name} {version(name)}" for name in ("moto", "boto3", "pytest"))
    print(f"\nPython {platform.python_version()}, {packages}, {os.cpu_count()} cores\n")
