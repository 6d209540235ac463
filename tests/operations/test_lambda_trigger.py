"""The sync trigger as a function in Lambda: its permissions, its answers and its failures."""

from __future__ import annotations

import json

import boto3
import pytest
import requests
from driver import ACCOUNT, answer, replace

ANOTHER_POOL = f"arn:aws:cognito-sync:us-east-1:{ACCOUNT}:identitypool/us-east-1:00000000-0000-0000-0000-000000000000"
TEXT = "The Lambda function returned invalid output or an exception."
FAILED = ("InvalidLambdaFunctionOutputException", 400, TEXT)

simple_lambda = pytest.mark.cognitosync(config={"lambda": {"use_docker": False}})


@pytest.fixture
def scores(profile):
    """A driver for the dataset ``scores``; the dataset does not exist yet."""
    return profile.named("scores")


@pytest.fixture
def functions(cognitosync):
    """A client of Lambda."""
    return boto3.client("lambda", region_name=cognitosync.region_name)


@pytest.fixture
def function(client, functions, scores):
    """The ARN of a function that the pool of *scores* calls and that has no permission yet."""
    role = boto3.client("iam").create_role(RoleName="sync", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    arn = functions.create_function(
        FunctionName="sync", Role=role, Runtime="python3.13", Handler="sync.handle", Code={"ZipFile": b"zip"}
    )["FunctionArn"]
    client.set_cognito_events(**scores.pool, Events={"SyncTrigger": arn})
    return arn


def arn_of(scores):
    """The ARN of a pool."""
    return f"arn:aws:cognito-sync:us-east-1:{ACCOUNT}:identitypool/{scores.identity_pool_id}"


def permit(functions, scores, **others):
    """Permit Cognito Sync to call the function for the pool of *scores*; None omits a condition."""
    permission = {
        "FunctionName": "sync",
        "StatementId": "sync",
        "Action": "lambda:InvokeFunction",
        "Principal": "cognito-sync.amazonaws.com",
        "SourceArn": arn_of(scores),
        "SourceAccount": ACCOUNT,
        **others,
    }
    functions.add_permission(**{name: value for name, value in permission.items() if value is not None})


def written(scores, token=None):
    """The keys and values that an update writes with the trigger."""
    return {key: value for key, value, _ in scores.write(replace("high", "10"), token=token)}


def rejected_update(scores):
    """The refusal of an update that the trigger rejects. It must create no dataset and leave its token valid."""
    token = scores.token()
    refused = scores.refused_update(replace("high", "10"), token=token)
    assert scores.state().exists is False
    scores.client.set_cognito_events(**scores.pool, Events={"SyncTrigger": ""})
    assert written(scores, token) == {"high": "10"}
    return refused


def answer_with(*results):
    """Make moto's simple Lambda answer with *results*."""
    url = "http://motoapi.amazonaws.com/moto-api/static/lambda-simple/response"
    assert requests.post(url, json={"results": results}, timeout=5).status_code == 201


def event_of(scores, **others):
    """The answer of a function that changes the score."""
    return {
        "version": 2,
        "eventType": "SyncTrigger",
        "region": "us-east-1",
        "identityPoolId": scores.identity_pool_id,
        "identityId": scores.identity_id,
        "datasetName": scores.dataset_name,
        "datasetRecords": {"high": {"newValue": "20", "op": "replace"}},
        **others,
    }


@simple_lambda
@pytest.mark.usefixtures("function")
def test_the_answer_of_the_function_is_written(functions, scores):
    """The function's answer is written; an echo changes nothing. Source: trigger-1, trigger-3."""
    permit(functions, scores)
    assert written(scores) == {"high": "10"}
    scores.delete()
    answer_with(json.dumps(event_of(scores)))
    assert written(scores) == {"high": "20"}


@simple_lambda
@pytest.mark.usefixtures("function")
def test_a_callable_replaces_the_function(cognitosync, functions, scores):
    """A callable set with the handle runs instead of the function until it is removed. Source: trigger-1."""
    permit(functions, scores)
    answer_with(json.dumps(event_of(scores)))
    cognitosync.set_trigger(scores.identity_pool_id, lambda event: event)
    assert written(scores) == {"high": "10"}
    scores.delete()
    cognitosync.set_trigger(scores.identity_pool_id, None)
    assert written(scores) == {"high": "20"}


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
@pytest.mark.parametrize("result", ANSWERS.values(), ids=ANSWERS)
def test_an_invalid_answer_of_the_function_rejects_the_update(functions, scores, result):
    """An answer that is not JSON, or not a valid event, rejects the update. Source: trigger-5."""
    permit(functions, scores)
    answer_with(result(scores))
    assert rejected_update(scores) == FAILED


@pytest.mark.usefixtures("function")
@pytest.mark.parametrize("fails", [False, True])
def test_an_error_of_a_function_in_docker_rejects_the_update(functions, scores, monkeypatch, fails):
    """An error that Lambda reports rejects the update, whatever the answer. Source: trigger-1, trigger-5."""
    permit(functions, scores)
    asked = []

    def run(self, event=None):
        asked.append((self.function_name, event["datasetRecords"]))
        return json.dumps(event), fails, "log"

    monkeypatch.setattr("moto.awslambda.models.LambdaFunction._invoke_lambda", run)
    if fails:
        assert rejected_update(scores) == FAILED
    else:
        assert written(scores) == {"high": "10"}
    assert asked == [("sync", {"high": {"oldValue": None, "newValue": "10", "op": "replace"}})]


def test_the_version_or_alias_in_the_arn_runs(client, functions, function, scores, monkeypatch):
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
        client.set_cognito_events(**scores.pool, Events=events)
        scores.named(f"scores{len(ran)}").fill("a")
    assert ran == ["$LATEST", "$LATEST", "1", "1"]


@simple_lambda
@pytest.mark.usefixtures("function")
def test_a_function_without_concurrency_is_throttled(functions, scores):
    """A function with reserved concurrency 0 is throttled. Source: trigger-6."""
    permit(functions, scores)
    functions.put_function_concurrency(FunctionName="sync", ReservedConcurrentExecutions=0)
    assert rejected_update(scores) == ("LambdaThrottledException", 429, "The Lambda function was throttled.")


@simple_lambda
@pytest.mark.usefixtures("function")
def test_a_function_with_concurrency_is_not_throttled(functions, scores):
    """A function with any other reserved concurrency runs. Source: trigger-6."""
    permit(functions, scores)
    functions.put_function_concurrency(FunctionName="sync", ReservedConcurrentExecutions=1)
    assert written(scores) == {"high": "10"}


@simple_lambda
@pytest.mark.usefixtures("function")
@pytest.mark.parametrize(
    "others",
    [
        pytest.param({}, id="as documented"),
        pytest.param({"SourceAccount": None}, id="any account"),
        pytest.param({"SourceArn": None}, id="any pool of the account"),
        pytest.param({"SourceArn": None, "SourceAccount": None}, id="any pool"),
        pytest.param({"SourceArn": f"arn:aws:cognito-sync:*:{ACCOUNT}:identitypool/*"}, id="wildcard"),
        pytest.param({"Action": "lambda:*"}, id="any action"),
    ],
)
def test_one_permission_for_the_service_and_the_pool_is_enough(functions, scores, others):
    """One statement that permits the service for the pool is enough. Source: trigger-7."""
    permit(functions, scores, StatementId="first", Principal="sns.amazonaws.com")
    permit(functions, scores, **others)
    answer_with(json.dumps(event_of(scores)))
    assert written(scores) == {"high": "20"}


@simple_lambda
@pytest.mark.usefixtures("function")
@pytest.mark.parametrize(
    "others",
    [
        pytest.param(None, id="none"),
        pytest.param({"Principal": "cognito-idp.amazonaws.com"}, id="another service"),
        pytest.param({"Principal": ACCOUNT}, id="the account"),
        pytest.param({"Principal": f"arn:aws:iam::{ACCOUNT}:root"}, id="its root"),
        pytest.param({"SourceArn": ANOTHER_POOL}, id="another pool"),
        pytest.param({"SourceArn": f"{ANOTHER_POOL[:-1]}*"}, id="other pools"),
        pytest.param({"SourceArn": "arn:aws:cognito-sync:eu-west-1:*:identitypool/*"}, id="another region"),
        pytest.param({"SourceArn": f"arn:aws:cognito-sync:us-east-1:{ACCOUNT}:identitypool/"}, id="half an ARN"),
        pytest.param({"SourceAccount": "210987654321"}, id="another account"),
        pytest.param({"SourceArn": None, "SourceAccount": "210987654321"}, id="any pool of another account"),
        pytest.param({"Action": "lambda:GetFunction"}, id="another action"),
    ],
)
def test_a_function_without_permission_rejects_the_update(functions, scores, others):
    """Without a permission for the service and the pool the update is rejected. Source: trigger-7."""
    if others is not None:
        permit(functions, scores, **others)
    assert rejected_update(scores) == FAILED


@simple_lambda
def test_a_removed_permission_rejects_later_updates(functions, function, scores):
    """Permissions are checked at each update. Source: trigger-7."""
    permit(functions, scores)
    assert written(scores.named("before")) == {"high": "10"}
    functions.remove_permission(FunctionName=function, StatementId="sync")
    assert rejected_update(scores) == FAILED


@simple_lambda
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda arn: f"{arn}2", id="another name"),
        pytest.param(lambda arn: f"{arn}:7", id="another version"),
        pytest.param(lambda arn: f"{arn}:live", id="no such alias"),
        pytest.param(lambda arn: arn.replace("us-east-1", "eu-west-1"), id="another region"),
        pytest.param(lambda arn: arn.replace(ACCOUNT, "210987654321"), id="another account"),
        pytest.param(lambda arn: "nonsense", id="nonsense"),
    ],
)
def test_a_missing_function_rejects_the_update(client, functions, function, scores, change):
    """An ARN of a function that does not exist can be set; each update is rejected. Source: events-1, trigger-7."""
    permit(functions, scores)
    events = {"SyncTrigger": change(function)}
    client.set_cognito_events(**scores.pool, Events=events)
    assert answer(client.get_cognito_events(**scores.pool)) == {"Events": events}
    assert rejected_update(scores) == FAILED


@simple_lambda
def test_a_deleted_function_rejects_later_updates(functions, function, scores):
    """A deleted function rejects every later update. Source: trigger-7."""
    permit(functions, scores)
    functions.delete_function(FunctionName=function)
    assert rejected_update(scores) == FAILED
