"""The known ways by which a request could leave a mock: it is answered or refused, and no packet is sent."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import botocore.session
import httpx
import pytest
import requests
import urllib3
from botocore import UNSIGNED
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError, ClientError
from botocore.tokens import FrozenAuthToken
from network import PacketNoticed, watched

from mock_cognitosync import RealRequestRefused, mock_cognitosync
from moto import mock_aws

KEYS = {"aws_access_key_id": "mine", "aws_secret_access_key": "mine"}
REGION = {"region_name": "us-east-1"}
HOST = "cognito-sync.us-east-1.amazonaws.com"
NOWHERE = "http://127.0.0.1:9"
SECURITY = (Path(__file__).parents[2] / "SECURITY.md").read_text(encoding="utf-8")
FILE = f"""
[default]
aws_access_key_id = file
aws_secret_access_key = file
[profile endpoint]
aws_access_key_id = profile
aws_secret_access_key = profile
endpoint_url = {NOWHERE}
[profile services]
aws_access_key_id = profile
aws_secret_access_key = profile
services = elsewhere
[services elsewhere]
cognito_sync =
  endpoint_url = {NOWHERE}
[profile role]
role_arn = arn:aws:iam::123456789012:role/mine
source_profile = default
[profile machine]
role_arn = arn:aws:iam::123456789012:role/mine
credential_source = Ec2InstanceMetadata
[profile container]
role_arn = arn:aws:iam::123456789012:role/mine
credential_source = EcsContainer
[profile web]
role_arn = arn:aws:iam::123456789012:role/mine
web_identity_token_file = TOKEN_FILE
"""

# Most clients here are created outside of the mock.
pytestmark = pytest.mark.usefixtures("own_model")


def client(**options: Any) -> Any:
    """A client with options of boto3 and, as ``config``, of botocore."""
    return boto3.client("cognito-sync", **{**REGION, **KEYS, **options})


def configured(**options: Any) -> Any:
    return client(config=Config(**options))


def of_profile(name: str) -> Any:
    return boto3.Session(profile_name=name, **REGION).client("cognito-sync")


@dataclass
class Trap:
    """
    A client that could miss the mock.

    Attributes:
        create: creates the client.
        before: the outcome of a call if the client was created before the mock; several are separated by commas.
        inside: the outcome if it is created inside the mock.
        environment: variables of the process.
    """

    create: Callable[[], Any]
    before: str = "mocked"
    inside: str = "mocked"
    environment: Mapping[str, str] = field(default_factory=dict)


def with_bearer_token(**options: Any) -> Any:
    """A client that sends a token instead of a signature."""
    session = botocore.session.get_session()
    token = SimpleNamespace(get_frozen_token=lambda: FrozenAuthToken("token"))
    session.register_component("token_provider", SimpleNamespace(load_token=lambda **_: token))
    return session.create_client("cognito-sync", **REGION, config=Config(signature_version="bearer"), **options)


def of_old_session() -> Any:
    """A client of a session that has looked for credentials in vain."""
    session = boto3.Session(**REGION)
    session.get_credentials()
    return session.client("cognito-sync")


REGIONS = ("cn-north-1", "us-gov-west-1", "us-iso-east-1", "us-isob-east-1", "eusc-de-east-1", "moon-1")
SIGNATURES = {version: version for version in ("v2", "v3", "v3https", "v4", "v4-query", "s3", "s3-query", "s3v4")}
SIGNATURES["none"] = UNSIGNED
# A host that an old moto does not know is refused.
NO_REGION = "no such region, InvalidSignatureException, refused"
ELSEWHERE = {"endpoint_url": NOWHERE}
TRAPS = {
    "client": Trap(client),
    "client of a session": Trap(lambda: boto3.Session(**REGION, **KEYS).client("cognito-sync")),
    "client of a session without credentials": Trap(of_old_session),
    "client of botocore": Trap(lambda: botocore.session.get_session().create_client("cognito-sync", **REGION, **KEYS)),
    "client without TLS": Trap(lambda: client(use_ssl=False)),
    "client for another host": Trap(lambda: client(**ELSEWHERE), "refused", "refused"),
    "host in capitals": Trap(lambda: client(endpoint_url=f"https://{HOST.upper()}"), "refused", "refused"),
    "host with its port": Trap(lambda: client(endpoint_url=f"https://{HOST}:443")),
    "host with a final dot": Trap(lambda: client(endpoint_url=f"https://{HOST}.")),
    "host with a user": Trap(lambda: client(endpoint_url=f"https://user@{HOST}"), "404", "404"),
    "endpoint of a VPC": Trap(lambda: client(endpoint_url=f"https://vpce-0.{HOST}"), "404", "404"),
    "AWS_ENDPOINT_URL": Trap(client, "refused", environment={"AWS_ENDPOINT_URL": NOWHERE}),
    "AWS_ENDPOINT_URL_COGNITO_SYNC": Trap(client, "refused", environment={"AWS_ENDPOINT_URL_COGNITO_SYNC": NOWHERE}),
    "AWS_PROFILE with an endpoint": Trap(client, "refused", environment={"AWS_PROFILE": "endpoint"}),
    "AWS_DEFAULT_PROFILE with services": Trap(client, "refused", environment={"AWS_DEFAULT_PROFILE": "services"}),
    "profile with an endpoint": Trap(lambda: of_profile("endpoint"), "refused"),
    "profile with services": Trap(lambda: of_profile("services"), "refused"),
    "profile with a role": Trap(lambda: of_profile("role")),
    "profile with a role and a token of the web": Trap(lambda: of_profile("web")),
    "role of a container": Trap(
        lambda: boto3.client("cognito-sync", **REGION), environment={"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/role"}
    ),
    "FIPS": Trap(lambda: configured(use_fips_endpoint=True)),
    "dual-stack": Trap(lambda: configured(use_dualstack_endpoint=True)),
    "FIPS and dual-stack": Trap(lambda: configured(use_fips_endpoint=True, use_dualstack_endpoint=True)),
    "AWS_USE_FIPS_ENDPOINT": Trap(client, environment={"AWS_USE_FIPS_ENDPOINT": "true"}),
    "AWS_USE_DUALSTACK_ENDPOINT": Trap(client, environment={"AWS_USE_DUALSTACK_ENDPOINT": "true"}),
    "HTTPS_PROXY": Trap(client, environment={"HTTPS_PROXY": NOWHERE}),
    "proxy": Trap(lambda: configured(proxies={"https": NOWHERE})),
    "proxy, another host": Trap(
        lambda: client(endpoint_url="https://example.com", config=Config(proxies={"https": NOWHERE})),
        "refused",
        "refused",
    ),
    "token": Trap(with_bearer_token),
    "token, another host": Trap(lambda: with_bearer_token(endpoint_url="https://127.0.0.1:9"), "refused", "refused"),
    **{f"region {region}": Trap(partial(client, region_name=region), NO_REGION, NO_REGION) for region in REGIONS},
    **{
        f"signature {name}": Trap(partial(configured, signature_version=version))
        for name, version in SIGNATURES.items()
    },
    **{
        f"signature {name}, another host": Trap(
            partial(client, **ELSEWHERE, config=Config(signature_version=version)), "refused", "refused"
        )
        for name, version in SIGNATURES.items()
    },
}


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A machine with a shared configuration file and no credentials in the environment."""
    (tmp_path / "token").write_text("token")
    (tmp_path / "config").write_text(FILE.replace("TOKEN_FILE", str(tmp_path / "token")))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


