"""The wire against botocore's model: each operation's route, the members of its answer, and its errors."""

from __future__ import annotations

import importlib
import pkgutil
from urllib.parse import unquote

import boto3
import pytest
import requests
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, ServiceModel, StructureShape
from botocore.serialize import create_serializer

import mock_cognitosync
from mock_cognitosync.cognitosync import operations
from mock_cognitosync.cognitosync.exceptions import UNMODELLED_STATUSES, CognitoSyncError
from mock_cognitosync.cognitosync.wire import service_model
from mock_cognitosync.cognitosync.wire.validation import Violations

HOST = "https://cognito-sync.us-east-1.amazonaws.com"
POOL = "us-east-1:00000000-0000-4000-8000-00000000000a"
IDENTITY = "us-east-1:00000000-0000-4000-8000-00000000000b"
ROLE = "arn:aws:iam::123456789012:role/sync"

MODEL = ServiceModel(Loader().load_service_model("cognito-sync", "service-2"), "cognito-sync")
OPERATIONS = {name: MODEL.operation_model(name) for name in MODEL.operation_names}
ERRORS = {shape.name: int(shape.metadata["error"]["httpStatusCode"]) for shape in MODEL.error_shapes}

# Errors that the model does not declare: (operation, code) to the reason. None stands for any operation.
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

SAMPLES = {
    "IdentityPoolId": POOL,
    "IdentityId": IDENTITY,
    "DatasetName": "a:b",
    "DeviceId": "us/7 %",
    "SyncSessionToken": "+/=",
    "NextToken": "b&c=d",
    "Platform": "GCM",
    "Token": "t",
    "Events": {"SyncTrigger": "arn"},
    "LastSyncCount": 7,
    "MaxResults": 9,
    "ClientContext": "e",
}


def parameters_of(name):
    """A value for each scalar parameter of the operation that the model has."""
    return {member: SAMPLES[member] for member in OPERATIONS[name].input_shape.members if member in SAMPLES}


def serialized(name):
    """The operation as an SDK sends it."""
    return create_serializer("rest-json").serialize_to_request(parameters_of(name), OPERATIONS[name])


@pytest.fixture
def client(cognitosync):
    """A client that checks nothing itself and does not retry."""
    config = Config(parameter_validation=False, retries={"total_max_attempts": 1})
    return boto3.client("cognito-sync", region_name=cognitosync.region_name, config=config)


# Routes


@pytest.mark.parametrize("name", OPERATIONS)
def test_route(name):
    """What an SDK sends for an operation is routed to it, with the parameters of its path. Source: wire-1."""
    sent = serialized(name)
    operation, values = service_model.load().route(sent["method"], sent["url_path"])
    found = dict(zip(operation.path_members, map(unquote, values), strict=True))

    in_path = [
        key
        for key, shape in OPERATIONS[name].input_shape.members.items()
        if shape.serialization.get("location") == "uri"
    ]
    assert (operation.name, operation.method_name) == (name, xform_name(name))
    assert found == {key: SAMPLES[key] for key in in_path}


@pytest.mark.parametrize("name", OPERATIONS)
def test_contract_of_an_operation(name):
    """Method, parameters and errors of an operation are those of the model. Source: wire-1."""
    model, operation = OPERATIONS[name], service_model.load().operations[name]
    located = {
        location: {
            shape.serialization["name"]: member
            for member, shape in model.input_shape.members.items()
            if shape.serialization.get("location") == location
        }
        for location in ("querystring", "header")
    }

    assert operation.http_method == model.http["method"]
    assert {wire_name: member for wire_name, (member, _) in operation.query_members.items()} == located["querystring"]
    assert operation.header_members == {wire_name.lower(): member for wire_name, member in located["header"].items()}
    assert operation.error_codes == {shape.name for shape in model.error_shapes}


def test_all_operations():
    """The contract has the operations and error statuses of the model, and each operation is built. Source: wire-1."""
    assert (set(service_model.load().operations), service_model.load().statuses) == (set(OPERATIONS), ERRORS)
    assert [name for name in OPERATIONS if not hasattr(operations, xform_name(name))] == []


@pytest.mark.parametrize(
    ("events", "found"),
    [
        ({"SyncTrigger": "arn"}, []),
        ({"SyncTrigger": None}, ["Value null at 'events.SyncTrigger.member'", "Member must not be null"]),
        (
            {"a": "", "b": ""},
            ["Value '{'a': '', 'b': ''}' at 'events'", "Member must have length less than or equal to 1"],
        ),
    ],
)
def test_check_of_a_map(events, found):
    """A map's length, keys and values are checked as the model has them. Source: wire-6."""
    violations = Violations()
    service_model.load().operations["SetCognitoEvents"].check(
        {"IdentityPoolId": POOL, "Events": events}, "", violations
    )

    assert violations.texts == [" failed to satisfy constraint: ".join(found)] * bool(found)


