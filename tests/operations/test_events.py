"""SetCognitoEvents, GetCognitoEvents, and the function in Lambda that they name."""

from __future__ import annotations

import json

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

FIRST = "arn:aws:lambda:us-east-1:123456789012:function:first"
SECOND = "arn:aws:lambda:us-east-1:123456789012:function:second"
ANOTHER_POOL = "arn:aws:cognito-sync:us-east-1:123456789012:identitypool/us-east-1:00000000-0000-0000-0000-000000000000"
TEXT = "The Lambda function returned invalid output or an exception."
FAILED = ("InvalidLambdaFunctionOutputException", 400, TEXT)

simple_lambda = pytest.mark.cognitosync(config={"lambda": {"use_docker": False}})


def events_of(client, pool):
    """What GetCognitoEvents answers, without metadata."""
    answer = client.get_cognito_events(IdentityPoolId=pool)
    del answer["ResponseMetadata"]
    return answer


def address(pool):
    """The resource of both operations."""
    return f"https://cognito-sync.us-east-1.amazonaws.com/identitypools/{pool}/events"


def refused(call, **parameters):
    """Code, HTTP status and message of a call that must fail."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Message"]


def test_a_fresh_pool_has_no_events(cognitosync, cognitosync_client):
    """GetCognitoEvents of a fresh pool answers an empty map. Source: events-3."""
    assert events_of(cognitosync_client, cognitosync.new_pool()) == {"Events": {}}


def test_no_events_are_an_empty_object_on_the_wire(cognitosync):
    """A pool without events has ``{}``, not null. Source: events-3."""
    answer = requests.get(address(cognitosync.new_pool()), timeout=5)
    assert (answer.status_code, answer.json()) == (200, {"Events": {}})


def test_set_answers_nothing_and_get_shows_it(cognitosync, cognitosync_client):
    """SetCognitoEvents has no members in its answer; the function is there afterwards. Source: events-1."""
    pool = cognitosync.new_pool()
    answer = cognitosync_client.set_cognito_events(IdentityPoolId=pool, Events={"SyncTrigger": FIRST})
    assert answer.keys() == {"ResponseMetadata"}
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert events_of(cognitosync_client, pool) == {"Events": {"SyncTrigger": FIRST}}


@pytest.mark.parametrize(
    ("events", "left"),
    [
        pytest.param({"SyncTrigger": SECOND}, {"SyncTrigger": SECOND}, id="another function"),
        pytest.param({"SyncTrigger": ""}, {}, id="an empty value removes"),
        pytest.param({}, {"SyncTrigger": FIRST}, id="not named, not touched"),
    ],
)
def test_a_later_set(cognitosync, cognitosync_client, events, left):
    """Only the event type that is named changes; an empty value removes it. Source: events-1."""
    pool = cognitosync.new_pool()
    for wanted in ({"SyncTrigger": FIRST}, events):
        cognitosync_client.set_cognito_events(IdentityPoolId=pool, Events=wanted)
    assert events_of(cognitosync_client, pool) == {"Events": left}


def test_an_empty_value_where_nothing_is_set(cognitosync, cognitosync_client):
    """Removing the function of a fresh pool is no error. Source: events-1."""
    pool = cognitosync.new_pool()
    cognitosync_client.set_cognito_events(IdentityPoolId=pool, Events={"SyncTrigger": ""})
    assert events_of(cognitosync_client, pool) == {"Events": {}}


def test_a_removed_function_can_be_set_again(cognitosync, cognitosync_client):
    """After a removal the event type is as new. Source: events-1."""
    pool = cognitosync.new_pool()
    for function in (FIRST, "", SECOND):
        cognitosync_client.set_cognito_events(IdentityPoolId=pool, Events={"SyncTrigger": function})
    assert events_of(cognitosync_client, pool) == {"Events": {"SyncTrigger": SECOND}}


@pytest.mark.parametrize("function", [FIRST, ""], ids=["set", "remove"])
@pytest.mark.parametrize("name", ["PostSync", "syncTrigger", ""], ids=["another", "another case", "empty"])
def test_another_event_type(cognitosync, cognitosync_client, name, function):
    """There is only ``SyncTrigger``; a refused call changes nothing. Source: events-2."""
    pool = cognitosync.new_pool()
    cognitosync_client.set_cognito_events(IdentityPoolId=pool, Events={"SyncTrigger": FIRST})
    refusal = refused(cognitosync_client.set_cognito_events, IdentityPoolId=pool, Events={name: function})
    assert refusal == ("InvalidParameterException", 400, f"Event type {name} is not known")
    assert events_of(cognitosync_client, pool) == {"Events": {"SyncTrigger": FIRST}}


def test_two_event_types(cognitosync, cognitosync_client):
    """The model allows one entry; both together are refused, whatever their names. Source: events-2, wire-6."""
    pool = cognitosync.new_pool()
    events = {"SyncTrigger": FIRST, "PostSync": SECOND}
    message = (
        f"1 validation error detected: Value '{events}' at 'events' failed to satisfy constraint: "
        "Member must have length less than or equal to 1"
    )
    refusal = refused(cognitosync_client.set_cognito_events, IdentityPoolId=pool, Events=events)
    assert refusal == ("InvalidParameterException", 400, message)
    assert events_of(cognitosync_client, pool) == {"Events": {}}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param(
            {},
            "1 validation error detected: Value null at 'events' failed to satisfy constraint: Member must not be null",
            id="left out",
        ),
        pytest.param(
            {"Events": None},
            "1 validation error detected: Value null at 'events' failed to satisfy constraint: Member must not be null",
            id="null",
        ),
        pytest.param(
            {"Events": {"SyncTrigger": None}},
            "1 validation error detected: Value null at 'events.SyncTrigger.member' failed to satisfy constraint: "
            "Member must not be null",
            id="a null function",
        ),
        pytest.param(
            {"Events": [FIRST]},
            "Start of list found where not expected.",
            id="a list",
        ),
        pytest.param(
            {"Events": {"SyncTrigger": 1}},
            "NUMBER_VALUE can not be converted to a String",
            id="a number",
        ),
    ],
)
def test_what_boto3_would_not_send(cognitosync, cognitosync_client, body, message):
    """Events are required, a map of strings; a refused call changes nothing. Source: events-2, wire-6, wire-7."""
    pool = cognitosync.new_pool()
    cognitosync_client.set_cognito_events(IdentityPoolId=pool, Events={"SyncTrigger": FIRST})
    answer = requests.post(address(pool), json=body, timeout=5)
    assert (answer.status_code, answer.json()) == (400, {"message": message})
    assert answer.headers["x-amzn-ErrorType"] == "InvalidParameterException:"
    assert events_of(cognitosync_client, pool) == {"Events": {"SyncTrigger": FIRST}}


def test_pools_have_their_own_events(cognitosync, cognitosync_client):
    """What is set for one pool is not set for another. Source: events-1."""
    first, second = cognitosync.new_pool(), cognitosync.new_pool()
    cognitosync_client.set_cognito_events(IdentityPoolId=first, Events={"SyncTrigger": FIRST})
    assert events_of(cognitosync_client, second) == {"Events": {}}
    cognitosync_client.set_cognito_events(IdentityPoolId=second, Events={"SyncTrigger": SECOND})
    assert events_of(cognitosync_client, first) == {"Events": {"SyncTrigger": FIRST}}


def test_a_pool_of_another_region(cognitosync):
    """Neither operation knows a pool of another region. Source: pools-1."""
    pool = cognitosync.new_pool()
    elsewhere = boto3.client("cognito-sync", region_name="eu-west-1")
    missing = ("ResourceNotFoundException", 404, f"IdentityPool '{pool}' not found.")
    assert refused(elsewhere.get_cognito_events, IdentityPoolId=pool) == missing
    assert refused(elsewhere.set_cognito_events, IdentityPoolId=pool, Events={"SyncTrigger": FIRST}) == missing


# The function in Lambda that the event names.


@pytest.fixture
def scores(cognitosync):
    """The parameters that name a dataset of a new identity in a new pool."""
    pool = cognitosync.new_pool()
    return {"IdentityPoolId": pool, "IdentityId": cognitosync.new_identity(pool), "DatasetName": "scores"}


@pytest.fixture
def functions(cognitosync):
    """A client of Lambda."""
    return boto3.client("lambda", region_name=cognitosync.region_name)


@pytest.fixture
def function(cognitosync_client, functions, scores):
    """The ARN of a function that the pool of *scores* calls, as yet without permission."""
    role = boto3.client("iam").create_role(RoleName="sync", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    arn = functions.create_function(
        FunctionName="sync", Role=role, Runtime="python3.13", Handler="sync.handle", Code={"ZipFile": b"zip"}
    )["FunctionArn"]
    pool = scores["IdentityPoolId"]
    cognitosync_client.set_cognito_events(IdentityPoolId=pool, Events={"SyncTrigger": arn})
    return arn


def arn_of(scores):
    """The ARN of a pool."""
    return f"arn:aws:cognito-sync:us-east-1:123456789012:identitypool/{scores['IdentityPoolId']}"


def permit(functions, scores, **others):
    """Permit Cognito Sync to call the function for the pool of *scores*; None takes a condition out."""
    permission = {
        "FunctionName": "sync",
        "StatementId": "sync",
        "Action": "lambda:InvokeFunction",
        "Principal": "cognito-sync.amazonaws.com",
        "SourceArn": arn_of(scores),
        "SourceAccount": "123456789012",
        **others,
    }
    functions.add_permission(**{name: value for name, value in permission.items() if value is not None})


def push(client, scores, value="10", token=None):
    """Write one record; the answer's keys and values."""
    token = token or client.list_records(**scores)["SyncSessionToken"]
    patch = {"Op": "replace", "Key": "high", "Value": value, "SyncCount": 0}
    answer = client.update_records(**scores, SyncSessionToken=token, RecordPatches=[patch])
    return {record["Key"]: record["Value"] for record in answer["Records"]}


