"""A botocore that has dropped the service: inside a mock, every session has the package's own model."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import boto3
import botocore.session
import pytest
from botocore.exceptions import ClientError, UnknownServiceError
from botocore.loaders import Loader
from driver import DatasetDriver, replace
from without_model import mirror

from mock_cognitosync import fast_session, mock_cognitosync, server
from mock_cognitosync.cognitosync.wire import service_model
from moto import mock_aws

ROOT = Path(__file__).parents[2]
OWN = str(service_model.OWN_DATA_PATH)
CACHES = service_model.botocore_has_model, service_model.load, fast_session._loader


@pytest.fixture(autouse=True)
def without_model(tmp_path, monkeypatch):
    """Botocore has neither a model nor endpoints of the service, and no variable names further folders."""
    monkeypatch.delenv("AWS_DATA_PATH", raising=False)
    # botocore looks for credentials before it looks for the service.
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine")
    # A Session that was created earlier still has botocore's model.
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.setattr(Loader, "BUILTIN_DATA_PATH", str(mirror(Path(Loader.BUILTIN_DATA_PATH), tmp_path / "data")))
    for cached in CACHES:
        cached.cache_clear()
    yield
    for cached in CACHES:
        cached.cache_clear()


def client_of_a_session():
    return boto3.Session(region_name="us-east-1").client("cognito-sync")


def client_of_botocore():
    return botocore.session.get_session().create_client("cognito-sync", region_name="us-east-1")


def client_of_the_default_session():
    return boto3.client("cognito-sync", region_name="us-east-1")


def client_of_a_new_default_session():
    boto3.setup_default_session(region_name="us-east-1")
    return boto3.client("cognito-sync")


@pytest.mark.parametrize(
    "new_client",
    [client_of_the_default_session, client_of_a_new_default_session, client_of_a_session, client_of_botocore],
)
def test_each_session_created_in_a_mock_has_the_service(new_client):
    """Clients read, write and meet modelled errors; before and after the mock no session knows the service."""
    with pytest.raises(UnknownServiceError):
        client_of_a_session()
    with mock_cognitosync() as sync:
        client = new_client()
        dataset = DatasetDriver.of_new_identity(sync, client)
        dataset.write(replace("theme", "dark"))
        with pytest.raises(client.exceptions.ResourceConflictException):
            dataset.update(replace("theme", "dark"))
        assert dataset.records() == {"theme": "dark"}
    with pytest.raises(UnknownServiceError):
        client_of_a_session()


def test_the_default_session_after_the_mock_does_not_know_the_service():
    """boto3's default session is again one without the service."""
    with mock_cognitosync():
        client_of_the_default_session()
    with pytest.raises(UnknownServiceError):
        client_of_the_default_session()


def test_the_variable_is_set_in_the_mock_only():
    """AWS_DATA_PATH names the folder inside a mock, inside another too, and does not exist afterwards."""
    outer, inner = mock_cognitosync(), mock_cognitosync()
    outer.start()
    inner.start()
    outer.stop()
    assert os.environ["AWS_DATA_PATH"] == OWN
    inner.stop()
    assert "AWS_DATA_PATH" not in os.environ


def test_folders_in_the_variable_are_kept(monkeypatch):
    """The folders of the user come first, once each, and the variable is restored."""
    users = os.pathsep.join(["/models", "~/others"])
    monkeypatch.setenv("AWS_DATA_PATH", users)
    with mock_cognitosync(), mock_cognitosync():
        assert os.environ["AWS_DATA_PATH"] == os.pathsep.join([users, OWN])
    assert os.environ["AWS_DATA_PATH"] == users


def test_a_model_of_the_user_has_precedence(tmp_path, monkeypatch):
    """A model in a folder of AWS_DATA_PATH is the one that clients use."""
    shutil.copytree(service_model.OWN_DATA_PATH, tmp_path / "models")
    [file] = (tmp_path / "models").glob("*/*/service-2.json")
    file.write_text(file.read_text().replace('"Amazon Cognito Sync"', '"That of the user"'))
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path / "models"))
    with mock_cognitosync(region_name="us-east-1"):
        model = client_of_a_session().meta.service_model
    assert model.metadata["serviceFullName"] == "That of the user"


