"""The wire compared with the API reference and botocore's model: routes, parameters, and the members of answers."""

from __future__ import annotations

import string
from urllib.parse import quote, unquote

import pytest
import requests
from botocore import xform_name
from botocore.model import ListShape, MapShape, StructureShape
from botocore.serialize import create_serializer
from driver import ACCOUNT, MODEL, remove, replace
from raw import HOST, OPERATIONS, POOL, SAMPLES, arguments_of, token

from mock_cognitosync.cognitosync import operations
from mock_cognitosync.cognitosync.exceptions import CognitoSyncError
from mock_cognitosync.cognitosync.wire import service_model
from mock_cognitosync.cognitosync.wire.validation import Violations

_POOL = "/identitypools/{IdentityPoolId}"
_IDENTITY = f"{_POOL}/identities/{{IdentityId}}"
_DATASET = f"{_IDENTITY}/datasets/{{DatasetName}}"
_SUBSCRIPTION = f"{_DATASET}/subscriptions/{{DeviceId}}"

# As the API reference has them: method and path, parameters of the query and headers, and errors.
ROUTES = {
    "BulkPublish": ("POST", f"{_POOL}/bulkpublish"),
    "DeleteDataset": ("DELETE", _DATASET),
    "DescribeDataset": ("GET", _DATASET),
    "DescribeIdentityPoolUsage": ("GET", _POOL),
    "DescribeIdentityUsage": ("GET", _IDENTITY),
    "GetBulkPublishDetails": ("POST", f"{_POOL}/getBulkPublishDetails"),
    "GetCognitoEvents": ("GET", f"{_POOL}/events"),
    "GetIdentityPoolConfiguration": ("GET", f"{_POOL}/configuration"),
    "ListDatasets": ("GET", f"{_IDENTITY}/datasets"),
    "ListIdentityPoolUsage": ("GET", "/identitypools"),
    "ListRecords": ("GET", f"{_DATASET}/records"),
    "RegisterDevice": ("POST", f"{_POOL}/identity/{{IdentityId}}/device"),
    "SetCognitoEvents": ("POST", f"{_POOL}/events"),
    "SetIdentityPoolConfiguration": ("POST", f"{_POOL}/configuration"),
    "SubscribeToDataset": ("POST", _SUBSCRIPTION),
    "UnsubscribeFromDataset": ("DELETE", _SUBSCRIPTION),
    "UpdateRecords": ("POST", _DATASET),
}
QUERIES = {
    "ListDatasets": {"nextToken": "NextToken", "maxResults": "MaxResults"},
    "ListIdentityPoolUsage": {"nextToken": "NextToken", "maxResults": "MaxResults"},
    "ListRecords": {
        "lastSyncCount": "LastSyncCount",
        "nextToken": "NextToken",
        "maxResults": "MaxResults",
        "syncSessionToken": "SyncSessionToken",
    },
}
HEADERS = {"UpdateRecords": {"x-amz-client-context": "ClientContext"}}
ALWAYS = {"InternalErrorException", "InvalidParameterException", "NotAuthorizedException"}
THROTTLED = "TooManyRequestsException"
NOT_FOUND = "ResourceNotFoundException"
ERRORS = {
    "BulkPublish": {"AlreadyStreamedException", "DuplicateRequestException", NOT_FOUND},
    "DeleteDataset": {"ResourceConflictException", NOT_FOUND, THROTTLED},
    "DescribeDataset": {NOT_FOUND, THROTTLED},
    "DescribeIdentityPoolUsage": {NOT_FOUND, THROTTLED},
    "DescribeIdentityUsage": {NOT_FOUND, THROTTLED},
    "GetBulkPublishDetails": {NOT_FOUND},
    "GetCognitoEvents": {NOT_FOUND, THROTTLED},
    "GetIdentityPoolConfiguration": {NOT_FOUND, THROTTLED},
    "ListDatasets": {THROTTLED},
    "ListIdentityPoolUsage": {THROTTLED},
    "ListRecords": {THROTTLED},
    "RegisterDevice": {"InvalidConfigurationException", NOT_FOUND, THROTTLED},
    "SetCognitoEvents": {NOT_FOUND, THROTTLED},
    "SetIdentityPoolConfiguration": {"ConcurrentModificationException", NOT_FOUND, THROTTLED},
    "SubscribeToDataset": {"InvalidConfigurationException", NOT_FOUND, THROTTLED},
    "UnsubscribeFromDataset": {"InvalidConfigurationException", NOT_FOUND, THROTTLED},
    "UpdateRecords": {
        "InvalidLambdaFunctionOutputException",
        "LambdaThrottledException",
        "LimitExceededException",
        "ResourceConflictException",
        NOT_FOUND,
        THROTTLED,
    },
}
STATUSES = {
    "AlreadyStreamedException": 400,
    "ConcurrentModificationException": 400,
    "DuplicateRequestException": 400,
    "InternalErrorException": 500,
    "InvalidConfigurationException": 400,
    "InvalidLambdaFunctionOutputException": 400,
    "InvalidParameterException": 400,
    "LambdaThrottledException": 429,
    "LimitExceededException": 400,
    "NotAuthorizedException": 403,
    "ResourceConflictException": 409,
    "ResourceNotFoundException": 404,
    "TooManyRequestsException": 429,
}
each_operation = pytest.mark.parametrize("name", OPERATIONS)


def serialized(name, arguments):
    """The request that an SDK sends for the operation."""
    return create_serializer("rest-json").serialize_to_request(arguments, OPERATIONS[name])


