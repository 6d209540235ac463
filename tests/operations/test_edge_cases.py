"""Behaviour that AWS does not document, or that the mock does not implement: each case has a rule of its own."""

from __future__ import annotations

import json

import boto3
import pytest
import requests
from driver import ACCOUNT, replace, response_bodies


@pytest.fixture
def device_id(cognitosync, client, profile):
    """A registered device of the dataset's identity, subscribed to the dataset, which has one record."""
    sns = boto3.client("sns", region_name=cognitosync.region_name)
    application = sns.create_platform_application(Name="game", Platform="GCM", Attributes={})["PlatformApplicationArn"]
    client.set_identity_pool_configuration(**profile.pool, PushSync={"ApplicationArns": [application]})
    profile.fill("theme")
    device_id = client.register_device(**profile.identity, Platform="GCM", Token="phone")["DeviceId"]
    client.subscribe_to_dataset(**profile.parameters, DeviceId=device_id)
    return device_id


def test_a_subscription_outlives_its_dataset(cognitosync, profile, device_id):
    """A device is notified of the deletion, and of changes after the dataset was created again. Source: devices-6."""
    profile.delete()
    profile.fill("theme")
    pushes = [(push.device_id, push.data["syncCount"]) for push in cognitosync.push_notifications]
    assert pushes == [(device_id, 2), (device_id, 3)]


@pytest.mark.parametrize(("last_sync_count", "deleted"), [(0, False), (1, True)])
def test_a_dataset_deleted_between_two_pages(client, profile, last_sync_count, deleted):
    """The next page is empty and the last; only a listing with a LastSyncCount reports it. Source: paging-6."""
    profile.fill("a", "b", "c")
    token = profile.list_records(MaxResults=1, LastSyncCount=last_sync_count)["NextToken"]
    profile.delete()
    bodies = response_bodies(client)
    profile.list_records(NextToken=token, LastSyncCount=last_sync_count)
    [body] = bodies
    del body["SyncSessionToken"]
    assert body == {
        "Count": 0,
        "DatasetDeletedAfterRequestedSyncCount": deleted,
        "DatasetExists": False,
        "DatasetSyncCount": 0,
        "LastModifiedBy": None,
        "MergedDatasetNames": None,
        "NextToken": None,
        "Records": [],
    }


@pytest.fixture
def function(cognitosync):
    """The ARN of a function in Lambda, published once, that Cognito Sync may invoke."""
    iam = boto3.client("iam", region_name=cognitosync.region_name)
    role = iam.create_role(RoleName="role", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    functions = boto3.client("lambda", region_name=cognitosync.region_name)
    functions.create_function(
        FunctionName="sync",
        Runtime="python3.12",
        Role=role,
        Handler="sync.handler",
        Code={"ZipFile": b"code"},
        Publish=True,
    )
    for qualifier in ({}, {"Qualifier": "1"}):
        functions.add_permission(
            FunctionName="sync",
            StatementId="sync",
            Action="lambda:InvokeFunction",
            Principal="cognito-sync.amazonaws.com",
            **qualifier,
        )
    return f"arn:aws:lambda:{cognitosync.region_name}:{ACCOUNT}:function:sync"


@pytest.mark.cognitosync(config={"lambda": {"use_docker": False}})
@pytest.mark.parametrize("qualifier", ["", ":1"])
def test_a_trigger_may_be_a_version_of_a_function(client, profile, function, qualifier):
    """The ARN of a function may end with a version. Source: events-4."""
    client.set_cognito_events(**profile.pool, Events={"SyncTrigger": function + qualifier})
    assert profile.write(replace("k")) == [("k", "v", 1)]


@pytest.mark.cognitosync(config={"lambda": {"use_docker": False}})
@pytest.mark.parametrize("arn", ["sync", f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:sync"])
@pytest.mark.usefixtures("function")
def test_the_arn_of_a_trigger_is_checked_when_it_runs(client, profile, arn):
    """SetCognitoEvents accepts every string; UpdateRecords fails if it names no function here. Source: events-4."""
    client.set_cognito_events(**profile.pool, Events={"SyncTrigger": arn})
    assert client.get_cognito_events(**profile.pool)["Events"] == {"SyncTrigger": arn}
    assert profile.refused_update(replace("k"))[:2] == ("InvalidLambdaFunctionOutputException", 400)


def test_a_merge_may_exceed_twenty_datasets(cognitosync, profile):
    """All datasets of the merged identity arrive; afterwards no other dataset can be created. Source: merge-4."""
    guest = profile.of_another_identity()
    for number in range(20):
        profile.named(f"d{number}").fill("k")
        guest.named(f"d{number}").fill("k")
    cognitosync.merge_identities(profile.identity_pool_id, guest.identity_id, into=profile.identity_id)
    assert len(profile.dataset_names()) == 40
    refusal = profile.named("new").refused_update(replace("k"))
    assert refusal == ("LimitExceededException", 400, "An identity can have at most 20 datasets")


def test_the_rpc_form_is_not_answered(profile):
    """A request in the older RPC form of the API's samples is an unknown operation. Source: wire-11."""
    service = "com.amazonaws.cognito.sync.model"
    answer = requests.post(
        "https://cognito-sync.us-east-1.amazonaws.com/",
        headers={"X-AMZ-TARGET": f"{service}.AWSCognitoSyncService.ListDatasets"},
        data=json.dumps(
            {
                "Operation": f"{service}#ListDatasets",
                "Service": f"{service}#AWSCognitoSyncService",
                "Input": profile.identity,
            }
        ),
        timeout=5,
    )
    assert (answer.status_code, answer.headers["x-amzn-ErrorType"]) == (404, "ResourceNotFoundException:")
