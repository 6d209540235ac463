"""Regions and accounts: each has its own data."""

from __future__ import annotations

import dataclasses

import boto3
import pytest
from driver import ACCOUNT, TOKEN_REFUSED, assume_role, replace

OTHER_ACCOUNT = "210987654321"


def client_with_header(account):
    """A client whose requests name *account* in moto's header."""
    client = boto3.client("cognito-sync")

    def add_header(request, **others):
        request.headers["x-moto-account-id"] = account

    client.meta.events.register("before-sign.cognito-sync", add_header)
    return client


def test_regions_are_independent(profile):
    """Another region has its own datasets, usage and tokens. Source: accounts-1."""
    profile.fill("a")
    client = boto3.client("cognito-sync", region_name="eu-west-1")
    there = dataclasses.replace(profile, client=client, identity_pool_id="eu-west-1:1")
    assert there.listed()["DatasetExists"] is False
    assert client.list_identity_pool_usage()["IdentityPoolUsages"] == []
    assert there.refused_update(replace("a"), token=profile.token()) == TOKEN_REFUSED


@pytest.mark.parametrize("way", ["role", "header", "variable"])
def test_accounts_are_independent(profile, monkeypatch, way):
    """An account, found as moto finds it, has its own datasets, tokens and writers. Source: accounts-1, records-3."""
    profile.fill("ours")
    token = profile.token()
    if way == "role":
        there = profile.through(boto3.client("cognito-sync", **assume_role(OTHER_ACCOUNT)))
    elif way == "header":
        there = profile.through(client_with_header(OTHER_ACCOUNT))
    else:
        there = profile.through(boto3.client("cognito-sync"))
        monkeypatch.setenv("MOTO_ACCOUNT_ID", OTHER_ACCOUNT)
    assert there.listed()["DatasetExists"] is False
    assert there.refused_listing(SyncSessionToken=token) == TOKEN_REFUSED
    [record] = there.update(replace("theirs"))
    assert (record["LastModifiedBy"], record["SyncCount"]) == (OTHER_ACCOUNT, 1)
    monkeypatch.delenv("MOTO_ACCOUNT_ID", raising=False)
    assert profile.records() == {"ours": "v"}
    assert profile.describe()["LastModifiedBy"] == ACCOUNT


def test_the_account_variable_has_precedence_over_the_header(profile, monkeypatch):
    """As in moto, MOTO_ACCOUNT_ID has precedence over the header, and the header over the keys. Source: accounts-1."""
    there = profile.through(client_with_header("333333333333"))
    [record] = there.update(replace("a"))
    assert record["LastModifiedBy"] == "333333333333"
    monkeypatch.setenv("MOTO_ACCOUNT_ID", OTHER_ACCOUNT)
    [record] = there.update(replace("a"))
    assert record["LastModifiedBy"] == OTHER_ACCOUNT
    assert profile.records() == {"a": "v"}
