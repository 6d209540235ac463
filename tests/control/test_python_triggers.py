"""Python functions as triggers and hooks: what is accepted, and what becomes of their exceptions."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from unittest.mock import AsyncMock, Mock

import boto3
import pytest
from botocore.exceptions import ClientError
from driver import replace

from mock_cognitosync import RecordedCall, mock_cognitosync
from mock_cognitosync.exceptions import TriggerFailed


class Handler:
    """A callable object."""

    def __init__(self) -> None:
        self.arguments = []

    def __call__(self, event, context):
        self.arguments.append((event, context))
        return event

    def method(self, event, /):
        self.arguments.append((event,))
        return event


def test_a_real_lambda_handler_gets_a_context(cognitosync, profile):
    """``handler(event, context)`` gets name, ARN, a request id, and the time left on the mock's clock."""
    seen = []

    def keep_theme(event, context):
        left = [context.get_remaining_time_in_millis()]
        cognitosync.advance(2)
        left.append(context.get_remaining_time_in_millis())
        seen.append((context.function_name, context.invoked_function_arn, left, context.aws_request_id))
        cognitosync.advance(2.5)
        return event

    cognitosync.freeze()
    cognitosync.set_trigger(profile.identity_pool_id, keep_theme)
    profile.fill("a", "b")

    arn = "arn:aws:lambda:us-east-1:123456789012:function:keep_theme"
    assert [entry[:3] for entry in seen] == [("keep_theme", arn, [5000, 3000])] * 2
    assert len({entry[3] for entry in seen}) == 2


def test_no_time_is_left_after_the_limit(cognitosync, profile):
    """The remaining time does not become negative."""
    left = []

    def slow(event, context):
        cognitosync.advance(6)
        left.append(context.get_remaining_time_in_millis())
        return event

    cognitosync.set_trigger(profile.identity_pool_id, slow)
    assert profile.refused_update(replace("a"))[0] == "LambdaSocketTimeoutException"
    assert left == [0]


def two_required(event, context):
    return event


def context_by_name(event, context=None):
    assert context is not None
    return event


def other_default(event, retries=3):
    assert retries == 3
    return event


def any_arguments(*arguments):
    assert len(arguments) == 2
    return arguments[0]


def event_and_keywords(event, *, strict=False, **others):
    return event


@pytest.mark.parametrize(
    "function",
    [
        two_required,
        context_by_name,
        other_default,
        any_arguments,
        event_and_keywords,
        partial(two_required, context="bound"),
        partial(two_required),
        Handler(),
        Handler().method,
        Mock(side_effect=two_required),
        dict,
    ],
)
def test_functions_that_can_be_a_trigger(cognitosync, profile, function):
    """Functions, methods, partials, objects and mocks are called with an event, and with a context if they take one."""
    cognitosync.set_trigger(profile.identity_pool_id, function)

    assert profile.write(replace("theme", "dark")) == [("theme", "dark", 1)]


async def coroutine(event):
    return event


async def asynchronous_generator(event):
    yield event


def generator(event):
    yield event


class AsynchronousHandler:
    async def __call__(self, event):
        return event


@pytest.mark.parametrize(
    "function",
    [coroutine, asynchronous_generator, generator, AsynchronousHandler(), AsyncMock(), partial(coroutine)],
)
def test_a_coroutine_function_is_refused_at_once(cognitosync, pool, function):
    """As a trigger or a hook it would never run."""
    message = "is a coroutine or generator function, which a call does not run"
    with pytest.raises(TypeError, match=message):
        cognitosync.set_trigger(pool, function)
    with pytest.raises(TypeError, match=message):
        cognitosync.before_next("ListRecords", function)


@pytest.mark.parametrize(
    "function",
    [lambda: None, lambda event, context, more: None, lambda event, *, strict: None, lambda **event: None],
)
def test_a_function_with_other_parameters_is_refused_at_once(cognitosync, pool, function):
    """Lambda passes an event and a context, nothing more and nothing less."""
    with pytest.raises(TypeError, match=r"cannot be a trigger: pass a function that takes \(event\) or \(event, cont"):
        cognitosync.set_trigger(pool, function)


