"""The sync trigger as a callable: what it gets, what it may do, how it fails, and what it cannot break."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from functools import reduce
from threading import Thread

import pytest
from botocore.exceptions import ClientError

NOON = datetime(2024, 6, 1, 12, tzinfo=timezone.utc)
TEXT = "The Lambda function returned invalid output or an exception."
FAILED = ("InvalidLambdaFunctionOutputException", 400, TEXT)
TIMED_OUT = ("LambdaSocketTimeoutException", 400, "The Lambda function did not answer within 5 seconds.")
TOKEN_REFUSED = ("InvalidParameterException", 400, "SyncSessionToken not valid for these inputs")


def replace(key, value="v", sync_count=0, **others):
    """A patch that writes."""
    return {"Op": "replace", "Key": key, "Value": value, "SyncCount": sync_count, **others}


def remove(key, sync_count=0):
    """A patch that removes."""
    return {"Op": "remove", "Key": key, "SyncCount": sync_count}


def token_for(client, game):
    """A fresh sync session token."""
    return client.list_records(**game)["SyncSessionToken"]


def push(client, game, *patches, token=None):
    """Update; key, value (None once removed) and count of the records in the answer."""
    token = token or token_for(client, game)
    records = client.update_records(**game, SyncSessionToken=token, RecordPatches=patches)["Records"]
    return [(record["Key"], record.get("Value"), record["SyncCount"]) for record in records]


def refused(call, *arguments, **parameters):
    """Code, HTTP status and message of a call that must fail."""
    with pytest.raises(ClientError) as caught:
        call(*arguments, **parameters)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Message"]


def state(sync, game):
    """All that the service holds of the dataset."""
    return sync.dataset(*game.values()), sync.records(*game.values())


def refused_push(sync, client, game, *patches):
    """How an update is refused; it must write nothing, raise no count and leave its token good."""
    before, token = state(sync, game), token_for(client, game)
    refusal = refused(push, client, game, *patches, token=token)
    assert state(sync, game) == before
    sync.set_trigger(game["IdentityPoolId"], None)
    keys = [patch["Key"] for patch in patches]
    assert [key for key, _, _ in push(client, game, *patches, token=token)] == keys
    assert sync.dataset(*game.values()).sync_count == before[0].sync_count + 1
    return refusal


def changing(act):
    """A function that does *act* to the records of its event."""

    def change(event):
        act(event["datasetRecords"])
        return event

    return change


def elsewhere(call):
    """Run *call* in another thread, wait for it, and return what it returned."""
    answers = []
    thread = Thread(target=lambda: answers.append(call()), daemon=True)
    thread.start()
    thread.join(5)
    assert answers, "the other thread is stuck"
    return answers[0]


@pytest.fixture
def game(cognitosync):
    """The parameters that name a dataset of a new identity in a new pool."""
    pool = cognitosync.new_pool()
    return {"IdentityPoolId": pool, "IdentityId": cognitosync.new_identity(pool), "DatasetName": "game"}


@pytest.fixture
def trigger(cognitosync, game):
    """Sets the callable that the pool runs."""
    return lambda function: cognitosync.set_trigger(game["IdentityPoolId"], function)


@pytest.fixture
def filled(cognitosync_client, game):
    """The dataset with ``a``, ``b`` and ``d`` at the counts 1 to 3, and ``gone``, removed at 5."""
    for key in ("a", "b", "d", "gone"):
        push(cognitosync_client, game, replace(key, f"{key} old"))
    push(cognitosync_client, game, remove("gone", 4))
    return game


PATCHES = [replace("new", "n"), replace("a", "A", 1), remove("d", 3)]
ANSWERED = [("new", "n", 6), ("a", "A", 6), ("d", None, 6)]


def test_the_event(cognitosync_client, filled, trigger):
    """The event is the documented one: all live records, and what the call does to them. Source: trigger-2."""
    events = []
    trigger(lambda event: events.append(event) or event)
    push(cognitosync_client, filled, *PATCHES, remove("never"), replace("gone", "back", 5))
    assert events == [
        {
            "version": 2,
            "eventType": "SyncTrigger",
            "region": "us-east-1",
            "identityPoolId": filled["IdentityPoolId"],
            "identityId": filled["IdentityId"],
            "datasetName": "game",
            "datasetRecords": {
                "a": {"oldValue": "a old", "newValue": "A", "op": "replace"},
                "b": {"oldValue": "b old", "newValue": "b old", "op": "replace"},
                "d": {"oldValue": "d old", "newValue": None, "op": "remove"},
                "new": {"newValue": "n", "op": "replace"},
                "gone": {"newValue": "back", "op": "replace"},
            },
        }
    ]


@pytest.mark.cognitosync(region_name="eu-west-1")
def test_the_event_of_a_first_update_elsewhere(cognitosync_client, game, trigger):
    """A dataset that is not there yet has only the call's records; the region is the pool's. Source: trigger-2."""
    events = []
    trigger(lambda event: events.append(event) or event)
    push(cognitosync_client, game, replace("a", ""))
    assert [(event["region"], event["datasetRecords"]) for event in events] == [
        ("eu-west-1", {"a": {"newValue": "", "op": "replace"}})
    ]


CALLS = {
    "the same value": (lambda client, game: push(client, game, replace("a", "a old", 1)), 1),
    "a tombstone again": (lambda client, game: push(client, game, remove("gone", 5)), 1),
    "several patches": (lambda client, game: push(client, game, *PATCHES), 1),
    "no patches": (lambda client, game: push(client, game), 0),
    "nothing to remove": (lambda client, game: push(client, game, remove("never")), 0),
    "stale": (lambda client, game: refused(push, client, game, replace("a")), 0),
    "bad token": (lambda client, game: refused(push, client, game, replace("z"), token="x"), 0),
    "ListRecords": (lambda client, game: client.list_records(**game), 0),
    "DeleteDataset": (lambda client, game: client.delete_dataset(**game), 0),
}


@pytest.mark.parametrize(("act", "ran"), CALLS.values(), ids=CALLS)
def test_when_it_runs(cognitosync_client, filled, trigger, act, ran):
    """It runs once for an accepted UpdateRecords that changes something, else never. Source: trigger-1."""
    events = []
    trigger(lambda event: events.append(event) or event)
    act(cognitosync_client, filled)
    assert len(events) == ran


def test_it_runs_before_the_write(cognitosync, cognitosync_client, filled, trigger):
    """While it runs, the dataset is as it was. Source: trigger-1."""
    before = state(cognitosync, filled)
    during = []
    trigger(lambda event: during.append(state(cognitosync, filled)) or event)
    push(cognitosync_client, filled, *PATCHES)
    assert during == [before]
    assert cognitosync.dataset(*filled.values()).sync_count == 6


NEW, A, D = ANSWERED
DEEDS = {
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


@pytest.mark.parametrize(("act", "answered"), DEEDS.values(), ids=DEEDS)
def test_what_it_may_do(cognitosync, cognitosync_client, filled, trigger, act, answered):
    """It changes, adds, removes and leaves out; the answer has it after the caller's, by key. Source: trigger-3."""
    expected = cognitosync.records(*filled.values())
    for key, value, _ in answered:
        expected[key] = value
    trigger(changing(act))
    assert push(cognitosync_client, filled, *PATCHES) == answered
    assert cognitosync.records(*filled.values()) == {key: value for key, value in expected.items() if value is not None}
    assert cognitosync.dataset(*filled.values()).sync_count == 6


