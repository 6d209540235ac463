"""Raw, unsigned requests without boto3, and the paths that they use, for the tests of the wire."""

from __future__ import annotations

import json
from typing import Any

import requests

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
