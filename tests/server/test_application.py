"""Which requests the server answers itself, how browsers are served, and that all others reach moto as they came."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager

import boto3
import pytest
import requests
from botocore.exceptions import ConnectionClosedError
from driver import new_dataset, place
from moto.moto_api import recorder
from moto.server import ThreadedMotoServer
from werkzeug import Response
from werkzeug.test import Client

from mock_cognitosync.server.application import MAX_BODY_BYTES, in_front_of, make_application
from mock_cognitosync.server.waitress_server import serving

DATASET = "/identitypools/us-east-1:0/identities/us-east-1:0/datasets/profile"
EXPOSED = "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"


def signed(service="cognito-sync", region="us-east-1"):
    scope = f"Credential=FOOBARKEY/20240601/{region}/{service}/aws4_request"
    return {"Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"}


@pytest.fixture
def client():
    """A client of the application, with a stand-in for moto behind it."""
    return Client(in_front_of(Response("moto", headers={"Connection": "close", "X-Moto": "yes"})))


def refusal(answer):
    return answer.status_code, answer.headers["x-amzn-ErrorType"], json.loads(answer.data)["message"]


# Which requests are ours


@pytest.mark.parametrize(
    ("path", "headers", "is_ours"),
    [
        ("/", signed(), True),
        ("/", signed("s3"), False),
        ("/identitypools", signed("s3"), False),
        ("/identitypools", {"Authorization": "AWS key:signature"}, False),
        ("/identitypools", {}, True),
        ("/identitypools?X-Amz-Signature=0", {}, False),
        ("/identitypools?AWSAccessKeyId=key&Signature=0", {}, False),
        ("/", {}, False),
        ("/", {"Host": "cognito-sync.eu-west-1.amazonaws.com"}, True),
        ("/", {"Host": "cognito-sync.eu-west-1.amazonaws.com:5000"}, True),
        ("/", {"Host": "cognito-identity.eu-west-1.amazonaws.com"}, False),
        ("/moto-api/", {}, False),
    ],
)
def test_which_requests_are_ours(client, path, headers, is_ours):
    """The signature says which service is meant; without one the host does, or the path."""
    assert (client.get(path, headers=headers).data != b"moto") == is_ours


@pytest.mark.parametrize("base_url", ["http://localhost", "http://cognito-sync.us-east-1.amazonaws.com"])
def test_moto_records_our_requests_with_their_undecoded_url(client, monkeypatch, tmp_path, base_url):
    """While moto records requests, ours are recorded and answered as always, signed or not."""
    monkeypatch.setattr(recorder, "_user_enabled", True)
    monkeypatch.setattr(recorder, "_location", str(tmp_path / "recording"))
    path = DATASET.replace(":", "%3A")
    answers = [client.get(path, base_url=base_url, headers=headers).status_code for headers in (signed(), {})]
    rows = [json.loads(row) for row in (tmp_path / "recording").read_text().splitlines()]
    assert (answers, [row["url"] for row in rows]) == ([404, 404], [base_url + path] * 2)


def test_moto_does_not_speak_of_the_connection(client):
    """Headers about the connection are the HTTP server's to send; moto's others pass."""
    headers = client.get("/").headers
    assert ("X-Moto" in headers, "Connection" in headers) == (True, False)


@pytest.mark.parametrize("headers", [{}, signed(region="us-east-1")])
def test_the_host_names_the_region(client, headers):
    """A host of the service's own says which region answers. Source: accounts-1."""
    headers = {"Host": "cognito-sync.eu-west-1.amazonaws.com", **headers}
    answer = client.get("/identitypools/us-east-1:0", headers=headers)
    assert refusal(answer) == (404, "ResourceNotFoundException:", "IdentityPool 'us-east-1:0' not found.")


def test_a_host_of_a_region_without_the_service(client):
    """The host of a region without the service is refused as its signature would be. Source: regions-2."""
    answer = client.get("/identitypools", headers={"Host": "cognito-sync.eu-north-1.amazonaws.com"})
    message = "Credential should be scoped to a valid region, not 'eu-north-1'."
    assert refusal(answer) == (403, "InvalidSignatureException:", message)


# Browsers


@pytest.mark.parametrize("path", [f"{DATASET}/records", DATASET])
def test_a_page_may_read_each_answer(client, path):
    """Answers and refusals may be read by every page, and so may what tells a refusal's class. Source: http-1."""
    headers = client.get(path, headers=signed()).headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Access-Control-Expose-Headers"] == EXPOSED


def test_a_browser_asks_before_it_sends(client):
    """A preflight request, which is never signed, is told that it may send what it asks for. Source: http-2."""
    asked = "authorization,content-type,x-amz-date,x-amz-user-agent"
    answer = client.options(
        DATASET,
        headers={
            "Origin": "http://localhost:3000",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": asked,
        },
    )
    assert (answer.status_code, answer.data) == (200, b"")
    assert {name: value for name, value in answer.headers.items() if name.startswith("Access-")} == {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": EXPOSED,
        "Access-Control-Allow-Methods": "GET,POST,DELETE",
        "Access-Control-Allow-Headers": asked,
        "Access-Control-Max-Age": "172800",
    }


