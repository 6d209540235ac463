"""`AWS::Cognito::IdentityPool` in moto's CloudFormation: pools and their settings of Cognito Sync."""

from __future__ import annotations

import json
import subprocess
import sys

import boto3
import pytest
from driver import ACCOUNT, answer, assume_role, pool_not_found, refusal

OTHER_ACCOUNT = "111122223333"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:check"
EVENTS = {"SyncTrigger": FUNCTION}
STREAMS = {
    "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/streams",
    "StreamName": "changes",
    "StreamingStatus": "ENABLED",
}
PUSH = {
    "ApplicationArns": [f"arn:aws:sns:us-east-1:{ACCOUNT}:app/GCM/game"],
    "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/push",
}
EVERYTHING = {"IdentityPoolName": "players", "CognitoEvents": EVENTS, "CognitoStreams": STREAMS, "PushSync": PUSH}


class Stack:
    """A stack of one identity pool, in the region and with the credentials of *session*."""

    def __init__(self, name="game", **session):
        self.name = name
        self._cloudformation = boto3.client("cloudformation", **session)
        self._identity = boto3.client("cognito-identity", **session)
        self._sync = boto3.client("cognito-sync", **session)

    def create(self, properties, **more):
        self._cloudformation.create_stack(StackName=self.name, TemplateBody=template(properties), **more)
        return self.outputs()["Ref"]

    def update(self, properties, **more):
        self._cloudformation.update_stack(StackName=self.name, TemplateBody=template(properties), **more)

    def delete(self):
        self._cloudformation.delete_stack(StackName=self.name)

    def outputs(self):
        (stack,) = self._cloudformation.describe_stacks(StackName=self.name)["Stacks"]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def pools(self):
        return [pool["IdentityPoolId"] for pool in self._identity.list_identity_pools(MaxResults=60)["IdentityPools"]]

    def synced(self, pool):
        """The events, stream and push of the pool, as Cognito Sync answers them."""
        configuration = self._sync.get_identity_pool_configuration(IdentityPoolId=pool)
        return {
            "CognitoEvents": self._sync.get_cognito_events(IdentityPoolId=pool)["Events"],
            "CognitoStreams": configuration.get("CognitoStreams"),
            "PushSync": configuration.get("PushSync"),
        }

    def identity_pool(self, pool):
        """The pool as cognito-identity describes it."""
        return answer(self._identity.describe_identity_pool(IdentityPoolId=pool))


def template(properties, **more):
    return json.dumps(
        {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Parameters": {"Name": {"Type": "String", "Default": "players"}},
            "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
            "Resources": {
                "Pool": {
                    "Type": "AWS::Cognito::IdentityPool",
                    "Properties": {"AllowUnauthenticatedIdentities": True, **properties},
                },
                **more,
            },
            "Outputs": {
                "Ref": {"Value": {"Ref": "Pool"}},
                "Name": {"Value": {"Fn::GetAtt": ["Pool", "Name"]}},
            },
        }
    )


def write(cognitosync, pool):
    """Write a record without the pool's trigger, whose function does not exist; return the identity."""
    identity = cognitosync.new_identity(pool)
    cognitosync.set_trigger(pool, lambda event: event)
    cognitosync.device(pool, identity).put("scores", {"high_score": "1"})
    return identity


@pytest.fixture
def stack(cognitosync):
    """A stack in the region of the mock, which does not exist yet."""
    return Stack()


def test_a_stack_creates_a_pool_with_events_stream_and_push(stack):
    """A stack creates one pool with events, stream and push; Ref is its id, GetAtt its Name. Source: cfn-1."""
    pool = stack.create(EVERYTHING)

    assert stack.pools() == [pool]
    assert stack.outputs() == {"Ref": pool, "Name": "players"}
    assert stack.synced(pool) == {"CognitoEvents": EVENTS, "CognitoStreams": STREAMS, "PushSync": PUSH}
    (resource,) = boto3.client("cloudformation").describe_stack_resources(StackName="game")["StackResources"]
    assert (resource["LogicalResourceId"], resource["PhysicalResourceId"]) == ("Pool", pool)


