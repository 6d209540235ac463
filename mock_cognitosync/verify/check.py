"""Checks: each is one claim of a rule of ``docs/fidelity.md``, written as a story that a service confirms or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .service import Service

Story = Callable[["Service"], None]


class Difference(Exception):
    """The service did not behave as the rule says."""

    def __init__(self, expected: Any, got: Any) -> None:
        super().__init__(expected, got)
        self.expected = expected
        self.got = got


class NotChecked(Exception):
    """The check cannot run against this endpoint; the text says why."""


@dataclass(frozen=True, slots=True)
class Check:
    """
    One claim about the service.

    Attributes:
        rule: the id of the rule in ``docs/fidelity.md``.
        name: the claim in a few words, the name of the function.
        story: calls the service; it returns if the service agrees.
        question: the open question about the rule. A rule with the mark U has at least one.
    """

    rule: str
    name: str
    story: Story
    question: str | None = None

    @property
    def claim(self) -> str:
        """The name as words."""
        return self.name.replace("_", " ")


def check(rule: str, *, question: str | None = None) -> Callable[[Story], Check]:
    """Turn a function into a check of *rule*; its docstring states the claim, see :class:`Check`."""

    def decorate(story: Story) -> Check:
        return Check(rule, story.__name__, story, question)

    return decorate


def not_checkable(rule: str, name: str, why: str, *, question: str | None = None) -> Check:
    """A check of *rule* that no endpoint can run, so that reports list the rule with the reason."""

    def story(service: Service) -> None:
        raise NotChecked(why)

    return Check(rule, name, story, question)
