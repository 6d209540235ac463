"""Limits of datasets, records, bytes and lengths: each tested at the limit and one beyond it."""

from __future__ import annotations

import dataclasses

import boto3
import pytest
from botocore.config import Config
from driver import broken, remove, replace

RECORDS = 1024
BYTES = 1_048_576
TOO_MANY_DATASETS = ("LimitExceededException", 400, "An identity can have at most 20 datasets")
TOO_MANY_RECORDS = ("LimitExceededException", 400, "A dataset can have at most 1024 records")
TOO_LARGE = ("LimitExceededException", 400, "A dataset can hold at most 1048576 bytes")


def sizes(dataset):
    """Whether the dataset exists, its sync count, number of records and size in bytes."""
    state = dataset.state()
    return state.exists, state.sync_count, state.num_records, state.size_bytes


def fill_identity(dataset):
    """Create as many datasets of the identity as it may have: d00 to d19."""
    for index in range(20):
        dataset.named(f"d{index:02}").fill("a")


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


def test_an_identity_has_at_most_twenty_datasets(profile):
    """The twentieth dataset is created; the next is refused and not created. Source: limits-1."""
    fill_identity(profile)
    assert profile.refused_update(replace("a")) == TOO_MANY_DATASETS
    assert sizes(profile) == (False, 0, 0, 0)
    assert profile.dataset_names() == [f"d{index:02}" for index in range(20)]


def test_an_identity_with_twenty_datasets_can_write_to_them(profile):
    """An identity with twenty datasets can write to each; another identity can create its first. Source: limits-1."""
    fill_identity(profile)
    profile.named("d07").fill("b")
    other = profile.of_another_identity()
    other.fill("a")
    assert sizes(other) == (True, 1, 1, 2)


def test_a_deleted_dataset_does_not_count_towards_the_limit(profile):
    """Deleting one of twenty makes room for one other. Source: limits-1, datasets-4."""
    fill_identity(profile)
    gone = profile.named("d03")
    gone.delete()
    profile.fill("a")
    assert gone.refused_update(replace("a")) == TOO_MANY_DATASETS
    assert sizes(gone) == (False, 0, 0, 0)


def test_an_update_that_changes_nothing_is_accepted_at_the_limit(profile):
    """An update that changes nothing is accepted even at the limit. Source: update-3, limits-1."""
    fill_identity(profile)
    assert profile.write(remove("never")) == []


def test_a_dataset_has_at_most_1024_records(profile):
    """1,024 records are accepted; one more is refused together with its whole update. Source: limits-2, update-2."""
    fill_records(profile)
    before = sizes(profile)
    assert before[:3] == (True, 1, RECORDS)
    assert profile.refused_update(replace("k0", "new", 1), replace("more")) == TOO_MANY_RECORDS
    assert sizes(profile) == before
    assert profile.records()["k0"] == ""


def test_too_many_records_do_not_create_the_dataset(profile):
    """A first update with too many records does not create the dataset. Source: limits-2, datasets-3."""
    patches = [replace(f"k{index}") for index in range(RECORDS + 1)]
    assert profile.refused_update(*patches) == TOO_MANY_RECORDS
    assert sizes(profile) == (False, 0, 0, 0)
    assert profile.listed(LastSyncCount=1)["DatasetExists"] is False


@pytest.mark.parametrize("order", [1, -1])
def test_an_update_may_remove_and_add_records_at_the_limit(profile, order):
    """
    The limit applies to the state after the update, whatever the order of its patches.

    Source: limits-5, limits-2.
    """
    fill_records(profile)
    profile.write(*[replace("more", ""), remove("k5", 1)][::order])
    dataset = profile.state()
    assert (dataset.num_records, dataset.tombstones) == (RECORDS, {"k5": 2})
    assert profile.refused_update(replace("k5", "", 2)) == TOO_MANY_RECORDS
    profile.write(replace("k6", "", 1), remove("k5", 2))
    assert profile.state().num_records == RECORDS


def test_tombstones_do_not_count_towards_the_limits(profile):
    """Tombstones count neither as records nor in bytes, and their number has no limit. Source: limits-4."""
    fill_records(profile)
    profile.write(*(remove(f"k{index}", 1) for index in range(RECORDS)))
    assert sizes(profile) == (True, 2, 0, 0)
    profile.write(*(replace(f"n{index}", "") for index in range(RECORDS)))
    assert sizes(profile)[2] == RECORDS
    assert len(profile.state().tombstones) == RECORDS


