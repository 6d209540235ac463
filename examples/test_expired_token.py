"""Sync session tokens expire on the mock's clock, or all at once."""

import pytest


@pytest.fixture
def profile(cognitosync):
    pool = cognitosync.new_pool()
    return {"IdentityPoolId": pool, "IdentityId": cognitosync.new_identity(pool), "DatasetName": "profile"}


def test_a_token_expires_after_five_minutes(cognitosync, cognitosync_client, profile):
    token = cognitosync_client.list_records(**profile)["SyncSessionToken"]
    cognitosync.advance(seconds=301)

    with pytest.raises(cognitosync_client.exceptions.InvalidParameterException):
        cognitosync_client.update_records(**profile, SyncSessionToken=token)


def test_all_tokens_expire_at_once(cognitosync, cognitosync_client, profile):
    token = cognitosync_client.list_records(**profile)["SyncSessionToken"]
    cognitosync.expire_tokens()

    with pytest.raises(cognitosync_client.exceptions.InvalidParameterException):
        cognitosync_client.update_records(**profile, SyncSessionToken=token)


def test_a_frozen_clock_determines_the_dates_of_records(cognitosync, cognitosync_client, profile):
    cognitosync.freeze()
    phone = cognitosync.device(profile["IdentityPoolId"], profile["IdentityId"])
    phone.put("profile", {"theme": "dark"})
    cognitosync.advance(seconds=60)
    phone.put("profile", {"size": "big"})

    theme, size = sorted(cognitosync_client.list_records(**profile)["Records"], key=lambda record: record["SyncCount"])
    assert (size["LastModifiedDate"] - theme["LastModifiedDate"]).total_seconds() == 60
