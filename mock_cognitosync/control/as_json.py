"""Conversion to JSON and back for the plain data between a handle and its mock: plans, states and history entries."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from ..cognitosync.domain.keys import AccountRegion, DatasetKey
from ..cognitosync.interceptor import Call
from .call_filter import CallFilter, Schedule
from .dataset_state import DatasetState
from .faults import FaultPlan
from .history import (
    ClockMove,
    DeviceCall,
    Entry,
    Event,
    FinishedCall,
    InjectedFault,
    PushedText,
    Refusal,
    RunHook,
    RunTrigger,
    StreamedText,
)
from .hooks import DeviceAction, HookPlan
from .rules import mark_of
from .snapshot import dates

# A JSON object.
Tree = dict[str, Any]

# The major version. It changes if clients of the previous version could fail.
API_VERSION = 1
API_PREFIX = "/moto-api/cognito-sync"
_SCHEDULE = ("calls", "attempts", "every", "after", "probability", "seed")
_FILTER = ("operation", "identity_pool_id", "identity_id", "dataset")


def from_state(state: DatasetState) -> Tree:
    """A dataset's state."""
    return {
        "exists": state.exists,
        "sync_count": state.sync_count,
        "num_records": state.num_records,
        "size_bytes": state.size_bytes,
        "sync_counts": dict(state.sync_counts),
        "tombstones": dict(state.tombstones),
        "creation_date": _date(state.creation_date),
        "last_modified_date": _date(state.last_modified_date),
        "last_modified_by": state.last_modified_by,
    }


def to_state(tree: Tree) -> DatasetState:
    """The inverse of :func:`from_state`; other members are ignored."""
    fields = {name: tree[name] for name in DatasetState.__slots__}
    for name in ("creation_date", "last_modified_date"):
        fields[name] = fields[name] and datetime.fromisoformat(fields[name].replace("Z", "+00:00"))
    return DatasetState(**fields)


def from_fault(plan: FaultPlan) -> Tree:
    """A fault's plan."""
    return {
        "kind": plan.kind,
        **_from_filter(plan.call_filter),
        **{name: getattr(plan.schedule, name) for name in _SCHEDULE},
        "after_write": plan.after_write,
        "optional": plan.optional,
        "error": plan.error,
        "message": plan.message,
        "seconds": plan.seconds,
        "real": plan.real,
        "text": str(plan),
    }


def to_fault(tree: Tree) -> FaultPlan:
    """The inverse of :func:`from_fault`."""
    return FaultPlan(
        kind=tree["kind"],
        call_filter=_to_filter(tree),
        schedule=Schedule(**{name: tree[name] for name in _SCHEDULE}),
        after_write=tree["after_write"],
        optional=tree["optional"],
        error=tree["error"],
        message=tree["message"],
        seconds=tree["seconds"],
        real=tree["real"],
    )


def from_hook(plan: HookPlan) -> Tree:
    """A hook's plan; its action is null if it is a Python function."""
    return {
        **_from_filter(plan.call_filter),
        "function_name": plan.function_name,
        "calls": plan.calls,
        "optional": plan.optional,
        "action": plan.action and from_action(plan.action),
        "text": str(plan),
    }


def to_hook(tree: Tree) -> HookPlan:
    """The inverse of :func:`from_hook`."""
    call_filter = _to_filter(tree)
    action = tree["action"] and _to_action(tree["action"], call_filter.account_region)
    return HookPlan(call_filter, tree["function_name"], tree["calls"], tree["optional"], action)


def from_action(action: DeviceAction) -> Tree:
    """The action of another device, in the account and region of its hook."""
    return {
        "method": action.method,
        **_from_key(action.key),
        "records": dict(action.records),
        "keys": list(action.record_keys),
    }


def _to_action(tree: Tree, account_region: AccountRegion) -> DeviceAction:
    return DeviceAction(tree["method"], account_region, _to_key(tree), tree["records"], tuple(tree["keys"]))


def from_call(event: FinishedCall) -> Tree:
    """A call that has ended."""
    return {
        **_from_call(event.call),
        **_from_refusal(event.refusal),
        "faults": [from_fault(plan) for plan in event.faults],
        "caution": event.caution,
    }


def from_entry(entry: Entry, cursor: int) -> Tree:
    """An entry of the history; *cursor* is the cursor after it."""
    there, event = entry.account_region, entry.event
    return {
        "cursor": cursor,
        "moment": dates.to_text(entry.moment_ms),
        "account_id": there and there.account_id,
        "region_name": there and there.region_name,
        **_from_event(event),
    }


