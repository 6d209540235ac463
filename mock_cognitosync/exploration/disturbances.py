"""
The disturbances: one row each, with the condition under which it can affect a call.

Disturbances use only the handle, so each of them is also an example for tests that cause it themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..exceptions import CognitoSyncError

if TYPE_CHECKING:
    from .. import CognitoSync, DatasetState, RecordedCall, User

# The key that another device writes, which the code under test does not know.
FOREIGN_KEY = "written-by-another-device"

_OF_DATASET = ("ListRecords", "UpdateRecords", "DescribeDataset", "DeleteDataset")
_WRITES = (
    "UpdateRecords",
    "DeleteDataset",
    "RegisterDevice",
    "SubscribeToDataset",
    "UnsubscribeFromDataset",
    "SetCognitoEvents",
    "SetIdentityPoolConfiguration",
    "BulkPublish",
)
# They do not declare TooManyRequestsException.
_NEVER_THROTTLED = ("BulkPublish", "GetBulkPublishDetails")


@dataclass(slots=True, frozen=True)
class Situation:
    """
    One call of the undisturbed run, and what the service stored when it arrived.

    Attributes:
        number: counts the calls of this operation from 1.
        dataset: the dataset of the call; None if the call names none.
        records: its live records.
        sample: a value of the form that the code under test writes, for other devices to write.
    """

    call: RecordedCall
    number: int
    dataset: DatasetState | None
    records: Mapping[str, str]
    sample: str

    @property
    def name(self) -> str:
        """The call as the ids of cells show it: ``UpdateRecords#2``."""
        return f"{self.call.operation}#{self.number}"

    @property
    def dataset_name(self) -> str:
        """The name of the dataset."""
        return str(self.call.parameters["DatasetName"])

    @property
    def patches(self) -> list[Mapping[str, Any]]:
        """The patches of an UpdateRecords; empty for other calls."""
        return list(self.call.parameters.get("RecordPatches") or ())

    def user(self, sync: CognitoSync) -> User:
        """The user whose dataset it is."""
        return sync.user(self.call.parameters["IdentityPoolId"], self.call.parameters["IdentityId"])


# Whether the disturbance was applied. It was not if the call never arrived, or if the service refused the device.
WasApplied = Callable[[], bool]
Condition = Callable[[Situation], bool]


@dataclass(slots=True, frozen=True)
class Disturbance:
    """
    One row of the table.

    Attributes:
        name: the name in the ids of cells.
        title: the event, as a sentence.
        can_affect: whether it can affect a call.
        apply: prepares a mock, before the scenario runs, so that the call meets it.
        is_retried: whether it disturbs one attempt, so that botocore's retry is part of the run.
        overlooked: the error if the service accepts the call nevertheless; empty if that is no error.
    """

    name: str
    title: str
    can_affect: Condition
    apply: Callable[[CognitoSync, Situation], WasApplied]
    is_retried: bool = False
    overlooked: str = ""


def _before(action: Callable[[CognitoSync, Situation], None]) -> Callable[[CognitoSync, Situation], WasApplied]:
    """Run *action* when the call has arrived, before the service checks it."""

    def apply(sync: CognitoSync, situation: Situation) -> WasApplied:
        arrived = applied = 0

        def act() -> None:
            nonlocal arrived, applied
            arrived += 1
            if arrived == situation.number:
                try:
                    action(sync, situation)
                except CognitoSyncError:
                    # The service refuses the device, for instance because a dataset is full.
                    return
                applied += 1

        # The story of the run names it.
        act.__name__ = f"{action.__name__.strip('_')}_at_{situation.number}"
        operation: Any = situation.call.operation
        sync.before_next(operation, act, calls=situation.number, optional=True)
        return lambda: applied > 0

    return apply


def _fault(method: str, *arguments: str, **options: Any) -> Callable[[CognitoSync, Situation], WasApplied]:
    """Inject a fault into the call with a method of the handle."""

    def apply(sync: CognitoSync, situation: Situation) -> WasApplied:
        inject = getattr(sync, method)
        fault = inject(situation.call.operation, *arguments, **options, after=situation.number - 1, optional=True)
        return lambda: fault.times_injected > 0

    return apply


def _write_same_key(sync: CognitoSync, situation: Situation) -> None:
    key = situation.patches[0]["Key"]
    situation.user(sync).device().put(situation.dataset_name, {key: situation.sample})


