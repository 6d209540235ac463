"""A mock: its forms, its options, nesting, and that it restores everything at its end."""

import asyncio
import copy
import inspect
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.handlers import BUILTIN_HANDLERS
from botocore.httpsession import URLLib3Session
from driver import DatasetDriver, replace

from mock_cognitosync import CognitoSync, MockCognitoSync, current, mock_cognitosync
from moto import mock_aws
from moto.core.config import default_user_config

NONE_ACTIVE = "no mock_cognitosync is active: decorate the test, or use it in a with statement"


def world():
    """Everything outside itself that a mock changes."""
    return {
        "environ": dict(os.environ),
        "config": copy.deepcopy(default_user_config),
        "session": boto3.DEFAULT_SESSION,
        "send": vars(URLLib3Session)["send"],
    }


@pytest.fixture(autouse=True)
def _region(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@pytest.fixture
def own_credentials(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine")


def client():
    return boto3.client("cognito-sync")


def new_dataset(sync):
    """A driver for a dataset that does not exist yet."""
    return DatasetDriver.of_new_identity(sync, client())


def count_datasets(dataset):
    """The number of datasets of the identity, as a new client sees it."""
    return len(dataset.through(client()).dataset_names())


def put(sync):
    """Write a record to a new dataset; return its driver."""
    dataset = new_dataset(sync)
    dataset.write(replace("k"))
    return dataset


def test_a_with_statement_mocks_its_block():
    """In the block, handle and clients share one service; after it, no mock is active and everything is restored."""
    before = world()
    with mock_cognitosync() as sync:
        dataset = put(sync)
        assert current() is sync
        assert dataset.records() == {"k": "v"}
    with pytest.raises(RuntimeError) as caught:
        current()
    assert str(caught.value) == NONE_ACTIVE
    assert world() == before


def test_an_async_with_statement_mocks_its_block():
    """`async with` has the same effect as `with`."""

    async def main():
        async with mock_cognitosync() as sync:
            return current() is sync, count_datasets(put(sync))

    before = world()
    assert asyncio.run(main()) == (True, 1)
    assert world() == before


def test_start_and_stop_mock_the_code_between_them():
    """`start` returns the handle; `stop` ends the mock."""
    before = world()
    mock = mock_cognitosync()
    sync = mock.start()
    assert (current() is sync, count_datasets(put(sync))) == (True, 1)
    mock.stop()
    assert world() == before


def test_an_exception_ends_the_mock_and_propagates():
    """An exception in the block propagates unchanged, and everything is restored."""
    before = world()
    with pytest.raises(KeyError), mock_cognitosync():
        raise KeyError
    assert world() == before


def test_stop_without_start_is_refused():
    """`stop` without `start` is refused, even after an earlier stop, and changes nothing."""
    mock = mock_cognitosync()
    before = world()
    mock.start()
    mock.stop()
    with pytest.raises(RuntimeError) as caught:
        mock.stop()
    assert str(caught.value) == "stop() without start()"
    assert world() == before


def test_the_most_recently_started_mock_is_current():
    """`current` returns the handle of the most recently started mock that is still active."""
    with mock_cognitosync() as outer:
        with mock_cognitosync(region_name="eu-west-1") as inner:
            seen = [current()]
        seen.append(current())
    assert seen == [inner, outer]


def test_an_object_may_be_started_twice():
    """A mock that is started twice runs, and keeps its data, until it is stopped twice."""
    before = world()
    mock = mock_cognitosync(max_attempts=2)
    dataset = put(mock.start())
    mock.start()
    mock.stop()
    assert (count_datasets(dataset), os.environ["AWS_MAX_ATTEMPTS"]) == (1, "2")
    mock.stop()
    assert world() == before


MOCKS = {
    "plain": {},
    "region": {"region_name": "eu-west-1"},
    "attempts": {"max_attempts": 3, "region_name": "us-west-2"},
    "own credentials": {"config": {"core": {"mock_credentials": False}}},
    "own session": {"config": {"core": {"reset_boto3_session": False}}, "max_attempts": 2},
}


@pytest.mark.parametrize("second", MOCKS)
@pytest.mark.parametrize("first", MOCKS)
@pytest.mark.parametrize("order", [[0, 1], [1, 0]], ids=["first ends first", "first ends last"])
@pytest.mark.parametrize("session", [None, boto3.Session], ids=["", "default session"])
@pytest.mark.usefixtures("own_credentials", "own_model")
def test_mocks_may_end_in_any_order(first, second, order, session, monkeypatch):
    """Two mocks with any options restore everything, whichever ends first; the other one works until its end."""
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", session and session())
    before = world()
    mocks = [mock_cognitosync(**MOCKS[first]), mock_cognitosync(**MOCKS[second])]
    for mock in mocks:
        put(mock.start())
    mocks[order[0]].stop()
    assert current().region_name == MOCKS[[first, second][order[1]]].get("region_name", "us-east-1")
    assert count_datasets(put(current())) == 1
    mocks[order[1]].stop()
    assert world() == before


UNKNOWN = "mock_cognitosync has no option 'region'; its options are " + ", ".join(
    inspect.signature(MockCognitoSync).parameters
)


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"region": "eu-west-1"}, TypeError, UNKNOWN),
        ({"identity_pools": "all"}, ValueError, "identity_pools must be one of 'auto', 'created', 'any', got 'all'"),
        ({"token_lifetime_seconds": 0}, ValueError, "token_lifetime_seconds must be a number > 0, got 0"),
        ({"token_lifetime_seconds": -1.5}, ValueError, "token_lifetime_seconds must be a number > 0, got -1.5"),
        ({"token_lifetime_seconds": float("nan")}, ValueError, "token_lifetime_seconds must be a number > 0, got nan"),
        ({"max_attempts": 0}, ValueError, "max_attempts must be an integer >= 1 (1: no retries), got 0"),
    ],
)
def test_an_invalid_option_is_refused(options, error, sentence):
    """An invalid option is refused when the mock is created; the message states the value and what is possible."""
    with pytest.raises(error) as caught:
        mock_cognitosync(**options)
    assert str(caught.value) == sentence