def test_a_pool_needs_no_properties(stack):
    """A pool needs neither a name nor properties of Cognito Sync. Source: cfn-1."""
    pool = stack.create({})

    assert stack.outputs()["Name"].startswith("game-Pool-")
    assert stack.identity_pool(pool)["IdentityPoolName"] == stack.outputs()["Name"]
    assert stack.synced(pool) == {"CognitoEvents": {}, "CognitoStreams": None, "PushSync": None}


def test_the_other_properties_reach_cognito_identity(stack):
    """The properties of cognito-identity, with its tags, are passed on unchanged. Source: cfn-1."""
    properties = {
        "AllowUnauthenticatedIdentities": False,
        "SupportedLoginProviders": {"graph.facebook.com": "7346241598935552"},
        "DeveloperProviderName": "login.game",
        "OpenIdConnectProviderARNs": [f"arn:aws:iam::{ACCOUNT}:oidc-provider/example.com"],
        "CognitoIdentityProviders": [{"ClientId": "app", "ProviderName": "idp", "ServerSideTokenCheck": True}],
        "SamlProviderARNs": [f"arn:aws:iam::{ACCOUNT}:saml-provider/example"],
    }
    tags = [{"Key": "team", "Value": "games"}, {"Key": "stage", "Value": "test"}]

    pool = stack.create({"IdentityPoolName": "players", "IdentityPoolTags": tags, **properties})

    assert stack.identity_pool(pool) == {
        "IdentityPoolId": pool,
        "IdentityPoolName": "players",
        "IdentityPoolTags": {"team": "games", "stage": "test"},
        **properties,
    }


def test_a_pool_without_properties_has_the_defaults_of_cognito_identity(stack):
    """A list, a map or a name that the template omits is empty. Source: cfn-1."""
    found = stack.identity_pool(stack.create({}))

    assert {name: found[name] for name in found if name not in ("IdentityPoolId", "IdentityPoolName")} == {
        "AllowUnauthenticatedIdentities": True,
        "SupportedLoginProviders": {},
        "DeveloperProviderName": "",
        "OpenIdConnectProviderARNs": [],
        "CognitoIdentityProviders": [],
        "SamlProviderARNs": [],
        "IdentityPoolTags": {},
    }


def test_a_pool_admits_no_guests_unless_the_template_says_so(stack):
    """A template without AllowUnauthenticatedIdentities, which AWS refuses, creates a closed pool. Source: cfn-1."""
    body = json.dumps({"Resources": {"Pool": {"Type": "AWS::Cognito::IdentityPool"}}})
    boto3.client("cloudformation").create_stack(StackName="game", TemplateBody=body)

    [pool] = stack.pools()
    assert stack.identity_pool(pool)["AllowUnauthenticatedIdentities"] is False


def test_functions_of_the_template_are_resolved(stack):
    """Ref, Fn::If and AWS::NoValue work in the pool's properties. Source: cfn-1."""
    pool = stack.create(
        {
            "IdentityPoolName": {"Ref": "Name"},
            "PushSync": {"Fn::If": ["Never", PUSH, {"Ref": "AWS::NoValue"}]},
            "CognitoStreams": {**STREAMS, "RoleArn": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/streams"}},
        },
        Parameters=[{"ParameterKey": "Name", "ParameterValue": "the players"}],
    )

    assert stack.outputs()["Name"] == "the players"
    assert stack.synced(pool) == {"CognitoEvents": {}, "CognitoStreams": STREAMS, "PushSync": None}


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("CognitoEvents", {"SyncTrigger": f"{FUNCTION}-better"}),
        ("CognitoStreams", {**STREAMS, "StreamName": "others", "StreamingStatus": "DISABLED"}),
        ("PushSync", {**PUSH, "ApplicationArns": [f"arn:aws:sns:us-east-1:{ACCOUNT}:app/ADM/game"]}),
    ],
)
def test_an_update_changes_a_property_in_place(cognitosync, stack, name, changed):
    """An update changes the one property, and keeps the pool's id, its data and the others. Source: cfn-2."""
    pool = stack.create(EVERYTHING)
    identity = write(cognitosync, pool)

    stack.update({**EVERYTHING, name: changed})

    assert stack.outputs() == {"Ref": pool, "Name": "players"}
    assert stack.pools() == [pool]
    expected = {"CognitoEvents": EVENTS, "CognitoStreams": STREAMS, "PushSync": PUSH}
    assert stack.synced(pool) == {**expected, name: changed}
    assert cognitosync.records(pool, identity, "scores") == {"high_score": "1"}


