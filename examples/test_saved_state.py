"""State in a file: it is saved once, can be read by people, and is loaded by many tests."""

import json

import pytest

from mock_cognitosync import SnapshotRefused

POOL = "us-east-1:00000000-0000-4000-8000-000000000001"
ADA = "us-east-1:00000000-0000-4000-8000-00000000000a"


@pytest.mark.cognitosync(snapshot="ada_has_a_profile.json")
def test_the_marker_loads_a_snapshot(cognitosync, cognitosync_client):
    names = {"IdentityPoolId": POOL, "IdentityId": ADA}

    assert [found["DatasetName"] for found in cognitosync_client.list_datasets(**names)["Datasets"]] == ["profile"]
    assert cognitosync.dataset(POOL, ADA, "profile").tombstones == {"nickname": 2}


def test_a_saved_state_is_restored(cognitosync, tmp_path):
    phone = cognitosync.device(POOL, ADA)
    phone.put("profile", {"theme": "dark"})
    cognitosync.save(tmp_path / "state.json")
    phone.delete_dataset("profile")

    cognitosync.load(tmp_path / "state.json")

    assert cognitosync.records(POOL, ADA, "profile") == {"theme": "dark"}
    cognitosync.reset()
    assert cognitosync.records(POOL, ADA, "profile") == {}


def test_a_damaged_file_changes_nothing(cognitosync, tmp_path):
    cognitosync.device(POOL, ADA).put("profile", {"theme": "dark"})
    (tmp_path / "state.json").write_text(json.dumps({"mock_cognitosync": 99}))

    with pytest.raises(SnapshotRefused, match="it has version 99"):
        cognitosync.load(tmp_path / "state.json")
    assert cognitosync.records(POOL, ADA, "profile") == {"theme": "dark"}