@pytest.mark.usefixtures("own_credentials")
def test_a_region_without_the_service_is_refused():
    """A region that has no Cognito Sync is refused at the start, which leaves all as it was. Source: regions-1."""
    before = world()
    mock = mock_cognitosync(region_name="eu-north-1", max_attempts=3)
    with pytest.raises(ValueError, match="eu-north-1") as caught:
        mock.start()
    assert str(caught.value) == (
        'Cognito Sync is not in the region "eu-north-1"; it is in ap-northeast-1, ap-northeast-2, ap-south-1, '
        "ap-southeast-1, ap-southeast-2, eu-central-1, eu-west-1, eu-west-2, us-east-1, us-east-2, us-west-2"
    )
    assert world() == before


def test_moto_s_switch_allows_any_region(monkeypatch):
    """MOTO_ALLOW_NONEXISTENT_REGION, moto's own switch, applies to Cognito Sync too."""
    monkeypatch.setenv("MOTO_ALLOW_NONEXISTENT_REGION", "true")
    with mock_cognitosync(region_name="eu-north-1") as sync:
        assert count_datasets(put(sync)) == 1


def test_region_name_is_the_region_of_clients_and_ids(monkeypatch):
    """With region_name, clients without a region, the handle and its ids have that region."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with mock_cognitosync(region_name="eu-west-2") as sync:
        regions = [client().meta.region_name, sync.region_name]
        regions += [name.split(":")[0] for name in put(sync).identity.values()]
    assert regions == ["eu-west-2"] * 4


def test_without_a_region_the_handle_follows_boto3(monkeypatch, tmp_path):
    """Without region_name the handle is in the region of a client that names none, else in us-east-1."""
    (tmp_path / "config").write_text("[default]\nregion = eu-west-1\n")
    with mock_cognitosync() as sync:
        regions = [sync.region_name]
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with mock_cognitosync() as sync:
        regions.append(sync.region_name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    with mock_cognitosync() as sync:
        regions.append(sync.region_name)
        assert count_datasets(put(sync)) == 1
    assert regions == ["us-east-1", "us-east-1", "eu-west-1"]


@pytest.mark.parametrize("attempts", [1, 3])
def test_max_attempts_is_the_number_of_attempts(attempts, monkeypatch):
    """A call that fails every time is attempted max_attempts times."""
    seen = []

    def fail(**_):
        seen.append(1)
        raise EndpointConnectionError(endpoint_url="")

    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda seconds: None)
    with mock_cognitosync(max_attempts=attempts) as sync:
        failing = client()
        failing.meta.events.register_first("before-send", fail)
        with pytest.raises(EndpointConnectionError):
            DatasetDriver.of_new_identity(sync, failing).dataset_names()
    assert len(seen) == attempts


def test_identity_pools_applies_until_the_mock_ends():
    """The option of a nested mock ends with it. Source: pools-2."""
    with mock_cognitosync(identity_pools="any") as sync:
        dataset = new_dataset(sync)
        with mock_cognitosync(identity_pools="created"), pytest.raises(ClientError) as caught:
            count_datasets(dataset)
        assert count_datasets(dataset) == 0
    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_a_token_lifetime_may_be_infinite():
    """An infinite token_lifetime_seconds is accepted. Source: token-2."""
    with mock_cognitosync(token_lifetime_seconds=float("inf")) as sync:
        assert count_datasets(put(sync)) == 1


def buckets():
    return [bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]]


CONFIGURED = {"iam": {"load_aws_managed_policies": True}}
NESTS = {
    "ours in moto's": (mock_aws, mock_cognitosync),
    "moto's in ours": (mock_cognitosync, mock_aws),
    "ours in ours": (mock_cognitosync, mock_cognitosync),
    "configured ours in moto's": (mock_aws, lambda: mock_cognitosync(config=CONFIGURED)),
    "configured moto's in ours": (mock_cognitosync, lambda: mock_aws(config=CONFIGURED)),
}


@pytest.mark.parametrize("nest", NESTS)
@pytest.mark.usefixtures("own_credentials", "own_model")
def test_nested_mocks_share_their_data(nest):
    """Data survives a nested mock and ends with the outermost one, which may be moto's; then everything is restored."""
    outer, inner = NESTS[nest]
    before = world()
    with outer():
        dataset = put(CognitoSync())
        boto3.client("s3").create_bucket(Bucket="outer")
        with inner():
            seen = [count_datasets(dataset), buckets()]
            boto3.client("s3").create_bucket(Bucket="inner")
        seen += [count_datasets(dataset), buckets(), os.environ["AWS_ACCESS_KEY_ID"]]
    with outer():
        seen += [count_datasets(dataset), buckets()]
    assert seen == [1, ["outer"], 1, ["outer", "inner"], "FOOBARKEY", 0, []]
    assert world() == before


