"""The service at the server of this package and at moto's own, for boto3 and for raw requests."""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import boto3
import pytest
import requests
from botocore.config import Config
from driver import ACCOUNT, TOKEN_REFUSED, Refusal, broken, conflict, refusal, replace

from mock_cognitosync.server.application import make_application
from mock_cognitosync.server.waitress_server import serving
from moto.server import ThreadedMotoServer

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
    """The URL of a server: that of this package, or moto's, which has the service because the package is imported."""
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
def client(server, own_model):
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


def path_of(address):
    pool, identity, dataset = address.values()
    return f"/identitypools/{pool}/identities/{identity}/datasets/{dataset}"


def send(server, method, path, body=None, region="us-east-1", headers=None):
    """Send a request unchanged, with a signature that names the service."""
    scope = f"Credential=FOOBARKEY/20240601/{region}/cognito-sync/aws4_request"
    signed = {"Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0", **(headers or {})}
    return requests.request(method, server + path, data=body, headers=signed, timeout=5)


def raw_refusal(response) -> Refusal:
    """The error code, HTTP status and message of a response."""
    return response.headers["x-amzn-ErrorType"].rstrip(":"), response.status_code, response.json()["message"]


# Requests of boto3


def test_boto3_lists_updates_conflicts_describes_and_deletes(client, address):
    """The life of a dataset, from its first listing to its deletion. Source: list-1, counts-3, datasets-4."""
    listing = client.list_records(**address)
    token = listing["SyncSessionToken"]
    assert (listing["DatasetExists"], listing["DatasetSyncCount"], listing["Records"]) == (False, 0, [])

    records = client.update_records(**address, SyncSessionToken=token, RecordPatches=[replace("é", "😀")])["Records"]
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
    stale = refusal(client.update_records, **address, SyncSessionToken=token, RecordPatches=[replace("é")])
    assert stale == conflict("é", current=1, sent=0)
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
    missing = ("ResourceNotFoundException", 404, "Dataset 'a:b' not found.")
    assert refusal(client.describe_dataset, **address) == missing


def test_a_token_is_valid_until_its_update(client, address):
    """A listing accepts a token and returns it unchanged; the update consumes it. Source: token-5, token-6."""
    token = client.list_records(**address)["SyncSessionToken"]
    assert client.list_records(**address, SyncSessionToken=token)["SyncSessionToken"] == token
    client.update_records(**address, SyncSessionToken=token, RecordPatches=[replace("k")])

    refused = refusal(client.update_records, **address, SyncSessionToken=token, RecordPatches=[replace("k")])
    assert refused == TOKEN_REFUSED


def test_regions_are_separate(server, client, address):
    """The signature determines the region, and regions share no data. Source: accounts-1."""
    address["IdentityPoolId"] = "us-west-2:0"
    west = client_of(server, "us-west-2")
    token = west.list_records(**address)["SyncSessionToken"]
    west.update_records(**address, SyncSessionToken=token, RecordPatches=[replace("k")])

    not_found = ("ResourceNotFoundException", 404, "IdentityPool 'us-west-2:0' not found.")
    assert refusal(client.list_records, **address) == not_found
    assert west.describe_dataset(**address)["Dataset"]["NumRecords"] == 1


def test_a_region_without_the_service_is_refused(server, own_model):
    """A signature for a region without the service is refused with 403. Source: regions-2."""
    message = "Credential should be scoped to a valid region, not 'eu-north-1'."

    refused = refusal(client_of(server, "eu-north-1").list_identity_pool_usage)
    assert refused == ("InvalidSignatureException", 403, message)


def test_one_of_several_simultaneous_updates_succeeds(server, client, address):
    """Of simultaneous updates with the same count, one succeeds and the others conflict. Source: counts-3."""
    tokens = [client.list_records(**address)["SyncSessionToken"] for _ in range(8)]

    def write(token):
        body = json.dumps({"SyncSessionToken": token, "RecordPatches": [replace("k")]})
        return send(server, "POST", path_of(address), body).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(write, tokens)) == [200] + [409] * 7
    assert client.list_records(**address)["DatasetSyncCount"] == 1


# Raw requests


@pytest.mark.parametrize("colon", [":", "%3A", "%3a"])
def test_a_colon_in_a_path_may_be_encoded(server, client, address, colon):
    """A raw colon and an encoded colon mean the same. Source: wire-2."""
    token = client.list_records(**address)["SyncSessionToken"]
    client.update_records(**address, SyncSessionToken=token, RecordPatches=[replace("k")])

    response = send(server, "GET", path_of(address).replace(":", colon))
    assert response.json()["Dataset"]["IdentityId"] == address["IdentityId"]


def test_an_answer_is_compact_json_with_nulls(server, address):
    """The members are sorted, missing values are null, and a header has the request id. Source: wire-9, wire-10."""
    response = send(server, "GET", f"{path_of(address)}/records")

    assert response.content == (
        b'{"Count":0,"DatasetDeletedAfterRequestedSyncCount":false,"DatasetExists":false,"DatasetSyncCount":0,'
        b'"LastModifiedBy":null,"MergedDatasetNames":null,"NextToken":null,"Records":[],"SyncSessionToken":"%s"}'
        % response.json()["SyncSessionToken"].encode()
    )
    assert response.headers["Content-Type"] == "application/json"
    assert str(uuid.UUID(response.headers["x-amzn-RequestId"])) == response.headers["x-amzn-RequestId"]


