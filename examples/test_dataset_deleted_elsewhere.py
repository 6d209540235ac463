"""A client that was offline learns that another device deleted a dataset, even if it was created again."""


def test_a_client_that_was_offline_learns_of_the_deletion(cognitosync, cognitosync_client):
    user = cognitosync.new_user()
    notes, phone = user.parameters("notes"), user.device()
    phone.put("notes", {"monday": "swim"})
    last_sync_count = cognitosync_client.list_records(**notes)["DatasetSyncCount"]

    phone.delete_dataset("notes")
    listing = cognitosync_client.list_records(**notes, LastSyncCount=last_sync_count)
    assert (listing["DatasetExists"], listing["DatasetDeletedAfterRequestedSyncCount"]) == (False, True)

    phone.put("notes", {"tuesday": "run"})
    listing = cognitosync_client.list_records(**notes, LastSyncCount=last_sync_count)
    assert (listing["DatasetExists"], listing["DatasetDeletedAfterRequestedSyncCount"]) == (True, True)
    assert [record["Key"] for record in listing["Records"]] == ["tuesday"]
