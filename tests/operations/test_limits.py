"""Limits of datasets, records, bytes and lengths: each at the limit and one past it."""

from __future__ import annotations

import boto3
import pytest
from botocore.config import Config
from driver import (
    broken,
    fill,
    identity_of,
    listed,
    new_dataset,
    place,
    refusal,
    refused_update,
    remove,
    replace,
    write,
)

RECORDS = 1024
BYTES = 1_048_576
TOO_MANY_DATASETS = ("LimitExceededException", 400, "An identity can have at most 20 datasets")
TOO_MANY_RECORDS = ("LimitExceededException", 400, "A dataset can have at most 1024 records")
TOO_LARGE = ("LimitExceededException", 400, "A dataset can hold at most 1048576 bytes")


def sizes(sync, address):
    """Whether the dataset exists, its count, records and bytes."""
    dataset = sync.dataset(*place(address))
    return dataset.exists, dataset.sync_count, dataset.num_records, dataset.size_bytes


def fill_datasets(client, address, number):
    for index in range(number):
        fill(client, address | {"DatasetName": f"d{index:02}"}, "a")


def fill_records(client, address, number=RECORDS):
    """*number* records of one key byte each and more, all with count 1."""
    return write(client, address, *(replace(f"k{index}", "") for index in range(number)))


def too_long(member, value, most):
    return broken(
        f"Value '{value}' at '{member}' failed to satisfy constraint: "
        f"Member must have length less than or equal to {most}"
    )


def too_short(member, *pattern):
    least = f"Value '' at '{member}' failed to satisfy constraint: Member must have length greater than or equal to 1"
    rules = [
        f"Value '' at '{member}' failed to satisfy constraint: Member must satisfy regular expression pattern: {rule}"
        for rule in pattern
    ]
    return broken(least, *rules)


def test_an_identity_has_twenty_datasets(cognitosync, cognitosync_client):
    """The twentieth dataset is made, the next one refused and not made. Source: limits-1."""
    profile = new_dataset(cognitosync)
    fill_datasets(cognitosync_client, profile, 20)
    assert refused_update(cognitosync_client, profile, replace("a")) == TOO_MANY_DATASETS
    assert sizes(cognitosync, profile) == (False, 0, 0, 0)
    datasets = cognitosync_client.list_datasets(**identity_of(profile))["Datasets"]
    assert [dataset["DatasetName"] for dataset in datasets] == [f"d{index:02}" for index in range(20)]


def test_a_full_identity_may_go_on_writing(cognitosync, cognitosync_client):
    """With twenty datasets, each of them still takes writes, and another identity its first. Source: limits-1."""
    profile = new_dataset(cognitosync)
    fill_datasets(cognitosync_client, profile, 20)
    fill(cognitosync_client, profile | {"DatasetName": "d07"}, "b")
    other = profile | {"IdentityId": cognitosync.new_identity(profile["IdentityPoolId"])}
    fill(cognitosync_client, other, "a")
    assert sizes(cognitosync, other) == (True, 1, 1, 2)


def test_a_deleted_dataset_does_not_count(cognitosync, cognitosync_client):
    """Deleting one of twenty makes room for one, and that one cannot come back. Source: limits-1, datasets-4."""
    profile = new_dataset(cognitosync)
    fill_datasets(cognitosync_client, profile, 20)
    gone = profile | {"DatasetName": "d03"}
    cognitosync_client.delete_dataset(**gone)
    fill(cognitosync_client, profile, "a")
    assert refused_update(cognitosync_client, gone, replace("a")) == TOO_MANY_DATASETS
    assert sizes(cognitosync, gone) == (False, 0, 0, 0)


def test_an_update_without_change_meets_no_limit(cognitosync, cognitosync_client):
    """An update that changes nothing is answered at the limit, too. Source: update-3, limits-1."""
    profile = new_dataset(cognitosync)
    fill_datasets(cognitosync_client, profile, 20)
    assert write(cognitosync_client, profile, remove("never")) == []


def test_a_dataset_has_1024_records(cognitosync, cognitosync_client):
    """1,024 records are taken, one more refused, and none of that call is written. Source: limits-2, update-2."""
    profile = new_dataset(cognitosync)
    fill_records(cognitosync_client, profile)
    before = sizes(cognitosync, profile)
    assert before[:3] == (True, 1, RECORDS)
    assert refused_update(cognitosync_client, profile, replace("k0", "new", 1), replace("more")) == TOO_MANY_RECORDS
    assert sizes(cognitosync, profile) == before
    assert cognitosync.records(*place(profile))["k0"] == ""


