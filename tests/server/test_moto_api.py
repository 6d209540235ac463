"""The interface of moto (dashboard, reset, seed, recorder, replay) includes Cognito Sync."""

import json
import uuid

import boto3
import pytest
import requests
from driver import TOKEN_REFUSED, DatasetDriver, replace

from moto.moto_api import recorder
from moto.server import ThreadedMotoServer

API = "http://motoapi.amazonaws.com/moto-api"

# Requests to moto's server may leave the mock.
pytestmark = pytest.mark.cognitosync(config={"core": {"passthrough": {"urls": [r"http://127\.0\.0\.1:"]}}})


@pytest.fixture(params=["in process", "over HTTP"])
def endpoint(request, cognitosync):
    """The URL of moto's server; None for the mock in this process."""
    if request.param == "in process":
        yield None
        return
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def api(endpoint):
    """The URL of moto's interface."""
    return f"{endpoint}/moto-api" if endpoint else API


@pytest.fixture
def client(endpoint):
    """A client of the service at that address."""
    return boto3.client("cognito-sync", region_name="us-east-1", endpoint_url=endpoint)


@pytest.fixture
def scores(cognitosync, client):
    """A driver for the dataset ``scores`` of a new identity."""
    return DatasetDriver.of_new_identity(cognitosync, client, "scores")


def on_dashboard(api):
    """The datasets on moto's dashboard, as identity pool id, identity id, name and sync count."""
    shown = requests.get(f"{api}/data.json", timeout=10).json()["cognitosync"]["Dataset"]
    return [(*dataset["key"], dataset["sync_count"]) for dataset in shown]


def test_the_dashboard_lists_datasets(api, scores):
    """The data of the dashboard contain each dataset, below the name of the service."""
    scores.write(replace("high_score", "1"))
    scores.named("profile").write(replace("high_score", "1"))
    scores.write(replace("high_score", "2", 1))

    assert on_dashboard(api) == [(*scores.key, 2), (*scores.named("profile").key, 1)]


def test_a_refused_update_leaves_nothing_on_the_dashboard(api, scores):
    """A dataset that was only listed, and whose update was refused, is not on the dashboard."""
    scores.list_records()
    assert scores.refused_update(replace("high_score"), replace("high_score"))[0] == "InvalidParameterException"
    assert on_dashboard(api) == []


def test_moto_s_reset_removes_everything(cognitosync, api, client, scores):
    """The reset of moto removes datasets, tokens, configuration and the data of the dashboard."""
    scores.write(replace("high_score"))
    token = scores.token()
    function = "arn:aws:lambda:us-east-1:123456789012:function:check"
    client.set_cognito_events(**scores.pool, Events={"SyncTrigger": function})

    assert requests.post(f"{api}/reset", timeout=10).status_code == 200

    assert scores.dataset_names() == []
    assert client.get_cognito_events(**scores.pool)["Events"] == {}
    assert scores.refused_listing(SyncSessionToken=token) == TOKEN_REFUSED
    assert on_dashboard(api) == []
    scores.write(replace("high_score"))
    assert scores.state().sync_count == 1


def test_the_handle_s_reset_keeps_other_services(cognitosync, profile):
    """The reset of the handle removes the state of Cognito Sync and nothing else."""
    profile.write(replace("theme"))
    boto3.client("sqs").create_queue(QueueName="stays")

    cognitosync.reset()

    assert profile.records() == {}
    assert len(boto3.client("sqs").list_queues()["QueueUrls"]) == 1


def test_a_seed_makes_ids_repeatable(cognitosync, api, scores):
    """The same seed of moto gives the same ids, another seed gives others."""
    # Code that draws from moto's generator when it is first used has drawn after this call.
    scores.token()

    def drawn(seed):
        assert requests.post(f"{api}/seed?a={seed}", timeout=10).status_code == 200
        response = scores.client.list_records(**scores.parameters)
        request_id = response["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"]
        pool = cognitosync.new_pool()
        return [pool, cognitosync.new_identity(pool), request_id]

    first, again, other = drawn(42), drawn(42), drawn(43)

    assert first == again
    assert not set(first) & set(other)
    assert [str(uuid.UUID(text[-36:])) for text in first] == [text[-36:] for text in first]


def test_a_seed_makes_device_ids_repeatable(cognitosync_client, pool):
    """The same seed gives a registered device the same id. Source: devices-1."""
    sns = boto3.client("sns")
    application = sns.create_platform_application(Name="game", Platform="GCM", Attributes={})["PlatformApplicationArn"]
    cognitosync_client.set_identity_pool_configuration(IdentityPoolId=pool, PushSync={"ApplicationArns": [application]})

    def drawn(identity):
        requests.post(f"{API}/seed?a=42", timeout=10)
        return cognitosync_client.register_device(
            IdentityPoolId=pool, IdentityId=f"us-east-1:{identity}", Platform="GCM", Token=identity
        )["DeviceId"]

    assert drawn("aaaa") == drawn("bbbb")


@pytest.fixture
def recording(monkeypatch, tmp_path):
    """The file of moto's recorder, in a folder of the test; the recorder is off before and after the test."""
    path = tmp_path / "recording"
    monkeypatch.setattr(recorder, "_location", str(path))
    monkeypatch.setattr(recorder, "_user_enabled", False)
    return path


def test_the_recorder_records_requests_of_the_service(recording, scores):
    """The recording contains each request between start and stop, with its path, and no other."""
    scores.write(replace("high_score"))
    recorder.start_recording()
    scores.write(replace("high_score", "2", 1))
    scores.delete()
    recorder.stop_recording()
    scores.list_records()

    rows = [json.loads(line) for line in recording.read_text().splitlines()]

    where = f"/identitypools/{scores.identity_pool_id}/identities/{scores.identity_id}/datasets/scores"
    paths = [row["url"].partition("://")[2].partition("/")[2].partition("?")[0].replace("%3A", ":") for row in rows]
    assert [row["method"] for row in rows] == ["GET", "POST", "DELETE"]
    assert [f"/{path}" for path in paths] == [f"{where}/records", where, where]


def test_a_replay_repeats_the_recorded_requests(recording, endpoint, api, scores):
    """With the same seed, a replay after a reset has the same result as the recorded requests."""
    scores.named("other").write(replace("high_score"))

    def begin():
        requests.post(f"{api}/reset", timeout=10)
        requests.post(f"{api}/seed?a=42", timeout=10)

    begin()
    recorder.start_recording()
    scores.write(replace("high_score", "1"))
    scores.write(replace("high_score", "2", 1))
    scores.named("profile").write(replace("high_score", "1"))
    scores.named("profile").delete()
    recorder.stop_recording()
    before = scores.state()

    begin()
    recorder.replay_recording(target_host=endpoint)

    after = scores.state()
    assert scores.records() == {"high_score": "2"}
    assert (after.sync_counts, after.last_modified_by) == (before.sync_counts, before.last_modified_by)
    assert scores.dataset_names() == ["scores"]
