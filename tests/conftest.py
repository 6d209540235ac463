"""The fixtures that the tests share; `driver` has the other helpers."""

from __future__ import annotations

import pytest
from driver import DatasetDriver
from pytest_run import run_pytest_in


@pytest.fixture(scope="session")
def run_pytest(tmp_path_factory):
    """Run pytest in a new process on generated test files, as `run_pytest_in` does in a folder of its own."""
    return lambda files, *arguments, **options: run_pytest_in(
        tmp_path_factory.mktemp("project"), files, *arguments, **options
    )


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
