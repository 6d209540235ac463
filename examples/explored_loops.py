"""
Five loops that write a setting with Cognito Sync, explored: ``python examples/explored_loops.py`` prints a table.

Three of them follow published patterns. They are written here, in Python, from what the sources do:

- ``dataset_count``: https://github.com/DanteInc/js-cloud-native-cookbook, ``ch2/materialized-view-cognito/handler.js``
- ``count_plus_one``: https://github.com/awstut-an-r/awstut-dva, ``03/001/browser.js``
- ``official_client``: https://github.com/amazon-archives/amazon-cognito-android, ``DefaultDataset.java``
"""

from functools import partial

import boto3
from test_retry_loop import increment

from mock_cognitosync import explore


def patch(value, sync_count):
    return {"Op": "replace", "Key": "theme", "Value": value, "SyncCount": sync_count}


def theme_in(listing):
    return next((record for record in listing["Records"] if record["Key"] == "theme"), None)


class Naive:
    """Lists, writes with the count of the record, and hopes."""

    def __init__(self, client, names):
        self.client, self.names = client, names

    def set(self, value):
        listing = self.client.list_records(**self.names)
        token, change = listing["SyncSessionToken"], patch(value, self.count(listing))
        self.client.update_records(**self.names, SyncSessionToken=token, RecordPatches=[change])
        return value

    def count(self, listing):
        record = theme_in(listing)
        return record["SyncCount"] if record else 0


class DatasetCount(Naive):
    """Sends the count of the dataset instead of that of the record."""

    def count(self, listing):
        return listing["DatasetSyncCount"]


class CountPlusOne(Naive):
    """Sends the count that the record is to have."""

    def count(self, listing):
        record = theme_in(listing)
        return record["SyncCount"] + 1 if record else 0


class RetryLoop(Naive):
    """The loop of test_retry_loop.py, which counts instead of setting."""

    def set(self, value):
        return increment(self.client, self.names, "theme")


class OfficialClient(Naive):
    """Keeps a copy, lists what is new, and starts again after a conflict, up to three times."""

    def __init__(self, client, names):
        super().__init__(client, names)
        self.last_sync_count, self.known_count = 0, 0

    def set(self, value):
        for _ in range(3):
            token = self.pull()
            change = patch(value, self.known_count)
            try:
                answer = self.client.update_records(**self.names, SyncSessionToken=token, RecordPatches=[change])
            except self.client.exceptions.ResourceConflictException:
                self.last_sync_count = min(self.last_sync_count, self.known_count)
                continue
            self.push_succeeded(answer["Records"])
            return value
        raise TimeoutError("too many conflicts")

    def pull(self):
        listing = self.client.list_records(**self.names, LastSyncCount=self.last_sync_count)
        for merged in listing.get("MergedDatasetNames", ()):
            self.client.delete_dataset(**{**self.names, "DatasetName": merged})
        if (self.last_sync_count and not listing["DatasetExists"]) or listing["DatasetDeletedAfterRequestedSyncCount"]:
            # The app keeps its records, so they are new at the service.
            self.known_count = 0
        record = theme_in(listing)
        self.known_count = record["SyncCount"] if record else self.known_count
        self.last_sync_count = listing["DatasetSyncCount"]
        return listing["SyncSessionToken"]

    def push_succeeded(self, records):
        self.known_count = max(record["SyncCount"] for record in records)
        if self.known_count == self.last_sync_count + 1:
            self.last_sync_count = self.known_count


LOOPS = {
    "naive": Naive,
    "retry_loop": RetryLoop,
    "dataset_count": DatasetCount,
    "count_plus_one": CountPlusOne,
    "official_client": OfficialClient,
}


def write_two_settings(loop, sync):
    """The scenario: the value that the loop reports as its last write is stored."""
    user = sync.new_user()
    app = loop(boto3.client("cognito-sync"), user.parameters("settings"))
    for value in ("1", "2"):
        written = app.set(value)
    assert user.records("settings")["theme"] == written


def verdict(exploration, disturbance):
    """One cell of the table: the outcomes of a disturbance at all calls."""
    cells = [cell for cell in exploration.cells if cell.id.endswith(f"/{disturbance}")]
    found = {
        "**breaks**": any(cell.outcome == "failed" for cell in cells),
        "**overwrites**": any("unseen" in cell.detail for cell in cells),
    }
    return ", ".join(word for word, is_true in found.items() if is_true) or "survives"


def table():
    explorations = [explore(partial(write_two_settings, loop), region_name="us-east-1") for loop in LOOPS.values()]
    lines = [f"| | {' | '.join(f'`{name}`' for name in LOOPS)} |", f"|---|{'---|' * len(LOOPS)}"]
    for name, title in explorations[0].disturbances:
        lines.append(f"| {title} | {' | '.join(verdict(exploration, name) for exploration in explorations)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
