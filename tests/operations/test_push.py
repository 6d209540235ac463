"""Push sync: the devices that are notified of a change, the message, and the devices that are skipped."""

from __future__ import annotations

import json

import pytest
from driver import conflict, replace

from moto.sns.models import sns_backends

PLATFORMS = ["ADM", "APNS", "APNS_SANDBOX", "GCM"]


class Phones:
    """The registered devices of one identity, and the messages that moto's SNS backend keeps for them."""

    def __init__(self, dataset):
        self.dataset = dataset

    def register(self, token, platform="GCM", dataset="scores"):
        """Register a device and subscribe it to *dataset*, unless that is None; return its id."""
        client, identity = self.dataset.client, self.dataset.identity
        device_id = client.register_device(**identity, Platform=platform, Token=token)["DeviceId"]
        if dataset:
            client.subscribe_to_dataset(**identity, DatasetName=dataset, DeviceId=device_id)
        return device_id

    def write(self, dataset="scores", device_id=None, **values):
        """Write values at their current counts, with a DeviceId if one is given; return the answer's records."""
        written = self.dataset.named(dataset)
        counts = {key: count for key, _, count in written.listed()["Records"]}
        patches = [replace(key, value, counts.get(key, 0)) for key, value in values.items()]
        return written.write(*patches, **({"DeviceId": device_id} if device_id else {}))

    def endpoints(self):
        """The endpoints in SNS by token."""
        backend = sns_backends[self.dataset.sync.account_id][self.dataset.sync.region_name]
        return {endpoint.token: endpoint for endpoint in backend.platform_endpoints.values()}

    def received(self):
        """The dataset and sync count of each message, by token."""
        return {
            token: [(data["datasetName"], int(data["syncCount"])) for data in map(data_of, endpoint.messages.values())]
            for token, endpoint in self.endpoints().items()
        }


def data_of(message):
    (payload,) = json.loads(message).values()
    return json.loads(payload)["data"]


@pytest.fixture
def scores(scores):
    """A driver for the dataset ``scores`` at sync count 1; its identity has a dataset ``profile`` at count 1, too."""
    for dataset in (scores, scores.named("profile")):
        dataset.write(replace("first", "1"))
    return scores


@pytest.fixture
def phones(scores):
    """The registered devices of the identity."""
    return Phones(scores)


def test_a_write_is_pushed_to_all_subscribed_devices_but_the_writer(phones):
    """An update with a DeviceId is pushed once to each other subscribed device. Source: push-1."""
    writer = phones.register("writer")
    for token in ("second", "third"):
        phones.register(token)

    phones.write(high_score="2", device_id=writer)

    assert phones.received() == {"writer": [], "second": [("scores", 2)], "third": [("scores", 2)]}


def test_a_write_without_device_id_is_pushed_to_all(phones):
    """An update without a DeviceId is pushed to every subscribed device. Source: push-1."""
    for token in ("first", "second"):
        phones.register(token)

    phones.write(high_score="2")

    assert phones.received() == {"first": [("scores", 2)], "second": [("scores", 2)]}


def test_a_write_of_an_unknown_device_is_pushed_to_all(phones):
    """An update with an unregistered DeviceId is pushed to every subscribed device. Source: push-1, update-7."""
    phones.register("first")

    phones.write(high_score="2", device_id="00000000-0000-0000-0000-000000000000")

    assert phones.received() == {"first": [("scores", 2)]}


def test_each_update_is_pushed_once(phones):
    """An update of many patches is one message, with the dataset's new count. Source: push-1."""
    phones.register("phone")

    phones.write(a="1", b="2", c="3")
    phones.write(a="2")

    assert phones.received() == {"phone": [("scores", 2), ("scores", 3)]}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_message_is_the_silent_push_of_its_platform(scores, phones, platform):
    """The message has the five documented members, for ADM as strings, in its platform's envelope. Source: push-2."""
    phones.register("phone", platform)

    phones.write(high_score="2")

    (message,) = phones.endpoints()["phone"].messages.values()
    wrapped = json.loads(message)
    data = {
        "source": "cognito-sync",
        "identityPoolId": scores.identity_pool_id,
        "identityId": scores.identity_id,
        "datasetName": "scores",
        "syncCount": "2" if platform == "ADM" else 2,
    }
    silent = {"aps": {"content-available": 1}} if platform.startswith("APNS") else {}
    assert list(wrapped) == [platform]
    assert json.loads(wrapped[platform]) == {**silent, "data": data}


