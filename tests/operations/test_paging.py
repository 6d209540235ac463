"""Pages of the three lists: their size, their tokens, and what changes between them."""

from __future__ import annotations

import base64
from itertools import permutations

import boto3
import pytest
from driver import (
    PAGE_REFUSED,
    answer,
    bodies,
    broken,
    fill,
    forget_pool,
    identity_of,
    keys,
    new_dataset,
    place,
    refusal,
    remove,
    replace,
    write,
)

LISTS = {"list_records": "Records", "list_datasets": "Datasets", "list_identity_pool_usage": "IdentityPoolUsages"}
NAMES = {"list_records": "Key", "list_datasets": "DatasetName", "list_identity_pool_usage": "IdentityPoolId"}
each_list = pytest.mark.parametrize("operation", LISTS)


def stock(client, operation, profile, number):
    """Make *number* items for *operation* to list; its parameters, and the items' names in order."""
    names = [f"k{index:04}" for index in range(number)]
    if operation == "list_records":
        write(client, profile, *(replace(name) for name in names))
        return profile, names
    if operation == "list_datasets":
        for name in names:
            fill(client, profile | {"DatasetName": name}, "key")
        return identity_of(profile), names
    pools = [f"us-east-1:{index:04}" for index in range(number)]
    for pool in pools:
        fill(client, profile | {"IdentityPoolId": pool}, "key")
    return {}, pools


def page(client, operation, parameters):
    """The names on one page, and its NextToken."""
    response = getattr(client, operation)(**parameters)
    names = [item[NAMES[operation]] for item in response[LISTS[operation]]]
    assert response["Count"] == len(names)
    return names, response.get("NextToken")


def pages(client, operation, parameters):
    """The names on each page to the last."""
    found, token = page(client, operation, parameters)
    all_pages = [found]
    while token is not None:
        found, token = page(client, operation, parameters | {"NextToken": token})
        all_pages.append(found)
        assert len(all_pages) < 100
    return all_pages


def split(names, size):
    return [names[start : start + size] for start in range(0, len(names), size)]


@each_list
@pytest.mark.parametrize("size", [1, 2, 3, 5, 6, 7, 1024, 1025, 2**31 - 1])
def test_pages_of_each_size(cognitosync, cognitosync_client, operation, size):
    """MaxResults cuts a list into pages, the last without NextToken, with no empty page. Source: paging-1, paging-2."""
    parameters, names = stock(cognitosync_client, operation, new_dataset(cognitosync), 6)
    assert pages(cognitosync_client, operation, parameters | {"MaxResults": size}) == split(names, size)


@each_list
def test_the_end_is_a_null(cognitosync, cognitosync_client, operation):
    """The last page, full or empty, has a null NextToken on the wire. Source: paging-2."""
    profile = new_dataset(cognitosync)
    seen = bodies(cognitosync_client)
    empty = {"list_records": profile, "list_datasets": identity_of(profile)}.get(operation, {})
    page(cognitosync_client, operation, empty)
    parameters, _ = stock(cognitosync_client, operation, profile, 2)
    page(cognitosync_client, operation, parameters | {"MaxResults": 2})
    assert [seen[0]["NextToken"], seen[-1]["NextToken"]] == [None, None]


@pytest.mark.parametrize("sizes", [{}, {"MaxResults": 1024}, {"MaxResults": 1025}, {"MaxResults": 5000}])
def test_at_most_1024_records_on_a_page(cognitosync, cognitosync_client, sizes):
    """A page has at most 1,024 records, tombstones among them, by default and when more are asked. Source: paging-1."""
    profile = new_dataset(cognitosync)
    stock(cognitosync_client, "list_records", profile, 1024)
    assert [len(names) for names in pages(cognitosync_client, "list_records", profile | sizes)] == [1024]
    write(cognitosync_client, profile, remove("k0000", 1), replace("z", ""))
    assert [len(names) for names in pages(cognitosync_client, "list_records", profile | sizes)] == [1024, 1]


