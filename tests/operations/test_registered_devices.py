"""Registered devices: registered through platform endpoints of moto's SNS, and subscribed to datasets."""

from __future__ import annotations

import dataclasses
import uuid

import pytest
from driver import answer, refusal

PLATFORMS = ["ADM", "APNS", "APNS_SANDBOX", "GCM"]
UNKNOWN_DEVICE = "00000000-0000-0000-0000-000000000000"

both_operations = pytest.mark.parametrize("operation", ["subscribe_to_dataset", "unsubscribe_from_dataset"])


def endpoints(sns, application):
    """Token to ARN of the application's endpoints."""
    found = sns.list_endpoints_by_platform_application(PlatformApplicationArn=application)["Endpoints"]
    return {endpoint["Attributes"]["Token"]: endpoint["EndpointArn"] for endpoint in found}


def register(dataset, token="phone", platform="GCM"):
    """Register a device of the dataset's identity; return its id."""
    return dataset.client.register_device(**dataset.identity, Platform=platform, Token=token)["DeviceId"]


def refused_registration(dataset, token="phone", platform="GCM"):
    """The refusal of RegisterDevice for the dataset's identity."""
    return refusal(dataset.client.register_device, **dataset.identity, Platform=platform, Token=token)


def not_found(kind, name):
    """The refusal of a call for a dataset or device that does not exist."""
    return "ResourceNotFoundException", 404, f"{kind} '{name}' not found."


def not_configured(platform):
    """The refusal of RegisterDevice for a platform without an application."""
    return "InvalidConfigurationException", 400, f"Push sync is not configured for platform {platform}"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_registering_creates_an_endpoint_and_answers_a_uuid(sns, applications, scores, platform):
    """RegisterDevice creates an endpoint of the platform's application only, and answers a UUID. Source: devices-1."""
    registered = answer(scores.client.register_device(**scores.identity, Platform=platform, Token="phone"))

    assert registered == {"DeviceId": str(uuid.UUID(registered["DeviceId"]))}
    assert {name: list(endpoints(sns, arn)) for name, arn in applications.items()} == {
        name: ["phone"] if name == platform else [] for name in PLATFORMS
    }


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_same_token_again_is_the_same_device(sns, applications, scores, platform):
    """A token registered again is the same device, and no second endpoint is created. Source: devices-2."""
    first = register(scores, platform=platform)
    made = endpoints(sns, applications[platform])

    again = register(scores, platform=platform)

    assert again == first
    assert endpoints(sns, applications[platform]) == made


def test_another_token_is_another_device(sns, applications, scores):
    """Two tokens of one platform are two devices with an endpoint each. Source: devices-2."""
    devices = {register(scores, token) for token in ("old", "new")}
    assert len(devices) == 2
    assert sorted(endpoints(sns, applications["GCM"])) == ["new", "old"]


def test_another_identity_is_another_device_at_the_same_endpoint(sns, applications, scores):
    """A token that two identities register is a device of each, at one endpoint. Source: devices-1, devices-2."""
    other = scores.of_another_identity()

    mine = register(scores, "shared")
    made = endpoints(sns, applications["GCM"])
    theirs = register(other, "shared")

    assert mine != theirs
    assert endpoints(sns, applications["GCM"]) == made


def test_the_same_token_on_another_platform_is_another_device(sns, applications, scores):
    """One token on four platforms is four devices, each with an endpoint of its platform. Source: devices-2."""
    devices = {register(scores, platform=platform) for platform in PLATFORMS}
    made = {platform: endpoints(sns, arn)["phone"] for platform, arn in applications.items()}

    assert len(devices) == 4
    assert {platform: arn.split("/")[1] for platform, arn in made.items()} == {name: name for name in PLATFORMS}


def test_an_existing_endpoint_of_the_token_is_used(sns, applications, scores):
    """An endpoint that SNS already has for the token is the device's, whatever its data. Source: devices-1."""
    made = sns.create_platform_endpoint(
        PlatformApplicationArn=applications["GCM"], Token="phone", CustomUserData="of the test"
    )["EndpointArn"]

    register(scores)

    assert endpoints(sns, applications["GCM"]) == {"phone": made}


def test_an_endpoint_of_another_application_is_not_used(sns, applications, scores):
    """An endpoint of an application that the pool does not use is not the device's. Source: devices-1."""
    foreign = sns.create_platform_application(Name="other", Platform="GCM", Attributes={})["PlatformApplicationArn"]
    made = sns.create_platform_endpoint(PlatformApplicationArn=foreign, Token="phone", CustomUserData="of another")

    register(scores)

    assert endpoints(sns, foreign) == {"phone": made["EndpointArn"]}
    assert list(endpoints(sns, applications["GCM"])) == ["phone"]


