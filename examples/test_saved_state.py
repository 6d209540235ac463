"""State in a file: a scene is set once, read by people, and loaded by many tests."""

import json

import pytest

from mock_cognitosync import SnapshotRefused

POOL = "us-east-1:00000000-0000-4000-8000-000000000001"
ADA = "us-east-1:00000000-0000-4000-8000-00000000000a"


@pytest.mark.cognitosync(snapshot="ada_has_a_profile.json")
def test_ada_is_known(cognitosync, cognitosync_client):
    names = {"IdentityPoolId": POOL, "IdentityId": ADA}

    assert [found["DatasetName"] for found in cognitosync_client.list_datasets(**names)["Datasets"]] == ["profile"]
    assert cognitosync.dataset(POOL, ADA, "profile").tombstones == {"nickname": 2}


def test_a_scene_is_saved_and_comes_back(cognitosync, tmp_path):
    phone = cognitosync.device(POOL, ADA)
    phone.put("profile", {"theme": "dark"})
    cognitosync.save(tmp_path / "scene.json")
    phone.delete_dataset("profile")

    cognitosync.load(tmp_path / "scene.json")

    assert cognitosync.records(POOL, ADA, "profile") == {"theme": "dark"}
    cognitosync.reset()
    assert cognitosync.records(POOL, ADA, "profile") == {}


def test_a_damaged_file_changes_nothing(cognitosync, tmp_path):
    cognitosync.device(POOL, ADA).put("profile", {"theme": "dark"})
    (tmp_path / "scene.json").write_text(json.dumps({"mock_cognitosync": 99}))

    with pytest.raises(SnapshotRefused, match="is of version 99"):
        cognitosync.load(tmp_path / "scene.json")
    assert cognitosync.records(POOL, ADA, "profile") == {"theme": "dark"}
