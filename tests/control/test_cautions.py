"""Cautions: a SyncCount above the record's current one is accepted, but not in silence."""

from __future__ import annotations

import pytest
import requests
from driver import replace


def test_a_count_ahead_of_its_record_is_shown(cognitosync, profile):
    """The recorded call and its text name the key and both counts. Source: counts-5."""
    profile.fill("theme", "size")
    assert profile.write(replace("size", "L", 2), replace("theme", "light", 2)) == [
        ("size", "L", 3),
        ("theme", "light", 3),
    ]

    call = cognitosync.calls[-1]
    caution = (
        "'theme' is at SyncCount 1, but 2 was sent: send the record's own SyncCount, or find such code with "
        "strict_sync_counts=True"
    )
    assert (call.caution, call.error) == (caution, None)
    assert str(call).endswith(f"   -> ok\n      caution: {caution}")


def test_a_count_ahead_for_a_new_key_is_shown(cognitosync, profile):
    """A key that was never written has count 0. Source: counts-4."""
    profile.write(replace("theme", "dark", 7))

    assert cognitosync.calls[-1].caution.startswith("'theme' is at SyncCount 0, but 7 was sent: ")


def test_right_counts_need_no_caution(cognitosync, profile):
    """An update at the current counts, and a refused one, have none."""
    profile.fill("theme")
    profile.write(replace("theme", "light", 1))
    profile.refused_update(replace("size", "L", 5), replace("theme", "light", 1))

    assert {call.caution for call in cognitosync.calls} == {None}


@pytest.mark.parametrize(
    "patches", [None, "x", [1], [{}], [{"Key": 1, "SyncCount": 5}], [{"Key": "k", "SyncCount": "5"}]]
)
def test_a_malformed_update_needs_no_caution(cognitosync, profile, patches):
    """It is refused for its own reason."""
    path = "/identitypools/{IdentityPoolId}/identities/{IdentityId}/datasets/{DatasetName}".format(**profile.parameters)
    url = f"https://cognito-sync.us-east-1.amazonaws.com{path}"
    answer = requests.post(url, json={"SyncSessionToken": profile.token(), "RecordPatches": patches})

    assert cognitosync.calls[-1].caution is None
    assert answer.status_code in (200, 400)


def test_an_unreadable_update_needs_no_caution(cognitosync, profile):
    """The parameters of such a call are empty, so it has no caution."""
    path = "/identitypools/{IdentityPoolId}/identities/{IdentityId}/datasets/{DatasetName}".format(**profile.parameters)
    requests.post(f"https://cognito-sync.us-east-1.amazonaws.com{path}", data="{")

    assert cognitosync.calls[-1].caution is None
