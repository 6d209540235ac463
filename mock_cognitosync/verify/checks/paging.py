"""Pages of ListRecords, ListDatasets and ListIdentityPoolUsage."""

from __future__ import annotations

import base64
from itertools import permutations
from typing import Any

from ..check import check
from ..service import CheckedDataset, Service
from ..values import PAGE_REFUSED, invalid, remove, replace

_ITEMS = {"ListRecords": "Records", "ListDatasets": "Datasets", "ListIdentityPoolUsage": "IdentityPoolUsages"}
_NAMES = {"ListRecords": "Key", "ListDatasets": "DatasetName", "ListIdentityPoolUsage": "IdentityPoolId"}
_OF_AN_IDENTITY = ("ListRecords", "ListDatasets")

_SIZES = "What are the default and the largest number of results on a page, and how is one below 1 answered?"


def stock(profile: CheckedDataset, operation: str, number: int) -> tuple[dict[str, str], list[str]]:
    """Create *number* items for *operation* to list; return its parameters, and the names of the items in order."""
    names = [f"k{index:04}" for index in range(number)]
    if operation == "ListRecords":
        profile.update(*(replace(name, "") for name in names))
        return profile.parameters, names
    if operation == "ListDatasets":
        for name in names:
            profile.named(name).fill("key")
        return profile.identity, names
    pools = profile.service.target.pools
    return {}, sorted([pools.shared(), *(pools.fresh() for _ in range(number - 1))])


def page(service: Service, operation: str, parameters: dict[str, Any]) -> tuple[list[str], str | None]:
    """The names on one page, and its NextToken."""
    answer = service.call(operation, **parameters)
    names = [item[_NAMES[operation]] for item in answer[_ITEMS[operation]]]
    service.expect(answer["Count"], len(names))
    return names, answer.get("NextToken")


def pages(service: Service, operation: str, parameters: dict[str, Any]) -> list[list[str]]:
    """The names on each page, up to the last."""
    names, token = page(service, operation, parameters)
    found = [names]
    while token is not None:
        names, token = page(service, operation, {**parameters, "NextToken": token})
        # A check must end even if the tokens of a service lead nowhere.
        service.expect(bool(names), True)
        found.append(names)
    return found


def split(names: list[str], size: int) -> list[list[str]]:
    """*names* in pages of *size*."""
    return [names[start : start + size] for start in range(0, len(names), size)]


@check("paging-1", question=_SIZES)
def a_list_is_cut_into_pages_of_each_size(service: Service) -> None:
    """MaxResults cuts a list into pages; the last has no NextToken, and none is empty."""
    for operation in _OF_AN_IDENTITY:
        parameters, names = stock(service.new_dataset(), operation, 6)
        for size in (1, 2, 3, 5, 6, 7, 1024, 1025, 2**31 - 1):
            service.expect(pages(service, operation, {**parameters, "MaxResults": size}), split(names, size))


@check("paging-1", question=_SIZES)
def a_page_has_at_most_1024_records(service: Service) -> None:
    """A page has at most 1,024 records and tombstones, by default and even if more are requested."""
    profile = service.new_dataset()
    parameters, names = stock(profile, "ListRecords", 1024)
    sizes: tuple[dict[str, int], ...] = ({}, {"MaxResults": 1024}, {"MaxResults": 1025}, {"MaxResults": 5000})
    for size in sizes:
        service.expect(pages(service, "ListRecords", {**parameters, **size}), [names])
    profile.update(remove("k0000", 1), replace("z", ""))
    for size in sizes:
        service.expect(pages(service, "ListRecords", {**parameters, **size}), [names, ["z"]])


@check("paging-1", question=_SIZES)
def a_page_of_nothing_is_refused(service: Service) -> None:
    """MaxResults below 1 is refused."""
    profile = service.new_dataset()
    profile.fill("a")
    for operation, parameters in (
        ("ListRecords", profile.parameters),
        ("ListDatasets", profile.identity),
        ("ListIdentityPoolUsage", {}),
    ):
        for size in (0, -1):
            refused = invalid(f"MaxResults must be at least 1: {size}")
            service.expect(service.refusal(operation, **parameters, MaxResults=size), refused)


