"""Fixtures for the checks: clients of the mock in process, at its server, and at moto's server with the plugin."""

from __future__ import annotations

import socket

import pytest
from verify.doors import REGION, target_of

from mock_cognitosync.endpoint import clients_of
from mock_cognitosync.server.application import make_application
from mock_cognitosync.server.waitress_server import serving
from moto.cognitoidentity.responses import CognitoIdentityResponse
from moto.server import ThreadedMotoServer

START = "2024-06-01T12:00:00Z"


@pytest.fixture(autouse=True)
def _loopback_credentials(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session", autouse=True)
def _pools_can_be_deleted():
    """DeleteIdentityPool, which moto has from 5.1 on: without it no run could clean up after itself."""
    if hasattr(CognitoIdentityResponse, "delete_identity_pool"):
        return

    def delete_identity_pool(self):
        pool_id = self._get_param("IdentityPoolId")
        self.backend.describe_identity_pool(pool_id)
        del self.backend.identity_pools[pool_id]
        return ""

    CognitoIdentityResponse.delete_identity_pool = delete_identity_pool


@pytest.fixture(scope="session")
def server_url():
    """The package's server, without a mock around it."""
    # Connections stay open however far a test moves the clock.
    with serving(make_application(), idle_seconds=10**9) as url:
        yield url


@pytest.fixture(scope="session")
def moto_server_url():
    """Moto's own server; the package's pytest plugin has registered the service."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
def server_clients(server_url):
    """Clients of the package's server."""
    return reused(clients_of(server_url, REGION))


@pytest.fixture(scope="session")
def moto_server_clients(moto_server_url):
    """Clients of moto's server."""
    return reused(clients_of(moto_server_url, REGION))


@pytest.fixture(scope="session")
def mocked_clients():
    """Clients of whichever mock is active."""
    return reused(clients_of(None, REGION))


def reused(clients):
    """*clients*, each created once unless it has credentials of its own."""
    found = {}

    def client(service_name, credentials=None):
        if credentials:
            return clients(service_name, credentials)
        if service_name not in found:
            found[service_name] = clients(service_name)
        return found[service_name]

    return client


DOORS = {"in process": "mocked_clients", "server": "server_clients", "moto's server": "moto_server_clients"}


@pytest.fixture(params=DOORS)
def clients(request):
    """Clients of the mock through each door."""
    if request.param == "in process":
        request.getfixturevalue("cognitosync")
    return request.getfixturevalue(DOORS[request.param])


@pytest.fixture
def own_target(cognitosync, time_machine):
    """The mock in process, through clients that a test may change; minutes pass at once."""
    time_machine.move_to(START)
    return target_of(clients_of(None, REGION), time_machine)


@pytest.fixture
def target(clients, time_machine):
    """The mock through each door; minutes pass at once."""
    time_machine.move_to(START)
    return target_of(clients, time_machine)


@pytest.fixture
def unused_port():
    """A port of 127.0.0.1 at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]
