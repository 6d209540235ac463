"""State in a file: it is saved once, can be read by people, and is loaded by many tests."""

import json

import pytest

from mock_cognitosync import SnapshotRefused


@pytest.mark.cognitosync(snapshot="ada_has_a_profile.json")
def test_the_marker_loads_a_snapshot(cognitosync, cognitosync_client):
    (ada,) = cognitosync.users()

    datasets = cognitosync_client.list_datasets(**ada.parameters())["Datasets"]
    assert [dataset["DatasetName"] for dataset in datasets] == ["profile"]
    assert ada.dataset("profile").tombstones == {"nickname": 2}


def test_a_saved_state_is_restored(cognitosync, tmp_path):
    user = cognitosync.new_user()
    phone = user.device()
    phone.put("profile", {"theme": "dark"})
    cognitosync.save(tmp_path / "state.json")
    phone.delete_dataset("profile")

    cognitosync.load(tmp_path / "state.json")

    assert user.records("profile") == {"theme": "dark"}
    cognitosync.reset()
    assert user.records("profile") == {}


def test_a_damaged_file_changes_nothing(cognitosync, tmp_path):
    user = cognitosync.new_user()
    user.device().put("profile", {"theme": "dark"})
    (tmp_path / "state.json").write_text(json.dumps({"mock_cognitosync": 99}))

    with pytest.raises(SnapshotRefused, match="it has version 99"):
        cognitosync.load(tmp_path / "state.json")
    assert user.records("profile") == {"theme": "dark"}
