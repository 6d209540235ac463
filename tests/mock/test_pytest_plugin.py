"""The pytest plugin in a project that has it installed: fixtures, marker, ini option and imports."""

from textwrap import dedent

import pytest
from driver import needs_botocores_model

from mock_cognitosync import mock_cognitosync

# All generated tests below run twice, in random order and on two workers. The group keeps the tests that look at these
# runs in one worker of the suite.
shared_runs = pytest.mark.xdist_group("runs of the plugin")

FIXTURES = """
import boto3
import pytest
from mock_cognitosync import mock_cognitosync

SHARED = {}

def test_the_handle_is_that_of_the_active_mock(cognitosync):
    assert mock_cognitosync.current() is cognitosync
    assert cognitosync.region_name == "us-east-1"

def test_the_client_reaches_what_the_handle_shows(cognitosync, cognitosync_client):
    pool = cognitosync.new_pool()
    identity = cognitosync.new_identity(pool)
    assert cognitosync_client.meta.region_name == "us-east-1"
    cognitosync.device(pool, identity).put("profile", {"theme": "dark"})
    names = {"IdentityPoolId": pool, "IdentityId": identity}
    assert [found["DatasetName"] for found in cognitosync_client.list_datasets(**names)["Datasets"]] == ["profile"]

def test_a_client_of_the_test_needs_no_region(cognitosync):
    assert boto3.client("cognito-sync").meta.region_name == "us-east-1"

@pytest.mark.parametrize("number", range(3))
def test_every_test_starts_empty(cognitosync, number):
    key = SHARED.setdefault("dataset", ("us-east-1:" + "a" * 36, "us-east-1:" + "b" * 36))
    assert cognitosync.records(*key, "profile") == {}
    cognitosync.device(*key).put("profile", {"theme": "dark"})

def test_without_the_fixture_nothing_is_mocked():
    with pytest.raises(RuntimeError, match="no mock_cognitosync is active"):
        mock_cognitosync.current()
"""

SERVER = """
import mock_cognitosync.server
import pytest
import requests

URLS = set()
PATH = "/identitypools/us-east-1:0/identities/us-east-1:0/datasets"

@pytest.mark.parametrize("number", range(6))
def test_every_test_starts_empty_at_the_same_server(cognitosync_server, number):
    URLS.add(cognitosync_server.url)
    assert len(URLS) == 1
    assert requests.get(cognitosync_server.url + PATH).json()["Datasets"] == []
    cognitosync_server.handle.device("us-east-1:0", "us-east-1:0").put("profile", {"theme": "dark"})
    assert len(requests.get(cognitosync_server.url + PATH).json()["Datasets"]) == 1
"""

PLAIN_MOTO = """
import boto3
from moto import mock_aws

@mock_aws
def test_plain():
    client = boto3.client("cognito-sync", region_name="us-east-1")
    names = {"IdentityPoolId": "us-east-1:" + "a" * 36, "IdentityId": "us-east-1:" + "b" * 36}
    assert client.list_datasets(**names)["Datasets"] == []
"""

MARKERS = """
import os
import pytest

pytestmark = pytest.mark.cognitosync(region_name="eu-west-2")

def options(cognitosync):
    return cognitosync.region_name, os.environ.get("AWS_MAX_ATTEMPTS")

def test_the_options_of_the_module_apply(cognitosync):
    assert options(cognitosync) == ("eu-west-2", None)

@pytest.mark.cognitosync(region_name="us-west-2")
class TestClass:
    def test_the_class_overrides_the_module(self, cognitosync):
        assert options(cognitosync) == ("us-west-2", None)

    @pytest.mark.cognitosync(max_attempts=2)
    def test_the_options_of_all_markers_merge(self, cognitosync, cognitosync_client):
        assert options(cognitosync) == ("us-west-2", "2")
        assert cognitosync_client.meta.region_name == "us-west-2"

    @pytest.mark.cognitosync(region_name="eu-central-1", max_attempts=3)
    def test_the_function_overrides_the_class(self, cognitosync):
        assert options(cognitosync) == ("eu-central-1", "3")

@pytest.mark.cognitosync(max_attempts=2)
@pytest.mark.cognitosync(max_attempts=4)
def test_the_nearest_marker_of_a_function_overrides_the_others(cognitosync):
    assert options(cognitosync) == ("eu-west-2", "4")
"""

