"""Sync sessions: the seal of their tokens, their lifetime and their consumption."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from driver import ACCOUNT

from mock_cognitosync.cognitosync.domain.keys import DatasetKey
from mock_cognitosync.cognitosync.domain.sync_sessions import SyncSession, SyncSessions
from mock_cognitosync.cognitosync.exceptions import InvalidSyncSessionToken
from mock_cognitosync.cognitosync.models import CognitoSyncBackend

IDENTITY = "us-east-1:1"


def session(number=1, expires_at_ms=1000):
    return SyncSession(number, expires_at_ms, 0, IDENTITY, "profile")


def is_valid(sessions, token, now_ms, identity=IDENTITY, name="profile"):
    """Whether the sessions accept *token*."""
    try:
        sessions.open(token, identity, name, now_ms)
    except InvalidSyncSessionToken:
        return False
    return True


def test_a_token_contains_its_session():
    """Opening a token returns the session that it was sealed from. Source: token-1, token-3."""
    sessions = SyncSessions(b"secret")
    assert sessions.open(sessions.seal(session()), IDENTITY, "profile", 0) == session()


@pytest.mark.parametrize(
    ("now_ms", "identity", "name", "expected"),
    [
        (0, IDENTITY, "profile", True),
        (999, IDENTITY, "profile", True),
        (1000, IDENTITY, "profile", False),
        (1001, IDENTITY, "profile", False),
        (0, "us-east-1:2", "profile", False),
        (0, IDENTITY, "profile2", False),
        (0, IDENTITY, "Profile", False),
    ],
)
def test_a_token_is_valid_for_its_dataset_until_it_expires(now_ms, identity, name, expected):
    """A token is valid for its identity and dataset until it expires. Source: token-2, token-4."""
    sessions = SyncSessions(b"secret")
    assert is_valid(sessions, sessions.seal(session()), now_ms, identity, name) is expected


@pytest.mark.parametrize("words", ["2 1000", "1 9000", "1  1000", "1 +1000", "1 01000", "1 1_000", "01 1000"])
def test_a_changed_token_is_invalid(words):
    """A change of a token's content breaks its seal. Source: token-4."""
    sessions = SyncSessions(b"secret")
    raw = base64.b64decode(sessions.seal(session()))
    assert b"1 1000" in raw
    assert not is_valid(sessions, base64.b64encode(raw.replace(b"1 1000", words.encode())).decode(), 0)


def test_a_token_sealed_with_another_secret_is_invalid():
    """
    A token is valid only with the secret that sealed it: each account and region has its own.

    Source: token-4, accounts-1.
    """
    assert not is_valid(SyncSessions(b"secret"), SyncSessions(b"other").seal(session()), 0)
    words = f"1 1000 0 {IDENTITY} profile".encode()
    bare = base64.b64encode(hmac.digest(b"", words, hashlib.sha256) + words).decode()
    assert not is_valid(SyncSessions(b"secret"), bare, 0)


def test_backends_have_their_own_secrets():
    """A backend does not accept the tokens of another one. Source: token-4, accounts-1."""
    here, there = (CognitoSyncBackend(region, ACCOUNT) for region in ("us-east-1", "eu-west-1"))
    key = DatasetKey("us-east-1:0", IDENTITY, "profile")
    token = here.list_records(key).sync_session_token
    with pytest.raises(InvalidSyncSessionToken, match=r"^SyncSessionToken not valid for these inputs$"):
        there.list_records(key, sync_session_token=token)


def test_a_consumed_session_does_not_end_others():
    """The token of a consumed session is invalid; others of the same dataset are valid. Source: token-5."""
    sessions = SyncSessions(b"secret")
    used, other = sessions.seal(session(1)), sessions.seal(session(2))
    sessions.consume(session(1))
    assert (is_valid(sessions, used, 1), is_valid(sessions, other, 1)) == (False, True)


@pytest.mark.parametrize("number", [0, 7, 8, 9, 1000])
def test_a_consumed_session_stays_consumed_if_the_clock_moves_back(number):
    """A consumed token stays refused, whatever happens to the clock and to other tokens. Source: token-5."""
    sessions = SyncSessions(b"secret")
    used = session(number, 100)
    sessions.consume(used)
    sessions.consume(session(number + 1, 9000))
    assert [is_valid(sessions, sessions.seal(used), now_ms) for now_ms in (99, 8000, 0)] == [False, False, False]
    assert is_valid(sessions, sessions.seal(session(number + 2)), 0)
