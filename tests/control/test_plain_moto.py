"""What a test gets under plain ``mock_aws``: a handle for data, and a record of its calls."""

from __future__ import annotations

import boto3
import pytest
from driver import DatasetDriver, replace

from mock_cognitosync import CognitoSync, mock_cognitosync
from mock_cognitosync.cognitosync import (
    responses,  # noqa: F401  # the plugin begins to record when it is imported, which would be in the first test
    settings,
)
from mock_cognitosync.control import plain
from moto import mock_aws


@pytest.fixture
def sync(monkeypatch, own_model):
    """The handle under plain mock_aws, whose calls are recorded."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        plain.record()
        yield plain.handle()
    settings.set_plain_interceptor(None)


@pytest.fixture
def profile(sync):
    return DatasetDriver.of_new_identity(sync, boto3.client("cognito-sync", "us-east-1"))


def test_the_handle_reads_and_changes_data(sync, profile, tmp_path):
    """Ids, users, devices, records, triggers and snapshots work as in a mock of ours."""
    sync.set_trigger(profile.identity_pool_id, lambda event: event)
    profile.device().put("profile", {"theme": "dark"})
    assert profile.write(replace("theme", "light", 1)) == [("theme", "light", 2)]
    sync.save(tmp_path / "state.json")
    sync.reset()
    sync.load(tmp_path / "state.json")

    assert sync.user(*profile.key[:2]).records("profile") == {"theme": "light"}
    assert sync.user(*profile.key[:2]) in sync.users()
    assert sync.new_user().parameters()["IdentityPoolId"].startswith("us-east-1:")


def test_a_failing_test_shows_its_calls(sync, profile):
    """The report has the calls and the hints."""
    profile.device().put("profile", {"theme": "dark"})
    profile.refused_update(replace("theme"))

    assert [call.operation for call in sync.calls] == ["ListRecords", "UpdateRecords"]
    assert "hint: 'theme' was last written by" in sync.report()


def test_a_new_record_is_empty(sync, profile):
    """The calls of one test are not shown with the next one's."""
    profile.listed()
    plain.record()

    assert (len(plain.handle().calls), len(sync.calls)) == (0, 1)


def test_a_mock_of_ours_records_its_own_calls(sync, profile):
    """Calls inside it are not recorded twice."""
    with mock_cognitosync(region_name="us-east-1") as inner:
        boto3.client("cognito-sync").list_identity_pool_usage()

    assert (len(inner.calls), len(sync.calls)) == (1, 0)


@pytest.mark.parametrize(
    "use",
    [
        lambda sync: sync.fail("ListRecords", "InternalErrorException"),
        lambda sync: sync.before_next("ListRecords", print),
        lambda sync: sync.advance(1),
        lambda sync: sync.freeze(),
        lambda sync: sync.unfreeze(),
        lambda sync: sync.expire_tokens(),
        lambda sync: sync.set_limits(records_per_dataset=1),
    ],
    ids=["fail", "before_next", "advance", "freeze", "unfreeze", "expire_tokens", "set_limits"],
)
def test_methods_that_need_a_mock_of_ours_say_so(sync, use):
    """What lasts until the end of a mock needs one that has an end."""
    with pytest.raises(RuntimeError, match="clock, tokens and limits need a mock_cognitosync: under plain"):
        use(sync)


def test_a_handle_made_by_hand_records_nothing():
    """An assertion that nothing was called would hold without meaning."""
    for use in (lambda sync: sync.calls, lambda sync: sync.report(), lambda sync: sync.stream_records):
        with pytest.raises(RuntimeError, match="need a mock_cognitosync"):
            use(CognitoSync("us-east-1"))