KINDS = """
import boto3
import pytest
from moto import mock_aws

class TestMethods:
    def test_a_method_may_use_the_fixture(self, cognitosync):
        assert cognitosync.new_pool()

@pytest.mark.asyncio
async def test_a_coroutine_may_use_the_fixture(cognitosync_client):
    assert cognitosync_client.list_identity_pool_usage()["IdentityPoolUsages"] == []

@mock_aws
def test_a_test_under_mock_aws_may_use_the_fixture(cognitosync):
    assert boto3.client("cognito-sync").list_identity_pool_usage()["IdentityPoolUsages"] == []

@pytest.fixture
def stored(cognitosync):
    pool = cognitosync.new_pool()
    return cognitosync.device(pool, cognitosync.new_identity(pool)).put("profile", {"theme": "dark"})

def test_another_fixture_may_use_the_fixture(stored):
    assert stored == 1
"""

WRONG = {
    'region="eu-west-1"': (
        "@pytest.mark.cognitosync: mock_cognitosync has no option 'region'; its options are config, region_name, *"
    ),
    "max_attempts=0": "@pytest.mark.cognitosync: max_attempts must be an integer >= 1 (1: no retries), got 0",
    '"eu-west-1"': '@pytest.mark.cognitosync takes keyword arguments only, like region_name="eu-west-1"',
    'region_name="eu-north-1"': 'Cognito Sync is not in the region "eu-north-1"; it is in *',
    'snapshot="data/empty.json"': "SnapshotRefused: *empty.json is not a valid snapshot: *",
}
WRONG_MARKERS = "import pytest\n\ndef test_other(cognitosync): pass\n" + "".join(
    f"""
@pytest.mark.cognitosync({arguments})
def test_{number}(cognitosync):
    pass
"""
    for number, arguments in enumerate(WRONG)
)

SNAPSHOT = """
import pytest

@pytest.mark.cognitosync(snapshot="data/state.json")
def test_the_path_is_relative_to_the_file_of_the_test(cognitosync):
    assert cognitosync.records("us-east-1:0", "us-east-1:1", "profile") == {"theme": "dark"}
"""


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    """The text of a snapshot with one record."""
    path = tmp_path_factory.mktemp("snapshot") / "state.json"
    with mock_cognitosync(region_name="us-east-1") as sync:
        sync.device("us-east-1:0", "us-east-1:1").put("profile", {"theme": "dark"})
        sync.save(path)
    return path.read_text()


@pytest.fixture(scope="module", params=[[], ["-n", "2", "-p", "no:randomly"]], ids=["random order", "two workers"])
def result(request, run_pytest, snapshot):
    """The result of a run of all generated tests."""
    files = {
        "test_fixtures.py": FIXTURES,
        "test_server.py": SERVER,
        "test_plain_moto.py": PLAIN_MOTO,
        "test_markers.py": MARKERS,
        "test_kinds.py": KINDS,
        "test_wrong_markers.py": WRONG_MARKERS,
        "data/empty.json": "[]",
        "inner/test_snapshot.py": SNAPSHOT,
        "inner/data/state.json": snapshot,
    }
    return run_pytest(files, "--strict-markers", *request.param)


@shared_runs
def test_the_fixtures_give_a_handle_and_a_client(result):
    """`cognitosync` and `cognitosync_client` mock the service for their test, which starts empty."""
    assert result.counts("test_fixtures.py") == {"passed": 7}


@shared_runs
def test_the_tests_of_a_process_share_a_server_and_start_empty(result):
    """A process starts one server for all its tests, and each test finds it empty; every worker has its own."""
    assert result.counts("test_server.py") == {"passed": 6}


@needs_botocores_model
@shared_runs
def test_plain_mock_aws_needs_no_import_of_the_package(result):
    """With the plugin, `@mock_aws` knows the service in files that import nothing from the package."""
    assert result.counts("test_plain_moto.py") == {"passed": 1}


