"""The JSON Schemas of the control API: the components of its description, and the parameters in paths and queries."""

from __future__ import annotations

from typing import get_args

from ...control.hooks import DeviceMethod
from ...control.json_schema import Schema

# More than any test needs, and a size that JSON numbers of every language can represent.
_LARGEST = 2**53 - 1
LONGEST_WAIT_SECONDS = 30

TEXT: Schema = {"type": "string"}
INTEGER: Schema = {"type": "integer", "maximum": _LARGEST}
COUNT: Schema = {**INTEGER, "minimum": 0}
POSITIVE: Schema = {**INTEGER, "minimum": 1}
BOOLEAN: Schema = {"type": "boolean"}
ANYTHING: Schema = {}
TEXTS: Schema = {"type": "object", "additionalProperties": TEXT}
COUNTS: Schema = {"type": "object", "additionalProperties": COUNT}
OBJECT: Schema = {"type": "object", "additionalProperties": ANYTHING}
DATE: Schema = {"type": "string", "examples": ["2024-06-01T12:00:00.000Z"]}
SECONDS: Schema = {"type": "number", "minimum": 0, "maximum": 10 * 366 * 24 * 60 * 60}


def ref(name: str) -> Schema:
    """A reference to the component *name*."""
    return {"$ref": f"#/components/schemas/{name}"}


def or_null(schema: Schema) -> Schema:
    """*schema*, or null."""
    return {**schema, "type": [schema["type"], "null"]}


def list_of(schema: Schema) -> Schema:
    """An array of values of *schema*."""
    return {"type": "array", "items": schema}


def members(required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    """An object with these members and no others."""
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": sorted(required),
        "additionalProperties": False,
    }


def described(schema: Schema, text: str) -> Schema:
    """*schema* with a description."""
    return {**schema, "description": text}


# In paths.
PATH_PARAMETERS: dict[str, Schema] = {
    "identity_pool_id": described(TEXT, "The id of an identity pool."),
    "identity_id": described(TEXT, "The id of an identity."),
    "dataset": described(TEXT, "The name of a dataset."),
    "number": described(POSITIVE, "The number of a fault or hook."),
}

# In queries.
ACCOUNT_REGION: dict[str, Schema] = {
    "account_id": described(TEXT, "The account, 12 digits; by default that of the server."),
    "region_name": described(TEXT, "The region; by default that of the server."),
}
SCOPE: dict[str, Schema] = {
    "identity_pool_id": described(TEXT, "Only what concerns this identity pool."),
    "identity_id": described(TEXT, "Only what concerns this identity."),
    "dataset": described(TEXT, "Only what concerns this dataset."),
}
AFTER: dict[str, Schema] = {
    "after": described(COUNT, "A cursor from an earlier answer: only what came later. 0, the default, is everything."),
}
WAIT: dict[str, Schema] = {
    "wait": described(
        {"type": "number", "minimum": 0, "maximum": LONGEST_WAIT_SECONDS},
        "Wait up to this many seconds for an answer that is not empty.",
    ),
}

