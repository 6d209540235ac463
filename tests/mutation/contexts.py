"""A pytest plugin that tells coverage which test runs, and notes how long each takes."""

from __future__ import annotations

import coverage
import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Attribute what runs, fixtures included, to the test."""
    measured = coverage.Coverage.current()
    measured.switch_context(item.nodeid)
    try:
        return (yield)
    finally:
        measured.switch_context("")
