"""The pytest plugin as a project meets it that has it installed: fixtures, marker, ini option."""

import pytest

FIXTURES = """
import boto3
import pytest
from mock_cognitosync import mock_cognitosync

ADDRESS = {}

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

def test_a_client_of_ones_own_needs_no_region(cognitosync):
    assert boto3.client("cognito-sync").meta.region_name == "us-east-1"

@pytest.mark.parametrize("number", range(3))
def test_every_test_starts_empty(cognitosync, number):
    address = ADDRESS.setdefault("first", ("us-east-1:" + "a" * 36, "us-east-1:" + "b" * 36))
    assert cognitosync.records(*address, "profile") == {}
    cognitosync.device(*address).put("profile", {"theme": "dark"})

def test_without_the_fixture_nothing_is_mocked():
    with pytest.raises(RuntimeError, match="no mock_cognitosync is active"):
        mock_cognitosync.current()
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

def look(cognitosync):
    return cognitosync.region_name, os.environ.get("AWS_MAX_ATTEMPTS")

def test_the_modules_options_hold(cognitosync):
    assert look(cognitosync) == ("eu-west-2", None)

@pytest.mark.cognitosync(region_name="us-west-2")
class TestClass:
    def test_the_class_wins_over_the_module(self, cognitosync):
        assert look(cognitosync) == ("us-west-2", None)

    @pytest.mark.cognitosync(max_attempts=2)
    def test_options_of_all_markers_merge(self, cognitosync, cognitosync_client):
        assert look(cognitosync) == ("us-west-2", "2")
        assert cognitosync_client.meta.region_name == "us-west-2"

    @pytest.mark.cognitosync(region_name="eu-central-1", max_attempts=3)
    def test_the_function_wins_over_the_class(self, cognitosync):
        assert look(cognitosync) == ("eu-central-1", "3")

@pytest.mark.cognitosync(max_attempts=2)
@pytest.mark.cognitosync(max_attempts=4)
def test_the_marker_next_to_the_function_wins(cognitosync):
    assert look(cognitosync) == ("eu-west-2", "4")
"""


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch):
    for name in ("AWS_MAX_ATTEMPTS", "AWS_DEFAULT_REGION", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")


@pytest.fixture
def run(pytester):
    """Run pytest on a test file, in a process of its own and with warnings as errors."""

    def run(source, *arguments):
        pytester.makepyfile(source)
        return pytester.runpytest_subprocess(
            "-W", "error", "-o", "asyncio_default_fixture_loop_scope=function", *arguments
        )

    return run


@pytest.mark.parametrize("workers", [[], ["-n", "2"], ["-p", "no:randomly"]], ids=["alone", "xdist", "in order"])
def test_the_fixtures_give_handle_and_client(run, workers):
    """`cognitosync` and `cognitosync_client` mock the service for their test, which starts empty, under xdist too."""
    run(FIXTURES, *workers).assert_outcomes(passed=7)


def test_plain_mock_aws_needs_no_import_of_ours(run):
    """Under pytest `@mock_aws` knows the service in files that import nothing of the package."""
    run(PLAIN_MOTO).assert_outcomes(passed=1)


def test_markers_give_the_fixture_its_options(run):
    """Options of function, class and module merge; the nearest marker wins."""
    run(MARKERS, "--strict-markers").assert_outcomes(passed=5)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            'region="eu-west-1"',
            "@pytest.mark.cognitosync: mock_cognitosync has no option 'region'; its options are config, region_name, *",
        ),
        ("max_attempts=0", "@pytest.mark.cognitosync: max_attempts must be an integer >= 1 (1: no retries), got 0"),
        ('"eu-west-1"', '@pytest.mark.cognitosync takes keyword arguments only, like region_name="eu-west-1"'),
        ('region_name="eu-north-1"', 'Cognito Sync is not in the region "eu-north-1"; it is in *'),
    ],
)
def test_a_wrong_marker_is_an_error_of_its_test(run, arguments, sentence):
    """What a marker cannot mean is told where the fixture is set up; other tests run."""
    result = run(f"""
        import pytest

        @pytest.mark.cognitosync({arguments})
        def test_marked(cognitosync):
            pass

        def test_other(cognitosync):
            pass
    """)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines([f"E*{sentence.replace('[', '[[]')}"])