def _write_other_key(sync: CognitoSync, situation: Situation) -> None:
    situation.user(sync).device().put(situation.dataset_name, {FOREIGN_KEY: situation.sample})


def _delete(sync: CognitoSync, situation: Situation) -> None:
    situation.user(sync).device().delete_dataset(situation.dataset_name)


def _delete_and_create(sync: CognitoSync, situation: Situation) -> None:
    device = situation.user(sync).device()
    device.delete_dataset(situation.dataset_name)
    device.put(situation.dataset_name, situation.records or {FOREIGN_KEY: situation.sample})


def _merge_guest(sync: CognitoSync, situation: Situation) -> None:
    user = situation.user(sync)
    # Each call gets an id of its own that is not random, so that the ids of later users stay the same.
    guest_id = f"{sync.region_name}:00000000-0000-4000-8000-{situation.number:012d}"
    guest = sync.user(user.identity_pool_id, guest_id)
    guest.device().put(situation.dataset_name, {FOREIGN_KEY: situation.sample})
    sync.merge_identities(guest, into=user)


def _expire_tokens(sync: CognitoSync, situation: Situation) -> None:
    sync.expire_tokens()


def _reach_limits(sync: CognitoSync, situation: Situation) -> None:
    state = situation.user(sync).dataset(situation.dataset_name)
    sync.set_limits(records_per_dataset=state.num_records, dataset_size_bytes=state.size_bytes)


def _always(situation: Situation) -> bool:
    return True


def _is_throttled(situation: Situation) -> bool:
    return situation.call.operation not in _NEVER_THROTTLED


def _patches_a_key(situation: Situation) -> bool:
    return situation.dataset is not None and bool(situation.patches)


def _uses_a_dataset(situation: Situation) -> bool:
    return situation.dataset is not None and situation.call.operation in _OF_DATASET


def _dataset_exists(situation: Situation) -> bool:
    return situation.dataset is not None and situation.dataset.exists


def _lists_a_dataset(situation: Situation) -> bool:
    return situation.dataset is not None and situation.call.operation == "ListRecords"


def _sends_a_token(situation: Situation) -> bool:
    return "SyncSessionToken" in situation.call.parameters


def _writes(situation: Situation) -> bool:
    return situation.call.operation in _WRITES


def _adds(situation: Situation) -> bool:
    return situation.dataset is not None and any(
        patch.get("Op") == "replace" and _size(patch.get("Value")) > _size(situation.records.get(patch.get("Key", "")))
        for patch in situation.patches
    )


def _size(value: str | None) -> int:
    return -1 if value is None else len(value.encode())


DISTURBANCES = (
    Disturbance(
        "same-key",
        "another device wrote the same key",
        _patches_a_key,
        _before(_write_same_key),
        overlooked="the other device's write was overwritten unseen",
    ),
    Disturbance("other-key", "another device wrote another key", _uses_a_dataset, _before(_write_other_key)),
    Disturbance("deleted", "the dataset was deleted", _dataset_exists, _before(_delete)),
    Disturbance("recreated", "the dataset was deleted and created again", _dataset_exists, _before(_delete_and_create)),
    Disturbance(
        "merged", "a guest's dataset of this name was merged into the user", _lists_a_dataset, _before(_merge_guest)
    ),
    Disturbance("token-expired", "the token expired", _sends_a_token, _before(_expire_tokens)),
    Disturbance(
        "throttled-once",
        "one attempt was throttled",
        _is_throttled,
        _fault("fail", "TooManyRequestsException", attempts=1),
        is_retried=True,
    ),
    Disturbance(
        "throttled", "the whole call was throttled", _is_throttled, _fault("fail", "TooManyRequestsException", calls=1)
    ),
    Disturbance("server-error", "the service had an error", _always, _fault("fail", "InternalErrorException", calls=1)),
    Disturbance(
        "connection-dropped", "the connection dropped before the call", _always, _fault("drop_connection", calls=1)
    ),
    Disturbance(
        "answer-lost-once",
        "the answer to one attempt was lost after the write",
        _writes,
        _fault("drop_connection", after_write=True, attempts=1),
        is_retried=True,
    ),
    Disturbance(
        "answer-lost",
        "the answer to the whole call was lost after the write",
        _writes,
        _fault("drop_connection", after_write=True, calls=1),
    ),
    Disturbance("timed-out", "the call timed out", _always, _fault("time_out", calls=1)),
    Disturbance("limits-reached", "the dataset had reached its limits", _adds, _before(_reach_limits)),
)