def refused_push(sync, client, scores):
    """How an update is refused; it must make no dataset and leave its token good."""
    token = client.list_records(**scores)["SyncSessionToken"]
    refusal = refused(push, client=client, scores=scores, token=token)
    assert sync.dataset(*scores.values()).exists is False
    client.set_cognito_events(IdentityPoolId=scores["IdentityPoolId"], Events={"SyncTrigger": ""})
    assert push(client, scores, token=token) == {"high": "10"}
    return refusal


def say(*results):
    """Have moto's simple Lambda answer with *results*."""
    url = "http://motoapi.amazonaws.com/moto-api/static/lambda-simple/response"
    assert requests.post(url, json={"results": results}, timeout=5).status_code == 201


def event_of(scores, **others):
    """What a function that changes the score may answer."""
    return {
        "version": 2,
        "eventType": "SyncTrigger",
        "region": "us-east-1",
        **{name[0].lower() + name[1:]: value for name, value in scores.items()},
        "datasetRecords": {"high": {"newValue": "20", "op": "replace"}},
        **others,
    }


@simple_lambda
@pytest.mark.usefixtures("function")
def test_the_function_in_lambda_runs(cognitosync_client, functions, scores):
    """What the function says is written; that it echoes leaves all as it was. Source: trigger-1, trigger-3."""
    permit(functions, scores)
    assert push(cognitosync_client, scores) == {"high": "10"}
    cognitosync_client.delete_dataset(**scores)
    say(json.dumps(event_of(scores)))
    assert push(cognitosync_client, scores) == {"high": "20"}


