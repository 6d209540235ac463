"""The errors of the package: the operations that each can refuse, and what the service model declares."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import pytest
from botocore import xform_name
from driver import ACCOUNT, MODEL, refusal, replace
from raw import IDENTITY, OPERATIONS, POOL, SAMPLES, arguments_of

from mock_cognitosync import cognitosync
from mock_cognitosync.cognitosync.exceptions import UNMODELLED_STATUSES, CognitoSyncError

ROLE = f"arn:aws:iam::{ACCOUNT}:role/sync"
STATUSES = {shape.name: int(shape.metadata["error"]["httpStatusCode"]) for shape in MODEL.error_shapes}
LISTS = [name for name in OPERATIONS if "NextToken" in OPERATIONS[name].input_shape.members]

# Errors that the model does not declare, with the reason, by operation and code. None means any operation.
UNDECLARED = {
    ("ListRecords", "ResourceNotFoundException"): "an unknown pool; pools-1",
    ("ListDatasets", "ResourceNotFoundException"): "an unknown pool; pools-1",
    ("UpdateRecords", "LambdaSocketTimeoutException"): "documented, missing in botocore; trigger-4",
    (None, "InvalidSignatureException"): "of the signature: access-2; a server asked for another region: regions-2",
    (None, "MissingAuthenticationTokenException"): "of the signature; access-2",
    (None, "UnrecognizedClientException"): "of the signature; access-2",
    (None, "AccessDeniedException"): "of policies; access-4",
    (None, "ValidationException"): "of AWS's framework; wire-6",
    (None, "SerializationException"): "of AWS's framework; wire-7",
}

ALL = set(OPERATIONS)
ON_POOLS = {name for name in OPERATIONS if "IdentityPoolId" in OPERATIONS[name].input_shape.members}

# The operations that each error of the package can refuse.
RAISED_BY = {
    "AccessDenied": ALL,
    "AlreadyStreamed": {"BulkPublish"},
    "BulkPublishRunning": {"BulkPublish"},
    "ConstraintViolations": ALL,
    "DatasetNotFound": {"DescribeDataset", "DeleteDataset", "SubscribeToDataset", "UnsubscribeFromDataset"},
    "DatasetTooLarge": {"UpdateRecords"},
    "DeviceNotFound": {"SubscribeToDataset", "UnsubscribeFromDataset"},
    "DuplicateKey": {"UpdateRecords"},
    "ForeignIdentity": ON_POOLS,
    "IdentityPoolNotFound": ON_POOLS,
    "InvalidConfiguration": {"RegisterDevice"},
    "InvalidMaxResults": set(LISTS),
    "InvalidNextToken": set(LISTS),
    "InvalidRegion": ALL,
    "InvalidSignature": ALL,
    "InvalidSyncSessionToken": {"ListRecords", "UpdateRecords"},
    "LambdaSocketTimeout": {"UpdateRecords"},
    "MalformedRequest": ALL,
    "MissingAuthenticationToken": ALL,
    "NegativeLastSyncCount": {"ListRecords"},
    "NegativeSyncCount": {"UpdateRecords"},
    "NoSuchSyncCount": {"ListRecords"},
    "ReplaceWithoutValue": {"UpdateRecords"},
    "StaleSyncCount": {"UpdateRecords"},
    "SyncCountAhead": {"UpdateRecords"},
    "ForeignArn": {"SetIdentityPoolConfiguration"},
    "StreamNotNamed": {"SetIdentityPoolConfiguration"},
    "StreamingDisabled": {"BulkPublish"},
    "TooManyDatasets": {"UpdateRecords"},
    "TooManyRecords": {"UpdateRecords"},
    "TriggerFailed": {"UpdateRecords"},
    "TriggerThrottled": {"UpdateRecords"},
    "UnknownEventType": {"SetCognitoEvents"},
    "UnknownOperation": set(),
    "UnrecognizedClient": ALL,
    "WrongKindOfCredentials": ALL,
}


@cache
def raised_classes():
    """The error classes that the package raises, by name; bases that only have a code are not among them."""
    for module in pkgutil.walk_packages(cognitosync.__path__, f"{cognitosync.__name__}."):
        importlib.import_module(module.name)
    found, classes = {}, [CognitoSyncError]
    while classes:
        cls = classes.pop()
        classes.extend(cls.__subclasses__())
        # Injected errors and classes that only have a code follow no rule.
        if cls.__module__.startswith("mock_cognitosync.") and cls.rule:
            found[cls.__name__] = cls
    return found


def test_every_error_is_listed():
    """The table has all errors of the package, and no others."""
    assert set(RAISED_BY) == set(raised_classes())


@pytest.mark.parametrize("error", RAISED_BY)
def test_each_error_is_declared_or_listed(error):
    """The model declares an error for each operation that it can refuse, or the table has the reason."""
    code = raised_classes()[error].code
    declared = {name for name in OPERATIONS if code in {shape.name for shape in OPERATIONS[name].error_shapes}}
    listed = {name for name in OPERATIONS if {(name, code), (None, code)} & set(UNDECLARED)}

    assert RAISED_BY[error] - declared == (RAISED_BY[error] - declared) & listed


# An error, an operation, and the parameters with which the operation is refused.
PROVOCATIONS = [
    *(("ConstraintViolations", name, {"IdentityPoolId": "x"}) for name in sorted(ON_POOLS)),
    *(("IdentityPoolNotFound", name, {"IdentityPoolId": "eu-west-1:0"}) for name in sorted(ON_POOLS)),
    *(("MalformedRequest", name, {"MaxResults": "x"}) for name in LISTS),
    *(("InvalidMaxResults", name, {"MaxResults": 0}) for name in LISTS),
    *(("InvalidNextToken", name, {"NextToken": "x"}) for name in LISTS),
    ("DatasetNotFound", "DescribeDataset", {"DatasetName": "missing"}),
    ("DatasetNotFound", "DeleteDataset", {"DatasetName": "missing"}),
    ("DatasetNotFound", "SubscribeToDataset", {"DatasetName": "missing"}),
    ("DeviceNotFound", "SubscribeToDataset", {"DeviceId": "missing"}),
    ("DeviceNotFound", "UnsubscribeFromDataset", {"DeviceId": "missing"}),
    ("InvalidConfiguration", "RegisterDevice", {"Platform": "ADM"}),
    ("UnknownEventType", "SetCognitoEvents", {"Events": {"x": "y"}}),
    ("StreamNotNamed", "SetIdentityPoolConfiguration", {"CognitoStreams": {"StreamingStatus": "ENABLED"}}),
    ("ForeignArn", "SetIdentityPoolConfiguration", {"PushSync": {"RoleArn": ROLE.replace("1", "9")}}),
    ("StreamingDisabled", "BulkPublish", {"IdentityPoolId": "us-east-1:0"}),
    ("NoSuchSyncCount", "ListRecords", {"LastSyncCount": 9}),
    ("NegativeLastSyncCount", "ListRecords", {"LastSyncCount": -1}),
    ("NegativeSyncCount", "UpdateRecords", {"RecordPatches": [replace("a", sync_count=-1)]}),
    ("InvalidSyncSessionToken", "ListRecords", {"SyncSessionToken": "x"}),
    ("InvalidSyncSessionToken", "UpdateRecords", {"SyncSessionToken": "x"}),
    ("MalformedRequest", "UpdateRecords", {"DeviceId": 1}),
    ("StaleSyncCount", "UpdateRecords", {"RecordPatches": [replace("a")]}),
    ("DuplicateKey", "UpdateRecords", {"RecordPatches": [replace("n"), replace("n")]}),
    (
        "ReplaceWithoutValue",
        "UpdateRecords",
        {"RecordPatches": [{"Op": "replace", "Key": "n", "SyncCount": 0, "Value": None}]},
    ),
    ("TooManyDatasets", "UpdateRecords", {"DatasetName": "new", "RecordPatches": [replace("n")]}),
    ("TooManyRecords", "UpdateRecords", {"RecordPatches": [replace(str(number)) for number in range(1024)]}),
    ("DatasetTooLarge", "UpdateRecords", {"RecordPatches": [replace("n", value="v" * 1048575)]}),
]


@pytest.mark.parametrize(
    ("error", "name", "members"), PROVOCATIONS, ids=[f"{error}-{name}" for error, name, _ in PROVOCATIONS]
)
def test_an_operation_is_refused_with_the_listed_error(
    cognitosync, unchecked, device_id, monkeypatch, error, name, members
):
    """An operation is refused with the error that the table lists, with the status of its code. Source: wire-10."""
    for number in range(18 if error == "TooManyDatasets" else 0):
        cognitosync.device(POOL, IDENTITY).put(f"other{number}", {"k": "v"})
    arguments = {**SAMPLES, "DeviceId": device_id, **arguments_of(name), **members}
    if "SyncSessionToken" not in members:
        dataset = {key: arguments[key] for key in ("IdentityId", "DatasetName")}
        arguments["SyncSessionToken"] = unchecked.list_records(IdentityPoolId=POOL, **dataset)["SyncSessionToken"]
    known = set(OPERATIONS[name].input_shape.members)
    for optional in {"NextToken", "MaxResults", "LastSyncCount"} - set(members):
        del arguments[optional]
    raised, init = [], CognitoSyncError.__init__

    def record(self, message):
        raised.append(type(self))
        init(self, message)

    monkeypatch.setattr(CognitoSyncError, "__init__", record)
    parameters = {key: value for key, value in arguments.items() if key in known}
    code, status, _ = refusal(getattr(unchecked, xform_name(name)), **parameters)

    assert ([cls.__name__ for cls in raised], name in RAISED_BY[error]) == ([error], True)
    assert (code, status) == (raised[0].code, (UNMODELLED_STATUSES | STATUSES)[raised[0].code])


def test_codes_outside_the_model_are_listed():
    """Codes outside the model are in the table or can be injected only, and each has a status. Source: wire-10."""
    outside = {cls.code for cls in raised_classes().values()} - set(STATUSES)

    assert outside == {code for _, code in UNDECLARED} - set(STATUSES)
    assert set(UNMODELLED_STATUSES) - outside == {
        "ExpiredTokenException",
        "InternalFailure",
        "RequestExpired",
        "ServiceUnavailable",
        "ThrottlingException",
    }
    assert outside <= set(UNMODELLED_STATUSES)