@pytest.mark.parametrize("name", ["CognitoEvents", "CognitoStreams", "PushSync"])
def test_an_update_without_a_property_clears_it(stack, name):
    """An update without the property clears it and keeps the others. Source: cfn-2."""
    pool = stack.create(EVERYTHING)

    stack.update({key: value for key, value in EVERYTHING.items() if key != name})

    expected = {"CognitoEvents": EVENTS, "CognitoStreams": STREAMS, "PushSync": PUSH}
    assert stack.synced(pool) == {**expected, name: {} if name == "CognitoEvents" else None}


def test_an_update_renames_the_pool(stack):
    """A new IdentityPoolName is a new Name of the same pool. Source: cfn-2."""
    pool = stack.create(EVERYTHING)

    stack.update({**EVERYTHING, "IdentityPoolName": "winners"})

    assert stack.outputs() == {"Ref": pool, "Name": "winners"}
    assert stack.identity_pool(pool)["IdentityPoolName"] == "winners"


def test_an_update_keeps_a_generated_name(stack):
    """A pool without IdentityPoolName keeps its generated name if another property changes. Source: cfn-2."""
    pool = stack.create({})
    outputs = stack.outputs()

    stack.update({"PushSync": PUSH})

    assert stack.outputs() == outputs
    assert stack.identity_pool(pool)["IdentityPoolName"] == outputs["Name"]


def test_an_update_of_a_parameter_changes_the_pool(stack):
    """A new value of a parameter that the pool refers to updates the pool. Source: cfn-2."""
    pool = stack.create({"IdentityPoolName": {"Ref": "Name"}})

    stack.update(
        {"IdentityPoolName": {"Ref": "Name"}}, Parameters=[{"ParameterKey": "Name", "ParameterValue": "winners"}]
    )

    assert stack.outputs() == {"Ref": pool, "Name": "winners"}


@pytest.mark.parametrize("loses", ["reset", "load"])
def test_a_stack_whose_pool_is_forgotten_can_be_deleted(cognitosync, stack, tmp_path, loses):
    """After a reset, or a snapshot of an earlier state, Cognito Sync knows nothing of the pool. Source: cfn-3."""
    cognitosync.save(tmp_path / "before.json")
    pool = stack.create(EVERYTHING)
    write(cognitosync, pool)
    cognitosync.reset() if loses == "reset" else cognitosync.load(tmp_path / "before.json")

    stack.delete()

    assert stack.pools() == []
    [summary] = boto3.client("cloudformation").list_stacks()["StackSummaries"]
    assert summary["StackStatus"] == "DELETE_COMPLETE"


@pytest.mark.parametrize("deleted", ["stack", "resource"])
def test_the_data_of_a_deleted_pool_is_out_of_reach(cognitosync, client, stack, deleted):
    """Deleting the stack or the resource deletes the pool, and its data is out of reach. Source: cfn-3, pools-3."""
    pool = stack.create(EVERYTHING)
    identity = write(cognitosync, pool)

    if deleted == "stack":
        stack.delete()
    else:
        boto3.client("cloudformation").update_stack(
            StackName="game",
            TemplateBody=json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}),
        )

    assert stack.pools() == []
    assert refusal(client.list_datasets, IdentityPoolId=pool, IdentityId=identity) == pool_not_found(pool)
    assert refusal(client.get_identity_pool_configuration, IdentityPoolId=pool) == pool_not_found(pool)


