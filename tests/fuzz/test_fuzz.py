"""Broken requests, in process and over HTTP, and the proof that the fuzzer notices wrong answers."""

from __future__ import annotations

import gc
import tracemalloc

import pytest
from fuzz.fuzzer import Wrong, fuzz, in_process, server

from mock_cognitosync.cognitosync import settings, writes
from mock_cognitosync.cognitosync.domain.dataset import Dataset
from mock_cognitosync.cognitosync.exceptions import CognitoSyncError
from moto import mock_aws

CODES = {
    "ok",
    "InvalidParameterException",
    "ResourceConflictException",
    "ResourceNotFoundException",
    "SerializationException",
    "ValidationException",
}


@pytest.fixture(autouse=True)
def _mocked(monkeypatch):
    """Plain moto, whose calls the plugin would record."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr(settings._default, "interceptor", None)
    with mock_aws():
        yield


def test_broken_requests_are_refused_in_process():
    """2,000 requests: no exception, no status of 500, nothing changed by a refusal. Source: wire-10."""
    statuses, _ = fuzz(in_process, 0, 2_000)
    assert {status.split()[1] for status in statuses} >= CODES


def test_broken_requests_are_refused_over_http():
    """1,000 requests: the same, with the answers of a server."""
    with server() as send:
        statuses, _ = fuzz(send, 3, 1_000)
    assert {status.split()[1] for status in statuses} >= CODES


def test_memory_is_flat():
    """Requests leave nothing behind, once the caches are filled."""
    fuzz(in_process, 4, 1_000)
    tracemalloc.start()
    try:
        fuzz(in_process, 4, 500)
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        fuzz(in_process, 5, 1_000)
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < 100_000


def test_an_exception_is_noticed(monkeypatch):
    """A service that raises, instead of refusing, fails with the request."""

    def raise_it(*arguments, **options):
        raise TypeError("unhashable")

    monkeypatch.setattr(writes, "update_records", raise_it)
    with pytest.raises(Wrong, match=r"request \d+ of seed 0 raises .*UpdateRecords"):
        fuzz(in_process, 0, 500)


def test_a_refusal_that_changes_something_is_noticed(monkeypatch):
    """A service that deletes before it refuses fails with the request."""
    effective_patches = Dataset.effective_patches

    def refuse_late(self, patches, *, strict):
        patches = list(patches)
        try:
            return effective_patches(self, patches, strict=strict)
        except CognitoSyncError:
            self.delete(0, "nobody")
            raise

    monkeypatch.setattr(Dataset, "effective_patches", refuse_late)
    with pytest.raises(Wrong, match=r"is refused with 4\d\d, and changes state"):
        fuzz(in_process, 0, 5_000)