@pytest.mark.parametrize(
    ("events", "message"),
    [
        ("x", "STRING_VALUE can not be converted to a Map"),
        ([], "Start of list found where not expected."),
        ({"SyncTrigger": 1}, "NUMBER_VALUE can not be converted to a String"),
    ],
)
def test_map_of_another_type(events, message):
    """What is no map, or holds values of another type, is refused. Source: wire-7."""
    check = service_model.load().operations["SetCognitoEvents"].check
    with pytest.raises(CognitoSyncError) as refusal:
        check({"IdentityPoolId": POOL, "Events": events}, "", Violations())

    assert (refusal.value.code, refusal.value.message) == ("SerializationException", message)


# Answers

READING = {name for name in OPERATIONS if OPERATIONS[name].http["method"] == "GET"}


def misfits(value, shape, place="answer"):
    """Where *value* is not of *shape*: the keys of a structure are all its members, and null stands for any value."""
    if value is None and place != "answer":
        return []
    if isinstance(shape, StructureShape):
        if type(value) is not dict or set(value) != set(shape.members):
            return [f"{place}: {value!r} has not the members {sorted(shape.members)}"]
        inner = ((value[name], member, f"{place}.{name}") for name, member in shape.members.items())
        return [misfit for item in inner for misfit in misfits(*item)]
    if isinstance(shape, MapShape):
        return [misfit for item in value.values() for misfit in misfits(item, shape.value, f"{place}{{}}")]
    if isinstance(shape, ListShape):
        if type(value) is not list:
            return [f"{place}: {value!r} is no list"]
        return [misfit for item in value for misfit in misfits(item, shape.member, f"{place}[]")]
    types = {"string": str, "boolean": bool, "integer": int, "long": int, "timestamp": float}
    return [] if type(value) is types[shape.type_name] else [f"{place}: {value!r} is no {shape.type_name}"]


@pytest.fixture
def stored(cognitosync, client):
    """What is kept: datasets d and e, where d has two records and a tombstone; push sync, a stream and a device."""
    device = cognitosync.device(POOL, IDENTITY)
    device.put("d", {"a": "1", "b": "2", "c": "3"})
    device.remove("d", "c")
    device.put("e", {"a": "1"})
    sns = boto3.client("sns", region_name=cognitosync.region_name)
    application = sns.create_platform_application(Name="sync", Platform="GCM", Attributes={})
    client.set_identity_pool_configuration(
        IdentityPoolId=POOL,
        PushSync={"ApplicationArns": [application["PlatformApplicationArn"]]},
        CognitoStreams={"StreamName": "sync", "RoleArn": ROLE, "StreamingStatus": "ENABLED"},
    )
    client.set_cognito_events(IdentityPoolId=POOL, Events={"SyncTrigger": ""})
    return client.register_device(IdentityPoolId=POOL, IdentityId=IDENTITY, Platform="GCM", Token="t")["DeviceId"]


NOTHING = StructureShape("Nothing", {"type": "structure", "members": {}})
LISTS = [name for name in OPERATIONS if "NextToken" in OPERATIONS[name].input_shape.members]


def arguments_of(name, **members):
    """What the operation requires, with the ids of the stored data, and *members*."""
    ids = {"IdentityPoolId": POOL, "IdentityId": IDENTITY, "DatasetName": "d"}
    return {member: ids[member] for member in OPERATIONS[name].input_shape.members if member in ids} | members


def answer_of(name, **members):
    """The JSON that the operation answers on the wire, to what an SDK sends."""
    arguments = arguments_of(name, **members)
    sent = create_serializer("rest-json").serialize_to_request(arguments, OPERATIONS[name])
    url = HOST + sent["url_path"]
    response = requests.request(sent["method"], url, params=sent["query_string"], data=sent["body"], timeout=5)
    assert response.status_code == 200, response.text
    return response.json()


def patch(key="n", value="v", sync_count=0):
    return {"Op": "replace", "Key": key, "Value": value, "SyncCount": sync_count}


@pytest.mark.parametrize("name", OPERATIONS)
def test_members_of_an_answer(stored, name):
    """An answer has exactly the members of the operation's output, of their types, at every depth. Source: wire-9."""
    token = answer_of("ListRecords")["SyncSessionToken"]
    removal = {"Op": "remove", "Key": "a", "SyncCount": 1}
    members = {
        "RegisterDevice": {"Platform": "GCM", "Token": "t"},
        "SetCognitoEvents": {"Events": {"SyncTrigger": "arn:aws:lambda:us-east-1:123456789012:function:f"}},
        "SubscribeToDataset": {"DeviceId": stored},
        "UnsubscribeFromDataset": {"DeviceId": stored},
        "UpdateRecords": {"SyncSessionToken": token, "RecordPatches": [patch(), removal]},
    }.get(name, {"MaxResults": 1} if name in LISTS else {})

    assert misfits(answer_of(name, **members), OPERATIONS[name].output_shape or NOTHING) == []


