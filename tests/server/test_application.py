"""The application: requests of the service, requests of browsers, and requests that moto answers unchanged."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager

import boto3
import pytest
import requests
from botocore.exceptions import ConnectionClosedError
from driver import DatasetDriver, replace
from werkzeug import Response
from werkzeug.test import Client, create_environ

from mock_cognitosync.server import application
from mock_cognitosync.server.application import MAX_BODY_BYTES, in_front_of, make_application
from mock_cognitosync.server.waitress_server import serving
from moto.moto_api import recorder
from moto.server import ThreadedMotoServer

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


# Requests of the service


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
def test_the_signature_the_host_or_the_path_names_the_service(client, path, headers, is_ours):
    """The signature determines the service; without a signature the host does, or the path."""
    assert (client.get(path, headers=headers).data != b"moto") == is_ours


@pytest.mark.parametrize("base_url", ["http://localhost", "http://cognito-sync.us-east-1.amazonaws.com"])
def test_moto_s_recorder_records_requests_of_the_service(client, monkeypatch, tmp_path, base_url):
    """While moto records requests, those of the service are recorded with their undecoded URL, and answered."""
    monkeypatch.setattr(recorder, "_user_enabled", True)
    monkeypatch.setattr(recorder, "_location", str(tmp_path / "recording"))
    path = DATASET.replace(":", "%3A")
    answers = [client.get(path, base_url=base_url, headers=headers).status_code for headers in (signed(), {})]
    rows = [json.loads(row) for row in (tmp_path / "recording").read_text().splitlines()]
    assert (answers, [row["url"] for row in rows]) == ([404, 404], [base_url + path] * 2)


def test_moto_s_header_about_the_connection_is_dropped(client):
    """Headers about the connection belong to the HTTP server; other headers of moto pass."""
    headers = client.get("/").headers
    assert ("X-Moto" in headers, "Connection" in headers) == (True, False)


@pytest.mark.parametrize("headers", [{}, signed(region="us-east-1")])
def test_the_host_names_the_region(client, headers):
    """The region in one of the service's own hosts has precedence over the signature's. Source: accounts-1."""
    headers = {"Host": "cognito-sync.eu-west-1.amazonaws.com", **headers}
    answer = client.get("/identitypools/us-east-1:0", headers=headers)
    assert refusal(answer) == (404, "ResourceNotFoundException:", "IdentityPool 'us-east-1:0' not found.")


def test_a_host_of_a_region_without_the_service_is_refused(client):
    """The host of a region without the service is refused as a signature for it is. Source: regions-2."""
    answer = client.get("/identitypools", headers={"Host": "cognito-sync.eu-north-1.amazonaws.com"})
    message = "Credential should be scoped to a valid region, not 'eu-north-1'."
    assert refusal(answer) == (403, "InvalidSignatureException:", message)


# Browsers


@pytest.mark.parametrize("path", [f"{DATASET}/records", DATASET])
def test_a_page_may_read_each_answer(client, path):
    """Every page may read answers, refusals and the header with the error code. Source: http-1."""
    headers = client.get(path, headers=signed()).headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Access-Control-Expose-Headers"] == EXPOSED


def test_a_preflight_request_is_allowed(client):
    """A preflight request, which is never signed, is allowed what it asks for. Source: http-2."""
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


def test_another_options_request_is_an_unknown_operation(client):
    """An OPTIONS request without the headers of a preflight request is refused. Source: wire-8."""
    assert refusal(client.options("/identitypools"))[:2] == (404, "ResourceNotFoundException:")


def test_a_head_request_is_answered_without_a_body(client):
    """No operation uses HEAD; without a body in the answer the connection stays usable."""
    answer = client.head("/identitypools")
    assert (answer.status_code, answer.data, int(answer.headers["Content-Length"]) > 0) == (404, b"", True)


# Limits


@pytest.mark.parametrize(("length", "status"), [(MAX_BODY_BYTES, 400), (MAX_BODY_BYTES + 1, 413)])
def test_a_body_above_16_mib_is_refused(client, length, status):
    """The server refuses a longer body without reading it. Source: http-3."""
    answer = client.post(DATASET, headers=signed(), data=b"{" * length)
    assert answer.status_code == status
    if status == 413:
        message = "The request body is longer than 16777216 bytes"
        assert refusal(answer) == (413, "RequestEntityTooLargeException:", message)


@pytest.mark.parametrize("after_write", [False, True])
def test_a_dropped_connection_is_closed_without_an_answer(cognitosync_server, cognitosync, after_write):
    """If the handle drops the connection, the server closes it and sends nothing."""
    client = boto3.client("cognito-sync", endpoint_url=cognitosync_server.url)
    profile = DatasetDriver.of_new_identity(cognitosync, client)
    token = profile.token()
    with cognitosync.drop_connection("UpdateRecords", after_write=after_write), pytest.raises(ConnectionClosedError):
        profile.update(replace("theme", "dark"), token=token)
    assert profile.records() == ({"theme": "dark"} if after_write else {})


# Requests that moto answers


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
# These depend on the server or on the moment, not on the request.
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
    """Requests for other services reach moto, and its answers reach the client, as on moto's own server."""
    # Without them, some versions of moto ask the network for credentials.
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with moto_serving() as url:
        expected = answers(url)
    with serving(make_application()) as url:
        assert answers(url) == expected


def test_moto_s_recorder_reads_an_undecoded_path_and_url():
    """A request has its path and URL as they were sent, under the names that each moto version reads."""
    environ = create_environ("/", "http://127.0.0.1:5000") | {"RAW_URI": "/identitypools/us-east-1%3A0?maxResults=1"}
    request = application._Request(environ)
    url = "http://127.0.0.1:5000/identitypools/us-east-1%3A0?maxResults=1"
    assert (request.raw_path, request.raw_url, request.url) == ("/identitypools/us-east-1%3A0", url, url)