def test_too_many_records_make_no_dataset(cognitosync, cognitosync_client):
    """A first update past the limit leaves no dataset behind. Source: limits-2, datasets-3."""
    profile = new_dataset(cognitosync)
    patches = [replace(f"k{index}") for index in range(RECORDS + 1)]
    assert refused_update(cognitosync_client, profile, *patches) == TOO_MANY_RECORDS
    assert sizes(cognitosync, profile) == (False, 0, 0, 0)
    assert listed(cognitosync_client, profile, LastSyncCount=1)["DatasetExists"] is False


@pytest.mark.parametrize("order", [1, -1])
def test_a_call_may_remove_and_add_at_the_limit(cognitosync, cognitosync_client, order):
    """What counts is the state after the call, whatever the order of its patches. Source: limits-5, limits-2."""
    profile = new_dataset(cognitosync)
    fill_records(cognitosync_client, profile)
    write(cognitosync_client, profile, *[replace("more", ""), remove("k5", 1)][::order])
    dataset = cognitosync.dataset(*place(profile))
    assert (dataset.num_records, dataset.tombstones) == (RECORDS, {"k5": 2})
    assert refused_update(cognitosync_client, profile, replace("k5", "", 2)) == TOO_MANY_RECORDS
    write(cognitosync_client, profile, replace("k6", "", 1), remove("k5", 2))
    assert cognitosync.dataset(*place(profile)).num_records == RECORDS


def test_tombstones_are_no_records(cognitosync, cognitosync_client):
    """Tombstones count neither as records nor in bytes; more of them than the limit may pile up. Source: limits-4."""
    profile = new_dataset(cognitosync)
    fill_records(cognitosync_client, profile)
    write(cognitosync_client, profile, *(remove(f"k{index}", 1) for index in range(RECORDS)))
    assert sizes(cognitosync, profile) == (True, 2, 0, 0)
    write(cognitosync_client, profile, *(replace(f"n{index}", "") for index in range(RECORDS)))
    assert sizes(cognitosync, profile)[2] == RECORDS
    assert len(cognitosync.dataset(*place(profile)).tombstones) == RECORDS


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
def test_a_dataset_has_1048576_bytes(cognitosync, cognitosync_client, records, more):
    """Keys and values fill 1,048,576 bytes of UTF-8, and no more. Source: limits-3, limits-4."""
    profile = new_dataset(cognitosync)
    write(cognitosync_client, profile, *(replace(key, value) for key, value in records.items()))
    assert sizes(cognitosync, profile) == (True, 1, len(records), BYTES)
    assert refused_update(cognitosync_client, profile, more) == TOO_LARGE
    assert sizes(cognitosync, profile) == (True, 1, len(records), BYTES)


@pytest.mark.parametrize("filler", ["a" * 9, "a" * 7 + "é", "aaa" + "é" * 3, "a" + "\U0001f600" * 2])
def test_one_byte_past_the_size_is_refused(cognitosync, cognitosync_client, filler):
    """A record one byte too large for the dataset is refused; one byte less goes. Source: limits-3, limits-4."""
    profile = new_dataset(cognitosync)
    write(cognitosync_client, profile, replace("big", "v" * (BYTES - 3 - 9)))
    assert refused_update(cognitosync_client, profile, replace("b", filler)) == TOO_LARGE
    assert sizes(cognitosync, profile) == (True, 1, 1, BYTES - 9)
    write(cognitosync_client, profile, replace("b", filler[1:]))
    assert sizes(cognitosync, profile) == (True, 2, 2, BYTES)


def test_too_large_a_dataset_is_not_made(cognitosync, cognitosync_client):
    """A first update past the size leaves no dataset behind. Source: limits-3, datasets-3."""
    profile = new_dataset(cognitosync)
    assert refused_update(cognitosync_client, profile, replace("kk", "v" * (BYTES - 1))) == TOO_LARGE
    assert sizes(cognitosync, profile) == (False, 0, 0, 0)


@pytest.mark.parametrize("order", [1, -1])
def test_a_call_may_replace_a_large_record_by_another(cognitosync, cognitosync_client, order):
    """What counts is the size after the call: a large record may go as another comes. Source: limits-5, limits-3."""
    profile = new_dataset(cognitosync)
    large = "v" * (BYTES - 1)
    write(cognitosync_client, profile, replace("a", large))
    write(cognitosync_client, profile, *[replace("b", large), remove("a", 1)][::order])
    assert sizes(cognitosync, profile) == (True, 2, 1, BYTES)


