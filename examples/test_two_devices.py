"""Two devices write one record: the device that is refused lists again, merges the values, and succeeds."""


def push(client, dataset, key, merge):
    """Write ``merge(value or None)`` under *key*; after a conflict, list again and merge with the current value."""
    for _ in range(3):
        listing = client.list_records(**dataset)
        found = {record["Key"]: record for record in listing["Records"]}.get(key, {"SyncCount": 0})
        patch = {"Op": "replace", "Key": key, "Value": merge(found.get("Value")), "SyncCount": found["SyncCount"]}
        try:
            client.update_records(**dataset, SyncSessionToken=listing["SyncSessionToken"], RecordPatches=[patch])
        except client.exceptions.ResourceConflictException:
            continue
        return patch["Value"]
    raise RuntimeError(f"{key} is written too often")


def test_the_merged_value_contains_the_changes_of_both_devices(cognitosync, cognitosync_client):
    user = cognitosync.new_user()
    tablet = user.device()
    tablet.put("cart", {"items": "apple"})
    offers = ["pear"]

    def add_plum(items):
        if offers:  # the tablet writes first, once
            tablet.put("cart", {"items": f"{items},{offers.pop()}"})
        return f"{items},plum"

    assert push(cognitosync_client, user.parameters("cart"), "items", add_plum) == "apple,pear,plum"
    assert user.records("cart") == {"items": "apple,pear,plum"}
