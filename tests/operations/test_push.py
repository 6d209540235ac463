"""Push sync: who is told of a change, what the message is, and who is passed over."""

import json

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.sns.models import sns_backends

PLATFORMS = ["ADM", "APNS", "APNS_SANDBOX", "GCM"]


class Phones:
    """Devices of one identity and what reached them, as moto's SNS backend keeps it."""

    def __init__(self, cognitosync, client, pool, identity):
        self.me = {"IdentityPoolId": pool, "IdentityId": identity}
        self._sync = cognitosync
        self._client = client

    def register(self, token, platform="GCM", dataset="scores"):
        device_id = self._client.register_device(**self.me, Platform=platform, Token=token)["DeviceId"]
        if dataset:
            self._client.subscribe_to_dataset(**self.me, DatasetName=dataset, DeviceId=device_id)
        return device_id

    def write(self, dataset="scores", device_id=None, **values):
        """Write values at their current counts, in the name of a device if one is given."""
        where = {**self.me, "DatasetName": dataset}
        listing = self._client.list_records(**where)
        counts = {record["Key"]: record["SyncCount"] for record in listing["Records"]}
        return self._client.update_records(
            **where,
            SyncSessionToken=listing["SyncSessionToken"],
            RecordPatches=[
                {"Op": "replace", "Key": key, "Value": value, "SyncCount": counts.get(key, 0)}
                for key, value in values.items()
            ],
            **({"DeviceId": device_id} if device_id else {}),
        )

    def endpoints(self):
        backend = sns_backends[self._sync.account_id][self._sync.region_name]
        return {endpoint.token: endpoint for endpoint in backend.platform_endpoints.values()}

    def received(self):
        """Token to the dataset and sync count of each message that reached it."""
        return {
            token: [(data["datasetName"], data["syncCount"]) for data in map(data_of, endpoint.messages.values())]
            for token, endpoint in self.endpoints().items()
        }


def data_of(message):
    (payload,) = json.loads(message).values()
    return json.loads(payload)["data"]


@pytest.fixture
def sns(cognitosync):
    return boto3.client("sns", region_name=cognitosync.region_name)


@pytest.fixture
def pool(cognitosync, cognitosync_client, sns):
    """A pool with push sync for all platforms."""
    pool = cognitosync.new_pool()
    arns = [
        sns.create_platform_application(Name="game", Platform=platform, Attributes={})["PlatformApplicationArn"]
        for platform in PLATFORMS
    ]
    cognitosync_client.set_identity_pool_configuration(IdentityPoolId=pool, PushSync={"ApplicationArns": arns})
    return pool


@pytest.fixture
def phones(cognitosync, cognitosync_client, pool):
    """Phones of an identity that has two datasets, each at sync count 1."""
    phones = Phones(cognitosync, cognitosync_client, pool, cognitosync.new_identity(pool))
    for dataset in ("scores", "profile"):
        cognitosync.device(*phones.me.values()).put(dataset, {"first": "1"})
    return phones


def test_every_other_subscribed_device_is_told_and_never_the_writer(phones):
    """A write that bears a DeviceId is pushed to the other subscribed devices only, once each. Source: push-1."""
    writer = phones.register("writer")
    for token in ("second", "third"):
        phones.register(token)

    phones.write(high_score="2", device_id=writer)

    assert phones.received() == {"writer": [], "second": [("scores", 2)], "third": [("scores", 2)]}


def test_a_write_without_device_id_is_pushed_to_all(phones):
    """A write that bears no DeviceId is pushed to every subscribed device. Source: push-1."""
    for token in ("first", "second"):
        phones.register(token)

    phones.write(high_score="2")

    assert phones.received() == {"first": [("scores", 2)], "second": [("scores", 2)]}


def test_a_write_of_an_unknown_device_is_pushed_to_all(phones):
    """A DeviceId that nobody registered keeps nobody from being told. Source: push-1, update-7."""
    phones.register("first")

    phones.write(high_score="2", device_id="00000000-0000-0000-0000-000000000000")

    assert phones.received() == {"first": [("scores", 2)]}


