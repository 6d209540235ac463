"""What holds for the whole suite: botocore's retries are off unless they are the subject."""

import pytest


@pytest.fixture(autouse=True)
def _no_retries(monkeypatch):
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
