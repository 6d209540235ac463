"""Fixtures for tests of the server."""

from __future__ import annotations

import signal

import pytest


@pytest.fixture
def no_signal_is_ignored():
    """Processes that the test starts do not ignore SIGHUP, even if the suite runs below nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)