def test_at_most_60_pools_on_a_page_by_default(cognitosync, cognitosync_client):
    """A page has 60 pools where MaxResults is not given, and says so. Source: paging-1, usage-4."""
    _, names = stock(cognitosync_client, "list_identity_pool_usage", new_dataset(cognitosync), 61)
    assert pages(cognitosync_client, "list_identity_pool_usage", {}) == split(names, 60)
    assert cognitosync_client.list_identity_pool_usage()["MaxResults"] == 60


@pytest.mark.parametrize(("asked", "size"), [(1, 1), (61, 61), (1024, 1024), (1025, 1024)])
def test_a_pool_page_tells_its_size(cognitosync, cognitosync_client, asked, size):
    """MaxResults in the answer is the page's size, at most 1,024. Source: usage-4, paging-1."""
    assert answer(cognitosync_client.list_identity_pool_usage(MaxResults=asked)) == {
        "Count": 0,
        "IdentityPoolUsages": [],
        "MaxResults": size,
    }


@each_list
@pytest.mark.parametrize("size", [0, -1])
def test_a_page_of_nothing_is_refused(cognitosync, cognitosync_client, operation, size):
    """MaxResults below 1 is refused. Source: paging-1."""
    parameters, _ = stock(cognitosync_client, operation, new_dataset(cognitosync), 1)
    assert refusal(getattr(cognitosync_client, operation), **parameters, MaxResults=size) == broken(
        f"Value '{size}' at 'maxResults' failed to satisfy constraint: "
        "Member must have value greater than or equal to 1"
    )


def test_a_pool_token_is_the_last_id(cognitosync, cognitosync_client):
    """NextToken of ListIdentityPoolUsage is base64 of the page's last id, as in AWS's sample. Source: paging-2."""
    parameters, names = stock(cognitosync_client, "list_identity_pool_usage", new_dataset(cognitosync), 3)
    token = page(cognitosync_client, "list_identity_pool_usage", parameters | {"MaxResults": 2})[1]
    assert base64.b64decode(token, validate=True).decode() == names[1]


def test_other_tokens_hold_the_last_key(cognitosync, cognitosync_client):
    """NextToken ends with the page's last key; a record's begins with a count. Source: paging-2, paging-4."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "a", "b:é", "c")
    fill(cognitosync_client, profile | {"DatasetName": "zebra"}, "a")
    records = page(cognitosync_client, "list_records", profile | {"MaxResults": 2})[1]
    datasets = page(cognitosync_client, "list_datasets", identity_of(profile) | {"MaxResults": 1})[1]
    records, datasets = (base64.b64decode(token, validate=True).decode() for token in (records, datasets))
    assert (records[0], records[-3:], datasets[-7:]) == ("3", "b:é", "profile")


@each_list
@pytest.mark.parametrize("cursor", [0, 1, 2])
def test_a_token_serves_more_than_once(cognitosync, cognitosync_client, operation, cursor):
    """The same page may be fetched again, with another size. Source: paging-2."""
    parameters, names = stock(cognitosync_client, operation, new_dataset(cognitosync), 5)
    token = page(cognitosync_client, operation, parameters | {"MaxResults": cursor + 1})[1]
    rest = names[cursor + 1 :]
    for size in (1, 2, 1):
        onward = parameters | {"MaxResults": size, "NextToken": token}
        assert page(cognitosync_client, operation, onward)[0] == rest[:size]


GARBLED = [
    pytest.param("", id="empty"),
    pytest.param("%%%", id="not base64"),
    pytest.param("YQ", id="no padding"),
    pytest.param("YR==", id="not the shortest base64"),
    pytest.param("YQ==\n", id="newline"),
    pytest.param("/w==", id="not UTF-8"),
    pytest.param("töken", id="not ASCII"),
]


@each_list
@pytest.mark.parametrize("token", GARBLED)
def test_a_garbled_page_token_is_refused(cognitosync, cognitosync_client, operation, token):
    """What no operation hands out as a token is refused. Source: paging-3."""
    parameters, _ = stock(cognitosync_client, operation, new_dataset(cognitosync), 2)
    assert refusal(getattr(cognitosync_client, operation), **parameters, NextToken=token) == PAGE_REFUSED


@pytest.mark.parametrize("count", ["", "x", "0", "-1", "2", "01", " 1", "1_0", "1 "])
def test_a_record_token_without_its_count_is_refused(cognitosync, cognitosync_client, count):
    """A ListRecords token needs a count that the dataset has had, plainly written. Source: paging-3, paging-4."""
    profile = new_dataset(cognitosync)
    stock(cognitosync_client, "list_records", profile, 2)
    token = page(cognitosync_client, "list_records", profile | {"MaxResults": 1})[1]
    text = base64.b64decode(token).decode()
    assert text[0] == "1"
    token = base64.b64encode(f"{count}{text[1:]}".encode()).decode()
    assert refusal(cognitosync_client.list_records, **profile, NextToken=token) == PAGE_REFUSED


def test_a_dataset_never_seen_has_no_second_page(cognitosync, cognitosync_client):
    """A ListRecords token is refused for a dataset that never was. Source: paging-3."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "a", "b")
    token = page(cognitosync_client, "list_records", profile | {"MaxResults": 1})[1]
    other = profile | {"DatasetName": "other"}
    assert refusal(cognitosync_client.list_records, **other, NextToken=token) == PAGE_REFUSED


