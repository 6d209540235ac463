"""Ada edits her packing list in a tunnel while Bob edits it at home: two phones, two stores, one dataset."""

import pytest
from botocore.exceptions import ConnectionClosedError

from mock_cognitosync.phone import keep_local, merge_values


def both(local, remote):
    """Keep what is on either list."""
    return ",".join(sorted({*(local or "").split(","), *(remote or "").split(",")} - {""}))


def test_a_packing_list_survives_the_tunnel(cognitosync):
    family = cognitosync.new_user()  # one account for two phones
    ada, bob = family.phone(), family.phone()

    # At home, Ada starts a list, and Bob's phone fetches it.
    ada.put("trip", {"bags": "tent", "car": "blue"})
    ada.synchronize("trip")
    assert bob.synchronize("trip") == {"bags": "tent", "car": "blue"}

    # In the tunnel, Ada goes on editing. Nothing leaves her phone.
    ada.is_online = False
    ada.put("trip", {"bags": "tent,torch"})
    ada.remove("trip", "car")

    # Bob edits the same record, and another one.
    bob.put("trip", {"bags": "tent,stove", "dog": "yes"})
    bob.synchronize("trip")

    # Back in the daylight, both edits of the bags are kept, and the removal of the car arrives.
    ada.is_online = True
    assert ada.synchronize("trip", on_conflict=merge_values(both)) == {"dog": "yes"}
    assert family.records("trip") == {"bags": "stove,tent,torch", "dog": "yes"}
    assert bob.synchronize("trip") == {"bags": "stove,tent,torch", "car": None}
    assert ada.records("trip") == bob.records("trip")


def test_a_lost_answer_does_not_write_twice(cognitosync):
    family = cognitosync.new_user()
    ada = family.phone()
    ada.put("trip", {"bags": "tent"})

    # The service writes the record, but the train enters the tunnel before the answer arrives.
    with cognitosync.drop_connection("UpdateRecords", after_write=True), pytest.raises(ConnectionClosedError):
        ada.synchronize("trip")

    # The next synchronization finds the record at the service and sends nothing.
    ada.synchronize("trip")
    assert family.dataset("trip").sync_count == 1


def test_a_faster_phone_makes_the_slower_one_start_again(cognitosync):
    family = cognitosync.new_user()
    ada, bob = family.phone(), family.phone()
    ada.put("trip", {"driver": "Ada"})
    bob.put("trip", {"driver": "Bob"})

    # Bob is faster by a moment: after Ada's phone has listed the records, before its update arrives.
    cognitosync.before_next("UpdateRecords", lambda: bob.synchronize("trip"))
    ada.synchronize("trip", on_conflict=keep_local)

    # ListRecords and UpdateRecords of Ada, the same of Bob, and both of Ada again.
    assert family.records("trip") == {"driver": "Ada"}
    cognitosync.calls.assert_call_count("UpdateRecords", 3)