def outcome(sync: Any, caller: Any) -> str:
    """Whether the mock answers a call: mocked, refused, no such region, or the code or class of an error."""
    try:
        caller.list_identity_pool_usage()
    except RealRequestRefused:
        return "refused"
    except (ClientError, BotoCoreError) as error:
        if "Cognito Sync is not in the region" in str(error):
            return "no such region"
        return error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
    assert {call.operation for call in sync.calls} == {"ListIdentityPoolUsage"}
    return "mocked"


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize("name", TRAPS)
@pytest.mark.parametrize("when", ["before", "inside"])
def test_nothing_leaves(monkeypatch, name, when):
    """The mock answers the client or refuses its request; no packet is sent, and no resolver is asked."""
    trap = TRAPS[name]
    for variable, value in trap.environment.items():
        monkeypatch.setenv(variable, value)
    early = trap.create() if when == "before" else None
    with watched() as hosts, mock_cognitosync(region_name="us-east-1") as sync:
        found = outcome(sync, early or trap.create())
    assert hosts == []
    assert found in getattr(trap, when).split(", ")


def test_one_packet_is_noticed():
    """The tests here would fail if a single datagram were sent, even to this machine."""
    with (
        watched() as hosts,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
        pytest.raises(PacketNoticed, match="sendto"),
    ):
        sender.sendto(b"", ("127.0.0.1", 9))
    assert hosts == ["127.0.0.1"]


