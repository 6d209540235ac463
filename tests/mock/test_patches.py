"""No request to Cognito Sync leaves the mock, whichever client sends it."""

from urllib.parse import quote

import boto3
import botocore.session
import pytest
import requests
from botocore import UNSIGNED
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.httpsession import URLLib3Session
from driver import DatasetDriver, replace

from mock_cognitosync import RealRequestRefused, mock_cognitosync, patches
from moto import mock_aws
from moto.core import models as moto_models

KEYS = {"region_name": "us-east-1", "aws_access_key_id": "mine", "aws_secret_access_key": "mine"}

# Most clients here are created outside of the mock.
pytestmark = pytest.mark.usefixtures("own_model")


def refused(url):
    return (
        f"a Cognito Sync request would have left the mock for {url}: create the client inside the mock and without "
        'endpoint_url, or let this URL through with config={"core": {"passthrough": {"urls": [...]}}}'
    )


def path_of(dataset):
    """The path of the datasets of an identity."""
    return f"/identitypools/{dataset.identity_pool_id}/identities/{dataset.identity_id}/datasets"


def count_after_one_update(client, sync):
    dataset = DatasetDriver.of_new_identity(sync, client)
    dataset.write(replace("k"))
    return dataset.state().sync_count


MAKERS = {
    "client": lambda: boto3.client("cognito-sync", **KEYS),
    "client of a session": lambda: boto3.Session(**KEYS).client("cognito-sync"),
    "client of botocore": lambda: botocore.session.get_session().create_client("cognito-sync", **KEYS),
}


@pytest.mark.parametrize("maker", MAKERS)
def test_clients_created_before_the_mock_are_mocked(maker):
    """A client that is older than the mock is answered by it, and each of its updates is handled once."""
    client = MAKERS[maker]()
    with mock_cognitosync(region_name="us-east-1") as sync:
        assert count_after_one_update(client, sync) == 1


def test_clients_of_sessions_created_before_the_mock_are_mocked():
    """A Session that is older than the mock creates clients with the mock's credentials."""
    session = boto3.Session(region_name="us-east-1")
    with mock_cognitosync(region_name="us-east-1") as sync:
        assert count_after_one_update(session.client("cognito-sync"), sync) == 1


def test_a_client_for_another_host_is_refused(elsewhere):
    """A signed request that would leave the mock is refused with a way to fix it, and nothing leaves."""
    with mock_cognitosync() as sync:
        client = boto3.client("cognito-sync", **KEYS, endpoint_url=elsewhere.url)
        dataset = DatasetDriver.of_new_identity(sync, client)
        with pytest.raises(RealRequestRefused) as listed:
            client.list_datasets(**dataset.identity, MaxResults=3)
        with pytest.raises(RealRequestRefused) as updated:
            client.update_records(**dataset.parameters, SyncSessionToken="t")
    assert str(listed.value) == refused(elsewhere.url + quote(path_of(dataset)))
    assert str(updated.value) == refused(f"{elsewhere.url}{quote(path_of(dataset))}/profile")
    assert elsewhere.paths == []


def test_requests_are_blocked_in_nested_mocks_of_moto(elsewhere):
    """Inside `mock_aws`, too, no request leaves while a mock of this package is active."""
    client = boto3.client("cognito-sync", **KEYS, endpoint_url=elsewhere.url)
    with mock_aws(), mock_cognitosync() as sync, mock_aws(), pytest.raises(RealRequestRefused):
        DatasetDriver.of_new_identity(sync, client).dataset_names()
    assert elsewhere.paths == []


@pytest.mark.parametrize("nested", [False, True])
def test_after_the_mock_requests_are_not_blocked(nested, elsewhere):
    """When the mock has ended, clients reach their endpoints again."""
    client = boto3.client("cognito-sync", **KEYS, endpoint_url=elsewhere.url)
    with mock_cognitosync() as sync:
        dataset = DatasetDriver.of_new_identity(sync, client)
        if nested:
            mock_cognitosync(lambda: None)()
    client.list_datasets(**dataset.identity)
    client.close()
    assert elsewhere.paths == [path_of(dataset)]


PASSTHROUGHS = {
    "service": lambda url: {"services": ["cognitosync"]},
    "url": lambda url: {"urls": [f"{url}/.*"]},
}


@pytest.mark.parametrize("by", PASSTHROUGHS)
def test_passthrough_allows_requests(by, elsewhere):
    """A request leaves if moto's passthrough names the service or the URL."""
    config = {"core": {"passthrough": PASSTHROUGHS[by](elsewhere.url)}}
    with mock_cognitosync(config=config) as sync:
        client = boto3.client("cognito-sync", **KEYS, endpoint_url=elsewhere.url)
        dataset = DatasetDriver.of_new_identity(sync, client)
        client.list_datasets(**dataset.identity, MaxResults=3)
        client.close()
    assert elsewhere.paths == [f"{path_of(dataset)}?maxResults=3"]


