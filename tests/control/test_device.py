"""A device writes as a client does: it obeys the same rules and limits."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from driver import NOON, broken

from mock_cognitosync.cognitosync.exceptions import (
    ConstraintViolations,
    DatasetNotFound,
    IdentityPoolNotFound,
    LimitExceeded,
    StaleSyncCount,
)


@pytest.fixture
def device(profile):
    """A device of the dataset's identity."""
    return profile.device()


def refused(error, call, *arguments):
    """The message of a device's call that must fail with *error*."""
    with pytest.raises(error) as caught:
        call(*arguments)
    return str(caught.value)


def test_put_writes_at_the_current_counts_in_one_step(profile, device, time_machine):
    """`put` writes at the current counts, in one update, as its identity. Source: counts-1, records-3."""
    time_machine.move_to(NOON, tick=False)
    assert device.put("profile", {"b": "1", "a": "1"}) == 1
    profile.fill("c")
    time_machine.shift(60)
    assert device.put("profile", {"a": "2", "c": "2", "d": ""}) == 3
    assert profile.listed()["Records"] == [("a", "2", 3), ("b", "1", 1), ("c", "2", 3), ("d", "", 3)]
    later = NOON + timedelta(seconds=60)
    assert profile.list_records(LastSyncCount=2)["Records"][0] == {
        "DeviceLastModifiedDate": later,
        "Key": "a",
        "LastModifiedBy": profile.identity_id,
        "LastModifiedDate": later,
        "SyncCount": 3,
        "Value": "2",
    }


def test_remove_leaves_tombstones_that_can_be_written_again(profile, device):
    """`remove` removes records in one update; their keys can be written again. Source: records-1, counts-2."""
    profile.fill("a", "b", "c")
    assert device.remove("profile", "c", "a") == 4
    assert device.remove("profile", "c", "never") == 5
    assert device.put("profile", {"a": "back"}) == 6
    assert profile.listed()["Records"] == [("a", "back", 6), ("b", "v", 2), ("c", None, 5)]


@pytest.mark.parametrize(("exists", "count"), [(False, 0), (True, 1)])
def test_a_call_without_changes_raises_no_count(profile, device, exists, count):
    """Without keys or with unknown keys, no count or dataset is created. Source: update-3, update-8."""
    if exists:
        profile.fill("a")
    counts = [device.put("profile", {}), device.remove("profile"), device.remove("profile", "never")]
    assert counts == [count] * 3
    assert profile.listed()["DatasetExists"] is exists


def test_a_deleted_dataset_keeps_its_count(profile, device):
    """A deletion is marked, and the next write continues the sync count. Source: datasets-4, datasets-5."""
    profile.fill("a")
    device.delete_dataset("profile")
    assert device.remove("profile", "a") == 0
    assert device.put("profile", {"a": "new"}) == 3
    listing = profile.listed(LastSyncCount=1)
    assert (listing["DatasetDeletedAfterRequestedSyncCount"], listing["Records"]) == (True, [("a", "new", 3)])


def test_a_dataset_that_does_not_exist_cannot_be_deleted(device):
    """A dataset that was never written, or is deleted, is not found. Source: datasets-2."""
    assert refused(DatasetNotFound, device.delete_dataset, "profile") == "Dataset 'profile' not found."
    device.put("profile", {"a": "1"})
    device.delete_dataset("profile")
    assert refused(DatasetNotFound, device.delete_dataset, "profile") == "Dataset 'profile' not found."


def test_the_limit_of_datasets_applies_to_devices(device):
    """A device can create twenty datasets and no more. Source: limits-1."""
    for number in range(20):
        device.put(f"d{number}", {"a": "1"})
    message = refused(LimitExceeded, device.put, "more", {"a": "1"})
    assert message == "An identity can have at most 20 datasets"


@pytest.mark.parametrize(
    ("stored", "more", "message"),
    [
        pytest.param(
            {f"k{number}": "" for number in range(1024)},
            {"k0": "new", "more": ""},
            "A dataset can have at most 1024 records",
            id="records",
        ),
        pytest.param(
            {"k": "v" * 1_048_575},
            {"k": "new", "more": "v" * 1_048_569},
            "A dataset can hold at most 1048576 bytes",
            id="bytes",
        ),
    ],
)
def test_the_limits_of_a_dataset_apply_to_devices(profile, device, stored, more, message):
    """A device can fill a dataset up to a limit; a write beyond it changes nothing. Source: limits-2, limits-3."""
    device.put("profile", stored)
    assert refused(LimitExceeded, device.put, "profile", more) == message
    assert profile.records() == stored