@simple_lambda
@pytest.mark.usefixtures("function")
def test_the_callable_stands_in_place_of_the_function(cognitosync, cognitosync_client, functions, scores):
    """A callable given to the handle runs instead of the function, until it is taken away. Source: trigger-1."""
    permit(functions, scores)
    say(json.dumps(event_of(scores)))
    cognitosync.set_trigger(scores["IdentityPoolId"], lambda event: event)
    assert push(cognitosync_client, scores) == {"high": "10"}
    cognitosync_client.delete_dataset(**scores)
    cognitosync.set_trigger(scores["IdentityPoolId"], None)
    assert push(cognitosync_client, scores) == {"high": "20"}


ANSWERS = {
    "nothing": lambda scores: "",
    "text": lambda scores: "Simple Lambda happy path OK",
    "null": lambda scores: "null",
    "list": lambda scores: "[]",
    "JSON in JSON": lambda scores: json.dumps(json.dumps(event_of(scores))),
    "half": lambda scores: json.dumps(event_of(scores))[:-1],
    "two": lambda scores: json.dumps(event_of(scores)) * 2,
    "NaN": lambda scores: json.dumps(event_of(scores, extra=float("nan"))),
    "error": lambda scores: json.dumps({"errorMessage": "no", "errorType": "ValueError"}),
    "read-only": lambda scores: json.dumps(event_of(scores, identityId="other")),
}


