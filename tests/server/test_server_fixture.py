"""The fixture ``cognitosync_server``, and moto's server mode with the server of this package."""

from __future__ import annotations

import os
import subprocess
import sys
from textwrap import dedent

import boto3
import pytest
import requests
from driver import replace

from mock_cognitosync import RealRequestRefused
from mock_cognitosync.cognitosync.settings import Settings
from mock_cognitosync.environment import own_service_model
from mock_cognitosync.server.application import make_application
from mock_cognitosync.server.standalone import standalone
from mock_cognitosync.server.waitress_server import serving
from moto.server import ThreadedMotoServer


def test_a_client_of_the_server_and_the_handle_share_their_data(cognitosync_server, cognitosync, profile):
    """The handle and clients in this process see what clients of the server write, and vice versa."""
    over_http = profile.through(boto3.client("cognito-sync", endpoint_url=cognitosync_server.url))
    over_http.write(replace("theme", "dark"))
    assert cognitosync_server.handle is cognitosync
    assert profile.records() == {"theme": "dark"}
    profile.device().put("profile", {"theme": "light"})
    assert profile.list_records()["Records"] == over_http.list_records()["Records"]
    cognitosync.calls.assert_called_once_with("UpdateRecords", DatasetName="profile")


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_requests_to_the_server_leave_the_mock(cognitosync_server, name):
    """The mock allows requests to its own server by either name, and to no other server."""
    url = cognitosync_server.url.replace("127.0.0.1", name)
    assert boto3.client("cognito-sync", endpoint_url=url).list_identity_pool_usage()["Count"] == 0
    with pytest.raises(RealRequestRefused):
        boto3.client("cognito-sync", endpoint_url="http://127.0.0.1:1").list_identity_pool_usage()


def test_the_server_serves_the_other_services_of_the_mock(cognitosync_server, cognitosync):
    """The other services of moto answer at the server with the state of the mock."""
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
    """`variables` has endpoint, credentials and region of the mock, and the own model if botocore has none."""
    assert cognitosync_server.variables == {
        "AWS_ENDPOINT_URL": cognitosync_server.url,
        "AWS_ENDPOINT_URL_COGNITO_SYNC": cognitosync_server.url,
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_REGION": "eu-west-1",
        **own_service_model(),
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


def test_clients_and_processes_reach_the_server_after_monkeypatch_setenv(cognitosync_server):
    """Set in the environment of the test, the variables lead its own clients and spawned processes to the server."""
    # Not the fixture, which may end after the mock and restore the variables of the mock.
    with pytest.MonkeyPatch.context() as environment:
        for name, value in cognitosync_server.variables.items():
            environment.setenv(name, value)
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


def test_the_fixture_refuses_foreign_hosts(cognitosync_server):
    """A page that has directed its name to this machine does not reach the server of a test; the sentence helps."""
    answer = requests.get(cognitosync_server.url, headers={"Host": "moto"}, timeout=10)
    assert answer.status_code == 403
    assert "in pytest the line moto to cognitosync_allow_hosts" in answer.json()["message"]


def test_the_fixture_serves_the_hosts_of_its_ini_option(pytester):
    """`cognitosync_allow_hosts` names further hosts of the server."""
    ini = "asyncio_default_fixture_loop_scope = function\ncognitosync_allow_hosts = other Moto"
    pytester.makeini(f"[pytest]\n{ini}")
    pytester.makepyfile("""
        import requests

        def test_server(cognitosync_server):
            assert requests.get(cognitosync_server.url, headers={"Host": "moto"}, timeout=10).status_code == 200
    """)
    pytester.runpytest_inprocess().assert_outcomes(passed=1)


def test_an_assertion_that_fails_in_a_hook_behind_the_server_fails_the_test(pytester):
    """The client gets a 500, which it may catch; the fixture raises the assertion again at the end of the test."""
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function")
    pytester.makepyfile("""
        import requests

        def fail(*_):
            assert "sent" == "expected"

        def test_hook(cognitosync_server):
            cognitosync_server.handle.before_next("ListIdentityPoolUsage", fail)
            assert requests.get(f"{cognitosync_server.url}/identitypools", timeout=10).status_code == 500

        def test_trigger(cognitosync_server):
            user = cognitosync_server.handle.new_user()
            cognitosync_server.handle.set_trigger(user.identity_pool_id, fail)
            path = f"/identitypools/{user.identity_pool_id}/identities/{user.identity_id}/datasets/profile"
            token = requests.get(f"{cognitosync_server.url}{path}/records", timeout=10).json()["SyncSessionToken"]
            patch = {"Op": "replace", "Key": "theme", "Value": "dark", "SyncCount": 0}
            body = {"SyncSessionToken": token, "RecordPatches": [patch]}
            assert requests.post(f"{cognitosync_server.url}{path}", json=body, timeout=10).status_code == 500

        def test_afterwards(cognitosync_server):
            assert requests.get(f"{cognitosync_server.url}/identitypools", timeout=10).status_code == 200
    """)
    result = pytester.runpytest_inprocess("-p", "no:randomly")
    result.assert_outcomes(passed=3, errors=2)
    result.stdout.fnmatch_lines(["*ERROR at teardown of test_hook*", "E*AssertionError: assert 'sent' == 'expected'"])


def test_without_the_extra_the_fixture_names_the_command_that_installs_it(pytester, monkeypatch):
    """If a package of the extra is missing, the error names it and the command that installs the extra."""
    monkeypatch.setattr("mock_cognitosync.server.find_spec", lambda name: None if name == "flask" else True)
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function")
    pytester.makepyfile("def test_server(cognitosync_server): pass")
    result = pytester.runpytest_inprocess()
    sentence = 'cognitosync_server: flask not installed: pip install "mock-cognitosync[server]"'
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"E*UsageError: {sentence.replace('[', '[[]')}"])


