"""The command ``mock-cognitosync pull``: a pool of the package's server becomes a file, and the file a mock."""

from __future__ import annotations

import io
import json
from collections import Counter
from datetime import datetime, timedelta, timezone

import pytest
from botocore.exceptions import ClientError
from driver import DatasetDriver, answer, remove, replace
from verify.doors import REGION

from mock_cognitosync import cli, pull
from mock_cognitosync.endpoint import clients_of

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/sync"
PUSH = {"ApplicationArns": [f"arn:aws:sns:{REGION}:{ACCOUNT}:app/GCM/game"], "RoleArn": ROLE}
STREAM = {"StreamName": "changes", "RoleArn": ROLE, "StreamingStatus": "DISABLED"}
EVENTS = {"SyncTrigger": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:sync"}
THEN = datetime(2020, 2, 3, 4, 5, 6, tzinfo=timezone.utc)
SENTENCE = "mock-cognitosync pull: "


@pytest.fixture
def cognito_identity(cognitosync):
    return clients_of(None, REGION)("cognito-identity")


@pytest.fixture
def pool(cognito_identity):
    """The id of an empty pool."""
    created = cognito_identity.create_identity_pool(IdentityPoolName="game", AllowUnauthenticatedIdentities=True)
    return created["IdentityPoolId"]


@pytest.fixture
def profile(cognitosync, cognitosync_client, cognito_identity, pool):
    """A dataset with a live record and a tombstone; the pool has no other data."""
    identity = cognito_identity.get_id(IdentityPoolId=pool)["IdentityId"]
    profile = DatasetDriver(cognitosync, cognitosync_client, pool, identity)
    profile.write(replace("theme", "dark"), replace("name", "Zoë", DeviceLastModifiedDate=THEN))
    profile.write(remove("theme", 1))
    return profile


def in_process(url, region_name, rate_limit):
    """Stands for `clients_of`: clients of the mock, whatever the URL."""
    return clients_of(None, region_name)


def pulled(capsys, pool, *arguments, connect=in_process):
    """The pool as the command prints it."""
    assert pull.main(["--pool", pool, *arguments], connect=connect) == 0
    tree = json.loads(capsys.readouterr().out)
    return tree["accounts"][ACCOUNT][REGION]["identity_pools"][pool]


def refused(capsys, *arguments, connect=in_process):
    """The exit code, and what the command says."""
    code = pull.main(arguments, connect=connect)
    said = capsys.readouterr()
    assert said.out == ""
    return code, said.err.removeprefix(SENTENCE)


def test_a_pool_of_a_server_is_a_mock_again(cognitosync_server, profile, tmp_path):
    """Everything that clients see is the same in a mock that loads the file: records, counts, dates, configuration."""
    sync, client = profile.sync, profile.client
    profile.device().put("scores", {"high": "900"})
    client.set_identity_pool_configuration(**profile.pool, PushSync=PUSH, CognitoStreams=STREAM)
    client.set_cognito_events(**profile.pool, Events=EVENTS)

    def state():
        listings = [dataset.list_records() for dataset in (profile, profile.named("scores"))]
        for listing in listings:
            del listing["SyncSessionToken"]
        return (
            listings,
            answer(client.list_datasets(**profile.identity)),
            answer(client.get_identity_pool_configuration(**profile.pool)),
            answer(client.get_cognito_events(**profile.pool)),
        )

    before = state()
    path = tmp_path / "pool.json"
    words = ["pull", "--pool", profile.identity_pool_id, "--endpoint", cognitosync_server.url, "--keep-values"]
    assert cli.main([*words, "--out", str(path)]) == 0
    sync.reset()
    sync.load(path)
    assert state() == before
    assert before[0][0]["Records"][0]["DeviceLastModifiedDate"] == THEN


def test_values_are_replaced_by_as_many_bytes(capsys, profile):
    """A value becomes a placeholder with as many bytes; keys, ids and tombstones stay."""
    records = pulled(capsys, profile.identity_pool_id)["identities"][profile.identity_id]["datasets"]["profile"]
    values = {key: record["value"] for key, record in records["records"].items()}
    assert values == {"name": "xxxx", "theme": None}


def test_the_file_loads_under_the_limits_of_a_test(capsys, profile, tmp_path):
    """The sizes of datasets with placeholders are those of the real ones."""
    profile.named("lone").write(replace("surrogate", "\ud83d"), replace("face", "\U0001f600"))
    before = [profile.named(name).describe()["DataStorage"] for name in ("profile", "lone")]
    path = tmp_path / "pool.json"
    assert pull.main(["--pool", profile.identity_pool_id, "--out", str(path)], connect=in_process) == 0
    profile.sync.reset()
    profile.sync.load(path)
    assert [profile.named(name).describe()["DataStorage"] for name in ("profile", "lone")] == before


def test_only_the_wanted_identities_are_read(capsys, profile, cognito_identity):
    """--identity may be repeated; an identity without data is not in the file."""
    other = profile.of_another_identity()
    other.fill("a")
    guest = cognito_identity.get_id(**profile.pool)["IdentityId"]
    wanted = ["--identity", other.identity_id, "--identity", guest]
    assert list(pulled(capsys, profile.identity_pool_id, *wanted)["identities"]) == [other.identity_id]
    assert list(pulled(capsys, profile.identity_pool_id)["identities"]) == [profile.identity_id]


def test_an_empty_pool_is_a_file_without_identities(capsys, pool):
    """A pool without data, configuration and events is empty."""
    assert pulled(capsys, pool) == {}


class Pages:
    """Stands for `clients_of`: cuts every list into pages of one item, and counts the calls."""

    def __init__(self, **overrides):
        self.calls = Counter()
        self.arguments = None
        self._overrides = overrides

    def __call__(self, *arguments):
        self.arguments = arguments
        clients = clients_of(None, REGION)

        def client(service_name):
            created = clients(service_name)
            created.meta.events.register("before-call", lambda model, **_: self.calls.update([model.name]))
            created.meta.events.register("provide-client-params.cognito-sync.*", self._cut)
            for operation, change in self._overrides.items():
                created.meta.events.register(f"after-call.*.{operation}", change)
            return created

        return client

    @staticmethod
    def _cut(params, model, **_):
        return {**params, "MaxResults": 1} if model.name.startswith("List") else params


def test_all_pages_are_read(capsys, profile):
    """Records, datasets and identities come from all their pages, and nothing but reading is called."""
    profile.named("scores").fill("a", "b")
    other = profile.of_another_identity()
    other.fill("c")
    tokens = iter(["more"])

    def cut_identities(parsed, **_):
        ids = {"more": other.identity_id}
        token = next(tokens, None)
        parsed["Identities"] = [{"IdentityId": profile.identity_id if token else ids["more"]}]
        if token:
            parsed["NextToken"] = token

    pages = Pages(ListIdentities=cut_identities)
    identities = pulled(capsys, profile.identity_pool_id, connect=pages)["identities"]
    found = {
        (identity, name): sorted(dataset["records"])
        for identity, fields in identities.items()
        for name, dataset in fields["datasets"].items()
    }
    assert found == {
        (profile.identity_id, "profile"): ["name", "theme"],
        (profile.identity_id, "scores"): ["a", "b"],
        (other.identity_id, "profile"): ["c"],
    }
    assert pages.calls == {
        "GetIdentityPoolConfiguration": 1,
        "GetCognitoEvents": 1,
        "ListIdentities": 2,
        "ListDatasets": 3,
        "ListRecords": 5,
    }


def test_a_write_between_two_pages_does_not_spoil_the_file(profile, tmp_path):
    """A record that another device writes meanwhile has a count that the dataset of the file reaches."""
    profile.fill("zoo")
    writes = iter([lambda: profile.write(replace("zoo", "new", 3))])

    def write(**_):
        next(writes, lambda: None)()

    path = tmp_path / "pool.json"
    words = ["--pool", profile.identity_pool_id, "--out", str(path)]
    assert pull.main(words, connect=Pages(ListRecords=write)) == 0
    profile.sync.reset()
    profile.sync.load(path)
    assert profile.state().sync_count == 4


def test_a_dataset_that_is_deleted_meanwhile_is_left_out(capsys, profile):
    """A dataset that is gone when its records are read is not in the file."""
    profile.named("zoo").fill("a")
    deletions = iter([profile.delete])

    def delete(**_):
        next(deletions, lambda: None)()

    found = pulled(capsys, profile.identity_pool_id, connect=Pages(ListDatasets=delete))
    assert list(found["identities"][profile.identity_id]["datasets"]) == ["zoo"]


def test_merged_datasets_stay_merged(profile, tmp_path):
    """MergedDatasetNames is reported by the mock that loads the file, for datasets that still exist."""
    guest = profile.of_another_identity()
    guest.fill("a")
    profile.sync.merge_identities(profile.identity_pool_id, guest.identity_id, into=profile.identity_id)
    path = tmp_path / "pool.json"
    assert pull.main(["--pool", profile.identity_pool_id, "--out", str(path)], connect=in_process) == 0
    profile.sync.reset()
    profile.sync.load(path)
    assert profile.list_records()["MergedDatasetNames"] == [f"profile.{guest.identity_id}"]


def test_the_account_becomes_the_one_of_tests(capsys, cognitosync, monkeypatch, tmp_path):
    """Ids in ARNs and LastModifiedBy are moto's account, so that the file loads in a test; other texts stay."""
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "999988887777")
    sync = clients_of(None, REGION)("cognito-sync")
    identity = {"IdentityPoolId": f"{REGION}:0", "IdentityId": f"{REGION}:1"}
    token = sync.list_records(**identity, DatasetName="profile")["SyncSessionToken"]
    patches = [replace("a", "999988887777")]
    sync.update_records(**identity, DatasetName="profile", SyncSessionToken=token, RecordPatches=patches)
    theirs = {"PushSync": PUSH, "CognitoStreams": STREAM}
    parts = json.loads(json.dumps(theirs).replace(ACCOUNT, "999988887777"))
    sync.set_identity_pool_configuration(IdentityPoolId=f"{REGION}:0", **parts)
    sync.set_cognito_events(IdentityPoolId=f"{REGION}:0", Events={"SyncTrigger": "no ARN"})
    found = pulled(capsys, f"{REGION}:0", "--identity", f"{REGION}:1", "--keep-values")
    dataset = found["identities"][f"{REGION}:1"]["datasets"]["profile"]
    record = dataset["records"]["a"]
    assert (dataset["last_modified_by"], record["last_modified_by"], record["value"]) == (
        ACCOUNT,
        ACCOUNT,
        "999988887777",
    )
    assert found["push_sync"] == {"application_arns": PUSH["ApplicationArns"], "role_arn": ROLE}
    assert found["streams"] == {"stream_name": "changes", "role_arn": ROLE, "streaming_status": "DISABLED"}
    assert found["events"] == {"SyncTrigger": "no ARN"}