@pytest.mark.parametrize("outer", [mock_aws, mock_cognitosync])
def test_the_configuration_of_a_nested_mock_ends_with_it(outer):
    """`config` applies from start to stop; then that of the outer mock applies again."""
    with outer(config={"lambda": {"use_docker": False}}):
        before = world()["config"]
        with mock_cognitosync(config=CONFIGURED):
            inside = world()["config"]
        after = world()["config"]
    assert before["lambda"] == {"use_docker": False}
    assert (inside, after) == (before | CONFIGURED, before)


def test_a_variable_that_a_test_sets_inside_a_mock_stays(monkeypatch):
    """A nested mock does not change a variable for which it has no option."""
    with mock_cognitosync(region_name="us-east-1"):
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        with mock_cognitosync() as inner:
            seen = [inner.region_name]
        seen.append(os.environ["AWS_DEFAULT_REGION"])
    assert seen == ["eu-west-1", "eu-west-1"]


def test_other_services_work_in_the_same_block():
    """`mock_cognitosync` mocks all services that moto's `mock_aws` mocks."""
    with mock_cognitosync() as sync:
        boto3.client("s3").create_bucket(Bucket="photos")
        url = boto3.client("sqs").create_queue(QueueName="q")["QueueUrl"]
        assert (buckets(), url[-2:], count_datasets(put(sync))) == (["photos"], "/q", 1)


