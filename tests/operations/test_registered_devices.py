"""RegisteredDevices: registered through platform endpoints of moto's SNS, and subscribed to datasets."""

import uuid

import boto3
import pytest
from botocore.exceptions import ClientError

PLATFORMS = ["ADM", "APNS", "APNS_SANDBOX", "GCM"]
NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def sns(cognitosync):
    return boto3.client("sns", region_name=cognitosync.region_name)


@pytest.fixture
def applications(sns):
    """Platform to the ARN of its application in SNS."""
    return {
        platform: sns.create_platform_application(Name="game", Platform=platform, Attributes={})[
            "PlatformApplicationArn"
        ]
        for platform in PLATFORMS
    }


@pytest.fixture
def me(cognitosync, cognitosync_client, applications):
    """Pool and identity, as parameters; the pool has push sync for all platforms."""
    pool = cognitosync.new_pool()
    cognitosync_client.set_identity_pool_configuration(
        IdentityPoolId=pool, PushSync={"ApplicationArns": list(applications.values())}
    )
    return {"IdentityPoolId": pool, "IdentityId": cognitosync.new_identity(pool)}


@pytest.fixture
def scores(cognitosync, me):
    """Pool, identity and name of a dataset that exists, as parameters."""
    cognitosync.device(*me.values()).put("scores", {"high_score": "1"})
    return {**me, "DatasetName": "scores"}


def endpoints(sns, application):
    """Token to ARN of the application's endpoints."""
    found = sns.list_endpoints_by_platform_application(PlatformApplicationArn=application)["Endpoints"]
    return {endpoint["Attributes"]["Token"]: endpoint["EndpointArn"] for endpoint in found}


def refusal(call, **parameters):
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Message"]


def not_configured(platform):
    return "InvalidConfigurationException", 400, f"Push sync is not configured for platform {platform}"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_registering_makes_an_endpoint_and_answers_a_uuid(cognitosync_client, sns, applications, me, platform):
    """RegisterDevice makes an endpoint of the platform's application alone, and answers a UUID. Source: devices-1."""
    answer = cognitosync_client.register_device(**me, Platform=platform, Token="phone")

    device_id = answer["DeviceId"]
    assert str(uuid.UUID(device_id)) == device_id
    assert sorted(answer) == ["DeviceId", "ResponseMetadata"]
    assert {name: list(endpoints(sns, arn)) for name, arn in applications.items()} == {
        name: ["phone"] if name == platform else [] for name in PLATFORMS
    }


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_same_token_again_is_the_same_device(cognitosync_client, sns, applications, me, platform):
    """Registering a platform's token again answers the same device and makes no second endpoint. Source: devices-2."""
    first = cognitosync_client.register_device(**me, Platform=platform, Token="phone")["DeviceId"]
    made = endpoints(sns, applications[platform])

    again = cognitosync_client.register_device(**me, Platform=platform, Token="phone")["DeviceId"]

    assert again == first
    assert endpoints(sns, applications[platform]) == made


def test_another_token_is_another_device(cognitosync_client, sns, applications, me):
    """Two tokens of one platform are two devices with an endpoint each. Source: devices-2."""
    devices = {
        cognitosync_client.register_device(**me, Platform="GCM", Token=token)["DeviceId"] for token in ("old", "new")
    }
    assert len(devices) == 2
    assert sorted(endpoints(sns, applications["GCM"])) == ["new", "old"]


def test_another_identity_is_another_device_at_the_same_endpoint(
    cognitosync, cognitosync_client, sns, applications, me
):
    """A token that two identities register is a device of each, at one endpoint. Source: devices-1, devices-2."""
    other = {**me, "IdentityId": cognitosync.new_identity(me["IdentityPoolId"])}

    mine = cognitosync_client.register_device(**me, Platform="GCM", Token="shared")["DeviceId"]
    made = endpoints(sns, applications["GCM"])
    theirs = cognitosync_client.register_device(**other, Platform="GCM", Token="shared")["DeviceId"]

    assert mine != theirs
    assert endpoints(sns, applications["GCM"]) == made


