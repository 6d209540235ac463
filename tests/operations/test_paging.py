"""Pages of the three list operations: their size, their tokens, and changes between two pages."""

from __future__ import annotations

import base64
import dataclasses

import pytest
from driver import PAGE_REFUSED, answer, counted, create_pool, delete_pool, refusal, replace, response_bodies

LISTS = {"list_records": "Records", "list_datasets": "Datasets", "list_identity_pool_usage": "IdentityPoolUsages"}
NAMES = {"list_records": "Key", "list_datasets": "DatasetName", "list_identity_pool_usage": "IdentityPoolId"}
each_operation = pytest.mark.parametrize("operation", LISTS)


def stock(profile, operation, number):
    """Create *number* items that *operation* lists; return its parameters and the items' names in order."""
    names = [f"k{index:04}" for index in range(number)]
    if operation == "list_records":
        profile.write(*(replace(name) for name in names))
        return profile.parameters, names
    if operation == "list_datasets":
        for name in names:
            profile.named(name).fill("key")
        return profile.identity, names
    pools = [f"us-east-1:{index:04}" for index in range(number)]
    for pool in pools:
        dataclasses.replace(profile, identity_pool_id=pool).fill("key")
    # The handle issued the pool of the driver.
    return {}, sorted([*pools, profile.identity_pool_id])


def page(client, operation, parameters):
    """The names on one page, and its NextToken or None."""
    response = getattr(client, operation)(**parameters)
    names = [item[NAMES[operation]] for item in response[LISTS[operation]]]
    assert response["Count"] == len(names)
    return names, response.get("NextToken")


def pages(client, operation, parameters):
    """The names on each page, to the last one."""
    found, token = page(client, operation, parameters)
    all_pages = [found]
    while token is not None:
        found, token = page(client, operation, parameters | {"NextToken": token})
        all_pages.append(found)
        assert len(all_pages) < 100
    return all_pages


def split(names, size):
    return [names[start : start + size] for start in range(0, len(names), size)]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 6, 7, 1024, 1025, 2**31 - 1])
def test_max_results_cuts_the_list_of_pools_into_pages(profile, client, size):
    """Every page but the last has MaxResults pools and a NextToken, and none is empty. Source: paging-1, paging-2."""
    _, names = stock(profile, "list_identity_pool_usage", 6)
    assert pages(client, "list_identity_pool_usage", {"MaxResults": size}) == split(names, size)


@each_operation
def test_the_next_token_of_the_last_page_is_null(profile, client, operation):
    """The last page, full or empty, has a null NextToken on the wire. Source: paging-2."""
    seen = response_bodies(client)
    empty = {"list_records": profile.parameters, "list_datasets": profile.identity}
    page(client, operation, empty.get(operation, {}))
    parameters, names = stock(profile, operation, 2)
    page(client, operation, parameters | {"MaxResults": len(names)})
    assert [seen[0]["NextToken"], seen[-1]["NextToken"]] == [None, None]


def test_a_page_has_at_most_60_pools_by_default(profile, client):
    """Without MaxResults a page has 60 pools, and the answer says so. Source: paging-1, usage-4."""
    _, names = stock(profile, "list_identity_pool_usage", 61)
    assert pages(client, "list_identity_pool_usage", {}) == split(names, 60)
    assert client.list_identity_pool_usage()["MaxResults"] == 60


@pytest.mark.parametrize(("asked", "size"), [({}, 64), ({"MaxResults": 70}, 70), ({"MaxResults": 1025}, 70)])
def test_a_page_has_at_most_64_datasets_by_default(cognitosync, profile, client, asked, size):
    """Without MaxResults a page has 64 datasets; only a raised limit allows that many. Source: paging-1, limits-7."""
    cognitosync.set_limits(datasets_per_identity=70)
    parameters, names = stock(profile, "list_datasets", 70)
    found, token = page(client, "list_datasets", parameters | asked)
    assert found == names[:size]
    assert token is None if size == 70 else base64.b64decode(token).decode().endswith(names[63])
    refused = ("LimitExceededException", 400, "An identity can have at most 70 datasets")
    assert profile.refused_update(replace("a")) == refused


@pytest.mark.parametrize(("asked", "size"), [(1, 1), (61, 61), (1024, 1024), (1025, 1024)])
def test_a_page_of_pools_answers_its_size(client, asked, size):
    """MaxResults in the answer is the size of a page, at most 1,024. Source: usage-4, paging-1."""
    assert answer(client.list_identity_pool_usage(MaxResults=asked)) == {
        "Count": 0,
        "IdentityPoolUsages": [],
        "MaxResults": size,
    }


def test_other_next_tokens_end_with_the_last_key(profile, client):
    """
    NextToken ends with the last key of the page; a token of records starts with a count.

    Source: paging-2, paging-4.
    """
    profile.fill("a", "b:é", "c")
    profile.named("zebra").fill("a")
    records = page(client, "list_records", profile.parameters | {"MaxResults": 2})[1]
    datasets = page(client, "list_datasets", profile.identity | {"MaxResults": 1})[1]
    records, datasets = (base64.b64decode(token, validate=True).decode() for token in (records, datasets))
    assert (records[0], records[-3:], datasets[-7:]) == ("3", "b:é", "profile")


@pytest.mark.parametrize("cursor", [0, 1, 2])
def test_a_next_token_of_pools_can_be_used_again(profile, client, cursor):
    """The same NextToken can be used again, with another MaxResults. Source: paging-2."""
    _, names = stock(profile, "list_identity_pool_usage", 5)
    token = page(client, "list_identity_pool_usage", {"MaxResults": cursor + 1})[1]
    rest = names[cursor + 1 :]
    for size in (1, 2, 1):
        assert page(client, "list_identity_pool_usage", {"MaxResults": size, "NextToken": token})[0] == rest[:size]


