"""The service behind our server and behind moto's own, to boto3 and to raw requests."""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

from mock_cognitosync.server.application import make_application
from mock_cognitosync.server.waitress_server import serving

ACCOUNT = "123456789012"
INVALID = "InvalidParameterException"
BROKEN = "ValidationException"
UNREADABLE = "SerializationException"


@contextmanager
def moto_serving():
    moto_server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    moto_server.start()
    host, port = moto_server.get_host_and_port()
    yield f"http://{host}:{port}"
    moto_server.stop()


@pytest.fixture(scope="module", params=["ours", "moto's"])
def server(request):
    """The URL of a server: ours, or that of moto, which knows the service where the package is imported."""
    with serving(make_application()) if request.param == "ours" else moto_serving() as url:
        yield url
        requests.post(f"{url}/moto-api/reset", timeout=5)


@pytest.fixture
def address():
    """The parameters that name a dataset of a new identity."""
    return {
        "IdentityPoolId": f"us-east-1:{uuid.uuid4()}",
        "IdentityId": f"us-east-1:{uuid.uuid4()}",
        "DatasetName": "a:b",
    }


@pytest.fixture
def client(server):
    """A client of the server."""
    return client_of(server, "us-east-1")


def client_of(server, region):
    return boto3.client(
        "cognito-sync",
        region_name=region,
        endpoint_url=server,
        aws_access_key_id="FOOBARKEY",
        aws_secret_access_key="FOOBARSECRET",
        config=Config(retries={"total_max_attempts": 1}),
    )


def patch(key="k", value="v", sync_count=0):
    return {"Op": "replace", "Key": key, "Value": value, "SyncCount": sync_count}


def path_of(address):
    pool, identity, dataset = address.values()
    return f"/identitypools/{pool}/identities/{identity}/datasets/{dataset}"


def send(server, method, path, body=None, region="us-east-1", headers=None):
    """Send a request as it stands, under a signature that names the service."""
    scope = f"Credential=FOOBARKEY/20240601/{region}/cognito-sync/aws4_request"
    signed = {"Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0", **(headers or {})}
    return requests.request(method, server + path, data=body, headers=signed, timeout=5)


