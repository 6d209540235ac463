"""The section that pytest shows for a failing test: its story, with the reason of each refusal."""

import pytest

CONFLICT = """
import boto3
from mock_cognitosync import mock_cognitosync

POOL, IDENTITY = "us-east-1:" + "a" * 36, "us-east-1:" + "b" * 36
PROFILE = {"IdentityPoolId": POOL, "IdentityId": IDENTITY, "DatasetName": "profile"}


def overwrite(client):
    token = client.list_records(**PROFILE)["SyncSessionToken"]
    patch = {"Op": "replace", "Key": "theme", "Value": "light", "SyncCount": 0}
    client.update_records(**PROFILE, SyncSessionToken=token, RecordPatches=[patch])

"""
FIXTURE = """
def test_conflict(cognitosync, cognitosync_client):
    cognitosync.device(POOL, IDENTITY).put("profile", {"theme": "dark"})
    overwrite(cognitosync_client)
"""
DECORATED = """
@mock_cognitosync(region_name="us-east-1")
def test_conflict():
    mock_cognitosync.current().device(POOL, IDENTITY).put("profile", {"theme": "dark"})
    overwrite(boto3.client("cognito-sync"))
"""
UNITTEST = """
import unittest

@mock_cognitosync(region_name="us-east-1")
class TestIt(unittest.TestCase):
    def test_conflict(self):
        mock_cognitosync.current().device(POOL, IDENTITY).put("profile", {"theme": "dark"})
        overwrite(boto3.client("cognito-sync"))
"""
PRINTED = [
    "*- Cognito Sync -*",
    "2 calls reached Cognito Sync in us-east-1:",
    f"  The user is identity us-east-1:{'b' * 36} of pool us-east-1:{'a' * 36}.",
    "      device -> service   put 'theme': 'dark' in profile",
    "      device <- service   ok, written at sync count 1",
    "    1 client -> service   ListRecords(profile)",
    "      client <- service   ok, at sync count 1",
    "    2 client -> service   UpdateRecords(profile, replace 'theme' at 0: 'light')",
    (
        "      client <- service   ResourceConflictException: Current SyncCount for: theme is: 1 not: 0 "
        "(rule counts-3, logged)"
    ),
    (
        f"                            hint: 'theme' was last written by us-east-1:{'b' * 36} at SyncCount 1: list the "
        "records again, merge, and send SyncCount 1"
    ),
]


@pytest.fixture
def run(pytester):
    """Run pytest in this process on a file that begins with CONFLICT."""
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function")

    def run(text):
        pytester.makepyfile(CONFLICT + text)
        return pytester.runpytest_inprocess("-p", "no:randomly")

    return run


@pytest.mark.parametrize("text", [FIXTURE, DECORATED, UNITTEST], ids=["fixture", "decorated", "unittest"])
def test_a_failing_test_shows_its_calls(run, text):
    """The report of a failing test has a section with its calls, however the test is mocked."""
    run(text).stdout.fnmatch_lines(PRINTED, consecutive=True)


def test_the_section_of_a_test_without_calls_says_so(run):
    """The section states that no call has reached the service, which may be the reason of the failure."""
    run("def test_it(cognitosync): assert 0").stdout.fnmatch_lines(
        ["*- Cognito Sync -*", "No call has reached Cognito Sync in us-east-1."], consecutive=True
    )


def test_calls_in_another_region_are_shown_too(run):
    """Calls in another region follow those in the region of the mock."""
    text = """
def test_it(cognitosync):
    client = boto3.client("cognito-sync", region_name="eu-west-1")
    client.list_datasets(IdentityPoolId="eu-west-1:0", IdentityId="eu-west-1:1")
    client.list_datasets(IdentityPoolId="us-east-1:0", IdentityId="us-east-1:1")
"""
    run(text).stdout.fnmatch_lines(
        [
            "*- Cognito Sync -*",
            "No call has reached Cognito Sync in us-east-1, but 2 calls reached eu-west-1 of account 123456789012.",
            "2 calls reached Cognito Sync in eu-west-1:",
            "  A is identity eu-west-1:1 of pool eu-west-1:0.",
            "  B is identity us-east-1:1 of pool us-east-1:0.",
            "    1 client -> service   ListDatasets(A)",
            "      client <- service   ok",
            "    2 client -> service   ListDatasets(B)",
            ("      client <- service   ResourceNotFoundException: * (rule pools-1, tested by AWS and our choice)"),
            "                            hint: the pool is in us-east-1, but the client is in eu-west-1",
        ],
        consecutive=True,
    )


def test_each_failing_test_shows_only_its_own_calls(run):
    """The calls of an earlier test are not shown, and a test that passes or uses no mock has no section."""
    result = run(
        "def test_passes(cognitosync_client): cognitosync_client.list_records(**PROFILE)\n"
        "def test_without(): assert 0\n" + FIXTURE
    )
    result.stdout.fnmatch_lines(PRINTED, consecutive=True)
    assert result.stdout.str().count("- Cognito Sync -") == 1


def test_each_failing_test_in_a_mock_of_the_module_shows_the_calls(run):
    """If a mock lasts for a whole module, each failing test has a section, with its own calls."""
    text = """
import pytest

@pytest.fixture(scope="module", autouse=True)
def mocked():
    with mock_cognitosync(region_name="us-east-1"):
        yield

def test_first():
    overwrite(boto3.client("cognito-sync"))

def test_second():
    overwrite(boto3.client("cognito-sync"))
"""
    result = run(text)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*- Cognito Sync -*", "2 calls reached *"])


def test_a_failing_teardown_shows_the_calls(run):
    """A failure after the test is reported with the calls too."""
    text = """
import pytest

@pytest.fixture
def fails(cognitosync_client):
    yield
    cognitosync_client.describe_dataset(**PROFILE)

def test_it(fails): pass
"""
    result = run(text)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*- Cognito Sync -*",
            "1 call reached *",
            "*1 client -> service   DescribeDataset(*",
            "*<- service   Resource*",
        ]
    )
