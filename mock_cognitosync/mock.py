"""The object that users hold: decorator, context manager, ``start()`` and ``stop()``."""

from __future__ import annotations

import inspect
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from threading import RLock
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, get_args, overload

import boto3
from botocore.session import Session
from moto import mock_aws
from moto.core.config import mock_credentials

from . import environment, patches, registration
from .cognitosync import settings
from .control.arguments import require_region
from .control.controller import Controller
from .control.handle import CognitoSync
from .decorator import decorate
from .default_session import fresh_session

if TYPE_CHECKING:
    from moto.core.config import DefaultConfig

P = ParamSpec("P")
R = TypeVar("R")

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
            strict_sync_counts: whether a SyncCount above the record's current one is refused; AWS accepts it.
            token_lifetime_seconds: the lifetime of a sync session token; above 0.
            max_attempts: botocore's limit for clients created inside the mock; 1 switches its retries off.

        Raises:
            TypeError: *region_name* is not a str.
            ValueError: an option has an invalid value.
        """
        choices = get_args(settings.IdentityPools)
        if region_name is not None and not isinstance(region_name, str):
            raise TypeError(f"region_name must be a str such as 'us-east-1', got {region_name!r}")
        if identity_pools not in choices:
            raise ValueError(f"identity_pools must be one of {', '.join(map(repr, choices))}, got {identity_pools!r}")
        if not token_lifetime_seconds > 0:
            raise ValueError(f"token_lifetime_seconds must be a number > 0, got {token_lifetime_seconds!r}")
        if max_attempts is not None and (type(max_attempts) is not int or max_attempts < 1):
            raise ValueError(f"max_attempts must be an integer >= 1 (1: no retries), got {max_attempts!r}")
        self._config: DefaultConfig = config or {}
        self._region_name = region_name
        self._max_attempts = max_attempts
        self._identity_pools = identity_pools
        self._strict_credentials = strict_credentials
        self._strict_sync_counts = strict_sync_counts
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
        run = _Run(self, handle)
        with _lock, ExitStack() as undo:
            undo.enter_context(environment.configuration.overlay(self._config))
            undo.enter_context(environment.variables.overlay(self._variables()))
            require_region(handle.account_id, self._region_name)
            if not _configured_region():
                undo.enter_context(environment.variables.overlay({"AWS_DEFAULT_REGION": "us-east-1"}))
            if not _active:
                _shared.enter_context(_mocked_process())
            _active.append(run)
            undo.callback(run.end)
            settings.push(chosen)
            undo.callback(settings.remove, chosen)
            undo.callback(controller.end)
            run.undo = undo.pop_all()
        return handle

    def stop(self) -> None:
        """
        Stop the most recently started run of this mock and restore the environment.

        Raises:
            RuntimeError: this mock is not active.
        """
        with _lock:
            runs = [run for run in _active if run.mock is self]
            if not runs:
                raise RuntimeError("stop() without start()")
            runs[-1].undo.close()

    def __enter__(self) -> CognitoSync:
        return self.start()

    def __exit__(self, *exception: object) -> None:
        self.stop()

    async def __aenter__(self) -> CognitoSync:
        return self.start()

    async def __aexit__(self, *exception: object) -> None:
        self.stop()

    def __call__(self, target: Callable[P, R]) -> Callable[P, R]:
        """Decorate a function, coroutine function, generator, class or TestCase; see :mod:`.decorator`."""
        decorated: Callable[P, R] = decorate(self, target)
        return decorated

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
    undo: ExitStack = field(default_factory=ExitStack)

    def end(self) -> None:
        """Leave the active runs; the last run to end also ends what they share."""
        _active.remove(self)
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
    """The handles of all runs that have ended since the last :func:`forget_ended_runs`, then of the active ones."""
    return [run.handle for run in (*_ended, *_active)]


def forget_ended_runs() -> None:
    """Keep no handle of a run that has ended: the test that started it is over."""
    _ended.clear()


_lock = RLock()
# The active runs, in the order of their starts.
_active: list[_Run] = []
# What they share; empty if there are none.
_shared = ExitStack()
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

        Raises:
            RuntimeError: no mock is active.
        """
        if not _active:
            raise RuntimeError("no mock_cognitosync is active: decorate the test, or use it in a with statement")
        return _active[-1].handle


mock_cognitosync = MockFactory()
current = mock_cognitosync.current
