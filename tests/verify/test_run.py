"""What becomes of a check, and how outcomes are reported."""

from __future__ import annotations

import json
from datetime import date, datetime, timezone

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from verify.doors import REGION, InventedPools

from mock_cognitosync.verify import report
from mock_cognitosync.verify.check import NotChecked, check
from mock_cognitosync.verify.run import Outcome, run, run_all
from mock_cognitosync.verify.service import Call, OtherText
from mock_cognitosync.verify.target import Target
from mock_cognitosync.verify.values import Refusal, invalid


def error(code, operation="ListRecords"):
    response = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    return ClientError(response, operation)


class Sync:
    """A service that answers ListRecords with a value, or raises it."""

    def __init__(self, outcome):
        self._outcome = outcome

    def list_records(self, **parameters):
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return {"ResponseMetadata": {}, **self._outcome}


def target_of(outcome):
    return Target(lambda name: Sync(outcome), InventedPools(), REGION)


def story(service):
    service.expect(service.call("ListRecords", DatasetName="profile"), {"Count": 1})


@check("counts-9", question="Is it one?")
def the_count_is_one(service):
    """The count is one."""
    story(service)


ANY = {"check": the_count_is_one, "sent": Call("ListRecords", {"DatasetName": "profile"})}


def test_a_service_that_does_what_the_rule_says_agrees():
    """A story that ends without an error is an agreement."""
    assert run(the_count_is_one, target_of({"Count": 1})) == Outcome(the_count_is_one, "agrees")


@pytest.mark.parametrize(
    ("outcome", "expected", "got"),
    [
        ({"Count": 2}, {"Count": 1}, {"Count": 2}),
        (error("ResourceNotFoundException"), "an answer", Refusal("ResourceNotFoundException", 400, "no")),
        (KeyError("Count"), "an answer as the model describes it", "KeyError: 'Count'"),
    ],
)
def test_a_service_that_does_something_else_differs(outcome, expected, got):
    """Another answer, an unexpected refusal, and an answer that lacks a member are differences, with what was sent."""
    assert run(the_count_is_one, target_of(outcome)) == Outcome(**ANY, verdict="differs", expected=expected, got=got)


def test_an_error_that_says_nothing_about_the_rule_is_no_difference():
    """Throttling and missing permissions leave the rule unchecked."""
    outcome = run(the_count_is_one, target_of(error("TooManyRequestsException")))
    assert (outcome.verdict, outcome.why) == ("not checked", "ListRecords was refused: TooManyRequestsException: no")


def test_an_error_of_another_service_is_no_difference():
    """A pool that cognito-identity does not create leaves the rule unchecked."""

    @check("counts-9")
    def needs_a_pool(service):
        raise error("LimitExceededException", "CreateIdentityPool")

    outcome = run(needs_a_pool, target_of({}))
    assert outcome.verdict == "not checked"
    assert outcome.why == "CreateIdentityPool was refused: LimitExceededException: no"


def test_an_endpoint_that_does_not_answer_ends_the_run():
    """There is no outcome without an answer."""
    outcomes = run_all([the_count_is_one], target_of(EndpointConnectionError(endpoint_url="http://nowhere")))
    with pytest.raises(EndpointConnectionError):
        next(outcomes)


def test_a_message_of_the_mock_s_own_may_differ():
    """Class and status must be those of the rule; the other message is kept for the report."""

    @check("counts-9")
    def it_is_refused(service):
        service.expect(service.refusal("ListRecords"), invalid("That is wrong"))

    outcome = run(it_is_refused, target_of(error("InvalidParameterException")))
    assert outcome == Outcome(it_is_refused, "agrees", other_texts=(OtherText("That is wrong", "no"),))
    different = run(it_is_refused, target_of(error("ValidationException")))
    assert (different.verdict, different.expected, different.got) == (
        "differs",
        ("InvalidParameterException", 400),
        ("ValidationException", 400),
    )


def outcomes():
    """One rule that differs and one that has no check."""

    @check("counts-10")
    def another_count(service):
        raise NotChecked("there is no other")

    differing = Outcome(**ANY, verdict="differs", expected={"Count": 1}, got={"Count": 2})
    agreeing = Outcome(the_count_is_one, "agrees", other_texts=(OtherText("ours", "theirs of 999988887777"),))
    return [differing, agreeing, Outcome(another_count, "not checked", why="there is no other")]


def test_a_rule_is_one_line_with_its_details_below():
    """Verdict, rule and claims; then what differs, other messages, reasons, and the open question once."""
    lines = "".join(report.lines_of(rule, found) for rule, found in report.by_rule(outcomes()).items())
    assert lines == (
        "differs      counts-9         the count is one; the count is one\n"
        "             differs          the count is one\n"
        '               sent           ListRecords {"DatasetName": "profile"}\n'
        '               expected       {"Count": 1}\n'
        '               got            {"Count": 2}\n'
        '             message          "theirs of 999988887777"; the mock has "ours"\n'
        "             open question    Is it one?\n"
        "not checked  counts-10        another count\n"
        "             not checked      another count: there is no other\n"
    )


def test_a_difference_before_the_first_call_has_nothing_sent():
    """A check that finds a difference without a call says only what it expected."""
    outcome = Outcome(the_count_is_one, "differs", expected=1, got=2)
    assert "sent" not in report.lines_of("counts-9", [outcome])
    assert json.loads(report.to_json([outcome], date(2024, 6, 1), {}, None))["rules"]["counts-9"]["checks"] == [
        {
            "claim": "the count is one",
            "verdict": "differs",
            "open question": "Is it one?",
            "sent": None,
            "expected": 1,
            "got": 2,
        }
    ]


def test_the_json_report_has_everything_but_the_account():
    """Date, endpoint and outcomes are in the report; the account's id is replaced by moto's."""
    text = report.to_json(outcomes(), date(2024, 6, 1), {"endpoint": "AWS"}, "999988887777")
    assert json.loads(text) == {
        "date": "2024-06-01",
        "endpoint": "AWS",
        "summary": {"agrees": 0, "differs": 1, "not checked": 1},
        "rules": {
            "counts-9": {
                "verdict": "differs",
                "checks": [
                    {
                        "claim": "the count is one",
                        "verdict": "differs",
                        "open question": "Is it one?",
                        "sent": {"operation": "ListRecords", "parameters": {"DatasetName": "profile"}},
                        "expected": {"Count": 1},
                        "got": {"Count": 2},
                    },
                    {
                        "claim": "the count is one",
                        "verdict": "agrees",
                        "open question": "Is it one?",
                        "messages": [{"theirs": "theirs of 123456789012", "ours": "ours"}],
                    },
                ],
            },
            "counts-10": {
                "verdict": "not checked",
                "checks": [{"claim": "another count", "verdict": "not checked", "why": "there is no other"}],
            },
        },
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("x" * 200, "x" * 200),
        ("x" * 201, f"{'x' * 100}… (201 characters)"),
        (list(range(12)), list(range(12))),
        ((*range(13),), [*range(12), "… (13 items)"]),
        ({"a": {"b": None}}, {"a": {"b": None}}),
        (Refusal("Code", 400, "text"), {"code": "Code", "status": 400, "message": "text"}),
        ({"x"}, ["x"]),
        ([True, 1, 1.5, None], [True, 1, 1.5, None]),
        (datetime(2024, 6, 1, tzinfo=timezone.utc), "2024-06-01 00:00:00+00:00"),
    ],
)
def test_long_values_are_shortened(value, expected):
    """A report stays readable where a check writes a megabyte."""
    assert report.shortened(value) == expected
