"""A guest signs in as a user who already has data: the identities are merged, and the app merges their datasets."""


def merge_guests(client, dataset):
    """As an app would, copy the records that *dataset* lacks from the merged datasets, and delete these."""
    listing = client.list_records(**dataset)
    known = {record["Key"] for record in listing["Records"]}
    for name in listing.get("MergedDatasetNames", []):
        merged = {**dataset, "DatasetName": name}
        patches = [
            {"Op": "replace", "Key": record["Key"], "Value": record["Value"], "SyncCount": 0}
            for record in client.list_records(**merged)["Records"]
            if record["Key"] not in known
        ]
        client.update_records(**dataset, SyncSessionToken=listing["SyncSessionToken"], RecordPatches=patches)
        client.delete_dataset(**merged)


def test_the_records_of_the_guest_are_kept(cognitosync, cognitosync_client):
    guest, user = cognitosync.new_user(), cognitosync.new_user()
    guest.device().put("cart", {"apple": "2", "pear": "1"})
    user.device().put("cart", {"apple": "7"})

    cognitosync.merge_identities(guest, into=user)
    cart = user.parameters("cart")
    assert cognitosync_client.list_records(**cart)["MergedDatasetNames"] == [f"cart.{guest.identity_id}"]
    merge_guests(cognitosync_client, cart)

    assert user.records("cart") == {"apple": "7", "pear": "1"}
    assert "MergedDatasetNames" not in cognitosync_client.list_records(**cart)
