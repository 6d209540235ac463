"""
Each private name of another project, broken in turn: a slower Session, or a sentence that names what is missing.

Names of moto that a mock looks up when it starts are in `test_supported_moto`.
"""

from __future__ import annotations

import logging
import os
import sys
from types import ModuleType, SimpleNamespace

import boto3
import botocore.credentials
import botocore.hooks
import pytest
import waitress.channel
import waitress.parser
import waitress.task
from botocore.auth import SigV4Auth
from botocore.httpsession import URLLib3Session
from botocore.session import Session

import moto.cloudformation.parsing as parsing
from mock_cognitosync import default_session, fast_session, mock_cognitosync, registration
from mock_cognitosync.registration import UnsupportedDependency
from mock_cognitosync.server import waitress_channel, waitress_server
from mock_cognitosync.server.application import make_application
from mock_cognitosync.server.waitress_server import serving
from moto.moto_api import recorder

SLOW = "the mock uses boto3's own Session, which takes longer to create "


def rename_resolver(monkeypatch):
    """Give the method that creates the chain of credentials another name, by which botocore itself calls it."""
    create = Session._create_credential_resolver
    monkeypatch.delattr(Session, "_create_credential_resolver")
    monkeypatch.setattr(
        Session,
        "_register_credential_provider",
        lambda self: self._components.lazy_register_component("credential_provider", lambda: create(self)),
    )
    return "AttributeError: 'Session' object has no attribute '_create_credential_resolver'"


def forbid_events(monkeypatch):
    """Let a session keep its events elsewhere: only botocore's own class may set the attribute."""

    def set_events(self, value):
        if type(value) is fast_session._Aliaser:
            raise AttributeError("no attribute '_events'")
        vars(self)["_events"] = value

    monkeypatch.setattr(Session, "_events", property(lambda self: vars(self)["_events"], set_events), raising=False)
    return "AttributeError: no attribute '_events'"


def forbid_cache(monkeypatch):
    """Let the names of events be cached in another way."""

    def set_cache(self, value):
        raise AttributeError("no attribute '_alias_name_cache'")

    monkeypatch.setattr(fast_session._Aliaser, "_alias_name_cache", property(fset=set_cache), raising=False)
    return "AttributeError: no attribute '_alias_name_cache'"


def lose_loader(monkeypatch):
    """Let boto3's Session keep its loader elsewhere."""
    monkeypatch.setattr(fast_session, "boto3", SimpleNamespace(Session=lambda botocore_session: object()))
    return "AttributeError: 'object' object has no attribute '_loader'"


def move_class(monkeypatch):
    """Move a class, so that the module of the fast Session cannot be imported."""
    monkeypatch.delitem(sys.modules, "mock_cognitosync.fast_session")
    monkeypatch.delattr(botocore.hooks, "EventAliaser")
    return "ImportError: cannot import name 'EventAliaser' from 'botocore.hooks'"


def change_arguments(monkeypatch):
    """Let a function of botocore take other arguments."""
    monkeypatch.setattr(fast_session, "create_loader", lambda: None)
    fast_session._loader.cache_clear()
    return "TypeError: "


@pytest.mark.parametrize(
    "break_name", [rename_resolver, forbid_events, forbid_cache, lose_loader, move_class, change_arguments]
)
def test_a_botocore_that_is_not_as_expected_costs_speed_only(monkeypatch, caplog, break_name):
    """The default Session is boto3's own, the mock works, and one line of the log says why, once in a process."""
    reason = break_name(monkeypatch)
    default_session._report.cache_clear()
    caplog.set_level(logging.WARNING, "mock_cognitosync")
    for _ in range(2):
        with mock_cognitosync(region_name="us-east-1") as sync:
            session = boto3.DEFAULT_SESSION._session
            assert type(session.get_component("event_emitter")).__module__ == "botocore.hooks"
            assert type(session.get_component("credential_provider")) is botocore.credentials.CredentialResolver
            assert boto3.client("cognito-sync").list_identity_pool_usage()["Count"] == 0
            assert [call.access_key for call in sync.calls] == ["FOOBARKEY"]
    [line] = [record.getMessage() for record in caplog.records if record.name == "mock_cognitosync"]
    assert line.startswith(SLOW)
    assert reason in line
    default_session._report.cache_clear()
    fast_session._loader.cache_clear()


