"""A sync trigger that corrects values and refuses updates: the handler of a Lambda function, called directly."""

import pytest


def limit_scores(event, context):
    """Limit scores to 1,000, and refuse a value that is not a number."""
    for record in event["datasetRecords"].values():
        if record["newValue"] is not None:
            record["newValue"] = str(min(int(record["newValue"]), 1000))
    return event


@pytest.fixture
def push(cognitosync, cognitosync_client):
    user = cognitosync.new_user()
    scores = user.parameters("scores")
    cognitosync.set_trigger(user.identity_pool_id, limit_scores)

    def push(value):
        token = cognitosync_client.list_records(**scores)["SyncSessionToken"]
        patch = {"Op": "replace", "Key": "high_score", "Value": value, "SyncCount": 0}
        answer = cognitosync_client.update_records(**scores, SyncSessionToken=token, RecordPatches=[patch])
        return answer["Records"][0]["Value"]

    return push


def test_the_response_contains_the_value_that_the_trigger_wrote(push):
    assert push("12000") == "1000"


def test_an_exception_in_the_trigger_refuses_the_update(push, cognitosync_client):
    with pytest.raises(cognitosync_client.exceptions.InvalidLambdaFunctionOutputException):
        push("a lot")
