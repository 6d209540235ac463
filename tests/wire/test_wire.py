"""The wire: answers byte by byte, the form of errors, and how parameters are read. Requests are raw and unsigned."""

from __future__ import annotations

import json
import uuid

import pytest
import requests

HOST = "https://cognito-sync.us-east-1.amazonaws.com"
POOL = "us-east-1:00000000-0000-4000-8000-00000000000a"
IDENTITY = "us-east-1:00000000-0000-4000-8000-00000000000b"
OWNER = f"/identitypools/{POOL}/identities/{IDENTITY}"
DATASET = f"{OWNER}/datasets/d"
ACCOUNT = "123456789012"
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
    """Time stands at NOW_MS."""
    monkeypatch.setattr("mock_cognitosync.cognitosync.settings.now_ms", lambda: NOW_MS)


def send(method, path, body=None, **options):
    """Send a request as it stands; a body that is not text or bytes travels as JSON."""
    data = body if body is None or isinstance(body, (str, bytes)) else json.dumps(body)
    return requests.request(method, HOST + path, data=data, timeout=5, **options)


def token(dataset=DATASET):
    return send("GET", f"{dataset}/records").json()["SyncSessionToken"]


def patch(key="k", value="v", sync_count=0, **members):
    return {"Op": "replace", "Key": key, "Value": value, "SyncCount": sync_count, **members}


def update(*patches, **members):
    return send("POST", DATASET, {"SyncSessionToken": token(), "RecordPatches": list(patches), **members})


def error(response):
    """Status, class and message of a refusal; message stands alone in the body."""
    assert list(response.json()) == ["message"]
    return response.status_code, response.headers["x-amzn-ErrorType"], response.json()["message"]


def violations(*each):
    many = "" if len(each) == 1 else "s"
    texts = [f"Value {value} at '{place}' failed to satisfy constraint: {rule}" for value, place, rule in each]
    return 400, "ValidationException:", f"{len(each)} validation error{many} detected: {'; '.join(texts)}"


def invalid(message):
    return 400, "SerializationException:", message


# Answers


def test_list_records_of_a_missing_dataset():
    """ListRecords of a missing dataset answers all members, by the alphabet, with explicit nulls. Source: wire-9."""
    response = send("GET", f"{DATASET}/records")

    assert response.content == (
        b'{"Count":0,"DatasetDeletedAfterRequestedSyncCount":false,"DatasetExists":false,"DatasetSyncCount":0,'
        b'"LastModifiedBy":null,"MergedDatasetNames":null,"NextToken":null,"Records":[],"SyncSessionToken":"%s"}'
        % response.json()["SyncSessionToken"].encode()
    )


@pytest.mark.usefixtures("_clock")
def test_update_records_answer():
    """UpdateRecords answers bare records, dates in seconds with milliseconds, a removed one null. Source: wire-9."""
    update(patch("gone"))
    response = update(
        {"Op": "remove", "Key": "gone", "SyncCount": 1}, patch('é"', "\u2028", DeviceLastModifiedDate=1700574873.059)
    )

    assert response.content == (
        b'{"Records":['
        b'{"DeviceLastModifiedDate":%(now)s,"Key":"gone","LastModifiedBy":"123456789012","LastModifiedDate":%(now)s,'
        b'"SyncCount":2,"Value":null},'
        b'{"DeviceLastModifiedDate":1700574873.059,"Key":"\\u00e9\\"","LastModifiedBy":"123456789012",'
        b'"LastModifiedDate":%(now)s,"SyncCount":2,"Value":"\\u2028"}]}' % {b"now": NOW}
    )


@pytest.mark.usefixtures("_clock")
def test_list_records_of_a_dataset():
    """ListRecords answers records with all members, tombstones with a null Value. Source: wire-9, records-1."""
    update(patch("a", ""), patch("b"))
    update({"Op": "remove", "Key": "b", "SyncCount": 1})
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
def test_answer(method, path, answer):
    """Answers are bare objects by the alphabet, nulls written out, dates in seconds. Source: wire-9."""
    update(patch())

    assert send(method, path).content == answer


