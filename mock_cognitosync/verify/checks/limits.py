"""Limits of datasets, records, bytes and lengths: each at the limit and one above it."""

from __future__ import annotations

from ..check import check, not_checkable
from ..service import CheckedDataset, Service
from ..values import Patch, Refusal, limit_exceeded, remove, replace, too_long, violations

_DATASETS = 20
_RECORDS = 1024
_BYTES = 1_048_576
_TOO_MANY_DATASETS = limit_exceeded("An identity can have at most 20 datasets")
_TOO_MANY_RECORDS = limit_exceeded("A dataset can have at most 1024 records")
_TOO_LARGE = limit_exceeded("A dataset can hold at most 1048576 bytes")


def fill_datasets(dataset: CheckedDataset) -> None:
    """Create as many other datasets as an identity can have."""
    for number in range(_DATASETS):
        dataset.named(f"d{number:02}").fill("a")


def fill_records(dataset: CheckedDataset) -> None:
    """Write as many records as a dataset can have, all with count 1."""
    dataset.update(*(replace(f"k{number}", "") for number in range(_RECORDS)))


@check("limits-1")
def an_identity_has_twenty_datasets(service: Service) -> None:
    """The twentieth dataset is created; the next one is refused and not created. All twenty can still be written."""
    profile = service.new_dataset()
    fill_datasets(profile)
    service.expect(profile.refused_update(replace("a")), _TOO_MANY_DATASETS)
    service.expect(profile.exists(), False)
    service.expect(sorted(profile.dataset_names()), [f"d{number:02}" for number in range(_DATASETS)])
    service.expect(profile.write(remove("never")), [])
    service.expect(profile.named("d07").write(replace("b")), [("b", "v", 2)])
    service.expect(profile.of_another_identity().write(replace("a")), [("a", "v", 1)])


@check("limits-1")
def a_deleted_dataset_does_not_count(service: Service) -> None:
    """Deleting one of twenty datasets makes room for one, and then the deleted one cannot be created again."""
    profile = service.new_dataset()
    fill_datasets(profile)
    deleted = profile.named("d03")
    deleted.delete()
    profile.fill("a")
    service.expect(deleted.refused_update(replace("a")), _TOO_MANY_DATASETS)
    service.expect(deleted.exists(), False)


@check("limits-2")
def a_dataset_has_1024_records(service: Service) -> None:
    """1,024 records are accepted, one more is refused, and nothing of that call is written."""
    profile = service.new_dataset()
    fill_records(profile)
    before = profile.described()
    service.expect(before["NumRecords"], _RECORDS)
    service.expect(profile.refused_update(replace("k0", "new", 1), replace("more")), _TOO_MANY_RECORDS)
    service.expect(profile.described(), before)
    service.expect(profile.sync_count(), 1)


@check("limits-2")
def too_many_records_create_no_dataset(service: Service) -> None:
    """A first update above the limit creates no dataset."""
    profile = service.new_dataset()
    patches = [replace(f"k{number}") for number in range(_RECORDS + 1)]
    service.expect(profile.refused_update(*patches), _TOO_MANY_RECORDS)
    service.expect(profile.exists(), False)


