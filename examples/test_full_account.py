"""A user reaches a limit; smaller limits keep the test short."""

import pytest


def test_a_third_dataset_is_refused(cognitosync, cognitosync_client):
    cognitosync.set_limits(datasets_per_identity=2)
    pool = cognitosync.new_pool()
    identity = cognitosync.new_identity(pool)
    phone = cognitosync.device(pool, identity)
    phone.put("profile", {"theme": "dark"})
    phone.put("cart", {"apple": "2"})

    notes = {"IdentityPoolId": pool, "IdentityId": identity, "DatasetName": "notes"}
    token = cognitosync_client.list_records(**notes)["SyncSessionToken"]
    patch = {"Op": "replace", "Key": "monday", "Value": "swim", "SyncCount": 0}
    with pytest.raises(cognitosync_client.exceptions.LimitExceededException):
        cognitosync_client.update_records(**notes, SyncSessionToken=token, RecordPatches=[patch])

    assert cognitosync.calls[-1].hint == "the identity has 2 of 2 datasets: cart, profile"
