"""Under plain `mock_aws`: a handle for data, and the section of a failing test."""

from __future__ import annotations

import boto3
import pytest

from mock_cognitosync import current
from moto import mock_aws

PROJECT = """
import boto3
from moto import mock_aws

@mock_aws
def test_failing():
    client = boto3.client("cognito-sync", region_name="us-east-1")
    client.list_identity_pool_usage()
    client.describe_identity_pool_usage(IdentityPoolId="us-east-1:0")
    assert False

@mock_aws
def test_failing_without_a_call():
    assert False
"""


@mock_aws
def test_current_is_a_handle_for_data(monkeypatch, own_model):
    """It creates ids, writes as a device and shows records, in the region of a client created without one."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    sync = current()
    user = sync.new_user()
    user.device().put("profile", {"theme": "dark"})
    client = boto3.client("cognito-sync")
    records = client.list_records(**user.parameters("profile"))["Records"]
    assert (sync.region_name, [record["Value"] for record in records]) == ("eu-west-1", ["dark"])
    with pytest.raises(RuntimeError, match="mock_cognitosync"):
        sync.fail("ListRecords", "InternalErrorException")


def test_without_any_mock_there_is_no_handle():
    """Before and after the mock current() is refused."""
    with mock_aws():
        current()
    with pytest.raises(RuntimeError, match="no mock_cognitosync is active"):
        current()


def test_a_failing_test_shows_its_own_calls(pytester, monkeypatch, own_model):
    """The section lists the calls of this test only; a test without calls has no section."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makepyfile(PROJECT)
    result = pytester.runpytest_subprocess("-p", "no:randomly", "-o", "asyncio_default_fixture_loop_scope=function")
    result.assert_outcomes(failed=2)
    lines = [line for line in result.outlines if "Cognito Sync" in line]
    assert (len(lines), lines[1]) == (2, "2 calls reached Cognito Sync in us-east-1:")
