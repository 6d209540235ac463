"""The fixture ``cognitosync_server``, in this process and in projects of its own, and moto's server mode."""

from __future__ import annotations

import os
import subprocess
import sys

import boto3
import pytest
from driver import new_dataset, place, replace, write

from mock_cognitosync import RealRequestRefused
from mock_cognitosync.server.application import make_application
from mock_cognitosync.server.waitress_server import serving


@pytest.fixture
def run(pytester, monkeypatch):
    """Run pytest on a test file, in a process of its own and with warnings as errors."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)

    def run(source, *arguments):
        pytester.makepyfile(source)
        return pytester.runpytest_subprocess(
            "-W", "error", "-o", "asyncio_default_fixture_loop_scope=function", *arguments
        )

    return run


# In this process


def test_a_client_at_the_server_and_the_handle_see_the_same(cognitosync_server, cognitosync):
    """What goes over HTTP is what the handle shows, and the reverse; so it is for clients in process."""
    address = new_dataset(cognitosync)
    over_http = boto3.client("cognito-sync", endpoint_url=cognitosync_server.url)
    write(over_http, address, replace("theme", "dark"))
    assert cognitosync_server.handle is cognitosync
    assert cognitosync.records(*place(address)) == {"theme": "dark"}
    cognitosync.device(*place(address)[:2]).put("profile", {"theme": "light"})
    in_process = boto3.client("cognito-sync")
    assert in_process.list_records(**address)["Records"] == over_http.list_records(**address)["Records"]
    cognitosync.calls.assert_called_once_with("UpdateRecords", DatasetName="profile")


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_both_names_of_the_server_may_be_reached(cognitosync_server, name):
    """The mock lets requests through to its own server, by either name, and to no other."""
    url = cognitosync_server.url.replace("127.0.0.1", name)
    assert boto3.client("cognito-sync", endpoint_url=url).list_identity_pool_usage()["Count"] == 0
    with pytest.raises(RealRequestRefused):
        boto3.client("cognito-sync", endpoint_url="http://127.0.0.1:1").list_identity_pool_usage()


def test_other_services_share_their_state_too(cognitosync_server, cognitosync):
    """Moto's other services answer at the server, from the state of the mock."""
    pools = boto3.client("cognito-identity", endpoint_url=cognitosync_server.url)
    pool = pools.create_identity_pool(IdentityPoolName="game", AllowUnauthenticatedIdentities=True)["IdentityPoolId"]
    assert [
        found["IdentityPoolId"]
        for found in boto3.client("cognito-identity").list_identity_pools(MaxResults=9)["IdentityPools"]
    ] == [pool]
    usages = boto3.client("cognito-sync").list_identity_pool_usage()["IdentityPoolUsages"]
    assert [usage["IdentityPoolId"] for usage in usages] == [pool]


@pytest.mark.cognitosync(region_name="eu-west-1")
def test_the_variables_lead_clients_to_the_server(cognitosync_server):
    """`variables` has the endpoint, the credentials and the region of the mock, and nothing else."""
    assert cognitosync_server.variables == {
        "AWS_ENDPOINT_URL": cognitosync_server.url,
        "AWS_ENDPOINT_URL_COGNITO_SYNC": cognitosync_server.url,
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_REGION": "eu-west-1",
    }


LIST = """
import boto3
print(boto3.client("cognito-sync").list_identity_pool_usage()["Count"])
"""


