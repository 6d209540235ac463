"""Raw, unsigned requests, their paths, and sample values of all parameters, for the tests of the wire."""

from __future__ import annotations

import json
from typing import Any

import requests
from driver import MODEL

HOST = "https://cognito-sync.us-east-1.amazonaws.com"
POOL = "us-east-1:00000000-0000-4000-8000-00000000000a"
IDENTITY = "us-east-1:00000000-0000-4000-8000-00000000000b"
OWNER = f"/identitypools/{POOL}/identities/{IDENTITY}"
DATASET = f"{OWNER}/datasets/d"
RECORDS = f"{DATASET}/records"


def send(method: str, path: str, body: Any = None, **options: Any) -> requests.Response:
    """Send a request; a body that is neither text nor bytes is sent as JSON. *options* are those of requests."""
    data = body if body is None or isinstance(body, (str, bytes)) else json.dumps(body)
    return requests.request(method, HOST + path, data=data, timeout=5, **options)


def token(dataset: str = DATASET) -> str:
    """A fresh sync session token for the dataset at a path."""
    return str(send("GET", f"{dataset}/records").json()["SyncSessionToken"])


OPERATIONS = {name: MODEL.operation_model(name) for name in MODEL.operation_names}
SAMPLES = {
    "IdentityPoolId": POOL,
    "IdentityId": IDENTITY,
    "DatasetName": "a:b",
    "DeviceId": "us/7 %",
    "SyncSessionToken": "+/=",
    "NextToken": "b&c=d",
    "Platform": "GCM",
    "Token": "t",
    "Events": {"SyncTrigger": "arn"},
    "LastSyncCount": 7,
    "MaxResults": 9,
    "ClientContext": "e",
}
"""A value of each parameter, with characters that must be encoded."""


def arguments_of(operation: str, **members: Any) -> dict[str, Any]:
    """The ids that *operation* requires, of the dataset d, and *members*."""
    ids = {"IdentityPoolId": POOL, "IdentityId": IDENTITY, "DatasetName": "d"}
    return {member: ids[member] for member in OPERATIONS[operation].input_shape.members if member in ids} | members
