"""Web pages of another origin: a browser sends their requests, so the server must not obey all of them."""

from __future__ import annotations

import pytest
from werkzeug import Response
from werkzeug.test import Client

from mock_cognitosync.server.application import in_front_of

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
    message = "A page of http://evil.example must not change the state of this server"
    assert (answer.status_code, answer.json) == (403, {"message": message})


@pytest.mark.parametrize("origin", ["null", "http://localhost:3000", "http://localhost", "https://evil.example:5000"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("path", [RESET, "/moto-api/recorder/start-recording"])
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