@pytest.mark.parametrize("exists", [False, True])
def test_it_may_leave_everything_out(cognitosync, cognitosync_client, game, trigger, exists):
    """An update of which nothing is left changes nothing and keeps its token. Source: trigger-3, update-3."""
    if exists:
        push(cognitosync_client, game, replace("a"))
    before, token = state(cognitosync, game), token_for(cognitosync_client, game)
    trigger(lambda event: event | {"datasetRecords": {}})
    assert push(cognitosync_client, game, replace("b"), token=token) == []
    assert state(cognitosync, game) == before
    trigger(None)
    assert push(cognitosync_client, game, replace("b"), token=token) == [("b", "v", int(exists) + 1)]


def test_dates_and_names(cognitosync_client, game, trigger, time_machine):
    """A device's date stays with the value it came with; the rest bears the time of the write. Source: trigger-3."""
    time_machine.move_to(NOON, tick=False)

    def change(event):
        time_machine.shift(2)
        event["datasetRecords"]["changed"]["newValue"] = "w"
        event["datasetRecords"]["added"] = {"newValue": "v", "op": "replace"}
        return event

    trigger(change)
    device = NOON - timedelta(days=1)
    patches = [replace(key, DeviceLastModifiedDate=device) for key in ("kept", "changed")]
    token = token_for(cognitosync_client, game)
    records = cognitosync_client.update_records(**game, SyncSessionToken=token, RecordPatches=patches)["Records"]
    written = NOON + timedelta(seconds=2)
    assert records == [
        {
            "Key": key,
            "Value": value,
            "SyncCount": 1,
            "LastModifiedDate": written,
            "LastModifiedBy": "123456789012",
            "DeviceLastModifiedDate": device_date,
        }
        for key, value, device_date in [("kept", "v", device), ("changed", "w", written), ("added", "v", written)]
    ]