def test_a_device_whose_endpoint_was_deleted_gets_a_new_one(sns, applications, scores):
    """Registering a device again creates a new endpoint if the old one was deleted. Source: devices-1, devices-2."""
    first = register(scores)
    gone = endpoints(sns, applications["GCM"])["phone"]
    sns.delete_endpoint(EndpointArn=gone)

    again = register(scores)

    assert again == first
    assert list(endpoints(sns, applications["GCM"])) == ["phone"]
    assert endpoints(sns, applications["GCM"])["phone"] != gone


@pytest.mark.parametrize("platform", PLATFORMS)
def test_without_push_sync_no_device_is_registered(profile, sns, applications, platform):
    """A pool without push sync registers no device, even if SNS has an application. Source: devices-3."""
    assert refused_registration(profile, platform=platform) == not_configured(platform)
    assert endpoints(sns, applications[platform]) == {}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_without_an_application_of_the_platform_no_device_is_registered(client, sns, applications, scores, platform):
    """A pool that has only applications of other platforms registers no device. Source: devices-3."""
    others = [arn for name, arn in applications.items() if name != platform]
    client.set_identity_pool_configuration(**scores.pool, PushSync={"ApplicationArns": others})

    assert refused_registration(scores, platform=platform) == not_configured(platform)
    assert {name: endpoints(sns, arn) for name, arn in applications.items()} == {name: {} for name in PLATFORMS}


def test_a_deleted_application_registers_no_device(sns, applications, scores):
    """An application deleted in SNS registers no device; the others still do. Source: devices-3."""
    sns.delete_platform_application(PlatformApplicationArn=applications["GCM"])

    assert refused_registration(scores) == not_configured("GCM")
    assert register(scores, platform="ADM")


def test_no_device_is_registered_after_push_sync_was_removed(client, sns, applications, scores):
    """After push sync was removed, even a device registered before cannot be registered again. Source: devices-3."""
    register(scores)
    client.set_identity_pool_configuration(**scores.pool, PushSync={})

    assert [refused_registration(scores, token) for token in ("phone", "new")] == [not_configured("GCM")] * 2
    assert list(endpoints(sns, applications["GCM"])) == ["phone"]


def test_an_unknown_platform_is_refused(sns, applications, scores):
    """A platform outside the model's four violates its constraint. Source: devices-1."""
    code, status, message = refused_registration(scores, platform="BAIDU")
    assert (code, status) == ("ValidationException", 400)
    assert message.startswith("1 validation error detected: Value 'BAIDU' at 'platform' failed to satisfy constraint")
    assert {name: endpoints(sns, arn) for name, arn in applications.items()} == {name: {} for name in PLATFORMS}


@both_operations
def test_subscribing_and_unsubscribing_are_idempotent(client, scores, operation):
    """Both operations answer 200 without members, the second time too. Source: devices-5."""
    scores.fill("high_score")
    device_id = register(scores)
    for _ in range(2):
        response = getattr(client, operation)(**scores.parameters, DeviceId=device_id)
        assert (response["ResponseMetadata"]["HTTPStatusCode"], answer(response)) == (200, {})


@both_operations
def test_a_missing_dataset_is_not_found(client, scores, operation):
    """A dataset that was never written or is deleted is not found, and not created. Source: devices-4."""
    device_id = register(scores)
    call = getattr(client, operation)
    scores.fill("high_score")
    scores.delete()

    for name in ("never", "scores"):
        assert refusal(call, **scores.named(name).parameters, DeviceId=device_id) == not_found("Dataset", name)
    assert scores.dataset_names() == []


@both_operations
def test_an_unregistered_device_is_not_found(client, scores, operation):
    """A device that was not registered is not found. Source: devices-4."""
    scores.fill("high_score")
    refused = refusal(getattr(client, operation), **scores.parameters, DeviceId=UNKNOWN_DEVICE)
    assert refused == not_found("Device", UNKNOWN_DEVICE)


@both_operations
@pytest.mark.parametrize("other", ["identity", "pool"])
def test_a_device_of_another_identity_is_not_found(cognitosync, client, applications, scores, operation, other):
    """A device belongs to one identity of one pool; for another it is not found. Source: devices-4."""
    scores.fill("high_score")
    if other == "identity":
        owner = scores.of_another_identity()
    else:
        owner = dataclasses.replace(scores, identity_pool_id=cognitosync.new_pool())
        push = {"ApplicationArns": list(applications.values())}
        client.set_identity_pool_configuration(**owner.pool, PushSync=push)
    device_id = register(owner)

    refused = refusal(getattr(client, operation), **scores.parameters, DeviceId=device_id)
    assert refused == not_found("Device", device_id)


def test_a_token_is_stored_unchanged(sns, applications, scores):
    """A token of 64 upper-case hex digits, as iOS sends it, is unchanged in SNS. Source: devices-1."""
    token = "0123456789ABCDEF" * 4
    register(scores, token, platform="APNS")
    assert list(endpoints(sns, applications["APNS"])) == [token]