@pytest.mark.parametrize(("owner", "name"), [(URLLib3Session, "send"), (SigV4Auth, "add_auth")])
def test_a_botocore_through_which_requests_could_leave_is_refused(monkeypatch, owner, name):
    """start() raises a sentence and changes nothing."""
    before = dict(os.environ)
    for cls in owner.__mro__:
        if name in vars(cls):
            monkeypatch.delattr(cls, name)
    with pytest.raises(UnsupportedDependency) as caught:
        mock_cognitosync(region_name="eu-west-1").start()
    assert str(caught.value) == (
        f"mock_cognitosync does not support this version of botocore: type object {owner.__name__!r} has no "
        f"attribute {name!r}"
    )
    assert dict(os.environ) == before
    with pytest.raises(RuntimeError, match="no mock_cognitosync is active"):
        mock_cognitosync.current()


def test_a_botocore_without_a_class_is_refused(pytester):
    """The sentence has the name that cannot be imported."""
    result = pytester.runpython_c(
        "import boto3, botocore.httpsession as module\n"
        "del module.URLLib3Session\n"
        "try:\n"
        "    from mock_cognitosync import mock_cognitosync\n"
        "except RuntimeError as error:\n"
        "    print(error)\n"
    )
    [line] = result.outlines
    assert line.startswith(
        "mock_cognitosync does not support this version of botocore: cannot import name 'URLLib3Session'"
    )


def test_an_aiobotocore_through_which_requests_could_leave_is_refused(monkeypatch):
    """start() raises a sentence if the class of aiobotocore's sessions has moved."""
    module = ModuleType("aiobotocore.httpsession")
    monkeypatch.setitem(sys.modules, "aiobotocore", ModuleType("aiobotocore"))
    monkeypatch.setitem(sys.modules, "aiobotocore.httpsession", module)
    with pytest.raises(UnsupportedDependency, match=r"this version of aiobotocore: .* no attribute 'AIOHTTPSession'"):
        mock_cognitosync().start()
    with pytest.raises(RuntimeError, match="no mock_cognitosync is active"):
        mock_cognitosync.current()


def test_a_cloudformation_without_caches_can_be_imported(monkeypatch, caplog):
    """One line of the log says that the resource type is not available; the rest of moto works."""
    monkeypatch.delattr(parsing, "get_name_type_map")
    registration._add_resource_type(parsing)
    [record] = caplog.records
    assert record.getMessage() == (
        "AWS::Cognito::IdentityPool is not available in this moto's CloudFormation "
        "(module 'moto.cloudformation.parsing' has no attribute 'get_name_type_map')"
    )


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (waitress.parser.HTTPRequestParser, "parse_header"),
        (waitress.task.WSGITask, "build_response_header"),
        (waitress.channel.HTTPChannel, "total_outbufs_len"),
        (waitress.channel.HTTPChannel, "last_activity"),
        (waitress.channel.HTTPChannel, "will_close"),
        (waitress.task.ThreadedTaskDispatcher, "add_task"),
    ],
)
def test_a_waitress_without_a_method_serves_nothing(monkeypatch, owner, name):
    """The server raises a sentence before it listens."""
    # Servers of other tests, which may be running, keep the class as it is.
    names = {known: None for known in dir(owner) if not known.startswith("__") and known != name}
    monkeypatch.setattr(waitress_channel, owner.__name__, type(owner.__name__, (), names))
    with pytest.raises(UnsupportedDependency, match=f"this version of waitress: .* has no attribute '{name}'"):
        serving(make_application()).__enter__()


@pytest.mark.parametrize("name", ["_map", "lock", "thunks"])
def test_a_waitress_that_cannot_be_stopped_serves_nothing(monkeypatch, name):
    """The server raises a sentence before its thread starts."""
    trigger = SimpleNamespace(lock=None, thunks=[])
    server = SimpleNamespace(_map={}, trigger=trigger)
    delattr(server if name == "_map" else trigger, name)
    monkeypatch.setattr(waitress_server, "create_server", lambda *arguments, **options: server)
    with pytest.raises(UnsupportedDependency, match=f"this version of waitress: .* has no attribute '{name}'"):
        serving(make_application()).__enter__()


def test_a_moto_without_its_recorder_serves_nothing(monkeypatch):
    """The application raises a sentence when it is created."""
    monkeypatch.delattr(recorder.__class__, "_record_request")
    with pytest.raises(UnsupportedDependency, match=r"this version of moto: .* has no attribute '_record_request'"):
        make_application()
