"""The requests of the control API that read the history, and may wait for new entries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from threading import BoundedSemaphore

from ...control import as_json
from ...control.arguments import ANY_OPERATION, require_operation
from ...control.as_json import Tree
from ...control.history import Entry, FinishedCall, recorded_call
from ...control.section import count_calls
from .asked import Asked, TooManyWaiting
from .schemas import ACCOUNT_REGION

# Each occupies a thread of the server, which has 32.
MOST_WAITING = 16
_waiting = BoundedSemaphore(MOST_WAITING)
# Parameters of the service to those of a query.
_SCOPE = {"IdentityPoolId": "identity_pool_id", "IdentityId": "identity_id", "DatasetName": "dataset"}


def _awaited(asked: Asked, read: Callable[[Asked], Tree], is_enough: Callable[[Tree], bool]) -> Tree:
    """
    The answer, if necessary after waiting as long as the request allows.

    Raises:
        TooManyWaiting: too many requests wait already.
    """
    seconds = asked.query.get("wait", 0)
    answer = read(asked)
    if not seconds or is_enough(answer):
        return answer
    if not _waiting.acquire(blocking=False):
        raise TooManyWaiting(f"{MOST_WAITING} requests wait already: try again later, or without wait")
    try:
        asked.controller.history.wait_until(lambda: is_enough(read(asked)), seconds)
    finally:
        _waiting.release()
    return read(asked)


def history(asked: Asked) -> Tree:
    return _awaited(asked, _entries, lambda answer: bool(answer["entries"]))


def _entries(asked: Asked) -> Tree:
    found, missed, cursor = _since(asked)
    if not asked.query.keys() & ACCOUNT_REGION.keys():
        entries = [tree for _, tree in found]
    else:
        entries = [tree for entry, tree in found if entry.account_region in (asked.here, None)]
    return {"entries": entries, "cursor": cursor, "missed": missed}


def calls(asked: Asked) -> Tree:
    at_least = asked.query.get("at_least", 0)
    return _awaited(asked, _recorded_calls, lambda answer: bool(answer["count"] >= at_least))


def _recorded_calls(asked: Asked) -> Tree:
    operation = require_operation(asked.query.get("operation", ANY_OPERATION))
    found, missed, cursor = _since(asked)
    calls, trees = [], []
    for entry, tree in found:
        if (
            isinstance(entry.event, FinishedCall)
            and entry.account_region == asked.here
            and operation in (entry.event.call.operation, ANY_OPERATION)
        ):
            calls.append(recorded_call(entry.event))
            trees.append({name: value for name, value in tree.items() if name != "type"})
    return {"calls": trees, "count": count_calls(calls), "cursor": cursor, "missed": missed}


def _since(asked: Asked) -> tuple[list[tuple[Entry, Tree]], int, int]:
    """The entries after the cursor of the request that are in its scope, how many are missed, and the next cursor."""
    after = asked.query.get("after", 0)
    entries, cursor = asked.controller.history.entries_since(after)
    first = cursor - len(entries)
    trees = [(entry, as_json.from_entry(entry, number)) for number, entry in enumerate(entries, first + 1)]
    return [(entry, tree) for entry, tree in trees if _is_in_scope(asked, tree)], first - after, cursor


def _is_in_scope(asked: Asked, tree: Tree) -> bool:
    details = next((tree[name] for name in ("parameters", "event", "data") if name in tree), None)
    wanted = {name: asked.query.get(member) for name, member in _SCOPE.items()}
    return details is None or all(
        value in (None, details.get(name), details.get(name[0].lower() + name[1:])) for name, value in wanted.items()
    )


def stream_records(asked: Asked) -> Tree:
    return {"stream_records": [asdict(record) for record in asked.sync.stream_records]}


def push_notifications(asked: Asked) -> Tree:
    return {"push_notifications": [asdict(push) for push in asked.sync.push_notifications]}


def report(asked: Asked) -> Tree:
    return {"report": asked.sync.report()}
