"""The sync trigger as a callable: its event, the changes that it may make, its failures, and its timing."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta
from functools import reduce

import pytest
from driver import ACCOUNT, NOON, TOKEN_REFUSED, remove, replace

from mock_cognitosync import mock_cognitosync

TEXT = "The Lambda function returned invalid output or an exception."
FAILED = ("InvalidLambdaFunctionOutputException", 400, TEXT)
TIMED_OUT = ("LambdaSocketTimeoutException", 400, "The Lambda function did not answer within 5 seconds.")


def stored(dataset):
    """Everything that the handle shows of the dataset."""
    return dataset.state(), dataset.records()


def rejected_update(dataset, *patches):
    """The refusal of an update that the trigger rejects. It must change nothing and leave its token valid."""
    before, token = stored(dataset), dataset.token()
    refused = dataset.refused_update(*patches, token=token)
    assert stored(dataset) == before
    dataset.sync.set_trigger(dataset.identity_pool_id, None)
    written = dataset.write(*patches, token=token)
    assert [key for key, _, _ in written] == [patch["Key"] for patch in patches]
    assert dataset.state().sync_count == before[0].sync_count + 1
    return refused


def changing(act):
    """A function that applies *act* to the records of its event."""

    def change(event):
        act(event["datasetRecords"])
        return event

    return change


PATCHES = [replace("new", "n"), replace("a", "A", 1), remove("d", 3)]
ANSWERED = [("new", "n", 6), ("a", "A", 6), ("d", None, 6)]


def test_the_event_has_the_live_records_and_their_changes(filled, trigger):
    """The event is the documented one: all live records and the call's changes. Source: trigger-2, trigger-10."""
    events = []
    trigger(lambda event: events.append(event) or event)
    filled.write(*PATCHES, remove("never"), replace("gone", "back", 5))
    assert events == [
        {
            "version": 2,
            "eventType": "SyncTrigger",
            "region": "us-east-1",
            "identityPoolId": filled.identity_pool_id,
            "identityId": filled.identity_id,
            "datasetName": "game",
            "datasetRecords": {
                "a": {"oldValue": "a old", "newValue": "A", "op": "replace"},
                "b": {"oldValue": "b old", "newValue": "b old", "op": "replace"},
                "d": {"oldValue": "d old", "newValue": None, "op": "remove"},
                "new": {"oldValue": None, "newValue": "n", "op": "replace"},
                "gone": None,
            },
        }
    ]


@pytest.mark.cognitosync(region_name="eu-west-1")
def test_the_event_of_a_first_update_has_its_records_only(game, trigger):
    """The event for a new dataset has the call's records only, and the region of the pool. Source: trigger-2."""
    events = []
    trigger(lambda event: events.append(event) or event)
    game.write(replace("a", ""))
    assert [(event["region"], event["datasetRecords"]) for event in events] == [
        ("eu-west-1", {"a": {"oldValue": None, "newValue": "", "op": "replace"}})
    ]


CALLS = {
    "the same value": (lambda game: game.write(replace("a", "a old", 1)), 1),
    "a tombstone again": (lambda game: game.write(remove("gone", 5)), 1),
    "several patches": (lambda game: game.write(*PATCHES), 1),
    "no patches": (lambda game: game.write(), 0),
    "nothing to remove": (lambda game: game.write(remove("never")), 0),
    "stale": (lambda game: game.refused_update(replace("a")), 0),
    "bad token": (lambda game: game.refused_update(replace("z"), token="x"), 0),
    "ListRecords": (lambda game: game.list_records(), 0),
    "DeleteDataset": (lambda game: game.delete(), 0),
}


@pytest.mark.parametrize(("act", "ran"), CALLS.values(), ids=CALLS)
def test_the_trigger_runs_once_for_an_update_that_changes_something(filled, trigger, act, ran):
    """The trigger runs once for an accepted UpdateRecords that changes something, else never. Source: trigger-1."""
    events = []
    trigger(lambda event: events.append(event) or event)
    act(filled)
    assert len(events) == ran


def test_the_trigger_runs_before_the_write(filled, trigger):
    """While the trigger runs, the dataset is unchanged. Source: trigger-1."""
    before = stored(filled)
    during = []
    trigger(lambda event: during.append(stored(filled)) or event)
    filled.write(*PATCHES)
    assert during == [before]
    assert filled.state().sync_count == 6


