"""aiobotocore and aioboto3 with a botocore that has dropped the service, run in an environment of its own."""

from __future__ import annotations

import asyncio
import json
import sys

from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader

from mock_cognitosync import mock_cognitosync

ADDRESS = {"IdentityPoolId": "us-east-1:0", "IdentityId": "us-east-1:1", "DatasetName": "profile"}


def new_client(kind):
    """An asynchronous client, created by aiobotocore or by aioboto3."""
    if kind == "aioboto3":
        import aioboto3

        return aioboto3.Session(region_name="us-east-1").client("cognito-sync")
    from aiobotocore.session import get_session

    return get_session().create_client("cognito-sync", region_name="us-east-1")


async def main(kind):
    seen = {}
    async with mock_cognitosync(region_name="us-east-1"), new_client(kind) as client:
        seen["listed"] = (await client.list_records(**ADDRESS))["Count"]
    try:
        async with new_client(kind):
            seen["after the mock"] = "a client"
    except UnknownServiceError as error:
        seen["after the mock"] = type(error).__name__
    print(json.dumps(seen))


kind, Loader.BUILTIN_DATA_PATH = sys.argv[1:]
asyncio.run(main(kind))