def test_the_same_token_on_another_platform_is_another_device(cognitosync_client, sns, applications, me):
    """One token on four platforms is four devices, each with its own platform's endpoint. Source: devices-2."""
    devices = {
        cognitosync_client.register_device(**me, Platform=platform, Token="phone")["DeviceId"] for platform in PLATFORMS
    }
    made = {platform: endpoints(sns, arn)["phone"] for platform, arn in applications.items()}

    assert len(devices) == 4
    assert {platform: arn.split("/")[1] for platform, arn in made.items()} == {name: name for name in PLATFORMS}


def test_an_endpoint_that_sns_has_is_used(cognitosync_client, sns, applications, me):
    """An endpoint that the test made in SNS for the token, whatever its data, is the device's. Source: devices-1."""
    made = sns.create_platform_endpoint(
        PlatformApplicationArn=applications["GCM"], Token="phone", CustomUserData="of the test"
    )["EndpointArn"]

    cognitosync_client.register_device(**me, Platform="GCM", Token="phone")

    assert endpoints(sns, applications["GCM"]) == {"phone": made}


def test_an_endpoint_of_another_application_is_left_alone(cognitosync_client, sns, applications, me):
    """An endpoint of an application that the pool does not use is not the device's. Source: devices-1."""
    foreign = sns.create_platform_application(Name="other", Platform="GCM", Attributes={})["PlatformApplicationArn"]
    made = sns.create_platform_endpoint(PlatformApplicationArn=foreign, Token="phone", CustomUserData="of another")

    cognitosync_client.register_device(**me, Platform="GCM", Token="phone")

    assert endpoints(sns, foreign) == {"phone": made["EndpointArn"]}
    assert list(endpoints(sns, applications["GCM"])) == ["phone"]


def test_a_device_whose_endpoint_was_deleted_gets_a_new_one(cognitosync_client, sns, applications, me):
    """Registering a device again whose endpoint is gone makes an endpoint again. Source: devices-1, devices-2."""
    first = cognitosync_client.register_device(**me, Platform="GCM", Token="phone")["DeviceId"]
    gone = endpoints(sns, applications["GCM"])["phone"]
    sns.delete_endpoint(EndpointArn=gone)

    again = cognitosync_client.register_device(**me, Platform="GCM", Token="phone")["DeviceId"]

    assert again == first
    assert list(endpoints(sns, applications["GCM"])) == ["phone"]
    assert endpoints(sns, applications["GCM"])["phone"] != gone


@pytest.mark.parametrize("platform", PLATFORMS)
def test_without_push_sync_no_device_is_registered(cognitosync, cognitosync_client, sns, applications, platform):
    """A pool without push sync registers no device, though SNS has an application. Source: devices-3."""
    pool = cognitosync.new_pool()
    me = {"IdentityPoolId": pool, "IdentityId": cognitosync.new_identity(pool)}

    assert refusal(cognitosync_client.register_device, **me, Platform=platform, Token="phone") == not_configured(
        platform
    )
    assert endpoints(sns, applications[platform]) == {}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_without_an_application_of_the_platform_no_device_is_registered(
    cognitosync_client, sns, applications, me, platform
):
    """Push sync with applications of other platforms alone registers no device of this one. Source: devices-3."""
    others = [arn for name, arn in applications.items() if name != platform]
    cognitosync_client.set_identity_pool_configuration(
        IdentityPoolId=me["IdentityPoolId"], PushSync={"ApplicationArns": others}
    )
    assert refusal(cognitosync_client.register_device, **me, Platform=platform, Token="phone") == not_configured(
        platform
    )
    assert {name: endpoints(sns, arn) for name, arn in applications.items()} == {name: {} for name in PLATFORMS}


def test_an_application_that_sns_does_not_have_registers_no_device(cognitosync_client, sns, applications, me):
    """An application that was deleted in SNS registers no device, while the others still do. Source: devices-3."""
    sns.delete_platform_application(PlatformApplicationArn=applications["GCM"])

    assert refusal(cognitosync_client.register_device, **me, Platform="GCM", Token="phone") == not_configured("GCM")
    assert cognitosync_client.register_device(**me, Platform="ADM", Token="phone")["DeviceId"]


def test_with_push_sync_cleared_no_device_is_registered(cognitosync_client, sns, applications, me):
    """Once push sync is cleared, not even a device registered before is registered again. Source: devices-3."""
    cognitosync_client.register_device(**me, Platform="GCM", Token="phone")
    cognitosync_client.set_identity_pool_configuration(IdentityPoolId=me["IdentityPoolId"], PushSync={})

    assert [
        refusal(cognitosync_client.register_device, **me, Platform="GCM", Token=token) for token in ("phone", "new")
    ] == [not_configured("GCM")] * 2
    assert list(endpoints(sns, applications["GCM"])) == ["phone"]


