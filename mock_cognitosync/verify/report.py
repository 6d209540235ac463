"""Outcomes of checks as lines for a person and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from .run import Outcome, Verdict
from .values import Refusal

_LONGEST_TEXT = 200
_LONGEST_LIST = 12
# moto's account, which replaces the real one in a report.
_ANY_ACCOUNT = "123456789012"

Json = Any


def by_rule(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    """Outcomes grouped by their rules, in order."""
    found: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        found.setdefault(outcome.check.rule, []).append(outcome)
    return found


def verdict_of(outcomes: Sequence[Outcome]) -> Verdict:
    """The verdict on a rule: a rule differs if one of its checks does, and it is checked if one of them has run."""
    verdicts = {outcome.verdict for outcome in outcomes}
    if "differs" in verdicts:
        return "differs"
    return "agrees" if "agrees" in verdicts else "not checked"


def lines_of(rule: str, outcomes: Sequence[Outcome]) -> str:
    """One line for *rule*, and indented lines for differences, open questions and checks that did not run."""
    claims = "; ".join(outcome.check.claim for outcome in outcomes)
    lines = [f"{verdict_of(outcomes):<13}{rule:<17}{claims}"]
    for outcome in outcomes:
        lines += [f"{'':<13}{name:<17}{text}" for name, text in _details(outcome)]
    questions = dict.fromkeys(outcome.check.question for outcome in outcomes if outcome.check.question)
    lines += [f"{'':<13}{'open question':<17}{question}" for question in questions]
    return "\n".join(lines) + "\n"


def _details(outcome: Outcome) -> Iterable[tuple[str, str]]:
    if outcome.verdict == "not checked":
        yield "not checked", f"{outcome.check.claim}: {outcome.why}"
    if outcome.verdict == "differs":
        yield "differs", outcome.check.claim
        if outcome.sent:
            yield "  sent", f"{outcome.sent.operation} {_text(outcome.sent.parameters)}"
        yield "  expected", _text(outcome.expected)
        yield "  got", _text(outcome.got)
    for other in outcome.other_texts:
        yield "message", f"{_text(other.theirs)}; the mock has {_text(other.ours)}"


def summary_of(rules: Mapping[str, Sequence[Outcome]]) -> dict[Verdict, int]:
    """The number of rules by verdict."""
    counts: dict[Verdict, int] = {"agrees": 0, "differs": 0, "not checked": 0}
    for outcomes in rules.values():
        counts[verdict_of(outcomes)] += 1
    return counts


def to_json(outcomes: Iterable[Outcome], day: date, about: Mapping[str, Json], account_id: str | None) -> str:
    """
    A report that other programs can read.

    Args:
        outcomes: of all checks.
        day: the date of the run.
        about: the endpoint that was checked, and the versions that were used.
        account_id: replaced by ``123456789012``.
    """
    rules = by_rule(outcomes)
    tree = {
        "date": day.isoformat(),
        **about,
        "summary": summary_of(rules),
        "rules": {rule: _rule(found) for rule, found in rules.items()},
    }
    text = json.dumps(tree, indent=2, ensure_ascii=False)
    return (text.replace(account_id, _ANY_ACCOUNT) if account_id else text) + "\n"


def _rule(outcomes: Sequence[Outcome]) -> Json:
    return {"verdict": verdict_of(outcomes), "checks": [_check(outcome) for outcome in outcomes]}


def _check(outcome: Outcome) -> Json:
    found: dict[str, Json] = {"claim": outcome.check.claim, "verdict": outcome.verdict}
    if outcome.check.question:
        found["open question"] = outcome.check.question
    if outcome.why:
        found["why"] = outcome.why
    if outcome.verdict == "differs":
        sent = outcome.sent
        found["sent"] = sent and {"operation": sent.operation, "parameters": shortened(sent.parameters)}
        found["expected"] = shortened(outcome.expected)
        found["got"] = shortened(outcome.got)
    if outcome.other_texts:
        found["messages"] = [{"theirs": other.theirs, "ours": other.ours} for other in outcome.other_texts]
    return found


def _text(value: Any) -> str:
    return json.dumps(shortened(value), ensure_ascii=False)


def shortened(value: Any) -> Json:
    """*value* as JSON, without the middle of long texts and the end of long lists."""
    if isinstance(value, str):
        left_out = len(value) - _LONGEST_TEXT
        return f"{value[: _LONGEST_TEXT // 2]}… ({len(value)} characters)" if left_out > 0 else value
    if isinstance(value, Refusal):
        return {"code": value.code, "status": value.status, "message": shortened(value.message)}
    if isinstance(value, Mapping):
        return {str(name): shortened(part) for name, part in value.items()}
    if isinstance(value, (list, tuple, set)):
        items = [shortened(part) for part in list(value)[:_LONGEST_LIST]]
        return [*items, f"… ({len(value)} items)"] if len(value) > _LONGEST_LIST else items
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return str(value)
