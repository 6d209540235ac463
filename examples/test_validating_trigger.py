"""A sync trigger that mends and refuses: first as a Python callable, then as it would stand in Lambda."""

import pytest


def keep_scores_sane(event):
    """Cap a score at 1,000 and refuse what is no number."""
    for record in event["datasetRecords"].values():
        if record["newValue"] is not None:
            record["newValue"] = str(min(int(record["newValue"]), 1000))
    return event


@pytest.fixture
def push(cognitosync, cognitosync_client):
    pool = cognitosync.new_pool()
    scores = {"IdentityPoolId": pool, "IdentityId": cognitosync.new_identity(pool), "DatasetName": "scores"}
    cognitosync.set_trigger(pool, keep_scores_sane)

    def push(value):
        token = cognitosync_client.list_records(**scores)["SyncSessionToken"]
        patch = {"Op": "replace", "Key": "high_score", "Value": value, "SyncCount": 0}
        answer = cognitosync_client.update_records(**scores, SyncSessionToken=token, RecordPatches=[patch])
        return answer["Records"][0]["Value"]

    return push


def test_the_answer_carries_what_the_trigger_made_of_it(push):
    assert push("12000") == "1000"


def test_a_trigger_that_raises_refuses_the_update(push, cognitosync_client):
    with pytest.raises(cognitosync_client.exceptions.InvalidLambdaFunctionOutputException):
        push("a lot")