def test_the_region_can_be_set_for_all_tests(run, pytester):
    """The ini option cognitosync_region is the region of the fixtures, unless a marker names another."""
    pytester.makeini("[pytest]\ncognitosync_region = eu-west-1\n")
    result = run("""
        import pytest

        def test_ini(cognitosync, cognitosync_client):
            assert (cognitosync.region_name, cognitosync_client.meta.region_name) == ("eu-west-1", "eu-west-1")

        @pytest.mark.cognitosync(region_name="us-east-2")
        def test_marker(cognitosync):
            assert cognitosync.region_name == "us-east-2"
    """)
    result.assert_outcomes(passed=2)


def test_the_fixtures_explain_themselves(run):
    """`pytest --fixtures` says what a test gets."""
    run("", "--fixtures").stdout.fnmatch_lines(
        [
            "cognitosync -- *pytest_plugin.py:*",
            "    Cognito Sync mocked for this test, empty; the handle creates ids and other devices, *",
            "cognitosync_client -- *pytest_plugin.py:*",
            "    A boto3 client of the mocked Cognito Sync, in the region of the cognitosync fixture.",
        ]
    )


def test_the_marker_and_the_option_explain_themselves(run):
    """`pytest --markers` and `pytest --help` name them."""
    marker = (
        "@pytest.mark.cognitosync(**options): mock Cognito Sync for this test, with these options of mock_cognitosync"
    )
    run("", "--markers").stdout.fnmatch_lines([marker])
    option = ["*cognitosync_region (string):", "*region of the cognitosync fixtures"]
    run("", "--help").stdout.fnmatch_lines(option)


def test_the_plugin_can_be_left_out(run):
    """With `-p no:cognitosync` pytest works, and plain moto answers as it does without us."""
    source = PLAIN_MOTO.replace('["Datasets"] == []', "") + "\ndef test_fixture(cognitosync): pass\n"
    result = run(source, "-p", "no:cognitosync")
    result.assert_outcomes(failed=1, errors=1)
    result.stdout.fnmatch_lines(["E*fixture 'cognitosync' not found"])


def test_a_start_of_pytest_imports_nothing_heavy(run):
    """The plugin costs no import of moto or boto3 until a test asks for a fixture."""
    run("""
        import sys

        def test_imports():
            assert "mock_cognitosync.pytest_plugin" in sys.modules
            assert not {"moto", "boto3", "botocore", "responses"} & set(sys.modules)
    """).assert_outcomes(passed=1)


def test_the_fixture_serves_tests_of_all_kinds(run):
    """Fixtures and marker work for methods, for coroutines, and beside moto's own mock."""
    run("""
        import boto3
        import pytest
        from moto import mock_aws

        class TestMethods:
            def test_method(self, cognitosync):
                assert cognitosync.new_pool()

        @pytest.mark.asyncio
        async def test_coroutine(cognitosync_client):
            assert cognitosync_client.list_identity_pool_usage()["IdentityPoolUsages"] == []

        @mock_aws
        def test_within_the_fixture(cognitosync):
            assert boto3.client("cognito-sync").list_identity_pool_usage()["IdentityPoolUsages"] == []

        @pytest.fixture
        def stored(cognitosync):
            pool = cognitosync.new_pool()
            return cognitosync.device(pool, cognitosync.new_identity(pool)).put("profile", {"theme": "dark"})

        def test_with_a_fixture_on_top(stored):
            assert stored == 1
    """).assert_outcomes(passed=4)