def test_passthrough_of_other_services_and_urls_allows_nothing(elsewhere):
    """A passthrough of another service or URL lets no request to Cognito Sync leave."""
    config = {"core": {"passthrough": {"services": ["s3"], "urls": ["https://example.com/.*"]}}}
    with mock_cognitosync(config=config) as sync:
        client = boto3.client("cognito-sync", **KEYS, endpoint_url=elsewhere.url)
        with pytest.raises(RealRequestRefused):
            DatasetDriver.of_new_identity(sync, client).dataset_names()
    assert elsewhere.paths == []


SERVER_MODE = """
import boto3
from mock_cognitosync import mock_cognitosync
with mock_cognitosync(region_name="us-east-1"):
    boto3.client("cognito-sync", use_ssl=False).describe_identity_pool_usage(IdentityPoolId="us-east-1:pool")
"""


@pytest.mark.parametrize("mode", ["SERVER", "PROXY"])
def test_requests_to_moto_s_server_are_not_blocked(mode, elsewhere, pytester, monkeypatch):
    """In moto's server and proxy modes requests go to that server."""
    monkeypatch.setenv(f"TEST_{mode}_MODE", "true")
    monkeypatch.setenv("TEST_SERVER_MODE_ENDPOINT", elsewhere.url)
    monkeypatch.setenv("TEST_PROXY_MODE_ENDPOINT", elsewhere.url)
    monkeypatch.setenv("MOTO_PROXY_PORT", str(elsewhere.server_port))
    result = pytester.runpython_c(SERVER_MODE)
    assert (result.ret, result.errlines) == (0, [])
    assert [path for path in elsewhere.paths if path.startswith("/identitypools")] == ["/identitypools/us-east-1:pool"]


def test_requests_of_other_services_are_not_blocked(elsewhere):
    """A client of another service with an endpoint_url, and unsigned requests, reach their host."""
    with mock_cognitosync():
        client = boto3.client("kinesis", **KEYS, endpoint_url=elsewhere.url)
        client.list_streams()
        client.close()
        session = URLLib3Session()
        response = session.send(AWSRequest("GET", f"{elsewhere.url}/cognito-sync").prepare())
        session.close()
        plain = requests.get(f"{elsewhere.url}/plain", timeout=30)
    assert (response.content, plain.json()) == (b"{}", {})
    assert elsewhere.paths == ["/", "/cognito-sync", "/plain"]


def test_the_requests_library_reaches_the_service():
    """Requests of the `requests` library to the service's host are answered, as by moto."""
    with mock_cognitosync(region_name="us-east-1") as sync:
        dataset = DatasetDriver.of_new_identity(sync, boto3.client("cognito-sync"))
        dataset.write(replace("k"))
        response = requests.get(f"https://cognito-sync.us-east-1.amazonaws.com{path_of(dataset)}", timeout=30)
    assert (response.status_code, response.json()["Count"]) == (200, 1)


def test_an_unsigned_client_is_answered():
    """A client that does not sign its requests is answered like others."""
    client = boto3.client("cognito-sync", region_name="us-east-1", config=Config(signature_version=UNSIGNED))
    with mock_cognitosync(region_name="us-east-1") as sync:
        assert DatasetDriver.of_new_identity(sync, client).dataset_names() == []


def test_an_update_is_handled_once():
    """An update raises the sync count by one, so no request is answered twice. Source: counts-1."""
    with mock_cognitosync(region_name="us-east-1") as sync:
        client = boto3.client("cognito-sync")
        calls = []
        client.meta.events.register("before-send", lambda **_: calls.append(1))
        dataset = DatasetDriver.of_new_identity(sync, client)
        dataset.write(replace("k"))
        assert (dataset.state().sync_count, len(calls)) == (1, 2)


def look_at(name):
    """Send a request that `responses` answers; return how many requests its objects have answered so far."""
    requests.get(f"https://cognito-sync.us-east-1.amazonaws.com/{name}")
    return sum(response.call_count for response in patches._responses.values())


def test_callbacks_of_responses_are_reused_between_mocks():
    """A start reuses the objects of the one before, except those that have answered, which would keep the requests."""
    with mock_cognitosync():
        first = dict(patches._responses)
        counts = [look_at("a"), look_at("b")]
    with mock_cognitosync():
        second = dict(patches._responses)
        counts.append(look_at("c"))
    changed = [key for key in first if second[key] is not first[key]]

    assert counts == [1, 2, 1]
    assert (len(changed), changed[0][0]) == (1, "GET")


def test_moto_s_class_of_callbacks_is_restored_after_start():
    """Plain moto, and subclasses, see the original class."""
    before = moto_models.CallbackResponse
    with mock_cognitosync():
        assert moto_models.CallbackResponse is before
    with mock_aws():
        assert moto_models.CallbackResponse is before