def entry(**members):
    """A function that changes the entry of ``a``."""
    return changing(lambda r: r["a"].update(members))


def added(key, answer):
    """A function that adds a record."""
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
        *(pytest.param(added("z", entry), id=f"{entry!r} for an entry") for entry in (None, "text", [], 1)),
        *(
            pytest.param(entry(newValue=value), id=f"{value!r} for a value")
            for value in (1, 0, False, float("nan"), ["v"], {"v": 1})
        ),
        pytest.param(entry(newValue="v" * 1024 * 1024), id="long value"),
        pytest.param(added("", {"newValue": "v", "op": "replace"}), id="empty key"),
        pytest.param(added("k" * 1025, {"newValue": "v", "op": "replace"}), id="long key"),
        *(pytest.param(entry(op=op), id=f"{op!r} for op") for op in ("add", "Replace", "", None, 1, [])),
        pytest.param(entry(oldValue="other"), id="another oldValue"),
        pytest.param(entry(oldValue=None), id="null for oldValue"),
        pytest.param(added("z", {"oldValue": "v", "newValue": "v", "op": "replace"}), id="an oldValue of its own"),
    ],
)
def test_answers_that_are_no_event(cognitosync, cognitosync_client, filled, trigger, function):
    """What is not JSON, not such an event, or changes what is read-only refuses the update. Source: trigger-5."""
    trigger(function)
    assert refused_push(cognitosync, cognitosync_client, filled, replace("a", "A", 1)) == FAILED


@pytest.mark.parametrize("error", [ValueError("no"), KeyError("a"), RecursionError(), TimeoutError()], ids=repr)
def test_a_function_that_raises(cognitosync, cognitosync_client, filled, trigger, error):
    """An exception refuses the update. Source: trigger-5."""

    def fail(event):
        raise error

    trigger(fail)
    assert refused_push(cognitosync, cognitosync_client, filled, replace("a", "A", 1)) == FAILED


@pytest.mark.parametrize("by", ["boto3", "device"])
def test_a_refusal_inside_is_an_exception(cognitosync, cognitosync_client, filled, trigger, by):
    """What Cognito Sync refuses the function is not what it refuses the caller. Source: trigger-5."""
    device = cognitosync.device(filled["IdentityPoolId"], filled["IdentityId"])

    def fail(event):
        if by == "boto3":
            cognitosync_client.delete_dataset(**filled | {"DatasetName": "missing"})
        device.delete_dataset("missing")

    trigger(fail)
    assert refused_push(cognitosync, cognitosync_client, filled, replace("a", "A", 1)) == FAILED


