"""The wire: answers byte by byte, the form of errors, and the reading of parameters. Requests are raw and unsigned."""

from __future__ import annotations

import uuid

import pytest
from driver import ACCOUNT, broken, remove, replace
from raw import DATASET, IDENTITY, OWNER, POOL, send, token

NOW_MS = 1412974057151
NOW = b"1412974057.151"

ID_PATTERN = r"Member must satisfy regular expression pattern: [\w-]+:[0-9a-f-]+"
NAME_PATTERN = "Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+"
OPS = "Member must satisfy enum value set: [replace, remove]"
MAP_FOUND = "Start of structure or map found where not expected."
NO_DATE = "can not be converted to milliseconds since epoch"
NEGATIVE_COUNT = "SyncCount of RecordPatch for key {} must not be negative: -1"
LIST_FOUND = "Start of list found where not expected."
NOT_NULL = "Member must not be null"
at_most = "Member must have length less than or equal to {}".format
not_empty = "Member must have length greater than or equal to 1"

pytestmark = pytest.mark.usefixtures("cognitosync")


@pytest.fixture
def _clock(monkeypatch):
    """Stop the service's clock at NOW_MS."""
    monkeypatch.setattr("mock_cognitosync.cognitosync.settings.now_ms", lambda: NOW_MS)


def update(*patches, **members):
    """Send UpdateRecords with a fresh token and *members* of the body."""
    return send("POST", DATASET, {"SyncSessionToken": token(), "RecordPatches": list(patches), **members})


def error(response):
    """The status, class and message of a refusal; the body has the message only."""
    assert list(response.json()) == ["message"]
    return response.status_code, response.headers["x-amzn-ErrorType"], response.json()["message"]


def violations(*each):
    """The refusal of a request that violates constraints; each as its value, its path and the constraint."""
    texts = [f"Value {value} at '{path}' failed to satisfy constraint: {rule}" for value, path, rule in each]
    code, status, message = broken(*texts)
    return status, f"{code}:", message


def unreadable(message):
    """The refusal of a request whose types are wrong."""
    return 400, "SerializationException:", message


# Answers


def test_list_records_answers_all_members_for_a_missing_dataset():
    """The answer has all members, sorted by name and with explicit nulls. Source: wire-9."""
    response = send("GET", f"{DATASET}/records")

    assert response.content == (
        b'{"Count":0,"DatasetDeletedAfterRequestedSyncCount":false,"DatasetExists":false,"DatasetSyncCount":0,'
        b'"LastModifiedBy":null,"MergedDatasetNames":null,"NextToken":null,"Records":[],"SyncSessionToken":"%s"}'
        % response.json()["SyncSessionToken"].encode()
    )


@pytest.mark.usefixtures("_clock")
def test_update_records_answers_records_with_dates_in_seconds():
    """Dates have milliseconds as fractions of seconds, and the Value of a removed record is null. Source: wire-9."""
    update(replace("gone"))
    response = update(remove("gone", 1), replace('é"', "\u2028", DeviceLastModifiedDate=1700574873.059))

    assert response.content == (
        b'{"Records":['
        b'{"DeviceLastModifiedDate":%(now)s,"Key":"gone","LastModifiedBy":"123456789012","LastModifiedDate":%(now)s,'
        b'"SyncCount":2,"Value":null},'
        b'{"DeviceLastModifiedDate":1700574873.059,"Key":"\\u00e9\\"","LastModifiedBy":"123456789012",'
        b'"LastModifiedDate":%(now)s,"SyncCount":2,"Value":"\\u2028"}]}' % {b"now": NOW}
    )


@pytest.mark.usefixtures("_clock")
def test_list_records_answers_records_and_tombstones():
    """ListRecords answers records with all members, and tombstones with a null Value. Source: wire-9, records-1."""
    update(replace("a", ""), replace("b"))
    update(remove("b", 1))
    response = send("GET", f"{DATASET}/records?lastSyncCount=0&maxResults=2")

    record = b'{"DeviceLastModifiedDate":%s,"Key":"%s","LastModifiedBy":"123456789012","LastModifiedDate":%s,'
    assert response.content == (
        b'{"Count":2,"DatasetDeletedAfterRequestedSyncCount":false,"DatasetExists":true,"DatasetSyncCount":2,'
        b'"LastModifiedBy":"123456789012","MergedDatasetNames":null,"NextToken":null,"Records":['
        + record % (NOW, b"a", NOW)
        + b'"SyncCount":1,"Value":""},'
        + record % (NOW, b"b", NOW)
        + b'"SyncCount":2,"Value":null}],"SyncSessionToken":"%s"}' % response.json()["SyncSessionToken"].encode()
    )