def test_options_of_no_browser(client):
    """Another OPTIONS request is an unknown operation. Source: wire-8."""
    assert refusal(client.options("/identitypools"))[:2] == (404, "ResourceNotFoundException:")


def test_head_has_no_body(client):
    """HEAD, which no operation has, is answered without a body, so that the connection can be used on."""
    answer = client.head("/identitypools")
    assert (answer.status_code, answer.data, int(answer.headers["Content-Length"]) > 0) == (404, b"", True)


# What goes too far


@pytest.mark.parametrize(("length", "status"), [(MAX_BODY_BYTES, 400), (MAX_BODY_BYTES + 1, 413)])
def test_a_body_has_a_longest(client, length, status):
    """A body above 16 MiB is refused unread. Source: http-3."""
    answer = client.post(DATASET, headers=signed(), data=b"{" * length)
    assert answer.status_code == status
    if status == 413:
        message = "The request body is longer than 16777216 bytes"
        assert refusal(answer) == (413, "RequestEntityTooLargeException:", message)


@pytest.mark.parametrize("after_write", [False, True])
def test_a_dropped_connection_is_one(cognitosync_server, cognitosync, after_write):
    """Where the handle drops the connection, the server closes it and sends nothing."""
    client = boto3.client("cognito-sync", endpoint_url=cognitosync_server.url)
    address = new_dataset(cognitosync)
    token = client.list_records(**address)["SyncSessionToken"]
    patch = {"Op": "replace", "Key": "theme", "Value": "dark", "SyncCount": 0}
    with cognitosync.drop_connection("UpdateRecords", after_write=after_write), pytest.raises(ConnectionClosedError):
        client.update_records(**address, SyncSessionToken=token, RecordPatches=[patch])
    assert cognitosync.records(*place(address)) == ({"theme": "dark"} if after_write else {})


# All that is moto's


@contextmanager
def moto_serving():
    moto_server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    moto_server.start()
    yield "http://{}:{}".format(*moto_server.get_host_and_port())
    moto_server.stop()


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Content-Type": "application/x-amz-json-1.0"}
BROWSER = {"Origin": "http://localhost", "Access-Control-Request-Method": "PUT"}
KEY = "/bucket/a%2Fb%20%C3%A4//c"
OF_MOTO = [
    ("s3", "PUT", "/bucket", {}, None),
    ("s3", "PUT", KEY, {"x-amz-meta-My-Key": "1", "x-amz-meta-my_key": "2"}, b"hello"),
    ("s3", "GET", KEY, {}, None),
    ("s3", "HEAD", KEY, {}, None),
    ("s3", "GET", KEY, {"Range": "bytes=1-2"}, None),
    ("s3", "GET", "/bucket?list-type=2&prefix=a%2F", {}, None),
    ("s3", "PUT", "/bucket/chunks", {}, [b"a", b"b"]),
    ("s3", "GET", "/bucket/chunks", {}, None),
    ("s3", "PUT", "/bucket/nothing", {}, None),
    ("s3", "DELETE", "/bucket/nothing", {}, None),
    ("s3", "GET", "/nope", {}, None),
    (None, "OPTIONS", "/bucket/x", BROWSER, None),
    ("sts", "POST", "/", FORM, "Action=GetCallerIdentity&Version=2011-06-15"),
    ("dynamodb", "POST", "/", JSON, "{}"),
    ("route53", "GET", "/2013-04-01/hostedzone", {}, None),
    (None, "GET", "/latest/meta-data/", {}, None),
    (None, "GET", "/moto-api/", {}, None),
]
# Of the server or of the moment, not of what was asked.
PASSING = {"connection", "date", "host", "last-modified", "server", "via", "x-amz-request-id", "x-amzn-requestid"}
PASSING_TEXT = re.compile(rb"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*|<RequestId>.*?</RequestId>")


def answers(url):
    requests.post(f"{url}/moto-api/reset", timeout=5)
    found = []
    for service, method, path, headers, body in OF_MOTO:
        sent = {**(signed(service) if service else {}), **headers}
        chunks = iter(body) if isinstance(body, list) else body
        answer = requests.request(method, url + path, headers=sent, data=chunks, timeout=5)
        text = PASSING_TEXT.sub(b"", answer.content)
        members = {name: value for name, value in answer.headers.items() if name.lower() not in PASSING}
        found.append((method, path, answer.status_code, answer.reason, members, text))
    # Otherwise moto's dashboard would meet the objects of this bucket in later tests, and fail.
    requests.post(f"{url}/moto-api/reset", timeout=5)
    return found


def test_moto_answers_as_on_its_own_server(monkeypatch):
    """Requests for other services reach moto, and its answers the client, as they do on moto's server."""
    # Without them some versions of moto ask the network for credentials of their own.
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with moto_serving() as url:
        expected = answers(url)
    with serving(make_application()) as url:
        assert answers(url) == expected