@pytest.mark.parametrize("outcome", ["answers", "answers nonsense", "raises"])
@pytest.mark.parametrize("seconds", [5.001, 6, 3600])
@pytest.mark.cognitosync(token_lifetime_seconds=7200)
def test_a_function_that_is_slow(cognitosync, cognitosync_client, filled, trigger, time_machine, seconds, outcome):
    """After more than 5 seconds nobody waits for what it says. Source: trigger-4."""
    time_machine.move_to(NOON, tick=False)

    def sleep(event):
        time_machine.shift(seconds)
        if outcome == "raises":
            raise ValueError(event)
        return event if outcome == "answers" else None

    trigger(sleep)
    assert refused_push(cognitosync, cognitosync_client, filled, replace("a", "A", 1)) == TIMED_OUT


def test_a_function_that_takes_five_seconds(cognitosync_client, filled, trigger, time_machine):
    """Exactly 5 seconds are in time. Source: trigger-4."""
    time_machine.move_to(NOON, tick=False)
    trigger(lambda event: time_machine.shift(5) or event)
    assert push(cognitosync_client, filled, *PATCHES) == ANSWERED


@pytest.mark.cognitosync(token_lifetime_seconds=4)
def test_a_token_that_expires_meanwhile(cognitosync, cognitosync_client, filled, trigger, time_machine):
    """The token must still hold when the function is done. Source: trigger-1, token-4."""
    time_machine.move_to(NOON, tick=False)
    before = state(cognitosync, filled)
    trigger(lambda event: time_machine.shift(5) or event)
    assert refused(push, cognitosync_client, filled, *PATCHES) == TOKEN_REFUSED
    assert state(cognitosync, filled) == before


@pytest.mark.parametrize("outer", ["boto3", "device"])
def test_no_lock_is_held(cognitosync, cognitosync_client, game, trigger, outer):
    """The function waits for another thread that writes; neither is stuck. Source: trigger-1."""
    other = game | {"DatasetName": "other"}

    def write_elsewhere(event):
        if event["datasetName"] == "game":
            written = elsewhere(lambda: push(cognitosync_client, other, replace("o")))
            event["datasetRecords"]["found"] = {"newValue": str(written)}
        return event

    trigger(write_elsewhere)
    if outer == "boto3":
        push(cognitosync_client, game, replace("a"))
    else:
        cognitosync.device(game["IdentityPoolId"], game["IdentityId"]).put("game", {"a": "v"})
    assert cognitosync.records(*game.values()) == {"a": "v", "found": "[('o', 'v', 1)]"}
    assert cognitosync.records(*other.values()) == {"o": "v"}


@pytest.fixture
def meanwhile(cognitosync_client, trigger):
    """Sets a function that once calls what it is given, in another thread, and changes nothing itself."""

    def set_function(call):
        calls = [call]
        trigger(lambda event: elsewhere(calls.pop()) and event if calls else event)

    return set_function


def test_the_record_is_written_meanwhile(cognitosync, cognitosync_client, filled, meanwhile):
    """Counts are checked again: who wrote first has won, and the other's token stays good. Source: trigger-1."""
    token = token_for(cognitosync_client, filled)
    meanwhile(lambda: push(cognitosync_client, filled, replace("a", "first", 1)))
    stale = ("ResourceConflictException", 409, "Current SyncCount for: a is: 6 not: 1")
    assert refused(push, cognitosync_client, filled, replace("a", "second", 1), token=token) == stale
    assert cognitosync.records(*filled.values()) == {"a": "first", "b": "b old", "d": "d old"}
    assert push(cognitosync_client, filled, replace("a", "second", 6), token=token) == [("a", "second", 7)]


def test_the_token_is_consumed_meanwhile(cognitosync, cognitosync_client, filled, meanwhile):
    """The token is checked again: it serves one update, the one that wrote first. Source: trigger-1, token-5."""
    token = token_for(cognitosync_client, filled)
    meanwhile(lambda: push(cognitosync_client, filled, replace("inner"), token=token))
    assert refused(push, cognitosync_client, filled, replace("outer"), token=token) == TOKEN_REFUSED
    assert cognitosync.records(*filled.values()) == {"a": "a old", "b": "b old", "d": "d old", "inner": "v"}