DATASET_SHAPE = (
    b'{"CreationDate":%s,"DataStorage":2,"DatasetName":"d","IdentityId":"%s","LastModifiedBy":"123456789012",'
    b'"LastModifiedDate":%s,"NumRecords":1}' % (NOW, IDENTITY.encode(), NOW)
)
POOL_USAGE_SHAPE = b'{"DataStorage":2,"IdentityPoolId":"%s","LastModifiedDate":%s,"SyncSessionsCount":null}' % (
    POOL.encode(),
    NOW,
)


@pytest.mark.usefixtures("_clock")
@pytest.mark.parametrize(
    ("method", "path", "answer"),
    [
        ("GET", DATASET, b'{"Dataset":%s}' % DATASET_SHAPE),
        ("DELETE", DATASET, b'{"Dataset":%s}' % DATASET_SHAPE),
        ("GET", f"{OWNER}/datasets", b'{"Count":1,"Datasets":[%s],"NextToken":null}' % DATASET_SHAPE),
        (
            "GET",
            OWNER,
            b'{"IdentityUsage":{"DataStorage":2,"DatasetCount":1,"IdentityId":"%s","IdentityPoolId":"%s",'
            b'"LastModifiedDate":%s}}' % (IDENTITY.encode(), POOL.encode(), NOW),
        ),
        ("GET", f"/identitypools/{POOL}", b'{"IdentityPoolUsage":%s}' % POOL_USAGE_SHAPE),
        (
            "GET",
            "/identitypools?maxResults=7",
            b'{"Count":1,"IdentityPoolUsages":[%s],"MaxResults":7,"NextToken":null}' % POOL_USAGE_SHAPE,
        ),
    ],
)
def test_answers_are_objects_with_sorted_members(method, path, answer):
    """Answers are objects with sorted members, explicit nulls, and dates in seconds. Source: wire-9."""
    update(replace("k"))

    assert send(method, path).content == answer


def test_an_answer_has_the_headers_of_json_and_a_request_id():
    """An answer is JSON with its own request id, and has no error header. Source: wire-10."""
    first, second = (send("GET", f"{DATASET}/records").headers for _ in range(2))

    assert dict(first) == {"Content-Type": "application/json", "x-amzn-RequestId": first["x-amzn-RequestId"]}
    assert str(uuid.UUID(first["x-amzn-RequestId"])) != str(uuid.UUID(second["x-amzn-RequestId"]))


# Errors


def _twenty_datasets():
    for number in range(20):
        path = f"{OWNER}/datasets/other{number}"
        send("POST", path, {"SyncSessionToken": token(path), "RecordPatches": [replace("k")]})


@pytest.mark.parametrize(
    ("prepare", "provoke", "status", "code", "message"),
    [
        (None, lambda: send("GET", DATASET), 404, "ResourceNotFoundException", "Dataset 'd' not found."),
        (
            None,
            lambda: [update(replace("user")), update(replace("user"))][1],
            409,
            "ResourceConflictException",
            "Current SyncCount for: user is: 1 not: 0",
        ),
        (
            None,
            lambda: send("POST", DATASET, {"SyncSessionToken": "x"}),
            400,
            "InvalidParameterException",
            "SyncSessionToken not valid for these inputs",
        ),
        (
            _twenty_datasets,
            lambda: update(replace("k")),
            400,
            "LimitExceededException",
            "An identity can have at most 20 datasets",
        ),
    ],
)
def test_an_error_has_its_message_in_the_body_and_its_class_in_a_header(prepare, provoke, status, code, message):
    """The body of an error has the message only; headers have its class and its message. Source: wire-10."""
    if prepare:
        prepare()
    response = provoke()

    assert (response.status_code, response.content) == (status, b'{"message":"%s"}' % message.encode())
    assert dict(response.headers) == {
        "Content-Type": "application/json",
        "x-amzn-RequestId": response.headers["x-amzn-RequestId"],
        "x-amzn-ErrorType": f"{code}:",
        "x-amzn-ErrorMessage": message,
    }
    assert str(uuid.UUID(response.headers["x-amzn-RequestId"])) == response.headers["x-amzn-RequestId"]


FRAME = len(NEGATIVE_COUNT.format(""))