def test_dates_and_writers_that_are_null_are_left_out(capsys, profile):
    """Where the service gives no date or writer, the mock's default applies when the file is loaded."""

    def forget(parsed, **_):
        for item in parsed.get("Records", parsed.get("Datasets")):
            for name in ("CreationDate", "DeviceLastModifiedDate", "LastModifiedBy", "LastModifiedDate"):
                item.pop(name, None)

    pages = Pages(ListRecords=forget, ListDatasets=forget)
    found = pulled(capsys, profile.identity_pool_id, connect=pages)["identities"][profile.identity_id]
    assert found["datasets"]["profile"] == {
        "sync_count": 2,
        "records": {"name": {"value": "xxxx", "sync_count": 1}, "theme": {"value": None, "sync_count": 2}},
    }


def test_dates_keep_their_milliseconds(capsys, profile):
    """A date that JSON rounds by a microsecond is the millisecond that the service stored."""

    def round_down(parsed, **_):
        for record in parsed["Records"]:
            record["DeviceLastModifiedDate"] = THEN + timedelta(microseconds=788_999)

    pages = Pages(ListRecords=round_down)
    datasets = pulled(capsys, profile.identity_pool_id, connect=pages)["identities"][profile.identity_id]["datasets"]
    record = datasets["profile"]["records"]["name"]
    assert record["device_last_modified_date"] == "2020-02-03T04:05:06.789Z"