@shared_runs
def test_markers_set_the_options_of_the_fixture(result):
    """The options of function, class and module merge; the nearest marker wins."""
    assert result.counts("test_markers.py") == {"passed": 5}


@shared_runs
def test_the_fixture_serves_tests_of_all_kinds(result):
    """Fixture and marker work for methods, coroutines and other fixtures, and together with moto's own mock."""
    assert result.counts("test_kinds.py") == {"passed": 4}


@shared_runs
def test_an_invalid_marker_is_an_error_of_its_test(result):
    """An invalid marker is reported when the fixture is set up; other tests run."""
    assert result.counts("test_wrong_markers.py") == {"error": len(WRONG), "passed": 1}
    result.output.fnmatch_lines_random([f"E*{sentence.replace('[', '[[]')}" for sentence in WRONG.values()])


@shared_runs
def test_a_marker_may_name_a_snapshot_to_load(result):
    """The path in the marker is relative to the folder of the test's file."""
    assert result.counts("inner/test_snapshot.py") == {"passed": 1}


def test_the_ini_option_sets_the_region_of_all_tests(run_pytest):
    """The ini option cognitosync_region is the region of the fixtures, unless a marker names another."""
    test = """
        import pytest

        def test_ini(cognitosync, cognitosync_client):
            assert (cognitosync.region_name, cognitosync_client.meta.region_name) == ("eu-west-1", "eu-west-1")

        @pytest.mark.cognitosync(region_name="us-east-2")
        def test_marker(cognitosync):
            assert cognitosync.region_name == "us-east-2"
    """
    result = run_pytest({"test_region.py": dedent(test)}, ini="cognitosync_region = eu-west-1")
    assert result.outcomes == {"test_region.py": {"test_ini": "passed", "test_marker": "passed"}}


def test_without_the_plugin_plain_moto_is_unchanged(run_pytest):
    """With `-p no:cognitosync` pytest works, and the fixtures and the service do not exist."""
    test = PLAIN_MOTO.replace('["Datasets"] == []', "") + "\ndef test_fixture(cognitosync): pass\n"
    result = run_pytest({"test_it.py": test}, "-p", "no:cognitosync")
    assert result.outcomes == {"test_it.py": {"test_plain": "failed", "test_fixture": "error"}}
    result.output.fnmatch_lines_random(["E*fixture 'cognitosync' not found"])


def test_a_run_without_the_fixtures_imports_nothing_heavy(run_pytest):
    """The plugin imports neither moto nor boto3 for tests that use no fixture of it, not even if a test fails."""
    conftest = """
        import sys

        def pytest_unconfigure():
            ours = "mock_cognitosync.pytest_plugin", "mock_cognitosync.mock"
            names = *ours, "moto", "boto3", "botocore", "responses"
            print("imported:", *(name for name in names if name in sys.modules))
    """
    files = {"conftest.py": dedent(conftest), "test_it.py": "def test_it(): assert 0"}
    result = run_pytest(files)
    result.output.fnmatch_lines(["*1 failed*", "imported: mock_cognitosync.pytest_plugin"])
    result.output.no_fnmatch_line("*- Cognito Sync -*")


@pytest.fixture
def printed(pytester):
    """The lines that a run of pytest in this process prints."""
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function")
    return lambda *arguments: pytester.runpytest_inprocess(*arguments).stdout


def test_the_fixtures_are_documented(printed):
    """`pytest --fixtures` states what a test gets."""
    lines = printed("--fixtures")
    for name, text in {
        "cognitosync": "An empty mock of Cognito Sync for this test; its handle creates ids and devices, *",
        "cognitosync_client": "A boto3 client of the mocked Cognito Sync, in the region of the cognitosync fixture.",
    }.items():
        lines.fnmatch_lines([f"{name} -- *pytest_plugin.py:*", f"    {text}"])


def test_the_marker_and_the_ini_option_are_documented(printed):
    """`pytest --markers` and `pytest --help` name them."""
    marker = (
        "@pytest.mark.cognitosync(**options): mock Cognito Sync for this test, with these options of mock_cognitosync"
    )
    printed("--markers").fnmatch_lines([marker])
    printed("--help").fnmatch_lines(["*cognitosync_region (string):", "*region of the cognitosync fixtures"])
