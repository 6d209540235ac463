"""The examples in docs/snapshots.md are snapshots."""

import json
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs/snapshots.md"
BLOCKS = re.findall(r"^```json\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
POOL = "us-east-1:00000000-0000-4000-8000-000000000001"
ADA = "us-east-1:00000000-0000-4000-8000-00000000000a"


@pytest.mark.parametrize("block", BLOCKS, ids=["seed", "complete"])
def test_each_json_block_can_be_loaded(cognitosync, cognitosync_client, tmp_path, block):
    """A reader can load each example, and a client finds its records."""
    file = tmp_path / "example.json"
    file.write_text(block, encoding="utf-8")
    cognitosync.load(file)

    listing = cognitosync_client.list_records(IdentityPoolId=POOL, IdentityId=ADA, DatasetName="profile")
    assert {record["Key"] for record in listing["Records"]} == {"theme", "nickname"}


def test_the_complete_example_has_each_member_of_the_schema():
    """No member of the format is missing in the page."""
    schema = json.loads((PAGE.parents[1] / "mock_cognitosync/control/snapshot/snapshot.schema.json").read_text())

    def members(node):
        for name, member in node.get("properties", {}).items():
            yield name
            yield from members(member)

    names = {name for definition in schema["$defs"].values() for name in members(definition)}
    assert [name for name in sorted(names) if name not in PAGE.read_text(encoding="utf-8")] == []