def test_a_change_is_pushed_to_all_platforms(phones):
    """A change is pushed to devices of all platforms, each with its platform's message. Source: push-1, push-2."""
    for platform in PLATFORMS:
        phones.register(f"{platform} phone", platform)

    phones.write(high_score="2")

    platforms = {
        token: [list(json.loads(message)) for message in endpoint.messages.values()]
        for token, endpoint in phones.endpoints().items()
    }
    assert platforms == {f"{platform} phone": [[platform]] for platform in PLATFORMS}


def test_a_deletion_is_pushed(scores, phones):
    """The deletion of a dataset is pushed to its subscribed devices, with its sync count. Source: push-1."""
    phones.register("phone")
    phones.register("elsewhere", dataset="profile")

    scores.delete()

    assert phones.received() == {"phone": [("scores", 2)], "elsewhere": []}


def test_a_removal_is_pushed(scores, phones):
    """The removal of a record by another device of the identity is pushed. Source: push-1."""
    phones.register("phone")

    scores.device().remove("scores", "first")

    assert phones.received() == {"phone": [("scores", 2)]}


def test_an_unsubscribed_device_gets_no_further_messages(scores, phones):
    """A device gets no message after it is unsubscribed; the others do. Source: push-1."""
    device_id = phones.register("leaves")
    phones.register("stays")
    phones.write(high_score="2")

    scores.client.unsubscribe_from_dataset(**scores.parameters, DeviceId=device_id)
    phones.write(high_score="3")

    assert phones.received() == {"leaves": [("scores", 2)], "stays": [("scores", 2), ("scores", 3)]}


def test_a_device_subscribed_twice_gets_one_message(phones):
    """A device that is registered and subscribed twice gets one message. Source: push-1, devices-2."""
    phones.register("phone")
    phones.register("phone")

    phones.write(high_score="2")

    assert phones.received() == {"phone": [("scores", 2)]}


def test_a_device_that_is_not_subscribed_gets_no_message(phones):
    """A device that is registered but not subscribed gets no message. Source: push-1."""
    phones.register("phone", dataset=None)

    phones.write(high_score="2")

    assert phones.received() == {"phone": []}


def test_another_dataset_is_not_pushed(phones):
    """A device gets messages about the datasets that it is subscribed to. Source: push-1."""
    phones.register("scores phone")
    phones.register("profile phone", dataset="profile")

    phones.write(dataset="profile", theme="dark")

    assert phones.received() == {"scores phone": [], "profile phone": [("profile", 2)]}


def test_another_identity_is_not_pushed(scores, phones):
    """A change of one identity's dataset is not pushed to another's devices. Source: push-1."""
    other = Phones(scores.of_another_identity())
    other.write(first="1")
    phones.register("mine")
    other.register("theirs")

    phones.write(high_score="2")

    assert phones.received() == {"mine": [("scores", 2)], "theirs": []}


@pytest.mark.parametrize("missing", ["disabled", "deleted", "application deleted"])
def test_a_missing_endpoint_is_skipped(sns, phones, missing):
    """A disabled or deleted endpoint affects neither the update nor the push to other devices. Source: push-3."""
    phones.register("missing")
    phones.register("there", "ADM")
    endpoint = phones.endpoints()["missing"]
    if missing == "disabled":
        sns.set_endpoint_attributes(EndpointArn=endpoint.arn, Attributes={"Enabled": "false"})
    elif missing == "deleted":
        sns.delete_endpoint(EndpointArn=endpoint.arn)
    else:
        sns.delete_platform_application(PlatformApplicationArn=endpoint.application.arn)

    assert phones.write(high_score="2") == [("high_score", "2", 2)]
    assert phones.received()["there"] == [("scores", 2)]
    assert list(endpoint.messages.values()) == []


