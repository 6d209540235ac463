"""Settings of the whole suite, including the examples."""

import pytest


@pytest.fixture(autouse=True)
def _no_retries(monkeypatch):
    """Switch botocore's retries off unless they are the subject of the test."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")


def pytest_collection_modifyitems(items):
    """Mark the tests that start processes or run pytest; `make quick` leaves them out."""
    for item in items:
        if not {"pytester", "run_pytest"}.isdisjoint(item.fixturenames) or hasattr(item.module, "subprocess"):
            item.add_marker("subprocess")