FORGED = [
    pytest.param("", id="empty"),
    pytest.param("YQ==\n", id="newline"),
    pytest.param("töken", id="not ASCII"),
]


@each_operation
@pytest.mark.parametrize("token", FORGED)
def test_a_forged_next_token_is_refused(profile, client, operation, token):
    """A NextToken that no operation issues is refused. Source: paging-3."""
    parameters, _ = stock(profile, operation, 2)
    assert refusal(getattr(client, operation), **parameters, NextToken=token) == PAGE_REFUSED


@pytest.mark.parametrize("count", ["", "x", "0", "-1", "2", "01", " 1", "1_0", "1 "])
def test_a_next_token_of_records_without_a_valid_count_is_refused(profile, client, count):
    """
    NextToken of ListRecords needs a count that the dataset has had, in its shortest form.

    Source: paging-3, paging-4.
    """
    stock(profile, "list_records", 2)
    token = page(client, "list_records", profile.parameters | {"MaxResults": 1})[1]
    text = base64.b64decode(token).decode()
    assert text[0] == "1"
    token = base64.b64encode(f"{count}{text[1:]}".encode()).decode()
    assert profile.refused_listing(NextToken=token) == PAGE_REFUSED


def test_a_page_continues_if_the_dataset_is_deleted_and_created_again(profile, client):
    """
    If the token's dataset is deleted or created again, the next page has its current records.

    Source: paging-2, datasets-5.
    """
    profile.fill("a", "b", "c")
    first, token = page(client, "list_records", profile.parameters | {"MaxResults": 1, "LastSyncCount": 1})
    profile.delete()
    second_page = {"MaxResults": 1, "LastSyncCount": 1, "NextToken": token}
    gone = profile.list_records(**second_page)
    assert (first, gone["Records"], gone.get("NextToken")) == (["b"], [], None)
    assert (gone["DatasetExists"], gone["DatasetDeletedAfterRequestedSyncCount"]) == (False, True)
    assert gone["DatasetSyncCount"] == 0
    profile.write(replace("a"), replace("bb"))
    back = profile.list_records(**second_page)
    assert (counted(back["Records"]), back["DatasetExists"], back["DatasetSyncCount"]) == ([("bb", "v", 5)], True, 3)
    assert back["DatasetDeletedAfterRequestedSyncCount"] is True


def test_later_pages_are_right_if_pools_change_between_them(client):
    """The token's pool may be deleted, and others created, before the next page. Source: paging-2, usage-4."""
    pools = sorted(create_pool() for _ in range(5))
    first, token = page(client, "list_identity_pool_usage", {"MaxResults": 2})
    delete_pool(pools[1])
    late = create_pool()
    rest = pages(client, "list_identity_pool_usage", {"MaxResults": 2, "NextToken": token})
    expected = sorted([*pools[2:], *([late] if late > pools[1] else [])])
    assert (first, rest) == (pools[:2], split(expected, 2))


class PagingClient:
    """A client that keeps a copy and its LastSyncCount, as AWS's clients do. *between* is called after each page."""

    def __init__(self, dataset, between):
        self.dataset, self.between = dataset, between
        self.count = 0
        self.records = {}
        self.calls = 0

    def pull(self):
        """Copy what is new, page by page, and start again after a deletion."""
        since = {"LastSyncCount": self.count} if self.count else {}
        token = {}
        while token is not None:
            response = self.dataset.list_records(MaxResults=1, **since, **token)
            self.calls += 1
            assert self.calls < 50
            if since and (response["DatasetDeletedAfterRequestedSyncCount"] or not response["DatasetExists"]):
                self.records.clear()
                self.count, since, token = 0, {}, {}
                continue
            for record in response["Records"]:
                self.records[record["Key"]] = record.get("Value")
            token = {"NextToken": response["NextToken"]} if "NextToken" in response else None
            self.between()
        self.count = response["DatasetSyncCount"]

    def live(self):
        return {key: value for key, value in self.records.items() if value is not None}


@pytest.mark.parametrize("changed", ["a", "b", "c", "aa", "bb", "z"])
@pytest.mark.parametrize("change", ["put", "remove", "both"])
@pytest.mark.parametrize("first", [True, False])
def test_a_client_that_pages_while_another_writes_misses_nothing(profile, changed, change, first):
    """
    A change by another device between two pages reaches the client at its next listing at the latest.

    Source: paging-4.
    """
    device = profile.device()
    device.put("profile", {"a": "1", "b": "1", "c": "1"})
    changes = []

    def between():
        changes.append(changed)
        if change != "remove":
            device.put("profile", {changed: f"change {len(changes)}"})
        if change != "put":
            device.remove("profile", changed)

    pager = PagingClient(profile, lambda: None)
    if not first:
        pager.pull()
        device.put("profile", {"a": "2", "b": "2", "c": "2"})
    pager.between = between
    pager.pull()
    assert len(changes) >= 3
    pager.between = lambda: None
    pager.pull()
    assert pager.live() == profile.records()


def test_a_client_that_pages_learns_that_the_dataset_was_created_again(profile):
    """
    If a dataset is deleted and created again between two pages, the next listing reports it.

    Source: paging-4, datasets-5.
    """
    device = profile.device()
    device.put("profile", {"a": "1", "b": "1", "c": "1"})

    def between():
        device.delete_dataset("profile")
        device.put("profile", {"b": "new"})
        pager.between = lambda: None

    pager = PagingClient(profile, between)
    pager.pull()
    pager.pull()
    assert pager.live() == profile.records() == {"b": "new"}