def refusal(call, **parameters):
    """Status, code and message of a call that must fail."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    response = caught.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"], response["Error"]["Message"]


def raw_refusal(response):
    return response.status_code, response.headers["x-amzn-ErrorType"].rstrip(":"), response.json()["message"]


# boto3


def test_round_trip(client, address):
    """boto3 lists, updates, meets a conflict, describes and deletes. Source: list-1, counts-3, datasets-4."""
    listing = client.list_records(**address)
    token = listing["SyncSessionToken"]
    assert (listing["DatasetExists"], listing["DatasetSyncCount"], listing["Records"]) == (False, 0, [])

    records = client.update_records(**address, SyncSessionToken=token, RecordPatches=[patch("é", "😀")])["Records"]
    written = records[0]["LastModifiedDate"]
    assert records == [
        {
            "Key": "é",
            "Value": "😀",
            "SyncCount": 1,
            "LastModifiedBy": ACCOUNT,
            "LastModifiedDate": written,
            "DeviceLastModifiedDate": written,
        }
    ]

    token = client.list_records(**address)["SyncSessionToken"]
    stale = refusal(client.update_records, **address, SyncSessionToken=token, RecordPatches=[patch("é")])
    assert stale == (409, "ResourceConflictException", "Current SyncCount for: é is: 1 not: 0")
    assert client.list_records(**address)["Records"] == records

    dataset = client.describe_dataset(**address)["Dataset"]
    assert dataset == {
        "IdentityId": address["IdentityId"],
        "DatasetName": "a:b",
        "CreationDate": written,
        "LastModifiedDate": written,
        "LastModifiedBy": ACCOUNT,
        "DataStorage": 6,
        "NumRecords": 1,
    }
    assert client.delete_dataset(**address)["Dataset"] == dataset
    missing = (404, "ResourceNotFoundException", "Dataset 'a:b' not found.")
    assert refusal(client.describe_dataset, **address) == missing


def test_used_token(client, address):
    """A token is used up by the update that it was for, and travels whole in the query. Source: token-5, token-6."""
    token = client.list_records(**address)["SyncSessionToken"]
    assert client.list_records(**address, SyncSessionToken=token)["SyncSessionToken"] == token
    client.update_records(**address, SyncSessionToken=token, RecordPatches=[patch()])

    refused = refusal(client.update_records, **address, SyncSessionToken=token, RecordPatches=[patch()])
    assert refused == (400, INVALID, "SyncSessionToken not valid for these inputs")


def test_regions_are_apart(server, client, address):
    """The region is that of the signature; data of one is not in another. Source: accounts-1."""
    address["IdentityPoolId"] = "us-west-2:0"
    west = client_of(server, "us-west-2")
    token = west.list_records(**address)["SyncSessionToken"]
    west.update_records(**address, SyncSessionToken=token, RecordPatches=[patch()])

    not_found = (404, "ResourceNotFoundException", "IdentityPool 'us-west-2:0' not found.")
    assert refusal(client.list_records, **address) == not_found
    assert west.describe_dataset(**address)["Dataset"]["NumRecords"] == 1


def test_region_without_the_service(server):
    """A region without the service is refused with 403. Source: regions-2."""
    message = "Credential should be scoped to a valid region, not 'eu-north-1'."

    refused = refusal(client_of(server, "eu-north-1").list_identity_pool_usage)
    assert refused == (403, "InvalidSignatureException", message)


def test_race(server, client, address):
    """Of updates at the same time that saw the same count one wins, and the others conflict. Source: counts-3."""
    tokens = [client.list_records(**address)["SyncSessionToken"] for _ in range(8)]

    def write(token):
        body = json.dumps({"SyncSessionToken": token, "RecordPatches": [patch()]})
        return send(server, "POST", path_of(address), body).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(write, tokens)) == [200] + [409] * 7
    assert client.list_records(**address)["DatasetSyncCount"] == 1


# Raw requests


@pytest.mark.parametrize("colon", [":", "%3A", "%3a"])
def test_colon_in_a_path(server, client, address, colon):
    """A raw colon in a path and an encoded one are the same. Source: wire-2."""
    token = client.list_records(**address)["SyncSessionToken"]
    client.update_records(**address, SyncSessionToken=token, RecordPatches=[patch()])

    response = send(server, "GET", path_of(address).replace(":", colon))
    assert response.json()["Dataset"]["IdentityId"] == address["IdentityId"]


def test_answer(server, address):
    """An answer is bare JSON by the alphabet, with explicit nulls and a request id. Source: wire-9, wire-10."""
    response = send(server, "GET", f"{path_of(address)}/records")

    assert response.content == (
        b'{"Count":0,"DatasetDeletedAfterRequestedSyncCount":false,"DatasetExists":false,"DatasetSyncCount":0,'
        b'"LastModifiedBy":null,"MergedDatasetNames":null,"NextToken":null,"Records":[],"SyncSessionToken":"%s"}'
        % response.json()["SyncSessionToken"].encode()
    )
    assert response.headers["Content-Type"] == "application/json"
    assert str(uuid.UUID(response.headers["x-amzn-RequestId"])) == response.headers["x-amzn-RequestId"]


def in_chunks(text):
    """A body that travels in chunks, since its length is not known."""
    yield text.encode()


@pytest.mark.parametrize("form", [str, str.encode, in_chunks], ids=["text", "bytes", "chunks"])
@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded", "text/plain", ""])
def test_body(server, client, address, form, content_type):
    """A body is read whatever its type is said to be, whole or in chunks. Source: wire-1."""
    token = client.list_records(**address)["SyncSessionToken"]
    body = form(json.dumps({"SyncSessionToken": token, "RecordPatches": [patch("&Action=DescribeDataset")]}))
    response = send(server, "POST", path_of(address), body, headers={"Content-Type": content_type})

    assert [record["Key"] for record in response.json()["Records"]] == ["&Action=DescribeDataset"]


@pytest.mark.parametrize("body", ["{", "\xff", '{"MaxResults":0}'])
def test_body_on_get(server, address, body):
    """A body on GET is read and dropped, and the connection can be used on. Source: wire-3."""
    assert send(server, "GET", f"{path_of(address)}/records", body).json()["Count"] == 0


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("GET", "/", None, (404, "ResourceNotFoundException", "No operation answers GET /")),
        ("GET", "/nope/", None, (404, "ResourceNotFoundException", "No operation answers GET /nope/")),
        ("PUT", "/a%2Fb%3Ac", None, (404, "ResourceNotFoundException", "No operation answers PUT /a%2Fb%3Ac")),
        ("GET", "/a//b", None, (404, "ResourceNotFoundException", "No operation answers GET /a//b")),
        ("PATCH", "/a;b", None, (404, "ResourceNotFoundException", "No operation answers PATCH /a;b")),
        ("POST", "{dataset}", "{", (400, UNREADABLE, "The request body is not valid JSON")),
        ("POST", "{dataset}", "[" * 10_000, (400, UNREADABLE, "The request body is not valid JSON")),
        ("POST", "{dataset}", b"\xff", (400, UNREADABLE, "The request body is not valid JSON")),
        ("POST", "{dataset}", "[]", (400, UNREADABLE, "The request body is not a JSON object")),
        (
            "GET",
            "{dataset}/records?maxResults=%0A1",
            None,
            (400, UNREADABLE, "STRING_VALUE can not be converted to an Integer"),
        ),
        ("GET", "{dataset}/records?nextToken=%FF", None, (400, INVALID, "NextToken is not valid for this operation")),
    ],
)
def test_refusal(server, address, method, path, body, expected):
    """What no SDK would send is refused with an error of the service. Source: wire-7, wire-8, paging-3."""
    assert raw_refusal(send(server, method, path.format(dataset=path_of(address)), body)) == expected


@pytest.mark.parametrize(
    ("name", "shown"),
    [("a%2Fb", "a/b"), ("a%0A", "a\n"), ("a;b", "a;b"), ("%C3%A9", "é"), ("%ff", "\ufffd"), ("a%3Fb", "a?b")],
)
def test_dataset_name(server, address, name, shown):
    """A dataset's name is decoded once, and must match its pattern whole. Source: limits-6, wire-6."""
    path = path_of({**address, "DatasetName": name})
    pattern = "Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+"
    message = f"1 validation error detected: Value '{shown}' at 'datasetName' failed to satisfy constraint: {pattern}"

    assert raw_refusal(send(server, "GET", path)) == (400, BROKEN, message)


