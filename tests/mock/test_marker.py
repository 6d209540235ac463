"""The marker on its own, and the section of a failing test when something in it goes wrong."""

from __future__ import annotations

import pytest


@pytest.fixture
def run(pytester, monkeypatch):
    """Run pytest on a test file, in a process of its own and with warnings as errors."""
    for name in ("AWS_DEFAULT_REGION", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")

    def run(source, *arguments):
        pytester.makepyfile(source)
        return pytester.runpytest_subprocess(
            "-W", "error", "-o", "asyncio_default_fixture_loop_scope=function", *arguments
        )

    return run


def test_the_marker_alone_starts_the_mock(run):
    """A marked function, method or TestCase is mocked before its own fixtures run, without requesting ours."""
    run("""
        import boto3
        import pytest
        import unittest
        from mock_cognitosync import mock_cognitosync

        @pytest.fixture(scope="module", autouse=True)
        def earlier():
            with pytest.raises(RuntimeError, match="no mock_cognitosync is active"):
                mock_cognitosync.current()

        @pytest.fixture
        def client():
            return boto3.client("cognito-sync")

        @pytest.mark.cognitosync(region_name="eu-west-1")
        def test_function(client):
            assert mock_cognitosync.current().region_name == client.meta.region_name == "eu-west-1"
            assert client.list_identity_pool_usage()["Count"] == 0

        @pytest.mark.cognitosync
        class TestMethods:
            def test_method(self, client):
                assert client.list_identity_pool_usage()["Count"] == 0

            def test_with_the_fixture(self, client, cognitosync):
                assert mock_cognitosync.current() is cognitosync

        @pytest.mark.cognitosync
        class Case(unittest.TestCase):
            def test_case(self):
                assert boto3.client("cognito-sync").list_identity_pool_usage()["Count"] == 0

        def test_unmarked():
            with pytest.raises(RuntimeError, match="no mock_cognitosync is active"):
                mock_cognitosync.current()
    """).assert_outcomes(passed=5)


def test_an_error_in_the_report_becomes_a_line_of_the_section(run):
    """The tests after it run, and the section says what happened."""
    result = run("""
        from mock_cognitosync import CognitoSync

        def test_failing(cognitosync, monkeypatch):
            monkeypatch.setattr(CognitoSync, "report", lambda self: 1 / 0)
            assert False

        def test_next():
            pass
    """, "-p", "no:randomly")  # fmt: skip
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["*- Cognito Sync -*", "The report failed: ZeroDivisionError: division by zero"])


def test_a_failing_test_in_a_region_without_the_service_shows_the_region(run, monkeypatch):
    """The section names the region, and the run goes on."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    result = run("""
        import boto3
        from mock_cognitosync import mock_cognitosync

        @mock_cognitosync
        def test_failing():
            boto3.client("cognito-sync").list_identity_pool_usage()

        def test_next():
            pass
    """, "-p", "no:randomly")  # fmt: skip
    result.assert_outcomes(failed=1, passed=1)
    sentence = 'EndpointConnectionError: Cognito Sync is not in the region "eu-north-1"; it is in ap-northeast-1, *'
    result.stdout.fnmatch_lines([f"E*{sentence}", "*- Cognito Sync -*", "*Cognito Sync in eu-north-1:", f"*{sentence}"])


def test_variables_set_by_monkeypatch_inside_a_mock_do_not_outlive_the_test(run, monkeypatch):
    """monkeypatch, which ends after the mock, would restore the values of the mock, such as its fake credentials."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_PROFILE", "mine")
    run("""
        import os
        import pytest
        from mock_cognitosync import mock_cognitosync

        MINE = {"AWS_ACCESS_KEY_ID", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_PROFILE"}
        BEFORE = {name: os.environ.get(name) for name in MINE}

        @pytest.fixture(autouse=True)
        def early(monkeypatch):
            pass

        def test_fixture(cognitosync_server, monkeypatch):
            for name in MINE:
                monkeypatch.setenv(name, "x")

        @mock_cognitosync
        def test_function(monkeypatch):
            for name in MINE:
                monkeypatch.setenv(name, "x")

        def test_own_change_stays():
            with mock_cognitosync():
                pass
            os.environ["AWS_PROFILE"] = "new"

        def test_after():
            assert {name: os.environ.get(name) for name in MINE} == {**BEFORE, "AWS_PROFILE": "new"}
    """, "-p", "no:randomly").assert_outcomes(passed=4)  # fmt: skip
