"""
The simulation by hand: ``python tests/simulation/simulate.py --steps 1000000``.

It runs histories of 50 steps in batches, each with a seed of its own, and prints what it has checked. The first failure
ends it with a minimised history.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

sys.path.insert(0, str(Path(__file__).parents[1]))

from simulation.fleet import Fleet

LENGTH = 50
BATCH = 200


def simulate(number: int, histories: int, length: int = LENGTH) -> int:
    """
    Run random histories and return the number of steps.

    Args:
        number: the seed; equal seeds give equal histories.
        histories: how many.
        length: the steps of each.

    Raises:
        AssertionError: a history broke a rule; the notes of the error are the minimised history.
    """
    fleet = seed(number)(type("Fleet", (Fleet,), {"steps": 0}))
    options = settings(
        max_examples=histories,
        stateful_step_count=length,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    run_state_machine_as_test(fleet, settings=options)
    return fleet.steps


def main() -> None:
    parser = argparse.ArgumentParser(description="Simulate fleets of phones.")
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0, help="the seed of the first batch")
    options = parser.parse_args()
    os.environ.setdefault("AWS_ACCESS_KEY_ID", "testing")
    os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "testing")
    steps, number, started = 0, options.seed, time.monotonic()
    while steps < options.steps:
        left = -(-(options.steps - steps) // LENGTH)
        steps += simulate(number, min(BATCH, left))
        number += 1
        speed = steps / (time.monotonic() - started)
        print(f"{steps:,} steps, seeds {options.seed} to {number - 1}, {speed:,.0f} steps per second", flush=True)


if __name__ == "__main__":
    main()
