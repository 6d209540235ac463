"""The credentials of an identity give access only to the data of that identity, as on AWS."""

import boto3
import pytest


@pytest.mark.cognitosync(strict_credentials=True)
def test_an_identity_reads_only_its_own_data(cognitosync):
    pool = cognitosync.new_pool()
    alice, bob = cognitosync.new_identity(pool), cognitosync.new_identity(pool)
    for identity in (alice, bob):
        cognitosync.device(pool, identity).put("profile", {"name": identity})
    client = boto3.client("cognito-sync", **cognitosync.credentials_for(pool, alice))

    own = client.list_records(IdentityPoolId=pool, IdentityId=alice, DatasetName="profile")
    assert own["Records"][0]["Value"] == alice

    with pytest.raises(client.exceptions.NotAuthorizedException):
        client.list_records(IdentityPoolId=pool, IdentityId=bob, DatasetName="profile")
