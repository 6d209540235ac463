"""The fixtures that the tests share; `driver` has the other helpers."""

from __future__ import annotations

import boto3
import pytest
from driver import DatasetDriver
from pytest_run import run_pytest_in

from mock_cognitosync.environment import own_service_model


@pytest.fixture(scope="session")
def run_pytest(tmp_path_factory):
    """Run pytest in a new process on generated test files, as `run_pytest_in` does in a folder of its own."""
    return lambda files, *arguments, **options: run_pytest_in(
        tmp_path_factory.mktemp("project"), files, *arguments, **options
    )


@pytest.fixture
def own_model(monkeypatch):
    """Outside of a mock, Sessions have the package's model if botocore has dropped the service."""
    for name, value in own_service_model().items():
        monkeypatch.setenv(name, value)
        # One that was created earlier does not have it.
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


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