@pytest.mark.parametrize(("giver", "taker"), [*permutations(LISTS, 2)])
def test_a_token_of_another_operation_is_refused(cognitosync, cognitosync_client, giver, taker):
    """A token that another operation handed out is refused. Source: paging-3."""
    profile = new_dataset(cognitosync)
    parameters = {operation: stock(cognitosync_client, operation, profile, 3)[0] for operation in LISTS}
    token = page(cognitosync_client, giver, parameters[giver] | {"MaxResults": 1})[1]
    assert refusal(getattr(cognitosync_client, taker), **parameters[taker], NextToken=token) == PAGE_REFUSED


def test_records_come_and_go_between_pages(cognitosync, cognitosync_client):
    """A key removed or written before or behind the token does not disturb later pages. Source: paging-2."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "b", "d", "f", "h")
    first, token = page(cognitosync_client, "list_records", profile | {"MaxResults": 2})
    write(cognitosync_client, profile, replace("a"), replace("e"), remove("d", 2), remove("h", 4))
    rest = pages(cognitosync_client, "list_records", profile | {"MaxResults": 2, "NextToken": token})
    assert (first, rest) == (["b", "d"], [["e", "f"], ["h"]])


def test_a_page_after_what_no_delta_holds_any_more(cognitosync, cognitosync_client):
    """A page whose last key went with its dataset is followed by what is there now. Source: paging-2, datasets-5."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "a", "b", "c")
    first, token = page(cognitosync_client, "list_records", profile | {"MaxResults": 1, "LastSyncCount": 1})
    cognitosync_client.delete_dataset(**profile)
    onward = profile | {"MaxResults": 1, "LastSyncCount": 1, "NextToken": token}
    gone = cognitosync_client.list_records(**onward)
    assert (first, gone["Records"], gone.get("NextToken")) == (["b"], [], None)
    assert (gone["DatasetExists"], gone["DatasetDeletedAfterRequestedSyncCount"]) == (False, True)
    assert gone["DatasetSyncCount"] == 0
    write(cognitosync_client, profile, replace("a"), replace("bb"))
    back = cognitosync_client.list_records(**onward)
    assert (keys(back["Records"]), back["DatasetExists"], back["DatasetSyncCount"]) == (["bb"], True, 3)
    assert back["DatasetDeletedAfterRequestedSyncCount"] is True


def test_datasets_come_and_go_between_pages(cognitosync, cognitosync_client):
    """The dataset that ended a page may go, others come and go, before the next. Source: paging-2, datasets-6."""
    profile = new_dataset(cognitosync)
    for name in ("b", "d", "f", "h"):
        fill(cognitosync_client, profile | {"DatasetName": name}, "key")
    parameters = identity_of(profile) | {"MaxResults": 2}
    first, token = page(cognitosync_client, "list_datasets", parameters)
    for name in ("d", "f"):
        cognitosync_client.delete_dataset(**profile | {"DatasetName": name})
    for name in ("a", "c", "e", "i"):
        fill(cognitosync_client, profile | {"DatasetName": name}, "key")
    rest = pages(cognitosync_client, "list_datasets", parameters | {"NextToken": token})
    assert (first, rest) == (["b", "d"], [["e", "h"], ["i"]])


