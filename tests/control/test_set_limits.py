"""Limits that a test sets, and handles of other regions."""

from __future__ import annotations

import pytest
from driver import remove, replace


def test_smaller_limits_apply_at_once(cognitosync, profile):
    """A new limit applies to the next call; limits that are not named stay. Source: limits-7."""
    cognitosync.set_limits(datasets_per_identity=2)
    cognitosync.set_limits(records_per_dataset=2)
    profile.write(replace("a"), replace("b"))
    profile.named("second").write(replace("a"))

    refusals = [profile.refused_update(replace("c")), profile.named("third").refused_update(replace("a"))]

    assert [(code, text) for code, _, text in refusals] == [
        ("LimitExceededException", "A dataset can have at most 2 records"),
        ("LimitExceededException", "An identity can have at most 2 datasets"),
    ]


def test_a_dataset_above_a_new_limit_keeps_its_records(cognitosync, profile):
    """A call that leaves a dataset above a new limit is refused; a call that brings it below is accepted."""
    profile.write(replace("a", "v" * 10), replace("b", "v" * 10))
    cognitosync.set_limits(dataset_size_bytes=11)

    assert profile.refused_update(replace("a", "v", 1))[0] == "LimitExceededException"
    profile.write(remove("b", 1))
    assert profile.describe()["DataStorage"] == 11


def test_limits_apply_to_the_region_of_their_handle_only(cognitosync, profile):
    """Limits that a handle of another region sets do not affect this region."""
    cognitosync.at(region_name="eu-west-1").set_limits(datasets_per_identity=0)

    assert profile.write(replace("a")) == [("a", "v", 1)]


@pytest.mark.parametrize("number", [-1, 2.5, "2"])
def test_an_invalid_limit_is_refused_and_changes_nothing(cognitosync, profile, number):
    """A limit must be an integer; if one of several is invalid, none is set."""
    with pytest.raises(ValueError, match=f"records_per_dataset must be an integer >= 0, got {number!r}"):
        cognitosync.set_limits(datasets_per_identity=0, records_per_dataset=number)
    assert profile.write(replace("a")) == [("a", "v", 1)]


def test_a_handle_of_a_region_without_the_service_is_refused(cognitosync):
    """`at` names the regions that have the service."""
    with pytest.raises(ValueError, match=r'Cognito Sync is not in the region "moon-1"; it is in ap-'):
        cognitosync.at(region_name="moon-1")
