"""Sync counts."""

from __future__ import annotations

from ..check import check
from ..service import Service
from ..values import conflict, invalid, remove, replace


@check("counts-1")
def an_update_raises_the_count_by_one(service: Service) -> None:
    """Each update raises the dataset's count by one, however many patches it contains."""
    profile = service.new_dataset()
    updates = ([replace("a")], [replace("b"), replace("c"), replace("d")], [remove("b", 2), replace("a", "w", 1)])
    for count, patches in enumerate(updates, 1):
        profile.update(*patches)
        service.expect(profile.sync_count(), count)


@check("counts-2")
def touched_records_get_the_count_of_the_dataset(service: Service) -> None:
    """All records of an update get the dataset's new count, and the others keep theirs."""
    profile = service.new_dataset()
    profile.fill("a", "b", "c")
    written = profile.write(replace("new"), replace("a", "w", 1), remove("b", 2))
    service.expect(written, [("new", "v", 4), ("a", "w", 4), ("b", None, 4)])
    listed = [("a", "w", 4), ("b", None, 4), ("c", "v", 3), ("new", "v", 4)]
    service.expect(sorted(profile.listed()["Records"]), listed)


@check("counts-3")
def a_stale_count_is_a_conflict(service: Service) -> None:
    """A patch whose count is below its record's is refused, whatever it writes."""
    profile = service.new_dataset()
    profile.fill("a")
    profile.update(replace("a", "v", 1))
    profile.fill("b")
    for sent in (0, 1):
        for patch in (replace("a", "other", sent), replace("a", "v", sent), remove("a", sent)):
            service.expect(profile.refused_update(patch), conflict("a", current=2, sent=sent))
    service.expect(sorted(profile.listed()["Records"]), [("a", "v", 2), ("b", "v", 3)])


@check("counts-3")
def the_first_stale_patch_names_the_conflict(service: Service) -> None:
    """If several patches are stale, the message names the first one of the request."""
    profile = service.new_dataset()
    profile.fill("a", "b", "c")
    patches = [replace("b", "w", 2), replace("c", "w", 1), replace("a", "w", 0)]
    service.expect(profile.refused_update(*patches), conflict("c", current=3, sent=1))


@check("counts-4", question="Is a count above 0 accepted for a key that was never written?")
def a_new_key_accepts_any_count(service: Service) -> None:
    """A key that was never written is written with count 0 or any higher one, in a new dataset and in another."""
    for sent in (0, 1, 2):
        profile = service.new_dataset()
        service.expect(profile.write(replace("a", "v", sent), remove("never", sent)), [("a", "v", 1)])
        service.expect(profile.write(replace("b", "v", sent), replace("c")), [("b", "v", 2), ("c", "v", 2)])


@check("counts-5", question="Is a count above the record's current one accepted?")
def a_count_above_the_current_one_is_accepted(service: Service) -> None:
    """A patch may send a higher count than its record or tombstone has, and still gets the count of the dataset."""
    profile = service.new_dataset()
    profile.fill("a")
    service.expect(profile.write(replace("a", "w", 2)), [("a", "w", 2)])
    service.expect(profile.write(remove("a", 2**53)), [("a", None, 3)])
    service.expect(profile.write(replace("a", "back", 4)), [("a", "back", 4)])
    service.expect(profile.refused_update(replace("a", "late", 3)), conflict("a", current=4, sent=3))


@check("counts-6", question="How does the service answer a negative SyncCount?")
def a_negative_count_of_a_patch_is_refused(service: Service) -> None:
    """A patch with a SyncCount below 0 is refused, whether its key is new or not."""
    profile = service.new_dataset()
    for _ in range(2):
        for patch in (replace("a", "w", -1), remove("a", -1)):
            refused = invalid("SyncCount of RecordPatch for key a must not be negative: -1")
            service.expect(profile.refused_update(patch), refused)
        profile.update(replace("a", "v", profile.sync_count()))
    service.expect(profile.listed()["Records"], [("a", "v", 2)])
