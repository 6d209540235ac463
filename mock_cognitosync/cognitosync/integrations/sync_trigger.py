"""
The sync trigger: a function that sees, and may change, what an UpdateRecords is about to write.

The function is a Python callable that a test sets, or one in moto's Lambda of the same account and region, run as that
is configured (in Docker or simple). It runs without any lock of ours and may call Cognito Sync itself.
Source: trigger-1.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

from .. import settings
from ..domain.caller import AccountRegion
from ..domain.dataset import Dataset
from ..domain.pool_configuration import SYNC_TRIGGER, PoolConfiguration, TriggerFunction
from ..domain.record import RecordPatch
from ..exceptions import LambdaSocketTimeout, TriggerFailed, TriggerThrottled

LIMIT_SECONDS = 5
_LONGEST_KEY = 1024
_LONGEST_VALUE = 1024 * 1024 - 1

Event = dict[str, Any]


def function_of(
    configuration: PoolConfiguration, identity_pool_id: str, account_region: AccountRegion
) -> TriggerFunction | None:
    """The pool's trigger: the callable that a test set, else the function that SetCognitoEvents named, else None."""
    if configuration.trigger is not None:
        return configuration.trigger
    arn = configuration.events.get(SYNC_TRIGGER)
    return None if arn is None else _LambdaFunction(arn, account_region.pool_arn(identity_pool_id), account_region)


def event_of(region_name: str, dataset: Dataset, patches: Sequence[RecordPatch]) -> Event:
    """
    The documented event: all live records of the dataset, and those that *patches* write or remove.

    Source: trigger-2.
    """
    records: dict[str, dict[str, Any]] = {
        record.key: {"oldValue": record.value, "newValue": record.value, "op": "replace"}
        for record in dataset.records_after(0)
        if not record.is_removed
    }
    for patch in patches:
        entry = records.setdefault(patch.key, {})
        entry.update(newValue=patch.value, op="remove" if patch.value is None else "replace")
    return {
        "version": 2,
        "eventType": SYNC_TRIGGER,
        "region": region_name,
        "identityPoolId": dataset.identity_pool_id,
        "identityId": dataset.identity_id,
        "datasetName": dataset.name,
        "datasetRecords": records,
    }


def run(function: TriggerFunction, event: Event) -> dict[str, str | None]:
    """
    Run the function on *event*.

    Returns:
        Key to value of all records that it answered with; None for those that are to be removed.

    Raises:
        TriggerFailed: it raised, or its answer is not an event with only its records changed.
        TriggerThrottled: its reserved concurrency is 0.
        LambdaSocketTimeout: it took more than 5 seconds on the mock's clock.

    Source: trigger-3, trigger-4, trigger-5, trigger-6.
    """
    started_ms = settings.now_ms()
    failure: Exception | None = None
    try:
        answer = function(copy.deepcopy(event))
    except TriggerThrottled:
        raise
    except Exception as error:
        failure = error
    if settings.now_ms() - started_ms > LIMIT_SECONDS * 1000:
        raise LambdaSocketTimeout
    if failure is not None:
        raise TriggerFailed from failure
    try:
        # What a function returns leaves it as JSON.
        answer = json.loads(json.dumps(answer, allow_nan=False))
        _check(answer, event)
        return {key: _value(key, entry, event) for key, entry in answer["datasetRecords"].items()}
    except (TypeError, ValueError, KeyError, AttributeError, RecursionError) as error:
        raise TriggerFailed from error


def changes(
    dataset: Dataset, patches: Sequence[RecordPatch], event: Event, answered: dict[str, str | None]
) -> list[RecordPatch]:
    """
    What is to be written: the patches as the function left them, then by key what it changed or added itself.

    A record that it left out, or handed back as it got it, is not changed. Source: trigger-3, update-1.
    """
    result = []
    for patch in patches:
        if patch.key in answered:
            value = answered[patch.key]
            device_ms = patch.device_last_modified_ms if value == patch.value else None
            result.append(RecordPatch(patch.key, value, patch.sync_count, device_ms))
    patched = {patch.key for patch in patches}
    for key in sorted(answered.keys() - patched):
        if answered[key] != event["datasetRecords"].get(key, {}).get("newValue"):
            result.append(RecordPatch(key, answered[key], 0))
    return [patch for patch in result if patch.value is not None or dataset.find(patch.key)]


def _check(answer: Event, event: Event) -> None:
    for name, value in event.items():
        if name != "datasetRecords" and answer[name] != value:
            raise ValueError(f"{name} is read-only")


def _value(key: str, entry: dict[str, Any], event: Event) -> str | None:
    old = event["datasetRecords"].get(key, {})
    if "oldValue" in entry and entry["oldValue"] != old.get("oldValue"):
        raise ValueError("oldValue is read-only")
    if not 1 <= len(key) <= _LONGEST_KEY or entry.get("op", "replace") not in ("replace", "remove"):
        raise ValueError("a key or op that the service does not take")
    value = entry.get("newValue")
    if value is None or entry.get("op") == "remove":
        return None
    if not isinstance(value, str) or len(value) > _LONGEST_VALUE:
        raise ValueError("a value that the service does not take")
    return value


class _LambdaFunction:
    """A function in moto's Lambda. Source: trigger-6, trigger-7."""

    def __init__(self, arn: str, pool_arn: str, account_region: AccountRegion) -> None:
        self._arn = arn
        self._pool_arn = pool_arn
        self._account_region = account_region

    def __call__(self, event: Event) -> Any:
        from moto.awslambda.utils import get_backend

        if self._arn.split(":")[3:5] != [self._account_region.region_name, self._account_region.account_id]:
            raise LookupError(f"{self._arn} is not of this account and region")
        functions = get_backend(self._account_region.account_id, self._account_region.region_name)
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
