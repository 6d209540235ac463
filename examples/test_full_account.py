"""A user reaches a limit; smaller limits keep the test short."""

import pytest


def test_a_third_dataset_is_refused(cognitosync, cognitosync_client):
    cognitosync.set_limits(datasets_per_identity=2)
    user = cognitosync.new_user()
    phone = user.device()
    phone.put("profile", {"theme": "dark"})
    phone.put("cart", {"apple": "2"})

    notes = user.parameters("notes")
    token = cognitosync_client.list_records(**notes)["SyncSessionToken"]
    patch = {"Op": "replace", "Key": "monday", "Value": "swim", "SyncCount": 0}
    with pytest.raises(cognitosync_client.exceptions.LimitExceededException):
        cognitosync_client.update_records(**notes, SyncSessionToken=token, RecordPatches=[patch])

    assert cognitosync.calls[-1].hint == "the identity has 2 of 2 datasets: cart, profile"
