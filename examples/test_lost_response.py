"""The response of an update is lost: the update was written, so the app must list again before it writes again."""

import pytest
from botocore.exceptions import ConnectionClosedError


def test_the_update_is_written_although_its_response_is_lost(cognitosync, cognitosync_client):
    user = cognitosync.new_user()
    profile = user.parameters("profile")
    patch = {"Op": "replace", "Key": "theme", "Value": "dark", "SyncCount": 0}
    update = {**profile, "SyncSessionToken": cognitosync_client.list_records(**profile)["SyncSessionToken"]}
    cognitosync.drop_connection("UpdateRecords", after_write=True, calls=1)

    with pytest.raises(ConnectionClosedError):
        cognitosync_client.update_records(**update, RecordPatches=[patch])
    assert user.records("profile") == {"theme": "dark"}

    # The same request again is refused, because its token is consumed.
    with pytest.raises(cognitosync_client.exceptions.InvalidParameterException):
        cognitosync_client.update_records(**update, RecordPatches=[patch])
    # With a new token but the old count, it conflicts with itself.
    update["SyncSessionToken"] = cognitosync_client.list_records(**profile)["SyncSessionToken"]
    with pytest.raises(cognitosync_client.exceptions.ResourceConflictException):
        cognitosync_client.update_records(**update, RecordPatches=[patch])

    hints = [call.hint for call in cognitosync.calls if call.hint]
    assert hints[0].startswith("the SyncSessionToken was consumed by an earlier UpdateRecords")
