"""Pools, identities and time for checks, and the clean-up after them."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from verify.doors import REGION

from mock_cognitosync.endpoint import clients_of
from mock_cognitosync.verify.check import NotChecked
from mock_cognitosync.verify.service import Service
from mock_cognitosync.verify.target import CreatedPools, GivenPool, Target
from mock_cognitosync.verify.values import replace

DENIED = ClientError(
    {"Error": {"Code": "AccessDeniedException", "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": 403}}, "Delete"
)


@pytest.fixture
def clients(cognitosync):
    return clients_of(None, REGION)


def broken(clients, error, *methods):
    """*clients* whose methods of these names raise *error*."""

    class Broken:
        def __init__(self, client):
            self._client = client

        def __getattr__(self, name):
            if name in methods:
                return self._refuse
            return getattr(self._client, name)

        def _refuse(self, *arguments, **parameters):
            raise error

    return lambda *arguments: Broken(clients(*arguments))


def pools_of(clients):
    return clients("cognito-identity").list_identity_pools(MaxResults=60)["IdentityPools"]


def test_only_the_pools_of_the_run_are_deleted(clients):
    """Clean-up deletes the pools that the run created and no other, and the datasets that the checks wrote."""
    kept = clients("cognito-identity").create_identity_pool(
        IdentityPoolName="mock-cognitosync verify", AllowUnauthenticatedIdentities=True
    )["IdentityPoolId"]
    target = Target(clients, CreatedPools(clients), REGION)
    profile = Service(target).new_dataset()
    profile.fill("a")
    profile.named("unchanged").update()
    target.pools.fresh()
    assert len(pools_of(clients)) == 3
    assert target.clean_up() == []
    assert [pool["IdentityPoolId"] for pool in pools_of(clients)] == [kept]


def test_a_pool_whose_creation_was_not_answered_is_deleted(clients):
    """A lost answer, or Ctrl-C in the middle of the call, leaves no pool behind."""
    pools = CreatedPools(clients)

    def lose(**_):
        raise ReadTimeoutError(endpoint_url="somewhere")

    pools._identity.meta.events.register("after-call.cognito-identity.CreateIdentityPool", lose)
    with pytest.raises(ReadTimeoutError):
        pools.shared()
    assert len(pools_of(clients)) == 1
    assert pools.delete() == []
    assert pools_of(clients) == []


def test_nothing_is_listed_if_nothing_was_created(clients):
    """A run whose first pool is refused has nothing to delete."""
    pools = CreatedPools(broken(clients, DENIED, "create_identity_pool", "get_paginator"))
    with pytest.raises(ClientError):
        pools.shared()
    assert pools.delete() == []


@pytest.mark.parametrize(
    ("method", "sentence"),
    [
        ("delete_identity_pool", "identity pool {pool} could not be deleted: {error}"),
        ("get_paginator", "the identity pools with the name {name!r} could not be listed and deleted: {error}"),
        ("delete_dataset", "dataset profile of {identity} in pool {pool} could not be deleted: {error}"),
    ],
)
def test_what_could_not_be_deleted_is_named(clients, method, sentence):
    """Each failure is a sentence that says what remains."""
    refusing = broken(clients, DENIED, method)
    target = Target(refusing, CreatedPools(refusing), REGION)
    profile = Service(target).new_dataset()
    profile.fill("a")
    names = {"pool": profile.identity_pool_id, "identity": profile.identity_id, "name": target.pools.name}
    assert target.clean_up() == [sentence.format(**names, error=DENIED)]


def test_a_new_pool_is_awaited(clients):
    """Cognito Sync learns of a new pool a little later: it is asked each second until it knows the pool."""
    calls = []
    missing = ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": "not yet"}}, "Describe")

    class Late:
        exceptions = clients("cognito-sync").exceptions

        def describe_identity_pool_usage(self, **parameters):
            calls.append("asked")
            if len(calls) < 6:
                raise self.exceptions.ResourceNotFoundException(missing.response, "Describe")

    pools = CreatedPools(lambda name, _=None: Late() if name == "cognito-sync" else clients(name), sleep=calls.append)
    pools.fresh()
    assert calls == ["asked", 1.0, "asked", 1.0, "asked", 1.0, "asked"]


def test_a_pool_that_never_appears_is_used_after_20_seconds(clients):
    """A service that never learns of the pool shows so in the checks."""
    slept = []
    missing = clients("cognito-sync").exceptions.ResourceNotFoundException({"Error": {}}, "Describe")
    pools = CreatedPools(broken(clients, missing, "describe_identity_pool_usage"), sleep=slept.append)
    assert pools.fresh().startswith(f"{REGION}:")
    assert slept == [1.0] * 20


def test_guests_of_new_pools_have_a_role(clients):
    """With a role, each new pool gives it to its guests."""
    given = []

    class WithRoles:
        def __init__(self, client):
            self._client = client

        def set_identity_pool_roles(self, **parameters):
            given.append(parameters)

        def __getattr__(self, name):
            return getattr(self._client, name)

    role = "arn:aws:iam::123456789012:role/guest"
    pool = CreatedPools(lambda *names: WithRoles(clients(*names)), role_arn=role).fresh()
    assert given == [{"IdentityPoolId": pool, "Roles": {"unauthenticated": role}}]


def test_a_given_pool_is_cleared_and_kept(clients, cognitosync):
    """Checks of configuration begin with an empty one; the pool is not deleted, only its datasets are."""
    pool = cognitosync.new_pool()
    sync = clients("cognito-sync")
    sync.set_cognito_events(IdentityPoolId=pool, Events={"SyncTrigger": "sync"})
    sync.set_identity_pool_configuration(IdentityPoolId=pool, CognitoStreams={"StreamingStatus": "DISABLED"})
    target = Target(clients, GivenPool(clients, pool), REGION)
    assert (target.pools.shared(), target.pools.unconfigured()) == (pool, pool)
    assert sync.get_cognito_events(IdentityPoolId=pool)["Events"] == {}
    assert "CognitoStreams" not in sync.get_identity_pool_configuration(IdentityPoolId=pool)
    profile = Service(target).new_dataset()
    assert profile.identity_id.startswith(f"{REGION}:")
    profile.write(replace("a"))
    assert target.clean_up() == []
    assert profile.exists() is False
    with pytest.raises(NotChecked, match=r"^needs an identity pool that nobody has used, and --pool was given$"):
        target.pools.fresh()


def test_what_a_target_lacks_is_a_reason_not_to_check(clients):
    """No account, no roles and no patience each have a sentence."""
    target = Target(broken(clients, DENIED, "get_caller_identity"), GivenPool(clients, "us-east-1:0"), REGION)
    with pytest.raises(NotChecked, match=r"^the endpoint does not report its account in STS GetCallerIdentity: "):
        target.account_id  # noqa: B018
    with pytest.raises(NotChecked, match=r"its pool has no roles: --role was not given$"):
        target.identity_client("us-east-1:0")
    with pytest.raises(NotChecked, match=r"^takes more than five minutes, and --wait was not given$"):
        target.wait(300)