@simple_lambda
@pytest.mark.usefixtures("function")
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_answers_that_are_no_event(cognitosync, cognitosync_client, functions, scores, answer):
    """What is not JSON or not such an event refuses the update. Source: trigger-5."""
    permit(functions, scores)
    say(answer(scores))
    assert refused_push(cognitosync, cognitosync_client, scores) == FAILED


@pytest.mark.usefixtures("function")
@pytest.mark.parametrize("fails", [False, True])
def test_a_function_in_docker(cognitosync, cognitosync_client, functions, scores, monkeypatch, fails):
    """An error that Lambda reports refuses the update, whatever the answer. Source: trigger-1, trigger-5."""
    permit(functions, scores)
    asked = []

    def run(self, event=None):
        asked.append((self.function_name, event["datasetRecords"]))
        return json.dumps(event), fails, "log"

    monkeypatch.setattr("moto.awslambda.models.LambdaFunction._invoke_lambda", run)
    if fails:
        assert refused_push(cognitosync, cognitosync_client, scores) == FAILED
    else:
        assert push(cognitosync_client, scores) == {"high": "10"}
    assert asked == [("sync", {"high": {"newValue": "10", "op": "replace"}})]


def test_the_version_that_the_arn_names(cognitosync_client, functions, function, scores, monkeypatch):
    """An ARN with a version or alias runs that version. Source: trigger-1."""
    permit(functions, scores)
    functions.publish_version(FunctionName="sync")
    functions.create_alias(FunctionName="sync", Name="live", FunctionVersion="1")
    ran = []

    def run(self, event=None):
        ran.append(str(self.version))
        return json.dumps(event), False, "log"

    monkeypatch.setattr("moto.awslambda.models.LambdaFunction._invoke_lambda", run)
    for qualifier in ("", ":$LATEST", ":1", ":live"):
        events = {"SyncTrigger": f"{function}{qualifier}"}
        cognitosync_client.set_cognito_events(IdentityPoolId=scores["IdentityPoolId"], Events=events)
        push(cognitosync_client, scores | {"DatasetName": f"scores{len(ran)}"})
    assert ran == ["$LATEST", "$LATEST", "1", "1"]


@simple_lambda
@pytest.mark.usefixtures("function")
def test_throttled(cognitosync, cognitosync_client, functions, scores):
    """A function with reserved concurrency 0 is throttled. Source: trigger-6."""
    permit(functions, scores)
    functions.put_function_concurrency(FunctionName="sync", ReservedConcurrentExecutions=0)
    refusal = refused_push(cognitosync, cognitosync_client, scores)
    assert refusal == ("LambdaThrottledException", 429, "The Lambda function was throttled.")


@simple_lambda
@pytest.mark.usefixtures("function")
def test_not_throttled(cognitosync_client, functions, scores):
    """Any other concurrency does not matter. Source: trigger-6."""
    permit(functions, scores)
    functions.put_function_concurrency(FunctionName="sync", ReservedConcurrentExecutions=1)
    assert push(cognitosync_client, scores) == {"high": "10"}