def test_threads_share_the_mock():
    """A thread that runs during the mock is mocked and sees the data of other threads."""
    with mock_cognitosync() as sync, ThreadPoolExecutor(4) as threads:
        shared = client()
        datasets = [DatasetDriver.of_new_identity(sync, shared) for _ in range(8)]
        list(threads.map(lambda dataset: dataset.write(replace("k")), datasets))
        assert [dataset.records() for dataset in datasets] == [{"k": "v"}] * 8
        assert threads.submit(current).result() is sync


def test_decorated_functions_may_run_in_several_threads():
    """Mocks that start and end in several threads restore everything."""
    barrier = threading.Barrier(4)

    @mock_cognitosync
    def body(_):
        barrier.wait(timeout=30)
        dataset = DatasetDriver.of_new_identity(current(), boto3.Session().client("cognito-sync"))
        dataset.write(replace("k"))
        count = len(dataset.dataset_names())
        # The handle may be that of another thread's mock, so no mock ends before all threads have used theirs.
        barrier.wait(timeout=30)
        return count

    before = world()
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(body, range(4))) == [1, 1, 1, 1]
    assert world() == before


def test_decorated_coroutines_may_run_concurrently():
    """The mocks of concurrent tasks overlap; each task is mocked until its end."""

    @mock_cognitosync
    async def body():
        await asyncio.sleep(0)
        dataset = put(current())
        await asyncio.sleep(0)
        return count_datasets(dataset)

    async def main():
        return await asyncio.gather(body(), body(), body())

    before = world()
    assert asyncio.run(main()) == [1, 1, 1]
    assert world() == before


def test_each_mock_has_its_own_default_session():
    """A handler that a test registers with boto3's default session does not exist in the next mock."""
    seen = []
    for _ in range(2):
        with mock_cognitosync() as sync:
            count_datasets(put(sync))
            boto3.DEFAULT_SESSION.events.register("before-call", lambda model, **_: seen.append(model.name))
            count_datasets(new_dataset(sync))
    assert seen == ["ListDatasets"] * 2


def test_a_handler_for_all_sessions_reaches_the_default_session():
    """Handlers that are added to botocore's built-in handlers apply to the mock's default session."""
    seen = []
    handler = ("before-call", lambda model, **_: seen.append(model.name))
    BUILTIN_HANDLERS.append(handler)
    try:
        with mock_cognitosync() as sync:
            count_datasets(new_dataset(sync))
    finally:
        BUILTIN_HANDLERS.remove(handler)
    with mock_cognitosync() as sync:
        count_datasets(new_dataset(sync))
    assert seen == ["ListDatasets"]


def test_the_default_session_of_a_mock_is_as_complete_as_boto3_s(own_model):
    """It has the services, resources and partitions of a Session that boto3 creates."""
    plain = boto3.Session()
    with mock_cognitosync():
        mine = boto3.DEFAULT_SESSION
        for look in ("get_available_services", "get_available_resources", "get_available_partitions"):
            assert getattr(mine, look)() == getattr(plain, look)()


def test_mocks_leave_no_trace_in_the_shared_loader():
    """Boto3 adds its folder to the loader for each Session; the shared loader has it once after any number of mocks."""
    paths = []
    for _ in range(3):
        with mock_cognitosync():
            paths.append(list(boto3.DEFAULT_SESSION._loader.search_paths))
    assert paths == [paths[0]] * 3
    assert len(set(paths[0])) == len(paths[0])