def in_chunks(text):
    """A body that is sent in chunks, because its length is unknown."""
    yield text.encode()


@pytest.mark.parametrize("form", [str, str.encode, in_chunks], ids=["text", "bytes", "chunks"])
@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded", "text/plain", ""])
def test_a_body_is_read_whatever_its_content_type(server, client, address, form, content_type):
    """A body is read as JSON with any content type, whole or in chunks. Source: wire-1."""
    token = client.list_records(**address)["SyncSessionToken"]
    body = form(json.dumps({"SyncSessionToken": token, "RecordPatches": [replace("&Action=DescribeDataset")]}))
    response = send(server, "POST", path_of(address), body, headers={"Content-Type": content_type})

    assert [record["Key"] for record in response.json()["Records"]] == ["&Action=DescribeDataset"]


@pytest.mark.parametrize("body", ["{", "\xff", '{"MaxResults":0}'])
def test_a_body_of_a_get_request_is_ignored(server, address, body):
    """A body of a GET request is read and dropped. Source: wire-3."""
    assert send(server, "GET", f"{path_of(address)}/records", body).json()["Count"] == 0


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("GET", "/", None, ("ResourceNotFoundException", 404, "No operation answers GET /")),
        ("GET", "/nope/", None, ("ResourceNotFoundException", 404, "No operation answers GET /nope/")),
        ("PUT", "/a%2Fb%3Ac", None, ("ResourceNotFoundException", 404, "No operation answers PUT /a%2Fb%3Ac")),
        ("GET", "/a//b", None, ("ResourceNotFoundException", 404, "No operation answers GET /a//b")),
        ("PATCH", "/a;b", None, ("ResourceNotFoundException", 404, "No operation answers PATCH /a;b")),
        ("POST", "{dataset}", "{", (UNREADABLE, 400, "The request body is not valid JSON")),
        ("POST", "{dataset}", "[" * 10_000, (UNREADABLE, 400, "The request body is not valid JSON")),
        ("POST", "{dataset}", b"\xff", (UNREADABLE, 400, "The request body is not valid JSON")),
        ("POST", "{dataset}", "[]", (UNREADABLE, 400, "The request body is not a JSON object")),
        (
            "GET",
            "{dataset}/records?maxResults=%0A1",
            None,
            (UNREADABLE, 400, "STRING_VALUE can not be converted to an Integer"),
        ),
        (
            "GET",
            "{dataset}/records?nextToken=%FF",
            None,
            ("InvalidParameterException", 400, "NextToken is not valid for this operation"),
        ),
    ],
)
def test_a_request_that_no_sdk_sends_is_refused_as_by_the_service(server, address, method, path, body, expected):
    """Unknown paths and malformed bodies get an error of the service. Source: wire-7, wire-8, paging-3."""
    assert raw_refusal(send(server, method, path.format(dataset=path_of(address)), body)) == expected


@pytest.mark.parametrize(
    ("name", "shown"),
    [("a%2Fb", "a/b"), ("a%0A", "a\n"), ("a;b", "a;b"), ("%C3%A9", "é"), ("%ff", "\ufffd"), ("a%3Fb", "a?b")],
)
def test_a_dataset_name_is_decoded_once(server, address, name, shown):
    """The whole of the decoded name must match the pattern. Source: limits-6, wire-6."""
    path = path_of({**address, "DatasetName": name})
    pattern = "Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+"
    violation = f"Value '{shown}' at 'datasetName' failed to satisfy constraint: {pattern}"

    assert raw_refusal(send(server, "GET", path)) == broken(violation)


@pytest.mark.parametrize("path", ["/identitypools//identities/a:0", "/identitypools/"])
def test_an_empty_label_is_an_empty_value(server, path):
    """An empty label in a path is an empty value and does not make another path. Source: limits-6, wire-6."""
    constraint = "Value '' at 'identityPoolId' failed to satisfy constraint: Member must"
    violations = (
        f"{constraint} have length greater than or equal to 1",
        rf"{constraint} satisfy regular expression pattern: [\w-]+:[0-9a-f-]+",
    )

    assert raw_refusal(send(server, "GET", path)) == broken(*violations)


def test_a_header_names_the_account(server, address):
    """The header x-moto-account-id determines the account. Source: accounts-1."""
    headers = {"x-moto-account-id": "222222222222"}
    path = path_of(address)
    token = send(server, "GET", f"{path}/records", headers=headers).json()["SyncSessionToken"]
    body = json.dumps({"SyncSessionToken": token, "RecordPatches": [replace("k")]})
    answer = send(server, "POST", path, body, headers=headers).json()

    assert [record["LastModifiedBy"] for record in answer["Records"]] == ["222222222222"]
    assert send(server, "GET", path).status_code == 404


# Paths of moto


def test_moto_s_dashboard_and_reset_include_the_service(server, client, address):
    """The dashboard lists the datasets, and the reset removes datasets and tokens."""
    token = client.list_records(**address)["SyncSessionToken"]
    client.update_records(**address, SyncSessionToken=token, RecordPatches=[replace("k")])
    shown = requests.get(f"{server}/moto-api/data.json", timeout=5).json()["cognitosync"]["Dataset"]
    assert list(address.values()) in [dataset["key"] for dataset in shown]

    requests.post(f"{server}/moto-api/reset", timeout=5)
    assert client.list_records(**address)["DatasetExists"] is False
    refused = refusal(client.list_records, **address, SyncSessionToken=token)
    assert refused == TOKEN_REFUSED
