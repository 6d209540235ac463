"""Names as Literal types and marks of rules agree with the model and with docs/fidelity.md."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from driver import replace

from mock_cognitosync.cognitosync import exceptions
from mock_cognitosync.cognitosync.exceptions import UNMODELLED_STATUSES, CognitoSyncError
from mock_cognitosync.cognitosync.wire import service_model
from mock_cognitosync.control.names import ErrorCode, Operation
from mock_cognitosync.control.rules import MARKS

FIDELITY = Path(__file__).parents[2] / "docs/fidelity.md"


def test_operations_are_those_of_the_model():
    """An editor completes every operation in both spellings, and the star."""
    operations = service_model.load().operations
    spellings = {name for known, operation in operations.items() for name in (known, operation.method_name)}
    assert set(get_args(Operation)) == spellings | {"*"}


def test_error_codes_are_those_of_the_model():
    """An editor completes every code that an operation declares or that is common to all of AWS."""
    declared = {code for operation in service_model.load().operations.values() for code in operation.error_codes}
    assert set(get_args(ErrorCode)) == declared | UNMODELLED_STATUSES.keys()


def test_marks_are_those_of_the_fidelity_page():
    """The table holds the mark of each rule by which the service refuses."""
    refusals = [value for value in vars(exceptions).values() if isinstance(value, type)]
    rules = {refusal.rule for refusal in refusals if issubclass(refusal, CognitoSyncError) and refusal.rule}
    rows = re.findall(r"^\| (\S+-\d+) \|.*\| (\S+) \| [^|]*\|$", FIDELITY.read_text(), re.MULTILINE)
    assert {rule: mark for rule, mark in rows if rule in rules} == MARKS
    assert rules == MARKS.keys()


def test_a_refusal_knows_its_rule(cognitosync, profile):
    """The recorded call names the rule and how well it is known; an injected error has none."""
    profile.device().put("profile", {"theme": "dark"})
    profile.refused_update(replace("theme"))
    cognitosync.fail("ListRecords", "InternalErrorException")
    profile.refused_listing()

    assert [(call.rule, call.mark) for call in cognitosync.calls] == [
        (None, None),
        ("counts-3", "logged"),
        (None, None),
    ]
    assert "(rule counts-3, logged)\n" in cognitosync.report()


@pytest.mark.parametrize("name", ["LimitExceeded", "DatasetNotFound", "CognitoSyncError", "NeverApplied"])
def test_exceptions_of_docstrings_can_be_imported(name):
    """The public module has what devices raise."""
    from mock_cognitosync import exceptions as public

    assert issubclass(getattr(public, name), Exception)
    assert name in public.__all__