NEW, A, D = ANSWERED
CHANGES = {
    "nothing": (lambda r: None, [NEW, A, D]),
    "change": (lambda r: r["a"].update(newValue="X"), [NEW, ("a", "X", 6), D]),
    "change a new one": (lambda r: r["new"].update(newValue=""), [("new", "", 6), A, D]),
    "change another": (lambda r: r["b"].update(newValue="Y"), [NEW, A, D, ("b", "Y", 6)]),
    "add": (
        lambda r: r.update({key: {"newValue": key, "op": "replace"} for key in "zc"}),
        [NEW, A, D, ("c", "c", 6), ("z", "z", 6)],
    ),
    "without op and oldValue": (
        lambda r: r.update(z={"newValue": "z"}, b={"newValue": None}),
        [NEW, A, D, ("b", None, 6), ("z", "z", 6)],
    ),
    "write a tombstone": (lambda r: r.update(gone={"newValue": "back"}), [NEW, A, D, ("gone", "back", 6)]),
    "remove by op": (lambda r: r["a"].update(op="remove"), [NEW, ("a", None, 6), D]),
    "remove by null": (lambda r: r["a"].update(newValue=None), [NEW, ("a", None, 6), D]),
    "remove a new one": (lambda r: r["new"].update(op="remove"), [A, D]),
    "remove another": (lambda r: r["b"].update(op="remove"), [NEW, A, D, ("b", None, 6)]),
    "remove what is not there": (lambda r: r.update(gone={"op": "remove"}, never={"op": "remove"}), [NEW, A, D]),
    "undo a removal": (lambda r: r["d"].update(newValue="stay", op="replace"), [NEW, A, ("d", "stay", 6)]),
    "leave out a change": (lambda r: r.pop("a"), [NEW, D]),
    "leave out a removal": (lambda r: r.pop("d"), [NEW, A]),
    "leave out another": (lambda r: r.pop("b"), [NEW, A, D]),
    "a member of its own": (lambda r: r["b"].update(note=1), [NEW, A, D]),
}


@pytest.mark.parametrize(("act", "answered"), CHANGES.values(), ids=CHANGES)
def test_the_trigger_may_change_add_remove_and_omit_records(filled, trigger, act, answered):
    """The answer has the trigger's other changes after the caller's, sorted by key. Source: trigger-3."""
    expected = filled.records()
    for key, value, _ in answered:
        expected[key] = value
    trigger(changing(act))
    assert filled.write(*PATCHES) == answered
    assert filled.records() == {key: value for key, value in expected.items() if value is not None}
    assert filled.state().sync_count == 6


@pytest.mark.parametrize("exists", [False, True])
def test_the_trigger_may_omit_all_records(game, trigger, exists):
    """An update whose patches the trigger omits changes nothing and keeps its token. Source: trigger-3, update-3."""
    if exists:
        game.write(replace("a"))
    before, token = stored(game), game.token()
    trigger(lambda event: event | {"datasetRecords": {}})
    assert game.write(replace("b"), token=token) == []
    assert stored(game) == before
    trigger(None)
    assert game.write(replace("b"), token=token) == [("b", "v", int(exists) + 1)]


def test_the_date_of_a_device_stays_with_its_value(game, trigger, time_machine):
    """A value keeps its device's date; values of the trigger have the date of the write. Source: trigger-3."""
    time_machine.move_to(NOON, tick=False)

    def change(event):
        time_machine.shift(2)
        event["datasetRecords"]["changed"]["newValue"] = "w"
        event["datasetRecords"]["added"] = {"newValue": "v", "op": "replace"}
        return event

    trigger(change)
    device = NOON - timedelta(days=1)
    patches = [replace(key, DeviceLastModifiedDate=device) for key in ("kept", "changed")]
    records = game.update(*patches)
    written = NOON + timedelta(seconds=2)
    assert records == [
        {
            "Key": key,
            "Value": value,
            "SyncCount": 1,
            "LastModifiedDate": written,
            "LastModifiedBy": ACCOUNT,
            "DeviceLastModifiedDate": device_date,
        }
        for key, value, device_date in [("kept", "v", device), ("changed", "w", written), ("added", "v", written)]
    ]


def entry(**members):
    """A function that changes the members of the record ``a``."""
    return changing(lambda r: r["a"].update(members))


def added(key, answer):
    """A function that adds the record *key*."""
    return changing(lambda r: r.update({key: answer}))


