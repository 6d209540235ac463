"""Moto's own interface: dashboard, reset, seed, recorder and replay know Cognito Sync."""

import json
import uuid

import boto3
import pytest
import requests
from moto.moto_api import recorder
from moto.server import ThreadedMotoServer

API = "http://motoapi.amazonaws.com/moto-api"

# Clients of moto's server may leave the mock.
pytestmark = pytest.mark.cognitosync(config={"core": {"passthrough": {"urls": [r"http://127\.0\.0\.1:"]}}})


@pytest.fixture(params=["in process", "over HTTP"])
def door(request, cognitosync):
    """The address of moto's server, None in process."""
    if request.param == "in process":
        yield None
        return
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def api(door):
    """The address of moto's interface."""
    return f"{door}/moto-api" if door else API


@pytest.fixture
def client(door):
    return boto3.client("cognito-sync", region_name="us-east-1", endpoint_url=door)


@pytest.fixture
def scores(cognitosync):
    pool = cognitosync.new_pool()
    return {"IdentityPoolId": pool, "IdentityId": cognitosync.new_identity(pool), "DatasetName": "scores"}


def update(client, scores, value="1", sync_count=0):
    token = client.list_records(**scores)["SyncSessionToken"]
    patch = {"Op": "replace", "Key": "high_score", "Value": value, "SyncCount": sync_count}
    client.update_records(**scores, SyncSessionToken=token, RecordPatches=[patch])


def shown(api):
    """The datasets on moto's dashboard."""
    return requests.get(f"{api}/data.json", timeout=10).json()["cognitosync"]["Dataset"]


def test_the_dashboard_shows_datasets(api, client, scores):
    """The dashboard's data has each dataset, under the service's name, with its name and counts."""
    update(client, scores)
    update(client, scores | {"DatasetName": "profile"})
    update(client, scores, "2", 1)

    assert [(dataset["key"], dataset["sync_count"]) for dataset in shown(api)] == [
        ([scores["IdentityPoolId"], scores["IdentityId"], "scores"], 2),
        ([scores["IdentityPoolId"], scores["IdentityId"], "profile"], 1),
    ]


def test_a_refused_update_leaves_nothing_on_the_dashboard(api, client, scores):
    """A dataset that was never made is not on the dashboard, however it was asked for."""
    token = client.list_records(**scores)["SyncSessionToken"]
    stale = {"Op": "replace", "Key": "high_score", "Value": "1", "SyncCount": -1}
    with pytest.raises(client.exceptions.InvalidParameterException):
        client.update_records(**scores, SyncSessionToken=token, RecordPatches=[stale])
    assert shown(api) == []


def test_reset_forgets_everything(cognitosync, api, client, scores):
    """Moto's reset forgets datasets, tokens, configuration and the dashboard's data."""
    me = {name: scores[name] for name in ("IdentityPoolId", "IdentityId")}
    update(client, scores)
    token = client.list_records(**scores)["SyncSessionToken"]
    pool = scores["IdentityPoolId"]
    client.set_cognito_events(
        IdentityPoolId=pool, Events={"SyncTrigger": "arn:aws:lambda:us-east-1:123456789012:function:check"}
    )

    assert requests.post(f"{api}/reset", timeout=10).status_code == 200

    assert client.list_datasets(**me)["Datasets"] == []
    assert client.get_cognito_events(IdentityPoolId=pool)["Events"] == {}
    with pytest.raises(client.exceptions.InvalidParameterException, match="SyncSessionToken not valid"):
        client.list_records(**scores, SyncSessionToken=token)
    assert shown(api) == []
    update(client, scores)
    assert cognitosync.dataset(*scores.values()).sync_count == 1


def test_reset_of_the_handle_leaves_other_services_alone(cognitosync, cognitosync_client, scores):
    """The handle's reset forgets what Cognito Sync has, and nothing else."""
    update(cognitosync_client, scores)
    boto3.client("sqs").create_queue(QueueName="stays")

    cognitosync.reset()

    assert cognitosync.records(*scores.values()) == {}
    assert len(boto3.client("sqs").list_queues()["QueueUrls"]) == 1


def test_a_seed_makes_ids_repeatable(cognitosync, api, client, scores):
    """After the same seed of moto the same ids come again, after another one others."""
    # Whatever draws from moto's generator once, when it is first used, has drawn.
    client.list_records(**scores)

    def drawn(seed):
        assert requests.post(f"{api}/seed?a={seed}", timeout=10).status_code == 200
        request_id = client.list_records(**scores)["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"]
        pool = cognitosync.new_pool()
        return [pool, cognitosync.new_identity(pool), request_id]

    first, again, other = drawn(42), drawn(42), drawn(43)

    assert first == again
    assert not set(first) & set(other)
    assert [str(uuid.UUID(text[-36:])) for text in first] == [text[-36:] for text in first]


def test_a_seed_makes_devices_repeatable(cognitosync, cognitosync_client, scores):
    """The id of a registered device is repeatable too. Source: devices-1."""
    pool = scores["IdentityPoolId"]
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
    """Moto's recorder with its file in the test's directory, off before and after."""
    path = tmp_path / "recording"
    monkeypatch.setattr(recorder, "_location", str(path))
    monkeypatch.setattr(recorder, "_user_enabled", False)
    return path


def test_the_recorder_records_our_requests(recording, client, scores):
    """Between start and stop each request stands in the recording with its path, and no other does."""
    update(client, scores)
    recorder.start_recording()
    update(client, scores, "2", 1)
    client.delete_dataset(**scores)
    recorder.stop_recording()
    client.list_records(**scores)

    rows = [json.loads(line) for line in recording.read_text().splitlines()]

    where = f"/identitypools/{scores['IdentityPoolId']}/identities/{scores['IdentityId']}/datasets/scores"
    paths = [row["url"].partition("://")[2].partition("/")[2].partition("?")[0].replace("%3A", ":") for row in rows]
    assert [row["method"] for row in rows] == ["GET", "POST", "DELETE"]
    assert [f"/{path}" for path in paths] == [f"{where}/records", where, where]


def test_a_replay_does_it_again(cognitosync, recording, door, api, client, scores):
    """With moto's generator seeded alike, the replay makes in a reset state what the recorded requests made."""
    me = {name: scores[name] for name in ("IdentityPoolId", "IdentityId")}
    update(client, scores | {"DatasetName": "other"})

    def begin():
        requests.post(f"{api}/reset", timeout=10)
        requests.post(f"{api}/seed?a=42", timeout=10)

    begin()
    recorder.start_recording()
    update(client, scores)
    update(client, scores, "2", 1)
    update(client, scores | {"DatasetName": "profile"})
    client.delete_dataset(**scores | {"DatasetName": "profile"})
    recorder.stop_recording()
    before = cognitosync.dataset(*scores.values())

    begin()
    recorder.replay_recording(target_host=door)

    after = cognitosync.dataset(*scores.values())
    assert cognitosync.records(*scores.values()) == {"high_score": "2"}
    assert (after.sync_counts, after.last_modified_by) == (before.sync_counts, before.last_modified_by)
    assert [dataset["DatasetName"] for dataset in client.list_datasets(**me)["Datasets"]] == ["scores"]
