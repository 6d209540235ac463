"""A setting of the whole suite, examples included: botocore does not retry unless a test says otherwise."""

import pytest


@pytest.fixture(autouse=True)
def _no_retries(monkeypatch):
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
