"""What ``--verbose`` prints: each call with its outcome and hint, safely, and in colour on a terminal only."""

from __future__ import annotations

import io
import logging
import re

import pytest
from driver import replace

from mock_cognitosync.server.verbose import in_colour, printing_calls


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def _no_wish(monkeypatch):
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)


def lines(stream):
    """The printed lines, without the time of day."""
    return [re.sub(r"^(\x1b\[90m)?\d\d:\d\d:\d\d", r"\1TIME", line) for line in stream.getvalue().splitlines()]


def test_each_call_is_printed_with_its_outcome_and_hint(profile):
    """A refusal is printed with its message, rule and hint."""
    profile.write(replace("theme", "dark"))
    token = profile.token()
    stream = io.StringIO()
    with printing_calls(stream):
        profile.refused_update(replace("theme", "light", 0), token=token)
    first, refusal, hint = lines(stream)
    assert first.startswith("TIME UpdateRecords(DatasetName='profile', ")
    assert refusal == (
        "   -> ResourceConflictException: Current SyncCount for: theme is: 1 not: 0 (rule counts-3, logged)"
    )
    assert hint.startswith("      hint: 'theme' was last written by ")
    profile.list_records()
    assert len(lines(stream)) == 3


@pytest.mark.parametrize(("count", "colour"), [(0, "\x1b[32m"), (7, "\x1b[33m")])
def test_success_is_green_and_a_caution_yellow(profile, count, colour):
    """On a terminal, an accepted call is green, and yellow if something about it deserves attention."""
    token = profile.token()
    stream = Terminal()
    with printing_calls(stream):
        profile.update(replace("theme", "dark", count), token=token)
    assert lines(stream)[0].startswith("\x1b[90mTIME\x1b[0m UpdateRecords(")
    assert f"{colour}\n   -> ok" in stream.getvalue()
    assert stream.getvalue().endswith("\x1b[0m\n")


def test_a_refusal_is_red(profile):
    """On a terminal, a refusal is red."""
    stream = Terminal()
    with printing_calls(stream):
        profile.refused_update(replace("theme", "dark"), token="none")
    assert "\x1b[31m\n   -> " in stream.getvalue()


def test_data_of_a_client_cannot_control_the_terminal(profile):
    """Control characters in a parameter are printed as escapes."""
    stream = io.StringIO()
    with printing_calls(stream), pytest.raises(profile.client.exceptions.ClientError):
        profile.client.describe_dataset(
            IdentityPoolId="us-east-1:\x1b[2J\x07", IdentityId="us-east-1:0", DatasetName="a"
        )
    assert "\x1b" not in stream.getvalue()
    assert "\\x1b[2J\\x07" in stream.getvalue()


@pytest.mark.parametrize(
    ("stream", "variables", "expected"),
    [
        (Terminal(), {}, True),
        (io.StringIO(), {}, False),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"TERM": "dumb"}, False),
    ],
)
def test_colour_is_for_terminals_whose_user_has_not_refused_it(stream, variables, expected, monkeypatch):
    """Colours go to a terminal unless NO_COLOR is set and not empty, or the terminal is dumb."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert in_colour(stream) is expected


def test_other_messages_of_the_logger_are_printed():
    """A message that is not about a call is printed as it is, and the logger is restored at the end."""
    log = logging.getLogger("mock_cognitosync")
    before = log.level, log.propagate, list(log.handlers)
    stream = io.StringIO()
    with printing_calls(stream):
        log.warning("something else")
    assert lines(stream) == ["TIME something else"]
    assert (log.level, log.propagate, log.handlers) == before


def test_the_log_is_as_before_afterwards(profile, caplog):
    """Calls after the context are not logged, although the logger has cached that DEBUG was enabled."""
    log = logging.getLogger("mock_cognitosync")
    before = log.level, log.propagate, log.handlers[:]
    with printing_calls(io.StringIO()):
        profile.listed()
    profile.listed()
    assert (log.level, log.propagate, log.handlers) == before
    assert caplog.records == []
