"""asyncio: the mock is active from the first line of a coroutine to its last."""

import asyncio

import boto3

from mock_cognitosync import mock_cognitosync


@mock_cognitosync(region_name="us-east-1")
async def store_theme() -> dict[str, str]:
    user = mock_cognitosync.current().new_user()
    profile = user.parameters("profile")
    client = boto3.client("cognito-sync")

    listing = await asyncio.to_thread(client.list_records, **profile)
    patch = {"Op": "replace", "Key": "theme", "Value": "dark", "SyncCount": 0}
    await asyncio.to_thread(
        client.update_records, **profile, SyncSessionToken=listing["SyncSessionToken"], RecordPatches=[patch]
    )
    return user.records("profile")


def test_the_decorator_mocks_a_coroutine():
    assert asyncio.run(store_theme()) == {"theme": "dark"}


async def store_language() -> dict[str, str]:
    async with mock_cognitosync(region_name="us-east-1") as sync:
        user = sync.new_user()
        user.device().put("profile", {"language": "cy"})
        return user.records("profile")


def test_the_mock_is_an_asynchronous_context_manager():
    assert asyncio.run(store_language()) == {"language": "cy"}