@pytest.mark.parametrize(
    ("key", "in_header"),
    [
        ("plain ~", True),
        ("k" * (1024 - FRAME), True),
        ("k" * (1025 - FRAME), False),
        ("é", False),
        ("\ud800", False),
        ("a\nb", False),
        ("a\r\nx-amzn-ErrorType: Forged", False),
        ("a\tb", False),
        ("\x7f", False),
        ("\x00", False),
    ],
)
def test_a_long_or_unprintable_message_is_not_a_header(key, in_header):
    """The message is a header too if it is printable ASCII of at most 1,024 characters. Source: wire-10."""
    response = update(replace(key, sync_count=-1))
    message = NEGATIVE_COUNT.format(key)

    assert error(response) == (400, "InvalidParameterException:", message)
    assert response.headers.get("x-amzn-ErrorMessage") == (message if in_header else None)


# Paths


@pytest.mark.parametrize("colon", [":", "%3A", "%3a"])
def test_a_colon_in_a_path_may_be_encoded(colon):
    """A raw and an encoded colon are equal in ids and dataset names. Source: wire-2."""
    path = f"{OWNER}/datasets/a:b"
    send("POST", path, {"SyncSessionToken": token(path), "RecordPatches": [replace("k")]})
    answer = send("GET", path.replace(":", colon)).json()["Dataset"]

    assert (answer["IdentityId"], answer["DatasetName"]) == (IDENTITY, "a:b")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("POST", "/"),
        ("GET", "/nope"),
        ("GET", "//identitypools"),
        ("GET", "/IdentityPools"),
        ("GET", f"/identitypools/{POOL}/identity/{IDENTITY}"),
        ("GET", f"/identitypools/{POOL}/identities/{IDENTITY}/device"),
        ("GET", f"{DATASET}/records/"),
        ("GET", f"{DATASET}/records%2F"),
        ("POST", f"{DATASET}/records"),
        ("POST", "/identitypools"),
        ("PUT", DATASET),
        ("PATCH", DATASET),
        ("HEAD", DATASET),
        ("OPTIONS", DATASET),
    ],
)
def test_an_unknown_path_or_method_is_not_found(method, path):
    """A path or method of no operation is not found; the message has the raw path. Source: wire-8."""
    message = f"No operation answers {method} {path}"

    assert error(send(method, f"{path}?nextToken=x")) == (404, "ResourceNotFoundException:", message)


# Parameters


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (1700574873, 1700574873.0),
        (1700574873.0, 1700574873.0),
        (1700574873.059, 1700574873.059),
        (1700574873.0594, 1700574873.059),
        (0, 0.0),
        (-1.5, -1.5),
        (253402300799, 253402300799.0),
        (-62135596800, -62135596800.0),
    ],
)
def test_dates_are_stored_to_the_millisecond(sent, stored):
    """
    Dates are sent as seconds, with or without a fraction, and stored to the millisecond.

    Source: wire-4, records-2.
    """
    response = update(replace("k", DeviceLastModifiedDate=sent))

    assert response.json()["Records"][0]["DeviceLastModifiedDate"] == stored


@pytest.mark.parametrize("body", [b"\xff\xfe{", b"[]", b'{"DatasetName":"x","MaxResults":0,"LastSyncCount":-1}'])
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", DATASET), ("GET", f"{DATASET}/records"), ("GET", "/identitypools"), ("DELETE", DATASET)],
)
def test_the_body_of_get_and_delete_is_ignored(method, path, body):
    """The body of a GET or DELETE request is ignored, whatever it is. Source: wire-3."""
    update(replace("k"))

    assert send(method, path, body).status_code == 200


def test_a_null_parameter_counts_as_omitted():
    """A null parameter counts as omitted, in the body and in a patch. Source: wire-5."""
    removal = remove("k", Value=None, DeviceLastModifiedDate=None)

    assert update(removal, DeviceId=None).json() == {"Records": []}
    assert update(RecordPatches=None).json() == {"Records": []}


@pytest.mark.parametrize(
    "name",
    ["Nope", "nope", "", "__type", "Patches", "ModifiedBy", "Self", "IdentityPoolId", "DatasetName", "ClientContext"],
)
def test_unknown_members_of_the_body_are_ignored(name):
    """Unknown members of the body are ignored, and so are parameters of the path or a header. Source: wire-5."""
    response = update(replace("k", Nope=1), **{name: {"a": [1]}})

    assert (response.status_code, [record["Key"] for record in response.json()["Records"]]) == (200, ["k"])


@pytest.mark.parametrize("query", ["nope=1", "MaxResults=0", "maxresults=0", "datasetName=x", "&&="])
def test_unknown_names_in_the_query_are_ignored(query):
    """Unknown names in the query are ignored; names are case-sensitive. Source: wire-5."""
    assert send("GET", f"{DATASET}/records?{query}").json()["Count"] == 0


