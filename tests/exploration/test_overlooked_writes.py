"""A write of another device that the code under test overwrites without having seen it."""

from __future__ import annotations

import boto3
from loops import patch

from mock_cognitosync import explore

CELL = "UpdateRecords#2/same-key"


def one_ahead(sync):
    """Send the count that the record is to have, which the service accepts even if another device was faster."""
    user, client = sync.new_user(), boto3.client("cognito-sync")
    names = user.parameters("profile")
    for value in ("dark", "light"):
        listing = client.list_records(**names)
        count = sum(record["SyncCount"] + 1 for record in listing["Records"])
        changes = [patch("theme", value, count)]
        client.update_records(**names, SyncSessionToken=listing["SyncSessionToken"], RecordPatches=changes)


def test_a_write_that_was_overwritten_unseen_is_reported():
    """Calls and stored records are the same, but the other device has lost its write."""
    cell = explore(one_ahead, region_name="us-east-1").cell(CELL)
    assert (cell.outcome, cell.detail) == ("differs", "the other device's write was overwritten unseen")


def test_a_call_that_never_came_back_overlooks_nothing():
    """The second of two disturbances meets no call."""

    def listing(sync):
        boto3.client("cognito-sync").list_records(**sync.new_user().parameters("profile"))

    pairs = explore(listing, depth=2, region_name="us-east-1").pairs
    assert {cell.outcome for cell in pairs} == {"passed"}
