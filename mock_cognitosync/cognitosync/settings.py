"""The options of the active mock. If several mocks are active, those of the most recently started one apply."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .domain.clock import Clock
from .domain.dataset import Limits
from .domain.keys import AccountRegion
from .interceptor import Interceptor

IdentityPools = Literal["auto", "created", "any"]


@dataclass(slots=True, eq=False)
class Settings:
    """
    The options that a mock sets for the service. The defaults apply under plain ``mock_aws``.

    Attributes:
        identity_pools: which pools exist, see :mod:`.integrations.cognito_identity`. Source: pools-2.
        token_lifetime_seconds: the lifetime of a sync session token. Source: token-2.
        strict_credentials: whether the kinds of credentials are distinguished. Source: access-1.
        strict_sync_counts: whether a SyncCount above the record's current one is refused. Source: counts-5.
        started_ms: the time at which the mock started, in milliseconds since the epoch.
        clock: the service's time. A nested mock shares the outer mock's clock.
        interceptor: sees each call, even while a nested mock decides everything else.
        default_limits: the limits of accounts and regions that have none of their own. Source: limits-7.
        limits: the limits of accounts and regions that differ from the default. Source: limits-7.
    """

    identity_pools: IdentityPools = "auto"
    token_lifetime_seconds: float = 300
    strict_credentials: bool = False
    strict_sync_counts: bool = False
    started_ms: int | None = None
    clock: Clock = field(default_factory=Clock)
    interceptor: Interceptor | None = None
    default_limits: Limits = field(default_factory=Limits)
    limits: dict[AccountRegion, Limits] = field(default_factory=dict)

    def options(self) -> dict[str, str | bool | float]:
        """Return the options that a mock and a server have in common, by name."""
        return {
            "identity_pools": self.identity_pools,
            "strict_credentials": self.strict_credentials,
            "strict_sync_counts": self.strict_sync_counts,
            "token_lifetime_seconds": self.token_lifetime_seconds,
        }

    def limits_of(self, account_region: AccountRegion) -> Limits:
        """Return the limits of an account and region."""
        return self.limits.get(account_region) or self.default_limits


_default = Settings()
_stack: list[Settings] = []


def current() -> Settings:
    """Return the current settings."""
    return _stack[-1] if _stack else _default


def now_ms() -> int:
    """Return the service's time, in milliseconds since the epoch."""
    return current().clock.now_ms()


def interceptors() -> list[Interceptor]:
    """Return the interceptors of all active mocks, the newest first; without a mock, that of plain ``mock_aws``."""
    return [settings.interceptor for settings in reversed(_stack or [_default]) if settings.interceptor]


def set_plain_interceptor(interceptor: Interceptor | None) -> None:
    """Let *interceptor* see the calls that arrive while no mock is active."""
    _default.interceptor = interceptor


def push(settings: Settings) -> None:
    """Make *settings* the current ones."""
    if _stack:
        settings.clock = _stack[-1].clock
    _stack.append(settings)


def remove(settings: Settings) -> None:
    """Remove *settings*. Mocks need not stop in the reverse order of their starts."""
    _stack.remove(settings)