def test_client_context_has_no_effect():
    """The header x-amz-Client-Context is accepted and has no effect. Source: update-7."""
    body = {"SyncSessionToken": token(), "RecordPatches": [replace("k")]}
    response = send("POST", DATASET, body, headers={"x-amz-Client-Context": "device-7"})

    assert [record["LastModifiedBy"] for record in response.json()["Records"]] == [ACCOUNT]


@pytest.mark.parametrize(
    ("method", "path", "body", "found"),
    [
        ("POST", DATASET, None, [("null", "syncSessionToken", NOT_NULL)]),
        ("GET", f"/identitypools/{'a' * 54}:0", None, [(f"'{'a' * 54}:0'", "identityPoolId", at_most(55))]),
        ("GET", "/identitypools/us-east-1:ABC", None, [("'us-east-1:ABC'", "identityPoolId", ID_PATTERN)]),
        (
            "GET",
            "/identitypools/x/identities/y/datasets/a%20b",
            None,
            [
                ("'x'", "identityPoolId", ID_PATTERN),
                ("'y'", "identityId", ID_PATTERN),
                ("'a b'", "datasetName", NAME_PATTERN),
            ],
        ),
        ("GET", f"{OWNER}/datasets/{'n' * 129}", None, [(f"'{'n' * 129}'", "datasetName", at_most(128))]),
        (
            "POST",
            f"{OWNER}/datasets/a$",
            {"DeviceId": "", "RecordPatches": [{}, None, replace("k", Op="x"), replace("")]},
            [
                ("'a$'", "datasetName", NAME_PATTERN),
                ("''", "deviceId", not_empty),
                ("null", "recordPatches.1.member.op", NOT_NULL),
                ("null", "recordPatches.1.member.key", NOT_NULL),
                ("null", "recordPatches.1.member.syncCount", NOT_NULL),
                ("null", "recordPatches.2.member", NOT_NULL),
                ("'x'", "recordPatches.3.member.op", OPS),
                ("''", "recordPatches.4.member.key", not_empty),
                ("null", "syncSessionToken", NOT_NULL),
            ],
        ),
        (
            "POST",
            DATASET,
            {"SyncSessionToken": "x", "DeviceId": "d" * 257, "RecordPatches": [replace("k" * 1025)]},
            [
                (f"'{'d' * 257}'", "deviceId", at_most(256)),
                (f"'{'k' * 1025}'", "recordPatches.1.member.key", at_most(1024)),
            ],
        ),
        (
            "POST",
            DATASET,
            {"SyncSessionToken": "x", "RecordPatches": [replace("k", value="v" * 1048576)]},
            [(f"'{'v' * 1048576}'", "recordPatches.1.member.value", at_most(1048575))],
        ),
    ],
    ids=["empty-body", "pool-length", "pool-case", "path", "name-length", "patches", "lengths", "value"],
)
def test_all_violated_constraints_are_reported_in_order(method, path, body, found):
    """All violated constraints are reported together, in the model's order. Source: wire-6, limits-6."""
    assert error(send(method, path, body)) == violations(*found)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"SyncSessionToken": 1}, "NUMBER_VALUE can not be converted to a String"),
        ({"SyncSessionToken": 1.5}, "NUMBER_VALUE can not be converted to a String"),
        ({"SyncSessionToken": True}, "BOOLEAN_VALUE can not be converted to a String"),
        ({"SyncSessionToken": {}}, MAP_FOUND),
        ({"SyncSessionToken": []}, LIST_FOUND),
        ({"RecordPatches": "x"}, "STRING_VALUE can not be converted to a List"),
        ({"RecordPatches": {}}, MAP_FOUND),
        ({"RecordPatches": ["x"]}, "STRING_VALUE can not be converted to a Structure"),
        ({"RecordPatches": [[]]}, LIST_FOUND),
        ({"RecordPatches": [replace("k", sync_count="0")]}, "STRING_VALUE can not be converted to a Long"),
        ({"RecordPatches": [replace("k", sync_count=0.0)]}, "NUMBER_VALUE can not be converted to a Long"),
        ({"RecordPatches": [replace("k", sync_count=False)]}, "BOOLEAN_VALUE can not be converted to a Long"),
        ({"RecordPatches": [replace("k", sync_count=1 << 63)]}, "NUMBER_VALUE can not be converted to a Long"),
        ({"RecordPatches": [replace("k", sync_count=-(1 << 63) - 1)]}, "NUMBER_VALUE can not be converted to a Long"),
        (
            {"RecordPatches": [replace("k", DeviceLastModifiedDate="1")]},
            f"STRING_VALUE {NO_DATE}",
        ),
        (
            {"RecordPatches": [replace("k", DeviceLastModifiedDate=True)]},
            f"BOOLEAN_VALUE {NO_DATE}",
        ),
        (
            {"RecordPatches": [replace("k", DeviceLastModifiedDate=1e12)]},
            f"NUMBER_VALUE {NO_DATE}",
        ),
        ({"RecordPatches": [replace("k", DeviceLastModifiedDate={})]}, MAP_FOUND),
    ],
)
def test_values_of_wrong_types_are_refused(members, message):
    """A value of a type other than the model's is refused, and nothing is written. Source: wire-7."""
    assert error(update(replace("k"), **members)) == unreadable(message)
    assert send("GET", DATASET).status_code == 404


