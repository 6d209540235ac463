"""Sync session tokens expire on the mock's clock, or all at once."""

from datetime import timedelta

import pytest


@pytest.fixture
def user(cognitosync):
    return cognitosync.new_user()


def test_a_token_expires_after_five_minutes(cognitosync, cognitosync_client, user):
    profile = user.parameters("profile")
    token = cognitosync_client.list_records(**profile)["SyncSessionToken"]
    cognitosync.advance(seconds=301)

    with pytest.raises(cognitosync_client.exceptions.InvalidParameterException):
        cognitosync_client.update_records(**profile, SyncSessionToken=token)


def test_all_tokens_expire_at_once(cognitosync, cognitosync_client, user):
    profile = user.parameters("profile")
    token = cognitosync_client.list_records(**profile)["SyncSessionToken"]
    cognitosync.expire_tokens()

    with pytest.raises(cognitosync_client.exceptions.InvalidParameterException):
        cognitosync_client.update_records(**profile, SyncSessionToken=token)


def test_a_frozen_clock_determines_the_dates_of_records(cognitosync, cognitosync_client, user):
    phone = user.device()
    with cognitosync.freeze():
        phone.put("profile", {"size": "big"})
        cognitosync.advance(timedelta(minutes=1))
        phone.put("profile", {"theme": "dark"})

    size, theme = cognitosync_client.list_records(**user.parameters("profile"))["Records"]
    assert theme["LastModifiedDate"] - size["LastModifiedDate"] == timedelta(minutes=1)
