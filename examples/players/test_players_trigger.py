"""The trigger, as the service and as a unit meet it."""

from trigger import handler


def test_a_long_nickname_is_shortened(http, player):
    answer = http.patch(f"/players/{player.identity_id}", json={"nickname": "  Augusta Ada King "})
    assert answer.json == {"nickname": "Augusta Ada "}


def test_a_score_that_is_not_a_number_is_refused(http, player):
    answer = http.patch(f"/players/{player.identity_id}", json={"high_score": "a lot"})
    assert answer.status_code == 422
    assert player.records("profile") == {}


def test_a_removed_nickname_stays_removed():
    event = {"datasetRecords": {"nickname": {"oldValue": "Ada", "newValue": None, "op": "remove"}}}
    assert handler(event, None) == event
