"""A mock that has ended: its record can be read, and nothing else works."""

from __future__ import annotations

import boto3
import pytest
from driver import DatasetDriver, refusal

from mock_cognitosync import mock_cognitosync


@pytest.fixture
def ended(monkeypatch):
    """The parts of a mock that has ended, in a region that is no longer configured."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    with mock_cognitosync(region_name="eu-west-1") as sync:
        profile = DatasetDriver.of_new_identity(sync, boto3.client("cognito-sync"))
        user, device = sync.user(profile.identity_pool_id, profile.identity_id), profile.device()
        fault = sync.fail("ListRecords", "InternalErrorException")
        hook = sync.before_next("ListRecords", lambda: None)
        refusal(profile.client.list_records, **profile.parameters)
        clock = sync.freeze()
    return {"sync": sync, "user": user, "device": device, "fault": fault, "hook": hook, "clock": clock}


def test_what_a_mock_recorded_can_be_read_after_its_end(ended):
    """Calls, report, streams, pushes, counts and ids are still those of the mock, also in another region."""
    sync, user = ended["sync"], ended["user"]

    assert [call.operation for call in sync.calls] == ["ListRecords"]
    assert sync.story() == sync.report()
    assert sync.report().startswith("1 call reached Cognito Sync in eu-west-1:")
    assert (sync.stream_records, sync.push_notifications) == ([], [])
    assert (ended["fault"].times_injected, ended["hook"].times_run) == (1, 1)
    assert (sync.region_name, sync.account_id) == ("eu-west-1", "123456789012")
    assert user.parameters() == {"IdentityPoolId": user.identity_pool_id, "IdentityId": user.identity_id}
    assert repr(sync) == "<CognitoSync in eu-west-1 of account 123456789012, ended>"


def test_a_mock_without_a_region_keeps_the_one_it_had(monkeypatch):
    """After its end the handle shows the calls in the region of that time, not in that of the environment."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    with mock_cognitosync() as sync:
        boto3.client("cognito-sync").list_identity_pool_usage()
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")

    assert (sync.region_name, len(sync.calls)) == ("us-west-2", 1)


USES = {
    "at": lambda sync, pool, identity: sync.at(region_name="us-east-1"),
    "new_pool": lambda sync, pool, identity: sync.new_pool(),
    "new_user": lambda sync, pool, identity: sync.new_user(),
    "new_user of a pool": lambda sync, pool, identity: sync.new_user(pool),
    "new_identity": lambda sync, pool, identity: sync.new_identity(pool),
    "user": lambda sync, pool, identity: sync.user(pool, identity),
    "users": lambda sync, pool, identity: sync.users(),
    "device": lambda sync, pool, identity: sync.device(pool, identity),
    "credentials_for": lambda sync, pool, identity: sync.credentials_for(pool, identity),
    "set_trigger": lambda sync, pool, identity: sync.set_trigger(pool, lambda event: event),
    "merge_identities": lambda sync, pool, identity: sync.merge_identities(pool, identity, into="eu-west-1:0"),
    "save": lambda sync, pool, identity: sync.save("state.json"),
    "load": lambda sync, pool, identity: sync.load("state.json"),
    "reset": lambda sync, pool, identity: sync.reset(),
    "records": lambda sync, pool, identity: sync.records(pool, identity, "profile"),
    "dataset": lambda sync, pool, identity: sync.dataset(pool, identity, "profile"),
    "datasets": lambda sync, pool, identity: sync.datasets(pool, identity),
    "before_next": lambda sync, pool, identity: sync.before_next("ListRecords", print),
    "fail": lambda sync, pool, identity: sync.fail("ListRecords", "InternalErrorException"),
    "drop_connection": lambda sync, pool, identity: sync.drop_connection("*"),
    "delay": lambda sync, pool, identity: sync.delay("*", 1),
    "time_out": lambda sync, pool, identity: sync.time_out("*"),
    "advance": lambda sync, pool, identity: sync.advance(1),
    "freeze": lambda sync, pool, identity: sync.freeze(),
    "unfreeze": lambda sync, pool, identity: sync.unfreeze(),
    "expire_tokens": lambda sync, pool, identity: sync.expire_tokens(),
    "set_limits": lambda sync, pool, identity: sync.set_limits(records_per_dataset=1),
}
HAS_ENDED = r"this mock_cognitosync has ended: only what it recorded can be read \(calls, story\(\), report\(\), "


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_handle_that_outlived_its_mock_refuses_to_work(ended, use):
    """Every other method raises a RuntimeError that says so."""
    user = ended["user"]
    with pytest.raises(RuntimeError, match=HAS_ENDED):
        use(ended["sync"], user.identity_pool_id, user.identity_id)


def test_every_method_of_the_handle_is_covered_above():
    """A new method of the handle must be listed as a use, or be readable after the end."""
    data = {"account_id", "endpoint_url", "region_name"}
    readable = data | {"calls", "push_notifications", "report", "story", "stream_records"}
    from mock_cognitosync import CognitoSync

    methods = {name for name in vars(CognitoSync) if not name.startswith("_")}
    assert methods == readable | {name.partition(" ")[0] for name in USES}


@pytest.mark.parametrize(
    "use",
    [
        lambda device: device.put("profile", {"theme": "dark"}),
        lambda device: device.remove("profile", "theme"),
        lambda device: device.delete_dataset("profile"),
    ],
    ids=["put", "remove", "delete_dataset"],
)
def test_a_device_that_outlived_its_mock_refuses_to_work(ended, use):
    """The writes of such a device are refused, so they are neither lost nor in the next mock."""
    with mock_cognitosync(region_name="eu-west-1"), pytest.raises(RuntimeError, match=HAS_ENDED):
        use(ended["device"])


@pytest.mark.parametrize(
    "use",
    [lambda user: user.records("profile"), lambda user: user.device(), lambda user: user.credentials()],
    ids=["records", "device", "credentials"],
)
def test_a_user_that_outlived_its_mock_refuses_to_work(ended, use):
    """Everything that needs the service raises."""
    with pytest.raises(RuntimeError, match=HAS_ENDED):
        use(ended["user"])


def test_removing_a_fault_after_the_end_does_nothing(ended):
    """Removing a fault or hook after the end does nothing, nor does the end of a block in which the clock is frozen."""
    ended["fault"].remove()
    ended["hook"].remove()
    with ended["fault"], ended["clock"]:
        pass
    assert ended["fault"].times_injected == 1
