"""Regions: none configured, one without the service, and one that os.environ does not accept."""

from __future__ import annotations

import os

import boto3
import pytest
import requests
from botocore.exceptions import EndpointConnectionError
from driver import DatasetDriver

from mock_cognitosync import mock_cognitosync

SENTENCE = (
    'Cognito Sync is not in the region "eu-north-1"; it is in ap-northeast-1, ap-northeast-2, ap-south-1, '
    "ap-southeast-1, ap-southeast-2, eu-central-1, eu-west-1, eu-west-2, us-east-1, us-east-2, us-west-2"
)


@pytest.fixture
def no_region(monkeypatch, tmp_path):
    """Neither the environment nor a configuration file names a region; the path of the file."""
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    return tmp_path / "config"


@pytest.fixture
def eu_north_1(monkeypatch):
    """A region without the service is configured."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")


def regions_of_clients():
    clients = [boto3.client("cognito-sync"), boto3.Session().client("cognito-sync"), boto3.client("cognito-identity")]
    return {client.meta.region_name for client in clients}


@pytest.mark.parametrize("empty", [False, True])
def test_no_region_configured_means_us_east_1_for_handle_and_clients(empty, no_region, monkeypatch):
    """Without a region anywhere, or with an empty variable, handle, ids and all clients are in us-east-1."""
    if empty:
        monkeypatch.setenv("AWS_DEFAULT_REGION", "")
    before = dict(os.environ)
    with mock_cognitosync() as sync:
        assert (sync.region_name, regions_of_clients()) == ("us-east-1", {"us-east-1"})
        assert DatasetDriver.of_new_identity(sync, boto3.client("cognito-sync")).list_records()["Records"] == []
    assert dict(os.environ) == before


def test_a_region_in_the_configuration_file_is_the_region_of_handle_and_clients(no_region):
    """A region that only the shared configuration file names is not replaced."""
    no_region.write_text("[default]\nregion = eu-west-1\n")
    with mock_cognitosync() as sync:
        assert (sync.region_name, regions_of_clients()) == ("eu-west-1", {"eu-west-1"})


@pytest.mark.usefixtures("eu_north_1")
def test_start_succeeds_in_a_configured_region_without_the_service():
    """A test of other services, or one that names a region itself, runs; the first use of the handle is refused."""
    with mock_cognitosync() as sync:
        boto3.client("s3").list_buckets()
        assert sync.at(region_name="us-east-1").new_pool().startswith("us-east-1:")
        with pytest.raises(ValueError, match="eu-north-1") as caught:
            sync.new_pool()
    assert str(caught.value) == SENTENCE


@pytest.mark.usefixtures("eu_north_1")
def test_a_client_in_a_region_without_the_service_is_told_so():
    """It gets EndpointConnectionError, as on AWS, with a text that lists the regions. Source: regions-1."""
    with mock_cognitosync() as sync, pytest.raises(EndpointConnectionError) as caught:
        boto3.client("cognito-sync").list_identity_pool_usage()
    assert str(caught.value) == SENTENCE
    assert sync.report() == (
        "1 call reached Cognito Sync in eu-north-1:\n"
        "    1 client -> service   ListIdentityPoolUsage()\n"
        f"      client <- service   EndpointConnectionError: {SENTENCE}"
    )


def test_a_server_that_is_asked_for_a_region_without_the_service_records_it(cognitosync_server, cognitosync):
    """The refusal of a server is recorded in the region of the signature. Source: regions-2."""
    signature = "AWS4-HMAC-SHA256 Credential=a/20240601/eu-north-1/cognito-sync/aws4_request, Signature=b"
    headers = {"Authorization": signature}
    answer = requests.get(f"{cognitosync_server.url}/identitypools", headers=headers, timeout=30)
    message = "Credential should be scoped to a valid region, not 'eu-north-1'."
    assert (answer.status_code, answer.json()) == (403, {"message": message})
    assert f"InvalidSignatureException: {message}" in cognitosync.report()


@pytest.mark.parametrize("region_name", [5, b"us-east-1"])
def test_a_region_of_a_wrong_type_is_refused_at_once(region_name):
    """A region_name that is not a str is a TypeError where the mock is created."""
    with pytest.raises(TypeError) as caught:
        mock_cognitosync(region_name=region_name)
    assert str(caught.value) == f"region_name must be a str such as 'us-east-1', got {region_name!r}"


def test_a_region_that_os_environ_refuses_does_not_poison_the_process():
    """A start that fails restores the environment, and later mocks start."""
    before = dict(os.environ)
    with pytest.raises(ValueError, match="embedded null byte"):
        mock_cognitosync(region_name="a\0b").start()
    assert dict(os.environ) == before
    with mock_cognitosync():
        pass
    assert dict(os.environ) == before