MEANWHILE = {
    "changed": (
        lambda client, game: push(client, game, replace("b", "theirs", 2), replace("c")),
        {"a": "a old", "b": "theirs", "c": "v", "d": "d old", "new": "v"},
    ),
    "removed": (lambda client, game: push(client, game, remove("b", 2)), {"a": "a old", "d": "d old", "new": "v"}),
    "deleted": (lambda client, game: client.delete_dataset(**game), {"new": "v"}),
}


@pytest.mark.parametrize(("act", "left"), MEANWHILE.values(), ids=MEANWHILE)
def test_another_record_is_written_meanwhile(cognitosync, cognitosync_client, filled, meanwhile, act, left):
    """A record that the function hands back as it got it is not written. Source: trigger-1, trigger-3."""
    meanwhile(lambda: act(cognitosync_client, filled))
    assert [key for key, _, _ in push(cognitosync_client, filled, replace("new"))] == ["new"]
    assert cognitosync.records(*filled.values()) == left


LIMITS = {
    "one record": (1023, lambda r: r.update(z={"newValue": ""}), "A dataset can have at most 1024 records"),
    "one byte": (1, lambda r: r["k0"].update(newValue="v" * 1_048_571), "A dataset can hold at most 1048576 bytes"),
    "no record": (1024, lambda r: r["k0"].update(op="remove"), None),
    "no new record": (1024, lambda r: r.update(new={"op": "remove"}, k0={"newValue": "w"}), None),
    "no byte": (1, lambda r: r["k0"].update(newValue="v" * 1_048_570), None),
}


@pytest.mark.parametrize(("records", "act", "message"), LIMITS.values(), ids=LIMITS)
def test_one_above_a_limit(cognitosync, cognitosync_client, game, trigger, records, act, message):
    """Limits hold for what the function leaves, not for what was asked. Source: trigger-3, limits-5."""
    push(cognitosync_client, game, *(replace(f"k{number}", "") for number in range(records)))
    trigger(changing(act))
    if message:
        refusal = refused_push(cognitosync, cognitosync_client, game, replace("new"))
        assert refusal == ("LimitExceededException", 400, message)
    else:
        push(cognitosync_client, game, replace("new"))
        assert cognitosync.dataset(*game.values()).sync_count == 2


def test_what_it_keeps_is_its_own(cognitosync, cognitosync_client, filled, trigger):
    """Changing the event after the return changes nothing that is stored or handed out. Source: trigger-3."""
    held = []
    trigger(lambda event: held.append(event) or event)
    push(cognitosync_client, filled, *PATCHES)
    before = state(cognitosync, filled)
    held[0]["datasetRecords"].clear()
    held[0].update(identityId="other")
    assert state(cognitosync, filled) == before
    push(cognitosync_client, filled, replace("a", "again", 6))
    assert held[1]["identityId"] == filled["IdentityId"]
    assert held[1]["datasetRecords"]["a"] == {"oldValue": "A", "newValue": "again", "op": "replace"}


def test_only_what_it_returns_counts(cognitosync_client, filled, trigger):
    """What the function does to the event that it got is not looked at. Source: trigger-3, trigger-5."""

    def scribble(event):
        answer = json.loads(json.dumps(event))
        event["datasetRecords"]["b"].update(newValue="scribble")
        event.update(version=3)
        return answer

    trigger(scribble)
    assert push(cognitosync_client, filled, *PATCHES) == ANSWERED


@pytest.mark.parametrize("end", ["set_trigger", "reset"])
def test_the_callable_is_the_pools(cognitosync, cognitosync_client, game, trigger, end):
    """It runs for its pool alone, until None or a reset takes it away. Source: trigger-1."""
    trigger(lambda event: None)
    other = game | {"IdentityPoolId": cognitosync.new_pool()}
    assert push(cognitosync_client, other, replace("a")) == [("a", "v", 1)]
    assert refused(push, cognitosync_client, game, replace("a")) == FAILED
    if end == "reset":
        cognitosync.reset()
    else:
        trigger(None)
    assert push(cognitosync_client, game, replace("a")) == [("a", "v", 1)]
