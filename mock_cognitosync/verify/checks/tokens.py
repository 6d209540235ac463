"""Sync session tokens."""

from __future__ import annotations

import base64
import binascii

from ..check import Difference, check
from ..service import CheckedDataset, Service
from ..values import TOKEN_REFUSED, limit_exceeded, remove, replace


def expect_refused(profile: CheckedDataset, token: str) -> None:
    """Expect UpdateRecords and ListRecords to refuse *token*."""
    profile.service.expect(profile.refused_update(replace("z"), token=token), TOKEN_REFUSED)
    profile.service.expect(profile.refused_listing(SyncSessionToken=token), TOKEN_REFUSED)


@check("token-1")
def each_listing_issues_a_new_token(service: Service) -> None:
    """ListRecords without a token issues a new one each time, even for a missing dataset; all of them are valid."""
    profile = service.new_dataset()
    for count, keys in ((0, "ab"), (2, "cd")):
        first, second = profile.token(), profile.token()
        service.expect(first != second, True)
        service.expect(profile.write(replace(keys[0]), token=first), [(keys[0], "v", count + 1)])
        service.expect(profile.write(replace(keys[1]), token=second), [(keys[1], "v", count + 2)])


@check("token-2")
def a_token_is_valid_for_300_seconds(service: Service) -> None:
    """A token is valid until 300 seconds after its issue, even if it is used to list in the meantime."""
    profile = service.new_dataset()
    token = profile.token()
    service.target.wait(200)
    profile.list_records(SyncSessionToken=token)
    service.target.wait(90)
    profile.list_records(SyncSessionToken=token)
    service.target.wait(20)
    expect_refused(profile, token)


@check("token-3")
def a_token_is_base64(service: Service) -> None:
    """A token is base64, and comes back unchanged through query and body."""
    for name in ("d", "dd", "ddd"):
        profile = service.new_dataset(name)
        token = profile.token()
        try:
            base64.b64decode(token, validate=True)
        except binascii.Error:
            raise Difference("base64", token) from None
        service.expect(profile.list_records(SyncSessionToken=token)["SyncSessionToken"], token)
        service.expect(profile.write(replace("a"), token=token), [("a", "v", 1)])


@check("token-3")
def a_token_of_another_identity_or_dataset_is_refused(service: Service) -> None:
    """A token is bound to its identity and dataset, and stays valid for them."""
    profile = service.new_dataset()
    for other in (profile.named("profile2"), profile.of_another_identity()):
        token = profile.token()
        expect_refused(other, token)
        service.expect(other.exists(), False)
        count = profile.sync_count()
        service.expect(profile.write(replace("a", "v", count), token=token), [("a", "v", count + 1)])


@check("token-4", question="Which text does the refusal of a garbled, an expired or a consumed token have?")
def a_garbled_token_is_refused(service: Service) -> None:
    """Both operations refuse a token that the service did not issue, and nothing is written."""
    profile = service.new_dataset()
    token = profile.token()
    another_start = "B" if token[0] == "A" else "A"
    for garbled in ("nonsense", "%%%", token[:-4], token + "AAAA", another_start + token[1:]):
        expect_refused(profile, garbled)
    service.expect(profile.exists(), False)


@check("token-5")
def a_successful_update_consumes_its_token(service: Service) -> None:
    """After an update its token is valid neither for another update nor for a listing."""
    profile = service.new_dataset()
    profile.fill("old")
    for patch in (replace("old", "new", 1), remove("old", 2)):
        token = profile.token()
        profile.update(patch, token=token)
        expect_refused(profile, token)
    service.expect(profile.sync_count(), 3)


@check("token-6", question="Does ListRecords with a valid token answer the same token or another one?")
def a_listing_with_a_token_answers_that_token(service: Service) -> None:
    """ListRecords with a valid token answers it on every page, and it stays valid."""
    profile = service.new_dataset()
    profile.fill("a", "b")
    token = profile.token()
    page = profile.list_records(SyncSessionToken=token, MaxResults=1)
    last = profile.list_records(SyncSessionToken=token, NextToken=page["NextToken"])
    service.expect([page["SyncSessionToken"], last["SyncSessionToken"]], [token, token])
    service.expect(profile.write(replace("c"), token=token), [("c", "v", 3)])


@check("token-7")
def a_refused_update_leaves_its_token_valid(service: Service) -> None:
    """A stale count, a bad patch or a limit refuses an update, and its token can be used again."""
    profile = service.new_dataset()
    profile.fill("old")
    profile.update(replace("old", "v", 1))
    token = profile.token()
    for patches in (
        [replace("old", "new", 1)],
        [replace("a"), replace("a")],
        [{"Op": "replace", "Key": "a", "SyncCount": 0}],
        [replace("k" * 1025)],
    ):
        service.refusal("UpdateRecords", **profile.parameters, SyncSessionToken=token, RecordPatches=patches)
        service.expect(profile.list_records(SyncSessionToken=token)["SyncSessionToken"], token)
    too_many = [replace(f"k{number}", "") for number in range(1024)]
    refused = limit_exceeded("A dataset can have at most 1024 records")
    service.expect(profile.refused_update(*too_many, token=token), refused)
    service.expect(profile.write(replace("old", "new", 2), token=token), [("old", "new", 3)])


@check("token-7")
def an_update_by_another_device_leaves_a_token_valid(service: Service) -> None:
    """A token stays valid while another device writes with its own."""
    profile = service.new_dataset()
    token = profile.token()
    profile.update(replace("b", "theirs"))
    service.expect(profile.write(replace("a", "mine"), token=token), [("a", "mine", 2)])


@check("token-8", question="Does a token stay valid when its dataset is deleted?")
def list_delete_update_creates_the_dataset_again(service: Service) -> None:
    """A token survives DeleteDataset: an update with it creates the dataset again."""
    profile = service.new_dataset()
    profile.fill("old")
    token = profile.token()
    profile.delete()
    service.expect(profile.write(replace("new"), token=token), [("new", "v", 3)])
    service.expect(profile.listed()["Records"], [("new", "v", 3)])
