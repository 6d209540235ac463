"""The default Session of a mock is created quickly and behaves as boto3's own."""

from __future__ import annotations

import boto3
import pytest
from botocore.credentials import create_credential_resolver
from botocore.session import Session

from mock_cognitosync import mock_cognitosync

FILE = """
[default]
aws_access_key_id = file
aws_secret_access_key = file
[profile role]
role_arn = arn:aws:iam::123456789012:role/mine
source_profile = default
[profile mine]
aws_access_key_id = profile
aws_secret_access_key = profile
"""
OWN = {"core": {"mock_credentials": False}}


@pytest.fixture
def config(monkeypatch, tmp_path):
    """A shared configuration file, and no credentials in the environment."""
    (tmp_path / "config").write_text(FILE)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "config"


def found():
    """Access key and provider of the default Session's credentials."""
    credentials = boto3.DEFAULT_SESSION.get_credentials()
    return credentials and (credentials.access_key, credentials.method)


@pytest.mark.usefixtures("config")
def test_the_mock_s_credentials_are_used_first():
    """The mock sets them in the environment."""
    with mock_cognitosync():
        assert found() == ("FOOBARKEY", "env")


@pytest.mark.usefixtures("config")
def test_without_variables_the_credentials_are_those_of_the_file():
    """All of botocore's providers are asked, in their order."""
    with mock_cognitosync(config=OWN):
        assert found() == ("file", "config-file")


def test_without_any_source_there_are_no_credentials(config):
    """No provider asks the network."""
    config.unlink()
    with mock_cognitosync(config=OWN):
        assert found() is None


@pytest.mark.usefixtures("config")
def test_a_profile_chosen_in_code_has_precedence_over_the_environment():
    """The order of the providers is that of botocore."""
    with mock_cognitosync():
        boto3.DEFAULT_SESSION._session.set_config_variable("profile", "mine")
        assert found() == ("profile", "config-file")


@pytest.mark.usefixtures("config")
def test_a_role_is_assumed_in_the_region_of_the_first_client(monkeypatch):
    """As in botocore, the configured region has no effect."""
    monkeypatch.setenv("AWS_PROFILE", "role")
    # The default of newer versions of botocore; older ones call STS in us-east-1.
    monkeypatch.setenv("AWS_STS_REGIONAL_ENDPOINTS", "regional")
    regions = []
    with mock_cognitosync(config=OWN):
        boto3.DEFAULT_SESSION.events.register(
            "before-call.sts.AssumeRole", lambda request_signer, **_: regions.append(request_signer.region_name)
        )
        boto3.client("cognito-sync", region_name="eu-west-1").list_identity_pool_usage()
    assert regions == ["eu-west-1"]


def test_a_mock_starts_if_the_default_session_before_it_lacks_the_profile(config, monkeypatch):
    """The mock replaces the default session, so a profile that only the new one knows is no reason to fail."""
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config.parent / "none"))
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", boto3.Session())
    assert boto3.DEFAULT_SESSION.available_profiles == []
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_PROFILE", "mine")
    with mock_cognitosync(config=OWN) as sync:
        assert (found(), sync.region_name) == (("profile", "config-file"), "us-east-1")


@pytest.mark.usefixtures("config")
def test_the_providers_are_botocore_s():
    """A test can find a provider, for instance to remove it; the order and the names are those of botocore."""
    with mock_cognitosync():
        session = boto3.DEFAULT_SESSION._session
        resolver = session.get_component("credential_provider")
        names = [provider.METHOD for provider in create_credential_resolver(session).providers]
        assert [provider.METHOD for provider in resolver.providers] == names
        resolver.remove("env")
        assert found() == ("file", "config-file")


def test_the_parts_of_the_default_session_are_loaded_once(monkeypatch):
    """Each mock has a Session of its own; only the first of the process reads data and registers handlers."""
    with mock_cognitosync():
        first = boto3.DEFAULT_SESSION._session
        boto3.client("cognito-sync", region_name="us-east-1")
    registered = []
    monkeypatch.setattr(Session, "_register_builtin_handlers", lambda self, events: registered.append(events))
    with mock_cognitosync():
        second = boto3.DEFAULT_SESSION._session
        boto3.client("cognito-sync", region_name="us-east-1").list_identity_pool_usage()
    assert first is not second
    assert first.get_component("data_loader") is second.get_component("data_loader")
    assert registered == []
    assert "providers" not in vars(second.get_component("credential_provider"))


def test_events_have_botocore_s_names():
    """A handler for the older name of a service is called, in each Session separately."""
    calls = []
    for _ in range(2):
        with mock_cognitosync(region_name="us-east-1"):
            boto3.DEFAULT_SESSION.events.register("before-call.es", lambda model, **_: calls.append(model.name))
            boto3.client("es").list_domain_names()
    assert calls == ["ListDomainNames"] * 2
