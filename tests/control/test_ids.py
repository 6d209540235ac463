"""Ids and names that cannot be right are refused by every method of the handle."""

from __future__ import annotations

import pytest

METHODS = {
    "new_user": lambda sync, pool, identity: sync.new_user(pool),
    "new_identity": lambda sync, pool, identity: sync.new_identity(pool),
    "user": lambda sync, pool, identity: sync.user(pool, identity),
    "device": lambda sync, pool, identity: sync.device(pool, identity),
    "credentials_for": lambda sync, pool, identity: sync.credentials_for(pool, identity),
    "set_trigger": lambda sync, pool, identity: sync.set_trigger(pool, None),
    "merge_identities": lambda sync, pool, identity: sync.merge_identities(pool, identity, into="us-east-1:0"),
    "merge_identities into": lambda sync, pool, identity: sync.merge_identities(pool, "us-east-1:0", into=identity),
    "records": lambda sync, pool, identity: sync.records(pool, identity, "profile"),
    "dataset": lambda sync, pool, identity: sync.dataset(pool, identity, "profile"),
    "before_next": lambda sync, pool, identity: sync.before_next(
        "*", print, identity_pool_id=pool, identity_id=identity
    ),
    "fail": lambda sync, pool, identity: sync.fail(
        "*", "InternalErrorException", identity_pool_id=pool, identity_id=identity
    ),
    "drop_connection": lambda sync, pool, identity: sync.drop_connection(
        "*", identity_pool_id=pool, identity_id=identity
    ),
    "delay": lambda sync, pool, identity: sync.delay("*", 1, identity_pool_id=pool, identity_id=identity),
    "time_out": lambda sync, pool, identity: sync.time_out("*", identity_pool_id=pool, identity_id=identity),
}
OF_POOLS_ONLY = {"new_user", "new_identity", "set_trigger"}
OF_IDENTITIES = METHODS.keys() - OF_POOLS_ONLY


@pytest.mark.parametrize("method", METHODS)
def test_a_malformed_pool_id_is_refused(cognitosync, method):
    """The message gives an example and says where to get one."""
    with pytest.raises(ValueError, match=r"identity_pool_id must be an id such as 'us-east-1:0123.*, got 'p'"):
        METHODS[method](cognitosync, "p", "us-east-1:1")


@pytest.mark.parametrize("method", METHODS)
def test_a_pool_of_another_region_is_refused(cognitosync, method):
    """The message names the handle that has the pool."""
    message = r"'eu-west-1:0' is in eu-west-1, but this handle is for us-east-1: use at\(region_name='eu-west-1'\)"
    with pytest.raises(ValueError, match=message):
        METHODS[method](cognitosync, "eu-west-1:0", "us-east-1:1")


@pytest.mark.parametrize("method", METHODS)
def test_an_identity_in_place_of_a_pool_is_refused(cognitosync, pool, method):
    """An id that was issued for an identity is not a pool's."""
    identity = cognitosync.new_identity(pool)
    with pytest.raises(ValueError, match="is the id of an identity: pass the id of an identity pool, from new_p"):
        METHODS[method](cognitosync, identity, identity)


@pytest.mark.parametrize("method", sorted(OF_IDENTITIES))
def test_a_malformed_identity_id_is_refused(cognitosync, pool, method):
    """The message says where to get one."""
    message = r"(identity_id|old|into) must be an id such as .*, got 'us-east-1': take one from new_identity\(pool\)"
    with pytest.raises(ValueError, match=message):
        METHODS[method](cognitosync, pool, "us-east-1")


@pytest.mark.parametrize("method", sorted(OF_IDENTITIES))
def test_an_identity_of_another_region_is_refused(cognitosync, pool, method):
    """An identity is in the region of its pool."""
    with pytest.raises(ValueError, match="'eu-west-1:1' is in eu-west-1, but this handle is for us-east-1"):
        METHODS[method](cognitosync, pool, "eu-west-1:1")


@pytest.mark.parametrize("method", sorted(OF_IDENTITIES))
def test_a_pool_in_place_of_an_identity_is_refused(cognitosync, pool, method):
    """An id that was issued for a pool is not an identity's."""
    with pytest.raises(ValueError, match="is the id of an identity pool: pass the id of an identity, from new_id"):
        METHODS[method](cognitosync, pool, pool)


@pytest.mark.parametrize("method", METHODS)
def test_an_id_that_is_not_a_str_is_refused(cognitosync, method):
    """The message names the argument, instead of an attribute that the value lacks."""
    with pytest.raises(TypeError, match=r"identity_pool_id must be a str such as 'us-east-1:01234567-.*', got 5"):
        METHODS[method](cognitosync, 5, "us-east-1:1")


@pytest.mark.parametrize("account_id", ["12345678901", "1234567890123", "12345678901a", ""])
def test_a_malformed_account_id_is_refused(cognitosync, account_id):
    """An account id consists of 12 digits."""
    with pytest.raises(ValueError, match=f"account_id must consist of 12 digits, got {account_id!r}"):
        cognitosync.at(account_id=account_id)


def test_an_account_id_that_is_a_number_is_refused(cognitosync):
    """Its leading zeros would be lost."""
    with pytest.raises(TypeError, match="account_id must be a str such as '123456789012', got 123456789012"):
        cognitosync.at(account_id=123456789012)


@pytest.mark.parametrize("name", ["a b", "", "d" * 129, "profil\u00e9"])
def test_a_dataset_name_that_cannot_exist_is_refused(cognitosync, profile, name):
    """A misspelt name would show an empty dataset, or a fault that never applies."""
    pool, identity, _ = profile.key
    for use in (
        lambda: cognitosync.records(pool, identity, name),
        lambda: cognitosync.dataset(pool, identity, name),
        lambda: cognitosync.drop_connection("*", dataset=name),
        lambda: cognitosync.before_next("*", print, dataset=name),
    ):
        with pytest.raises(ValueError, match=r"dataset must consist of 1 to 128 characters of \[a-zA-Z0-9_.:-\], got"):
            use()


def test_a_dataset_name_that_is_not_a_str_is_refused(cognitosync, profile):
    """The message gives an example."""
    with pytest.raises(TypeError, match="dataset must be a str such as 'profile', got None"):
        cognitosync.records(*profile.key[:2], None)