def test_one_message_tells_of_a_whole_call(phones):
    """A call of many patches is one push, with the dataset's new count; the next call is another. Source: push-1."""
    phones.register("phone")

    phones.write(a="1", b="2", c="3")
    phones.write(a="2")

    assert phones.received() == {"phone": [("scores", 2), ("scores", 3)]}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_message_is_the_silent_push_of_its_platform(phones, platform):
    """The message holds the five documented keys under data, wrapped for its platform. Source: push-2."""
    phones.register("phone", platform)

    phones.write(high_score="2")

    (message,) = phones.endpoints()["phone"].messages.values()
    wrapped = json.loads(message)
    data = {
        "source": "cognito-sync",
        "identityPoolId": phones.me["IdentityPoolId"],
        "identityId": phones.me["IdentityId"],
        "datasetName": "scores",
        "syncCount": 2,
    }
    silent = {"aps": {"content-available": 1}} if platform.startswith("APNS") else {}
    assert list(wrapped) == [platform]
    assert json.loads(wrapped[platform]) == {**silent, "data": data}


def test_each_platform_is_told_in_its_own_way(phones):
    """One change reaches devices of all platforms, each with its own platform's message. Source: push-1, push-2."""
    for platform in PLATFORMS:
        phones.register(f"{platform} phone", platform)

    phones.write(high_score="2")

    assert {token: [list(json.loads(m)) for m in e.messages.values()] for token, e in phones.endpoints().items()} == {
        f"{platform} phone": [[platform]] for platform in PLATFORMS
    }


def test_a_deletion_is_pushed(cognitosync_client, phones):
    """Deleting a dataset is pushed to its subscribed devices, with the count that marks it. Source: push-1."""
    phones.register("phone")
    phones.register("elsewhere", dataset="profile")

    cognitosync_client.delete_dataset(**phones.me, DatasetName="scores")

    assert phones.received() == {"phone": [("scores", 2)], "elsewhere": []}


def test_a_removal_is_pushed(cognitosync, phones):
    """Removing a record, by another device of the identity, is pushed. Source: push-1."""
    phones.register("phone")

    cognitosync.device(*phones.me.values()).remove("scores", "first")

    assert phones.received() == {"phone": [("scores", 2)]}


def test_an_unsubscribed_device_is_told_no_longer(cognitosync_client, phones):
    """From the unsubscription on a device gets nothing; others go on. Source: push-1."""
    device_id = phones.register("leaves")
    phones.register("stays")
    phones.write(high_score="2")

    cognitosync_client.unsubscribe_from_dataset(**phones.me, DatasetName="scores", DeviceId=device_id)
    phones.write(high_score="3")

    assert phones.received() == {"leaves": [("scores", 2)], "stays": [("scores", 2), ("scores", 3)]}


def test_a_device_subscribed_twice_is_told_once(phones):
    """Registering and subscribing again does not double the push. Source: push-1, devices-2."""
    phones.register("phone")
    phones.register("phone")

    phones.write(high_score="2")

    assert phones.received() == {"phone": [("scores", 2)]}


def test_a_device_that_never_subscribed_is_not_told(phones):
    """Registering alone brings no push. Source: push-1."""
    phones.register("phone", dataset=None)

    phones.write(high_score="2")

    assert phones.received() == {"phone": []}


def test_another_dataset_is_not_pushed(phones):
    """A device is told of the datasets it subscribed to, and of no other. Source: push-1."""
    phones.register("scores phone")
    phones.register("profile phone", dataset="profile")

    phones.write(dataset="profile", theme="dark")

    assert phones.received() == {"scores phone": [], "profile phone": [("profile", 2)]}


def test_another_identity_is_not_pushed(cognitosync, cognitosync_client, pool, phones):
    """A change of one identity's dataset is not pushed to another's devices. Source: push-1."""
    other = Phones(cognitosync, cognitosync_client, pool, cognitosync.new_identity(pool))
    cognitosync.device(*other.me.values()).put("scores", {"first": "1"})
    phones.register("mine")
    other.register("theirs")

    phones.write(high_score="2")

    assert phones.received() == {"mine": [("scores", 2)], "theirs": []}


@pytest.mark.parametrize("missing", ["disabled", "deleted", "application deleted"])
def test_a_missing_endpoint_is_passed_over(sns, phones, missing):
    """A disabled or deleted endpoint does no harm to the update, nor to the other device's push. Source: push-3."""
    phones.register("missing")
    phones.register("there", "ADM")
    endpoint = phones.endpoints()["missing"]
    if missing == "disabled":
        sns.set_endpoint_attributes(EndpointArn=endpoint.arn, Attributes={"Enabled": "false"})
    elif missing == "deleted":
        sns.delete_endpoint(EndpointArn=endpoint.arn)
    else:
        sns.delete_platform_application(PlatformApplicationArn=endpoint.application.arn)

    answer = phones.write(high_score="2")

    assert [record["Value"] for record in answer["Records"]] == ["2"]
    assert phones.received()["there"] == [("scores", 2)]
    assert list(endpoint.messages.values()) == []


