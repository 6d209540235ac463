"""Rules of the domain that boto3 shows too indirectly: the cost of a delta, pages, sessions, an update's two steps."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import ClassVar

import pytest

from mock_cognitosync.cognitosync import settings
from mock_cognitosync.cognitosync.domain import paging
from mock_cognitosync.cognitosync.domain.caller import Caller
from mock_cognitosync.cognitosync.domain.dataset import Dataset, Limits
from mock_cognitosync.cognitosync.domain.keys import AccountRegion, DatasetKey
from mock_cognitosync.cognitosync.domain.paging import Page, cut, key_of, page_size, token_of
from mock_cognitosync.cognitosync.domain.record import Record, RecordPatch, utf8_length
from mock_cognitosync.cognitosync.domain.sync_sessions import SyncSession, SyncSessions
from mock_cognitosync.cognitosync.exceptions import (
    DatasetTooLarge,
    InvalidNextToken,
    InvalidSyncSessionToken,
    TooManyDatasets,
    TooManyRecords,
)
from mock_cognitosync.cognitosync.models import CognitoSyncBackend
from mock_cognitosync.cognitosync.writes import update_records

POOL, IDENTITY = "us-east-1:0", "us-east-1:1"
KEY = DatasetKey(POOL, IDENTITY, "profile")
LIMITS = Limits()

ANY = re.compile("(?s:.+)")


class WatchedRecord(Record):
    """A record that notes who looks at its count."""

    looked_at: ClassVar[set[str]] = set()

    def __getattribute__(self, name):
        if name == "sync_count":
            WatchedRecord.looked_at.add(Record.__getattribute__(self, "key"))
        return Record.__getattribute__(self, name)


@pytest.fixture
def watched():
    """A dataset of 1,024 watched records, the last written first by key, each with a count of its own."""
    dataset = Dataset(KEY)
    for number in range(1, 1025):
        change = dataset.prepare([RecordPatch(f"k{2000 - number}", "v", 0)], number, "me", LIMITS)
        [record] = change.records
        change.records[:] = [
            WatchedRecord(record.key, record.value, record.sync_count, number, "me", record.device_last_modified_ms)
        ]
        dataset.commit(change)
    WatchedRecord.looked_at.clear()
    return dataset


@pytest.mark.parametrize("behind", [0, 1, 3])
def test_a_delta_costs_what_changed(watched, behind):
    """A delta looks at the records that it lists and one more, not at the whole dataset. Source: list-2."""
    found = watched.records_after(1024 - behind)
    looked_at = WatchedRecord.looked_at.copy()
    assert [record.key for record in found] == [f"k{number}" for number in range(976, 976 + behind)]
    assert looked_at == {f"k{number}" for number in range(976, 976 + behind + 1)}


def test_a_delta_after_an_old_record_changed_costs_no_more(watched):
    """A record written again is found among the newest at once. Source: list-2."""
    change = watched.prepare([RecordPatch("k1999", "new", 1)], 1025, "me", LIMITS)
    watched.commit(change)
    WatchedRecord.looked_at.clear()
    assert [(record.key, record.value) for record in watched.records_after(1024)] == [("k1999", "new")]
    assert WatchedRecord.looked_at == {"k976"}


def test_a_dataset_that_never_was_knows_no_wrong_count():
    """A dataset without a count has nothing after any count, which is no error. Source: list-5."""
    assert Dataset(KEY).records_after(37) == []


@pytest.mark.parametrize(
    ("limits", "error", "message"),
    [
        (Limits(records_per_dataset=1), TooManyRecords, "A dataset can have at most 1 records"),
        (Limits(dataset_size_bytes=3), DatasetTooLarge, "A dataset can hold at most 3 bytes"),
    ],
)
def test_preparing_writes_nothing(limits, error, message):
    """What an update would do changes nothing before its commit. Source: update-2, limits-2, limits-3."""
    dataset = Dataset(KEY)
    dataset.commit(dataset.prepare([RecordPatch("a", "1", 0)], 10, "me", LIMITS))
    before = dataset.metadata(), dataset.records, dataset.sync_count
    patches = [RecordPatch("a", "2", 1), RecordPatch("b", "1", 0)]
    with pytest.raises(error) as caught:
        dataset.prepare(patches, 20, "you", limits)
    dataset.prepare(patches, 20, "you", LIMITS)
    assert str(caught.value) == message
    assert (dataset.metadata(), dataset.records, dataset.sync_count) == before
    before[1].clear()
    assert len(dataset.records) == 1


@pytest.mark.parametrize(
    ("text", "length"), [("", 0), ("abc", 3), ("é", 2), ("€", 3), ("\U0001f600", 4), ("a\ud800b", 5)]
)
def test_sizes_are_utf8(text, length):
    """Text counts its bytes in UTF-8; half a surrogate pair, which JSON may carry, counts three. Source: limits-4."""
    assert utf8_length(text) == length
    assert Record(text, text, 1, 0, "me", 0).size_bytes == 2 * length


def test_a_tombstone_has_no_size():
    """A removed record has no bytes; an empty value is not removed. Source: limits-4, records-1."""
    removed, empty = Record("key", None, 1, 0, "me", 0), Record("key", "", 1, 0, "me", 0)
    assert (removed.is_removed, removed.size_bytes) == (True, 0)
    assert (empty.is_removed, empty.size_bytes) == (False, 3)


@pytest.mark.parametrize(
    ("after", "size", "items", "last_key"),
    [
        (None, 1, "b", "b"),
        (None, 2, "bd", "d"),
        (None, 3, "bdf", None),
        (None, 4, "bdf", None),
        ("b", 1, "d", "d"),
        ("b", 2, "df", None),
        ("a", 1, "b", "b"),
        ("c", 1, "d", "d"),
        ("c", 5, "df", None),
        ("f", 1, "", None),
        ("z", 1, "", None),
    ],
)
def test_cut(after, size, items, last_key):
    """A page begins behind a key, there or not, and has a last key where more follow. Source: paging-2."""
    page = cut(list("bdf"), str, after, size)
    assert page == Page(list(items), size, last_key)
    assert page.next_token == (None if last_key is None else token_of(last_key))


def test_cut_nothing():
    """The page of an empty list is empty and the last. Source: paging-2."""
    assert cut([], str, None, 10) == Page([], 10, None)


@pytest.mark.parametrize(("asked", "size"), [(None, 64), (1, 1), (1024, 1024), (1025, 1024)])
def test_page_size(asked, size):
    """A page has the size asked for, at most 1,024, else the list's own. Source: paging-1."""
    assert page_size(asked, 64) == size