@simple_lambda
@pytest.mark.usefixtures("function")
@pytest.mark.parametrize(
    "others",
    [
        pytest.param({}, id="as documented"),
        pytest.param({"SourceAccount": None}, id="any account"),
        pytest.param({"SourceArn": None}, id="any pool of the account"),
        pytest.param({"SourceArn": None, "SourceAccount": None}, id="any pool"),
        pytest.param({"SourceArn": "arn:aws:cognito-sync:*:123456789012:identitypool/*"}, id="wildcard"),
        pytest.param({"Action": "lambda:*"}, id="any action"),
    ],
)
def test_permissions(cognitosync_client, functions, scores, others):
    """One statement that permits the service for the pool is enough. Source: trigger-7."""
    permit(functions, scores, StatementId="first", Principal="sns.amazonaws.com")
    permit(functions, scores, **others)
    say(json.dumps(event_of(scores)))
    assert push(cognitosync_client, scores) == {"high": "20"}


@simple_lambda
@pytest.mark.usefixtures("function")
@pytest.mark.parametrize(
    "others",
    [
        pytest.param(None, id="none"),
        pytest.param({"Principal": "cognito-idp.amazonaws.com"}, id="another service"),
        pytest.param({"Principal": "123456789012"}, id="the account"),
        pytest.param({"Principal": "arn:aws:iam::123456789012:root"}, id="its root"),
        pytest.param({"SourceArn": ANOTHER_POOL}, id="another pool"),
        pytest.param({"SourceArn": f"{ANOTHER_POOL[:-1]}*"}, id="other pools"),
        pytest.param({"SourceArn": "arn:aws:cognito-sync:eu-west-1:*:identitypool/*"}, id="another region"),
        pytest.param({"SourceArn": "arn:aws:cognito-sync:us-east-1:123456789012:identitypool/"}, id="half an ARN"),
        pytest.param({"SourceAccount": "210987654321"}, id="another account"),
        pytest.param({"SourceArn": None, "SourceAccount": "210987654321"}, id="any pool of another account"),
        pytest.param({"Action": "lambda:GetFunction"}, id="another action"),
    ],
)
def test_missing_permissions(cognitosync, cognitosync_client, functions, scores, others):
    """Without permission for the service and the pool the update is refused. Source: trigger-7."""
    if others is not None:
        permit(functions, scores, **others)
    assert refused_push(cognitosync, cognitosync_client, scores) == FAILED


@simple_lambda
def test_a_permission_that_is_taken_away(cognitosync, cognitosync_client, functions, function, scores):
    """Permissions count as they are when the update comes. Source: trigger-7."""
    permit(functions, scores)
    assert push(cognitosync_client, scores | {"DatasetName": "before"}) == {"high": "10"}
    functions.remove_permission(FunctionName=function, StatementId="sync")
    assert refused_push(cognitosync, cognitosync_client, scores) == FAILED


@simple_lambda
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda arn: f"{arn}2", id="another name"),
        pytest.param(lambda arn: f"{arn}:7", id="another version"),
        pytest.param(lambda arn: f"{arn}:live", id="no such alias"),
        pytest.param(lambda arn: arn.replace("us-east-1", "eu-west-1"), id="another region"),
        pytest.param(lambda arn: arn.replace("123456789012", "210987654321"), id="another account"),
        pytest.param(lambda arn: "nonsense", id="nonsense"),
    ],
)
def test_a_function_that_does_not_exist(cognitosync, cognitosync_client, functions, function, scores, change):
    """The ARN may name what there is not; the update is refused when it comes. Source: events-1, trigger-7."""
    permit(functions, scores)
    events = {"SyncTrigger": change(function)}
    cognitosync_client.set_cognito_events(IdentityPoolId=scores["IdentityPoolId"], Events=events)
    assert events_of(cognitosync_client, scores["IdentityPoolId"]) == {"Events": events}
    assert refused_push(cognitosync, cognitosync_client, scores) == FAILED


@simple_lambda
def test_a_function_that_was_deleted(cognitosync, cognitosync_client, functions, function, scores):
    """A function that is gone refuses updates from then on. Source: trigger-7."""
    permit(functions, scores)
    functions.delete_function(FunctionName=function)
    assert refused_push(cognitosync, cognitosync_client, scores) == FAILED
