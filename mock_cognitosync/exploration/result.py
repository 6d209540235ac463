"""The result of an exploration: the outcome of each cell, as a table and as an assertion."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Literal

Outcome = Literal["passed", "differs", "failed", "not applicable", "left out"]

_SIGNS: dict[Outcome, str] = {"passed": "+", "differs": "~", "failed": "F", "not applicable": ".", "left out": "?"}
_WIDEST = 118
_COLUMNS = 20


@dataclass(slots=True, frozen=True)
class Cell:
    """
    One call and the disturbance that it met, or a pair of them.

    Attributes:
        id: such as ``UpdateRecords#2/throttled``: the second UpdateRecords, and the disturbance. A pair has two, with
            `` + `` between them.
        outcome: ``passed``; ``differs``: passed, but calls or stored records differ from the undisturbed run;
            ``failed``; ``not applicable``; ``left out`` by a budget.
        detail: the first line of the failure, or the difference.
    """

    id: str
    outcome: Outcome
    detail: str = ""

    def __str__(self) -> str:
        line = f"{self.id}: {self.detail}" if self.detail else self.id
        return line if len(line) <= _WIDEST else f"{line[: _WIDEST - 3]}..."


@dataclass(slots=True, frozen=True)
class Exploration:
    """
    The outcomes of all runs.

    Attributes:
        calls: the calls of the undisturbed run, as in ``UpdateRecords#2``.
        disturbances: the name and the title of each disturbance.
        cells: one for each call and disturbance.
        pairs: with ``depth=2``, one for each pair that was run or left out.
        seconds: how long all runs took, without the waits of the scenario.
        botocore_wait_seconds: how long botocore waited before its retries, on the mock's clock.
        scenario_wait_seconds: how long the scenario slept.
    """

    calls: Sequence[str]
    disturbances: Sequence[tuple[str, str]]
    cells: Sequence[Cell]
    pairs: Sequence[Cell]
    seconds: float
    botocore_wait_seconds: float
    scenario_wait_seconds: float
    _replay: Callable[[str], str]

    def of(self, outcome: Outcome) -> list[Cell]:
        """The cells and pairs with this outcome."""
        return [cell for cell in (*self.cells, *self.pairs) if cell.outcome == outcome]

    def cell(self, cell_id: str) -> Cell:
        """
        The cell or pair with this id.

        Raises:
            ValueError: it does not exist; the message suggests the nearest.
        """
        for cell in (*self.cells, *self.pairs):
            if cell.id == cell_id:
                return cell
        close = get_close_matches(cell_id, [cell.id for cell in self.cells], n=1)
        meant = f"; did you mean {close[0]!r}?" if close else ""
        raise ValueError(f"the exploration has no cell {cell_id!r}{meant}")

    def replay(self, cell_id: str) -> str:
        """
        Run one cell or pair again, for a debugger: exceptions are not caught.

        Returns:
            The story of the run, see :meth:`.handle.CognitoSync.story`.

        Raises:
            BaseException: the scenario raises it.
            ValueError: no cell has this id, or its disturbance cannot affect its call.
        """
        return self._replay(cell_id)

    def assert_passed(self, allow: Collection[str] = ()) -> None:
        """
        Check that no cell has failed, except known ones.

        Args:
            allow: the ids of cells that may fail; ``*`` matches any text, as in ``"*/throttled"``.

        Raises:
            AssertionError: a cell failed; an entry of *allow* matches no cell that failed, so it would hide a failure
                in the future; or no cell was run. The message has the table.
        """
        __tracebackhide__ = True
        failed, left_out = self.of("failed"), self.of("left out")
        unexpected = [cell for cell in failed if not any(fnmatchcase(cell.id, entry) for entry in allow)]
        sentences = []
        if unexpected:
            sentences.append(f"{len(unexpected)} of {self._runs()} disturbed runs failed")
        sentences.extend(
            f"{entry!r} is allowed to fail, but nothing that it matches fails: remove it from allow"
            for entry in allow
            if not any(fnmatchcase(cell.id, entry) for cell in (*failed, *left_out))
        )
        if not self._runs():
            sentences.append("no disturbed run took place, so nothing has been shown")
        if sentences:
            raise AssertionError(f"{'; '.join(sentences)}.\n{self}")

    def __repr__(self) -> str:
        return f"<Exploration: {self._summary()}>"

    def __str__(self) -> str:
        lines = [self._summary(), *self._waits(), "", *self._table()]
        for outcome, title in (
            ("failed", "Failed:"),
            ("differs", "Passed, but not as the undisturbed run:"),
            ("left out", "Left out by the budget:"),
        ):
            found = [f"  {cell}" for cell in self.of(outcome)]  # type: ignore[arg-type]  # three of the outcomes
            if found:
                lines += ["", title, *found]
        return "\n".join(lines)

    def _runs(self) -> int:
        return sum(len(self.of(outcome)) for outcome in ("passed", "differs", "failed"))

    def _summary(self) -> str:
        numbers = ", ".join(
            f"{len(self.of(outcome))} {words}"  # type: ignore[arg-type]
            for outcome, words in (("passed", "passed"), ("differs", "passed with differences"), ("failed", "failed"))
        )
        left_out = len(self.of("left out"))
        more = f", {left_out} left out by the budget" if left_out else ""
        return f"{len(self.calls)} calls in {self._runs()} disturbed runs: {numbers}{more}; {self.seconds:.1f} s"

    def _waits(self) -> list[str]:
        waits = []
        if self.botocore_wait_seconds:
            waits.append(f"botocore waited {self.botocore_wait_seconds:.1f} s on the mock's clock")
        if self.scenario_wait_seconds:
            waits.append(f"the scenario slept {self.scenario_wait_seconds:.1f} s")
        return [", ".join(waits)] if waits else []

    def _table(self) -> list[str]:
        signs = {cell.id: _SIGNS[cell.outcome] for cell in self.cells}
        width = max(len(title) for _, title in self.disturbances)
        longest = max(len(name) for name, _ in self.disturbances)
        lines = []
        for start in range(0, len(self.calls), _COLUMNS):
            columns = self.calls[start : start + _COLUMNS]
            numbers = "".join(f"{number:3}" for number in range(start + 1, start + len(columns) + 1))
            lines.append(f"{'':{longest}}  {'':{width}}{numbers}")
            for name, title in self.disturbances:
                row = "".join(f"  {signs[f'{call}/{name}']}" for call in columns)
                lines.append(f"{name:{longest}}  {title:{width}}{row}")
        lines.append(", ".join(f"{sign} {outcome}" for outcome, sign in _SIGNS.items()))
        return [*lines, "", *(f"{number:3} {call}" for number, call in enumerate(self.calls, 1))]