INVALID = [
    (
        {"PushSync": {**PUSH, "RoleArn": f"arn:aws:iam::{OTHER_ACCOUNT}:role/push"}},
        f"arn:aws:iam::{OTHER_ACCOUNT}:role/push is not of this account and region",
    ),
    (
        {"PushSync": {"ApplicationArns": [f"arn:aws:sns:eu-west-1:{ACCOUNT}:app/GCM/game"]}},
        f"arn:aws:sns:eu-west-1:{ACCOUNT}:app/GCM/game is not of this account and region",
    ),
    (
        {"CognitoStreams": {**STREAMS, "RoleArn": f"arn:aws:iam::{OTHER_ACCOUNT}:role/streams"}},
        f"arn:aws:iam::{OTHER_ACCOUNT}:role/streams is not of this account and region",
    ),
    ({"CognitoStreams": {"StreamingStatus": "ENABLED"}}, "An enabled stream needs StreamName and RoleArn"),
    ({"CognitoEvents": {"Synchronised": FUNCTION}}, "Event type Synchronised is not known"),
    (
        {"PushSync": {**PUSH, "RoleArn": "arn:aws:iam::role/push"}},
        (
            "1 validation error detected: Value 'arn:aws:iam::role/push' at 'pushSync.roleArn' failed to satisfy "
            r"constraint: Member must satisfy regular expression pattern: arn:aws:iam::\d+:role/.*"
        ),
    ),
    (
        {"CognitoStreams": {**STREAMS, "StreamingStatus": "ON"}},
        (
            "1 validation error detected: Value 'ON' at 'cognitoStreams.streamingStatus' failed to satisfy constraint: "
            "Member must satisfy enum value set: [ENABLED, DISABLED]"
        ),
    ),
    ({"PushSync": "all"}, "STRING_VALUE can not be converted to a Structure"),
    ({"CognitoEvents": "all"}, "STRING_VALUE can not be converted to a Map"),
]
each_invalid = pytest.mark.parametrize(
    ("properties", "message"), INVALID, ids=[" ".join(properties) for properties, _ in INVALID]
)


@each_invalid
def test_an_invalid_property_creates_no_pool(stack, properties, message):
    """A property that Cognito Sync refuses fails the stack with its message and creates no pool. Source: cfn-1."""
    assert refusal(stack.create, properties) == ("ValidationError", 400, message)
    assert stack.pools() == []


@each_invalid
def test_an_invalid_update_changes_nothing(stack, properties, message):
    """An update that Cognito Sync refuses leaves the pool unchanged. Source: cfn-2."""
    pool = stack.create(EVERYTHING)

    changed = {"IdentityPoolName": "winners", "CognitoStreams": {**STREAMS, "StreamName": "others"}}
    assert refusal(stack.update, {**changed, **properties}) == ("ValidationError", 400, message)

    assert stack.outputs() == {"Ref": pool, "Name": "players"}
    assert stack.identity_pool(pool)["IdentityPoolName"] == "players"
    assert stack.synced(pool) == {"CognitoEvents": EVENTS, "CognitoStreams": STREAMS, "PushSync": PUSH}


def test_two_stacks_have_a_pool_each(stack):
    """Two stacks of one template create two pools; deleting one stack keeps the other's pool. Source: cfn-1, cfn-3."""
    other = Stack("other-game")
    pools = [stack.create(EVERYTHING), other.create({"PushSync": PUSH})]

    assert sorted(stack.pools()) == sorted(pools)
    stack.delete()

    assert stack.pools() == [pools[1]]
    assert other.synced(pools[1]) == {"CognitoEvents": {}, "CognitoStreams": None, "PushSync": PUSH}


def test_a_stack_creates_its_pool_in_its_region(stack):
    """A stack in another region creates its pool there, with an id of that region. Source: cfn-1, accounts-1."""
    there = Stack(region_name="eu-west-1")

    pool = there.create({"CognitoStreams": STREAMS})

    assert pool.startswith("eu-west-1:")
    assert (there.pools(), stack.pools()) == ([pool], [])
    assert there.synced(pool)["CognitoStreams"] == STREAMS


def test_a_stack_creates_its_pool_in_its_account(stack):
    """A stack in another account creates its pool there, with that account's roles. Source: cfn-1, accounts-1."""
    there = Stack(**assume_role(OTHER_ACCOUNT))
    streams = {**STREAMS, "RoleArn": f"arn:aws:iam::{OTHER_ACCOUNT}:role/streams"}

    pool = there.create({"CognitoStreams": streams})

    assert (there.pools(), stack.pools()) == ([pool], [])
    assert there.synced(pool)["CognitoStreams"] == streams


