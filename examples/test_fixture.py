"""The fixtures need no import and no conftest: a handle, a client, and options through the marker."""

import pytest


def test_the_fixtures_start_empty(cognitosync, cognitosync_client):
    user = cognitosync.new_user()

    assert cognitosync_client.list_datasets(**user.parameters())["Datasets"] == []


@pytest.mark.cognitosync(region_name="eu-central-1", identity_pools="created")
def test_the_marker_sets_options(cognitosync, cognitosync_client):
    pool = cognitosync.new_pool()

    usages = cognitosync_client.list_identity_pool_usage()["IdentityPoolUsages"]

    assert pool.startswith("eu-central-1:")
    assert [usage["IdentityPoolId"] for usage in usages] == [pool]