@pytest.mark.parametrize(
    ("records", "more"),
    [
        pytest.param({"k": "v" * (BYTES - 1)}, replace("z", ""), id="one"),
        pytest.param(
            {"k": "v" * (BYTES // 2), "key": "v" * (BYTES // 2 - 4)},
            replace("key", "v" * (BYTES // 2 - 3), 1),
            id="two",
        ),
        pytest.param({"kk": "é" * (BYTES // 2 - 1)}, replace("z", ""), id="two bytes a character"),
        pytest.param({"\U0001f600": "\U0001f600" * (BYTES // 4 - 1)}, replace("z", ""), id="four bytes a character"),
        pytest.param({f"{index:01024}": "" for index in range(RECORDS)}, replace("0" * 1024, "v", 1), id="keys alone"),
    ],
)
def test_a_dataset_has_at_most_1048576_bytes(profile, records, more):
    """Keys and values have at most 1,048,576 bytes of UTF-8 together. Source: limits-3, limits-4."""
    profile.write(*(replace(key, value) for key, value in records.items()))
    assert sizes(profile) == (True, 1, len(records), BYTES)
    assert profile.refused_update(more) == TOO_LARGE
    assert sizes(profile) == (True, 1, len(records), BYTES)


@pytest.mark.parametrize("filler", ["a" * 9, "a" * 7 + "é", "aaa" + "é" * 3, "a" + "\U0001f600" * 2])
def test_one_byte_too_many_is_refused(profile, filler):
    """
    A record that is one byte too large for the dataset is refused; one byte less is accepted.

    Source: limits-3, limits-4.
    """
    profile.write(replace("big", "v" * (BYTES - 3 - 9)))
    assert profile.refused_update(replace("b", filler)) == TOO_LARGE
    assert sizes(profile) == (True, 1, 1, BYTES - 9)
    profile.write(replace("b", filler[1:]))
    assert sizes(profile) == (True, 2, 2, BYTES)


def test_too_large_a_record_does_not_create_the_dataset(profile):
    """A first update with too many bytes does not create the dataset. Source: limits-3, datasets-3."""
    assert profile.refused_update(replace("kk", "v" * (BYTES - 1))) == TOO_LARGE
    assert sizes(profile) == (False, 0, 0, 0)


@pytest.mark.parametrize("order", [1, -1])
def test_an_update_may_exchange_large_records(profile, order):
    """
    The limit applies to the size after the update: one large record can replace another.

    Source: limits-5, limits-3.
    """
    large = "v" * (BYTES - 1)
    profile.write(replace("a", large))
    profile.write(*[replace("b", large), remove("a", 1)][::order])
    assert sizes(profile) == (True, 2, 1, BYTES)


def test_a_record_of_a_full_dataset_can_be_rewritten(profile):
    """A record that is written again counts once. Source: limits-5, limits-4."""
    large = "v" * (BYTES - 1)
    profile.write(replace("a", large))
    profile.write(replace("a", large, 1))
    assert sizes(profile) == (True, 2, 1, BYTES)


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
    ("key", "value"),
    [
        pytest.param("k", "", id="shortest"),
        pytest.param("k" * 1024, "v", id="key"),
        pytest.param("é" * 1024, "v", id="wide key"),
        pytest.param("k", "v" * 1_048_575, id="value"),
    ],
)
def test_keys_and_values_of_the_maximum_length_are_accepted(profile, key, value):
    """A key has 1 to 1,024 characters, a value at most 1,048,575. Source: limits-6."""
    profile.write(replace(key, value))
    assert profile.records() == {key: value}


@pytest.mark.parametrize(
    ("patch", "refused"),
    [
        pytest.param(replace("k" * 1025), too_long("recordPatches.2.member.key", "k" * 1025, 1024), id="key"),
        pytest.param(remove("k" * 1025), too_long("recordPatches.2.member.key", "k" * 1025, 1024), id="removed key"),
        pytest.param(replace(""), too_short("recordPatches.2.member.key"), id="no key"),
        pytest.param(
            replace("k", "v" * 1_048_576),
            too_long("recordPatches.2.member.value", "v" * 1_048_576, 1_048_575),
            id="value",
        ),
    ],
)
def test_keys_and_values_of_other_lengths_are_refused(unchecked, patch, refused):
    """A key or value of a wrong length is refused by its path, and nothing is written. Source: limits-6, update-2."""
    assert unchecked.refused_update(replace("good"), patch) == refused
    assert sizes(unchecked) == (False, 0, 0, 0)


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
