"""The runs to make, their order, and the meaning of their outcomes."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from .disturbances import DISTURBANCES
from .progress import Progress
from .result import Cell, Exploration
from .runner import Encounter, Runner
from .trace import Trace

Plan = tuple[Encounter, ...]


@dataclass(slots=True, frozen=True)
class Budget:
    """The maximum number of disturbed runs, and of seconds in which runs are started; None means no limit."""

    max_runs: int | None = None
    max_seconds: float | None = None

    @property
    def is_limited(self) -> bool:
        """Whether it has any limit."""
        return self.max_runs is not None or self.max_seconds is not None


class Explorer:
    """Explores one scenario."""

    def __init__(self, runner: Runner, seed: int, budget: Budget) -> None:
        self._runner = runner
        self._seed = seed
        self._budget = budget
        self._runs = 0
        self._started = time.monotonic()

    def explore(self, depth: int) -> Exploration:
        """
        Make all runs that the budget allows.

        Raises:
            Exception: the undisturbed run raises it.
        """
        situations, undisturbed = self._runner.situations()
        possible = [
            (Encounter(situation, disturbance),) for situation, disturbance in product(situations, DISTURBANCES)
        ]
        plans = [plan for plan in possible if plan[0].disturbance.can_affect(plan[0].situation)]
        outcomes = self._run(plans, undisturbed)
        singles = [outcomes.get(_id(plan), Cell(_id(plan), "not applicable")) for plan in possible]
        passing = [plan[0] for plan in plans if outcomes[_id(plan)].outcome in ("passed", "differs")]
        pairs = self._run(list(combinations(passing, 2)), undisturbed) if depth == 2 else {}
        waits = self._runner.waits
        return Exploration(
            calls=[situation.name for situation in situations],
            disturbances=[(disturbance.name, disturbance.title) for disturbance in DISTURBANCES],
            cells=singles,
            pairs=[cell for cell in pairs.values() if cell.outcome != "not applicable"],
            seconds=time.monotonic() - self._started - waits.scenario_seconds,
            botocore_wait_seconds=waits.botocore_seconds,
            scenario_wait_seconds=waits.scenario_seconds,
            _replay=self._replayer({encounter.id: encounter for (encounter,) in plans}),
        )

    def _run(self, plans: Sequence[Plan], undisturbed: Trace) -> dict[str, Cell]:
        """The cell of each plan, in the order of *plans*; a limited budget chooses at random."""
        order = list(plans)
        if self._budget.is_limited:
            random.Random(self._seed).shuffle(order)
        cells = {}
        with Progress(len(order)) as progress:
            for plan in order:
                cell_id = _id(plan)
                progress.show(cell_id)
                cells[cell_id] = self._cell(plan, undisturbed) if self._may_run() else Cell(cell_id, "left out")
        return {_id(plan): cells[_id(plan)] for plan in plans}

    def _may_run(self) -> bool:
        budget = self._budget
        if budget.max_runs is not None and self._runs >= budget.max_runs:
            return False
        if budget.max_seconds is not None and time.monotonic() - self._started >= budget.max_seconds:
            return False
        self._runs += 1
        return True

    def _cell(self, plan: Plan, undisturbed: Trace) -> Cell:
        run = self._runner.run(plan)
        if not run.applied:
            # The service refused the device, or the first of two disturbances kept the second call from coming.
            return Cell(_id(plan), "not applicable")
        if run.trace is None:
            return Cell(_id(plan), "failed", _first_line(run.error))
        difference = "; ".join(filter(None, [run.overlooked, run.trace.difference(undisturbed)]))
        return Cell(_id(plan), "differs" if difference else "passed", difference)

    def _replayer(self, encounters: dict[str, Encounter]) -> Callable[[str], str]:
        def replay(cell_id: str) -> str:
            parts = cell_id.split(_AND)
            unknown = [part for part in parts if part not in encounters]
            if unknown:
                example = next(iter(encounters))
                raise ValueError(
                    f"{unknown[0]!r} is not a call and a disturbance that can affect it, as in {example!r}"
                )
            return self._runner.replay([encounters[part] for part in parts])

        return replay


_AND = " + "


def _id(plan: Plan) -> str:
    return _AND.join(encounter.id for encounter in plan)


def _first_line(error: BaseException | None) -> str:
    text = str(error).strip().partition("\n")[0]
    name = type(error).__name__
    # botocore's own text has the name already.
    return text if name in text else f"{name}: {text}" if text else name
