"""
The pytest plugin: the fixtures ``cognitosync``, ``cognitosync_client`` and ``cognitosync_server``, the marker, the ini
options, the option ``--cognitosync-story`` and the section in the report of a failed test.

Every start of pytest loads it, so it imports neither moto nor boto3 before a test requests a fixture.
"""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from .import_hooks import run_when_imported
from .registration import register

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from mypy_boto3_cognito_sync import CognitoSyncClient

    from .control.handle import CognitoSync
    from .server.in_process import CognitoSyncServer


_UNUSED = ("error", "report", "ignore")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("cognitosync_region", "region of the cognitosync fixtures", default="us-east-1")
    parser.addini("cognitosync_unused", "what an unused fault or hook means: error, report or ignore", default="error")
    parser.addini("cognitosync_allow_hosts", "names by which clients reach cognitosync_server", type="args")
    parser.getgroup("cognitosync").addoption(
        "--cognitosync-story",
        metavar="DIR",
        help="write what happened in Cognito Sync during each failing test to a Markdown file in DIR",
    )


def pytest_configure(config: pytest.Config) -> None:
    register()
    unused = config.getini("cognitosync_unused")
    if unused not in _UNUSED:
        raise pytest.UsageError(f"cognitosync_unused must be one of {', '.join(_UNUSED)}, got {unused!r}")
    # Set when the modules are imported, so that a run without Cognito Sync does not import them.
    run_when_imported(f"{__package__}.runs", partial(_set_default_unused, config, unused))
    run_when_imported(f"{__package__}.cognitosync.responses", _record_plain_calls)
    config.addinivalue_line(
        "markers", "cognitosync(**options): mock Cognito Sync for this test, with these options of mock_cognitosync"
    )


def _set_default_unused(config: pytest.Config, unused: str, runs: Any) -> None:
    config.add_cleanup(partial(setattr, runs, "default_unused", runs.default_unused))
    runs.default_unused = unused


def _record_plain_calls(_: object) -> None:
    from .control import plain

    plain.record()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """If a test fails, add the story of the service, with the reason for each refusal."""
    report = yield
    runs: Any = sys.modules.get(f"{__package__}.runs")
    plain: Any = sys.modules.get(f"{__package__}.control.plain")
    if report.failed:
        handles = [*(runs.handles_of_test() if runs else ()), *(plain.handles_with_calls() if plain else ())]
        report.sections.extend(("Cognito Sync", _section(handle)) for handle in handles)
        if handles and item.config.getoption("cognitosync_story") and call.excinfo is not None:
            report.sections.append(("Cognito Sync story", _story_file(item, call.excinfo.exconly(), handles)))
    if runs and call.excinfo is not None:
        runs.test_has_failed = True
    if runs and report.when == "teardown":
        runs.forget_test()
    if plain and report.when == "teardown":
        plain.record()
    return report


def _section(handle: CognitoSync) -> str:
    try:
        return handle.report()
    except Exception as error:
        # An exception in this hook would abort the whole run.
        return f"The report failed: {type(error).__name__}: {error}"


def _story_file(item: pytest.Item, failure: str, handles: list[CognitoSync]) -> str:
    from .control.story import page

    try:
        stories = [(handle.report(), handle.story("mermaid")) for handle in handles]
        return str(page.write(item.config.getoption("cognitosync_story"), item.nodeid, failure, stories))
    except Exception as error:
        return f"The story was not written: {type(error).__name__}: {error}"


@pytest.fixture(autouse=True)
def _cognitosync_test(request: pytest.FixtureRequest) -> Iterator[None]:
    # The first fixture of a function, so that its end comes after that of monkeypatch.
    before = dict(os.environ)
    runs: Any = sys.modules.get(f"{__package__}.runs")
    try:
        with runs.inner_test() if runs else nullcontext():
            if request.node.get_closest_marker("cognitosync"):
                request.getfixturevalue("cognitosync")
            yield
    finally:
        environment: Any = sys.modules.get(f"{__package__}.environment")
        if environment is not None:
            environment.variables.repair(before)


@pytest.fixture
def cognitosync(request: pytest.FixtureRequest) -> Iterator[CognitoSync]:
    """An empty mock of Cognito Sync for this test; its handle creates ids and devices, and shows the stored data.

    ``@pytest.mark.cognitosync(...)`` takes the options of ``mock_cognitosync``, and requests this fixture for the test;
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
def _cognitosync_url(pytestconfig: pytest.Config) -> Iterator[str]:
    from .server import missing_dependencies

    missing = missing_dependencies()
    if missing:
        raise pytest.UsageError(f"cognitosync_server: {missing}")
    from .server.in_process import serving_this_process

    hosts = map(str.lower, pytestconfig.getini("cognitosync_allow_hosts"))
    with serving_this_process(hosts) as url:
        yield url


@pytest.fixture
def cognitosync_server(_cognitosync_url: str, cognitosync: CognitoSync) -> CognitoSyncServer:
    """A server at 127.0.0.1 that serves this test's mock: `url`, `variables` for other programs, `handle`.

    Its handle and options are those of the ``cognitosync`` fixture. It serves all other services of moto too.
    """
    from .server.in_process import CognitoSyncServer

    return CognitoSyncServer(_cognitosync_url, cognitosync)