@pytest.mark.parametrize(
    "function",
    [
        pytest.param(lambda event: None, id="None"),
        pytest.param(lambda event: [event], id="list"),
        pytest.param(json.dumps, id="text"),
        pytest.param(lambda event: json.dumps(event).encode(), id="bytes"),
        pytest.param(lambda event: {}, id="empty"),
        pytest.param(lambda event: event | {"extra": {1}}, id="set"),
        pytest.param(lambda event: event | {"extra": float("nan")}, id="NaN"),
        pytest.param(lambda event: event | {"extra": float("-inf")}, id="infinity"),
        pytest.param(lambda event: event.update(extra=event) or event, id="cyclic"),
        pytest.param(lambda event: event | {"extra": reduce(lambda x, _: [x], range(100_000), [])}, id="deep"),
        *(
            pytest.param(lambda event, name=name: event.update({name: "other"}) or event, id=f"another {name}")
            for name in ("version", "eventType", "region", "identityPoolId", "identityId", "datasetName")
        ),
        pytest.param(lambda event: {n: v for n, v in event.items() if n != "region"}, id="no region"),
        pytest.param(lambda event: {n: v for n, v in event.items() if n != "datasetRecords"}, id="no records"),
        pytest.param(lambda event: event | {"datasetRecords": None}, id="null for records"),
        pytest.param(lambda event: event | {"datasetRecords": []}, id="list for records"),
        *(pytest.param(added("z", entry), id=f"{entry!r} for an entry") for entry in ("text", [], 1)),
        *(
            pytest.param(entry(newValue=value), id=f"{value!r} for a value")
            for value in (1, 0, False, float("nan"), ["v"], {"v": 1})
        ),
        pytest.param(entry(newValue="v" * 1024 * 1024), id="long value"),
        pytest.param(added("", {"newValue": "v", "op": "replace"}), id="empty key"),
        pytest.param(added("k" * 1025, {"newValue": "v", "op": "replace"}), id="long key"),
        *(pytest.param(entry(op=op), id=f"{op!r} for op") for op in ("add", "Replace", "", None, 1, [])),
    ],
)
def test_an_invalid_answer_of_the_trigger_rejects_the_update(filled, trigger, function):
    """
    An answer that is not the event as JSON, or that changes its read-only members, rejects the update.

    Source: trigger-5.
    """
    trigger(function)
    assert rejected_update(filled, replace("a", "A", 1)) == FAILED


@pytest.mark.parametrize("error", [ValueError("no"), KeyError("a"), RecursionError(), TimeoutError()], ids=repr)
def test_an_exception_in_the_trigger_rejects_the_update(filled, trigger, error):
    """An exception rejects the update. Source: trigger-5."""

    def fail(event):
        raise error

    trigger(fail)
    assert rejected_update(filled, replace("a", "A", 1)) == FAILED


@pytest.mark.parametrize("by", ["boto3", "device"])
def test_a_refused_call_in_the_trigger_is_an_exception(filled, trigger, by):
    """The refusal of a call inside the trigger does not become the refusal of the update. Source: trigger-5."""
    device = filled.device()

    def fail(event):
        if by == "boto3":
            filled.named("missing").delete()
        device.delete_dataset("missing")

    trigger(fail)
    assert rejected_update(filled, replace("a", "A", 1)) == FAILED


@pytest.mark.parametrize("outcome", ["answers", "answers nonsense", "raises"])
@pytest.mark.parametrize("seconds", [5.001, 6, 3600])
@pytest.mark.cognitosync(token_lifetime_seconds=7200)
def test_a_trigger_that_takes_too_long_rejects_the_update(filled, trigger, time_machine, seconds, outcome):
    """After more than 5 seconds the update is rejected, whatever the trigger answers. Source: trigger-4."""
    time_machine.move_to(NOON, tick=False)

    def sleep(event):
        time_machine.shift(seconds)
        if outcome == "raises":
            raise ValueError(event)
        return event if outcome == "answers" else None

    trigger(sleep)
    assert rejected_update(filled, replace("a", "A", 1)) == TIMED_OUT


def test_a_trigger_may_take_five_seconds(filled, trigger, time_machine):
    """A trigger that takes exactly 5 seconds is in time. Source: trigger-4."""
    time_machine.move_to(NOON, tick=False)
    trigger(lambda event: time_machine.shift(5) or event)
    assert filled.write(*PATCHES) == ANSWERED


@pytest.mark.cognitosync(token_lifetime_seconds=4)
def test_a_token_that_expires_while_the_trigger_runs_is_refused(filled, trigger, time_machine):
    """The token must still be valid when the trigger has returned. Source: trigger-1, token-4."""
    time_machine.move_to(NOON, tick=False)
    before = stored(filled)
    trigger(lambda event: time_machine.shift(5) or event)
    assert filled.refused_update(*PATCHES) == TOKEN_REFUSED
    assert stored(filled) == before


LIMITS = {
    "one record": (1023, lambda r: r.update(z={"newValue": ""}), "A dataset can have at most 1024 records"),
    "one byte": (1, lambda r: r["k0"].update(newValue="v" * 1_048_571), "A dataset can hold at most 1048576 bytes"),
    "no record": (1024, lambda r: r["k0"].update(op="remove"), None),
    "no new record": (1024, lambda r: r.update(new={"op": "remove"}, k0={"newValue": "w"}), None),
    "no byte": (1, lambda r: r["k0"].update(newValue="v" * 1_048_570), None),
}


