"""The command ``mock-cognitosync verify``: its options, what it prints and writes, and how it ends."""

from __future__ import annotations

import json
import signal
from collections import Counter
from datetime import datetime, timezone

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from verify.doors import REGION

from mock_cognitosync import cli
from mock_cognitosync.endpoint import clients_of
from mock_cognitosync.verify import command
from mock_cognitosync.verify.checks import all_checks
from mock_cognitosync.verify.target import Target

SENTENCE = "mock-cognitosync verify: "
DELETING = f"{SENTENCE}deleting what was created\n"


class Connection:
    """Stands for `clients_of`: remembers its arguments, and gives clients of the mock that count requests."""

    def __init__(self, **handlers):
        self.arguments = None
        self.calls = Counter()
        self._handlers = handlers

    def __call__(self, url, region_name, rate_limit):
        self.arguments = (url, region_name, rate_limit)
        clients = clients_of(None, region_name)

        def client(*arguments):
            created = clients(*arguments)
            created.meta.events.register("before-call", lambda model, **_: self.calls.update([model.name]))
            for operation, handler in self._handlers.items():
                created.meta.events.register(f"before-call.*.{operation}", handler)
            return created

        return client

    def pools(self):
        """The pools that exist now."""
        return clients_of(None, REGION)("cognito-identity").list_identity_pools(MaxResults=60)["IdentityPools"]


@pytest.fixture
def connection(cognitosync):
    return Connection()


def refused(capsys, *arguments):
    """The last line of what the parser says about bad options."""
    with pytest.raises(SystemExit) as caught:
        command.main(arguments)
    assert caught.value.code == 2
    return capsys.readouterr().err.splitlines()[-1].removeprefix("mock-cognitosync verify: error: ")


# Options


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "give --endpoint URL, or --aws for AWS's own endpoint"),
        (["--endpoint", "http://10.0.0.1"], "http://10.0.0.1 is not on this machine; --aws allows it"),
        (
            ["--aws", "--pool", "us-east-1:0"],
            "--pool is for services that replace Cognito Sync; AWS is checked in pools of its own",
        ),
        (
            ["--endpoint", "http://localhost", "--pool", "us-east-1:0", "--role", "arn"],
            "--role is for pools that are created, and --pool creates none",
        ),
        (["--aws", "--rate", "0"], "--rate must be above 0"),
        (["--endpoint", "http://localhost", "--rule", "counts-99"], "no check has the rule counts-99"),
    ],
)
def test_options_that_do_not_fit_are_refused(capsys, arguments, sentence):
    """Each combination that makes no sense is one sentence and exit code 2; nothing is called."""
    assert refused(capsys, *arguments) == sentence


@pytest.mark.parametrize("name", ["", "missing/report.json"])
def test_a_report_that_cannot_be_written_is_refused_first(capsys, tmp_path, name):
    """A run of minutes does not end without a place for its report."""
    path = tmp_path / name
    said = refused(capsys, "--endpoint", "http://localhost", "--json", str(path))
    assert said == f"cannot write {path}: it is a directory, or its directory cannot be written to"


@pytest.mark.parametrize(
    ("variables", "arguments", "expected"),
    [
        ({}, [], "us-east-1"),
        ({"AWS_DEFAULT_REGION": "eu-west-1"}, [], "eu-west-1"),
        ({"AWS_DEFAULT_REGION": "eu-west-1", "AWS_REGION": "us-west-2"}, [], "us-west-2"),
        ({"AWS_REGION": "us-west-2"}, ["--region", "eu-west-2"], "eu-west-2"),
    ],
)
def test_the_region_is_that_of_the_option_or_the_environment(connection, monkeypatch, variables, arguments, expected):
    """--region goes before AWS_REGION, and that before AWS_DEFAULT_REGION."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    words = ["--endpoint", "http://localhost:1", "--rule", "limits-7", *arguments]
    assert command.main(words, connect=connection) == 0
    assert connection.arguments == ("http://localhost:1", expected, None)


# Runs


def test_a_whole_run_agrees(server_url, capsys, tmp_path):
    """The command finds no difference at the package's server, and leaves nothing behind."""
    url, path = server_url, tmp_path / "report.json"
    assert cli.main(["verify", "--endpoint", url, "--json", str(path)]) == 0
    said = capsys.readouterr()
    rules = list(dict.fromkeys(check.rule for check in all_checks()))
    lines = [line for line in said.out.splitlines() if not line.startswith(" ")]
    not_checked = {"limits-7", "token-2"}
    assert [line[:30].rstrip() for line in lines[:-1]] == [
        f"{'not checked' if rule in not_checked else 'agrees':<13}{rule}" for rule in rules
    ]
    assert lines[-1] == f"{len(rules) - 2} agrees, 0 differs, 2 not checked"
    assert said.err == DELETING
    report = json.loads(path.read_text())
    assert report["summary"] == {"agrees": len(rules) - 2, "differs": 0, "not checked": 2}
    assert list(report["rules"]) == rules
    assert (report["endpoint"], report["region"], report["date"]) == (
        url,
        REGION,
        datetime.now(timezone.utc).date().isoformat(),
    )
    assert set(report["versions"]) == {"mock-cognitosync", "boto3", "botocore"}
    identity = clients_of(url, REGION)("cognito-identity")
    pools = identity.list_identity_pools(MaxResults=60)["IdentityPools"]
    assert [pool for pool in pools if pool["IdentityPoolName"].startswith("mock-cognitosync verify")] == []


