"""A record that another device removed is listed as a tombstone: a record without a Value."""


def test_a_removed_record_is_listed_without_a_value(cognitosync, cognitosync_client):
    user = cognitosync.new_user()
    profile, phone = user.parameters("profile"), user.device()
    phone.put("profile", {"theme": "dark", "language": "cy"})
    last_sync_count = cognitosync_client.list_records(**profile)["DatasetSyncCount"]

    phone.remove("profile", "theme")

    changed = cognitosync_client.list_records(**profile, LastSyncCount=last_sync_count)["Records"]
    assert [(record["Key"], record.get("Value")) for record in changed] == [("theme", None)]
    assert user.records("profile") == {"language": "cy"}