@pytest.mark.parametrize("left", [["ADM"], []])
def test_an_application_that_was_taken_away_is_pushed_through_no_longer(cognitosync_client, pool, phones, left):
    """Devices stay registered, and are told again once their application is back. Source: push-4."""
    for platform in ("GCM", "ADM"):
        phones.register(platform, platform)
    before = cognitosync_client.get_identity_pool_configuration(IdentityPoolId=pool)["PushSync"]
    arns = [arn for arn in before["ApplicationArns"] if arn.split("/")[1] in left]
    cognitosync_client.set_identity_pool_configuration(IdentityPoolId=pool, PushSync={"ApplicationArns": arns})
    phones.write(high_score="2")
    cognitosync_client.set_identity_pool_configuration(IdentityPoolId=pool, PushSync=before)
    phones.write(high_score="3")

    assert phones.received() == {
        platform: [("scores", 2), ("scores", 3)] if platform in left else [("scores", 3)] for platform in ("GCM", "ADM")
    }


def test_an_endpoint_that_is_enabled_again_is_told_again(sns, phones):
    """What came while the endpoint was disabled is lost; what comes afterwards arrives. Source: push-3."""
    phones.register("phone")
    arn = phones.endpoints()["phone"].arn
    sns.set_endpoint_attributes(EndpointArn=arn, Attributes={"Enabled": "false"})
    phones.write(high_score="2")

    sns.set_endpoint_attributes(EndpointArn=arn, Attributes={"Enabled": "true"})
    phones.write(high_score="3")

    assert phones.received() == {"phone": [("scores", 3)]}


def test_a_device_registered_again_after_its_endpoint_was_deleted_is_told(sns, phones):
    """The endpoint that registering again makes is the one that pushes go to. Source: devices-1, push-1."""
    phones.register("phone")
    sns.delete_endpoint(EndpointArn=phones.endpoints()["phone"].arn)

    phones.register("phone")
    phones.write(high_score="2")

    assert phones.received() == {"phone": [("scores", 2)]}


def test_a_refused_update_pushes_nothing(cognitosync, cognitosync_client, phones):
    """An update at a stale count is refused, changes nothing and is pushed to nobody. Source: push-1, counts-3."""
    phones.register("phone")
    scores = {**phones.me, "DatasetName": "scores"}
    token = cognitosync_client.list_records(**scores)["SyncSessionToken"]

    with pytest.raises(ClientError) as caught:
        cognitosync_client.update_records(
            **scores,
            SyncSessionToken=token,
            RecordPatches=[{"Op": "replace", "Key": "first", "Value": "2", "SyncCount": 7}],
        )

    response = caught.value.response
    assert (
        response["Error"]["Code"],
        response["ResponseMetadata"]["HTTPStatusCode"],
        response["Error"]["Message"],
    ) == (
        "ResourceConflictException",
        409,
        "Current SyncCount for: first is: 1 not: 7",
    )
    assert cognitosync.records(*scores.values()) == {"first": "1"}
    assert phones.received() == {"phone": []}


def test_an_update_that_changes_nothing_pushes_nothing(phones):
    """A call without patches is no change, so nobody is told. Source: push-1, update-3."""
    phones.register("phone")

    phones.write()

    assert phones.received() == {"phone": []}


def test_a_refused_deletion_pushes_nothing(cognitosync_client, phones):
    """Deleting a dataset that is gone is refused, and pushed to nobody a second time. Source: push-1, datasets-2."""
    phones.register("phone")
    cognitosync_client.delete_dataset(**phones.me, DatasetName="scores")

    with pytest.raises(cognitosync_client.exceptions.ResourceNotFoundException):
        cognitosync_client.delete_dataset(**phones.me, DatasetName="scores")

    assert phones.received() == {"phone": [("scores", 2)]}


def test_a_dataset_made_again_is_pushed_with_its_counter_gone_on(cognitosync_client, phones):
    """A subscription outlives the dataset's deletion; the counter goes on. Source: push-1, datasets-4."""
    phones.register("phone")
    cognitosync_client.delete_dataset(**phones.me, DatasetName="scores")

    phones.write(high_score="1")

    assert phones.received() == {"phone": [("scores", 2), ("scores", 3)]}


@pytest.mark.cognitosync(region_name="eu-west-1")
def test_the_push_goes_through_the_sns_of_the_region(phones):
    """Devices and their endpoints belong to the region of the pool. Source: push-1, accounts-1."""
    phones.register("phone")

    phones.write(high_score="2")

    assert phones.received() == {"phone": [("scores", 2)]}
    assert phones.endpoints()["phone"].arn.split(":")[3] == "eu-west-1"
