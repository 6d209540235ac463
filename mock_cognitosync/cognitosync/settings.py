"""How the service behaves while a mock is active; the mock that was started last decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .limits import Limits

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
    """

    identity_pools: IdentityPools = "auto"
    token_lifetime_seconds: float = 300
    strict_credentials: bool = False
    started_ms: int | None = None
    limits: Limits = field(default_factory=Limits)


_default = Settings()
_stack: list[Settings] = []


def current() -> Settings:
    """The settings in force; under plain ``mock_aws`` the defaults."""
    return _stack[-1] if _stack else _default


def push(settings: Settings) -> None:
    """Put *settings* in force."""
    _stack.append(settings)


def remove(settings: Settings) -> None:
    """Take *settings* out, wherever they stand: mocks need not end in the order in which they began."""
    _stack.remove(settings)
