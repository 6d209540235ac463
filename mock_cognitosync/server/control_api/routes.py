"""
The control API as a table of routes.

It dispatches requests, and the OpenAPI description is generated from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import partial
from typing import Any

from ...control.json_schema import Schema
from . import actions, observations
from .asked import Asked
from .schemas import (
    AFTER,
    COMPONENTS,
    COUNT,
    OBJECT,
    SCOPE,
    SECONDS,
    TEXT,
    TEXTS,
    WAIT,
    described,
    list_of,
    members,
    ref,
)

_IDENTITY = "/pools/{identity_pool_id}/identities/{identity_id}"
_DATASET = f"{_IDENTITY}/datasets/{{dataset}}"
_NEW_USER = "Create a user, by default in a pool that the first such request creates"
_CREDENTIALS = "Credentials of an identity, for clients"
_PUT = "Another device writes records"
_REMOVE = "Another device removes records"
_ADD_HOOK = "Let another device act before the next call of an operation"
_STREAMED = "The changes that were put on Kinesis streams, oldest first"
_PUSHED = "The silent pushes that were sent to registered devices, oldest first"


@dataclass(slots=True, frozen=True)
class Route:
    """
    One request of the API.

    Attributes:
        function: returns the body of the answer; None for an answer without one.
        body: the schema of the request's body; None if it has none.
        answer: the schema of the answer's body; None if it has none.
        status: the status of the answer; by default 200, or 204 if it has no body.
        query: the parameters in the query, in addition to those of all routes.
        refusals: the statuses of errors, in addition to those of all routes.
        reads_bytes: whether the function parses the body, which need not have the schema.
    """

    method: str
    path: str
    function: Callable[[Asked], Any]
    summary: str
    answer: Schema | None = None
    _: KW_ONLY
    body: Schema | None = None
    status: int = 0
    query: Mapping[str, Schema] = field(default_factory=dict)
    refusals: tuple[int, ...] = ()
    reads_bytes: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "status", self.status or (204 if self.answer is None else 200))

    @property
    def path_parameters(self) -> list[str]:
        """The names of the parameters in the path."""
        return re.findall(r"{(\w+)}", self.path)


_LIMITS: Schema = COMPONENTS["Limits"]["properties"]
_CURSOR = {
    "cursor": described(COUNT, "The cursor for the next request."),
    "missed": described(COUNT, "The number of entries after the given cursor that are no longer kept."),
}
_POOL = {"identity_pool_id": TEXT}
_KEYS = members({"keys": list_of(TEXT)})
_MERGE = members({"identity_pool_id": TEXT, "old": TEXT, "into": TEXT})
_OF_POOL = {"identity_pool_id": SCOPE["identity_pool_id"]}
_OPERATION = {"operation": described(TEXT, "Only calls of this operation.")}
_AT_LEAST = {"at_least": described(COUNT, "With wait: until this many calls have arrived.")}
# The refusals of another device, in addition to that of a wrong parameter.
_DEVICE = (404, 429)
_WAITING = (429,)


def _all(name: str, component: str, others: Mapping[str, Schema] | None = None) -> Schema:
    return members({name: list_of(ref(component)), **(others or {})})


_PUSHES = _all("push_notifications", "PushNotification")
get, post, put, patch, delete = (partial(Route, method) for method in ("GET", "POST", "PUT", "PATCH", "DELETE"))

ROUTES = (
    get("/health", actions.health, "Versions, and the account and region of requests that name none", ref("Health")),
    # Ids and users.
    get("/pools", actions.pools, "All identity pools that were created or have data", _all("pools", "Pool")),
    post("/pools", actions.new_pool, "Create an identity pool", ref("Pool"), status=201),
    get("/pools/{identity_pool_id}", actions.pool, "Whether an identity pool exists", ref("Pool")),
    post("/pools/{identity_pool_id}/identities", actions.new_identity, "Create an identity", ref("User"), status=201),
    get("/users", actions.users, "All users that were created here or have datasets", _all("users", "User")),
    post("/users", actions.new_user, _NEW_USER, ref("User"), body=members({}, _POOL), status=201),
    post(f"{_IDENTITY}/credentials", actions.new_credentials, _CREDENTIALS, ref("Credentials"), status=201),
    # Data.
    get(f"{_IDENTITY}/datasets", actions.datasets, "The datasets of an identity", _all("datasets", "NamedState")),
    get(_DATASET, actions.dataset, "A dataset, which need not exist, with its records", ref("Dataset")),
    delete(_DATASET, actions.delete_dataset, "Another device deletes the dataset", refusals=_DEVICE),
    post(f"{_DATASET}/put", actions.put, _PUT, ref("SyncCount"), body=members({"records": TEXTS}), refusals=_DEVICE),
    post(f"{_DATASET}/remove", actions.remove, _REMOVE, ref("SyncCount"), body=_KEYS, refusals=_DEVICE),
    post("/merge-identities", actions.merge, "Link two identities, as if a guest signed in", body=_MERGE),
    get("/snapshot", actions.snapshot, "The state as a snapshot, see docs/snapshots.md", OBJECT),
    put("/snapshot", actions.load, "Replace the state, all of it or nothing", body=OBJECT, reads_bytes=True),
    post("/reset", actions.reset, "Forget all data and tokens, or the data of one pool", body=members({}, _POOL)),
    # Faults and hooks.
    get("/faults", actions.faults, "The faults that have not been removed", _all("faults", "Fault"), query=_OF_POOL),
    post("/faults", actions.add_fault, "Inject a fault", ref("Fault"), body=ref("FaultRequest"), status=201),
    delete("/faults", actions.remove_faults, "Remove all faults, or those for one pool", query=_OF_POOL),
    get("/faults/{number}", actions.fault, "A fault, also if it has been removed", ref("Fault"), refusals=(404,)),
    delete("/faults/{number}", actions.remove_fault, "Remove a fault. Idempotent", refusals=(404,)),
    get("/hooks", actions.hooks, "The hooks that have not been removed", _all("hooks", "Hook"), query=_OF_POOL),
    post("/hooks", actions.add_hook, _ADD_HOOK, ref("Hook"), body=ref("HookRequest"), status=201),
    delete("/hooks", actions.remove_hooks, "Remove all hooks, or those for one pool", query=_OF_POOL),
    get("/hooks/{number}", actions.hook, "A hook, also if it has been removed", ref("Hook"), refusals=(404,)),
    delete("/hooks/{number}", actions.remove_hook, "Remove a hook. Idempotent", refusals=(404,)),
    # What happened.
    get(
        "/history",
        observations.history,
        "Everything that happened, oldest first, in all accounts and regions unless one is named",
        _all("entries", "Entry", _CURSOR),
        query={**AFTER, **WAIT, **SCOPE},
        refusals=_WAITING,
    ),
    get(
        "/calls",
        observations.calls,
        "The attempts that reached the service, and the number of calls",
        _all("calls", "Call", {"count": described(COUNT, "Retries do not count."), **_CURSOR}),
        query={**_OPERATION, **_AT_LEAST, **AFTER, **WAIT, **SCOPE},
        refusals=_WAITING,
    ),
    get("/stream-records", observations.stream_records, _STREAMED, _all("stream_records", "StreamRecord")),
    get("/push-notifications", observations.push_notifications, _PUSHED, _PUSHES),
    get("/report", observations.report, "The text that a failing test should print", members({"report": TEXT})),
    # Clock, tokens and limits.
    get("/clock", actions.clock, "The clock of the server", ref("Clock")),
    post("/clock/advance", actions.advance, "Advance the clock", ref("Clock"), body=members({"seconds": SECONDS})),
    post("/clock/freeze", actions.freeze, "Stop the clock", ref("Clock")),
    post("/clock/unfreeze", actions.unfreeze, "Let the clock run again", ref("Clock")),
    post("/tokens/expire", actions.expire_tokens, "Let all sync session tokens expire"),
    get("/limits", actions.limits, "What an identity may keep", ref("Limits")),
    patch("/limits", actions.set_limits, "Change what an identity may keep", ref("Limits"), body=members({}, _LIMITS)),
)
