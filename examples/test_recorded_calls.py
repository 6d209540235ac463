"""Recorded calls: their number, parameters and outcome."""


def load_settings(client, identity, known):
    """List only the datasets that are not known yet."""
    for name in ("profile", "keys"):
        if name not in known:
            listing = client.list_records(**identity, DatasetName=name)
            known[name] = {record["Key"]: record["Value"] for record in listing["Records"]}
    return known


def test_known_settings_are_not_listed_again(cognitosync, cognitosync_client):
    user = cognitosync.new_user()

    load_settings(cognitosync_client, user.parameters(), {"profile": {"theme": "dark"}})

    cognitosync.calls.assert_called_once_with("ListRecords", DatasetName="keys")
    cognitosync.calls.assert_not_called("ListRecords", DatasetName="profile")
    (call,) = cognitosync.calls
    assert (call.parameters["IdentityId"], call.succeeded, call.attempt) == (user.identity_id, True, 1)
