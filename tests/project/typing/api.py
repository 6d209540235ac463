"""The public API as a type checker sees it; checked, never run."""

from __future__ import annotations

import unittest
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import mock_cognitosync as package
from mock_cognitosync import (
    Calls,
    CognitoSync,
    CognitoSyncServer,
    DatasetState,
    Device,
    Exploration,
    Fault,
    Hook,
    MockCognitoSync,
    Phone,
    PushNotification,
    RecordedCall,
    StreamRecord,
    User,
    cognitosync_fixture,
    connect,
    current,
    explore,
    mock_cognitosync,
)
from mock_cognitosync.phone import Conflict, StoredRecord, keep_local, merge_values


@mock_cognitosync
def bare(number: int, *, text: str = "") -> str:
    return text * number


@mock_cognitosync(region_name="us-east-1", identity_pools="created", token_lifetime_seconds=1.5, max_attempts=1)
def with_options(number: int) -> int:
    return number


@mock_cognitosync(config={"core": {"reset_boto3_session": False}})
async def coroutine() -> int:
    return 1


@mock_cognitosync
def generator() -> Iterator[int]:
    yield 1


@mock_cognitosync
async def async_generator() -> AsyncIterator[int]:
    yield 1


@mock_cognitosync
class Case(unittest.TestCase):
    def test_it(self) -> None: ...


text: str = bare(2, text="a")
number: int = with_options(3)
case: unittest.TestCase = Case("test_it")


async def awaits() -> int:
    async with mock_cognitosync() as sync:
        pool: str = sync.new_pool()
        device: Device = sync.device(pool, sync.new_identity(pool))
        count: int = device.put("profile", {"theme": "dark"})
        return count + await coroutine()


mock: MockCognitoSync = mock_cognitosync(identity_pools="any")
with mock as handle:
    sync: CognitoSync = handle
    same: CognitoSync = mock_cognitosync.current()
    state: DatasetState = current().dataset("pool", "identity", "profile")
    values: dict[str, str] = package.current().records("pool", "identity", "profile")
    hook: Hook = handle.before_next(
        "UpdateRecords", lambda: handle.device("pool", "identity").put("profile", {}), calls=2
    )
    fault: Fault = handle.fail("UpdateRecords", "TooManyRequestsException", attempts=1, dataset="profile")
    with handle.drop_connection("*", after_write=True, probability=0.5, seed=1) as outage:
        struck: int = outage.times_injected
    handle.delay("ListRecords", timedelta(seconds=1), every=2, real=True).remove()
    handle.time_out("ListRecords", attempts=1, optional=True)
    ran: int = hook.times_run
    user: User = handle.new_user()
    keywords: dict[str, Any] = user.parameters("profile", MaxResults=1)
    phone: Phone = user.phone()
    phone.put("profile", {"theme": "dark"})
    pulled: dict[str, str | None] = phone.synchronize("profile", on_conflict=keep_local, on_merged=phone.adopt)
    phone.synchronize("profile", on_conflict=merge_values(lambda local, remote: local or remote))
    stored: StoredRecord = phone.stored("profile")["theme"]
    conflict: Conflict = Conflict(stored, stored, stored.device_last_modified_date)
    received: dict[str, str | None] | None = phone.receive({}, on_deleted=lambda dataset: True)
    handle.merge_identities(user, into=handle.user("pool", "identity"))
    handle.set_trigger(user.identity_pool_id, lambda event, context: event)
    with handle.freeze():
        handle.advance(timedelta(minutes=5))
    told: str = handle.story() + handle.story("mermaid") + handle.report()
    calls: Calls = handle.calls.of("UpdateRecords")[1:]
    call: RecordedCall = calls[0]
    hint: str | None = call.hint
    handle.calls.assert_called_once_with("ListRecords", DatasetName="profile")
    handle.calls.assert_called_in_order("ListRecords", "update_records")
    handle.calls.assert_call_count("ListRecords", 2, DatasetName="profile")
    streamed: list[StreamRecord] = handle.stream_records
    pushed: list[PushNotification] = handle.push_notifications
    handle.set_limits(datasets_per_identity=2)
    elsewhere: CognitoSync = handle.at(region_name="eu-west-1")
    handle.save("state.json")
    handle.load("state.json")


cognitosync_session = cognitosync_fixture(scope="session", region_name="eu-west-1", strict_credentials=True)
named: object = cognitosync_fixture(scope=lambda fixture_name, config: "package", name="everywhere", autouse=True)


def serves(server: CognitoSyncServer) -> dict[str, str]:
    at: CognitoSync = server.handle
    url: str = server.url
    return {**server.variables, "URL": url, "REGION": at.region_name}


def scenario(sync: CognitoSync) -> None: ...


async def coroutine_scenario(sync: CognitoSync) -> int:
    return len(sync.calls)


explored: Exploration = explore(scenario, seed=1, depth=2, max_runs=10, max_seconds=1.5, region_name="us-east-1")
explored.assert_passed(allow={"*/throttled"})
replayed: str = explored.replay(explored.of("failed")[0].id)
detail: str = explore(coroutine_scenario).cell("UpdateRecords#2/throttled").detail
explored.of("broken")  # type: ignore[arg-type]  # no such outcome

mock_cognitosync(identity_pools="some")  # type: ignore[call-overload]  # no such choice
mock_cognitosync(regoin_name="us-east-1")  # type: ignore[call-overload]  # no such option
bare("2")  # type: ignore[arg-type]  # the signature is kept
handle.fail("UpdateRecords", "TooManyRequestsException", call=1)  # type: ignore[call-arg]  # no such option
handle.story("html")  # type: ignore[arg-type]  # no such format
handle.fail("UpdateRecord", "TooManyRequestsException")  # type: ignore[arg-type]  # no such operation
handle.fail("UpdateRecords", "TooManyRequests")  # type: ignore[arg-type]  # no such error
handle.merge_identities(user, into="identity")  # type: ignore[call-overload]  # two users, or ids
cognitosync_fixture(regoin_name="us-east-1")  # type: ignore[call-arg]  # no such option
cognitosync_fixture(scope="test")  # type: ignore[arg-type]  # no such scope


def connected() -> dict[str, DatasetState]:
    with connect("http://127.0.0.1:5000", region_name="eu-west-1", account_id="123456789012") as sync:
        user: User = sync.new_user()
        sync.reset(user.identity_pool_id)
        return user.datasets()
