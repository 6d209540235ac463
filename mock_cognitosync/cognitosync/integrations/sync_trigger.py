"""
The sync trigger: a function that sees, and can change, what an UpdateRecords call is about to write.

The function is a Python callable that a test sets, or one in moto's Lambda of the same account and region, run as moto
is configured (in Docker or simple). It runs without the lock and may call Cognito Sync itself. Source: trigger-1.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from contextvars import ContextVar
from fnmatch import fnmatchcase
from typing import Any

from .. import settings
from ..domain.dataset import Dataset
from ..domain.keys import AccountRegion
from ..domain.pool_configuration import SYNC_TRIGGER, PoolConfiguration, TriggerFunction
from ..domain.record import RecordPatch
from ..exceptions import LambdaSocketTimeout, TriggerFailed, TriggerThrottled

LIMIT_SECONDS = 5
_LONGEST_KEY = 1024
_LONGEST_VALUE = 1024 * 1024 - 1

Event = dict[str, Any]
# Key to the value that a function gives the record: None removes it, AS_REQUESTED leaves it to the caller's patch.
Values = dict[str, Any]
AS_REQUESTED = object()

_is_running: ContextVar[bool] = ContextVar("mock_cognitosync_trigger_is_running", default=False)


def is_running() -> bool:
    """Return whether this thread or task is inside a sync trigger. Source: trigger-8."""
    return _is_running.get()


def function_of(
    configuration: PoolConfiguration, identity_pool_id: str, account_region: AccountRegion
) -> TriggerFunction | None:
    """Return the callable that a test set, else the function that SetCognitoEvents named, else None."""
    if configuration.trigger is not None:
        return configuration.trigger
    arn = configuration.events.get(SYNC_TRIGGER)
    if arn is None:
        return None
    return _LambdaFunction(arn, account_region.pool_arn(identity_pool_id), account_region)


def event_of(region_name: str, dataset: Dataset, patches: Sequence[RecordPatch]) -> Event:
    """
    Return the documented event: all live records of the dataset, and the records that *patches* write or remove.

    Source: trigger-2, trigger-10.
    """
    records: dict[str, dict[str, Any] | None] = {
        record.key: {"oldValue": record.value, "newValue": record.value, "op": "replace"}
        for record in dataset.records_after(0)
        if not record.is_removed
    }
    for patch in patches:
        old = dataset.find(patch.key)
        if old and old.is_removed and patch.value is not None:
            # A removed record that is written again. Source: trigger-10.
            records[patch.key] = None
        else:
            old_value = old.value if old else None
            op = "remove" if patch.value is None else "replace"
            records[patch.key] = {"oldValue": old_value, "newValue": patch.value, "op": op}
    return {
        "version": 2,
        "eventType": SYNC_TRIGGER,
        "region": region_name,
        "identityPoolId": dataset.key.identity_pool_id,
        "identityId": dataset.key.identity_id,
        "datasetName": dataset.key.dataset_name,
        "datasetRecords": records,
    }


def run(function: TriggerFunction, event: Event, account_region: AccountRegion) -> Values:
    """
    Run the function on *event*.

    Returns:
        Key to value of all records in its answer.

    Raises:
        TriggerFailed: it raised, or its answer is not an event with only its records changed.
        TriggerThrottled: its reserved concurrency is 0.
        LambdaSocketTimeout: it took more than 5 seconds on the mock's clock.
        AssertionError: a Python callable raised it. It belongs to the test and is no failure of the function.

    Source: trigger-3, trigger-4, trigger-5, trigger-6.
    """
    started_ms = settings.now_ms()
    answer, failure = None, None
    token = _is_running.set(True)
    try:
        answer = function(copy.deepcopy(event))
    except Exception as error:
        failure = error
    finally:
        _is_running.reset(token)
    for interceptor in settings.interceptors():
        interceptor.triggered(account_region, event, answer, failure)
    if isinstance(failure, (AssertionError, TriggerThrottled)):
        raise failure
    if settings.now_ms() - started_ms > LIMIT_SECONDS * 1000:
        raise LambdaSocketTimeout
    if failure is not None:
        raise TriggerFailed from failure
    try:
        return _values(answer, event)
    except (TypeError, ValueError, KeyError, AttributeError, RecursionError) as error:
        raise TriggerFailed from error


def changes(dataset: Dataset, patches: Sequence[RecordPatch], event: Event, answered: Values) -> list[RecordPatch]:
    """
    Return the patches to write: those of the caller as the function left them, then the function's own, sorted by key.

    A record that it left out, or returned unchanged, is not written. Source: trigger-3, update-1.
    """
    result = []
    for patch in patches:
        if patch.key in answered:
            value = patch.value if answered[patch.key] is AS_REQUESTED else answered[patch.key]
            device_ms = patch.device_last_modified_ms if value == patch.value else None
            result.append(RecordPatch(patch.key, value, patch.sync_count, device_ms))
    patched = {patch.key for patch in patches}
    for key in sorted(answered.keys() - patched):
        old = event["datasetRecords"].get(key, {})
        if answered[key] not in (AS_REQUESTED, old.get("newValue")):
            result.append(RecordPatch(key, answered[key], 0))
    return [patch for patch in result if patch.value is not None or dataset.find(patch.key)]


def _values(answer: Any, event: Event) -> Values:
    # The answer of a function travels as JSON.
    answer = json.loads(json.dumps(answer, allow_nan=False))
    for name, value in event.items():
        if name != "datasetRecords" and answer[name] != value:
            raise ValueError(f"{name} is read-only")
    return {key: _value(key, entry) for key, entry in answer["datasetRecords"].items()}


def _value(key: str, entry: dict[str, Any] | None) -> Any:
    if not 1 <= len(key) <= _LONGEST_KEY:
        raise ValueError(f"a key has 1 to {_LONGEST_KEY} characters")
    if entry is None:
        # Source: trigger-9.
        return AS_REQUESTED
    op, value = entry.get("op", "replace"), entry.get("newValue")
    if op not in ("replace", "remove"):
        raise ValueError(f"op of {key!r} must be 'replace' or 'remove', not {op!r}")
    if value is None or op == "remove":
        return None
    if not isinstance(value, str) or len(value) > _LONGEST_VALUE:
        raise ValueError(f"newValue of {key!r} must be a string of at most {_LONGEST_VALUE} characters")
    return value


class _LambdaFunction:
    """A function in moto's Lambda. Source: trigger-6, trigger-7."""

    def __init__(self, arn: str, pool_arn: str, account_region: AccountRegion) -> None:
        self._arn = arn
        self._pool_arn = pool_arn
        self._account_region = account_region

    def __call__(self, event: Event) -> Any:
        from moto.awslambda.utils import get_backend

        account_id, region_name = self._account_region.account_id, self._account_region.region_name
        if self._arn.split(":")[3:5] != [region_name, account_id]:
            raise LookupError(f"{self._arn} is not of this account and region")
        functions = get_backend(account_id, region_name)
        function = functions.get_function(self._arn)
        if not any(self._permits(statement) for statement in function.policy.statements):
            raise PermissionError(f"cognito-sync.amazonaws.com may not invoke {self._arn}")
        if function.reserved_concurrency is not None and int(function.reserved_concurrency) == 0:
            raise TriggerThrottled
        headers: dict[str, str] = {}
        answer = functions.invoke(self._arn, None, json.dumps(event), {}, headers)
        if "x-amz-function-error" in headers:
            raise RuntimeError(answer)
        return json.loads(answer or b"")

    def _permits(self, statement: dict[str, Any]) -> bool:
        principal = statement.get("Principal")
        conditions = statement.get("Condition", {})
        source_arn = conditions.get("ArnLike", {}).get("AWS:SourceArn", self._pool_arn)
        source_account = conditions.get("StringEquals", {}).get("AWS:SourceAccount", self._account_region.account_id)
        return (
            statement.get("Effect") == "Allow"
            and statement.get("Action") in ("lambda:InvokeFunction", "lambda:*")
            and principal in ({"Service": "cognito-sync.amazonaws.com"}, "cognito-sync.amazonaws.com")
            and fnmatchcase(self._pool_arn, source_arn)
            and source_account == self._account_region.account_id
        )
