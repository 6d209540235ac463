"""Fixtures of any scope, for a ``conftest.py``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Literal, TypedDict

if TYPE_CHECKING:
    import pytest
    from typing_extensions import Unpack

    from moto.core.config import DefaultConfig

    from .cognitosync.settings import IdentityPools
    from .control.handle import CognitoSync
    from .runs import Unused

Scope = Literal["session", "package", "module", "class", "function"]


class Options(TypedDict, total=False):
    """The options of ``mock_cognitosync``."""

    config: DefaultConfig
    region_name: str
    identity_pools: IdentityPools
    strict_credentials: bool
    strict_sync_counts: bool
    token_lifetime_seconds: float
    max_attempts: int
    unused: Unused
    seed: int
    report: bool


def cognitosync_fixture(
    *,
    scope: Scope | Callable[[str, pytest.Config], Scope] = "session",
    name: str | None = None,
    autouse: bool = False,
    **options: Unpack[Options],
) -> Any:
    """
    A pytest fixture that mocks Cognito Sync for a whole scope and returns the handle.

    Tests share its data. The faults and hooks that a test adds end with the test, and are checked then; those that
    another fixture adds live as long as the scope.

    Args:
        scope: how long the mock is active, as in ``pytest.fixture``.
        name: the name of the fixture; by default that of the variable to which it is assigned.
        autouse: whether all tests that can see the fixture use it.
        options: those of ``mock_cognitosync``; the region is by default that of the ini option ``cognitosync_region``.

    Returns:
        The fixture, to be assigned to a variable of a ``conftest.py`` or a test module.

    Raises:
        TypeError, ValueError: an option is invalid; raised when the fixture is first used.
    """
    import pytest

    @pytest.fixture(scope=scope, name=name, autouse=autouse)
    def fixture(request: pytest.FixtureRequest) -> Iterator[CognitoSync]:
        """Cognito Sync mocked for a whole scope; the tests share its data."""
        from . import mock_cognitosync

        options.setdefault("region_name", request.config.getini("cognitosync_region"))
        with mock_cognitosync(**options) as handle:
            yield handle

    return fixture