SERVER_MODE = """
import boto3
import pytest
from botocore.exceptions import ClientError
from functools import partial
from mock_cognitosync import cognitosync_fixture, mock_cognitosync

shared = cognitosync_fixture(scope="module")

def listing(user):
    return boto3.client("cognito-sync", region_name="us-east-1").list_records(**user.parameters("profile"))

@mock_cognitosync(region_name="us-east-1", max_attempts=1)
def test_decorator():
    sync = mock_cognitosync.current()
    user = sync.new_user()
    fault = sync.fail("ListRecords", "TooManyRequestsException", calls=1)
    sync.before_next("ListRecords", partial(user.device().put, "profile", {"theme": "dark"}), calls=2)
    with pytest.raises(ClientError, match="TooManyRequests"):
        listing(user)
    assert listing(user)["DatasetSyncCount"] == 2
    assert user.records("profile") == {"theme": "dark"}
    assert fault.times_injected == 1
    sync.calls.assert_call_count("ListRecords", 2)

def test_fixture(cognitosync):
    assert len(cognitosync.calls) == 0
    listing(cognitosync.new_user())
    cognitosync.calls.assert_called("ListRecords")

@mock_cognitosync
def test_unused():
    sync = mock_cognitosync.current()
    sync.fail("ListRecords", "TooManyRequestsException", attempts=1)
    sync.fail("UpdateRecords", "TooManyRequestsException")
    listing(sync.new_user())
    assert sync.region_name == "us-east-1"

def test_shared_unused(shared):
    shared.fail("UpdateRecords", "TooManyRequestsException")

def test_shared(shared):
    listing(shared.new_user())

def test_failure(cognitosync):
    listing(cognitosync.new_user())
    raise LookupError

@mock_cognitosync(strict_sync_counts=True)
def test_option_of_the_server():
    pass

def test_option_of_the_mock():
    message = "the server, which has identity_pools='auto', not 'any': start it with this option"
    mock = mock_cognitosync(identity_pools="any")
    with pytest.raises(ValueError, match=message):
        mock.start()
    with pytest.raises(RuntimeError, match="without start"):
        mock.stop()
"""


