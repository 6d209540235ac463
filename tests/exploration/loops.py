"""Scenarios that the tests explore."""

from __future__ import annotations

import boto3


def patch(key, value, sync_count):
    return {"Op": "replace", "Key": key, "Value": value, "SyncCount": sync_count}


def write(client, names, key, value):
    """List and write, with the sync count of the record."""
    listing = client.list_records(**names)
    counts = {record["Key"]: record["SyncCount"] for record in listing["Records"]}
    token = listing["SyncSessionToken"]
    client.update_records(**names, SyncSessionToken=token, RecordPatches=[patch(key, value, counts.get(key, 0))])


def naive(sync):
    """Write a record once, without any care."""
    user = sync.new_user()
    write(boto3.client("cognito-sync"), user.parameters("profile"), "theme", "dark")
    assert user.records("profile")["theme"] == "dark"


def careful(sync):
    """Write a record twice, and start again after whatever goes wrong."""
    user = sync.new_user()
    client = boto3.client("cognito-sync")
    for value in ("dark", "light"):
        until_it_works(lambda value=value: write(client, user.parameters("profile"), "theme", value))
    assert user.records("profile")["theme"] == "light"


def until_it_works(function, rounds=4):
    for last in [False] * rounds + [True]:
        try:
            return function()
        except Exception:
            if last:
                raise
    raise AssertionError
