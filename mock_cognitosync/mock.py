"""The object that users hold: decorator, context manager, ``start()`` and ``stop()``."""

from __future__ import annotations

import inspect
import logging
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from threading import RLock
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar, get_args, overload

import boto3
from botocore.session import Session

from moto import mock_aws
from moto.core.config import mock_credentials

from . import environment, patches, registration
from .cognitosync import ids, settings
from .control import plain
from .control.arguments import require_region
from .control.controller import Controller
from .control.handle import CognitoSync
from .control.interventions import NeverApplied
from .decorator import decorate
from .default_session import fresh_session

if TYPE_CHECKING:
    from moto.core.config import DefaultConfig

P = ParamSpec("P")
R = TypeVar("R")
Unused = Literal["error", "report", "ignore"]

_log = logging.getLogger("mock_cognitosync")

# About three centuries, so that an infinite lifetime ends on a date that exists.
_LONGEST_LIFETIME_SECONDS = 10**10


class MockCognitoSync:
    """
    Cognito Sync, and all services of moto, mocked between start and stop.

    Created by :data:`mock_cognitosync`. One object may be started more than once and may decorate many tests.
    """

    def __init__(
        self,
        *,
        config: DefaultConfig | None = None,
        region_name: str | None = None,
        identity_pools: settings.IdentityPools = "auto",
        strict_credentials: bool = False,
        strict_sync_counts: bool = False,
        token_lifetime_seconds: float = 300,
        max_attempts: int | None = None,
        unused: Unused | None = None,
        seed: int | None = None,
        report: bool = True,
    ) -> None:
        """
        Args:
            config: moto's configuration, as ``mock_aws(config=...)`` takes it.
            region_name: the region of the handle, of its ids, and of clients created without a region; by default the
                configured one, or ``us-east-1`` if none is.
            identity_pools: which pools exist. ``"auto"``: those created with cognito-identity in this account and
                region, or every well-formed id of the region if there are none; ``"created"``: only those created;
                ``"any"``: every well-formed id of the region.
            strict_credentials: whether developers' and identities' credentials are told apart, as on AWS; an identity's
                come from the handle's ``credentials_for`` and from cognito-identity.
            strict_sync_counts: whether a SyncCount above the record's current one is refused; AWS seems to accept it.
            token_lifetime_seconds: the lifetime of a sync session token; above 0.
            max_attempts: botocore's limit for clients created inside the mock; 1 switches its retries off.
            unused: what a fault or hook that was never applied means when the mock ends. ``"error"``:
                :class:`.exceptions.NeverApplied` is raised, unless the body has raised an exception; ``"report"``: a
                warning is logged; ``"ignore"``: nothing. By default the pytest option ``cognitosync_unused``, else
                ``"error"``.
            seed: seeds moto's generator of ids and tokens while the mock is active, so that they repeat; None leaves
                it as it is.
            report: whether the report of a failing test tells what happened in this mock.

        Raises:
            TypeError: *region_name* is not a str.
            ValueError: an option has an invalid value.
        """
        choices = get_args(settings.IdentityPools)
        if region_name is not None and not isinstance(region_name, str):
            raise TypeError(f"region_name must be a str such as 'us-east-1', got {region_name!r}")
        if identity_pools not in choices:
            raise ValueError(f"identity_pools must be one of {', '.join(map(repr, choices))}, got {identity_pools!r}")
        if unused is not None and unused not in get_args(Unused):
            raise ValueError(f"unused must be one of {', '.join(map(repr, get_args(Unused)))}, got {unused!r}")
        if not token_lifetime_seconds > 0:
            raise ValueError(f"token_lifetime_seconds must be a number > 0, got {token_lifetime_seconds!r}")
        if max_attempts is not None and (type(max_attempts) is not int or max_attempts < 1):
            raise ValueError(f"max_attempts must be an integer >= 1 (1: no retries), got {max_attempts!r}")
        if seed is not None and type(seed) is not int:
            raise TypeError(f"seed must be an integer or None, got {seed!r}")
        self._config: DefaultConfig = config or {}
        self._region_name = region_name
        self._max_attempts = max_attempts
        self._identity_pools = identity_pools
        self._strict_credentials = strict_credentials
        self._strict_sync_counts = strict_sync_counts
        self._unused = unused
        self._seed = seed
        self._report = report
        self._token_lifetime_seconds = min(token_lifetime_seconds, _LONGEST_LIFETIME_SECONDS)

    def start(self) -> CognitoSync:
        """
        Start to mock.

        Returns:
            The handle.

        Raises:
            RuntimeError: the installed moto is not supported.
            ValueError: *region_name* has no Cognito Sync. A configured region without it is only refused
                when it is used.
        """
        return self._start().handle

    def stop(self) -> None:
        """
        Stop the most recently started run of this mock and restore the environment.

        Raises:
            RuntimeError: this mock is not active.
            NeverApplied: a fault or hook was never applied, see the option ``unused``.
            AssertionError: an assertion failed in a trigger or hook, and the code under test may have caught it.

        The last two are raised after everything has been restored, and not while another exception is handled.
        """
        self._stop(passed=sys.exc_info()[0] is None)

    def __enter__(self) -> CognitoSync:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, *exception: object) -> None:
        self._stop(passed=kind is None)

    async def __aenter__(self) -> CognitoSync:
        return self.start()

    async def __aexit__(self, kind: type[BaseException] | None, *exception: object) -> None:
        self._stop(passed=kind is None)

    @contextmanager
    def running(self) -> Iterator[CognitoSync]:
        """A ``with`` statement of its own for each use, so that concurrent uses end the run that they have started."""
        run = self._start()
        try:
            yield run.handle
        except BaseException:
            run.stop(passed=False)
            raise
        run.stop(passed=True)

    @contextmanager
    def unchecked(self) -> Iterator[Callable[[], None]]:
        """The same without the check at the end, which the caller may do at another time, with the function."""
        run = self._start()
        try:
            yield run.check
        finally:
            run.stop(passed=False)

    def __call__(self, target: Callable[P, R]) -> Callable[P, R]:
        """Decorate a function, coroutine function, generator, class or TestCase; see :mod:`.decorator`."""
        decorated: Callable[P, R] = decorate(self, target)
        return decorated

    def _start(self) -> _Run:
        registration.require_supported_moto()
        chosen = settings.Settings(
            identity_pools=self._identity_pools,
            token_lifetime_seconds=self._token_lifetime_seconds,
            strict_credentials=self._strict_credentials,
            strict_sync_counts=self._strict_sync_counts,
            started_ms=settings.now_ms(),
        )
        controller = Controller(chosen)
        handle = CognitoSync(self._region_name, controller=controller)
        run = _Run(self, handle, controller, self._unused or default_unused, self._report)
        with _lock, ExitStack() as undo:
            undo.enter_context(environment.configuration.overlay(self._config))
            undo.enter_context(environment.variables.overlay(self._variables()))
            require_region(handle.account_id, self._region_name)
            if not _configured_region():
                undo.enter_context(environment.variables.overlay({"AWS_DEFAULT_REGION": "us-east-1"}))
            if not _active:
                _shared.enter_context(_mocked_process())
            _active.append(run)
            undo.callback(run.leave)
            if self._seed is not None:
                undo.enter_context(ids.seeded(self._seed))
            settings.push(chosen)
            undo.callback(settings.remove, chosen)
            undo.callback(controller.end)
            run.undo = undo.pop_all()
        return run

    def _stop(self, *, passed: bool) -> None:
        with _lock:
            runs = [run for run in _active if run.mock is self]
            if not runs:
                raise RuntimeError("stop() without start()")
            runs[-1].undo.close()
        runs[-1].stop(passed=passed)

    def _variables(self) -> dict[str, str | None]:
        variables = {**environment.ENDPOINTS, **environment.own_service_model()}
        if mock_credentials():
            variables.update(environment.CREDENTIALS)
        if self._region_name is not None:
            variables["AWS_DEFAULT_REGION"] = self._region_name
        if self._max_attempts is not None:
            variables["AWS_MAX_ATTEMPTS"] = str(self._max_attempts)
        return variables