_FILTER: dict[str, Schema] = {
    "identity_pool_id": or_null(described(TEXT, "Only calls for this identity pool.")),
    "identity_id": or_null(described(TEXT, "Only calls for this identity.")),
    "dataset": or_null(described(TEXT, "Only calls for this dataset.")),
    "optional": described(BOOLEAN, "Whether a test may pass although it is never applied."),
}
_OPERATION = described(TEXT, "The operation, such as UpdateRecords; * stands for all of them.")
_KINDS: Schema = {"type": "string", "enum": ["fail", "drop_connection", "delay", "time_out"]}
_FAULT_OPTIONS: dict[str, Schema] = {
    "after_write": described(BOOLEAN, "Carry the call out and lose its answer."),
    "calls": or_null(described(POSITIVE, "Only the first n calls, including all their retries.")),
    "attempts": or_null(described(POSITIVE, "Only the first n attempts, so that a client's retry succeeds.")),
    "every": described(POSITIVE, "Only every n-th matching call."),
    "after": described(COUNT, "None of the first n matching calls."),
    "probability": described({"type": "number", "minimum": 0, "maximum": 1}, "Inject with this probability."),
    "seed": described(INTEGER, "Seeds the random numbers behind probability."),
    "error": or_null(described(TEXT, "The code of the error, such as TooManyRequestsException; only fail has one.")),
    "message": or_null(described(TEXT, "By default the description of the error in the service model.")),
    "seconds": or_null(described(SECONDS, "How long a call takes; only delay has it.")),
    "real": described(BOOLEAN, "Really wait, instead of advancing the mock's clock; only delay has it."),
}
_ACTION_DATA: dict[str, Schema] = {
    "records": described(TEXTS, "What put writes: key to value."),
    "keys": described(list_of(TEXT), "The keys that remove removes."),
}
_HERE: dict[str, Schema] = {"account_id": TEXT, "region_name": TEXT}
_USER: dict[str, Schema] = {"identity_pool_id": TEXT, "identity_id": TEXT}
_CALL: dict[str, Schema] = {
    "operation": described(TEXT, "The model's name, UpdateRecords."),
    "parameters": described(OBJECT, "As the service parsed them; empty if it could not."),
    "caller": or_null(described(TEXT, "As in LastModifiedBy; null if the credentials were refused.")),
    "access_key": or_null(described(TEXT, "Null if the request was not signed.")),
    "invocation_id": or_null(described(TEXT, "Shared by all attempts of one call; null if the client sends none.")),
    "attempt": described(POSITIVE, "Counts from 1."),
    "sync_count": or_null(described(COUNT, "In the answer: that of the dataset listed, or of the records written.")),
}
_OUTCOME: dict[str, Schema] = {
    "error": or_null(described(TEXT, "The code of the refusal; null if the call succeeded.")),
    "message": or_null(TEXT),
    "hint": or_null(described(TEXT, "What was sent, what is stored, and how to fix it.")),
    "rule": or_null(described(TEXT, "The rule in docs/fidelity.md by which the call was refused.")),
    "mark": or_null(described(TEXT, "How well the rule is known.")),
}
_RECORDED_CALL: dict[str, Schema] = {
    **_CALL,
    **_OUTCOME,
    "faults": described(list_of(ref("FaultPlan")), "The faults that were injected into the call."),
    "caution": or_null(described(TEXT, "What a successful call should not rely on.")),
}
_STATE: dict[str, Schema] = {
    "exists": BOOLEAN,
    "sync_count": described(COUNT, "The DatasetSyncCount that ListRecords would report."),
    "num_records": COUNT,
    "size_bytes": COUNT,
    "sync_counts": described(COUNTS, "Key to sync count of each live record."),
    "tombstones": described(COUNTS, "Key to sync count of each removed record."),
    "creation_date": or_null(DATE),
    "last_modified_date": or_null(DATE),
    "last_modified_by": or_null(TEXT),
}
_FAULT_PLAN: dict[str, Schema] = {
    "kind": _KINDS,
    "operation": _OPERATION,
    **_HERE,
    **_FAULT_OPTIONS,
    **_FILTER,
    "text": described(TEXT, "The plan as a test in Python writes it."),
}
_HOOK_PLAN: dict[str, Schema] = {
    "operation": _OPERATION,
    **_HERE,
    **_FILTER,
    "function_name": described(TEXT, "The action as text, or the name of a Python function."),
    "calls": POSITIVE,
    "action": {"anyOf": [ref("DeviceAction"), {"type": "null"}]},
    "text": described(TEXT, "The plan as a test in Python writes it."),
}
_UNUSED = or_null(described(TEXT, "A sentence if it was never applied and is not optional, else null."))
_NUMBER = described(POSITIVE, "The number of the fault or hook.")
_ENTRY: dict[str, Schema] = {
    "cursor": described(POSITIVE, "The cursor to continue after this entry."),
    "moment": described(DATE, "When it happened, on the mock's clock."),
    "account_id": or_null(described(TEXT, "Null if it concerns all accounts and regions.")),
    "region_name": or_null(TEXT),
    "type": {
        "type": "string",
        "enum": ["call", "fault", "hook", "device", "trigger", "clock", "stream_record", "push"],
    },
}
# By type, the members that an entry has besides those that all entries have.
_ENTRY_DETAILS: dict[str, Schema] = {
    **_RECORDED_CALL,
    "fault": ref("FaultPlan"),
    "hook": ref("HookPlan"),
    "records": described(
        {"type": "object", "additionalProperties": or_null(TEXT)},
        "device: what it wrote; null for a removed record. Empty if it deleted the dataset.",
    ),
    "event": described(OBJECT, "trigger: what it received."),
    "answer": described(ANYTHING, "trigger: what it returned."),
    "change": {"type": "string", "enum": ["advance", "freeze", "unfreeze"], "description": "clock: what it did."},
    "seconds": described({"type": "number"}, "clock: by how many seconds it was advanced."),
    "stream_name": TEXT,
    "partition_key": TEXT,
    "device_id": TEXT,
    "platform": TEXT,
    "data": described(OBJECT, "stream_record and push: the documented JSON."),
}

