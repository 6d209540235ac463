"""Hooks: `before_next` runs a function when the next matching call arrives."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from driver import conflict, replace


@pytest.fixture
def phone(profile):
    """Another device of the dataset's identity."""
    return profile.device()


def test_a_write_of_another_device_makes_an_update_in_flight_stale(cognitosync, profile, phone):
    """The update, whose counts were current when it was sent, is refused; the next update is accepted."""
    cognitosync.before_next("UpdateRecords", lambda: phone.put("profile", {"theme": "dark"}))

    refused = profile.refused_update(replace("theme", "light"))

    assert refused == conflict("theme", current=1, sent=0)
    assert profile.write(replace("theme", "light", 1)) == [("theme", "light", 2)]


def test_a_dataset_may_be_deleted_while_an_update_is_in_flight(cognitosync, profile, phone):
    """The token stays valid, and the update creates the dataset again, with the next count. Source: token-8."""
    phone.put("profile", {"theme": "dark"})
    cognitosync.before_next("update_records", lambda: phone.delete_dataset("profile"))

    assert profile.write(replace("theme", "light", 1)) == [("theme", "light", 3)]
    assert profile.records() == {"theme": "light"}


def test_a_hook_runs_once_or_for_the_given_number_of_calls(cognitosync, profile):
    """A hook runs for one call by default, for the next *n* calls with ``calls=n``, and once for each of them."""
    ran = []
    cognitosync.before_next("ListRecords", lambda: ran.append("once"))
    cognitosync.before_next("*", lambda: ran.append("twice"), calls=2)
    for _ in range(3):
        profile.token()

    assert ran == ["once", "twice", "twice"]


def test_a_hook_runs_only_for_its_pool_identity_and_dataset(cognitosync, profile):
    """Calls that do not match do not run the hook and do not use it up."""
    ran = []
    cognitosync.before_next("ListRecords", lambda: ran.append(1), dataset="cart")
    cognitosync.before_next("ListRecords", lambda: ran.append(2), identity_id="us-east-1:0", optional=True)
    cognitosync.before_next("ListRecords", lambda: ran.append(3), identity_pool_id=profile.identity_pool_id)
    profile.token()
    assert ran == [3]

    profile.named("cart").token()
    assert ran == [3, 1]


def test_a_hook_may_call_the_service(cognitosync, profile):
    """A hook that itself makes a matching call does not run again and does not block other threads."""
    answers = []

    def list_in_another_thread():
        thread = threading.Thread(target=lambda: answers.append(profile.token()))
        thread.start()
        thread.join()
        answers.append(profile.token())

    cognitosync.before_next("ListRecords", list_in_another_thread)
    profile.token()

    assert len(set(answers)) == 2
    assert len(cognitosync.calls) == 3


def test_an_exception_in_a_hook_reaches_the_caller(cognitosync, profile):
    """It arrives unchanged, and the call is recorded with this error."""

    def fail():
        raise LookupError("not yet")

    cognitosync.before_next("ListRecords", fail)
    with pytest.raises(LookupError, match="not yet"):
        profile.token()

    call = cognitosync.calls[0]
    assert (call.error, call.message, call.hint) == ("LookupError", "not yet", None)


def test_a_hook_runs_before_the_checks_of_the_call(cognitosync, profile, phone):
    """A dataset that the hook creates exists for the call."""
    cognitosync.before_next("ListDatasets", lambda: phone.put("profile", {"theme": "dark"}))

    assert profile.dataset_names() == ["profile"]


@pytest.mark.parametrize("calls", [0, -1])
def test_an_invalid_number_of_calls_is_refused(cognitosync, calls):
    """`calls` must be a positive integer."""
    with pytest.raises(ValueError, match=f"calls must be an integer >= 1, got {calls}"):
        cognitosync.before_next("ListRecords", print, calls=calls)


def test_hooks_and_triggers_must_be_callable(cognitosync):
    """An object that is not callable is refused as a hook and as a trigger."""
    with pytest.raises(TypeError, match="5 is not callable: pass a function"):
        cognitosync.before_next("ListRecords", 5)
    with pytest.raises(TypeError, match="5 is not callable: pass a function"):
        cognitosync.set_trigger(cognitosync.new_pool(), 5)


def test_a_misspelt_operation_is_refused(cognitosync):
    """The message suggests the nearest name."""
    with pytest.raises(ValueError, match=r"no operation 'ListRecord'; did you mean 'ListRecords'\?"):
        cognitosync.before_next("ListRecord", print)


def test_a_hook_can_be_a_partial_of_a_devices_method(cognitosync, profile, phone):
    """Its text in messages is the call of the method."""
    cognitosync.before_next("UpdateRecords", partial(phone.put, "profile", records={"theme": "dark"}))
    cognitosync.before_next("ListDatasets", partial(phone.delete_dataset, dataset="profile"))
    removal = cognitosync.before_next("DescribeDataset", partial(phone.remove, "profile", "a", "b"), optional=True)

    assert profile.refused_update(replace("theme")) == conflict("theme", current=1, sent=0)
    assert profile.dataset_names() == []
    assert repr(removal) == ("<Hook before_next('DescribeDataset', device.remove('profile', 'a', 'b')): run 0 times>")


def test_a_partial_with_wrong_arguments_is_refused_at_once(cognitosync, phone):
    """The arguments of a device's method are checked when the hook is added, not when it runs."""
    with pytest.raises(TypeError, match="missing a required argument: 'records'"):
        cognitosync.before_next("ListRecords", partial(phone.put, "profile"))
    with pytest.raises(TypeError, match="a key must be a str, got int 5"):
        cognitosync.before_next("ListRecords", partial(phone.remove, "profile", 5))


def test_a_partial_of_another_function_is_a_function(cognitosync, profile):
    """Only methods of devices become data."""
    ran = []
    cognitosync.before_next("ListRecords", partial(ran.append, 1))
    profile.token()

    assert ran == [1]