@dataclass(slots=True, eq=False)
class _Run:
    """One start of a mock, and what its stop undoes. Runs may end in any order."""

    mock: MockCognitoSync
    handle: CognitoSync
    controller: Controller
    consequence: Unused
    is_reported: bool
    undo: ExitStack = field(default_factory=ExitStack)

    def stop(self, *, passed: bool) -> None:
        """Undo everything. Idempotent. If the body has passed, check that it did not pass for the wrong reason."""
        with _lock:
            self.undo.close()
        if passed and not test_has_failed:
            self.check()

    def check(self) -> None:
        """Raise an assertion that failed in a trigger or hook, or report what was never applied."""
        if self.controller.failures:
            raise self.controller.failures[0]
        sentences = self.controller.unused()
        if sentences and self.consequence == "error":
            raise NeverApplied(sentences)
        if self.consequence == "report":
            for sentence in sentences:
                _log.warning(sentence)

    def leave(self) -> None:
        """Leave the active runs; the last run to leave also ends what they share."""
        _active.remove(self)
        if self.is_reported:
            _ended.append(self)
        if not _active:
            _shared.close()


@contextmanager
def _mocked_process() -> Iterator[None]:
    """What all active runs share: moto's mock, the patches, and boto3's default Session."""
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


def handles_of_test() -> list[CognitoSync]:
    """The handles of the reported runs: those that have ended since the last :func:`forget_test`, then the active."""
    return [run.handle for run in (*_ended, *_active) if run.is_reported]


