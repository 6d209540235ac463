"""Real clients against the server: each calls all 17 operations and understands a refusal."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest
import requests
from botocore import xform_name
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.serialize import create_serializer
from driver import ACCOUNT, MODEL, conflict, counted, remove, replace

CLIENTS = Path(__file__).parent / "clients"
AWS_CLI = Path(os.environ.get("AWS_CLI", CLIENTS.parents[2] / ".venv-awscli/bin/aws"))
ROLE = f"arn:aws:iam::{ACCOUNT}:role/sync"
# The operations that the first test calls; the second calls all others.
OF_DATASETS = {
    "DeleteDataset",
    "DescribeDataset",
    "DescribeIdentityUsage",
    "ListDatasets",
    "ListRecords",
    "UpdateRecords",
}
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:sync"


class Refused(Exception):
    """Code, status and message of a refusal; the status is None if the client does not report it."""


# Each client is a function that takes an operation and its parameters, and returns the answer or raises Refused.


@contextmanager
def program(*command, environment):
    """Calls by a program that reads and writes a line of JSON for each call."""
    with subprocess.Popen(
        command, cwd=CLIENTS, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:

        def call(operation, **parameters):
            process.stdin.write(json.dumps({"operation": operation, "parameters": parameters}) + "\n")
            process.stdin.flush()
            outcome = json.loads(process.stdout.readline())
            if "refusal" in outcome:
                raise Refused(*outcome["refusal"])
            return outcome["answer"]

        yield call


def boto3_by_variable(environment):
    """A boto3 client that takes the URL from AWS_ENDPOINT_URL_COGNITO_SYNC."""
    del environment["AWS_ENDPOINT_URL"]
    return program(sys.executable, "client.py", environment=environment)


def sdk_for_javascript(environment):
    """@aws-sdk/client-cognito-sync on Node."""
    node = shutil.which("node")
    if not node or not (CLIENTS / "node_modules").is_dir():
        pytest.skip("Node, or AWS's SDK for it, is missing: `make test` installs the SDK where Node is there")
    return program(node, "client.mjs", environment=environment)


@contextmanager
def aws_cli(environment):
    """The command ``aws cognito-sync``, with JSON for everything that is not text."""
    assert AWS_CLI.exists(), f"{AWS_CLI} is missing: `make test` installs it, or let AWS_CLI name it"

    def call(operation, **parameters):
        words = [AWS_CLI, "cognito-sync", xform_name(operation, "-"), "--output", "json"]
        for name, value in parameters.items():
            words += [f"--{xform_name(name, '-')}", value if isinstance(value, str) else json.dumps(value)]
        done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60, check=False)
        refusal = re.search(r"\((\w+)\) when calling the \w+ operation: (.*)", done.stderr)
        if refusal:
            raise Refused(refusal[1], None, refusal[2])
        return json.loads(done.stdout or "{}")

    yield call


@contextmanager
def signed_requests(environment):
    """Signed requests of the ``requests`` library, with plain colons in the path and a body in each GET request."""
    serializer = create_serializer(MODEL.metadata["protocol"], include_validation=False)
    credentials = Credentials(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])

    with requests.Session() as session:

        def call(operation, **parameters):
            wanted = serializer.serialize_to_request(parameters, MODEL.operation_model(operation))
            url = environment["AWS_ENDPOINT_URL"] + wanted["url_path"].replace("%3A", ":")
            body = wanted["body"] or b"{}"
            request = AWSRequest(wanted["method"], url, wanted["headers"], body, wanted["query_string"])
            SigV4Auth(credentials, "cognito-sync", environment["AWS_REGION"]).add_auth(request)
            sent = request.prepare()
            answer = session.request(sent.method, sent.url, headers=dict(sent.headers), data=sent.body, timeout=5)
            if "x-amzn-ErrorType" in answer.headers:
                code = answer.headers["x-amzn-ErrorType"].rstrip(":")
                raise Refused(code, answer.status_code, answer.json()["message"])
            return answer.json()

        yield call


def plain(value):
    """*value* without nulls, which most clients hide."""
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items() if member is not None}
    return [plain(item) for item in value] if isinstance(value, list) else value


@pytest.fixture(params=[boto3_by_variable, sdk_for_javascript, aws_cli, signed_requests], ids=lambda way: way.__name__)
def call(request, cognitosync_server):
    """A function that calls an operation with a real client; answers have no nulls, and dates are in seconds."""
    with request.param({**os.environ, **cognitosync_server.variables}) as client:
        yield lambda operation, **parameters: plain(client(operation, **parameters))


def refusal(call, operation, **parameters):
    """Code, status and message of a refusal; the declared status if the client does not report one."""
    with pytest.raises(Refused) as caught:
        call(operation, **parameters)
    code, status, message = caught.value.args
    declared = MODEL.shape_for(code).metadata["error"]["httpStatusCode"]
    return code, declared if status is None else status, message


def test_records_and_datasets_work_with_each_client(call, cognitosync, profile):
    """Each client writes, removes, lists, describes and deletes, and is refused. Source: wire-1."""
    listing = call("ListRecords", **profile.parameters)
    token = listing.pop("SyncSessionToken")
    assert listing == {
        "Count": 0,
        "DatasetDeletedAfterRequestedSyncCount": False,
        "DatasetExists": False,
        "DatasetSyncCount": 0,
        "Records": [],
    }

    patches = [
        replace("whole", "é 😀", DeviceLastModifiedDate=1700574873),
        replace("a:b", "", DeviceLastModifiedDate=1700574873.059),
    ]
    records = call("UpdateRecords", **profile.parameters, SyncSessionToken=token, RecordPatches=patches)["Records"]
    written = records[0]["LastModifiedDate"]
    signature = {"LastModifiedBy": ACCOUNT, "LastModifiedDate": written, "SyncCount": 1}
    # Some botocore, and so the AWS CLI, sends dates without their fractions.
    assert records[1].pop("DeviceLastModifiedDate") in (1700574873.059, 1700574873)
    assert records == [
        {**signature, "Key": "whole", "Value": "é 😀", "DeviceLastModifiedDate": 1700574873},
        {**signature, "Key": "a:b", "Value": ""},
    ]

    token = call("ListRecords", **profile.parameters)["SyncSessionToken"]
    stale = refusal(
        call, "UpdateRecords", **profile.parameters, SyncSessionToken=token, RecordPatches=[replace("whole")]
    )
    assert stale == conflict("whole", current=1, sent=0)
    call("UpdateRecords", **profile.parameters, SyncSessionToken=token, RecordPatches=[remove("whole", 1)])
    delta = call("ListRecords", **profile.parameters, LastSyncCount=1, MaxResults=10)
    assert counted(delta["Records"]) == [("whole", None, 2)]
    assert profile.records() == {"a:b": ""}

    dataset = call("DescribeDataset", **profile.parameters)["Dataset"]
    assert dataset == {
        "IdentityId": profile.identity_id,
        "DatasetName": "profile",
        "NumRecords": 1,
        "DataStorage": 3,
        "CreationDate": written,
        "LastModifiedBy": ACCOUNT,
        "LastModifiedDate": profile.state().last_modified_date.timestamp(),
    }
    assert call("ListDatasets", **profile.identity) == {"Count": 1, "Datasets": [dataset]}
    assert call("DescribeIdentityUsage", **profile.identity)["IdentityUsage"]["DatasetCount"] == 1
    assert call("DeleteDataset", **profile.parameters)["Dataset"] == dataset
    not_found = ("ResourceNotFoundException", 404, "Dataset 'profile' not found.")
    assert refusal(call, "DeleteDataset", **profile.parameters) == not_found
    assert {made.operation for made in cognitosync.calls} == OF_DATASETS


def test_configuration_and_usage_of_pools_work_with_each_client(call, cognitosync, profile):
    """Each client uses usage, events, streams and push sync of a pool. Source: wire-1."""
    pool = profile.pool
    profile.device().put("profile", {"theme": "dark"})
    boto3.client("kinesis").create_stream(StreamName="changes", ShardCount=1)
    attributes = {"PlatformCredential": "key"}
    arn = boto3.client("sns").create_platform_application(Name="app", Platform="GCM", Attributes=attributes)

    usage = call("DescribeIdentityPoolUsage", **pool)["IdentityPoolUsage"]
    assert (usage["IdentityPoolId"], usage["DataStorage"]) == (profile.identity_pool_id, 9)
    assert call("ListIdentityPoolUsage", MaxResults=1)["IdentityPoolUsages"] == [usage]

    assert call("SetCognitoEvents", **pool, Events={"SyncTrigger": FUNCTION}) == {}
    assert call("GetCognitoEvents", **pool) == {"Events": {"SyncTrigger": FUNCTION}}
    assert call("SetCognitoEvents", **pool, Events={"SyncTrigger": ""}) == {}

    configuration = {
        **pool,
        "PushSync": {"ApplicationArns": [arn["PlatformApplicationArn"]], "RoleArn": ROLE},
        "CognitoStreams": {"StreamName": "changes", "RoleArn": ROLE, "StreamingStatus": "ENABLED"},
    }
    assert call("SetIdentityPoolConfiguration", **configuration) == configuration
    assert call("GetIdentityPoolConfiguration", **pool) == configuration

    assert call("BulkPublish", **pool) == pool
    assert call("GetBulkPublishDetails", **pool)["BulkPublishStatus"] in {"IN_PROGRESS", "SUCCEEDED"}
    assert [record.data["payloadType"] for record in cognitosync.stream_records] == ["Inline"]

    device = call("RegisterDevice", **profile.identity, Platform="GCM", Token="t")
    assert call("SubscribeToDataset", **profile.parameters, **device) == {}
    assert call("UnsubscribeFromDataset", **profile.parameters, **device) == {}
    assert {made.operation for made in cognitosync.calls} == set(MODEL.operation_names) - OF_DATASETS
