"""A loop that lists the records again after a conflict with another device, until it succeeds or gives up."""

import pytest


class TooBusy(Exception):
    """Every attempt conflicted with another device."""


def increment(client, dataset, key, rounds=3):
    """Add one to the number stored under *key*, as an app would."""
    for _ in range(rounds):
        listing = client.list_records(**dataset)
        record = {record["Key"]: record for record in listing["Records"]}.get(key, {"Value": "0", "SyncCount": 0})
        value = str(int(record["Value"]) + 1)
        patch = {"Op": "replace", "Key": key, "Value": value, "SyncCount": record["SyncCount"]}
        try:
            client.update_records(**dataset, SyncSessionToken=listing["SyncSessionToken"], RecordPatches=[patch])
        except client.exceptions.ResourceConflictException:
            continue
        return value
    raise TooBusy(key)


@pytest.fixture
def user(cognitosync):
    return cognitosync.new_user()


def test_the_second_round_succeeds(cognitosync, cognitosync_client, user):
    tablet = user.device()
    cognitosync.before_next("UpdateRecords", lambda: tablet.put("visits", {"total": "41"}))

    assert increment(cognitosync_client, user.parameters("visits"), "total") == "42"
    assert [call.error for call in cognitosync.calls.of("UpdateRecords")] == ["ResourceConflictException", None]


def test_it_gives_up_after_three_rounds(cognitosync, cognitosync_client, user):
    tablet = user.device()
    cognitosync.before_next("UpdateRecords", lambda: tablet.put("visits", {"total": "41"}), calls=3)

    with pytest.raises(TooBusy):
        increment(cognitosync_client, user.parameters("visits"), "total")
    assert user.records("visits") == {"total": "41"}
