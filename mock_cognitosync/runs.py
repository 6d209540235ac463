"""Runs of mocks: the changes of each start, their restoration by the stop, and the list of active runs."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, Literal

import boto3
from botocore.session import Session

from moto import mock_aws
from moto import settings as moto_settings
from moto.core.config import mock_credentials

from . import environment, patches, registration
from .cognitosync import ids, settings
from .control.arguments import require_region
from .control.controller import Controller, default_account_id
from .control.handle import CognitoSync
from .control.http_client import ServerUnusable
from .control.http_port import HttpPort
from .control.interventions import NeverApplied
from .default_session import fresh_session

Unused = Literal["error", "report", "ignore"]

_log = logging.getLogger("mock_cognitosync")


@dataclass(slots=True, eq=False, kw_only=True)
class Run:
    """
    The time from a start of a mock to its stop. Runs may end in any order.

    Attributes:
        owner: the mock that is started.
        unused: the consequence of a fault or hook that was never applied; None selects the default of the process.
        seed: the seed of the generator of ids while the run is active; None does not seed it.
        is_reported: whether the report of a failing test includes the story of this run.
        port: the mock as the handle sees it, which has a history, faults and hooks of its own.
    """

    owner: object
    settings: settings.Settings
    config: Mapping[str, Any]
    region_name: str | None
    max_attempts: int | None
    unused: Unused | None
    seed: int | None
    is_reported: bool
    port: Controller | HttpPort = field(init=False)
    handle: CognitoSync = field(init=False)
    _undo: ExitStack = field(init=False, default_factory=ExitStack)

    def __post_init__(self) -> None:
        self.port = Controller(self.settings)
        self.handle = CognitoSync(self.region_name, port=self.port)

    def start(self) -> None:
        """
        Start the mock. If a step fails, the steps before it are undone.

        Raises:
            RuntimeError, ValueError: see :meth:`.mock.MockCognitoSync.start`.
        """
        registration.require_supported_moto()
        with _lock, ExitStack() as undo:
            undo.enter_context(environment.configuration.overlay(self.config))
            undo.enter_context(environment.variables.overlay(self._variables()))
            # Not the handle's account: it asks the default Session, which may lack a profile until it is replaced.
            require_region(default_account_id(), self.region_name)
            if not _configured_region():
                undo.enter_context(environment.variables.overlay({"AWS_DEFAULT_REGION": "us-east-1"}))
            if not _active:
                _shared.enter_context(_mocked_process())
            _active.append(self)
            undo.callback(self._leave)
            if self.seed is not None:
                undo.enter_context(ids.seeded(self.seed))
            settings.push(self.settings)
            undo.callback(settings.remove, self.settings)
            undo.callback(self.port.end)
            if moto_settings.TEST_SERVER_MODE:
                self._connect(undo)
            self._undo = undo.pop_all()

    def stop(self, *, passed: bool) -> None:
        """
        Restore everything. If the body passed, check that it did not pass for the wrong reason.

        Raises:
            AssertionError: see :meth:`check`.
        """
        self.restore()
        if passed and not test_has_failed:
            self.check()

    def restore(self) -> None:
        """Stop the mock. Idempotent."""
        with _lock:
            self._undo.close()

    def check(self, newest_intervention: int = 0, failures: int = 0) -> None:
        """
        Check the faults, hooks and triggers of the run.

        Args:
            newest_intervention: faults and hooks up to this number are not checked.
            failures: how many of the first failed assertions are not raised.

        Raises:
            NeverApplied: a fault or hook was never applied, and ``unused`` is ``"error"``.
            AssertionError: an assertion failed in a trigger or hook.
        """
        for failure in self.port.failures[failures:]:
            raise failure
        consequence = self.unused or default_unused
        sentences = self.port.unused(newest_intervention)
        if sentences and consequence == "error":
            raise NeverApplied(sentences)
        if consequence == "report":
            for sentence in sentences:
                _log.warning(sentence)

    def _connect(self, undo: ExitStack) -> None:
        """
        Let the handle be that of the server to which clients send their requests, until *undo* ends.

        Raises:
            ValueError: the mock has an option that the server does not have.
        """
        region_name = self.region_name or _configured_region()
        try:
            self.port = HttpPort(moto_settings.test_server_mode_endpoint())
        except ServerUnusable as error:
            # Clients can still use it.
            self.handle = CognitoSync(region_name, port=_Unusable(error))
        else:
            undo.callback(self.port.end)
            defaults = settings.Settings().options()
            for name, value in self.settings.options().items():
                found = self.port.options[name]
                if value not in (defaults[name], found):
                    raise ValueError(
                        "in server mode the options are those of the server, "
                        f"which has {name}={found!r}, not {value!r}: start it with this option"
                    )
            self.handle = CognitoSync(region_name, port=self.port)

    def _leave(self) -> None:
        """Leave the active runs; the last run to leave also ends what they share."""
        _active.remove(self)
        if self.is_reported:
            _ended.append(self)
        if not _active:
            _shared.close()

    def _variables(self) -> dict[str, str | None]:
        variables = {**environment.ENDPOINTS, **environment.own_service_model()}
        if mock_credentials():
            variables.update(environment.CREDENTIALS)
        if self.region_name is not None:
            variables["AWS_DEFAULT_REGION"] = self.region_name
        if self.max_attempts is not None:
            variables["AWS_MAX_ATTEMPTS"] = str(self.max_attempts)
        return variables


class _Unusable:
    """The port of a server that has no control API: each use raises an error."""

    def __init__(self, error: ServerUnusable) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Any:
        raise self._error


@contextmanager
def _mocked_process() -> Iterator[None]:
    """The state that all active runs share: moto's mock, the patches, and boto3's default Session."""
    with ExitStack() as undo:
        undo.callback(setattr, boto3, "DEFAULT_SESSION", boto3.DEFAULT_SESSION)
        with patches.reused_callbacks():
            undo.enter_context(mock_aws())
        undo.enter_context(patches.credentials_of_environment())
        undo.enter_context(patches.awaitable_answers())
        undo.enter_context(patches.block_real_requests())
        if boto3.DEFAULT_SESSION is None:
            boto3.DEFAULT_SESSION = fresh_session()
        yield


def _configured_region() -> str | None:
    """The region of a client created without one, from the environment or the shared configuration file."""
    region: str | None = Session(include_builtin_handlers=False).get_config_variable("region")
    return region


def stop_last(owner: object, *, passed: bool) -> None:
    """
    Stop the most recently started run of *owner*.

    Raises:
        RuntimeError: it has none.
        AssertionError: see :meth:`Run.check`.
    """
    with _lock:
        runs = [run for run in _active if run.owner is owner]
        if not runs:
            raise RuntimeError("stop() without start()")
        runs[-1].restore()
    runs[-1].stop(passed=passed)


def current_handle() -> CognitoSync | None:
    """The handle of the most recently started active run."""
    with _lock:
        return _active[-1].handle if _active else None


@contextmanager
def inner_test() -> Iterator[None]:
    """
    A test inside runs that outlive it, such as those of a fixture for the session.

    The faults and hooks that the test adds to these runs end with the test, and are checked as at the end of a run.
    """
    starts = [(run, run.port.start_inner_test()) for run in _active]
    yield
    inside = [(run, start) for run, start in starts if run in _active]
    try:
        for run, start in inside:
            if not test_has_failed:
                run.check(*start)
    finally:
        for run, start in inside:
            run.port.end_inner_test(*start)


def handles_of_test() -> list[CognitoSync]:
    """The handles of the reported runs: those that have ended since the last :func:`forget_test`, then the active."""
    return [run.handle for run in (*_ended, *_active) if run.is_reported]


def forget_test() -> None:
    """Forget the test that has ended: the handles of its ended runs, and whether it failed."""
    global test_has_failed
    _ended.clear()
    test_has_failed = False


_lock = RLock()
# The active runs, in the order of their starts.
_active: list[Run] = []
# The state that active runs share; empty if no run is active.
_shared = ExitStack()
# The last few runs that have ended, for the report of a test that fails after its mock has stopped.
_ended: deque[Run] = deque(maxlen=8)
# The default of `unused`, and whether the running test has failed; the pytest plugin sets both.
default_unused: Unused = "error"
test_has_failed = False
