"""Clients of an endpoint: what is this machine, which settings they have, and how their rate is limited."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from verify.doors import REGION

from mock_cognitosync.endpoint import RateLimit, clients_of, is_loopback


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:5000", True),
        ("http://127.8.9.10", True),
        ("http://localhost:5000/", True),
        ("http://LOCALHOST", True),
        ("https://[::1]:5000", True),
        ("http://0.0.0.0:5000", False),
        ("http://192.168.0.1", False),
        ("http://[2001:db8::1]", False),
        ("https://cognito-sync.us-east-1.amazonaws.com", False),
        ("http://localhost.example.com", False),
        ("http://127.0.0.1@example.com", False),
        ("localhost:5000", False),
        ("", False),
    ],
)
def test_this_machine_is_told_by_its_address(url, expected):
    """Only a literal loopback address and ``localhost`` are this machine; no name is resolved."""
    assert is_loopback(url) is expected


class FakeClock:
    """A clock that only sleeping moves."""

    def __init__(self):
        self.now = 100.0
        self.slept = []

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


def test_requests_are_spaced_evenly():
    """The first request is sent at once, and each later one at the earliest a fifth of a second after the last."""
    clock = FakeClock()
    limit = RateLimit(5, clock=lambda: clock.now, sleep=clock.sleep)
    for pause in (0, 0, 0.1, 0.3, 0):
        clock.now += pause
        limit.wait()
    assert clock.slept == pytest.approx([0.2, 0.1, 0.2])


def test_every_request_of_every_client_is_limited(server_url):
    """Two clients share one limit, and it counts refused requests too."""
    clock = FakeClock()
    clients = clients_of(server_url, REGION, RateLimit(2, clock=lambda: clock.now, sleep=clock.sleep))
    sync = clients("cognito-sync")
    with pytest.raises(ClientError):
        sync.list_datasets(IdentityPoolId="eu-west-1:0", IdentityId="eu-west-1:0")
    clients("sts").get_caller_identity()
    sync.list_identity_pool_usage()
    assert clock.slept == pytest.approx([0.5, 0.5])


def test_a_client_of_this_machine_stays_on_it(monkeypatch):
    """Its endpoint is the given one whatever the environment says, and it uses no proxy and does not retry."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://example.com")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example.com")
    client = clients_of("http://127.0.0.1:5000", REGION)("cognito-sync")
    assert client.meta.endpoint_url == "http://127.0.0.1:5000"
    assert client._endpoint.http_session._proxy_config._proxies == {}
    assert client.meta.config.retries == {"mode": "legacy", "total_max_attempts": 1}
    assert client._request_signer._credentials.access_key == "testing"


def test_a_client_of_aws_ignores_configured_endpoints(monkeypatch):
    """Without a URL it is AWS's own endpoint, with the user's credentials, and throttled requests are sent again."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://example.com")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    client = clients_of(None, REGION)("cognito-sync")
    assert client.meta.endpoint_url == "https://cognito-sync.us-east-1.amazonaws.com"
    assert client.meta.config.retries == {"mode": "legacy", "total_max_attempts": 5}
    assert client._request_signer._credentials.access_key == "mine"


@pytest.mark.parametrize("token", [None, "token"])
def test_credentials_of_the_environment_serve_for_this_machine(monkeypatch, token):
    """A service on this machine may check credentials: those of the environment are used."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    if token:
        monkeypatch.setenv("AWS_SESSION_TOKEN", token)
    credentials = clients_of("http://localhost:1", REGION)("cognito-sync")._request_signer._credentials
    assert (credentials.access_key, credentials.secret_key, credentials.token) == ("mine", "secret", token)


def test_credentials_of_an_identity_go_before_all_others():
    """A client can have credentials of its own."""
    own = {"aws_access_key_id": "theirs", "aws_secret_access_key": "secret", "aws_session_token": "token"}
    client = clients_of("http://localhost:1", REGION)("cognito-sync", own)
    assert client._request_signer._credentials.access_key == "theirs"
