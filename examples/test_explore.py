"""A shopping list that must not lose a line: explore() finds the moments for which nobody would write a test."""

import boto3
import pytest
from botocore.exceptions import BotoCoreError, ClientError

from mock_cognitosync import explore


def add_carelessly(client, names, item, amount):
    """Write the line, with the count that the listing has."""
    listing = client.list_records(**names)
    counts = {record["Key"]: record["SyncCount"] for record in listing["Records"]}
    patch = {"Op": "replace", "Key": item, "Value": amount, "SyncCount": counts.get(item, 0)}
    client.update_records(**names, SyncSessionToken=listing["SyncSessionToken"], RecordPatches=[patch])


def add(client, names, item, amount):
    """The same, but list again after each failure: the line may be there already, and the token is used or too old."""
    for _ in range(2):
        try:
            return add_carelessly(client, names, item, amount)
        except (BotoCoreError, ClientError):
            continue
    return add_carelessly(client, names, item, amount)


def shopping(add):
    """A scenario: what must be true, whatever other devices and the network do."""

    def scenario(sync):
        user, client = sync.new_user(), boto3.client("cognito-sync")
        names = user.parameters("shopping")
        add(client, names, "milk", "1")
        add(client, names, "milk", "2")
        assert user.records("shopping")["milk"] == "2"

    return scenario


def test_the_careless_function_breaks():
    exploration = explore(shopping(add_carelessly), region_name="us-east-1")

    assert {cell.id for cell in exploration.of("failed") if cell.id.startswith("UpdateRecords#2/")} == {
        "UpdateRecords#2/same-key",
        "UpdateRecords#2/recreated",
        "UpdateRecords#2/token-expired",
        "UpdateRecords#2/throttled",
        "UpdateRecords#2/server-error",
        "UpdateRecords#2/connection-dropped",
        "UpdateRecords#2/answer-lost-once",
        "UpdateRecords#2/answer-lost",
        "UpdateRecords#2/timed-out",
    }


def test_one_failure_is_looked_at_again():
    exploration = explore(shopping(add_carelessly), max_runs=0, region_name="us-east-1")

    # Under `pytest --pdb`, the debugger stops where the exception was raised.
    with pytest.raises(ClientError, match="Current SyncCount for: milk is: 2 not: 1"):
        exploration.replay("UpdateRecords#2/same-key")


def test_the_careful_function_survives_all_but_a_full_dataset():
    explore(shopping(add), region_name="us-east-1").assert_passed(allow={"*/limits-reached"})