def signed() -> tuple[str, dict[str, str]]:
    """The URL and the headers of a request to the service that is signed by hand."""
    request = AWSRequest("GET", f"https://{HOST}/identitypools")
    SigV4Auth(Credentials("mine", "mine"), "cognito-sync", "us-east-1").add_auth(request)
    return request.url, dict(request.headers.items())


def test_requests_that_are_signed_by_hand_and_sent_with_requests_are_mocked():
    """Sessions from before the mock are mocked too, and so is a URL that boto3 has signed."""
    url, headers = signed()
    before = requests.Session()
    presigned = client().generate_presigned_url("list_identity_pool_usage")
    with watched() as hosts, mock_cognitosync(region_name="us-east-1") as sync:
        answers = [before.get(url, headers=headers), requests.get(url, headers=headers), requests.get(presigned)]
        assert [answer.json()["Count"] for answer in answers] == [0, 0, 0]
        assert len(sync.calls) == 3
    assert hosts == []


EXCEPTIONS = {
    "urllib3": lambda url, headers: urllib3.PoolManager(retries=False).request("GET", url, headers=headers),
    "httpx": lambda url, headers: httpx.get(url, headers=headers),
    "urllib": lambda url, headers: urllib.request.urlopen(urllib.request.Request(url, headers=headers)),
    "http.client": lambda url, headers: http.client.HTTPSConnection(HOST).request("GET", "/", headers=headers),
}


@pytest.mark.parametrize("library", EXCEPTIONS)
def test_the_exceptions_are_documented(library):
    """A request that a program signs and sends itself leaves: one packet is noticed, and the security page says so."""
    url, headers = signed()
    with watched() as hosts, mock_cognitosync(), pytest.raises(Exception, match=HOST):
        EXCEPTIONS[library](url, headers)
    assert hosts == [HOST]
    assert library in SECURITY.partition("It does not cover:")[2]


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize(("name", "asked"), [("container", {"127.0.0.1"}), ("machine", set())])
def test_a_profile_with_a_role_of_its_machine_asks_a_container_only(monkeypatch, name, asked):
    """The metadata service of EC2 is not asked; the endpoint of a container is, and the security page says so."""
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{NOWHERE}/role")
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    with watched() as hosts, mock_cognitosync(), pytest.raises(BotoCoreError):
        of_profile(name).list_identity_pool_usage()
    assert set(hosts) == asked
    assert "whose `credential_source` is `EcsContainer`" in SECURITY.partition("It does not cover:")[2]


def test_other_services_are_mocked():
    """Clients and resources from before the mock that know nothing of the service are answered by moto."""
    s3, table = boto3.resource("s3", **REGION, **KEYS), boto3.client("dynamodb", **REGION, **KEYS)
    with watched() as hosts, mock_cognitosync():
        s3.create_bucket(Bucket="photos")
        assert [bucket.name for bucket in s3.buckets.all()] == ["photos"]
        assert table.list_tables()["TableNames"] == []
    assert hosts == []


