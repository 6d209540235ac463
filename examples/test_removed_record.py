"""A record that another device removed is listed as a tombstone: a record without a Value."""


def test_a_removed_record_is_listed_without_a_value(cognitosync, cognitosync_client):
    pool = cognitosync.new_pool()
    identity = cognitosync.new_identity(pool)
    profile = {"IdentityPoolId": pool, "IdentityId": identity, "DatasetName": "profile"}
    phone = cognitosync.device(pool, identity)
    phone.put("profile", {"theme": "dark", "language": "cy"})
    last_sync_count = cognitosync_client.list_records(**profile)["DatasetSyncCount"]

    phone.remove("profile", "theme")

    changed = cognitosync_client.list_records(**profile, LastSyncCount=last_sync_count)["Records"]
    assert [(record["Key"], record.get("Value")) for record in changed] == [("theme", None)]
    assert cognitosync.records(pool, identity, "profile") == {"language": "cy"}
