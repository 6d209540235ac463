"""How the service behaves while a mock is active; the mock that was started last decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .domain.caller import AccountRegion
from .domain.clock import Clock
from .domain.limits import Limits
from .interceptor import Interceptor

IdentityPools = Literal["auto", "created", "any"]


@dataclass(slots=True, eq=False)
class Settings:
    """
    Choices that a mock makes for the service.

    Attributes:
        identity_pools: which pools exist, see :mod:`.identity_pools`. Source: pools-2.
        token_lifetime_seconds: how long a sync session token holds. Source: token-2.
        strict_credentials: whether kinds of credentials are told apart. Source: access-1.
        started_ms: when the mock began, milliseconds since the epoch.
        clock: a mock that begins inside another goes by that one's.
        interceptor: is told of each call, also while a mock that began later decides all else.
        limits: of the accounts and regions where they are not the usual ones. Source: limits-7.
    """

    identity_pools: IdentityPools = "auto"
    token_lifetime_seconds: float = 300
    strict_credentials: bool = False
    started_ms: int | None = None
    clock: Clock = field(default_factory=Clock)
    interceptor: Interceptor | None = None
    limits: dict[AccountRegion, Limits] = field(default_factory=dict)

    def limits_of(self, account_region: AccountRegion) -> Limits:
        """What one identity may keep there."""
        return self.limits.get(account_region) or Limits()


_default = Settings()
_stack: list[Settings] = []


def current() -> Settings:
    """The settings in force; under plain ``mock_aws`` the defaults."""
    return _stack[-1] if _stack else _default


def now_ms() -> int:
    """Milliseconds since the epoch on the mock's clock, see :class:`.clock.Clock`."""
    return current().clock.now_ms()


def interceptors() -> list[Interceptor]:
    """Those of all mocks that are active, the newest first."""
    return [settings.interceptor for settings in reversed(_stack) if settings.interceptor]


def push(settings: Settings) -> None:
    """Put *settings* in force."""
    if _stack:
        settings.clock = _stack[-1].clock
    _stack.append(settings)


def remove(settings: Settings) -> None:
    """Take *settings* out, wherever they stand: mocks need not end in the order in which they began."""
    _stack.remove(settings)