@pytest.mark.parametrize("key", ["a", "é", "1:a", "\U0001f600", "a\ud800", "\x00"])
def test_a_key_comes_back_from_its_token(key):
    """Any key makes a token, and the token the key. Source: paging-2."""
    assert key_of(token_of(key), ANY) == key


@pytest.mark.parametrize("token", ["", "YQ", "YR==", "Y Q==", "/w=="])
def test_no_key_comes_from_other_text(token):
    """Text that no key makes is no token. Source: paging-3."""
    with pytest.raises(InvalidNextToken) as caught:
        key_of(token, ANY)
    assert (caught.value.code, caught.value.message) == (
        "InvalidParameterException",
        "NextToken is not valid for this operation",
    )


@pytest.mark.parametrize(("asked", "number"), [(None, 64), (70, 70), (1025, 70)])
def test_at_most_64_datasets_on_a_page_by_default(asked, number):
    """ListDatasets has 64 on a page where MaxResults is not given; a higher limit lets see it. Source: paging-1."""
    place = AccountRegion("123456789012", "us-east-1")
    chosen = settings.Settings(limits={place: Limits(datasets_per_identity=70)})
    settings.push(chosen)
    try:
        backend = CognitoSyncBackend("us-east-1", "123456789012")
        for index in range(70):
            write(backend, f"d{index:02}")
        with pytest.raises(TooManyDatasets) as caught:
            write(backend, "more")
        page = backend.list_datasets(POOL, IDENTITY, max_results=asked)
    finally:
        settings.remove(chosen)
    assert caught.value.message == "An identity can have at most 70 datasets"
    assert ([metadata.name for metadata in page.items], page.last_key) == (
        [f"d{index:02}" for index in range(number)],
        "dataset/d63" if number == 64 else None,
    )


