"""What must be true of the service, whatever phones do: the account of a witness of all calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

Patches = list[dict[str, Any]]


@dataclass
class KnownDataset:
    """
    What acknowledged writes, deletions and merges have made of a dataset.

    Attributes:
        last_count: the last count of the dataset, that of a deletion included.
        records: key to value (None if it is removed) and count.
        merged: the names of the datasets that merges added to it.
    """

    exists: bool = False
    last_count: int = 0
    records: dict[str, tuple[str | None, int]] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)

    @property
    def sync_count(self) -> int:
        """The count that the service reports."""
        return self.last_count if self.exists else 0

    @property
    def live(self) -> dict[str, str]:
        """Key to value of the records that are not removed."""
        return {key: value for key, (value, _) in sorted(self.records.items()) if value is not None}

    @property
    def size(self) -> tuple[int, int]:
        """The number of records, and that of the bytes of keys and values."""
        return len(self.live), sum(len(key.encode()) + len(value.encode()) for key, value in self.live.items())

    def changes(self, patches: Patches) -> dict[str, str | None]:
        """What *patches* change: a removal of a key that was never written changes nothing."""
        values = {patch["Key"]: patch.get("Value") for patch in patches}
        return {key: value for key, value in values.items() if value is not None or key in self.records}

    def write(self, changes: dict[str, str | None]) -> None:
        """Take note of an update."""
        if changes:
            self.exists = True
            self.last_count += 1
            self.records |= {key: (value, self.last_count) for key, value in changes.items()}

    def delete(self) -> None:
        """Take note of a deletion, which takes the next count."""
        self.exists = False
        self.last_count += 1
        self.records = {}


class Witness:
    """
    A client that compares each answer with what was acknowledged before.

    Attributes:
        datasets: what is known of each identity and dataset name.
        touched: the datasets that were written or deleted, with or without success, since the last look.
        answer_may_be_lost: whether a call that failed may have been carried out, because a fault says so.
    """

    def __init__(self, sync, client, before_deletion):
        self.sync = sync
        self.before_deletion = before_deletion
        self.client = client
        self.datasets: dict[tuple[str, str], KnownDataset] = {}
        self.touched: set[tuple[str, str]] = set()
        self.answer_may_be_lost = False
        self.interruptions: dict[str, Any] = {}

    def known(self, identity, name):
        return self.datasets.setdefault((identity, name), KnownDataset())

    def list_records(self, **parameters):
        self._interrupt("ListRecords")
        dataset = self.known(parameters["IdentityId"], parameters["DatasetName"])
        answer = self.client.list_records(**parameters)
        since = parameters.get("LastSyncCount", 0)
        listed = {record["Key"]: (record.get("Value"), record["SyncCount"]) for record in answer["Records"]}
        assert listed == {key: record for key, record in dataset.records.items() if record[1] > since}
        assert (answer["DatasetExists"], answer["DatasetSyncCount"]) == (dataset.exists, dataset.sync_count)
        return answer

    def update_records(self, **parameters):
        self._interrupt("UpdateRecords")
        dataset = self._written(parameters)
        patches = parameters["RecordPatches"]
        changes = dataset.changes(patches)
        try:
            answer = self.client.update_records(**parameters)
        except Exception:
            if changes and self._was_carried_out(parameters, exists=True, count=dataset.last_count + 1):
                dataset.write(changes)
            raise
        # The sender knew each record that it replaced.
        assert all(patch["SyncCount"] >= dataset.records.get(patch["Key"], (None, 0))[1] for patch in patches)
        dataset.write(changes)
        answered = {record["Key"]: (record.get("Value"), record["SyncCount"]) for record in answer["Records"]}
        assert answered == {key: (value, dataset.last_count) for key, value in changes.items()}
        return answer

    def delete_dataset(self, **parameters):
        self._interrupt("DeleteDataset")
        dataset = self._written(parameters)
        existed = dataset.exists
        try:
            answer = self.client.delete_dataset(**parameters)
        except ClientError as error:
            missing = error.response["Error"]["Code"] == "ResourceNotFoundException"
            assert not (missing and existed)
            self._settle_deletion(parameters, dataset)
            raise
        except Exception:
            self._settle_deletion(parameters, dataset)
            raise
        assert existed
        self.delete(parameters["IdentityId"], parameters["DatasetName"])
        return answer

    def delete(self, identity, name):
        """Take note of a deletion."""
        self.before_deletion(identity, name)
        self.known(identity, name).delete()
        self.touched.add((identity, name))

    def merge(self, guest, member):
        """Take note of a merge: each dataset of *guest* arrives at count 1, its live records with their counts."""
        for (identity, name), dataset in list(self.datasets.items()):
            if identity == guest:
                del self.datasets[identity, name]
                if dataset.exists:
                    arrived = self.known(member, f"{name}.{guest}")
                    arrived.exists, arrived.last_count = True, 1
                    arrived.records = {key: dataset.records[key] for key in dataset.live}
                    self.known(member, name).merged.append(f"{name}.{guest}")
        self.touched |= {key for key in self.datasets if key[0] == member}

    def _interrupt(self, operation):
        interruption = self.interruptions.pop(operation, None)
        if interruption:
            interruption()

    def _written(self, parameters):
        key = (parameters["IdentityId"], parameters["DatasetName"])
        self.touched.add(key)
        return self.known(*key)

    def _settle_deletion(self, parameters, dataset):
        if dataset.exists and self._was_carried_out(parameters, exists=False, count=0):
            self.delete(parameters["IdentityId"], parameters["DatasetName"])

    def _was_carried_out(self, parameters, *, exists, count):
        """Whether a call whose answer is lost had an effect. A call that was refused may have none."""
        if not self.answer_may_be_lost:
            return False
        names = (parameters["IdentityPoolId"], parameters["IdentityId"], parameters["DatasetName"])
        state = self.sync.dataset(*names)
        return (state.exists, state.sync_count) == (exists, count)
