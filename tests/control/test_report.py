"""The section that pytest shows for a failing test: what was called, and why it was refused."""

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
CALLED = "DatasetName='profile', IdentityId=us-east-1:bbbbbbbb..., IdentityPoolId=us-east-1:aaaaaaaa..."
PRINTED = [
    "*- Cognito Sync -*",
    "2 calls reached Cognito Sync in us-east-1:",
    f" 1 ListRecords({CALLED})",
    "   -> ok",
    f" 2 UpdateRecords({CALLED}, RecordPatches=[[]replace 'theme' at 0: 'light'[]], SyncSessionToken=????????...)",
    "   -> ResourceConflictException: Current SyncCount for: theme is: 1 not: 0",
    (
        f"      hint: 'theme' was last written by us-east-1:{'b' * 36} at SyncCount 1: list the records again, "
        "merge, and send SyncCount 1"
    ),
]


@pytest.fixture
def run(pytester):
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function")

    def run(text, *arguments):
        pytester.makepyfile(CONFLICT + text)
        return pytester.runpytest("-p", "no:randomly", *arguments)

    return run


@pytest.mark.parametrize("text", [FIXTURE, DECORATED, UNITTEST], ids=["fixture", "decorated", "unittest"])
def test_a_failing_test_shows_its_calls(run, text):
    """Whichever way it is mocked, its calls stand in a section of their own."""
    run(text).stdout.fnmatch_lines(PRINTED, consecutive=True)


def test_a_test_without_calls(run):
    """The section says that nothing has arrived, which may be the fault."""
    run("def test_it(cognitosync): assert 0").stdout.fnmatch_lines(
        ["*- Cognito Sync -*", "No call has reached Cognito Sync in us-east-1."], consecutive=True
    )


def test_calls_in_another_region(run):
    """They are shown too, behind those in the mock's own."""
    text = """
def test_it(cognitosync):
    client = boto3.client("cognito-sync", region_name="eu-west-1")
    client.list_datasets(IdentityPoolId="eu-west-1:0", IdentityId="eu-west-1:1")
    client.list_datasets(IdentityPoolId="us-east-1:0", IdentityId="us-east-1:1")
"""
    run(text).stdout.fnmatch_lines(
        [
            "*- Cognito Sync -*",
            "No call has reached Cognito Sync in us-east-1, but 2 calls in eu-west-1 of account 123456789012.",
            "2 calls reached Cognito Sync in eu-west-1:",
            " 1 ListDatasets(IdentityId=eu-west-1:1, IdentityPoolId=eu-west-1:0)",
            "   -> ok",
            " 2 ListDatasets(IdentityId=us-east-1:1, IdentityPoolId=us-east-1:0)",
            "   -> ResourceNotFoundException: *",
            "      hint: the pool is in us-east-1, but the client is in eu-west-1",
        ],
        consecutive=True,
    )


def test_each_test_shows_its_own_calls(run):
    """Those of a test before it are not shown; a test that passes shows nothing."""
    result = run(
        "def test_passes(cognitosync_client): cognitosync_client.list_records(**PROFILE)\n"
        "def test_without(): assert 0\n" + FIXTURE
    )
    result.stdout.fnmatch_lines(PRINTED, consecutive=True)
    assert result.stdout.str().count("- Cognito Sync -") == 1


def test_a_mock_of_the_whole_module(run):
    """Its calls are shown for each test that fails, not only for the first."""
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
    result.stdout.fnmatch_lines(["*- Cognito Sync -*", "4 calls reached *"])


def test_a_failing_teardown(run):
    """It is reported with the calls too."""
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
    result.stdout.fnmatch_lines(["*- Cognito Sync -*", "1 call reached *", " 1 DescribeDataset(*", "   -> Resource*"])


def test_nothing_is_shown_where_nothing_is_mocked(run):
    """Nor is anything imported for it."""
    result = run("def test_it(): assert 0", "-p", "no:cacheprovider")
    assert "- Cognito Sync -" not in result.stdout.str()


def test_the_plugin_costs_an_unmocked_failure_nothing(pytester):
    """A failing test that uses no mock does not import the mock."""
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function")
    pytester.makepyfile("def test_it(): assert 0")
    pytester.makeconftest(
        "import sys\ndef pytest_unconfigure(): print('imported:', 'mock_cognitosync.mock' in sys.modules)"
    )
    result = pytester.runpytest_subprocess("-p", "no:randomly")
    result.stdout.fnmatch_lines(["*1 failed*"])
    assert "- Cognito Sync -" not in result.stdout.str()
    result.stdout.fnmatch_lines(["imported: False"])


SNAPSHOT = """
import pytest

@pytest.mark.cognitosync(snapshot="data/state.json")
def test_it(cognitosync):
    assert cognitosync.records("us-east-1:0", "us-east-1:1", "profile") == {"theme": "dark"}
"""


def test_the_marker_loads_a_snapshot(pytester, cognitosync):
    """Its path is seen from the test's file."""
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function")
    folder = pytester.mkpydir("inner")
    (folder / "data").mkdir()
    cognitosync.device("us-east-1:0", "us-east-1:1").put("profile", {"theme": "dark"})
    cognitosync.save(folder / "data/state.json")
    (folder / "test_snapshot.py").write_text(SNAPSHOT)

    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=1)


def test_the_marker_names_a_file_that_cannot_be_loaded(pytester):
    """The test fails with the sentence."""
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function")
    pytester.makepyfile(SNAPSHOT)
    (pytester.mkdir("data") / "state.json").write_text("[]")

    result = pytester.runpytest_subprocess("-p", "no:randomly")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*SnapshotRefused: *state.json is not a valid snapshot: *"])