def forget_test() -> None:
    """Keep nothing of the test that is over: the handles of its runs that have ended, and whether it failed."""
    global test_has_failed
    _ended.clear()
    test_has_failed = False


_lock = RLock()
# The active runs, in the order of their starts.
_active: list[_Run] = []
# What they share; empty if there are none.
_shared = ExitStack()
# What `unused` means by default, and whether the test that is running has failed; the pytest plugin sets both.
default_unused: Unused = "error"
test_has_failed = False
# The last few runs that have ended, for the report of a test that fails after its mock has stopped.
_ended: deque[_Run] = deque(maxlen=8)

_USAGE = """\
Mock Amazon Cognito Sync, and all services of moto.

    @mock_cognitosync                         decorates a function, coroutine function, generator or class
    @mock_cognitosync(region_name=...)        the same with options
    with mock_cognitosync() as sync:          mocks its block; also `async with`
    mock = mock_cognitosync()                 mocks from mock.start(), which returns the handle, to mock.stop()
    mock_cognitosync.current()                the handle of the active mock, for instance in a decorated function

The handle, a CognitoSync, creates identities, injects faults and shows the stored data.
"""
_OPTIONS = tuple(inspect.signature(MockCognitoSync).parameters)


class MockFactory:
    """The class of ``mock_cognitosync``: a decorator if called with a function or class, else a factory of mocks."""

    def __init__(self) -> None:
        # For help() and editors.
        self.__doc__ = f"{_USAGE}\n{inspect.getdoc(MockCognitoSync.__init__)}"
        self.__signature__ = inspect.signature(MockCognitoSync)

    def __repr__(self) -> str:
        return "<mock_cognitosync, a decorator and a factory of mocks>"

    @overload
    def __call__(self, target: Callable[P, R], /) -> Callable[P, R]: ...

    @overload
    def __call__(
        self,
        *,
        config: DefaultConfig | None = None,
        region_name: str | None = None,
        identity_pools: settings.IdentityPools = "auto",
        strict_credentials: bool = False,
        strict_sync_counts: bool = False,
        token_lifetime_seconds: float = 300,
        max_attempts: int | None = None,
        unused: Unused | None = None,
        seed: int | None = None,
        report: bool = True,
    ) -> MockCognitoSync: ...

    def __call__(self, *targets: Any, **options: Any) -> Any:
        """
        Decorate a target, or create a mock with *options*; see :class:`MockCognitoSync`.

        Raises:
            TypeError: the target cannot be decorated, or an option is unknown.
        """
        for name in options:
            if name not in _OPTIONS:
                raise TypeError(f"mock_cognitosync has no option {name!r}; its options are {', '.join(_OPTIONS)}")
        mock = MockCognitoSync(**options)
        return mock(*targets) if targets else mock

    @staticmethod
    def current() -> CognitoSync:
        """
        The handle of the active mock; of the most recently started one if there are several.

        Under plain ``mock_aws`` it is a handle for data: ids, users, devices and records.

        Raises:
            RuntimeError: no mock is active.
        """
        if not _active and patches.moto_is_active():
            return plain.handle()
        if not _active:
            raise RuntimeError("no mock_cognitosync is active: decorate the test, or use it in a with statement")
        return _active[-1].handle


mock_cognitosync = MockFactory()
current = mock_cognitosync.current