def test_headers_of_an_answer():
    """An answer is JSON with a request id of its own, and no error header. Source: wire-10."""
    first, second = (send("GET", f"{DATASET}/records").headers for _ in range(2))

    assert dict(first) == {"Content-Type": "application/json", "x-amzn-RequestId": first["x-amzn-RequestId"]}
    assert str(uuid.UUID(first["x-amzn-RequestId"])) != str(uuid.UUID(second["x-amzn-RequestId"]))


# Errors


def _twenty_datasets():
    for number in range(20):
        path = f"{OWNER}/datasets/other{number}"
        send("POST", path, {"SyncSessionToken": token(path), "RecordPatches": [patch()]})


@pytest.mark.parametrize(
    ("prepare", "provoke", "status", "code", "message"),
    [
        (None, lambda: send("GET", DATASET), 404, "ResourceNotFoundException", "Dataset 'd' not found."),
        (
            None,
            lambda: [update(patch("user")), update(patch("user"))][1],
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
            lambda: update(patch()),
            400,
            "LimitExceededException",
            "An identity can have at most 20 datasets",
        ),
    ],
)
def test_error(prepare, provoke, status, code, message):
    """An error is its message alone, with class and message in headers too. Source: wire-10."""
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
def test_error_message_header(key, in_header):
    """The message is a header too where it is printable ASCII of at most 1,024 characters. Source: wire-10."""
    response = update(patch(key, sync_count=-1))
    message = NEGATIVE_COUNT.format(key)

    assert error(response) == (400, "InvalidParameterException:", message)
    assert response.headers.get("x-amzn-ErrorMessage") == (message if in_header else None)


# Paths


@pytest.mark.parametrize("colon", [":", "%3A", "%3a"])
def test_colon_in_a_path(colon):
    """A raw colon and an encoded one are the same, in ids and in dataset names. Source: wire-2."""
    path = f"{OWNER}/datasets/a:b"
    send("POST", path, {"SyncSessionToken": token(path), "RecordPatches": [patch()]})
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
def test_unknown_operation(method, path):
    """A path or method that no operation has is not found; the raw path is shown. Source: wire-8."""
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
def test_dates(sent, stored):
    """Dates come as seconds, whole or with a fraction, and are kept to the millisecond. Source: wire-4, records-2."""
    response = update(patch(DeviceLastModifiedDate=sent))

    assert response.json()["Records"][0]["DeviceLastModifiedDate"] == stored


@pytest.mark.parametrize("body", [b"\xff\xfe{", b"[]", b'{"DatasetName":"x","MaxResults":0,"LastSyncCount":-1}'])
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", DATASET), ("GET", f"{DATASET}/records"), ("GET", "/identitypools"), ("DELETE", DATASET)],
)
def test_body_on_get_and_delete(method, path, body):
    """A body on GET and DELETE is read and dropped, whatever it holds. Source: wire-3."""
    update(patch())

    assert send(method, path, body).status_code == 200


def test_null_parameters():
    """A null parameter is no parameter, at the top and in a patch. Source: wire-5."""
    removal = {"Op": "remove", "Key": "k", "Value": None, "SyncCount": 0, "DeviceLastModifiedDate": None}

    assert update(removal, DeviceId=None).json() == {"Records": []}
    assert update(RecordPatches=None).json() == {"Records": []}


@pytest.mark.parametrize(
    "name",
    ["Nope", "nope", "", "__type", "Patches", "ModifiedBy", "Self", "IdentityPoolId", "DatasetName", "ClientContext"],
)
def test_unknown_member_in_the_body(name):
    """What is no member of the body is ignored, also what travels elsewhere. Source: wire-5."""
    response = update(patch(Nope=1), **{name: {"a": [1]}})

    assert (response.status_code, [record["Key"] for record in response.json()["Records"]]) == (200, ["k"])