def test_the_default_session_is_replaced_or_kept(monkeypatch, own_model):
    """The default session is replaced during the mock, or kept with reset_boto3_session, as in moto."""
    mine = boto3.Session(region_name="eu-west-1")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", mine)
    with mock_cognitosync():
        replaced = boto3.DEFAULT_SESSION
    with mock_cognitosync(config={"core": {"reset_boto3_session": False}}) as sync:
        kept = boto3.DEFAULT_SESSION
        assert (sync.region_name, count_datasets(put(sync))) == ("eu-west-1", 1)
    assert replaced is not mine
    assert (kept, boto3.DEFAULT_SESSION) == (mine, mine)


CONFIG = """
[default]
endpoint_url = http://127.0.0.1:9/default
services = elsewhere
aws_access_key_id = mine
aws_secret_access_key = mine
aws_session_token = mine
[profile mine]
aws_access_key_id = profile
aws_secret_access_key = profile
[services elsewhere]
cognito_sync =
  endpoint_url = http://127.0.0.1:9/service
"""
VARIABLES = {
    "profile": {"AWS_PROFILE": "nowhere"},
    "default profile": {"AWS_DEFAULT_PROFILE": "nowhere"},
    "endpoint": {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"},
    "endpoint of the service": {"AWS_ENDPOINT_URL_COGNITO_SYNC": "http://127.0.0.1:9"},
    "endpoints wanted": {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false"},
    "session token": {"AWS_SESSION_TOKEN": "mine"},
    "security token": {"AWS_SECURITY_TOKEN": "mine"},
    "keys": {"AWS_ACCESS_KEY_ID": "mine", "AWS_SECRET_ACCESS_KEY": "mine", "AWS_EC2_METADATA_DISABLED": "false"},
    "config file": {"AWS_CONFIG_FILE": "config"},
    "profile in the config file": {"AWS_CONFIG_FILE": "config", "AWS_PROFILE": "mine"},
    "empty": dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"), ""),
    "empty endpoint": {"AWS_ENDPOINT_URL": "", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "", "AWS_DEFAULT_REGION": ""},
}


@pytest.fixture
def in_config_folder(monkeypatch, tmp_path):
    (tmp_path / "config").write_text(CONFIG)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", VARIABLES)
@pytest.mark.usefixtures("in_config_folder")
def test_settings_of_the_user_do_not_affect_the_mock(name, monkeypatch):
    """Profiles, endpoints and keys of the user neither break nor bypass the mock, and are restored exactly."""
    for variable, value in VARIABLES[name].items():
        monkeypatch.setenv(variable, value)
    before = world()
    with mock_cognitosync(region_name="us-east-1") as sync:
        found = boto3.Session().get_credentials()
        assert (found.access_key, found.secret_key, found.token) == ("FOOBARKEY", "FOOBARSECRET", None)
        assert client().meta.endpoint_url == "https://cognito-sync.us-east-1.amazonaws.com"
        assert count_datasets(put(sync)) == 1
    assert world() == before


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("keys", ("mine", "mine", None)),
        ("config file", ("mine", "mine", "mine")),
        ("profile in the config file", ("profile", "profile", None)),
    ],
)
@pytest.mark.usefixtures("in_config_folder")
def test_credentials_of_the_user_are_kept_on_request(name, expected, monkeypatch):
    """With mock_credentials False, moto's switch, keys and profile stay, and the service is mocked."""
    for variable, value in VARIABLES[name].items():
        monkeypatch.setenv(variable, value)
    before = world()
    with mock_cognitosync(config={"core": {"mock_credentials": False}}) as sync:
        found = boto3.Session().get_credentials()
        assert (found.access_key, found.secret_key, found.token) == expected
        assert count_datasets(put(sync)) == 1
    assert world() == before