def test_a_full_dataset_takes_the_same_value_again(cognitosync, cognitosync_client):
    """Rewriting a record counts its bytes once. Source: limits-5, limits-4."""
    profile = new_dataset(cognitosync)
    large = "v" * (BYTES - 1)
    write(cognitosync_client, profile, replace("a", large))
    write(cognitosync_client, profile, replace("a", large, 1))
    assert sizes(cognitosync, profile) == (True, 2, 1, BYTES)


@pytest.mark.parametrize(
    ("member", "longest", "wire_name"),
    [
        pytest.param("DatasetName", "d" * 128, "datasetName", id="dataset"),
        pytest.param("IdentityId", "us-east-1:" + "0" * 45, "identityId", id="identity"),
        pytest.param("IdentityPoolId", "us-east-1:" + "0" * 45, "identityPoolId", id="pool"),
    ],
)
def test_names_and_ids_have_a_longest(cognitosync, cognitosync_client, member, longest, wire_name):
    """A dataset's name has at most 128 characters, ids 55. Source: limits-6."""
    profile = new_dataset(cognitosync) | {member: longest}
    fill(cognitosync_client, profile, "a")
    assert sizes(cognitosync, profile) == (True, 1, 1, 2)
    past = profile | {member: longest + "0"}
    refused = too_long(wire_name, longest + "0", len(longest))
    assert refusal(cognitosync_client.list_records, **past) == refused
    assert refusal(cognitosync_client.update_records, **past, SyncSessionToken="t") == refused


@pytest.mark.parametrize(
    ("key", "value"),
    [
        pytest.param("k", "", id="shortest"),
        pytest.param("k" * 1024, "v", id="key"),
        pytest.param("é" * 1024, "v", id="wide key"),
        pytest.param("k", "v" * 1_048_575, id="value"),
    ],
)
def test_keys_and_values_up_to_their_longest(cognitosync, cognitosync_client, key, value):
    """A key has 1 to 1,024 characters, a value up to 1,048,575. Source: limits-6."""
    profile = new_dataset(cognitosync)
    write(cognitosync_client, profile, replace(key, value))
    assert cognitosync.records(*place(profile)) == {key: value}


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
def test_keys_and_values_past_their_longest(cognitosync, patch, refused):
    """A key or value out of its length is refused with its place, nothing written. Source: limits-6, update-2."""
    client = boto3.client("cognito-sync", config=Config(parameter_validation=False))
    profile = new_dataset(cognitosync)
    assert refused_update(client, profile, replace("good"), patch) == refused
    assert sizes(cognitosync, profile) == (False, 0, 0, 0)


@pytest.mark.parametrize(
    ("member", "wire_name", "pattern"),
    [
        ("DatasetName", "datasetName", "[a-zA-Z0-9_.:-]+"),
        ("IdentityId", "identityId", r"[\w-]+:[0-9a-f-]+"),
        ("IdentityPoolId", "identityPoolId", r"[\w-]+:[0-9a-f-]+"),
    ],
)
def test_names_and_ids_are_not_empty(cognitosync, member, wire_name, pattern):
    """An empty name or id is refused. Source: limits-6."""
    client = boto3.client("cognito-sync", config=Config(parameter_validation=False))
    profile = new_dataset(cognitosync) | {member: ""}
    assert refusal(client.list_records, **profile) == too_short(wire_name, pattern)


@pytest.mark.parametrize("name", ["a b", "a/b", "ä", "a\n", "a?b", "a#b", "a%20b"])
def test_names_have_certain_characters(cognitosync, cognitosync_client, name):
    """A dataset's name holds letters, digits and _ . : - only. Source: limits-6."""
    profile = new_dataset(cognitosync, name)
    assert refusal(cognitosync_client.list_records, **profile) == broken(
        f"Value '{name}' at 'datasetName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+"
    )


@pytest.mark.parametrize("name", ["a.b_c:d-E9", ".", "..", ":", "records"])
def test_odd_names_are_names(cognitosync, cognitosync_client, name):
    """Names of dots, colons, or like a part of the path work in every operation. Source: limits-6."""
    profile = new_dataset(cognitosync, name)
    fill(cognitosync_client, profile, "a")
    assert listed(cognitosync_client, profile)["Records"] == [("a", "v", 1)]
    assert cognitosync_client.delete_dataset(**profile)["Dataset"]["DatasetName"] == name