def test_a_model_in_the_home_folder_needs_no_variable(tmp_path, monkeypatch):
    """If ~/.aws/models has a model, botocore finds it, and the mock sets nothing."""
    shutil.copytree(service_model.OWN_DATA_PATH, tmp_path / "models")
    monkeypatch.setattr(Loader, "CUSTOMER_DATA_PATH", str(tmp_path / "models"))
    with mock_cognitosync(region_name="us-east-1") as sync:
        assert "AWS_DATA_PATH" not in os.environ
        assert DatasetDriver.of_new_identity(sync, client_of_a_session()).list_records()["Count"] == 0


def test_regions_are_known():
    """The mock knows the regions of the service, and refuses others with a list of them."""
    with mock_cognitosync(region_name="eu-central-1") as sync:
        client = boto3.client("cognito-sync")
        assert DatasetDriver.of_new_identity(sync, client).list_records()["DatasetExists"] is False
    with pytest.raises(ValueError, match=r'is not .* region "eu-north-1"; it is in ap-northeast-1, .*, us-west-2'):
        mock_cognitosync(region_name="eu-north-1").start()


def test_an_injected_error_has_our_own_words():
    """The message of an injected error is the documentation of the error in the own model."""
    with mock_cognitosync(region_name="us-east-1") as sync:
        sync.fail("ListRecords", "TooManyRequestsException")
        with pytest.raises(ClientError) as caught:
            DatasetDriver.of_new_identity(sync, client_of_a_session()).list_records()
    assert caught.value.response["Error"] == {
        "Code": "TooManyRequestsException",
        "Message": "The request was throttled because there were too many requests.",
    }


def test_plain_mock_aws_is_not_covered():
    """Moto's own mock sets no variable, so a client cannot be created there."""
    with mock_aws(), pytest.raises(UnknownServiceError):
        client_of_a_session()


def test_with_the_variable_plain_mock_aws_is_covered(own_model):
    """AWS_DATA_PATH may also be set by the user, as the page about longevity advises."""
    with mock_aws():
        assert client_of_a_session().list_identity_pool_usage(MaxResults=1)["Count"] == 0


def test_a_session_from_before_the_mock_is_not_covered():
    """A Session reads the folders of the time at which it is created."""
    session = boto3.Session(region_name="us-east-1")
    with mock_cognitosync(), pytest.raises(UnknownServiceError):
        session.client("cognito-sync")


def test_regions_are_not_listed():
    """Botocore lists the regions of a service from a file of its own; clients work in them nevertheless."""
    with mock_cognitosync():
        session = boto3.Session()
        assert session.get_available_regions("cognito-sync") == []
        assert session.client("cognito-sync", "eu-west-1").list_identity_pool_usage()["Count"] == 0


def test_the_data_path_of_the_profile_is_overridden(tmp_path, monkeypatch):
    """The folder of ~/.aws/config is not searched inside a mock; the variable has precedence."""
    config = tmp_path / "config"
    config.write_text(f"[default]\ndata_path = {tmp_path}/models\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    assert f"{tmp_path}/models" in botocore.session.get_session().get_component("data_loader").search_paths
    with mock_cognitosync():
        paths = botocore.session.get_session().get_component("data_loader").search_paths
    assert OWN in paths
    assert f"{tmp_path}/models" not in paths


def test_programs_at_a_server_find_the_model():
    """The variables for clients of a server lead Python programs to the model."""
    assert server.variables("http://127.0.0.1:5000", "us-east-1")["AWS_DATA_PATH"] == OWN


@pytest.mark.parametrize("kind", ["aiobotocore", "aioboto3"])
def test_asynchronous_sessions_have_the_service(kind, tmp_path):
    """A session of aiobotocore or aioboto3 that is created in a mock has the model; one created later has not."""
    python = ROOT / f".venv-{kind}/bin/python"
    [data] = python.parents[1].glob("lib/python*/site-packages/botocore/data")
    mirrored = mirror(data, tmp_path / "asynchronous")
    done = subprocess.run(
        [python, ROOT / "tests/mock/aio/without_model.py", kind, mirrored],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    assert json.loads(done.stdout) == {"listed": 0, "after the mock": "UnknownServiceError"}
