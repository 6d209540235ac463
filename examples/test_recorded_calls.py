"""Recorded calls: their number, parameters and outcome."""


def load_settings(client, pool, identity, known):
    """List only the datasets that are not known yet."""
    for name in ("profile", "keys"):
        if name not in known:
            listing = client.list_records(IdentityPoolId=pool, IdentityId=identity, DatasetName=name)
            known[name] = {record["Key"]: record["Value"] for record in listing["Records"]}
    return known


def test_known_settings_are_not_listed_again(cognitosync, cognitosync_client):
    pool = cognitosync.new_pool()
    identity = cognitosync.new_identity(pool)

    load_settings(cognitosync_client, pool, identity, {"profile": {"theme": "dark"}})

    cognitosync.calls.assert_called_once_with("ListRecords", DatasetName="keys")
    cognitosync.calls.assert_not_called("ListRecords", DatasetName="profile")
    (call,) = cognitosync.calls
    assert (call.parameters["IdentityId"], call.succeeded, call.attempt) == (identity, True, 1)