@pytest.mark.parametrize("path", ["/identitypools//identities/a:0", "/identitypools/"])
def test_empty_label(server, path):
    """An empty label in a path is an empty value, not another path. Source: limits-6, wire-6."""
    constraint = "Value '' at 'identityPoolId' failed to satisfy constraint: Member must"
    message = (
        f"2 validation errors detected: {constraint} have length greater than or equal to 1; "
        rf"{constraint} satisfy regular expression pattern: [\w-]+:[0-9a-f-]+"
    )

    assert raw_refusal(send(server, "GET", path)) == (400, BROKEN, message)


def test_account_of_a_header(server, address):
    """The header x-moto-account-id names the account. Source: accounts-1."""
    headers = {"x-moto-account-id": "222222222222"}
    path = path_of(address)
    token = send(server, "GET", f"{path}/records", headers=headers).json()["SyncSessionToken"]
    body = json.dumps({"SyncSessionToken": token, "RecordPatches": [patch()]})
    answer = send(server, "POST", path, body, headers=headers).json()

    assert [record["LastModifiedBy"] for record in answer["Records"]] == ["222222222222"]
    assert send(server, "GET", path).status_code == 404


# moto's own paths


def test_dashboard_and_reset(server, client, address):
    """The dashboard of moto shows the datasets, and its reset forgets them."""
    token = client.list_records(**address)["SyncSessionToken"]
    client.update_records(**address, SyncSessionToken=token, RecordPatches=[patch()])
    shown = requests.get(f"{server}/moto-api/data.json", timeout=5).json()["cognitosync"]["Dataset"]
    assert address["IdentityId"] in [dataset["key"][1] for dataset in shown]

    requests.post(f"{server}/moto-api/reset", timeout=5)
    assert client.list_records(**address)["DatasetExists"] is False
    refused = refusal(client.list_records, **address, SyncSessionToken=token)
    assert refused == (400, INVALID, "SyncSessionToken not valid for these inputs")
