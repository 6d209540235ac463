"""The options ``seed`` and ``report`` of a mock."""

from __future__ import annotations

import boto3
import pytest

from mock_cognitosync import mock_cognitosync
from mock_cognitosync.runs import handles_of_test


def ids_of_a_run(**options):
    """The ids and the token that a mock issues."""
    with mock_cognitosync(region_name="us-east-1", **options) as sync:
        user = sync.new_user()
        listing = boto3.client("cognito-sync").list_records(**user.parameters("profile"))
        return user.identity_pool_id, user.identity_id, listing["SyncSessionToken"][:40]


def test_ids_repeat_for_the_same_seed():
    """Two mocks with one seed issue the same ids, others do not."""
    assert ids_of_a_run(seed=1)[:2] == ids_of_a_run(seed=1)[:2]
    assert len({ids_of_a_run(seed=1)[:2], ids_of_a_run(seed=2)[:2], ids_of_a_run()[:2]}) == 3


def test_a_seed_ends_with_its_mock():
    """After the mock, ids do not repeat: another test does not get the ids of this one."""

    def after_seeded_run():
        ids_of_a_run(seed=1)
        return ids_of_a_run()

    assert after_seeded_run()[:2] != after_seeded_run()[:2]


@pytest.mark.parametrize("seed", ["1", 1.0, True])
def test_a_seed_is_an_integer(seed):
    """Other values are refused with a sentence."""
    with pytest.raises(TypeError) as error:
        mock_cognitosync(seed=seed)
    assert str(error.value) == f"seed must be an integer or None, got {seed!r}"


def test_a_mock_without_report_is_not_in_the_report_of_a_failing_test():
    """Such a mock is not in the report, neither while it is active nor afterwards."""
    with mock_cognitosync(report=False) as silent:
        assert silent not in handles_of_test()
    with mock_cognitosync() as reported:
        pass
    handles = handles_of_test()
    assert (silent in handles, reported in handles) == (False, True)