def write(backend, name):
    key = DatasetKey(POOL, IDENTITY, name)
    token = backend.list_records(key).sync_session_token
    update_records(backend, key, token, [RecordPatch("a", "1", 0)], Caller("me"))


def session(number=1, expires_at_ms=1000):
    return SyncSession(number, expires_at_ms, 0, IDENTITY, "profile")


def holds(sessions, token, now_ms, identity=IDENTITY, name="profile"):
    """Whether *token* holds."""
    try:
        sessions.open(token, identity, name, now_ms)
    except InvalidSyncSessionToken:
        return False
    return True


def test_a_token_carries_its_session():
    """What a token opens is the session that it was made of. Source: token-1, token-3."""
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
def test_what_a_token_holds_for(now_ms, identity, name, expected):
    """A token holds for its identity and dataset until its end. Source: token-2, token-4."""
    sessions = SyncSessions(b"secret")
    assert holds(sessions, sessions.seal(session()), now_ms, identity, name) is expected


@pytest.mark.parametrize("words", ["2 1000", "1 9000", "1  1000", "1 +1000", "1 01000", "1 1_000", "01 1000"])
def test_a_changed_token_does_not_hold(words):
    """Whoever changes what a token says breaks its seal. Source: token-4."""
    sessions = SyncSessions(b"secret")
    raw = base64.b64decode(sessions.seal(session()))
    assert b"1 1000" in raw
    assert not holds(sessions, base64.b64encode(raw.replace(b"1 1000", words.encode())).decode(), 0)


def test_a_token_of_other_sessions_does_not_hold():
    """A token holds only where it was sealed: each account and region has a secret. Source: token-4, accounts-1."""
    assert not holds(SyncSessions(b"secret"), SyncSessions(b"other").seal(session()), 0)
    words = f"1 1000 0 {IDENTITY} profile".encode()
    bare = base64.b64encode(hmac.digest(b"", words, hashlib.sha256) + words).decode()
    assert not holds(SyncSessions(b"secret"), bare, 0)


def test_backends_have_secrets_of_their_own():
    """Two backends do not take each other's tokens. Source: token-4, accounts-1."""
    here, there = (CognitoSyncBackend(region, "123456789012") for region in ("us-east-1", "eu-west-1"))
    token = here.list_records(KEY).sync_session_token
    with pytest.raises(InvalidSyncSessionToken, match=r"^SyncSessionToken not valid for these inputs$"):
        there.list_records(KEY, sync_session_token=token)


def test_a_consumed_session_ends_alone():
    """A consumed session's token holds no more, others of the same dataset do. Source: token-5."""
    sessions = SyncSessions(b"secret")
    used, other = sessions.seal(session(1)), sessions.seal(session(2))
    sessions.consume(session(1))
    assert (holds(sessions, used, 1), holds(sessions, other, 1)) == (False, True)


@pytest.mark.parametrize("number", [0, 7, 8, 9, 1000])
def test_a_consumed_session_stays_consumed_if_the_clock_moves_back(number):
    """A consumed token stays refused whatever happens to the clock and to other tokens. Source: token-5."""
    sessions = SyncSessions(b"secret")
    used = session(number, 100)
    sessions.consume(used)
    sessions.consume(session(number + 1, 9000))
    assert [holds(sessions, sessions.seal(used), now_ms) for now_ms in (99, 8000, 0)] == [False, False, False]
    assert holds(sessions, sessions.seal(session(number + 2)), 0)


def test_the_service_s_own_limits():
    """The limits are those that AWS sets at first. Source: limits-1, limits-2, limits-3, paging-1."""
    assert Limits(20, 1024, 1_048_576) == LIMITS
    assert paging.MAX_PAGE_SIZE == 1024
