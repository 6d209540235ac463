"""Runs checks and decides whether the service agrees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from botocore.exceptions import ClientError

from .check import Check, Difference, NotChecked
from .service import Call, OtherText, Service, refusal_of
from .target import Target

Verdict = Literal["agrees", "differs", "not checked"]

# These errors say nothing about the rule.
_NOT_ABOUT_THE_RULE = frozenset(
    {
        "AccessDeniedException",
        "ExpiredTokenException",
        "InternalErrorException",
        "InternalFailure",
        "NotAuthorizedException",
        "ServiceUnavailable",
        "ThrottlingException",
        "TooManyRequestsException",
        "UnrecognizedClientException",
    }
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    The outcome of one check.

    Attributes:
        check: the check.
        verdict: whether the service agrees with the rule.
        sent: the call whose answer differs.
        expected: the answer according to the rule.
        got: what the service answered.
        why: the reason why the check did not run.
        other_texts: messages of the service for which the mock has only its own.
    """

    check: Check
    verdict: Verdict
    sent: Call | None = None
    expected: Any = None
    got: Any = None
    why: str | None = None
    other_texts: tuple[OtherText, ...] = ()


def run(check: Check, target: Target) -> Outcome:
    """
    Run one check.

    Raises:
        BotoCoreError: the endpoint does not answer.
    """
    service = Service(target)
    try:
        check.story(service)
    except NotChecked as reason:
        return Outcome(check, "not checked", why=str(reason))
    except Difference as difference:
        return _differs(check, service, difference.expected, difference.got)
    except ClientError as error:
        refusal = refusal_of(error)
        is_of_the_story = service.sent is not None and error.operation_name == service.sent.operation
        if refusal.code in _NOT_ABOUT_THE_RULE or not is_of_the_story:
            why = f"{error.operation_name} was refused: {refusal.code}: {refusal.message}"
            return Outcome(check, "not checked", why=why)
        return _differs(check, service, "an answer", refusal)
    except (LookupError, TypeError, ValueError) as error:
        # The answer lacks a member that the story reads, or has one of another type.
        return _differs(check, service, "an answer as the model describes it", f"{type(error).__name__}: {error}")
    return Outcome(check, "agrees", other_texts=tuple(service.other_texts))


def run_all(checks: Iterable[Check], target: Target) -> Iterator[Outcome]:
    """Run *checks* one after another."""
    for check in checks:
        yield run(check, target)


def _differs(check: Check, service: Service, expected: Any, got: Any) -> Outcome:
    return Outcome(check, "differs", service.sent, expected, got, other_texts=tuple(service.other_texts))