def to_entry(tree: Tree) -> Entry:
    """The inverse of :func:`from_entry`."""
    here = AccountRegion(tree["account_id"], tree["region_name"])
    event = _to_event(tree, here)
    return Entry(dates.from_text(tree["moment"]), None if isinstance(event, ClockMove) else here, event)


def _from_event(event: Event) -> Tree:
    if isinstance(event, FinishedCall):
        return {"type": "call", **from_call(event)}
    if isinstance(event, InjectedFault):
        return {"type": "fault", **_from_call(event.call), "fault": from_fault(event.plan)}
    if isinstance(event, RunHook):
        return {"type": "hook", **_from_call(event.call), "hook": from_hook(event.plan)}
    if isinstance(event, DeviceCall):
        values = {"records": dict(event.values), "sync_count": event.sync_count}
        return {"type": "device", **_from_call(event.call), **values, **_from_refusal(event.refusal)}
    if isinstance(event, RunTrigger):
        # A trigger in Python may return anything.
        answer = json.loads(json.dumps(event.answer, default=repr))
        return {"type": "trigger", "event": event.event, "answer": answer, "error": event.error}
    if isinstance(event, ClockMove):
        return {"type": "clock", "change": event.change, "seconds": event.seconds}
    if isinstance(event, StreamedText):
        streamed = {"stream_name": event.stream_name, "partition_key": event.partition_key}
        return {"type": "stream_record", **streamed, "data": json.loads(event.text)}
    data = json.loads(json.loads(event.text)[event.platform])["data"]
    return {"type": "push", "device_id": event.device_id, "platform": event.platform, "data": data}


def _to_event(tree: Tree, here: AccountRegion) -> Event:
    kind = tree["type"]
    if kind == "call":
        faults = tuple(map(to_fault, tree["faults"]))
        return FinishedCall(_to_call(tree, here), _to_refusal(tree), faults, tree["caution"])
    if kind == "fault":
        return InjectedFault(_to_call(tree, here), to_fault(tree["fault"]))
    if kind == "hook":
        return RunHook(_to_call(tree, here), to_hook(tree["hook"]))
    if kind == "device":
        return DeviceCall(_to_call(tree, here), tree["records"], tree["sync_count"], _to_refusal(tree))
    if kind == "trigger":
        return RunTrigger(tree["event"], tree["answer"], tree["error"])
    if kind == "clock":
        return ClockMove(tree["change"], tree["seconds"])
    if kind == "stream_record":
        return StreamedText(tree["stream_name"], tree["partition_key"], json.dumps(tree["data"]))
    platform, message = tree["platform"], json.dumps({"data": tree["data"]})
    return PushedText(tree["device_id"], platform, json.dumps({platform: message}))


def _from_call(call: Call) -> Tree:
    return {
        "operation": call.operation,
        "parameters": call.parameters,
        "caller": call.caller,
        "access_key": call.access_key,
        "invocation_id": call.invocation_id,
        "attempt": call.attempt,
        "sync_count": call.sync_count,
    }


def _to_call(tree: Tree, here: AccountRegion) -> Call:
    return Call(
        operation=tree["operation"],
        account_region=here,
        access_key=tree["access_key"],
        invocation_id=tree["invocation_id"],
        attempt=tree["attempt"],
        parameters=tree["parameters"],
        caller=tree["caller"],
        sync_count=tree["sync_count"],
    )


def _from_refusal(refusal: Refusal | None) -> Tree:
    error, message, hint, rule = refusal or (None, None, None, None)
    mark = mark_of(rule) if rule else None
    return {"error": error, "message": message, "hint": hint, "rule": rule, "mark": mark}


def _to_refusal(tree: Tree) -> Refusal | None:
    if tree["error"] is None:
        return None
    return Refusal(tree["error"], tree["message"], tree["hint"], tree["rule"])


def _from_filter(call_filter: CallFilter) -> Tree:
    here = call_filter.account_region
    return {
        "account_id": here.account_id,
        "region_name": here.region_name,
        **{name: getattr(call_filter, name) for name in _FILTER},
    }


def _to_filter(tree: Tree) -> CallFilter:
    here = AccountRegion(tree["account_id"], tree["region_name"])
    return CallFilter(account_region=here, **{name: tree[name] for name in _FILTER})


def _from_key(key: DatasetKey) -> Tree:
    return {
        "identity_pool_id": key.identity_pool_id,
        "identity_id": key.identity_id,
        "dataset": key.dataset_name,
    }


def _to_key(tree: Tree) -> DatasetKey:
    return DatasetKey(tree["identity_pool_id"], tree["identity_id"], tree["dataset"])


def _date(date: datetime | None) -> str | None:
    return None if date is None else date.isoformat(timespec="milliseconds").replace("+00:00", "Z")