def test_in_server_mode_the_handle_is_that_of_the_server(run_pytest):
    """It injects faults, sees the calls, checks at the end what was never applied, and is in pytest's report."""
    with standalone(Settings(strict_sync_counts=True)) as controller, serving(make_application()) as url:
        environment = {"TEST_SERVER_MODE": "true", "TEST_SERVER_MODE_ENDPOINT": url}
        result = run_pytest({"test_it.py": SERVER_MODE}, "-p", "no:randomly", environment=environment)
        assert controller.interventions.active() == {}
    assert result.outcomes["test_it.py"] == {
        "test_decorator": "passed",
        "test_fixture": "passed",
        "test_unused": "failed",
        "test_shared_unused": "error",
        "test_shared": "passed",
        "test_failure": "failed",
        "test_option_of_the_server": "passed",
        "test_option_of_the_mock": "passed",
    }
    result.output.fnmatch_lines_random(
        [
            "*NeverApplied: fail('UpdateRecords', 'TooManyRequestsException') was never injected: no call of*",
            "*client -> service   ListRecords(profile)",
        ]
    )


def test_in_server_mode_a_server_without_the_control_api_has_no_handle(run_pytest):
    """Clients use the server, and every use of the handle says what is missing."""
    test = """
    import boto3
    import pytest
    from mock_cognitosync import mock_cognitosync

    @mock_cognitosync(region_name="us-east-1")
    def test_it():
        assert boto3.client("sts").get_caller_identity()["Account"] == "123456789012"
        with pytest.raises(RuntimeError, match="has no control API, and answers with 404: start it with this version"):
            mock_cognitosync.current().new_user()
    """
    moto_server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    moto_server.start()
    host, port = moto_server.get_host_and_port()
    environment = {"TEST_SERVER_MODE": "true", "TEST_SERVER_MODE_ENDPOINT": f"http://{host}:{port}"}
    result = run_pytest({"test_it.py": dedent(test)}, environment=environment)
    moto_server.stop()
    assert result.counts("test_it.py") == {"passed": 1}


def test_server_mode_works_with_the_decorator_and_the_fixture(run_pytest):
    """With moto's TEST_SERVER_MODE the clients of a mock use the server, which is reset before and after each test."""
    with serving(make_application()) as url:
        test = f"""
            import boto3
            import pytest
            import requests
            from mock_cognitosync import mock_cognitosync

            DATASETS = "{url}/identitypools/us-east-1:0/identities/us-east-1:0/datasets"
            PROFILE = dict(IdentityPoolId="us-east-1:0", IdentityId="us-east-1:0", DatasetName="profile")

            @pytest.mark.parametrize("number", range(2))
            @mock_cognitosync(region_name="us-east-1")
            def test_decorated(number):
                client = boto3.client("cognito-sync")
                token = client.list_records(**PROFILE)["SyncSessionToken"]
                patch = dict(Op="replace", Key="theme", Value="dark", SyncCount=0)
                client.update_records(**PROFILE, SyncSessionToken=token, RecordPatches=[patch])
                assert client.meta.endpoint_url == "{url}"
                assert requests.get(DATASETS).json()["Count"] == 1

            def test_fixture(cognitosync_client):
                assert cognitosync_client.list_records(**PROFILE)["Count"] == 0

            def test_afterwards():
                assert requests.get(DATASETS).json()["Count"] == 0
        """
        environment = {"TEST_SERVER_MODE": "true", "TEST_SERVER_MODE_ENDPOINT": url}
        result = run_pytest({"test_mode.py": dedent(test)}, environment=environment)
    assert result.counts("test_mode.py") == {"passed": 4}