@pytest.mark.usefixtures("cognitosync")
def test_a_stack_works_in_a_region_without_cognito_sync():
    """In a region without Cognito Sync a stack creates, changes and deletes its pool without it. Source: cfn-1."""
    session = {"region_name": "eu-north-1"}
    cloudformation, identity = boto3.client("cloudformation", **session), boto3.client("cognito-identity", **session)
    names = [{"IdentityPoolName": "players"}, {"IdentityPoolName": "winners"}]

    cloudformation.create_stack(StackName="game", TemplateBody=template(names[0]))
    made = [pool["IdentityPoolName"] for pool in identity.list_identity_pools(MaxResults=60)["IdentityPools"]]
    cloudformation.update_stack(StackName="game", TemplateBody=template(names[1]))
    changed = [pool["IdentityPoolName"] for pool in identity.list_identity_pools(MaxResults=60)["IdentityPools"]]
    cloudformation.delete_stack(StackName="game")

    assert (made, changed) == (["players"], ["winners"])
    assert identity.list_identity_pools(MaxResults=60)["IdentityPools"] == []


def test_an_unknown_attribute_is_refused(stack):
    """GetAtt of any attribute but Name fails the stack. Source: cfn-1."""
    body = json.loads(template({}))
    body["Resources"]["Topic"] = {
        "Type": "AWS::SNS::Topic",
        "Properties": {"DisplayName": {"Fn::GetAtt": ["Pool", "Arn"]}},
    }
    code, status, message = refusal(
        boto3.client("cloudformation").create_stack, StackName="game", TemplateBody=json.dumps(body)
    )
    assert (code, status) == ("ValidationError", 400)
    assert message == "Template error: resource Pool does not support attribute type Arn in Fn::GetAtt"


def test_other_types_still_work(stack):
    """Other resources of the stack are created, and can refer to the pool. Source: cfn-1."""
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::GetAtt": ["Pool", "Name"]}}}
    body = template({"IdentityPoolName": "players"}, Queue=queue)

    boto3.client("cloudformation").create_stack(StackName="game", TemplateBody=body)

    assert [url.rpartition("/")[2] for url in boto3.client("sqs").list_queues()["QueueUrls"]] == ["players"]
    assert len(stack.pools()) == 1


SCRIPT = """
import json, sys, boto3
{before}
from moto import mock_aws
{between}
with mock_aws():
    body = {{"Resources": {{"Pool": {{"Type": "AWS::Cognito::IdentityPool"}}, "Queue": {{"Type": "AWS::SQS::Queue"}}}}}}
    client = boto3.client("cloudformation", region_name="us-east-1")
    client.create_stack(StackName="game", TemplateBody=json.dumps(body))
    found = client.describe_stack_resources(StackName="game")["StackResources"]
    models = sys.modules["moto.cloudformation.parsing"].get_model_list()
    modules = [model.__module__ for model in models if model.cloudformation_type() == "AWS::Cognito::IdentityPool"]
    print(json.dumps([sorted(item["PhysicalResourceId"].partition(":")[0] for item in found), modules]))
"""
PARSING = "import moto.cloudformation.parsing as parsing; parsing.get_model_map(); parsing.get_name_type_map()"
MOTO_TYPE = """
from moto.core.common_models import CloudFormationModel
class Pool(CloudFormationModel):
    __module__ = "moto.cognitoidentity.models"
    physical_resource_id = "of moto"
    cloudformation_name_type = staticmethod(lambda: "IdentityPoolName")
    cloudformation_type = staticmethod(lambda: "AWS::Cognito::IdentityPool")
    create_from_cloudformation_json = classmethod(lambda cls, *args, **kwargs: cls())
    update_from_cloudformation_json = delete_from_cloudformation_json = None
"""


@pytest.mark.parametrize(
    ("before", "between", "pool", "module"),
    [
        ("import mock_cognitosync", "", "us-east-1", "mock_cognitosync.cognitosync.cloudformation"),
        ("import mock_cognitosync", PARSING, "us-east-1", "mock_cognitosync.cognitosync.cloudformation"),
        (PARSING, "import mock_cognitosync", "us-east-1", "mock_cognitosync.cognitosync.cloudformation"),
        (f"import mock_cognitosync{MOTO_TYPE}", "", "of moto", "moto.cognitoidentity.models"),
        (f"{MOTO_TYPE}\n{PARSING}", "import mock_cognitosync", "of moto", "moto.cognitoidentity.models"),
    ],
    ids=["registered first", "registered before parsing", "parsing first", "moto's type later", "moto's type first"],
)
def test_the_type_exists_once_in_any_order_of_imports(before, between, pool, module):
    """The type is registered once, in any order of imports; a type of moto's own has precedence. Source: cfn-1."""
    script = SCRIPT.format(before=before, between=between)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [["https", pool], [module]]
