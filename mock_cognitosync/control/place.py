"""Where a handle stands: one account and region of the mock that it belongs to."""

from __future__ import annotations

import os
from dataclasses import dataclass

import boto3
from moto import settings as moto_settings
from moto.core.models import DEFAULT_ACCOUNT_ID

from ..cognitosync import cognitosync_backends
from ..cognitosync.models import CognitoSyncBackend
from ..cognitosync.settings import Settings
from .controller import Controller


def require_region(account_id: str, region_name: str | None) -> None:
    """
    Check that the service is in a region; None is any that boto3 has.

    Raises:
        ValueError: it is not there.
    """
    if region_name is None or moto_settings.allow_unknown_region():
        return
    regions = cognitosync_backends[account_id].regions
    if region_name not in regions:
        raise ValueError(f'Cognito Sync is not in the region "{region_name}"; it is in {", ".join(sorted(regions))}')


def require_callable(function: object) -> None:
    """
    Check that *function* is one.

    Raises:
        TypeError: it cannot be called.
    """
    if not callable(function):
        raise TypeError(f"{function!r} cannot be called: give a function")


@dataclass(slots=True, frozen=True)
class Control:
    """What handles of one mock have in common."""

    settings: Settings
    controller: Controller


class Placed:
    """What all parts of a handle share."""

    def __init__(
        self, region_name: str | None = None, account_id: str | None = None, *, control: Control | None = None
    ) -> None:
        """Without *control*, which mocks give, a handle shows and changes data only: enough for plain ``mock_aws``."""
        self._region_name = region_name
        self._account_id = account_id
        self._control = control

    @property
    def region_name(self) -> str:
        """The region of this handle: the mock's, else that of a client made without one, else ``us-east-1``."""
        if self._region_name is None:
            session = boto3.DEFAULT_SESSION
            configured = session.region_name if session else os.environ.get("AWS_DEFAULT_REGION")
            return configured or "us-east-1"
        return self._region_name

    @property
    def account_id(self) -> str:
        """The account of this handle: ``MOTO_ACCOUNT_ID``, else moto's ``123456789012``."""
        return self._account_id or os.environ.get("MOTO_ACCOUNT_ID") or DEFAULT_ACCOUNT_ID

    def _mock(self) -> Control:
        if self._control is None:
            raise RuntimeError(
                "calls, faults, clock and limits belong to a mock_cognitosync: take the handle that it gives, not "
                "CognitoSync()"
            )
        return self._control

    def _backend(self) -> CognitoSyncBackend:
        # Looked up at each use: a reset of moto puts another one in its place.
        return cognitosync_backends[self.account_id][self.region_name]