def test_the_announcement_is_true(connection, capsys):
    """A run creates at most as many pools, and sends at most as many requests, as it says; and hardly fewer."""
    assert command.main(["--aws", "--rate", "1000000"], connect=connection) == 0
    assert capsys.readouterr().out.startswith(
        "This run calls AWS in us-east-1, at most 1e+06 times a second.\n"
        f"It creates up to {command.POOLS} identity pools that allow guests, "
        "with guests and datasets of at most 1 MiB.\n"
        "It deletes what it has created when it ends, also after Ctrl-C.\n"
        "All checks take up to 0 minutes.\n"
    )
    assert 0.8 * command.POOLS <= connection.calls["CreateIdentityPool"] <= command.POOLS
    assert 0.8 * command.REQUESTS <= connection.calls.total() <= command.REQUESTS
    assert connection.calls["CreateIdentityPool"] == connection.calls["DeleteIdentityPool"]
    assert connection.pools() == []


def test_aws_is_announced_before_anything_is_called(capsys):
    """--aws alone is AWS's own endpoint, at 5 requests a second; the announcement comes before the first client."""
    announced = []

    def connect(url, region_name, rate_limit):
        announced.append((url, region_name, rate_limit.per_second, capsys.readouterr().out.splitlines()[-1]))
        raise EndpointConnectionError(endpoint_url="https://aws.example.com")

    with pytest.raises(EndpointConnectionError):
        command.main(["--aws", "--wait", "--region", REGION], connect=connect)
    minutes = round(command.REQUESTS / 5 / 60 + 6)
    assert announced == [(None, REGION, 5.0, f"All checks take up to {minutes} minutes.")]


def test_a_service_elsewhere_is_checked_in_a_pool_that_exists(connection, cognitosync, capsys):
    """With --aws and --pool the announcement names the pool, and no pool is created or deleted."""
    pool = cognitosync.new_pool()
    words = ["--aws", "--endpoint", "https://sync.example.com", "--pool", pool, "--rule", "counts", "--rule", "usage-3"]
    assert command.main([*words, "--rate", "100000"], connect=connection) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[:2] == [
        "This run calls https://sync.example.com in us-east-1, at most 100000 times a second.",
        f"It creates datasets of at most 1 MiB in the identity pool {pool}, and overwrites its configuration.",
    ]
    assert "not checked  usage-3" in said.out
    assert connection.arguments[:2] == ("https://sync.example.com", REGION)
    assert {"CreateIdentityPool", "DeleteIdentityPool"} & set(connection.calls) == set()


def test_a_difference_is_exit_code_1(connection, capsys, monkeypatch):
    """A rule that differs is printed with what was sent, expected and got."""

    def write_more(parsed, **_):
        parsed["DatasetSyncCount"] += 1

    plain = Target.__init__

    def tampered(self, *arguments, **options):
        plain(self, *arguments, **options)
        self.sync.meta.events.register("after-call.cognito-sync.ListRecords", write_more)

    monkeypatch.setattr(Target, "__init__", tampered)
    words = ["--endpoint", "http://localhost:1", "--rule", "counts-1"]
    assert command.main(words, connect=connection) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "differs      counts-1         an update raises the count by one"
    assert [line[13:30].strip() for line in lines[1:5]] == ["differs", "sent", "expected", "got"]
    assert lines[-1] == "0 agrees, 1 differs, 0 not checked"


def test_waiting_and_roles_check_the_rest(connection, cognitosync, monkeypatch, capsys):
    """With --wait and --role the lifetime of tokens and the credentials of identities are checked."""
    set_role = "mock_cognitosync.verify.target.CreatedPools._set_role"
    given = []
    monkeypatch.setattr(set_role, lambda pools, identity_pool_id: given.append(pools.role_arn))
    words = ["--endpoint", "http://localhost:1", "--wait", "--role", "arn:role", "--rule", "token-2"]
    words += ["--rule", "records-3"]
    assert command.main(words, connect=connection, sleep=cognitosync.advance) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")]
    assert lines[-1] == "2 agrees, 0 differs, 0 not checked"
    assert given == ["arn:role"]