@pytest.mark.parametrize("query", ["nope=1", "MaxResults=0", "maxresults=0", "datasetName=x", "&&="])
def test_unknown_name_in_the_query(query):
    """Unknown names in the query are ignored; names are case-sensitive. Source: wire-5."""
    assert send("GET", f"{DATASET}/records?{query}").json()["Count"] == 0


def test_client_context():
    """The header x-amz-Client-Context is read and changes nothing. Source: update-7."""
    body = {"SyncSessionToken": token(), "RecordPatches": [patch()]}
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
            {"DeviceId": "", "RecordPatches": [{}, None, patch(Op="x"), patch("")]},
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
            {"SyncSessionToken": "x", "DeviceId": "d" * 257, "RecordPatches": [patch("k" * 1025)]},
            [
                (f"'{'d' * 257}'", "deviceId", at_most(256)),
                (f"'{'k' * 1025}'", "recordPatches.1.member.key", at_most(1024)),
            ],
        ),
        (
            "POST",
            DATASET,
            {"SyncSessionToken": "x", "RecordPatches": [patch(value="v" * 1048576)]},
            [(f"'{'v' * 1048576}'", "recordPatches.1.member.value", at_most(1048575))],
        ),
    ],
    ids=["empty-body", "pool-length", "pool-case", "path", "name-length", "patches", "lengths", "value"],
)
def test_violated_constraints(method, path, body, found):
    """All violated constraints of a request come together, in the model's order. Source: wire-6, limits-6."""
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
        ({"RecordPatches": [patch(sync_count="0")]}, "STRING_VALUE can not be converted to a Long"),
        ({"RecordPatches": [patch(sync_count=0.0)]}, "NUMBER_VALUE can not be converted to a Long"),
        ({"RecordPatches": [patch(sync_count=False)]}, "BOOLEAN_VALUE can not be converted to a Long"),
        ({"RecordPatches": [patch(sync_count=1 << 63)]}, "NUMBER_VALUE can not be converted to a Long"),
        (
            {"RecordPatches": [patch(DeviceLastModifiedDate="1")]},
            f"STRING_VALUE {NO_DATE}",
        ),
        (
            {"RecordPatches": [patch(DeviceLastModifiedDate=True)]},
            f"BOOLEAN_VALUE {NO_DATE}",
        ),
        (
            {"RecordPatches": [patch(DeviceLastModifiedDate=1e12)]},
            f"NUMBER_VALUE {NO_DATE}",
        ),
        ({"RecordPatches": [patch(DeviceLastModifiedDate={})]}, MAP_FOUND),
    ],
)
def test_value_of_another_type(members, message):
    """A value of another type than the model's is refused, and nothing is written. Source: wire-7."""
    assert error(update(patch(), **members)) == invalid(message)
    assert send("GET", DATASET).status_code == 404


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
def test_unreadable_request(method, path, body, message):
    """Numbers in the query are whole and fit their type, and a body is a JSON object. Source: wire-7."""
    assert error(send(method, path, body)) == invalid(message)


STRANGER = DATASET.replace(POOL, "us-west-2:0")


@pytest.mark.parametrize(
    ("path", "members", "expected"),
    [
        ("/nope", {"SyncSessionToken": 1}, (404, "ResourceNotFoundException:", "No operation answers POST /nope")),
        (f"{STRANGER}$", {"SyncSessionToken": 1}, invalid("NUMBER_VALUE can not be converted to a String")),
        (f"{STRANGER}$", {"SyncSessionToken": "x"}, violations(("'d$'", "datasetName", NAME_PATTERN))),
        (
            STRANGER,
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
def test_order_of_checks(path, members, expected):
    """Checks go from route over types, constraints, pool and token to the counts, each before the next."""
    too_many = [patch("k", sync_count=-1), *(patch(str(number)) for number in range(1024))]
    body = {"SyncSessionToken": token(), "RecordPatches": too_many, **members}

    assert error(send("POST", path, body)) == expected
