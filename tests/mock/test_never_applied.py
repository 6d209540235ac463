"""A fault or hook that was never applied, and an assertion that the code under test has caught, fail the test."""

from __future__ import annotations

import asyncio
import logging
import os
import unittest
from contextlib import suppress

import boto3
import pytest

from mock_cognitosync import NeverApplied, mock_cognitosync

ADVICE = "\nRemove what the test does not need, or pass optional=True to it."
SENTENCE = "fail('ListRecords', 'InternalErrorException') was never injected: no call of ListRecords reached us-east-1."


@pytest.fixture(autouse=True)
def _region(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


def add_fault():
    mock_cognitosync.current().fail("ListRecords", "InternalErrorException")


def with_statement():
    with mock_cognitosync():
        add_fault()


async def main():
    async with mock_cognitosync():
        add_fault()


def start_and_stop():
    mock = mock_cognitosync()
    mock.start()
    add_fault()
    mock.stop()


@mock_cognitosync
async def coroutine():
    add_fault()


@mock_cognitosync
def generator():
    yield add_fault()


@mock_cognitosync
async def async_generator():
    yield add_fault()


async def exhaust():
    return [item async for item in async_generator()]


WAYS = {
    "with": with_statement,
    "async with": lambda: asyncio.run(main()),
    "start and stop": start_and_stop,
    "function": mock_cognitosync(add_fault),
    "coroutine": lambda: asyncio.run(coroutine()),
    "generator": lambda: list(generator()),
    "async generator": lambda: asyncio.run(exhaust()),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_fault_that_was_never_injected_fails_a_passing_body(way):
    """The error says which fault and why, and is raised after everything has been restored."""
    before = dict(os.environ)
    with pytest.raises(NeverApplied) as caught:
        WAYS[way]()
    assert str(caught.value) == SENTENCE + ADVICE
    assert dict(os.environ) == before
    with pytest.raises(RuntimeError, match="no mock_cognitosync is active"):
        mock_cognitosync.current()


def failing_stop():
    mock = mock_cognitosync()
    mock.start()
    try:
        add_fault()
        raise KeyError
    finally:
        mock.stop()


@mock_cognitosync
def failing_function():
    add_fault()
    raise KeyError


@pytest.mark.parametrize("body", [failing_stop, failing_function])
def test_an_exception_of_the_body_is_not_masked(body):
    """What the body raises comes out; the unused fault is not reported."""
    with pytest.raises(KeyError) as caught:
        body()
    assert caught.value.__context__ is None


def test_unused_ignore_says_nothing(caplog):
    """With unused="ignore" the body passes."""
    with mock_cognitosync(unused="ignore"):
        add_fault()
    assert caplog.messages == []


def test_unused_report_logs_a_warning(caplog):
    """With unused="report" the body passes, and the log names each fault."""
    with caplog.at_level(logging.WARNING, "mock_cognitosync"), mock_cognitosync(unused="report"):
        add_fault()
    assert caplog.messages == [SENTENCE]


def test_an_unknown_consequence_is_refused():
    """The option is checked where the mock is created."""
    with pytest.raises(ValueError, match="unused") as caught:
        mock_cognitosync(unused="warn")
    assert str(caught.value) == "unused must be one of 'error', 'report', 'ignore', got 'warn'"


def refuse():
    raise AssertionError("not now")


@pytest.mark.parametrize("unused", ["error", "report", "ignore"])
def test_an_assertion_of_a_hook_that_the_code_under_test_catches_fails_the_test(unused):
    """It is raised again at the end, whatever unused= says."""
    mock = mock_cognitosync(unused=unused)
    mock.start().before_next("ListIdentityPoolUsage", refuse)
    with suppress(AssertionError):
        boto3.client("cognito-sync").list_identity_pool_usage()
    with pytest.raises(AssertionError, match="not now"):
        mock.stop()


def case(base, body, expected_failure=False):
    """A decorated TestCase that adds a fault and then runs *body*; its result."""

    class Case(base):
        def setUp(self):
            self.addCleanup(mock_cognitosync.current)

        def test(self):
            add_fault()
            body(self)

    if expected_failure:
        Case.test = unittest.expectedFailure(Case.test)
    result = unittest.TestResult()
    mock_cognitosync(Case)("test").run(result)
    return result


def messages(findings):
    return [text.strip().splitlines()[-1] for _, text in findings]


BASES = [unittest.TestCase, unittest.IsolatedAsyncioTestCase]


@pytest.mark.parametrize("base", BASES)
def test_a_test_case_with_an_unused_fault_fails(base):
    """The check is a part of the test: the runner records a failure, and goes on."""
    result = case(base, lambda self: None)
    assert (messages(result.failures), result.errors) == ([ADVICE.strip()], [])


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize(
    ("body", "expected_failure", "expected"),
    [
        (lambda self: self.fail("mine"), False, (["AssertionError: mine"], 0, 0)),
        (lambda self: self.skipTest("later"), False, ([], 1, 0)),
        (lambda self: self.fail("mine"), True, ([], 0, 1)),
    ],
    ids=["failed", "skipped", "failed as expected"],
)
def test_a_test_case_that_does_not_pass_is_not_checked(base, body, expected_failure, expected):
    """Its own outcome is the only one."""
    result = case(base, body, expected_failure)
    found = messages(result.failures), len(result.skipped), len(result.expectedFailures)
    assert (found, result.errors) == (expected, [])


def test_debug_of_a_test_case_checks_too():
    """`debug`, which pytest uses with --pdb, checks faults and hooks too."""

    @mock_cognitosync
    class Case(unittest.TestCase):
        __test__ = False

        def test(self):
            add_fault()

    with pytest.raises(NeverApplied):
        Case("test").debug()


PROJECT = """
import pytest
import unittest
from mock_cognitosync import mock_cognitosync

def add_fault():
    mock_cognitosync.current().fail("ListRecords", "InternalErrorException")

def test_fixture(cognitosync):
    add_fault()

def test_fixture_failing(cognitosync):
    add_fault()
    assert False, "mine"

@pytest.mark.xfail
def test_fixture_xfail(cognitosync):
    add_fault()
    assert False, "mine"

@pytest.mark.cognitosync(unused="ignore")
def test_fixture_ignoring(cognitosync):
    add_fault()

@mock_cognitosync
class TestMethods:
    def setup_method(self):
        pass

    def test_method(self):
        add_fault()

    def test_method_failing(self):
        add_fault()
        assert False, "mine"

@pytest.fixture
@mock_cognitosync
def own():
    yield

def test_own_fixture_failing(own):
    add_fault()
    assert False, "mine"

@mock_cognitosync
class Case(unittest.TestCase):
    def test_case(self):
        add_fault()

@mock_cognitosync
def test_function():
    add_fault()
"""


@pytest.fixture
def run(pytester, monkeypatch):
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)

    def run(*arguments):
        pytester.makepyfile(test_it=PROJECT)
        options = ["-W", "error", "-o", "asyncio_default_fixture_loop_scope=function", "-p", "no:randomly", "-rA"]
        return pytester.runpytest_subprocess(*options, *arguments)

    return run


def test_fixtures_classes_and_functions_fail_and_other_failures_stay_alone(run):
    """Under pytest a passing test with an unused fault fails or is an error; a failing one only fails."""
    result = run()
    result.assert_outcomes(passed=3, failed=5, errors=2, xfailed=1)
    result.stdout.fnmatch_lines_random(
        [
            "ERROR *::test_fixture - *",
            "ERROR *::TestMethods::test_method - *",
            "FAILED *::Case::test_case - *",
            "FAILED *::test_function - *",
            "FAILED *::test_fixture_failing - AssertionError: mine*",
            "FAILED *::TestMethods::test_method_failing - AssertionError: mine*",
            "FAILED *::test_own_fixture_failing - AssertionError: mine*",
        ]
    )


def test_the_ini_option_decides_for_all(run):
    """With cognitosync_unused=ignore no mock of the run reports an unused fault."""
    run("-o", "cognitosync_unused=ignore").assert_outcomes(passed=5, failed=3, xfailed=1)


def test_an_unknown_value_of_the_ini_option_is_refused(run):
    """The run stops with the values that exist."""
    result = run("-o", "cognitosync_unused=warn")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: cognitosync_unused must be one of error, report, ignore, got 'warn'"])