# Ends


def interrupt(number=signal.SIGINT):
    def handler(**_):
        signal.raise_signal(number)

    return handler


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("operation", ["CreateIdentityPool", "GetId", "UpdateRecords"])
@pytest.mark.usefixtures("cognitosync")
def test_an_interrupted_run_cleans_up(capsys, number, operation):
    """After Ctrl-C or SIGTERM in any call, everything is deleted and the exit code is 130."""
    connection = Connection(**{operation: interrupt(number)})
    before = signal.getsignal(number)
    assert command.main(["--endpoint", "http://localhost:1", "--rule", "token"], connect=connection) == 130
    assert capsys.readouterr().err == f"{DELETING}{SENTENCE}interrupted\n"
    assert connection.pools() == []
    assert signal.getsignal(number) is before


@pytest.mark.usefixtures("cognitosync")
def test_an_impatient_second_interrupt_does_not_stop_the_clean_up(capsys):
    """Ctrl-C while the clean-up runs changes nothing."""
    connection = Connection(DeleteDataset=interrupt(), DeleteIdentityPool=interrupt(), ListDatasets=interrupt())
    words = ["--endpoint", "http://localhost:1", "--rule", "datasets-3"]
    assert command.main(words, connect=connection) == 130
    assert connection.pools() == []


@pytest.mark.usefixtures("cognitosync")
def test_what_remains_is_said(capsys):
    """If something cannot be deleted, a sentence names it and the exit code is 3."""

    def refuse(**_):
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "DeleteIdentityPool")

    connection = Connection(DeleteIdentityPool=refuse)
    assert command.main(["--endpoint", "http://localhost:1", "--rule", "counts-1"], connect=connection) == 3
    [pool] = connection.pools()
    said = capsys.readouterr().err.removeprefix(DELETING)
    assert said.startswith(f"{SENTENCE}identity pool {pool['IdentityPoolId']} could not be deleted: An error occurred")


def test_an_endpoint_that_nobody_serves(capsys, unused_port):
    """A refused connection is one sentence and exit code 2."""
    assert command.main(["--endpoint", f"http://127.0.0.1:{unused_port}"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"{DELETING}{SENTENCE}no identity pool can be created, so give one with --pool: Could")


@pytest.mark.usefixtures("cognitosync")
def test_an_endpoint_that_stops_answering(capsys):
    """An endpoint that goes away in the middle of a run is one sentence and exit code 2; what can be is deleted."""

    def stop(**_):
        raise EndpointConnectionError(endpoint_url="http://localhost:1")

    connection = Connection(UpdateRecords=stop)
    assert command.main(["--endpoint", "http://localhost:1", "--rule", "counts-1"], connect=connection) == 2
    assert capsys.readouterr().err.startswith(f"{DELETING}{SENTENCE}the endpoint does not answer: Could not connect")
    assert connection.pools() == []


@pytest.mark.usefixtures("cognitosync")
@pytest.mark.parametrize("knows_account", [True, False])
def test_a_report_of_an_endpoint_without_an_account(tmp_path, knows_account):
    """The account's id is replaced in the report if the endpoint tells it."""

    def refuse(**_):
        raise ClientError({"Error": {"Code": "InvalidAction", "Message": "no"}}, "GetCallerIdentity")

    connection = Connection(**({} if knows_account else {"GetCallerIdentity": refuse}))
    path = tmp_path / "report.json"
    words = ["--endpoint", "http://localhost:1", "--rule", "records-3", "--json", str(path)]
    assert command.main(words, connect=connection) == 0
    assert json.loads(path.read_text())["summary"]["agrees"] == int(knows_account)


@pytest.mark.usefixtures("cognitosync")
def test_a_report_whose_place_is_gone_at_the_end(tmp_path, capsys):
    """A report that cannot be written after all is one sentence and exit code 2."""
    path = tmp_path / "folder" / "report.json"
    path.parent.mkdir()
    connection = Connection(UpdateRecords=lambda **_: path.parent.exists() and path.parent.rmdir())
    words = ["--endpoint", "http://localhost:1", "--rule", "counts-1", "--json", str(path)]
    assert command.main(words, connect=connection) == 2
    said = capsys.readouterr().err
    assert said == f"{DELETING}{SENTENCE}cannot write {path}: No such file or directory\n"