def test_a_hook_that_returns_a_coroutine_is_refused(cognitosync, profile):
    """A lambda around a coroutine function looks synchronous; the call is refused when it runs."""
    cognitosync.before_next("ListRecords", lambda: coroutine({}))
    with pytest.raises(TypeError, match=r"before_next\('ListRecords', <lambda>\) returned <coroutine .* never awaited"):
        profile.listed()


def test_a_hook_that_returns_a_future_is_refused(cognitosync, profile):
    """Any awaitable is refused."""
    from asyncio import Future, new_event_loop

    loop = new_event_loop()
    cognitosync.before_next("ListRecords", lambda: Future(loop=loop))
    with pytest.raises(TypeError, match="never awaited"):
        profile.listed()
    loop.close()


def failing(event=None):
    raise AssertionError("not yet")


@pytest.fixture
def sync():
    """The handle of a mock that may end with a failure."""
    mock = mock_cognitosync(region_name="us-east-1")
    yield mock.start()
    with suppress(AssertionError):
        mock.stop()


def test_a_failed_assertion_in_a_trigger_reaches_the_caller(sync):
    """It arrives unchanged, the write is not carried out, and the mock keeps it for its end."""
    user = sync.new_user()
    sync.set_trigger(user.identity_pool_id, failing)
    with pytest.raises(AssertionError, match="not yet"):
        user.device().put("profile", {"theme": "dark"})

    assert user.records("profile") == {}
    assert [str(failure) for failure in sync._port.failures] == ["not yet"]


def test_a_failed_assertion_in_a_hook_is_kept(sync):
    """A hook's assertion is kept for the end of the mock as well."""
    client = boto3.client("cognito-sync")
    sync.before_next("*", failing)
    with pytest.raises(AssertionError, match="not yet"):
        client.list_identity_pool_usage()

    assert [str(failure) for failure in sync._port.failures] == ["not yet"]
    assert (sync.calls[0].error, sync.calls[0].message) == ("AssertionError", "not yet")


class Unprintable(Exception):
    def __str__(self) -> str:
        raise ValueError("broken")


@pytest.mark.parametrize(
    ("error", "described"),
    [
        (ZeroDivisionError("division by zero"), "ZeroDivisionError: division by zero"),
        (Unprintable(), "Unprintable: (its __str__ raised ValueError)"),
    ],
)
def test_an_exception_of_a_trigger_is_shown(cognitosync, profile, error, described):
    """The client meets InvalidLambdaFunctionOutput; the recorded call and the section describe the exception."""

    def trigger(event):
        raise error

    cognitosync.set_trigger(profile.identity_pool_id, trigger)
    with pytest.raises(ClientError) as caught:
        profile.update(replace("theme"))

    call: RecordedCall = cognitosync.calls[-1]
    assert caught.value.response["Error"]["Code"] == call.error == "InvalidLambdaFunctionOutputException"
    assert call.hint == f"the sync trigger failed with {described}"
    assert call.hint in cognitosync.report()


def test_an_exception_of_a_trigger_that_a_device_caused_is_shown(cognitosync, profile):
    """The device's exception has the original as its cause, and the section shows the device's call."""
    error = KeyError("theme")

    def trigger(event):
        raise error

    cognitosync.set_trigger(profile.identity_pool_id, trigger)
    with pytest.raises(TriggerFailed) as caught:
        profile.device().put("profile", {"theme": "dark"})

    assert caught.value.__cause__ is error
    assert cognitosync.report().splitlines()[2:] == [
        "      device -> service   put 'theme': 'dark' in profile",
        "      trigger <- service  SyncTrigger with 'theme'",
        "      trigger -> service  raises KeyError: 'theme'",
        (
            f"      device <- service   InvalidLambdaFunctionOutputException: {caught.value} (rule trigger-5, "
            "documented)"
        ),
        "                            hint: the sync trigger failed with KeyError: 'theme'",
    ]


def test_an_unprintable_exception_of_a_hook_is_recorded(cognitosync, profile):
    """The exception reaches the caller, and the call is recorded."""

    def hook():
        raise Unprintable

    cognitosync.before_next("ListRecords", hook)
    with pytest.raises(Unprintable):
        profile.listed()
    assert (cognitosync.calls[0].error, cognitosync.calls[0].message) == (
        "Unprintable",
        "(its __str__ raised ValueError)",
    )
