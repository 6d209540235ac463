"""UpdateRecords: all or nothing, its answer, and unusual calls."""

from __future__ import annotations

from ..check import check
from ..service import Service
from ..values import TOKEN_REFUSED, conflict, invalid, remove, replace, too_long, violations

_NO_VALUE = {"Op": "replace", "Key": "x", "SyncCount": 0}
_DUPLICATE = invalid("Key x is in more than one RecordPatch")
_WITHOUT_VALUE = invalid("RecordPatch for key x replaces without a Value")


@check("update-1")
def the_answer_has_the_written_records_whole(service: Service) -> None:
    """The answer contains each written record as ListRecords shows it; a removed record has no value."""
    profile = service.new_dataset()
    profile.fill("gone", "kept")
    written = profile.update(remove("gone", 1), replace("new", "text"))
    members = {"DeviceLastModifiedDate", "Key", "LastModifiedBy", "LastModifiedDate", "SyncCount"}
    service.expect([set(record) for record in written], [members, members | {"Value"}])
    service.expect(written, [record for record in profile.list_records()["Records"] if record["SyncCount"] == 3])


@check("update-1")
def the_answer_is_in_the_order_of_the_request(service: Service) -> None:
    """The records of the answer are in the order of their patches."""
    profile = service.new_dataset()
    profile.fill("b", "d")
    written = profile.write(replace("c"), remove("d", 2), replace("a"), replace("b", "w", 1))
    service.expect(written, [("c", "v", 3), ("d", None, 3), ("a", "v", 3), ("b", "w", 3)])


@check("update-2")
def one_bad_patch_stops_all(service: Service) -> None:
    """A refused patch rejects the whole update: the dataset is unchanged, or still missing."""
    unknown = "Value 'add' at 'recordPatches.3.member.op' failed to satisfy constraint: "
    for keys in ((), ("a", "tombstone")):
        profile = service.new_dataset()
        profile.fill(*keys)
        if keys:
            profile.update(remove("tombstone", 2))
        before = profile.listed()
        bad = [(_NO_VALUE, _WITHOUT_VALUE), (replace("new"), invalid("Key new is in more than one RecordPatch"))]
        not_an_operation = violations(f"{unknown}Member must satisfy enum value set: [replace, remove]")
        bad.append(({**replace("x"), "Op": "add"}, not_an_operation))
        if keys:
            bad.append((replace("tombstone", "w", 1), conflict("tombstone", current=3, sent=1)))
        for patch, refused in bad:
            patches = [replace("new", "1"), replace("newer", "2"), patch, replace("newest", "3")]
            service.expect(profile.refused_update(*patches), refused)
            service.expect(profile.listed(), before)


@check("update-3", question="How is an update answered and counted that has no patches, or changes no record?")
def a_call_that_changes_nothing(service: Service) -> None:
    """A call that changes nothing has an empty answer, raises no count, creates no dataset and consumes no token."""
    for keys in ((), ("a",)):
        profile = service.new_dataset()
        profile.fill(*keys)
        before = profile.listed()
        described = profile.described() if keys else None
        token = profile.token()
        for patches in ([], [remove("never"), remove("nor this")]):
            service.expect(profile.update(*patches, token=token), [])
        absent = service.call("UpdateRecords", **profile.parameters, SyncSessionToken=token)
        service.expect(absent, {"Records": []})
        service.expect(profile.listed(), before)
        if keys:
            service.expect(profile.described(), described)
        service.expect(len(profile.dataset_names()), len(keys))
        service.expect(profile.list_records(SyncSessionToken=token)["SyncSessionToken"], token)
        service.expect(profile.write(replace("z"), token=token), [("z", "v", len(keys) + 1)])


@check("update-3", question="Does an update that changes nothing need a valid token?")
def a_call_that_changes_nothing_needs_a_token(service: Service) -> None:
    """A call that changes nothing is refused if its token is invalid."""
    profile = service.new_dataset()
    for patches in ([], [remove("never")]):
        service.expect(profile.refused_update(*patches, token="bad"), TOKEN_REFUSED)


@check("update-3", question="Does an update that changes nothing create a deleted dataset again?")
def a_call_that_changes_nothing_creates_no_deleted_dataset(service: Service) -> None:
    """An update that changes nothing does not create a deleted dataset again."""
    profile = service.new_dataset()
    profile.fill("a")
    profile.delete()
    service.expect(profile.write(remove("a")), [])
    service.expect(profile.exists(), False)


@check("update-4", question="Does a patch with the value that is stored already raise the count?")
def the_same_value_is_a_change(service: Service) -> None:
    """A patch with the stored value raises the count and sets a new date."""
    profile = service.new_dataset()
    [before] = profile.update(replace("a"))
    service.target.tick()
    [after] = profile.update(replace("a", "v", 1))
    service.expect((after["Value"], after["SyncCount"]), ("v", 2))
    service.expect(after["LastModifiedDate"] > before["LastModifiedDate"], True)


@check("update-5", question="How does the service answer two patches for the same key?")
def the_same_key_twice_is_refused(service: Service) -> None:
    """Two patches of one call may not name the same key."""
    profile = service.new_dataset()
    for patches in (
        [replace("x"), replace("x")],
        [replace("x"), remove("x")],
        [remove("x"), remove("x")],
        [replace("x"), replace("b"), replace("x", "w", 1)],
    ):
        service.expect(profile.refused_update(*patches), _DUPLICATE)
    service.expect(profile.exists(), False)


@check("update-6", question="How does the service answer a replace without a Value, and is an empty string a value?")
def replace_needs_a_value(service: Service) -> None:
    """`replace` without a Value is refused, and an empty string is a value."""
    profile = service.new_dataset()
    service.expect(profile.refused_update(_NO_VALUE), _WITHOUT_VALUE)
    service.expect(profile.write(replace("x", "")), [("x", "", 1)])
    service.expect(profile.listed()["Records"], [("x", "", 1)])


@check("update-7")
def an_unknown_device_is_accepted(service: Service) -> None:
    """A DeviceId that is not registered is accepted, and ClientContext has no effect."""
    profile = service.new_dataset()
    for others in ({"DeviceId": "nobody-registered-this"}, {"DeviceId": "d" * 256}, {"ClientContext": "a phone"}):
        count = profile.sync_count()
        service.expect(profile.write(replace("a", "v", count), **others), [("a", "v", count + 1)])
    service.expect(profile.refused_update(DeviceId="d" * 257), too_long("deviceId", "d" * 257, 256))


@check("update-8", question="How does the service answer the removal of a key that was never written?")
def removing_a_key_that_was_never_written_changes_nothing(service: Service) -> None:
    """A removal of a key that was never written is not in the answer, and leaves no tombstone."""
    profile = service.new_dataset()
    profile.fill("b")
    service.expect(profile.write(replace("c"), remove("never"), replace("a")), [("c", "v", 2), ("a", "v", 2)])
    service.expect(sorted(profile.listed()["Records"]), [("a", "v", 2), ("b", "v", 1), ("c", "v", 2)])


@check("update-9")
def a_value_with_remove_is_ignored(service: Service) -> None:
    """`remove` removes, whatever Value comes with it."""
    profile = service.new_dataset()
    for key, value in (("a", ""), ("b", "left behind")):
        count = profile.sync_count() + 1
        profile.fill(key)
        written = profile.write(remove(key, count, Value=value), remove("never", 0, Value=value))
        service.expect(written, [(key, None, count + 1)])
    service.expect(sorted(profile.listed()["Records"], key=lambda record: record[0]), [("a", None, 2), ("b", None, 4)])