def test_a_platform_that_there_is_not_registers_no_device(cognitosync_client, sns, applications, me):
    """A platform outside the model's four breaks its constraint. Source: devices-1."""
    code, status, message = refusal(cognitosync_client.register_device, **me, Platform="BAIDU", Token="phone")
    assert (code, status) == ("InvalidParameterException", 400)
    assert message.startswith("1 validation error detected: Value 'BAIDU' at 'platform' failed to satisfy constraint")
    assert {name: endpoints(sns, arn) for name, arn in applications.items()} == {name: {} for name in PLATFORMS}


def register(client, me, token="phone"):
    return client.register_device(**me, Platform="GCM", Token=token)["DeviceId"]


@pytest.mark.parametrize("operation", ["subscribe_to_dataset", "unsubscribe_from_dataset"])
def test_subscriptions_answer_nothing_once_and_twice(cognitosync_client, me, scores, operation):
    """Subscribing twice, and unsubscribing a device that is not subscribed, answer 200. Source: devices-5."""
    device_id = register(cognitosync_client, me)
    answers = [getattr(cognitosync_client, operation)(**scores, DeviceId=device_id) for _ in range(2)]
    assert [(answer.pop("ResponseMetadata")["HTTPStatusCode"], answer) for answer in answers] == [(200, {}), (200, {})]


@pytest.mark.parametrize("operation", ["subscribe_to_dataset", "unsubscribe_from_dataset"])
def test_an_unknown_dataset_is_refused(cognitosync_client, me, scores, operation):
    """A dataset never written, and one that was deleted, are not found, nor are they made. Source: devices-4."""
    device_id = register(cognitosync_client, me)
    call = getattr(cognitosync_client, operation)
    cognitosync_client.delete_dataset(**scores)

    assert refusal(call, **me, DatasetName="never", DeviceId=device_id) == (
        "ResourceNotFoundException",
        404,
        "Dataset 'never' not found.",
    )
    assert refusal(call, **scores, DeviceId=device_id) == (
        "ResourceNotFoundException",
        404,
        "Dataset 'scores' not found.",
    )
    assert cognitosync_client.list_datasets(**me)["Datasets"] == []


@pytest.mark.parametrize("operation", ["subscribe_to_dataset", "unsubscribe_from_dataset"])
def test_an_unknown_device_is_refused(cognitosync_client, scores, operation):
    """A device that nobody registered is not found. Source: devices-4."""
    assert refusal(getattr(cognitosync_client, operation), **scores, DeviceId=NOBODY) == (
        "ResourceNotFoundException",
        404,
        f"Device '{NOBODY}' not found.",
    )


@pytest.mark.parametrize("operation", ["subscribe_to_dataset", "unsubscribe_from_dataset"])
@pytest.mark.parametrize("other", ["identity", "pool"])
def test_a_device_of_another_identity_is_refused(
    cognitosync, cognitosync_client, applications, me, scores, operation, other
):
    """A device belongs to one identity of one pool; for another it is not found. Source: devices-4."""
    pool = me["IdentityPoolId"] if other == "identity" else cognitosync.new_pool()
    cognitosync_client.set_identity_pool_configuration(
        IdentityPoolId=pool, PushSync={"ApplicationArns": list(applications.values())}
    )
    identity = me["IdentityId"] if other == "pool" else cognitosync.new_identity(pool)
    device_id = register(cognitosync_client, {"IdentityPoolId": pool, "IdentityId": identity})

    assert refusal(getattr(cognitosync_client, operation), **scores, DeviceId=device_id) == (
        "ResourceNotFoundException",
        404,
        f"Device '{device_id}' not found.",
    )


def test_a_token_as_ios_sends_it_is_kept_as_it_is(cognitosync_client, sns, applications, me):
    """A token of 64 upper-case hex digits stands in SNS as it came. Source: devices-1."""
    token = "0123456789ABCDEF" * 4
    cognitosync_client.register_device(**me, Platform="APNS", Token=token)
    assert list(endpoints(sns, applications["APNS"])) == [token]
