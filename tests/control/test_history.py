"""The history: one list of everything that happened, with a cursor."""

from __future__ import annotations

import pytest
from driver import NOON, replace

from mock_cognitosync.cognitosync.domain.keys import AccountRegion
from mock_cognitosync.control.history import ClockMove, Entry, History
from mock_cognitosync.exceptions import DatasetNotFound

HERE = AccountRegion("123456789012", "us-east-1")


@pytest.fixture
def history(cognitosync) -> History:
    return cognitosync._port.history


def names(entries):
    return [type(entry.event).__name__ for entry in entries]


def test_everything_is_recorded_in_order(cognitosync, profile, history):
    """Hooks and faults precede their call, and a trigger precedes the write that caused it."""
    device = profile.device()
    cognitosync.set_trigger(profile.identity_pool_id, lambda event: event)
    cognitosync.before_next("UpdateRecords", lambda: device.put("profile", {"theme": "dark"}))
    cognitosync.delay("UpdateRecords", 1)
    profile.refused_update(replace("theme"))
    device.remove("profile", "theme")
    device.delete_dataset("profile")
    cognitosync.freeze()
    cognitosync.unfreeze()

    entries, cursor = history.entries_since(0)

    assert names(entries) == [
        "FinishedCall",
        "RunHook",
        "RunTrigger",
        "DeviceCall",
        "InjectedFault",
        "ClockMove",
        "FinishedCall",
        "RunTrigger",
        "DeviceCall",
        "DeviceCall",
        "ClockMove",
        "ClockMove",
    ]
    assert cursor == len(entries)
    written, removed, deleted = [entry.event for entry in entries if type(entry.event).__name__ == "DeviceCall"]
    assert (written.values, written.sync_count, written.refusal) == ({"theme": "dark"}, 1, None)
    assert (removed.values, removed.sync_count) == ({"theme": None}, 2)
    assert (deleted.call.operation, deleted.values, deleted.sync_count) == ("DeleteDataset", {}, None)
    assert {entry.account_region for entry in entries} == {HERE, None}


def test_a_cursor_continues_where_the_last_one_ended(cognitosync, profile, history):
    """Each entry is returned once."""
    profile.listed()
    first, cursor = history.entries_since()
    profile.dataset_names()
    second, end = history.entries_since(cursor)
    nothing, same = history.entries_since(end)

    assert [entry.event.call.operation for entry in (*first, *second)] == ["ListRecords", "ListDatasets"]
    assert (nothing, same) == ([], end)


def test_entries_are_dated_on_the_mock_s_clock(cognitosync, profile, history, time_machine):
    """A jump of the clock is visible in the dates."""
    time_machine.move_to(NOON, tick=False)
    cognitosync.advance(60)
    profile.listed()

    assert [entry.moment_ms - int(NOON.timestamp() * 1000) for entry in history.entries_since()[0]] == [60_000] * 2


def test_a_refused_device_is_in_the_report(cognitosync, profile, history):
    """Its exception may be caught by the code under test."""
    with pytest.raises(DatasetNotFound):
        profile.device().delete_dataset("profile")

    assert cognitosync.report().splitlines() == [
        "No call has reached Cognito Sync in us-east-1:",
        f"  The user is identity {profile.identity_id} of pool {profile.identity_pool_id}.",
        "      device -> service   delete profile",
        (
            "      device <- service   ResourceNotFoundException: Dataset 'profile' not found. "
            "(rule datasets-2, tested by AWS)"
        ),
        "                            hint: datasets of this identity: none",
    ]


def test_a_limited_history_forgets_its_oldest_entries():
    """Cursors stay valid: what was forgotten is passed over."""
    history = History(lambda: 0, limit=3)
    _, start = history.entries_since()
    for number in range(6):
        history.add(None, ClockMove("advance", number))
    kept, cursor = history.entries_since(start)
    history.add(None, ClockMove("advance", 6))
    added, end = history.entries_since(cursor)

    assert [entry.event.seconds for entry in kept] == [0, 1, 2, 3, 4, 5]
    assert (added, end) == ([Entry(0, None, ClockMove("advance", 6))], 7)
    assert [entry.event.seconds for entry in history.entries_since()[0]] == [4, 5, 6]