def test_pools_come_and_go_between_pages(cognitosync, cognitosync_client):
    """The pool that ended a page may be deleted, others made, before the next. Source: paging-2, usage-4."""
    identity = boto3.client("cognito-identity")

    def make(name):
        answer = identity.create_identity_pool(IdentityPoolName=name, AllowUnauthenticatedIdentities=True)
        return answer["IdentityPoolId"]

    pools = sorted(make(f"pool{number}") for number in range(5))
    first, token = page(cognitosync_client, "list_identity_pool_usage", {"MaxResults": 2})
    forget_pool(pools[1])
    made = make("late")
    rest = pages(cognitosync_client, "list_identity_pool_usage", {"MaxResults": 2, "NextToken": token})
    expected = sorted([*pools[2:], *([made] if made > pools[1] else [])])
    assert (first, rest) == (pools[:2], split(expected, 2))


def test_all_pages_report_the_first_page_s_count(cognitosync, cognitosync_client):
    """Pages after a write by another device report the count that the listing began with. Source: paging-4, list-3."""
    profile = new_dataset(cognitosync)
    fill(cognitosync_client, profile, "a", "b", "c")
    pool, identity, name = place(profile)
    parameters = profile | {"MaxResults": 1}
    counts = []
    token = {}
    while token is not None:
        response = cognitosync_client.list_records(**parameters, **token)
        counts.append((keys(response["Records"]), response["DatasetSyncCount"]))
        assert len(counts) < 10
        cognitosync.device(pool, identity).put(name, {"b": f"changed {len(counts)}"})
        token = {"NextToken": response["NextToken"]} if "NextToken" in response else None
    assert counts == [(["a"], 3), (["b"], 3), (["c"], 3)]
    assert cognitosync_client.list_records(**profile)["DatasetSyncCount"] == 6


class PagingClient:
    """A client that keeps its own copy and LastSyncCount, as AWS's clients do; *between* runs after each page."""

    def __init__(self, client, address, between):
        self.client, self.address, self.between = client, address, between
        self.count = 0
        self.records = {}
        self.calls = 0

    def pull(self):
        since = {"LastSyncCount": self.count} if self.count else {}
        token = {}
        while token is not None:
            response = self.client.list_records(**self.address, MaxResults=1, **since, **token)
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
@pytest.mark.parametrize("manner", ["put", "remove", "both"])
@pytest.mark.parametrize("first", [True, False])
def test_a_client_that_pages_while_another_writes_loses_nothing(
    cognitosync, cognitosync_client, changed, manner, first
):
    """Whatever another device changes between two pages arrives by the next listing at the latest. Source: paging-4."""
    profile = new_dataset(cognitosync)
    pool, identity, name = place(profile)
    device = cognitosync.device(pool, identity)
    device.put(name, {"a": "1", "b": "1", "c": "1"})
    changes = []

    def between():
        changes.append(changed)
        if manner != "remove":
            device.put(name, {changed: f"change {len(changes)}"})
        if manner != "put":
            device.remove(name, changed)

    client = PagingClient(cognitosync_client, profile, lambda: None)
    if not first:
        client.pull()
        device.put(name, {"a": "2", "b": "2", "c": "2"})
    client.between = between
    client.pull()
    assert len(changes) >= 3
    client.between = lambda: None
    client.pull()
    assert client.live() == cognitosync.records(*place(profile))


def test_a_client_that_pages_while_the_dataset_is_made_anew_learns_of_it(cognitosync, cognitosync_client):
    """A deletion and a return between two pages show in the next listing. Source: paging-4, datasets-5."""
    profile = new_dataset(cognitosync)
    pool, identity, name = place(profile)
    device = cognitosync.device(pool, identity)
    device.put(name, {"a": "1", "b": "1", "c": "1"})

    def between():
        device.delete_dataset(name)
        device.put(name, {"b": "new"})
        client.between = lambda: None

    client = PagingClient(cognitosync_client, profile, between)
    client.pull()
    client.pull()
    assert client.live() == cognitosync.records(*place(profile)) == {"b": "new"}