def test_threads_that_started_before_the_mock_are_mocked():
    """A thread that waits with a client of its own is answered by the mock, and so is a client that it creates then."""
    ready, go = threading.Event(), threading.Event()

    def work():
        mine = client()
        ready.set()
        go.wait(10)
        return [mine.list_identity_pool_usage()["Count"], client().list_identity_pool_usage()["Count"]]

    with watched() as hosts, ThreadPoolExecutor(1) as executor:
        working = executor.submit(work)
        ready.wait(10)
        with mock_cognitosync(region_name="us-east-1") as sync:
            go.set()
            assert working.result(10) == [0, 0]
            assert len(sync.calls) == 2
    assert hosts == []


def test_an_inner_mock_that_ends_or_does_not_start_opens_nothing():
    """The outer mock answers or refuses as before."""
    mine, astray = client(), client(**ELSEWHERE)
    with watched() as hosts, mock_cognitosync(region_name="us-east-1") as sync:
        with mock_cognitosync(), mock_aws():
            pass
        with pytest.raises(ValueError, match="moon-1"):
            mock_cognitosync(region_name="moon-1").start()
        assert outcome(sync, mine) == "mocked"
        assert outcome(sync, astray) == "refused"
    assert hosts == []


BEFORE_IMPORT = """
import sys
import boto3, botocore.session
from network import watched
keys = {"region_name": "us-east-1", "aws_access_key_id": "mine", "aws_secret_access_key": "mine"}
session = boto3.Session(region_name="us-east-1")
clients = [
    boto3.client("cognito-sync", **keys),
    boto3.Session(**keys).client("cognito-sync", endpoint_url="https://cognito-sync.us-east-1.amazonaws.com."),
    botocore.session.get_session().create_client("cognito-sync", use_ssl=False, **keys),
    session.client("cognito-sync"),
]
s3 = boto3.resource("s3", **keys)
astray = boto3.client("cognito-sync", endpoint_url="http://127.0.0.1:9", **keys)
assert "moto" not in sys.modules

from mock_cognitosync import RealRequestRefused, mock_cognitosync
with watched() as hosts, mock_cognitosync() as sync:
    clients.append(session.client("cognito-sync"))
    print([client.list_identity_pool_usage()["Count"] for client in clients], len(sync.calls))
    s3.create_bucket(Bucket="photos")
    print([bucket.name for bucket in s3.buckets.all()])
    try:
        astray.list_identity_pool_usage()
    except RealRequestRefused:
        print("refused")
print(hosts)
"""
SPAWNED = """
import boto3
from network import watched
with watched() as hosts:
    client = boto3.client("cognito-sync", region_name="us-east-1")
    try:
        client.list_identity_pool_usage()
    except Exception:
        print("spawned", hosts, client._request_signer._credentials.access_key)
"""
CHILDREN = f"""
import os, subprocess, sys
import boto3
from network import watched
from mock_cognitosync import mock_cognitosync
with watched() as hosts, mock_cognitosync(region_name="us-east-1") as sync:
    client = boto3.client("cognito-sync")
    child = os.fork()
    if not child:
        print("forked", client.list_identity_pool_usage()["Count"], len(sync.calls), hosts, flush=True)
        os._exit(0)
    os.waitpid(child, 0)
    print("parent", len(sync.calls), flush=True)
    subprocess.run([sys.executable, "-c", {SPAWNED!r}], check=True)
"""


def run(program: str) -> list[str]:
    """The lines that a program prints in a process of its own."""
    path = os.pathsep.join(str(Path(__file__).parents[up]) for up in (1, 2))
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.usefixtures("machine")
def test_clients_from_before_the_import_are_mocked():
    """Clients, sessions and resources from before moto and this package were imported are mocked or refused."""
    assert run(BEFORE_IMPORT) == ["[0, 0, 0, 0, 0] 5", "['photos']", "refused", "[]"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_children_are_as_documented():
    """A forked process has a copy of the mock; a spawned one is not mocked, and signs with the fake credentials."""
    assert run(CHILDREN) == ["forked 0 1 []", "parent 0", f"spawned ['{HOST}'] FOOBARKEY"]
    assert "they inherit the fake credentials" in SECURITY