@pytest.mark.parametrize(("records", "act", "message"), LIMITS.values(), ids=LIMITS)
def test_limits_apply_to_the_records_that_the_trigger_leaves(game, trigger, records, act, message):
    """Limits apply to the state that the trigger leaves, not to the request's. Source: trigger-3, limits-5."""
    game.write(*(replace(f"k{number}", "") for number in range(records)))
    trigger(changing(act))
    if message:
        assert rejected_update(game, replace("new")) == ("LimitExceededException", 400, message)
    else:
        game.write(replace("new"))
        assert game.state().sync_count == 2


def test_the_event_is_a_copy(filled, trigger):
    """Changing the event after the return does not change stored records or later events. Source: trigger-3."""
    held = []
    trigger(lambda event: held.append(event) or event)
    filled.write(*PATCHES)
    before = stored(filled)
    held[0]["datasetRecords"].clear()
    held[0].update(identityId="other")
    assert stored(filled) == before
    filled.write(replace("a", "again", 6))
    assert held[1]["identityId"] == filled.identity_id
    assert held[1]["datasetRecords"]["a"] == {"oldValue": "A", "newValue": "again", "op": "replace"}


def test_only_the_returned_event_is_used(filled, trigger):
    """Changes to the received event are ignored if another one is returned. Source: trigger-3, trigger-5."""

    def scribble(event):
        answer = json.loads(json.dumps(event))
        event["datasetRecords"]["b"].update(newValue="scribble")
        event.update(version=3)
        return answer

    trigger(scribble)
    assert filled.write(*PATCHES) == ANSWERED


@pytest.mark.parametrize("end", ["set_trigger", "reset"])
def test_the_trigger_runs_for_its_pool_until_it_is_removed(cognitosync, game, trigger, end):
    """The trigger runs for its pool only, until it is set to None or reset. Source: trigger-1."""
    trigger(lambda event: None)
    other = dataclasses.replace(game, identity_pool_id=cognitosync.new_pool())
    assert other.write(replace("a")) == [("a", "v", 1)]
    assert game.refused_update(replace("a")) == FAILED
    if end == "reset":
        cognitosync.reset()
    else:
        trigger(None)
    assert game.write(replace("a")) == [("a", "v", 1)]


@pytest.mark.parametrize("old_value", ["other", None])
def test_a_changed_old_value_is_ignored(filled, trigger, old_value):
    """The function may change oldValue, which has no effect. Source: trigger-5."""
    trigger(entry(oldValue=old_value))
    assert filled.write(replace("a", "A", 1)) == [("a", "A", 6)]


def test_a_null_entry_leaves_the_record_to_the_caller(filled, trigger):
    """An entry that is null leaves its record as it would be without the trigger. Source: trigger-9."""
    trigger(changing(lambda records: records.update(a=None, b=None, z=None)))
    assert filled.write(replace("a", "A", 1)) == [("a", "A", 6)]
    assert filled.records() == {"a": "A", "b": "b old", "d": "d old"}


def test_a_removed_record_that_is_written_again_is_null_in_the_event(filled, trigger):
    """The event has null for a removed record that the call writes again, which is written. Source: trigger-10."""
    seen = []
    trigger(lambda event: seen.append(event["datasetRecords"]["gone"]) or event)
    assert filled.write(replace("gone", "back", 5)) == [("gone", "back", 6)]
    assert seen == [None]


def test_a_trigger_that_writes_with_developer_credentials_does_not_run_itself(filled, trigger):
    """A call with developer credentials from within a trigger does not run the trigger. Source: trigger-8."""
    runs = []

    def write_elsewhere(event):
        runs.append(event["datasetName"])
        filled.named("log").write(replace("written", "yes"))
        return event

    trigger(write_elsewhere)
    filled.write(replace("a", "A", 1))
    assert runs == ["game"]
    assert filled.named("log").records() == {"written": "yes"}


def test_an_assertion_in_the_trigger_reaches_the_caller(filled):
    """
    An AssertionError of a Python callable reaches the caller unchanged, and is raised again when the mock ends.

    Nothing is written. Source: trigger-5.
    """

    def check(event):
        raise AssertionError("no A expected")

    mock = mock_cognitosync()
    mock.start().set_trigger(filled.identity_pool_id, check)
    with pytest.raises(AssertionError, match="no A expected"):
        filled.write(replace("a", "A", 1))
    with pytest.raises(AssertionError, match="no A expected"):
        mock.stop()
    assert filled.records()["a"] == "a old"
