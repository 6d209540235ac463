"""The fixtures that the tests share; `driver` has the other helpers."""

from __future__ import annotations

import pytest
from driver import DatasetDriver


@pytest.fixture
def client(cognitosync_client):
    """A client of the mocked Cognito Sync, in us-east-1."""
    return cognitosync_client


@pytest.fixture
def profile(cognitosync, client):
    """A driver for the dataset ``profile`` of a new identity in a new pool; the dataset does not exist yet."""
    return DatasetDriver.of_new_identity(cognitosync, client)


@pytest.fixture
def pool(cognitosync):
    """The id of a new identity pool."""
    return cognitosync.new_pool()
