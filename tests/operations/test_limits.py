"""Lengths and characters of names, ids and keys. The other limits are checks in `verify/checks/limits.py`."""

from __future__ import annotations

import dataclasses

import boto3
import pytest
from botocore.config import Config
from driver import broken, remove, replace

RECORDS = 1024


def sizes(dataset):
    """Whether the dataset exists, its sync count, number of records and size in bytes."""
    state = dataset.state()
    return state.exists, state.sync_count, state.num_records, state.size_bytes


def fill_records(dataset):
    """Write as many records as a dataset may have: k0 to k1023, all with count 1 and an empty value."""
    dataset.write(*(replace(f"k{index}", "") for index in range(RECORDS)))


@pytest.fixture
def unchecked(profile):
    """A driver whose client sends parameters that violate the service model."""
    return profile.through(boto3.client("cognito-sync", config=Config(parameter_validation=False)))


def too_long(member, value, most):
    """The refusal of a value that is longer than *most* characters."""
    return broken(
        f"Value '{value}' at '{member}' failed to satisfy constraint: "
        f"Member must have length less than or equal to {most}"
    )


def too_short(member, *pattern):
    """The refusal of an empty value, which also breaks each *pattern*."""
    least = f"Value '' at '{member}' failed to satisfy constraint: Member must have length greater than or equal to 1"
    rules = [
        f"Value '' at '{member}' failed to satisfy constraint: Member must satisfy regular expression pattern: {rule}"
        for rule in pattern
    ]
    return broken(least, *rules)


def test_tombstones_do_not_count_towards_the_limits(profile):
    """Tombstones count neither as records nor in bytes, and their number has no limit. Source: limits-4."""
    fill_records(profile)
    profile.write(*(remove(f"k{index}", 1) for index in range(RECORDS)))
    assert sizes(profile) == (True, 2, 0, 0)
    profile.write(*(replace(f"n{index}", "") for index in range(RECORDS)))
    assert sizes(profile)[2] == RECORDS
    assert len(profile.state().tombstones) == RECORDS


@pytest.mark.parametrize(
    ("member", "longest", "wire_name"),
    [
        pytest.param("dataset_name", "d" * 128, "datasetName", id="dataset"),
        pytest.param("identity_id", "us-east-1:" + "0" * 45, "identityId", id="identity"),
        pytest.param("identity_pool_id", "us-east-1:" + "0" * 45, "identityPoolId", id="pool"),
    ],
)
def test_names_and_ids_have_a_maximum_length(profile, member, longest, wire_name):
    """A dataset's name has at most 128 characters, an id 55. Source: limits-6."""
    dataset = dataclasses.replace(profile, **{member: longest})
    dataset.fill("a")
    assert sizes(dataset) == (True, 1, 1, 2)
    past = dataclasses.replace(profile, **{member: longest + "0"})
    refused = too_long(wire_name, longest + "0", len(longest))
    assert past.refused_listing() == refused
    assert past.refused_update(token="t") == refused


@pytest.mark.parametrize(
    ("member", "wire_name", "pattern"),
    [
        ("dataset_name", "datasetName", "[a-zA-Z0-9_.:-]+"),
        ("identity_id", "identityId", r"[\w-]+:[0-9a-f-]+"),
        ("identity_pool_id", "identityPoolId", r"[\w-]+:[0-9a-f-]+"),
    ],
)
def test_empty_names_and_ids_are_refused(unchecked, member, wire_name, pattern):
    """An empty name or id is refused. Source: limits-6."""
    assert dataclasses.replace(unchecked, **{member: ""}).refused_listing() == too_short(wire_name, pattern)


@pytest.mark.parametrize("name", ["a b", "a/b", "ä", "a\n", "a?b", "a#b", "a%20b"])
def test_names_with_other_characters_are_refused(profile, name):
    """A dataset's name may have letters, digits and _ . : - only. Source: limits-6."""
    assert profile.named(name).refused_listing() == broken(
        f"Value '{name}' at 'datasetName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+"
    )


@pytest.mark.parametrize("name", ["a.b_c:d-E9", ".", "..", ":", "records"])
def test_unusual_names_are_valid(profile, name):
    """Names of dots, of colons, or like a part of a path work in every operation. Source: limits-6."""
    dataset = profile.named(name)
    dataset.fill("a")
    assert dataset.listed()["Records"] == [("a", "v", 1)]
    assert dataset.delete()["DatasetName"] == name