@pytest.mark.usefixtures("cognitosync")
@pytest.mark.parametrize("name", sorted(READING - {"DescribeDataset"}))
def test_members_of_an_answer_about_nothing(name):
    """An answer about an identity without data has the same members. Source: wire-9."""
    assert misfits(answer_of(name), OPERATIONS[name].output_shape) == []


# Errors


ALL = set(OPERATIONS)
ON_POOLS = {name for name in OPERATIONS if "IdentityPoolId" in OPERATIONS[name].input_shape.members}

# Each error of the package, and the operations that it can meet.
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


def facts():
    """The errors that the package raises, by name: all classes of it but the bare ones that only hold a code."""
    for module in pkgutil.walk_packages(mock_cognitosync.__path__, "mock_cognitosync."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found, classes = {}, [CognitoSyncError]
    while classes:
        cls = classes.pop()
        classes.extend(cls.__subclasses__())
        # An injected error and a class that only has a code follow no rule.
        if cls.__module__.startswith("mock_cognitosync.") and cls.rule:
            found[cls.__name__] = cls
    return found


def test_every_error_is_listed():
    """The table has all errors of the package, and no others."""
    assert set(RAISED_BY) == set(facts())


@pytest.mark.parametrize("error", RAISED_BY)
def test_error_is_declared(error):
    """The model declares an error for each operation that it can meet, or the table says why not."""
    code = facts()[error].code
    declared = {name for name in OPERATIONS if code in {shape.name for shape in OPERATIONS[name].error_shapes}}
    listed = {name for name in OPERATIONS if {(name, code), (None, code)} & set(UNDECLARED)}

    assert RAISED_BY[error] - declared == (RAISED_BY[error] - declared) & listed


# (error, operation, members that provoke it)
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
    ("NegativeSyncCount", "UpdateRecords", {"RecordPatches": [patch("a", sync_count=-1)]}),
    ("InvalidSyncSessionToken", "ListRecords", {"SyncSessionToken": "x"}),
    ("InvalidSyncSessionToken", "UpdateRecords", {"SyncSessionToken": "x"}),
    ("MalformedRequest", "UpdateRecords", {"DeviceId": 1}),
    ("StaleSyncCount", "UpdateRecords", {"RecordPatches": [patch("a")]}),
    ("DuplicateKey", "UpdateRecords", {"RecordPatches": [patch(), patch()]}),
    ("ReplaceWithoutValue", "UpdateRecords", {"RecordPatches": [patch(value=None)]}),
    ("TooManyDatasets", "UpdateRecords", {"DatasetName": "new", "RecordPatches": [patch()]}),
    ("TooManyRecords", "UpdateRecords", {"RecordPatches": [patch(str(number)) for number in range(1024)]}),
    ("DatasetTooLarge", "UpdateRecords", {"RecordPatches": [patch(value="v" * 1048575)]}),
]


@pytest.mark.parametrize(
    ("error", "name", "members"), PROVOCATIONS, ids=[f"{error}-{name}" for error, name, _ in PROVOCATIONS]
)
def test_provoked_error(cognitosync, client, stored, monkeypatch, error, name, members):
    """An operation refuses with the error that the table has for it, under the status of its code. Source: wire-10."""
    for number in range(18 if error == "TooManyDatasets" else 0):
        cognitosync.device(POOL, IDENTITY).put(f"other{number}", {"k": "v"})
    arguments = {**SAMPLES, "DeviceId": stored, **arguments_of(name), **members}
    if "SyncSessionToken" not in members:
        address = {key: arguments[key] for key in ("IdentityId", "DatasetName")}
        arguments["SyncSessionToken"] = client.list_records(IdentityPoolId=POOL, **address)["SyncSessionToken"]
    known = set(OPERATIONS[name].input_shape.members)
    for optional in {"NextToken", "MaxResults", "LastSyncCount"} - set(members):
        del arguments[optional]
    raised, init = [], CognitoSyncError.__init__

    def see(self, message):
        raised.append(type(self))
        init(self, message)

    monkeypatch.setattr(CognitoSyncError, "__init__", see)
    with pytest.raises(ClientError) as refusal:
        getattr(client, xform_name(name))(**{key: value for key, value in arguments.items() if key in known})

    response = refusal.value.response
    assert ([cls.__name__ for cls in raised], name in RAISED_BY[error]) == ([error], True)
    assert response["Error"]["Code"] == raised[0].code
    statuses = UNMODELLED_STATUSES | ERRORS
    assert response["ResponseMetadata"]["HTTPStatusCode"] == statuses[raised[0].code]


def test_undeclared_errors():
    """Codes outside the model are those of the table, or wait to be asked for; each has a status. Source: wire-10."""
    outside = {cls.code for cls in facts().values()} - set(ERRORS)

    assert outside == {code for _, code in UNDECLARED} - set(ERRORS)
    assert set(UNMODELLED_STATUSES) - outside == {
        "ExpiredTokenException",
        "InternalFailure",
        "RequestExpired",
        "ServiceUnavailable",
        "ThrottlingException",
    }
    assert outside <= set(UNMODELLED_STATUSES)