COMPONENTS: dict[str, Schema] = {
    "Error": members(
        {"message": described(TEXT, "One sentence: what was asked, what exists, and how to fix it.")},
        {
            "error": described(TEXT, "The class of the exception that the Python handle raises."),
            "code": described(TEXT, "The error code of Cognito Sync, if the service refuses."),
        },
    ),
    "Health": members(
        {
            "version": described(TEXT, "The version of mock-cognitosync."),
            "api_version": described(POSITIVE, "The major version of this API."),
            "cursor": described(COUNT, "The current end of the history."),
            "options": ref("Options"),
            **_HERE,
        }
    ),
    "Options": members(
        {
            "identity_pools": described(TEXT, "Which pools exist: auto, created or any."),
            "strict_credentials": BOOLEAN,
            "strict_sync_counts": BOOLEAN,
            "token_lifetime_seconds": {"type": "number"},
        }
    ),
    "Pool": members({"identity_pool_id": TEXT, "exists": BOOLEAN}),
    "User": members(_USER),
    "Credentials": members({"aws_access_key_id": TEXT, "aws_secret_access_key": TEXT, "aws_session_token": TEXT}),
    "DatasetState": members(_STATE),
    "NamedState": members({**_STATE, "name": TEXT}),
    "Dataset": members({**_STATE, "name": TEXT, "records": described(TEXTS, "Key to value of each live record.")}),
    "FaultRequest": members(
        {"kind": _KINDS, "operation": _OPERATION},
        {**_FAULT_OPTIONS, **_FILTER},
    ),
    "FaultPlan": members(_FAULT_PLAN),
    "Fault": members({"number": _NUMBER, "times_injected": COUNT, "unused": _UNUSED, **_FAULT_PLAN}),
    "DeviceAction": members(
        {
            "method": {"type": "string", "enum": list(get_args(DeviceMethod))},
            **_USER,
            "dataset": TEXT,
        },
        _ACTION_DATA,
    ),
    "HookRequest": members(
        {"operation": _OPERATION, "action": ref("DeviceAction")},
        {"calls": described(POSITIVE, "Before the next n calls; retries do not count."), **_FILTER},
    ),
    "HookPlan": members(_HOOK_PLAN),
    "Hook": members({"number": _NUMBER, "times_run": COUNT, "unused": _UNUSED, **_HOOK_PLAN}),
    "Call": members({"cursor": _ENTRY["cursor"], "moment": _ENTRY["moment"], **_HERE, **_RECORDED_CALL}),
    "Entry": members(_ENTRY, _ENTRY_DETAILS),
    "StreamRecord": members({"stream_name": TEXT, "partition_key": TEXT, "data": OBJECT}),
    "PushNotification": members({"device_id": TEXT, "platform": TEXT, "data": OBJECT}),
    "Limits": members({"datasets_per_identity": COUNT, "records_per_dataset": COUNT, "dataset_size_bytes": COUNT}),
    "Clock": members({"now": DATE, "is_frozen": BOOLEAN}),
    "SyncCount": members({"sync_count": COUNT}),
}
