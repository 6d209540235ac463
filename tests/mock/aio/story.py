"""A program that uses asynchronous clients, in an environment with aiobotocore; it prints what it found as JSON."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import boto3

from mock_cognitosync import RealRequestRefused, mock_cognitosync

ADDRESS = {"IdentityPoolId": "us-east-1:0", "IdentityId": "us-east-1:1", "DatasetName": "profile"}
seen = {"imported by the package": "aiobotocore" in sys.modules}


def new_client(kind, service="cognito-sync", **options):
    """An asynchronous client, created by aiobotocore or by aioboto3."""
    if kind == "aioboto3":
        import aioboto3

        return aioboto3.Session(region_name="us-east-1").client(service, **options)
    from aiobotocore.session import get_session

    return get_session().create_client(service, region_name="us-east-1", **options)


async def tell_the_story(kind):
    async with mock_cognitosync(region_name="us-east-1") as sync, new_client(kind) as client:
        seen["update and conflict"] = await write_twice(client)
        listings = await asyncio.gather(*(client.list_records(**ADDRESS) for _ in range(50)))
        seen["parallel calls"] = sum(listing["Count"] for listing in listings)
        seen["calls recorded"] = len(sync.calls)
        try:
            async with new_client(kind, endpoint_url="http://127.0.0.1:9") as astray:
                await astray.list_records(**ADDRESS)
        except RealRequestRefused:
            seen["astray"] = "refused"
        async with new_client(kind, "kinesis") as kinesis:
            await kinesis.create_stream(StreamName="changes", ShardCount=1)
            seen["another service"] = (await kinesis.list_streams())["StreamNames"]
        content = raw_content()
        seen["synchronous client"] = [isinstance(content, bytes), json.loads(content)["Count"]]


async def write_twice(client):
    """Write with the current count, then with a stale one."""
    token = (await client.list_records(**ADDRESS))["SyncSessionToken"]
    patch = {"Op": "replace", "Key": "theme", "Value": "dark", "SyncCount": 0}
    written = await client.update_records(**ADDRESS, SyncSessionToken=token, RecordPatches=[patch])
    token = (await client.list_records(**ADDRESS))["SyncSessionToken"]
    try:
        await client.update_records(**ADDRESS, SyncSessionToken=token, RecordPatches=[patch])
    except client.exceptions.ResourceConflictException as conflict:
        return [written["Records"][0]["SyncCount"], conflict.response["Error"]["Message"]]


def raw_content():
    """The body that a synchronous client receives while aiobotocore is loaded."""
    found = []
    client = boto3.client("cognito-sync")
    client.meta.events.register("before-parse", lambda response_dict, **_: found.append(response_dict["body"]))
    client.list_records(**ADDRESS)
    return found[0]


@mock_cognitosync(region_name="us-east-1")
async def decorated(kind):
    async with new_client(kind) as client:
        seen["decorated"] = (await client.list_records(**ADDRESS))["Count"]


@mock_cognitosync(region_name="us-east-1")
async def created_before(client):
    seen["created before the mock"] = (await client.list_records(**ADDRESS))["Count"]


async def main(kind):
    from moto.core import botocore_stubber

    keys = {"aws_access_key_id": "mine", "aws_secret_access_key": "mine"}
    async with new_client(kind, **keys) as early:
        from aiobotocore.httpsession import AIOHTTPSession

        before = botocore_stubber.AWSResponse, AIOHTTPSession.send
        await tell_the_story(kind)
        await decorated(kind)
        await created_before(early)
    seen["undone"] = (botocore_stubber.AWSResponse, AIOHTTPSession.send) == before


sys.path.insert(0, str(Path(__file__).parents[2]))
from network import watched  # noqa: E402  # it is in the folder of the tests

with watched() as hosts:
    asyncio.run(main(sys.argv[1]))
seen["hosts that were asked"] = hosts
print(json.dumps(seen))