@pytest.mark.parametrize("left", [["ADM"], []])
def test_nothing_is_pushed_through_a_removed_application(client, scores, phones, left):
    """Devices stay registered, and get messages again when their application is configured again. Source: push-4."""
    for platform in ("GCM", "ADM"):
        phones.register(platform, platform)
    before = client.get_identity_pool_configuration(**scores.pool)["PushSync"]
    arns = [arn for arn in before["ApplicationArns"] if arn.split("/")[1] in left]
    client.set_identity_pool_configuration(**scores.pool, PushSync={"ApplicationArns": arns})
    phones.write(high_score="2")
    client.set_identity_pool_configuration(**scores.pool, PushSync=before)
    phones.write(high_score="3")

    assert phones.received() == {
        platform: [("scores", 2), ("scores", 3)] if platform in left else [("scores", 3)] for platform in ("GCM", "ADM")
    }


def test_an_endpoint_that_is_enabled_again_gets_later_messages(sns, phones):
    """A message sent while the endpoint was disabled is lost; later ones arrive. Source: push-3."""
    phones.register("phone")
    arn = phones.endpoints()["phone"].arn
    sns.set_endpoint_attributes(EndpointArn=arn, Attributes={"Enabled": "false"})
    phones.write(high_score="2")

    sns.set_endpoint_attributes(EndpointArn=arn, Attributes={"Enabled": "true"})
    phones.write(high_score="3")

    assert phones.received() == {"phone": [("scores", 3)]}


def test_a_device_registered_again_gets_messages_at_its_new_endpoint(sns, phones):
    """
    After its endpoint was deleted, a device registered again gets messages at the new one.

    Source: devices-1, push-1.
    """
    phones.register("phone")
    sns.delete_endpoint(EndpointArn=phones.endpoints()["phone"].arn)

    phones.register("phone")
    phones.write(high_score="2")

    assert phones.received() == {"phone": [("scores", 2)]}


def test_a_refused_update_pushes_nothing(scores, phones):
    """A refused update changes nothing and is not pushed. Source: push-1, counts-3."""
    phones.register("phone")
    refused = scores.refused_update(replace("first", "2", 0))

    assert refused == conflict("first", current=1, sent=0)
    assert scores.records() == {"first": "1"}
    assert phones.received() == {"phone": []}


def test_an_update_that_changes_nothing_pushes_nothing(phones):
    """An update without patches changes nothing and is not pushed. Source: push-1, update-3."""
    phones.register("phone")

    phones.write()

    assert phones.received() == {"phone": []}


def test_a_refused_deletion_pushes_nothing(scores, phones):
    """The refused deletion of a deleted dataset is not pushed. Source: push-1, datasets-2."""
    phones.register("phone")
    scores.delete()

    with pytest.raises(scores.client.exceptions.ResourceNotFoundException):
        scores.delete()

    assert phones.received() == {"phone": [("scores", 2)]}


def test_a_dataset_created_again_is_pushed_to_its_subscribers(scores, phones):
    """Subscriptions survive the deletion of a dataset, and its counter continues. Source: push-1, datasets-4."""
    phones.register("phone")
    scores.delete()

    phones.write(high_score="1")

    assert phones.received() == {"phone": [("scores", 2), ("scores", 3)]}


@pytest.mark.cognitosync(region_name="eu-west-1")
def test_messages_are_sent_in_the_region_of_the_pool(phones):
    """Devices and their endpoints belong to the region of the pool. Source: push-1, accounts-1."""
    phones.register("phone")

    phones.write(high_score="2")

    assert phones.received() == {"phone": [("scores", 2)]}
    assert phones.endpoints()["phone"].arn.split(":")[3] == "eu-west-1"
