"""The service over HTTP."""

import pytest


def test_a_new_player_has_an_empty_profile(http, player):
    assert http.get(f"/players/{player.identity_id}").json == {}


def test_fields_are_written_and_removed(http, player):
    address = f"/players/{player.identity_id}"
    http.patch(address, json={"nickname": "Ada", "theme": "dark"})
    assert http.patch(address, json={"theme": None}).json == {"nickname": "Ada"}
    assert player.records("profile") == {"nickname": "Ada"}


@pytest.mark.parametrize(("conflicts", "status", "nickname"), [(2, 200, "Ada"), (3, 409, "Byron")])
def test_a_phone_that_is_faster_delays_the_update(cognitosync, http, player, conflicts, status, nickname):
    phone = player.device()
    cognitosync.before_next("UpdateRecords", lambda: phone.put("profile", {"nickname": "Byron"}), calls=conflicts)

    answer = http.patch(f"/players/{player.identity_id}", json={"nickname": "Ada"})

    assert answer.status_code == status
    assert player.records("profile") == {"nickname": nickname}
    cognitosync.calls.assert_call_count("UpdateRecords", 3)
