"""The object that users create: a decorator and context manager with ``start()`` and ``stop()``."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, get_args, overload

from . import patches, runs
from .cognitosync import settings
from .control import plain
from .control.handle import CognitoSync
from .decorator import decorate
from .runs import Run, Unused

if TYPE_CHECKING:
    from moto.core.config import DefaultConfig

P = ParamSpec("P")
R = TypeVar("R")

# About three centuries, so that even the end of an infinite lifetime is a valid date.
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
                configured region, or ``us-east-1`` if none is configured.
            identity_pools: which pools exist. ``"auto"``: those created with cognito-identity in this account and
                region, or every well-formed id of the region if there are none; ``"created"``: only those created;
                ``"any"``: every well-formed id of the region.
            strict_credentials: whether the credentials of developers and of identities are distinguished, as on AWS; an
                identity gets credentials from the handle's ``credentials_for`` and from cognito-identity.
            strict_sync_counts: whether a SyncCount above the record's current one is refused; AWS seems to accept it.
            token_lifetime_seconds: the lifetime of a sync session token; above 0.
            max_attempts: botocore's limit of attempts for clients created inside the mock; 1 disables retries.
            unused: what happens at the end of the mock if a fault or hook was never applied. ``"error"``:
                :class:`.exceptions.NeverApplied` is raised, unless the body has raised an exception; ``"report"``: a
                warning is logged; ``"ignore"``: nothing. By default the pytest option ``cognitosync_unused``, else
                ``"error"``.
            seed: seeds moto's generator while the mock is active, so that ids and tokens are repeatable; None does not
                seed it.
            report: whether the report of a failing test includes the story of this mock.

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
        Start the mock.

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
        runs.stop_last(self, passed=sys.exc_info()[0] is None)

    def __enter__(self) -> CognitoSync:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, *exception: object) -> None:
        runs.stop_last(self, passed=kind is None)

    async def __aenter__(self) -> CognitoSync:
        return self.start()

    async def __aexit__(self, kind: type[BaseException] | None, *exception: object) -> None:
        runs.stop_last(self, passed=kind is None)

    @contextmanager
    def running(self) -> Iterator[CognitoSync]:
        """A context manager of its own for each use, so that concurrent uses end the runs that they have started."""
        run = self._start()
        try:
            yield run.handle
        except BaseException:
            run.stop(passed=False)
            raise
        run.stop(passed=True)

    @contextmanager
    def unchecked(self) -> Iterator[Callable[[], None]]:
        """The same without the check at the end. The value is a function that performs the check."""
        run = self._start()
        try:
            yield run.check
        finally:
            run.stop(passed=False)

    def __call__(self, target: Callable[P, R]) -> Callable[P, R]:
        """Decorate a function, coroutine function, generator, class or TestCase; see :mod:`.decorator`."""
        decorated: Callable[P, R] = decorate(self, target)
        return decorated

    def _start(self) -> Run:
        chosen = settings.Settings(
            identity_pools=self._identity_pools,
            token_lifetime_seconds=self._token_lifetime_seconds,
            strict_credentials=self._strict_credentials,
            strict_sync_counts=self._strict_sync_counts,
            started_ms=settings.now_ms(),
        )
        run = Run(
            owner=self,
            settings=chosen,
            config=self._config,
            region_name=self._region_name,
            max_attempts=self._max_attempts,
            unused=self._unused,
            seed=self._seed,
            is_reported=self._report,
        )
        run.start()
        return run


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
        # For ``help()`` and editors.
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
        handle = runs.current_handle()
        if handle is None and patches.moto_is_active():
            return plain.handle()
        if handle is None:
            raise RuntimeError("no mock_cognitosync is active: decorate the test, or use it in a with statement")
        return handle


mock_cognitosync = MockFactory()
current = mock_cognitosync.current
