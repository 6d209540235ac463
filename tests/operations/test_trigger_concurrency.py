"""Changes by other callers while the sync trigger runs: no lock is held, and everything is checked again."""

from __future__ import annotations

from threading import Thread

import pytest
from driver import TOKEN_REFUSED, conflict, remove, replace


def in_another_thread(call):
    """Call in another thread, wait for it, and return what it returned."""
    answers = []
    thread = Thread(target=lambda: answers.append(call()), daemon=True)
    thread.start()
    thread.join(5)
    assert answers, "the other thread is stuck"
    return answers[0]


@pytest.mark.parametrize("outer", ["boto3", "device"])
def test_other_threads_can_write_while_the_trigger_runs(game, trigger, outer):
    """The trigger can wait for another thread that writes. Source: trigger-1."""
    other = game.named("other")

    def write_elsewhere(event):
        if event["datasetName"] == "game":
            written = in_another_thread(lambda: other.write(replace("o")))
            event["datasetRecords"]["found"] = {"newValue": str(written)}
        return event

    trigger(write_elsewhere)
    if outer == "boto3":
        game.write(replace("a"))
    else:
        game.device().put("game", {"a": "v"})
    assert game.records() == {"a": "v", "found": "[('o', 'v', 1)]"}
    assert other.records() == {"o": "v"}


@pytest.fixture
def meanwhile(trigger):
    """Sets a function that calls its argument once, in another thread, and changes nothing itself."""

    def set_function(call):
        calls = [call]
        trigger(lambda event: in_another_thread(calls.pop()) and event if calls else event)

    return set_function


def test_a_record_written_while_the_trigger_runs_is_a_conflict(filled, meanwhile):
    """Counts are checked again after the trigger; the refused update keeps its token. Source: trigger-1."""
    token = filled.token()
    meanwhile(lambda: filled.write(replace("a", "first", 1)))
    stale = conflict("a", current=6, sent=1)
    assert filled.refused_update(replace("a", "second", 1), token=token) == stale
    assert filled.records() == {"a": "first", "b": "b old", "d": "d old"}
    assert filled.write(replace("a", "second", 6), token=token) == [("a", "second", 7)]


def test_a_token_consumed_while_the_trigger_runs_is_refused(filled, meanwhile):
    """
    The token is checked again after the trigger: only the first update that writes can use it.

    Source: trigger-1, token-5.
    """
    token = filled.token()
    meanwhile(lambda: filled.write(replace("inner"), token=token))
    assert filled.refused_update(replace("outer"), token=token) == TOKEN_REFUSED
    assert filled.records() == {"a": "a old", "b": "b old", "d": "d old", "inner": "v"}


MEANWHILE = {
    "changed": (
        lambda game: game.write(replace("b", "theirs", 2), replace("c")),
        {"a": "a old", "b": "theirs", "c": "v", "d": "d old", "new": "v"},
    ),
    "removed": (lambda game: game.write(remove("b", 2)), {"a": "a old", "d": "d old", "new": "v"}),
    "deleted": (lambda game: game.delete(), {"new": "v"}),
}


@pytest.mark.parametrize(("act", "left"), MEANWHILE.values(), ids=MEANWHILE)
def test_records_that_the_trigger_did_not_change_are_not_written(filled, meanwhile, act, left):
    """A record that the trigger returns unchanged is not written over newer data. Source: trigger-1, trigger-3."""
    meanwhile(lambda: act(filled))
    assert [key for key, _, _ in filled.write(replace("new"))] == ["new"]
    assert filled.records() == left
