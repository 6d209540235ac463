"""The credentials of an identity give access only to the data of that identity, as on AWS."""

import boto3
import pytest


@pytest.mark.cognitosync(strict_credentials=True)
def test_an_identity_reads_only_its_own_data(cognitosync):
    alice, bob = cognitosync.new_user(), cognitosync.new_user()
    alice.device().put("profile", {"name": "Alice"})
    bob.device().put("profile", {"name": "Bob"})
    client = boto3.client("cognito-sync", **alice.credentials())

    own = client.list_records(**alice.parameters("profile"))
    assert own["Records"][0]["Value"] == "Alice"

    with pytest.raises(client.exceptions.NotAuthorizedException):
        client.list_records(**bob.parameters("profile"))
