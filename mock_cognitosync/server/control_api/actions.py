"""
The requests of the control API as functions that return the body of the answer.

They translate a request into calls of the handle, so that its checks and messages apply. Results that only the API
offers, such as lists, come from the controller. :mod:`.routes` describes each function.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial
from typing import Any

from ... import __version__
from ...control import as_json
from ...control.as_json import API_VERSION, Tree
from ...control.faults import FaultPlan
from ...control.hooks import HookPlan
from ...control.snapshot import dates
from ...control.user import User
from .asked import Asked, NotFound

# The options of a fault that only one kind has.
_OWN_OPTIONS = {"fail": {"error", "message"}, "delay": {"seconds", "real"}}


def health(asked: Asked) -> Tree:
    """The versions, and the account and region of requests that name none."""
    return {
        "version": __version__,
        "api_version": API_VERSION,
        "cursor": asked.controller.history.entries_since()[1],
        "options": asked.controller.options,
        **asdict(asked.here),
    }


# Ids and users.


def pools(asked: Asked) -> Tree:
    return {"pools": [_pool(asked, pool_id) for pool_id in asked.controller.pools(asked.here)]}


def new_pool(asked: Asked) -> Tree:
    return _pool(asked, asked.sync.new_pool())


def pool(asked: Asked) -> Tree:
    return _pool(asked, *asked.ids)


def _pool(asked: Asked, identity_pool_id: str) -> Tree:
    exists = asked.controller.pool_exists(asked.here, identity_pool_id)
    return {"identity_pool_id": identity_pool_id, "exists": exists}


def users(asked: Asked) -> Tree:
    return {"users": [_user(user) for user in asked.sync.users()]}


def new_user(asked: Asked) -> Tree:
    return _user(asked.sync.new_user(asked.body.get("identity_pool_id")))


def new_identity(asked: Asked) -> Tree:
    return _user(asked.sync.new_user(asked.path["identity_pool_id"]))


def _user(user: User) -> Tree:
    return {"identity_pool_id": user.identity_pool_id, "identity_id": user.identity_id}


def new_credentials(asked: Asked) -> Tree:
    return asked.sync.credentials_for(*asked.ids)


# Data.


def datasets(asked: Asked) -> Tree:
    found = asked.sync.datasets(*asked.ids)
    return {"datasets": [{"name": name, **as_json.from_state(state)} for name, state in found.items()]}


def dataset(asked: Asked) -> Tree:
    state = as_json.from_state(asked.sync.dataset(*asked.ids))
    return {"name": asked.path["dataset"], "records": asked.sync.records(*asked.ids), **state}


def put(asked: Asked) -> Tree:
    pool_id, identity_id, name = asked.ids
    return {"sync_count": asked.sync.device(pool_id, identity_id).put(name, asked.body["records"])}


def remove(asked: Asked) -> Tree:
    pool_id, identity_id, name = asked.ids
    return {"sync_count": asked.sync.device(pool_id, identity_id).remove(name, *asked.body["keys"])}


def delete_dataset(asked: Asked) -> None:
    pool_id, identity_id, name = asked.ids
    asked.sync.device(pool_id, identity_id).delete_dataset(name)


def merge(asked: Asked) -> None:
    asked.sync.merge_identities(asked.body["identity_pool_id"], asked.body["old"], into=asked.body["into"])


def snapshot(asked: Asked) -> Any:
    return json.loads(asked.controller.save(asked.here))


def load(asked: Asked) -> None:
    asked.controller.load(asked.here, asked.body)


def reset(asked: Asked) -> None:
    asked.sync.reset(asked.body.get("identity_pool_id"))


# Faults and hooks.


def add_fault(asked: Asked) -> Tree:
    options = {name: value for name, value in asked.body.items() if value is not None}
    kind, operation = options.pop("kind"), options.pop("operation")
    for owner, names in _OWN_OPTIONS.items():
        for name in names & options.keys() if owner != kind else ():
            # A client may send the defaults of all kinds.
            if options.pop(name):
                raise ValueError(f"{kind} has no {name!r}, which only {owner} has")
    needed = {"fail": "error", "delay": "seconds"}.get(kind)
    if needed is not None and needed not in options:
        raise ValueError(f"{kind} needs {needed!r}")
    arguments = [operation, *([options.pop(needed)] if needed else [])]
    fault = getattr(asked.sync, kind)(*arguments, **options)
    return _fault(asked, fault.number)


def add_hook(asked: Asked) -> Tree:
    options = {name: value for name, value in asked.body.items() if value is not None}
    action, operation = options.pop("action"), options.pop("operation")
    device = asked.sync.device(action["identity_pool_id"], action["identity_id"])
    function = getattr(device, action["method"])
    arguments: list[Any] = [action["dataset"]]
    if action["method"] == "put":
        arguments.append(action.get("records", {}))
    elif action["method"] == "remove":
        arguments.extend(action.get("keys", []))
    hook = asked.sync.before_next(operation, partial(function, *arguments), **options)
    return _hook(asked, hook.number)


def fault(asked: Asked) -> Tree:
    return _fault(asked, int(asked.path["number"]))


def faults(asked: Asked) -> Tree:
    return {"faults": [_fault(asked, number) for number in _numbers(asked, FaultPlan)]}


def remove_fault(asked: Asked) -> None:
    asked.controller.remove_intervention(fault(asked)["number"])


def remove_faults(asked: Asked) -> None:
    for number in _numbers(asked, FaultPlan):
        asked.controller.remove_intervention(number)


def hook(asked: Asked) -> Tree:
    return _hook(asked, int(asked.path["number"]))


def hooks(asked: Asked) -> Tree:
    return {"hooks": [_hook(asked, number) for number in _numbers(asked, HookPlan)]}


def remove_hook(asked: Asked) -> None:
    asked.controller.remove_intervention(hook(asked)["number"])


def remove_hooks(asked: Asked) -> None:
    for number in _numbers(asked, HookPlan):
        asked.controller.remove_intervention(number)


def _fault(asked: Asked, number: int) -> Tree:
    interventions = asked.controller.interventions
    plan = interventions.plan_of(number)
    if not isinstance(plan, FaultPlan):
        raise NotFound(f"no fault has the number {number}")
    return {
        "number": number,
        "times_injected": interventions.times_applied(number),
        "unused": interventions.unused_sentence(number),
        **as_json.from_fault(plan),
    }


def _hook(asked: Asked, number: int) -> Tree:
    interventions = asked.controller.interventions
    plan = interventions.plan_of(number)
    if not isinstance(plan, HookPlan):
        raise NotFound(f"no hook has the number {number}")
    return {
        "number": number,
        "times_run": interventions.times_applied(number),
        "unused": interventions.unused_sentence(number),
        **as_json.from_hook(plan),
    }


def _numbers(asked: Asked, kind: type[FaultPlan] | type[HookPlan]) -> list[int]:
    pool_id = asked.query.get("identity_pool_id")
    return [
        number
        for number, plan in asked.controller.interventions.active().items()
        if isinstance(plan, kind)
        and plan.call_filter.account_region == asked.here
        and pool_id in (None, plan.call_filter.identity_pool_id)
    ]


# Clock, tokens and limits.


def clock(asked: Asked) -> Tree:
    clock = asked.controller.clock
    return {"now": dates.to_text(clock.now_ms()), "is_frozen": clock.is_frozen}


def advance(asked: Asked) -> Tree:
    asked.sync.advance(asked.body["seconds"])
    return clock(asked)


def freeze(asked: Asked) -> Tree:
    asked.sync.freeze()
    return clock(asked)


def unfreeze(asked: Asked) -> Tree:
    asked.sync.unfreeze()
    return clock(asked)


def expire_tokens(asked: Asked) -> None:
    asked.sync.expire_tokens()


def limits(asked: Asked) -> Tree:
    return asdict(asked.controller.limits(asked.here))


def set_limits(asked: Asked) -> Tree:
    asked.sync.set_limits(**asked.body)
    return limits(asked)