@check("paging-2")
def the_token_of_a_pool_page_is_its_last_id(service: Service) -> None:
    """NextToken of ListIdentityPoolUsage is base64 of the last id on the page."""
    stock(service.new_dataset(), "ListIdentityPoolUsage", 2)
    names, token = page(service, "ListIdentityPoolUsage", {"MaxResults": 1})
    service.expect(token, base64.b64encode(names[-1].encode()).decode())


@check("paging-2")
def a_page_can_be_fetched_again(service: Service) -> None:
    """A NextToken is valid more than once, with any size."""
    for operation in _OF_AN_IDENTITY:
        parameters, names = stock(service.new_dataset(), operation, 5)
        for cursor in (1, 2, 3):
            token = page(service, operation, {**parameters, "MaxResults": cursor})[1]
            for size in (1, 2, 1):
                onward = {**parameters, "MaxResults": size, "NextToken": token}
                service.expect(page(service, operation, onward)[0], names[cursor:][:size])


@check("paging-2")
def records_come_and_go_between_pages(service: Service) -> None:
    """A key that is removed or written before or behind the token does not disturb later pages."""
    profile = service.new_dataset()
    profile.fill("b", "d", "f", "h")
    first, token = page(service, "ListRecords", {**profile.parameters, "MaxResults": 2})
    profile.update(replace("a"), replace("e"), remove("d", 2), remove("h", 4))
    rest = pages(service, "ListRecords", {**profile.parameters, "MaxResults": 2, "NextToken": token})
    service.expect((first, rest), (["b", "d"], [["e", "f"], ["h"]]))


@check("paging-2")
def datasets_come_and_go_between_pages(service: Service) -> None:
    """The dataset that ended a page may be deleted, and others come and go, before the next page."""
    profile = service.new_dataset()
    for name in ("b", "d", "f", "h"):
        profile.named(name).fill("key")
    parameters = {**profile.identity, "MaxResults": 2}
    first, token = page(service, "ListDatasets", parameters)
    for name in ("d", "f"):
        profile.named(name).delete()
    for name in ("a", "c", "e", "i"):
        profile.named(name).fill("key")
    rest = pages(service, "ListDatasets", {**parameters, "NextToken": token})
    service.expect((first, rest), (["b", "d"], [["e", "h"], ["i"]]))


@check("paging-3", question="How does the service answer a NextToken that it never issued?")
def a_garbled_page_token_is_refused(service: Service) -> None:
    """A NextToken that the service did not issue is refused."""
    profile = service.new_dataset()
    profile.fill("a", "b")
    for operation, parameters in (
        ("ListRecords", profile.parameters),
        ("ListDatasets", profile.identity),
        ("ListIdentityPoolUsage", {}),
    ):
        for token in ("%%%", "YQ", "YR==", "/w=="):
            service.expect(service.refusal(operation, **parameters, NextToken=token), PAGE_REFUSED)


@check("paging-3", question="How does the service answer the NextToken of another operation?")
def a_page_token_of_another_operation_is_refused(service: Service) -> None:
    """A NextToken that another operation issued is refused."""
    profile = service.new_dataset()
    parameters = {operation: stock(profile, operation, 2)[0] for operation in _ITEMS}
    tokens = {
        operation: page(service, operation, {**parameters[operation], "MaxResults": 1})[1] for operation in _ITEMS
    }
    for giver, taker in permutations(_ITEMS, 2):
        refused = service.refusal(taker, **parameters[taker], NextToken=tokens[giver])
        service.expect(refused, PAGE_REFUSED)


