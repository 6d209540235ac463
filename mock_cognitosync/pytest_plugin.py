"""
The pytest plugin: the fixtures ``cognitosync``, ``cognitosync_client`` and ``cognitosync_server``, the marker, the ini
option and the section in the report of a failed test.

Every start of pytest loads it, so it imports neither moto nor boto3 before a test requests a fixture.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from .registration import register

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from mypy_boto3_cognito_sync import CognitoSyncClient

    from .control.handle import CognitoSync
    from .server.in_process import CognitoSyncServer


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("cognitosync_region", "region of the cognitosync fixtures", default="us-east-1")


def pytest_configure(config: pytest.Config) -> None:
    register()
    config.addinivalue_line(
        "markers", "cognitosync(**options): mock Cognito Sync for this test, with these options of mock_cognitosync"
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the calls to the service, and the reason of each refusal, if a test fails."""
    report = yield
    module: Any = sys.modules.get(f"{__package__}.mock")
    if module is not None:
        if report.failed:
            report.sections.extend(("Cognito Sync", _section(handle)) for handle in module.handles_of_test())
        if report.when == "teardown":
            module.forget_ended_runs()
    return report


def _section(handle: CognitoSync) -> str:
    try:
        return handle.report()
    except Exception as error:
        # An exception in this hook would end the whole run.
        return f"The report failed: {type(error).__name__}: {error}"


@pytest.fixture(autouse=True)
def _cognitosync_marker(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("cognitosync"):
        request.getfixturevalue("cognitosync")


@pytest.fixture
def cognitosync(request: pytest.FixtureRequest) -> Iterator[CognitoSync]:
    """Cognito Sync mocked for this test, empty; the handle creates ids and other devices, and shows the stored data.

    ``@pytest.mark.cognitosync(...)`` takes the options of ``mock_cognitosync``, and requests this fixture for its test;
    the ini option ``cognitosync_region`` sets the region. The marker's ``snapshot`` is a file to load, relative to the
    folder of the test's file.
    """
    from . import mock_cognitosync

    options: dict[str, Any] = {"region_name": request.config.getini("cognitosync_region")}
    for marker in reversed(list(request.node.iter_markers("cognitosync"))):
        if marker.args:
            raise pytest.UsageError(
                '@pytest.mark.cognitosync takes keyword arguments only, like region_name="eu-west-1"'
            )
        options.update(marker.kwargs)
    snapshot = options.pop("snapshot", None)
    try:
        mock = mock_cognitosync(**options)
    except (TypeError, ValueError) as error:
        raise pytest.UsageError(f"@pytest.mark.cognitosync: {error}") from None
    with mock as handle:
        if snapshot is not None:
            handle.load(request.path.parent / snapshot)
        yield handle


@pytest.fixture
def cognitosync_client(cognitosync: CognitoSync) -> CognitoSyncClient:
    """A boto3 client of the mocked Cognito Sync, in the region of the cognitosync fixture."""
    import boto3

    client: CognitoSyncClient = boto3.client("cognito-sync", region_name=cognitosync.region_name)
    return client


@pytest.fixture(scope="session")
def _cognitosync_url() -> Iterator[str]:
    from .server import missing_dependencies

    missing = missing_dependencies()
    if missing:
        raise pytest.UsageError(f"cognitosync_server: {missing}")
    from .server.in_process import serving_this_process

    with serving_this_process() as url:
        yield url


@pytest.fixture
def cognitosync_server(_cognitosync_url: str, cognitosync: CognitoSync) -> CognitoSyncServer:
    """A server at 127.0.0.1 that serves this test's mock: `url`, `variables` for other programs, `handle`.

    Its handle and options are those of the ``cognitosync`` fixture. It serves all other services of moto too.
    """
    from .server.in_process import CognitoSyncServer

    return CognitoSyncServer(_cognitosync_url, cognitosync)
