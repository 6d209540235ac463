"""Users: an identity with its pool as one object."""

from __future__ import annotations

import boto3
import pytest
from driver import replace

from mock_cognitosync import User, mock_cognitosync


def test_users_share_a_pool(cognitosync):
    """The first call creates a pool, later ones reuse it; another pool can be chosen."""
    first, second = cognitosync.new_user(), cognitosync.new_user()
    other = cognitosync.new_user(cognitosync.new_pool())

    assert first.identity_pool_id == second.identity_pool_id != other.identity_pool_id
    assert len({first.identity_id, second.identity_id, other.identity_id}) == 3


def test_parameters_are_keywords_for_boto3(cognitosync, client):
    """A user names itself and a dataset in a call."""
    user = cognitosync.new_user()
    token = client.list_records(**user.parameters("profile", MaxResults=1))["SyncSessionToken"]
    update = user.parameters("profile", SyncSessionToken=token, RecordPatches=[replace("theme", "dark")])
    client.update_records(**update)

    assert client.list_datasets(**user.parameters())["Count"] == 1
    assert user.records("profile") == {"theme": "dark"}
    assert user.dataset("profile").sync_counts == {"theme": 1}
    assert user.parameters("profile") == {
        "IdentityPoolId": user.identity_pool_id,
        "IdentityId": user.identity_id,
        "DatasetName": "profile",
    }


@pytest.mark.cognitosync(strict_credentials=True)
def test_a_user_has_credentials_and_devices(cognitosync):
    """Credentials and devices of a user act for the identity of the user."""
    user = cognitosync.new_user()
    user.device().put("profile", {"theme": "dark"})
    client = boto3.client("cognito-sync", **user.credentials())

    assert client.list_records(**user.parameters("profile"))["Records"][0]["LastModifiedBy"] == user.identity_id


def test_users_lists_those_created_here_and_those_with_data(cognitosync):
    """The list begins with users created through the handle, oldest first; others that have datasets follow."""
    pool = cognitosync.new_pool()
    late, early = f"{pool[:10]}2", f"{pool[:10]}1"
    for identity in (late, early):
        cognitosync.device(pool, identity).put("profile", {"theme": "dark"})
    created = [cognitosync.new_user(), cognitosync.user(pool, cognitosync.new_identity(pool)), cognitosync.new_user()]
    created[0].device().put("profile", {"theme": "dark"})
    cognitosync.device(pool, "us-east-1:3").remove("profile", "theme")

    assert cognitosync.users() == [*created, cognitosync.user(pool, early), cognitosync.user(pool, late)]
    assert cognitosync.at(region_name="eu-west-1").users() == []


def test_users_are_equal_if_their_ids_are(cognitosync, pool):
    """They can be compared, and used as keys."""
    user = cognitosync.new_user(pool)
    same = cognitosync.user(pool, user.identity_id)

    assert (user, {user: 1}[same]) == (same, 1)
    assert user not in (cognitosync.new_user(pool), "user")
    assert repr(user) == f"<User {user.identity_id} of pool {pool}>"
    assert repr(user.device()) == f"<Device of {user.identity_id} in pool {pool}>"


def test_a_guest_signs_in(cognitosync):
    """merge_identities takes two users. Source: merge-1."""
    guest, member = cognitosync.new_user(), cognitosync.new_user()
    guest.device().put("profile", {"theme": "dark"})
    cognitosync.merge_identities(guest, into=member)

    assert member.records(f"profile.{guest.identity_id}") == {"theme": "dark"}
    assert guest.records("profile") == {}


def test_users_of_two_pools_cannot_be_merged(cognitosync):
    """Identities belong to one pool."""
    guest, member = cognitosync.new_user(), cognitosync.new_user(cognitosync.new_pool())
    with pytest.raises(ValueError, match=r"<User .*> cannot be merged into <User .*>, which belongs to another pool"):
        cognitosync.merge_identities(guest, into=member)


def test_users_and_ids_cannot_be_mixed(cognitosync):
    """The message shows both forms."""
    guest, member = cognitosync.new_user(), cognitosync.new_user()
    message = r"pass two users, merge_identities\(guest, into=member\), or ids, \(pool, old, into=new\)"
    for arguments, into in (
        ((guest,), member.identity_id),
        ((guest.identity_pool_id, guest.identity_id), member),
        ((guest, guest.identity_id), member),
        ((guest.identity_pool_id,), member.identity_id),
    ):
        with pytest.raises(TypeError, match=message):
            cognitosync.merge_identities(*arguments, into=into)


@pytest.mark.cognitosync(identity_pools="created")
def test_the_pool_of_users_is_created_again_if_it_is_gone(cognitosync, client):
    """A user of a pool that no longer exists would be refused everything."""
    from moto.cognitoidentity.models import cognitoidentity_backends

    first = cognitosync.new_user()
    cognitoidentity_backends["123456789012"]["us-east-1"].reset()
    second = cognitosync.new_user()

    assert first.identity_pool_id != second.identity_pool_id
    assert client.list_datasets(**second.parameters())["Count"] == 0


def test_users_of_a_mock_are_its_own():
    """The next mock begins without users."""
    with mock_cognitosync(region_name="us-east-1") as sync:
        pool = sync.new_user().identity_pool_id
    with mock_cognitosync(region_name="us-east-1") as sync:
        assert sync.users() == []
        assert isinstance(sync.new_user(), User)
        assert sync.new_user().identity_pool_id != pool
