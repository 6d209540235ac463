"""Details of HTTP that made clients wait, reach the wrong service, or get a traceback."""

from __future__ import annotations

import http.client
import io
import json
import socket
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config

from moto.moto_api import recorder

CONFIG = Config(retries={"total_max_attempts": 1}, read_timeout=10)


@pytest.fixture
def s3(cognitosync_server):
    client = boto3.client("s3", endpoint_url=cognitosync_server.url, config=CONFIG)
    client.create_bucket(Bucket="photos")
    yield client
    client.close()


@pytest.mark.parametrize("body", [b"", io.BytesIO(b"")], ids=["bytes", "file"])
def test_an_empty_body_does_not_hang_the_server(s3, body):
    """Botocore sends Expect: 100-continue with an empty object, too."""
    s3.put_object(Bucket="photos", Key="empty", Body=body)
    assert s3.get_object(Bucket="photos", Key="empty")["Body"].read() == b""


def test_an_upload_of_an_empty_file_does_not_hang_the_server(s3, tmp_path):
    """The transfer manager sends it as an empty file object."""
    (tmp_path / "empty").touch()
    s3.upload_file(str(tmp_path / "empty"), "photos", "empty")
    assert s3.head_object(Bucket="photos", Key="empty")["ContentLength"] == 0


def test_an_announced_body_is_still_waited_for(cognitosync_server):
    """A client that asks before it sends a body is told to go on, and the body is read."""
    parts = urlsplit(cognitosync_server.url)
    head = "POST /moto-api/config HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n"
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as there:
        there.sendall(f"{head}Connection: close\r\n\r\n".encode())
        assert there.recv(65536).startswith(b"HTTP/1.1 100 Continue")
        there.sendall(b"{}")
        assert there.recv(65536).startswith(b"HTTP/1.1 201")


def get(url, target, host):
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    try:
        connection.putrequest("GET", target, skip_host=True)
        connection.putheader("Host", host)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def test_an_absolute_target_names_the_host(cognitosync_server, cognitosync):
    """A client that uses the server as its proxy reaches the service in the URL, whatever its Host header says."""
    user = cognitosync.new_user()
    path = f"/identitypools/{user.identity_pool_id}/identities/{user.identity_id}/datasets"
    target = f"http://cognito-sync.eu-west-1.amazonaws.com{path}"
    status, answer = get(cognitosync_server.url, target, "localhost")
    assert (status, answer["message"]) == (404, f"IdentityPool '{user.identity_pool_id}' not found.")
    assert [call.region_name for call in cognitosync.at(region_name="eu-west-1").calls] == ["eu-west-1"]
    status, answer = get(cognitosync_server.url, target.replace("eu-west-1", "us-east-1", 1), "example.com")
    assert (status, answer["Count"]) == (200, 0)


@pytest.mark.parametrize("records", [False, True])
def test_an_unknown_region_is_refused_while_moto_records(records, cognitosync_server, monkeypatch, tmp_path):
    """The recorder does not turn the refusal into a server error. Source: regions-2."""
    monkeypatch.setattr(recorder, "_user_enabled", records)
    monkeypatch.setattr(recorder, "_location", str(tmp_path / "recording"))
    status, answer = get(cognitosync_server.url, "/identitypools", "cognito-sync.xx-none-1.amazonaws.com")
    message = "Credential should be scoped to a valid region, not 'xx-none-1'."
    assert (status, answer) == (403, {"message": message})
    assert (tmp_path / "recording").exists() is records
