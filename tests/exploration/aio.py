"""Explores a coroutine function that uses aiobotocore; prints the outcomes as JSON."""

import json
import sys

from aiobotocore.session import get_session

from mock_cognitosync import explore


async def scenario(sync):
    user = sync.new_user()
    names = user.parameters("profile")
    async with get_session().create_client("cognito-sync", region_name="us-east-1") as client:
        listing = await client.list_records(**names)
        patch = {"Op": "replace", "Key": "theme", "Value": "dark", "SyncCount": 0}
        await client.update_records(**names, SyncSessionToken=listing["SyncSessionToken"], RecordPatches=[patch])
    assert user.records("profile")["theme"] == "dark"


exploration = explore(scenario, region_name="us-east-1")
waits = [exploration.botocore_wait_seconds > 0, exploration.scenario_wait_seconds]
json.dump({"waits": waits, **{cell.id: cell.outcome for cell in exploration.cells}}, sys.stdout)