@check("limits-3")
def a_dataset_has_1048576_bytes(service: Service) -> None:
    """Keys and values fill 1,048,576 bytes of UTF-8, and no more."""
    for records, more in (
        ({"k": "v" * (_BYTES - 1)}, replace("z", "")),
        ({"k": "v" * (_BYTES // 2), "key": "v" * (_BYTES // 2 - 4)}, replace("key", "v" * (_BYTES // 2 - 3), 1)),
        ({"kk": "é" * (_BYTES // 2 - 1)}, replace("z", "")),
        ({"\U0001f600": "\U0001f600" * (_BYTES // 4 - 1)}, replace("z", "")),
        ({f"{number:01024}": "" for number in range(_RECORDS)}, replace("0" * 1024, "v", 1)),
    ):
        profile = service.new_dataset()
        profile.update(*(replace(key, value) for key, value in records.items()))
        service.expect(profile.size(), (len(records), _BYTES))
        service.expect(profile.refused_update(more), _TOO_LARGE)
        service.expect(profile.size(), (len(records), _BYTES))
        service.expect(profile.sync_count(), 1)


@check("limits-3")
def one_byte_past_the_size_is_refused(service: Service) -> None:
    """A record that is one byte too large for the dataset is refused; one byte less is accepted."""
    for filler in ("a" * 9, "a" * 7 + "é", "aaa" + "é" * 3, "a" + "\U0001f600" * 2):
        profile = service.new_dataset()
        profile.update(replace("big", "v" * (_BYTES - 3 - 9)))
        service.expect(profile.refused_update(replace("b", filler)), _TOO_LARGE)
        service.expect(profile.size(), (1, _BYTES - 9))
        profile.update(replace("b", filler[1:]))
        service.expect(profile.size(), (2, _BYTES))


@check("limits-3")
def too_large_a_dataset_is_not_created(service: Service) -> None:
    """A first update above the size creates no dataset."""
    profile = service.new_dataset()
    service.expect(profile.refused_update(replace("kk", "v" * (_BYTES - 1))), _TOO_LARGE)
    service.expect(profile.exists(), False)


@check("limits-4")
def tombstones_are_not_records(service: Service) -> None:
    """Tombstones count neither as records nor in bytes."""
    profile = service.new_dataset()
    fill_records(profile)
    profile.update(*(remove(f"k{number}", 1) for number in range(_RECORDS)))
    service.expect(profile.size(), (0, 0))
    profile.update(*(replace(f"n{number}", "") for number in range(_RECORDS)))
    service.expect(profile.size()[0], _RECORDS)


@check("limits-5", question="Do the limits apply to the state after a call, or to each patch in turn?")
def a_call_may_remove_and_add_at_the_limit(service: Service) -> None:
    """The state after the call counts, whatever the order of its patches."""
    for order in (1, -1):
        profile = service.new_dataset()
        fill_records(profile)
        profile.update(*[replace("more", ""), remove("k5", 1)][::order])
        service.expect(profile.size()[0], _RECORDS)
        service.expect(profile.refused_update(replace("k5", "", 2)), _TOO_MANY_RECORDS)
        profile.update(replace("k6", "", 1), remove("k5", 2))
        service.expect(profile.size()[0], _RECORDS)


@check("limits-5", question="Does the size limit apply to the state after a call, or to each patch in turn?")
def a_call_may_replace_a_large_record_by_another(service: Service) -> None:
    """The size after the call counts: a large record may be replaced by another, or be written again."""
    large = "v" * (_BYTES - 1)
    for order in (1, -1):
        profile = service.new_dataset()
        profile.update(replace("a", large))
        profile.update(replace("a", large, 1))
        service.expect(profile.size(), (1, _BYTES))
        profile.update(*[replace("b", large), remove("a", 2)][::order])
        service.expect(profile.size(), (1, _BYTES))
        service.expect(profile.sync_count(), 3)


@check("limits-6")
def names_and_ids_have_a_maximum_length(service: Service) -> None:
    """A dataset's name has at most 128 characters, an id at most 55."""
    profile = service.new_dataset("d" * 128)
    service.expect(profile.write(replace("a")), [("a", "v", 1)])
    long_id = f"{service.target.region_name}:".ljust(56, "0")
    for member, value, longest in (
        ("DatasetName", "d" * 129, 128),
        ("IdentityId", long_id, 55),
        ("IdentityPoolId", long_id, 55),
    ):
        parameters = {**profile.parameters, member: value}
        refused = too_long(member[0].lower() + member[1:], value, longest)
        service.expect(service.refusal("ListRecords", **parameters), refused)
        service.expect(service.refusal("UpdateRecords", **parameters, SyncSessionToken="t"), refused)


@check("limits-6")
def names_have_certain_characters(service: Service) -> None:
    """The name of a dataset consists of letters, digits and the characters _ . : and -."""
    for name in ("a.b_c:d-E9", "records"):
        service.expect(service.new_dataset(name).write(replace("a")), [("a", "v", 1)])
    rule = "Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+"
    for name in ("a b", "ä", "a#b"):
        refused = violations(f"Value '{name}' at 'datasetName' failed to satisfy constraint: {rule}")
        service.expect(service.new_dataset(name).refused_listing(), refused)


@check("limits-6")
def keys_and_values_have_a_maximum_length(service: Service) -> None:
    """A key has 1 to 1,024 characters and a value at most 1,048,575; otherwise nothing is written."""
    for key, value in (("k", ""), ("k" * 1024, "v"), ("é" * 1024, "v"), ("k", "v" * 1_048_575)):
        service.expect(service.new_dataset().write(replace(key, value)), [(key, value, 1)])
    too_short = "Value '' at 'recordPatches.2.member.key' failed to satisfy constraint: "
    for patch, refused in (
        (replace("k" * 1025), too_long("recordPatches.2.member.key", "k" * 1025, 1024)),
        (remove("k" * 1025), too_long("recordPatches.2.member.key", "k" * 1025, 1024)),
        (replace(""), violations(f"{too_short}Member must have length greater than or equal to 1")),
        (replace("k", "v" * 1_048_576), too_long("recordPatches.2.member.value", "v" * 1_048_576, 1_048_575)),
    ):
        _refuses_all(service.new_dataset(), patch, refused)


def _refuses_all(dataset: CheckedDataset, patch: Patch, refused: Refusal) -> None:
    dataset.service.expect(dataset.refused_update(replace("good"), patch), refused)
    dataset.service.expect(dataset.exists(), False)


another_account_has_other_limits = not_checkable(
    "limits-7", "another_account_has_other_limits", "AWS Support raises the limits of an account"
)


@check("limits-8", question="Are lengths counted in code points, in UTF-16 units or in bytes?")
def lengths_are_counted_in_code_points(service: Service) -> None:
    """A key may have 1,024 characters of four bytes; with one more it is refused."""
    longest = "\U0001f600" * 1024
    profile = service.new_dataset()
    service.expect(profile.write(replace(longest)), [(longest, "v", 1)])
    service.expect(profile.size(), (1, 4 * 1024 + 1))
    refused = too_long("recordPatches.1.member.key", f"{longest}x", 1024)
    service.expect(profile.refused_update(replace(f"{longest}x")), refused)
