"""Faults and hooks that were never applied: the mock knows them, so that a test does not pass without them."""

from __future__ import annotations

import pytest
from driver import description, refusal, replace

from mock_cognitosync import NeverApplied
from mock_cognitosync.control.controller import Controller

pytestmark = pytest.mark.cognitosync(unused="ignore")


@pytest.fixture
def controller(cognitosync) -> Controller:
    return cognitosync._port


def test_a_fault_that_no_call_met_is_unused(cognitosync, controller):
    """The sentence names the fault as the test wrote it, and says that no call came."""
    cognitosync.fail("UpdateRecords", "TooManyRequestsException", after=1, dataset="cart")

    assert controller.unused() == [
        (
            "fail('UpdateRecords', 'TooManyRequestsException', after=1, dataset='cart') was never injected: "
            "no call of UpdateRecords reached us-east-1."
        )
    ]


def test_a_fault_for_another_dataset_is_unused(cognitosync, controller, profile):
    """The sentence says how many calls came that were not chosen."""
    cognitosync.time_out("ListRecords", dataset="cart")
    cognitosync.delay("*", 2, after_write=True, real=True, probability=0)
    profile.listed()
    profile.listed()
    profile.client.list_identity_pool_usage()

    assert controller.unused() == [
        (
            "time_out('ListRecords', dataset='cart') was never injected: 2 calls of ListRecords reached us-east-1, but "
            "none was chosen."
        ),
        (
            "delay('*', 2, real=True, after_write=True, probability=0) was never injected: 3 calls reached us-east-1, "
            "but none was chosen."
        ),
    ]


def test_a_hook_that_never_ran_is_unused(cognitosync, controller, profile):
    """A hook is named with its function."""

    def wait():
        raise NotImplementedError

    cognitosync.before_next("UpdateRecords", wait, calls=2, identity_id="us-east-1:0")
    profile.fill("theme")

    assert controller.unused() == [
        (
            "before_next('UpdateRecords', wait, calls=2, identity_id='us-east-1:0') never ran: 1 call of UpdateRecords "
            "reached us-east-1, but it was not chosen."
        )
    ]


def test_a_fault_that_was_removed_unused_is_unused(cognitosync, controller):
    """The end of its block does not excuse it."""
    with cognitosync.drop_connection("ListRecords"):
        pass

    assert len(controller.unused()) == 1


def test_partly_used_faults_and_hooks_are_used(cognitosync, controller, profile):
    """One application is enough, whatever the plan allows."""
    cognitosync.fail("ListRecords", "InternalErrorException", calls=5)
    cognitosync.before_next("ListRecords", lambda: None, calls=5)
    profile.refused_listing()

    assert controller.unused() == []


def test_an_optional_fault_may_stay_unused(cognitosync, controller):
    """``optional=True`` exempts one fault or hook."""
    cognitosync.fail("ListRecords", "InternalErrorException", optional=True)
    cognitosync.drop_connection("ListRecords", optional=True)
    cognitosync.delay("ListRecords", 1, optional=True)
    cognitosync.time_out("ListRecords", optional=True)
    cognitosync.before_next("ListRecords", print, optional=True)

    assert controller.unused() == []


def test_the_report_lists_what_was_never_applied(cognitosync, profile):
    """A failing test shows the fault that it waits for in vain."""
    cognitosync.drop_connection("UpdateRecords")

    assert cognitosync.report().splitlines()[-1] == (
        "drop_connection('UpdateRecords') was never injected: no call of UpdateRecords reached us-east-1."
    )
    profile.client.list_identity_pool_usage()


def test_the_error_says_how_to_fix_it():
    """It is an AssertionError, so a test runner shows a failure."""
    error = NeverApplied(["delay('*', 1) was never injected: no call reached us-east-1."])

    assert isinstance(error, AssertionError)
    assert str(error) == (
        "delay('*', 1) was never injected: no call reached us-east-1.\n"
        "Remove what the test does not need, or pass optional=True to it."
    )


def test_a_hook_can_be_removed(cognitosync, profile):
    """A hook counts its runs and does not run after its removal."""
    ran = []
    hook = cognitosync.before_next("ListRecords", lambda: ran.append(1), calls=3)
    profile.listed()
    hook.remove()
    hook.remove()
    profile.listed()

    assert (hook.times_run, ran) == (1, [1])
    assert repr(hook) == "<Hook before_next('ListRecords', <lambda>, calls=3): run once>"


def test_a_fault_shows_how_often_it_was_injected(cognitosync, profile):
    """Its repr is useful in a REPL."""
    fault = cognitosync.fail("ListRecords", "InternalErrorException", message="no", every=2)
    profile.listed()
    assert repr(fault) == "<Fault fail('ListRecords', 'InternalErrorException', every=2): injected 0 times>"
    assert refusal(profile.client.list_records, **profile.parameters) == ("InternalErrorException", 500, "no")
    assert repr(fault) == "<Fault fail('ListRecords', 'InternalErrorException', every=2): injected once>"


def test_each_injected_fault_is_named_with_its_call(cognitosync, profile):
    """The recorded call and the section name the faults, also those that only delayed the call."""
    cognitosync.delay("UpdateRecords", 1, calls=1)
    cognitosync.fail("UpdateRecords", "InternalErrorException", after_write=True, calls=1)
    profile.refused_update(replace("theme"))

    call = cognitosync.calls[-1]

    assert call.faults == (
        "delay('UpdateRecords', 1, calls=1)",
        "fail('UpdateRecords', 'InternalErrorException', after_write=True, calls=1)",
    )
    assert str(call).splitlines()[1:] == [
        f"   -> InternalErrorException: {description('InternalErrorException')}",
        "      injected: delay('UpdateRecords', 1, calls=1)",
        "      injected: fail('UpdateRecords', 'InternalErrorException', after_write=True, calls=1)",
    ]
    assert cognitosync.calls[-2].faults == ()