def count_in_child(environment):
    done = subprocess.run([sys.executable, "-c", LIST], env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def test_a_child_process_with_an_inherited_environment_reaches_the_server(cognitosync_server, monkeypatch):
    """The mock's own variables, and endpoints that the user has set, do not send a child process elsewhere."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_COGNITO_SYNC", "http://127.0.0.1:9")
    assert os.environ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] == "true"
    assert count_in_child({**os.environ, **cognitosync_server.variables}) == "0\n"
    assert len(cognitosync_server.handle.calls) == 1


def test_clients_and_processes_reach_the_server_after_monkeypatch_setenv(cognitosync_server, monkeypatch):
    """Set in the environment of the test, the variables lead its own clients and spawned processes to the server."""
    for name, value in cognitosync_server.variables.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("cognito-sync")
    assert client.meta.endpoint_url == cognitosync_server.url
    assert client.list_identity_pool_usage()["Count"] == 0
    assert count_in_child(None) == "0\n"
    assert len(cognitosync_server.handle.calls) == 2


def test_a_dotenv_file_with_the_variables_reaches_the_server(cognitosync_server, tmp_path):
    """Variables written to a file, as for `docker --env-file`, are enough without anything inherited."""
    (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in cognitosync_server.variables.items()))
    lines = (tmp_path / ".env").read_text().splitlines()
    assert count_in_child(dict(line.split("=", 1) for line in lines)) == "0\n"


# In a project


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_every_test_starts_empty_at_the_same_server(run, workers):
    """A process has one server for all its tests, and each test finds it empty; workers have one each."""
    run(
        """
        import pytest
        import requests

        URLS = set()
        PATH = "/identitypools/us-east-1:0/identities/us-east-1:0/datasets"

        @pytest.mark.parametrize("number", range(6))
        def test_empty(cognitosync_server, number):
            URLS.add(cognitosync_server.url)
            assert len(URLS) == 1
            assert requests.get(cognitosync_server.url + PATH).json()["Datasets"] == []
            cognitosync_server.handle.device("us-east-1:0", "us-east-1:0").put("profile", {"theme": "dark"})
            assert len(requests.get(cognitosync_server.url + PATH).json()["Datasets"]) == 1
        """,
        *workers,
    ).assert_outcomes(passed=6)


def test_without_the_extra_it_says_what_to_install(run):
    """Where the extra is not installed the fixture says how to."""
    result = run(
        """
        import mock_cognitosync.server

        def test_server(request, monkeypatch):
            monkeypatch.setattr(mock_cognitosync.server, "find_spec", lambda name: None if name == "flask" else True)
            request.getfixturevalue("cognitosync_server")
        """
    )
    sentence = 'cognitosync_server: flask not installed: pip install "mock-cognitosync[server]"'
    result.stdout.fnmatch_lines([f"E*UsageError: {sentence.replace('[', '[[]')}"])


# moto's server mode


def test_server_mode_works_with_the_decorator(run, monkeypatch):
    """With moto's TEST_SERVER_MODE the mock's clients go to the server, which is emptied before and after each test."""
    with serving(make_application()) as url:
        monkeypatch.setenv("TEST_SERVER_MODE", "true")
        monkeypatch.setenv("TEST_SERVER_MODE_ENDPOINT", url)
        run(
            f"""
            import boto3
            import pytest
            import requests
            from mock_cognitosync import mock_cognitosync

            DATASETS = "{url}/identitypools/us-east-1:0/identities/us-east-1:0/datasets"
            ADDRESS = dict(IdentityPoolId="us-east-1:0", IdentityId="us-east-1:0", DatasetName="profile")

            @pytest.mark.parametrize("number", range(2))
            @mock_cognitosync(region_name="us-east-1")
            def test_decorated(number):
                client = boto3.client("cognito-sync")
                token = client.list_records(**ADDRESS)["SyncSessionToken"]
                patch = dict(Op="replace", Key="theme", Value="dark", SyncCount=0)
                client.update_records(**ADDRESS, SyncSessionToken=token, RecordPatches=[patch])
                assert client.meta.endpoint_url == "{url}"
                assert requests.get(DATASETS).json()["Count"] == 1

            def test_fixture(cognitosync_client):
                assert cognitosync_client.list_records(**ADDRESS)["Count"] == 0

            def test_afterwards():
                assert requests.get(DATASETS).json()["Count"] == 0
            """
        ).assert_outcomes(passed=4)
