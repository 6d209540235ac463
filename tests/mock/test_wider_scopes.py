"""Fixtures of wider scopes, and the checks at the end of each test inside a mock that outlives it."""

from __future__ import annotations

import inspect

from mock_cognitosync import MockCognitoSync
from mock_cognitosync.fixtures import Options

CONFTEST = """
from mock_cognitosync import cognitosync_fixture

cognitosync_session = cognitosync_fixture(scope="session", unused={unused!r})
cognitosync_module = cognitosync_fixture(scope="module", region_name="eu-west-1", identity_pools="created")
"""
SHARING = """
import boto3
from mock_cognitosync import current

def test_writes(cognitosync_session):
    cognitosync_session.new_user().device().put("profile", {"theme": "dark"})

def test_finds_the_data_of_the_first(cognitosync_session):
    [user] = cognitosync_session.users()
    assert user.records("profile") == {"theme": "dark"}

def test_the_region_is_that_of_the_ini_option(cognitosync_session):
    assert cognitosync_session.region_name == boto3.client("cognito-sync").meta.region_name == "us-west-2"

def test_options_are_those_of_the_factory(cognitosync_module):
    assert current().region_name == "eu-west-1"
"""
UNUSED = """
import pytest

def add_fault(sync):
    return sync.fail("ListIdentityPoolUsage", "TooManyRequestsException")

def test_unused(cognitosync_session):
    add_fault(cognitosync_session)

def test_unused_hook(cognitosync_session):
    cognitosync_session.before_next("ListIdentityPoolUsage", lambda: None)

def test_optional(cognitosync_session):
    cognitosync_session.fail("ListIdentityPoolUsage", "TooManyRequestsException", optional=True)

def test_failing(cognitosync_session):
    add_fault(cognitosync_session)
    assert False, "mine"

def test_not_affected_by_the_others(cognitosync_session):
    import boto3
    boto3.client("cognito-sync").list_identity_pool_usage()
"""
REPORT = """
import boto3

def call():
    boto3.client("cognito-sync").list_identity_pool_usage()

def test_first(cognitosync_session):
    call()

def test_fails(cognitosync_session):
    call()
    assert False

def test_unused(cognitosync_session):
    call()
    call()
    cognitosync_session.fail("ListRecords", "TooManyRequestsException")
"""
CAUGHT = """
import boto3
from contextlib import suppress

def refuse():
    raise AssertionError("not now")

def test_catches_an_assertion_of_a_hook(cognitosync_session):
    cognitosync_session.before_next("ListIdentityPoolUsage", refuse)
    with suppress(AssertionError):
        boto3.client("cognito-sync").list_identity_pool_usage()

def test_passes(cognitosync_session):
    boto3.client("cognito-sync").list_identity_pool_usage()
"""
SCOPE = """
import boto3
import pytest

@pytest.fixture(scope="module", autouse=True)
def fault(cognitosync_module):
    return cognitosync_module.fail("ListIdentityPoolUsage", "TooManyRequestsException")

def test_first(fault):
    assert fault.times_injected == 0

def test_second(fault):
    assert fault.times_injected == 0
"""
ENDED = """
import pytest
from mock_cognitosync import NeverApplied, mock_cognitosync

@pytest.fixture(scope="module")
def mock():
    return mock_cognitosync()

@pytest.fixture(scope="module")
def sync(mock):
    return mock.start()

def test_ends_the_mock_itself(mock, sync):
    sync.fail("ListIdentityPoolUsage", "TooManyRequestsException")
    with pytest.raises(NeverApplied):
        mock.stop()
"""


def run(run_pytest, test, *arguments, unused="error"):
    conftest = CONFTEST.format(unused=unused)
    ini = "cognitosync_region = us-west-2\n"
    return run_pytest({"conftest.py": conftest, "test_it.py": test}, "-p", "no:randomly", *arguments, ini=ini)


def test_tests_share_the_data_and_options_of_the_fixture(run_pytest):
    """The mock is active from the first test that uses the fixture to the end of its scope."""
    assert run(run_pytest, SHARING).counts("test_it.py") == {"passed": 4}


def test_an_unused_fault_or_hook_is_an_error_of_the_test_that_has_added_it(run_pytest):
    """It ends with this test, so that no other test meets it, and is not reported again at the end of the scope."""
    result = run(run_pytest, UNUSED)
    assert result.outcomes["test_it.py"] == {
        "test_unused": "error",
        "test_unused_hook": "error",
        "test_optional": "passed",
        "test_failing": "failed",
        "test_not_affected_by_the_others": "passed",
    }
    result.output.fnmatch_lines(["*NeverApplied: fail('ListIdentityPoolUsage', 'TooManyRequestsException') was never*"])


def test_the_report_of_a_failing_test_tells_only_what_happened_in_this_test(run_pytest):
    """The calls of earlier tests of the scope are left out, even if the test fails in its teardown."""
    result = run(run_pytest, REPORT)
    assert result.outcomes["test_it.py"] == {"test_first": "passed", "test_fails": "failed", "test_unused": "error"}
    lines = [line.strip() for line in result.output.lines]
    assert [line for line in lines if "reached Cognito Sync" in line] == [
        "2 calls reached Cognito Sync in us-west-2:",
        "1 call reached Cognito Sync in us-west-2:",
    ]


def test_the_option_unused_decides(run_pytest):
    """With unused="ignore" the same tests pass, and their faults still end with them."""
    result = run(run_pytest, UNUSED, unused="ignore")
    assert result.counts("test_it.py") == {"passed": 4, "failed": 1}


def test_an_assertion_that_a_test_catches_fails_that_test_only(run_pytest):
    """It is raised again at the end of the test, and not at the end of the scope."""
    assert run(run_pytest, CAUGHT).outcomes["test_it.py"] == {
        "test_catches_an_assertion_of_a_hook": "error",
        "test_passes": "passed",
    }


def test_a_fault_of_a_wider_fixture_lives_as_long_as_the_scope(run_pytest):
    """If no test has met it, the end of the scope is an error."""
    result = run(run_pytest, SCOPE)
    assert result.outcomes["test_it.py"] == {"test_first": "passed", "test_second": "error"}


def test_a_mock_that_a_test_has_stopped_is_not_checked_again(run_pytest):
    """What stop() has reported is not reported a second time."""
    assert run(run_pytest, ENDED).counts("test_it.py") == {"passed": 1}


def test_the_factory_has_the_options_of_the_mock():
    """An option of the mock that type checkers did not know here would be refused by them."""
    assert set(Options.__annotations__) == set(inspect.signature(MockCognitoSync).parameters)
