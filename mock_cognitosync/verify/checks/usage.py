"""Usage of identities and identity pools."""

from __future__ import annotations

from typing import Any

from ..check import check
from ..service import Service
from ..values import Parameters, remove, replace


def identity_usage(service: Service, identity: Parameters) -> dict[str, Any]:
    """What DescribeIdentityUsage answers."""
    usage: dict[str, Any] = service.call("DescribeIdentityUsage", **identity)["IdentityUsage"]
    return usage


def pool_usage(service: Service, identity_pool_id: str) -> dict[str, Any]:
    """What DescribeIdentityPoolUsage answers."""
    answer = service.call("DescribeIdentityPoolUsage", IdentityPoolId=identity_pool_id)
    usage: dict[str, Any] = answer["IdentityPoolUsage"]
    return usage


def listed_usages(service: Service) -> dict[str, dict[str, Any]]:
    """What ListIdentityPoolUsage answers on all its pages, by pool id."""
    found: dict[str, dict[str, Any]] = {}
    token: dict[str, str] = {}
    while True:
        answer = service.call("ListIdentityPoolUsage", **token)
        service.expect(answer["Count"], len(answer["IdentityPoolUsages"]))
        found.update({usage["IdentityPoolId"]: usage for usage in answer["IdentityPoolUsages"]})
        if "NextToken" not in answer:
            return found
        token = {"NextToken": answer["NextToken"]}


@check("usage-1")
def an_identity_has_the_usage_of_its_datasets(service: Service) -> None:
    """DescribeIdentityUsage answers the number of datasets, their live bytes, and the date of the last change."""
    profile = service.new_dataset()
    profile.update(replace("a", "12345"), replace("gone", "x"))
    profile.named("other").fill("é")
    profile.update(remove("gone", 1))
    changed = profile.described()["LastModifiedDate"]
    profile.of_another_identity().fill("a")
    usage = identity_usage(service, profile.identity)
    service.expect_date_near(usage.pop("LastModifiedDate", None), changed)
    service.expect(usage, {**profile.identity, "DataStorage": 9, "DatasetCount": 2})


@check("usage-1")
def a_deletion_frees_bytes_and_is_a_change(service: Service) -> None:
    """A deleted dataset has no bytes, and the deletion counts as a change."""
    profile = service.new_dataset()
    profile.fill("a")
    before = identity_usage(service, profile.identity)["LastModifiedDate"]
    service.target.tick()
    profile.delete()
    usage = identity_usage(service, profile.identity)
    service.expect(usage.pop("LastModifiedDate") > before, True)
    service.expect(usage, {**profile.identity, "DataStorage": 0, "DatasetCount": 0})


@check("usage-2", question="What does DescribeIdentityUsage answer for an identity without data?")
def an_identity_without_data_has_zeros(service: Service) -> None:
    """An identity that has never written has zeros and no date, even after it has listed."""
    profile = service.new_dataset()
    profile.list_records()
    usage = {**profile.identity, "DataStorage": 0, "DatasetCount": 0}
    service.expect(identity_usage(service, profile.identity), usage)


@check("usage-3")
def a_fresh_pool_has_no_bytes_and_a_date(service: Service) -> None:
    """A pool without data has 0 bytes and a date."""
    pool = service.target.pools.fresh()
    usage = pool_usage(service, pool)
    service.expect_date(usage.pop("LastModifiedDate", None))
    service.expect(usage, {"IdentityPoolId": pool, "DataStorage": 0})


@check("usage-4")
def pools_are_listed_with_their_usage(service: Service) -> None:
    """ListIdentityPoolUsage lists the pools with data and without, as DescribeIdentityPoolUsage describes them."""
    profile = service.new_dataset()
    profile.fill("a")
    fresh = service.target.pools.fresh()
    usages = listed_usages(service)
    for pool in (profile.identity_pool_id, fresh):
        service.expect(usages.get(pool), pool_usage(service, pool))


@check("usage-4")
def a_page_of_pools_tells_its_size(service: Service) -> None:
    """MaxResults in the answer of ListIdentityPoolUsage is the one that was sent, 60 if none was."""
    service.target.pools.shared()
    for sent in (1, 60):
        service.expect(service.call("ListIdentityPoolUsage", MaxResults=sent)["MaxResults"], sent)
    service.expect(service.call("ListIdentityPoolUsage")["MaxResults"], 60)


@check("usage-5")
def the_number_of_sync_sessions_is_null(service: Service) -> None:
    """SyncSessionsCount is null, even after a listing and an update."""
    profile = service.new_dataset()
    profile.fill("a")
    service.expect(pool_usage(service, profile.identity_pool_id).get("SyncSessionsCount"), None)
