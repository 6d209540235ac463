"""The text of a snapshot file, and its content for each account and region."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from . import schema

VERSION = 1

# Parsed JSON, with the names of the schema.
Tree = dict[str, Any]
# Identity pool ids to pools.
Pools = dict[str, Tree]
# Account ids to names of regions to identity pools.
Accounts = dict[str, dict[str, Pools]]


class Document(NamedTuple):
    """What a file describes, and whether it has the seed form."""

    accounts: Accounts
    is_seed: bool


_SURROGATE = re.compile("[\ud800-\udfff]")


def to_text(accounts: Accounts) -> str:
    """Return the file that describes *accounts*. Equal states give equal files."""
    regions = {
        account_id: {region_name: {"identity_pools": pools} for region_name, pools in pools_by_region.items()}
        for account_id, pools_by_region in accounts.items()
    }
    tree = {"mock_cognitosync": VERSION, "accounts": regions}
    text = json.dumps(tree, indent=2, sort_keys=True, ensure_ascii=False)
    # JSON can contain a lone surrogate, but UTF-8 cannot.
    return _SURROGATE.sub(lambda surrogate: f"\\u{ord(surrogate[0]):04x}", text) + "\n"


def from_text(text: bytes, account_id: str) -> Document:
    """
    Return what a file describes.

    Args:
        text: the content of the file.
        account_id: the account of a file in the seed form, which names none.

    Raises:
        ValueError: the file does not have a form of the schema.
    """
    try:
        tree = json.loads(text.decode("utf-8-sig"), object_pairs_hook=_without_duplicates)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"it is not JSON in UTF-8: {error}") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(tree, dict) or "mock_cognitosync" not in tree:
        return _from_seed(tree, account_id)
    version = tree["mock_cognitosync"]
    if type(version) is int and version != VERSION:
        raise ValueError(f"it has version {version}, and this mock_cognitosync reads version {VERSION}")
    schema.check(tree, "snapshot")
    accounts = {
        account: {region_name: region.get("identity_pools", {}) for region_name, region in regions.items()}
        for account, regions in tree["accounts"].items()
    }
    return Document(accounts, is_seed=False)


def _from_seed(tree: Any, account_id: str) -> Document:
    try:
        schema.check(tree, "seed")
    except ValueError as error:
        raise ValueError(f"without 'mock_cognitosync' it must have the seed form, and {error}") from None
    regions: dict[str, Pools] = {}
    for pool_id, identities in tree.items():
        if pool_id != "$schema":
            pools = regions.setdefault(pool_id.partition(":")[0], {})
            pools[pool_id] = {"identities": {name: _seeded(datasets) for name, datasets in identities.items()}}
    return Document({account_id: regions}, is_seed=True)


def _seeded(datasets: dict[str, dict[str, str]]) -> Tree:
    return {
        "datasets": {
            name: {"records": {key: {"value": value} for key, value in records.items()}}
            for name, records in datasets.items()
        }
    }


def _without_duplicates(members: list[tuple[str, Any]]) -> Tree:
    tree = dict(members)
    if len(tree) < len(members):
        names = [name for name, _ in members]
        raise ValueError(f"an object has {next(name for name in tree if names.count(name) > 1)!r} twice")
    return tree
