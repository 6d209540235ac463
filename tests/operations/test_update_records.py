"""UpdateRecords: explicit nulls and exact dates. The other rules are checks in `verify/checks/update.py`."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from driver import ACCOUNT, NOON, remove, replace, response_bodies


def test_the_answer_has_all_members_of_the_written_records(profile, client, time_machine):
    """
    The answer has each record written; the Value of a removed one is null.

    Source: update-1, records-1, records-2.
    """
    time_machine.move_to(NOON, tick=False)
    profile.fill("gone", "kept")
    time_machine.shift(1.5)
    seen = response_bodies(client)
    profile.write(replace("new", "text"), remove("gone", 1))
    date = NOON.timestamp() + 1.5
    stamp = {"DeviceLastModifiedDate": date, "LastModifiedBy": ACCOUNT, "LastModifiedDate": date, "SyncCount": 3}
    assert seen[-1] == {"Records": [{"Key": "new", "Value": "text", **stamp}, {"Key": "gone", "Value": None, **stamp}]}


def test_writing_the_same_value_is_a_change(profile, time_machine):
    """A patch with the record's current value raises its count and date. Source: update-4."""
    time_machine.move_to(NOON, tick=False)
    profile.fill("a")
    time_machine.shift(60)
    later = NOON + timedelta(seconds=60)
    assert profile.update(replace("a", "v", 1)) == [
        {
            "DeviceLastModifiedDate": later,
            "Key": "a",
            "LastModifiedBy": ACCOUNT,
            "LastModifiedDate": later,
            "SyncCount": 2,
            "Value": "v",
        }
    ]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        pytest.param({}, NOON, id="none"),
        pytest.param({"DeviceLastModifiedDate": NOON - timedelta(days=3)}, NOON - timedelta(days=3), id="past"),
        pytest.param({"DeviceLastModifiedDate": NOON + timedelta(days=3)}, NOON + timedelta(days=3), id="future"),
        pytest.param(
            {"DeviceLastModifiedDate": datetime(1970, 1, 1, tzinfo=timezone.utc)},
            datetime(1970, 1, 1, tzinfo=timezone.utc),
            id="epoch",
        ),
    ],
)
@pytest.mark.parametrize("patch", [replace("a", "w", 1), remove("a", 1)])
def test_device_last_modified_date_is_the_date_that_the_client_sends(profile, time_machine, patch, sent, expected):
    """DeviceLastModifiedDate is the date that the client sends, or else that of the write. Source: records-2."""
    time_machine.move_to(NOON - timedelta(hours=1), tick=False)
    profile.fill("a")
    time_machine.move_to(NOON, tick=False)
    [written] = profile.update(patch | sent)
    [record] = profile.list_records()["Records"]
    assert written == record
    assert (record["DeviceLastModifiedDate"], record["LastModifiedDate"]) == (expected, NOON)
