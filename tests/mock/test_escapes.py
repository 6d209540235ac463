"""Clients that sign in another way, or cannot sign. `test_traps` has the table of those that are mocked or refused."""

from __future__ import annotations

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from driver import DatasetDriver

from mock_cognitosync import mock_cognitosync

KEYS = {"region_name": "us-east-1", "aws_access_key_id": "mine", "aws_secret_access_key": "mine"}

# Most clients here are created outside of the mock.
pytestmark = pytest.mark.usefixtures("own_model")


def test_an_unsigned_client_of_another_service_may_leave(elsewhere):
    """A path that only begins like one of the service's is another service's."""
    with mock_cognitosync():
        s3 = boto3.client("s3", **KEYS, config=Config(signature_version=UNSIGNED), endpoint_url=elsewhere.url)
        s3.get_object(Bucket="identitypools-backup", Key="k")
        s3.close()
    assert elsewhere.paths == ["/identitypools-backup/k"]


def test_an_identity_that_signs_in_the_query_is_recognised():
    """The access key of a signature in the query tells who calls. Source: access-6."""
    with mock_cognitosync(strict_credentials=True) as sync:
        pool = sync.new_pool()
        identity = sync.new_identity(pool)
        credentials = sync.credentials_for(pool, identity)
        mine = boto3.client("cognito-sync", **credentials, config=Config(signature_version="v4-query"))
        assert mine.list_datasets(IdentityPoolId=pool, IdentityId=identity)["Count"] == 0
        assert sync.calls[0].caller == identity


def test_a_client_that_signs_in_the_query_reaches_the_server(cognitosync_server):
    """The server recognises the service, the key and the region in the query."""
    config = Config(signature_version="v4-query")
    mine = boto3.client("cognito-sync", **KEYS, config=config, endpoint_url=cognitosync_server.url)
    assert mine.list_identity_pool_usage()["Count"] == 0
    assert cognitosync_server.handle.calls[0].access_key == "mine"


@pytest.fixture
def no_credentials(monkeypatch, tmp_path):
    """A machine without any credentials."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.mark.usefixtures("no_credentials")
def test_a_client_from_before_the_mock_on_a_machine_without_credentials_is_mocked():
    """A client at module level, as in a Lambda function, works in CI; clients of other services do too."""
    session = boto3.Session(region_name="us-east-1")
    sync_client, s3 = session.client("cognito-sync"), session.client("s3")
    with mock_cognitosync(region_name="us-east-1") as sync:
        assert DatasetDriver.of_new_identity(sync, sync_client).dataset_names() == []
        assert s3.list_buckets()["Buckets"] == []
        assert sync.calls[0].access_key == "FOOBARKEY"
