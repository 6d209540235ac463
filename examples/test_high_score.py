"""The high-score example from the API documentation: the record is at count 5, and a patch with count 4 is refused."""

import boto3
import pytest

from mock_cognitosync import mock_cognitosync


@mock_cognitosync(region_name="us-east-1")
def test_a_stale_patch_is_refused_until_the_records_are_listed_again():
    user = mock_cognitosync.current().new_user()
    scores, phone = user.parameters("scores"), user.device()
    for score in ("100", "200", "300", "400", "500"):
        phone.put("scores", {"high_score": score})

    client = boto3.client("cognito-sync")
    token = client.list_records(**scores)["SyncSessionToken"]
    patch = {"Op": "replace", "Key": "high_score", "Value": "600", "SyncCount": 4}
    with pytest.raises(client.exceptions.ResourceConflictException) as refusal:
        client.update_records(**scores, SyncSessionToken=token, RecordPatches=[patch])
    assert refusal.value.response["Error"]["Message"] == "Current SyncCount for: high_score is: 5 not: 4"

    listing = client.list_records(**scores)
    patch["SyncCount"] = listing["Records"][0]["SyncCount"]
    answer = client.update_records(**scores, SyncSessionToken=listing["SyncSessionToken"], RecordPatches=[patch])
    assert [(record["Value"], record["SyncCount"]) for record in answer["Records"]] == [("600", 6)]