# The command line


@pytest.mark.parametrize(
    ("arguments", "region", "url", "rate"),
    [
        ([], REGION, None, 5.0),
        (["--region", "eu-west-1"], "eu-west-1", None, 5.0),
        (["--endpoint", "http://localhost:1"], REGION, "http://localhost:1", None),
        (["--endpoint", "http://localhost:1", "--rate", "50"], REGION, "http://localhost:1", 50.0),
        (["--endpoint", "https://sync.example.com"], REGION, "https://sync.example.com", 5.0),
        (["--rate", "0.5"], REGION, None, 0.5),
    ],
)
@pytest.mark.usefixtures("cognitosync")
def test_where_and_how_fast_it_reads(capsys, pool, arguments, region, url, rate):
    """The region is that of the pool's id; the rate is limited unless the endpoint is this machine."""
    pages = Pages()
    assert pull.main(["--pool", pool, *arguments], connect=pages) == 0
    seen_url, seen_region, limit = pages.arguments
    assert (seen_url, seen_region, limit and limit.per_second) == (url, region, rate)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "the following arguments are required: --pool"),
        (["--pool", "a:0", "--rate", "0"], "--rate must be above 0"),
    ],
)
def test_options_that_do_not_fit_are_refused(capsys, arguments, sentence):
    """A missing pool and a rate of nothing are one sentence and exit code 2."""
    with pytest.raises(SystemExit) as caught:
        pull.main(arguments)
    assert caught.value.code == 2
    assert capsys.readouterr().err.endswith(f"error: {sentence}\n")


