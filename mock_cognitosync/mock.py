"""The object that users hold: decorator, context manager, start and stop."""

from __future__ import annotations

import inspect
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from threading import RLock
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, get_args, overload

import boto3
from moto import mock_aws
from moto.core.config import default_user_config, mock_credentials

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

_configuration = environment.Layers(default_user_config)  # type: ignore[arg-type]  # a TypedDict is a dict
# About three centuries, so that infinity has a date.
_FOR_EVER_SECONDS = 10**10


class MockCognitoSync:
    """
    Cognito Sync, and all services that moto has, mocked between start and stop.

    Made by :data:`mock_cognitosync`. One object may be started more than once, and as a decorator serve many tests.
    """

    def __init__(
        self,
        *,
        config: DefaultConfig | None = None,
        region_name: str | None = None,
        identity_pools: settings.IdentityPools = "auto",
        strict_credentials: bool = False,
        token_lifetime_seconds: float = 300,
        max_attempts: int | None = None,
    ) -> None:
        """
        Args:
            config: moto's configuration, as ``mock_aws(config=...)`` takes it.
            region_name: the region of clients made without one, of the handle and of its ids.
            identity_pools: which pools exist. ``"auto"``: those made with cognito-identity in this account and region,
                or any where there are none; ``"created"``: only those; ``"any"``: every well-formed id of the region.
            strict_credentials: whether developers' and identities' credentials are told apart, as AWS does; identities'
                come from the handle's ``credentials_for`` and from cognito-identity.
            token_lifetime_seconds: how long a sync session token holds; above 0.
            max_attempts: of botocore, for clients made inside; 1 switches its retries off.

        Raises:
            ValueError: a choice or number that there is not.
        """
        choices = get_args(settings.IdentityPools)
        if identity_pools not in choices:
            raise ValueError(f"identity_pools={identity_pools!r} is none of {', '.join(map(repr, choices))}")
        if not token_lifetime_seconds > 0:
            raise ValueError(f"token_lifetime_seconds={token_lifetime_seconds!r}: give seconds above 0")
        if max_attempts is not None and max_attempts < 1:
            raise ValueError(f"max_attempts={max_attempts!r}: give 1 to switch retries off, or more")
        self._config = config
        self._region_name = region_name
        self._max_attempts = max_attempts
        self._identity_pools = identity_pools
        self._strict_credentials = strict_credentials
        self._token_lifetime_seconds = min(token_lifetime_seconds, _FOR_EVER_SECONDS)
        self._runs: list[_Run] = []

    def start(self) -> CognitoSync:
        """
        Begin to mock.

        Returns:
            The handle.

        Raises:
            RuntimeError: this moto has a Cognito Sync of its own.
            ValueError: the region has no Cognito Sync.
        """
        chosen = settings.Settings(
            self._identity_pools,
            self._token_lifetime_seconds,
            self._strict_credentials,
            settings.now_ms(),
        )
        handle = CognitoSync(self._region_name, controller=Controller(chosen))
        run = _Run(handle, chosen, dict(self._config or {}), self._region_name, self._max_attempts)
        run.begin()
        self._runs.append(run)
        return run.handle

    def stop(self) -> None:
        """
        End what the last start began; the environment is again as it was.

        Raises:
            RuntimeError: there was no start.
        """
        if not self._runs:
            raise RuntimeError("stop() without start()")
        self._runs.pop().end()

    def __enter__(self) -> CognitoSync:
        return self.start()

    def __exit__(self, *exception: object) -> None:
        self.stop()

    async def __aenter__(self) -> CognitoSync:
        return self.start()

    async def __aexit__(self, *exception: object) -> None:
        self.stop()

    def __call__(self, target: Callable[P, R]) -> Callable[P, R]:
        """Decorate a function, coroutine function, generator, class or TestCase; see :mod:`.decorating`."""
        decorated: Callable[P, R] = decorate(self, target)
        return decorated


