"""before_next: what a test has happen in the midst of a client's call."""

from __future__ import annotations

import threading

import pytest
from driver import counted, identity_of, new_dataset, place, refused_update, replace, token_for, write


@pytest.fixture
def profile(cognitosync):
    return new_dataset(cognitosync)


@pytest.fixture
def phone(cognitosync, profile):
    return cognitosync.device(*place(profile)[:2])


def test_a_device_writes_during_an_update(cognitosync, cognitosync_client, profile, phone):
    """The update, whose counts were right when it left, meets the conflict; the next one passes."""
    cognitosync.before_next("UpdateRecords", lambda: phone.put("profile", {"theme": "dark"}))

    refused = refused_update(cognitosync_client, profile, replace("theme", "light"))

    assert refused == ("ResourceConflictException", 409, "Current SyncCount for: theme is: 1 not: 0")
    assert counted(write(cognitosync_client, profile, replace("theme", "light", 1))) == [("theme", "light", 2)]


def test_a_dataset_is_deleted_during_an_update(cognitosync, cognitosync_client, profile, phone):
    """The token stays valid, and the update creates the dataset again after its deletion mark. Source: token-8."""
    phone.put("profile", {"theme": "dark"})
    cognitosync.before_next("update_records", lambda: phone.delete_dataset("profile"))

    written = write(cognitosync_client, profile, replace("theme", "light", 1))

    assert [(record["Key"], record["SyncCount"]) for record in written] == [("theme", 3)]


def test_it_runs_before_so_many_calls(cognitosync, cognitosync_client, profile):
    """Once unless told otherwise, and before each call one time."""
    ran = []
    cognitosync.before_next("ListRecords", lambda: ran.append("once"))
    cognitosync.before_next("*", lambda: ran.append("twice"), calls=2)
    for _ in range(3):
        token_for(cognitosync_client, profile)

    assert ran == ["once", "twice", "twice"]


def test_it_waits_for_its_dataset(cognitosync, cognitosync_client, profile):
    """Calls for others pass it by."""
    ran = []
    cognitosync.before_next("ListRecords", lambda: ran.append(1), dataset="cart")
    cognitosync.before_next("ListRecords", lambda: ran.append(2), identity_id="us-east-1:0")
    cognitosync.before_next("ListRecords", lambda: ran.append(3), identity_pool_id=profile["IdentityPoolId"])
    token_for(cognitosync_client, profile)
    assert ran == [3]

    token_for(cognitosync_client, {**profile, "DatasetName": "cart"})
    assert ran == [3, 1]


def test_it_may_call_the_service_itself(cognitosync, cognitosync_client, profile):
    """A function that calls what it waited for does not run again, and holds nobody up."""
    answers = []

    def list_in_another_thread():
        thread = threading.Thread(target=lambda: answers.append(token_for(cognitosync_client, profile)))
        thread.start()
        thread.join()
        answers.append(token_for(cognitosync_client, profile))

    cognitosync.before_next("ListRecords", list_in_another_thread)
    token_for(cognitosync_client, profile)

    assert len(set(answers)) == 2
    assert len(cognitosync.calls) == 3


def test_what_it_raises_reaches_the_caller(cognitosync, cognitosync_client, profile):
    """An assertion in it fails the test, and the call is recorded as broken by it."""

    def fail():
        raise AssertionError("not yet")

    cognitosync.before_next("ListRecords", fail)
    with pytest.raises(AssertionError, match="not yet"):
        token_for(cognitosync_client, profile)

    call = cognitosync.calls[0]
    assert (call.error, call.message, call.hint) == ("AssertionError", "not yet", None)


def test_it_runs_before_the_checks(cognitosync, cognitosync_client, profile, phone):
    """A dataset that it makes is there for the call."""
    cognitosync.before_next("ListDatasets", lambda: phone.put("profile", {"theme": "dark"}))

    assert cognitosync_client.list_datasets(**identity_of(profile))["Count"] == 1


@pytest.mark.parametrize("calls", [0, -1])
def test_a_number_that_makes_no_sense(cognitosync, calls):
    """It is refused with what to give."""
    with pytest.raises(ValueError, match=f"calls must be an integer >= 1, got {calls}"):
        cognitosync.before_next("ListRecords", print, calls=calls)


def test_what_cannot_be_called(cognitosync):
    """Neither a hook nor a trigger is made of it."""
    with pytest.raises(TypeError, match="5 is not callable: pass a function"):
        cognitosync.before_next("ListRecords", 5)
    with pytest.raises(TypeError, match="5 is not callable: pass a function"):
        cognitosync.set_trigger(cognitosync.new_pool(), 5)


def test_a_misspelt_operation(cognitosync):
    """It is refused with the nearest."""
    with pytest.raises(ValueError, match=r"no operation 'ListRecord'; did you mean 'ListRecords'\?"):
        cognitosync.before_next("ListRecord", print)