@pytest.mark.usefixtures("cognitosync")
def test_a_pool_that_cannot_be_read(capsys, pool):
    """The refusal of the service is one sentence and exit code 2."""
    code, said = refused(capsys, "--pool", f"{REGION}:0")
    assert (code, said.startswith(f"cannot read {REGION}:0: An error occurred (ResourceNotFoundException)")) == (
        2,
        True,
    )


def test_a_file_that_cannot_be_written(capsys, tmp_path):
    """A place that cannot be written to is refused before anything is read."""

    def connect(*arguments):
        raise AssertionError

    assert refused(capsys, "--pool", f"{REGION}:0", "--out", str(tmp_path), connect=connect) == (
        2,
        f"cannot write {tmp_path}: it is a directory\n",
    )


def test_nothing_is_written_after_an_interrupt(capsys, profile, tmp_path):
    """Ctrl-C ends the command with exit code 130, and the file is as it was."""

    def interrupt(**_):
        raise KeyboardInterrupt

    path = tmp_path / "pool.json"
    path.write_text("before")
    words = ["--pool", profile.identity_pool_id, "--out", str(path)]
    assert refused(capsys, *words, connect=Pages(ListRecords=interrupt)) == (130, "interrupted, nothing is written\n")
    assert path.read_text() == "before"


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_shows_the_progress(capsys, profile, monkeypatch):
    """A bar on standard error shows how many identities are done, if that is a terminal."""
    profile.of_another_identity().fill("a")
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    pulled(capsys, profile.identity_pool_id, "--identity", profile.identity_id, "--identity", f"{REGION}:1")
    assert terminal.getvalue() == (
        f"\r[{'.' * 30}] 0 of 2 identities\r[{'#' * 15}{'.' * 15}] 1 of 2 identities\r[{'#' * 30}] 2 of 2 identities\n"
    )


def test_a_terminal_shows_nothing_without_identities(capsys, pool, monkeypatch):
    """A pool without identities has no progress."""
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    pulled(capsys, pool)
    assert terminal.getvalue() == ""


def test_an_endpoint_without_cognito_identity_needs_the_identities(capsys, profile):
    """If the identities cannot be listed, --identity names them."""

    def refuse(**_):
        raise ClientError({"Error": {"Code": "UnknownOperationException", "Message": "no"}}, "ListIdentities")

    pages = Pages(ListIdentities=refuse)
    code, said = refused(capsys, "--pool", profile.identity_pool_id, connect=pages)
    assert (code, "ListIdentities" in said) == (2, True)
    assert pulled(capsys, profile.identity_pool_id, "--identity", profile.identity_id, connect=pages)["identities"]