class _Run:
    """One start, with all that its stop must undo. Runs need not end in the order in which they began."""

    def __init__(
        self,
        handle: CognitoSync,
        chosen: settings.Settings,
        config: dict[str, object],
        region_name: str | None,
        max_attempts: int | None,
    ) -> None:
        self.handle = handle
        self._config = config
        self._region_name = region_name
        self._max_attempts = max_attempts
        self._chosen = chosen
        self._undo = ExitStack()

    def begin(self) -> None:
        registration.require_own_service()
        with _lock, ExitStack() as undo:
            _configuration.lay(self._config)
            undo.callback(_configuration.lift, self._config)
            variables = self._variables()
            environment.variables.lay(variables)
            undo.callback(environment.variables.lift, variables)
            _process.enter()
            undo.callback(_process.leave)
            require_region(self.handle.account_id, self._region_name)
            settings.push(self._chosen)
            undo.callback(settings.remove, self._chosen)
            _active.append(self)
            undo.callback(_active.remove, self)
            _begun.append(self.handle)
            self._undo = undo.pop_all()

    def end(self) -> None:
        with _lock:
            self._undo.close()

    def _variables(self) -> dict[str, str | None]:
        variables = dict(environment.ENDPOINTS)
        if mock_credentials():
            variables.update(environment.CREDENTIALS)
        if self._region_name is not None:
            variables["AWS_DEFAULT_REGION"] = self._region_name
        if self._max_attempts is not None:
            variables["AWS_MAX_ATTEMPTS"] = str(self._max_attempts)
        return variables


class _Process:
    """What all runs of the process share: moto's mock, the net, and boto3's default Session."""

    def __init__(self) -> None:
        self._runs = 0
        self._undo = ExitStack()

    def enter(self) -> None:
        if self._runs == 0:
            with ExitStack() as undo:
                undo.callback(setattr, boto3, "DEFAULT_SESSION", boto3.DEFAULT_SESSION)
                with patches.reused_callbacks():
                    undo.enter_context(mock_aws())
                undo.enter_context(patches.awaitable_answers())
                undo.enter_context(patches.block_real_requests())
                if boto3.DEFAULT_SESSION is None:
                    boto3.DEFAULT_SESSION = fresh_session()
                self._undo = undo.pop_all()
        self._runs += 1

    def leave(self) -> None:
        self._runs -= 1
        if self._runs == 0:
            self._undo.close()


def handles_of_test() -> list[CognitoSync]:
    """Those of the mocks that are active, and of those that began since :func:`forget_test`."""
    return list(dict.fromkeys([*_begun, *(run.handle for run in _active)]))


def forget_test() -> None:
    """A test is over."""
    _begun.clear()


_lock = RLock()
_active: list[_Run] = []
_process = _Process()
# The handles of the latest mocks, for the report of a test that fails after they have ended.
_begun: deque[CognitoSync] = deque(maxlen=8)

_OPTIONS = tuple(inspect.signature(MockCognitoSync).parameters)


class _Entry:
    """What ``from mock_cognitosync import mock_cognitosync`` gives: called bare as a decorator, or with options."""

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
        token_lifetime_seconds: float = 300,
        max_attempts: int | None = None,
    ) -> MockCognitoSync: ...

    def __call__(self, *targets: Any, **options: Any) -> Any:
        """
        Decorate the one target, or make a mock with *options*, see :class:`MockCognitoSync`.

        Raises:
            TypeError: the target cannot be decorated, or an option is unknown.
        """
        for name in options:
            if name not in _OPTIONS:
                raise TypeError(f"mock_cognitosync has no option {name!r}; it has {', '.join(_OPTIONS)}")
        mock = MockCognitoSync(**options)
        return mock(*targets) if targets else mock

    @staticmethod
    def current() -> CognitoSync:
        """
        The handle of the mock that is active, of the one started last if there are several.

        Raises:
            RuntimeError: none is active.
        """
        if not _active:
            raise RuntimeError("no mock_cognitosync is active here: decorate the test, or use it in a with statement")
        return _active[-1].handle


mock_cognitosync = _Entry()
current = mock_cognitosync.current