NAME = "Value 'a b' at 'datasetName' failed to satisfy constraint: "
PATTERN = "Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+"


@pytest.mark.parametrize(
    ("dataset", "records", "violation"),
    [
        pytest.param("a b", {"a": "1"}, NAME + PATTERN, id="name"),
        pytest.param(
            "d" * 129,
            {"a": "1"},
            f"Value '{'d' * 129}' at 'datasetName' failed to satisfy constraint: "
            "Member must have length less than or equal to 128",
            id="long name",
        ),
        pytest.param(
            "profile",
            {"a": "1", "k" * 1025: "1"},
            f"Value '{'k' * 1025}' at 'recordPatches.2.member.key' failed to satisfy constraint: "
            "Member must have length less than or equal to 1024",
            id="key",
        ),
        pytest.param(
            "profile",
            {"": "1"},
            "Value '' at 'recordPatches.1.member.key' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1",
            id="no key",
        ),
        pytest.param(
            "profile",
            {"a": "v" * 1_048_576},
            f"Value '{'v' * 1_048_576}' at 'recordPatches.1.member.value' failed to satisfy constraint: "
            "Member must have length less than or equal to 1048575",
            id="value",
        ),
    ],
)
def test_the_constraints_of_parameters_apply_to_devices(profile, device, dataset, records, violation):
    """Names, keys and values that a client may not send are refused from a device too. Source: limits-6, update-2."""
    assert refused(ConstraintViolations, device.put, dataset, records) == broken(violation)[2]
    assert profile.records() == {}


@pytest.mark.parametrize(
    ("records", "message"),
    [
        pytest.param({"a": 1}, "the value of 'a' must be a str, got int 1", id="number"),
        pytest.param({1: "a"}, "a key must be a str, got int 1", id="key"),
        pytest.param({"a": ["1"]}, "the value of 'a' must be a str, got list ['1']", id="list"),
        pytest.param({"a": b"x"}, "the value of 'a' must be a str, got bytes b'x'", id="bytes"),
    ],
)
def test_keys_and_values_must_be_text(device, records, message):
    """A key or value of another type is refused. Source: limits-6."""
    assert refused(TypeError, device.put, "profile", records) == message


def test_put_does_not_remove(profile, device):
    """`put` needs a value for each key; None is refused. Source: update-6."""
    device.put("profile", {"a": "1"})
    message = "the value of 'a' must be a str, got NoneType None"
    assert refused(TypeError, device.put, "profile", {"a": None}) == message
    assert profile.records() == {"a": "1"}


@pytest.mark.cognitosync(identity_pools="created")
def test_a_device_of_an_unknown_pool_is_refused(cognitosync):
    """If the pool does not exist, every method of a device is refused. Source: pools-1, pools-2."""
    device = cognitosync.device("us-east-1:0", "us-east-1:1")
    for call, arguments in ((device.put, ({"a": "1"},)), (device.remove, ("a",)), (device.delete_dataset, ())):
        message = refused(IdentityPoolNotFound, call, "profile", *arguments)
        assert message == "IdentityPool 'us-east-1:0' not found."


def test_devices_of_an_identity_share_its_datasets(profile, device):
    """Two devices of an identity write to the same dataset; a device of another identity does not. Source: counts-1."""
    second = profile.device()
    stranger = dataclasses.replace(profile, identity_id="us-east-1:2").device()
    counts = [phone.put("profile", {"a": value}) for phone, value in ((device, "1"), (second, "2"), (stranger, "3"))]
    assert (counts, profile.records()) == ([1, 2, 1], {"a": "2"})


@pytest.mark.parametrize(("overtaken", "written"), [(1, True), (9, True), (10, False)])
def test_put_retries_if_another_device_writes_first(cognitosync, profile, device, overtaken, written):
    """If others write while a sync trigger runs, `put` retries at the new count, ten times at most."""
    left = [overtaken]

    def overtake(event):
        if event["datasetRecords"]["a"]["newValue"] == "phone" and left[0]:
            left[0] -= 1
            profile.device().put("profile", {"a": f"tablet {left[0]}"})
        return event

    cognitosync.set_trigger(profile.identity_pool_id, overtake)
    if written:
        assert device.put("profile", {"a": "phone"}) == overtaken + 1
    else:
        with pytest.raises(StaleSyncCount):
            device.put("profile", {"a": "phone"})
    assert profile.records() == {"a": "phone" if written else "tablet 0"}