@pytest.mark.parametrize("count", [(1 << 62) - 1, 1 << 62, (1 << 63) - 1])
def test_a_long_has_63_bits_and_a_sign(count):
    """The largest numbers of the type are read; -2**63 is a number, though no sync count. Source: wire-7, counts-5."""
    assert send("GET", f"{DATASET}/records?lastSyncCount={count}").status_code == 200
    answer = update(replace("k", sync_count=count))
    assert (answer.status_code, answer.json()["Records"][0]["SyncCount"]) == (200, 1)
    negative = f"SyncCount of RecordPatch for key k must not be negative: {-count - 1}"
    assert error(update(replace("k", sync_count=-count - 1))) == (400, "InvalidParameterException:", negative)


@pytest.mark.parametrize("size", [1, (1 << 31) - 1])
def test_an_integer_has_31_bits(size):
    """The largest number of the type is read. Source: wire-7."""
    assert send("GET", f"{DATASET}/records?maxResults={size}").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "message"),
    [
        ("GET", f"{DATASET}/records?maxResults=x", None, "STRING_VALUE can not be converted to an Integer"),
        ("GET", f"{DATASET}/records?maxResults=", None, "STRING_VALUE can not be converted to an Integer"),
        ("GET", f"{DATASET}/records?maxResults={1 << 31}", None, "NUMBER_VALUE can not be converted to an Integer"),
        ("GET", f"{DATASET}/records?lastSyncCount={1 << 63}", None, "NUMBER_VALUE can not be converted to a Long"),
        ("POST", DATASET, "{", "The request body is not valid JSON"),
        ("POST", DATASET, "[]", "The request body is not a JSON object"),
        ("POST", DATASET, "null", "The request body is not a JSON object"),
    ],
)
def test_unreadable_requests_are_refused(method, path, body, message):
    """Numbers in the query are integers of their type, and a body is a JSON object. Source: wire-7."""
    assert error(send(method, path, body)) == unreadable(message)


FOREIGN_POOL = DATASET.replace(POOL, "us-west-2:0")


@pytest.mark.parametrize(
    ("path", "members", "expected"),
    [
        ("/nope", {"SyncSessionToken": 1}, (404, "ResourceNotFoundException:", "No operation answers POST /nope")),
        (f"{FOREIGN_POOL}$", {"SyncSessionToken": 1}, unreadable("NUMBER_VALUE can not be converted to a String")),
        (f"{FOREIGN_POOL}$", {"SyncSessionToken": "x"}, violations(("'d$'", "datasetName", NAME_PATTERN))),
        (
            FOREIGN_POOL,
            {"SyncSessionToken": "x"},
            (404, "ResourceNotFoundException:", "IdentityPool 'us-west-2:0' not found."),
        ),
        (
            DATASET,
            {"SyncSessionToken": "x"},
            (400, "InvalidParameterException:", "SyncSessionToken not valid for these inputs"),
        ),
        (
            DATASET,
            {},
            (400, "InvalidParameterException:", "SyncCount of RecordPatch for key k must not be negative: -1"),
        ),
    ],
    ids=["route", "types", "constraints", "pool", "token", "counts"],
)
def test_checks_are_made_in_order(path, members, expected):
    """The checks are route, types, constraints, pool, token and counts, in this order."""
    too_many = [replace("k", sync_count=-1), *(replace(str(number)) for number in range(1024))]
    body = {"SyncSessionToken": token(), "RecordPatches": too_many, **members}

    assert error(send("POST", path, body)) == expected


def test_a_refusal_names_the_first_twenty_violations_and_counts_all():
    """A request with many violations gets a short refusal, which counts them all. Source: wire-6."""
    status, code, message = error(send("POST", DATASET, {"SyncSessionToken": "x", "RecordPatches": [{}] * 1000}))
    assert (status, code) == (400, "ValidationException:")
    assert message.startswith("3000 validation errors detected: Value null at 'recordPatches.1.member.")
    assert message.count("Value null at ") == 20
