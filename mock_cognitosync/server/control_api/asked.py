"""A request of the control API whose form has been checked, and the refusals that only the API has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...cognitosync.domain.keys import AccountRegion
from ...control.controller import Controller
from ...control.handle import CognitoSync


class NotFound(LookupError):
    """A request names something that does not exist."""


class TooManyWaiting(RuntimeError):
    """A request would have to wait, but the maximum number of requests is already waiting."""


@dataclass(slots=True, frozen=True)
class Asked:
    """
    A request whose form has been checked.

    Attributes:
        controller: the controller of the active mock.
        sync: a handle for the account and region of the request.
        here: that account and region.
        path: the parameters in the path.
        query: the parameters in the query, by default those of the route.
        body: the parsed body; for a snapshot its bytes, because the parser of snapshots gives better messages.
    """

    controller: Controller
    sync: CognitoSync
    here: AccountRegion
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Any

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids and names in the path, in their order."""
        return tuple(self.path.values())