@check("paging-3", question="How does the service answer a NextToken for a dataset that never existed?")
def a_dataset_that_never_existed_has_no_second_page(service: Service) -> None:
    """A NextToken of ListRecords is refused for a dataset that never existed."""
    profile = service.new_dataset()
    profile.fill("a", "b")
    token = page(service, "ListRecords", {**profile.parameters, "MaxResults": 1})[1]
    service.expect(profile.named("other").refused_listing(NextToken=token), PAGE_REFUSED)


@check("paging-4", question="Which DatasetSyncCount does a page report after a write by another device?")
def all_pages_report_the_count_of_the_first(service: Service) -> None:
    """Pages after a write by another device report the count of the first page."""
    profile = service.new_dataset()
    profile.fill("a", "b", "c")
    answer = profile.listed(MaxResults=1)
    for number, key in enumerate("bc"):
        service.expect(answer["DatasetSyncCount"], 3)
        profile.update(replace("b", f"changed {number}", 2 + number * 2))
        answer = profile.listed(MaxResults=1, NextToken=answer["NextToken"])
        service.expect([found for found, *_ in answer["Records"]], [key])
    service.expect((answer["DatasetSyncCount"], answer.get("NextToken")), (3, None))
    service.expect(profile.sync_count(), 5)


@check("paging-5", question="Is a NextToken of ListRecords valid for another dataset?")
def a_page_token_of_records_is_accepted_for_another_dataset(service: Service) -> None:
    """ListRecords of another dataset continues after the key, unless its counter has not reached the token's count."""
    profile = service.new_dataset()
    profile.fill("a", "b")
    token = profile.list_records(MaxResults=1)["NextToken"]
    other, behind = profile.of_another_identity(), profile.named("behind")
    other.fill("a", "b", "c")
    listed = other.listed(NextToken=token)
    service.expect((listed["Records"], listed["DatasetSyncCount"]), ([("b", "v", 2), ("c", "v", 3)], 2))
    behind.fill("a")
    service.expect(behind.refused_listing(NextToken=token), PAGE_REFUSED)


@check("paging-5", question="Is a NextToken of ListDatasets valid for another identity?")
def a_page_token_of_datasets_is_accepted_for_another_identity(service: Service) -> None:
    """ListDatasets of another identity continues after the name of the dataset."""
    profile = service.new_dataset()
    other = profile.of_another_identity()
    for name in ("a", "b"):
        profile.named(name).fill("k")
        other.named(name).fill("k")
    token = page(service, "ListDatasets", {**profile.identity, "MaxResults": 1})[1]
    service.expect(page(service, "ListDatasets", {**other.identity, "NextToken": token}), (["b"], None))


@check(
    "paging-6", question="What does the next page of ListRecords contain if the dataset was deleted after the last one?"
)
def a_dataset_deleted_between_two_pages(service: Service) -> None:
    """The next page is empty and the last; only a listing with a LastSyncCount reports the deletion."""
    for since, deleted in ((0, False), (1, True)):
        profile = service.new_dataset()
        profile.fill("a", "b", "c")
        token = profile.list_records(MaxResults=1, LastSyncCount=since)["NextToken"]
        profile.delete()
        empty = {
            "Count": 0,
            "DatasetDeletedAfterRequestedSyncCount": deleted,
            "DatasetExists": False,
            "DatasetSyncCount": 0,
            "Records": [],
        }
        service.expect(profile.listed(NextToken=token, LastSyncCount=since), empty)


@check("paging-6", question="And if the dataset has also been created again?")
def a_dataset_deleted_and_created_again_between_two_pages(service: Service) -> None:
    """The next page continues after the last key and reports the count of the first page."""
    profile = service.new_dataset()
    profile.fill("a", "b")
    token = profile.list_records(MaxResults=1)["NextToken"]
    profile.delete()
    profile.fill("a", "c")
    listed = profile.listed(NextToken=token)
    state = listed["Records"], listed["DatasetSyncCount"], listed["DatasetExists"]
    service.expect(state, ([("c", "v", 5)], 2, True))
