"""Web pages of another origin: a browser sends their requests, so the server must not obey all of them."""

from __future__ import annotations

import pytest
from werkzeug import Response
from werkzeug.test import Client

from mock_cognitosync.server.application import in_front_of
from mock_cognitosync.server.guard import Guard

RESET = "/moto-api/reset"
SERVER = "http://localhost:5000"


@pytest.fixture
def client():
    """A client of the application, with a stand-in for moto behind it."""
    return Client(in_front_of(Response("moto")))


def test_a_page_of_another_origin_cannot_reset_the_server(client):
    """The simple request that a browser sends without asking is refused, and moto does not see it."""
    headers = {"Origin": "http://evil.example", "Content-Type": "text/plain"}
    answer = client.post(RESET, base_url=SERVER, headers=headers, data="{}")
    message = (
        "A page of http://evil.example must not change the state of this server; if it is yours, start the server with "
        "--allow-origin http://evil.example"
    )
    assert (answer.status_code, answer.json) == (403, {"message": message})


@pytest.mark.parametrize("origin", ["null", "http://localhost:3000", "http://localhost", "https://evil.example:5000"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("path", [RESET, "/moto-api/cognito-sync/v1/reset"])
def test_other_ports_and_sandboxed_pages_are_other_origins(client, origin, method, path):
    """An origin has a host and a port; a sandboxed page has none."""
    assert client.open(path, base_url=SERVER, method=method, headers={"Origin": origin}).status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", RESET, {}),
        ("POST", RESET, {"Origin": SERVER}),
        ("GET", "/moto-api/data.json", {"Origin": "http://evil.example"}),
        ("POST", "/", {"Origin": "http://evil.example"}),
    ],
    ids=["a program", "its own dashboard", "a read", "another service"],
)
def test_all_other_requests_reach_moto(client, method, path, headers):
    """Programs, the dashboard and other services are served as before."""
    assert client.open(path, base_url=SERVER, method=method, headers=headers).data == b"moto"


def test_slashes_before_the_path_are_ignored():
    """A path with two slashes, which Flask would redirect, is as protected as the path with one."""
    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "//moto-api/reset", "HTTP_ORIGIN": "null"}
    assert Guard().refusal(environ) is not None


def test_a_page_of_an_allowed_origin_may_reset_the_server():
    """`--allow-origin` names an origin whose pages may change the state of moto; others stay refused."""
    client = Client(in_front_of(Response("moto"), Guard(origins=frozenset({"http://localhost:3000"}))))
    statuses = [
        client.post(RESET, base_url=SERVER, headers={"Origin": origin}).status_code
        for origin in ("http://localhost:3000", "https://localhost:3000", "http://localhost:3001")
    ]
    assert statuses == [200, 403, 403]


CONTROL = "/moto-api/cognito-sync/v1/health"


def test_a_page_of_an_allowed_origin_may_use_the_control_api():
    """Its preflight request is answered, and it may read the answers, including errors."""
    page = {"Origin": "http://localhost:3000"}
    client = Client(in_front_of(Response("moto"), Guard(origins=frozenset(page.values()))))
    asked = {**page, "Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "content-type"}
    preflight = client.options(CONTROL, base_url=SERVER, headers=asked)
    assert (preflight.status_code, preflight.headers["Access-Control-Allow-Origin"]) == (200, "http://localhost:3000")
    assert preflight.headers["Access-Control-Allow-Methods"] == "GET,POST,PUT,PATCH,DELETE"
    assert preflight.headers["Access-Control-Allow-Headers"] == "content-type"
    for path in (CONTROL, f"{CONTROL}/unknown"):
        headers = client.get(path, base_url=SERVER, headers=page).headers
        assert (headers["Access-Control-Allow-Origin"], headers["Vary"]) == ("http://localhost:3000", "Origin")


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_a_page_of_another_origin_cannot_read_the_control_api(client, method):
    """No answer of the control API allows the page to read it."""
    headers = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "GET"}
    answer = client.open(CONTROL, method=method, base_url=SERVER, headers=headers)
    assert [name for name, _ in answer.headers if name.startswith("Access-Control-")] == []


# DNS rebinding


@pytest.mark.parametrize("path", ["/", RESET, "/identitypools"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_a_foreign_host_is_refused_before_anything_else(client, path, method):
    """A page that has directed its own name to this machine reaches neither Cognito Sync nor moto."""
    answer = client.open(path, method=method, base_url="http://Evil.example:5000")
    message = (
        "The host 'evil.example' is refused, because a web page can direct that name to this server. If it is a name "
        "of the server, such as that of its container, add --allow-host evil.example, or in pytest the line "
        "evil.example to cognitosync_allow_hosts"
    )
    assert (answer.status_code, answer.json) == (403, {"message": message})


@pytest.mark.parametrize(
    "host",
    [
        "localhost.evil.example",
        "evillocalhost",
        "amazonaws.com.evil.example",
        "evil-amazonaws.com",
        "x.host.docker.internal",
        "127.0.0.1.evil.example",
        "127.0.0.1:80:80",
        "localhost, evil.example",
        "localhost@evil.example",
        "[::1].evil.example",
        "[evil.example]",
        "moto",
        "a" * 100_000,
    ],
)
def test_a_host_that_only_resembles_an_own_one_is_refused(client, host):
    """Neither a part of a name nor a malformed header counts, and a long one is not repeated."""
    answer = client.get("/", headers={"Host": host})
    assert answer.status_code == 403
    assert len(answer.data) < 1200


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "10.0.2.2:5000",
        "[::1]:5000",
        "[fe80::1]",
        "LOCALHOST:5000",
        "localhost.",
        "bucket.localhost",
        "amazonaws.com",
        "bucket.s3.eu-west-1.amazonaws.com:80",
        "s3.cn-north-1.amazonaws.com.cn",
        "s3vectors.us-east-1.api.aws",
        "host.docker.internal:5000",
        "",
    ],
)
def test_addresses_localhost_and_aws_s_names_are_not_refused(client, host):
    """A page cannot take these names; a program without a Host header is not a browser."""
    assert client.get("/", headers={"Host": host}).data == b"moto"


def test_a_host_that_is_named_is_not_refused():
    """`--allow-host` names a further host; case, port and final dot do not matter."""
    client = Client(in_front_of(Response("moto"), Guard(hosts=frozenset({"moto"}))))
    statuses = [client.get("/", headers={"Host": host}).status_code for host in ("moto", "Moto.:5000", "x.moto")]
    assert statuses == [200, 200, 403]