# Requests


def routed(method, path):
    """The operation that a request is routed to, and the parameters of its path."""
    operation, values = service_model.load().route(method, path)
    return operation.name, dict(zip(operation.path_members, map(unquote, values), strict=True))


@each_operation
def test_a_documented_path_is_routed_to_its_operation(name):
    """The method and path of the API reference are routed to the operation. Source: wire-1."""
    method, template = ROUTES[name]
    members = [member for _, member, _, _ in string.Formatter().parse(template) if member]
    values = {member: SAMPLES[member] for member in members}
    path = template.format(**{member: quote(value, safe="") for member, value in values.items()})

    assert routed(method, path) == (name, values)


@each_operation
def test_the_request_of_an_sdk_is_routed_to_its_operation(name):
    """The request that an SDK sends is routed to the operation, with its parameters decoded. Source: wire-1."""
    members = OPERATIONS[name].input_shape.members
    sent = serialized(name, {member: SAMPLES[member] for member in members if member in SAMPLES})
    in_path = [member for member, shape in members.items() if shape.serialization.get("location") == "uri"]

    assert routed(sent["method"], sent["url_path"]) == (name, {member: SAMPLES[member] for member in in_path})


@each_operation
def test_an_operation_reads_its_documented_parameters_and_has_its_documented_errors(name):
    """The parameters of query and header and the errors are those of the API reference. Source: wire-1."""
    operation = service_model.load().operations[name]

    assert {parameter: member for parameter, (member, _) in operation.query_members.items()} == QUERIES.get(name, {})
    assert operation.header_members == HEADERS.get(name, {})
    assert operation.error_codes == ALWAYS | ERRORS[name]


def test_all_documented_operations_exist():
    """The service has the operations and error statuses of the API reference and of the model. Source: wire-1."""
    loaded = service_model.load()

    assert set(loaded.operations) == set(ROUTES) == set(OPERATIONS)
    declared = {shape.name: int(shape.metadata["error"]["httpStatusCode"]) for shape in MODEL.error_shapes}
    assert loaded.statuses == STATUSES == declared
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
def test_a_map_that_violates_its_constraints_is_reported(events, found):
    """The length, keys and values of a map are checked against the model. Source: wire-6."""
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
def test_a_map_of_a_wrong_type_is_refused(events, message):
    """A value that is not a map, or a map with values of a wrong type, is refused. Source: wire-7."""
    check = service_model.load().operations["SetCognitoEvents"].check
    with pytest.raises(CognitoSyncError) as refusal:
        check({"IdentityPoolId": POOL, "Events": events}, "", Violations())

    assert (refusal.value.code, refusal.value.message) == ("SerializationException", message)


# Answers

GETS = {name for name in OPERATIONS if OPERATIONS[name].http["method"] == "GET"}


def differences(value, shape, path="answer"):
    """Where *value* differs from *shape*. A structure has all its members; null is a value of any member."""
    if value is None and path != "answer":
        return []
    if isinstance(shape, StructureShape):
        if type(value) is not dict or set(value) != set(shape.members):
            return [f"{path}: {value!r} does not have the members {sorted(shape.members)}"]
        inner = ((value[name], member, f"{path}.{name}") for name, member in shape.members.items())
        return [difference for item in inner for difference in differences(*item)]
    if isinstance(shape, MapShape):
        return [difference for item in value.values() for difference in differences(item, shape.value, f"{path}{{}}")]
    if isinstance(shape, ListShape):
        if type(value) is not list:
            return [f"{path}: {value!r} is not a list"]
        return [difference for item in value for difference in differences(item, shape.member, f"{path}[]")]
    types = {"string": str, "boolean": bool, "integer": int, "long": int, "timestamp": float}
    return [] if type(value) is types[shape.type_name] else [f"{path}: {value!r} is not a {shape.type_name}"]


NO_MEMBERS = StructureShape("Empty", {"type": "structure", "members": {}})
LISTS = [name for name in OPERATIONS if "NextToken" in OPERATIONS[name].input_shape.members]


def answer_of(name, **members):
    """The body of the operation's answer on the wire, to the request that an SDK sends."""
    sent = serialized(name, arguments_of(name, **members))
    url = HOST + sent["url_path"]
    response = requests.request(sent["method"], url, params=sent["query_string"], data=sent["body"], timeout=5)
    assert response.status_code == 200, response.text
    return response.json()


@each_operation
def test_an_answer_has_the_members_of_its_shape(device_id, name):
    """An answer has exactly the members of the operation's output shape, with their types. Source: wire-9."""
    patches = [replace("n"), remove("a", 1)]
    members = {
        "RegisterDevice": {"Platform": "GCM", "Token": "t"},
        "SetCognitoEvents": {"Events": {"SyncTrigger": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"}},
        "SubscribeToDataset": {"DeviceId": device_id},
        "UnsubscribeFromDataset": {"DeviceId": device_id},
        "UpdateRecords": {"SyncSessionToken": token(), "RecordPatches": patches},
    }.get(name, {"MaxResults": 1} if name in LISTS else {})

    assert differences(answer_of(name, **members), OPERATIONS[name].output_shape or NO_MEMBERS) == []


@pytest.mark.usefixtures("cognitosync")
@pytest.mark.parametrize("name", sorted(GETS - {"DescribeDataset"}))
def test_an_answer_without_data_has_the_same_members(name):
    """An answer about an identity without data has the same members. Source: wire-9."""
    assert differences(answer_of(name), OPERATIONS[name].output_shape) == []
