"""Requests for all 17 operations: valid ones from the service model, and each of them broken in some way."""

from __future__ import annotations

import gzip
import json
from copy import deepcopy
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

from driver import ACCOUNT
from raw import OPERATIONS

POOL = "us-east-1:00000000-0000-4000-8000-00000000000a"
HOST = "cognito-sync.us-east-1.amazonaws.com"
SIGNATURE = "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20240601/us-east-1/cognito-sync/aws4_request, Signature=0"
LONG = 5_000
UNKNOWN_DEVICE = "00000000-0000-4000-8000-00000000000d"
# What exists in other services.
PLATFORM, STREAM = "GCM", "changes"

VALUES: dict[str, list[Any]] = {
    "IdentityPoolId": [POOL],
    "IdentityId": [f"us-east-1:00000000-0000-4000-8000-00000000000{digit}" for digit in "bc"],
    "DatasetName": ["profile", "a:b"],
    "LastSyncCount": [0, 1, 2, 5],
    "MaxResults": [1, 2, 1024],
    "ClientContext": ["e30="],
    "Platform": [PLATFORM, PLATFORM, "APNS", "APNS_SANDBOX", "ADM"],
    "Token": ["first", "second"],
    "Events": [{"SyncTrigger": ""}, {}],
    "PushSync": [{}, *[{"ApplicationArns": [f"arn:aws:sns:us-east-1:{ACCOUNT}:app/{PLATFORM}/game"]}] * 3],
    "CognitoStreams": [
        {"StreamName": STREAM, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/sync", "StreamingStatus": status}
        for status in ("ENABLED", "ENABLED", "DISABLED")
    ],
}
ODD: list[Any] = [
    *[None, True, False, 0, -1, 1.5, 1e308, 2**31, 2**63, 2**64, 10**25],
    *[
        "",
        " ",
        "x",
        "1",
        "-1",
        "1e3",
        "0x1",
        "\u0661",
        "é",
        "😀",
        "\x00",
        "\n",
        "\ud800",
        "null",
        "NaN",
        "x" * 129,
        "x" * LONG,
    ],
    *[
        "..",
        "../..",
        "a/b",
        "%2F",
        "&Action=ListDatasets",
        "us-east-1:zz",
        "eu-west-1:00000000-0000-4000-8000-00000000000a",
    ],
    *[[], {}, [[]], [None], [{}], {"": ""}, {"a": {"b": []}}],
]
BYTES = [
    b"\x00",
    b"\xff",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"\xf4\x90\x80\x80",
    b"}",
    b'"',
    b"\\",
    b"\\u",
    b"\\ud800",
    b"1e999",
]
METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "get", "X"]
SEGMENTS = [
    "",
    ".",
    "..",
    "%",
    "%zz",
    "%00",
    "%ff",
    "%2F",
    "%252F",
    "x",
    "😀",
    "identities",
    "x" * LONG,
    ";",
    "a;b",
    "+",
]
QUERIES = [
    "",
    "&",
    "=",
    "lastSyncCount",
    "lastSyncCount=%ff",
    "maxResults=%",
    "x=1;y=2",
    "nextToken=" + "x" * LONG,
    "%00=%00",
]
QUERIES += [f"lastSyncCount={number}" for number in (-1, 2**63, 10**25, "1" * LONG, "1.0", "NaN", "%2B1", "\u0663")]
QUERIES += [f"maxResults={number}" for number in (0, -1, 2**31, "1" * LONG, "x")]
HEADERS = [
    ("Authorization", SIGNATURE.replace("us-east-1", "mars-1")),
    ("Authorization", SIGNATURE.replace("us-east-1", "eu-west-1")),
    ("Authorization", SIGNATURE + ", " + "x" * LONG),
    ("Content-Type", "application/x-www-form-urlencoded"),
    ("Content-Type", "multipart/form-data; boundary=x"),
    ("Content-Type", "\xff"),
    ("Content-Encoding", "gzip"),
    ("Accept", "text/html"),
    ("amz-sdk-request", "attempt=9999999999; max=x"),
    ("amz-sdk-invocation-id", "x" * LONG),
    ("x-amz-Client-Context", "\xe9" * 9),
    ("X-Amz-Target", "AWSCognitoSyncService.ListRecords"),
    ("x-moto-account-id", "x"),
    ("X-Amz-Date", "tomorrow"),
    ("X-HTTP-Method-Override", "DELETE"),
]


@dataclass
class Wire:
    """A request as it is sent; path and query are percent-encoded, or broken."""

    operation: str
    method: str
    path: str
    query: str
    body: bytes
    headers: dict[str, str] = field(default_factory=lambda: {"Authorization": SIGNATURE})
    dataset: tuple[Any, Any] = (None, None)
    breaks: list[str] = field(default_factory=list)

    @property
    def target(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path


class Grammar:
    """
    Random requests.

    Attributes:
        tokens: the last sync session tokens that the service has issued, by identity and dataset name.
        devices: the last device ids that it has issued, by identity.
    """

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.tokens: dict[tuple[Any, Any], str] = {}
        self.devices: dict[Any, str] = {}
        # Most requests are about records.
        self.operations = [*sorted(OPERATIONS), *["ListRecords"] * 4, *["UpdateRecords"] * 8, "RegisterDevice"]

    def request(self) -> Wire:
        """A valid request, and in four of five cases one to three breaks of it."""
        operation = self.chance.choice(self.operations)
        members = {
            name: value
            for name in OPERATIONS[operation].input_shape.members
            if (value := self.value(operation, name)) is not None
        }
        dataset = members.get("IdentityId"), members.get("DatasetName")
        if operation == "UpdateRecords" and self.chance.random() < 0.9:
            members["SyncSessionToken"] = self.tokens.get(dataset, "none yet")
        if "DeviceId" in members:
            members["DeviceId"] = self.devices.get(dataset[0], UNKNOWN_DEVICE)
        breaks = self.chance.choice([0, 1, 1, 2, 3])
        kinds = self.chance.choices([self.break_value, self.break_bytes, self.break_path, self.break_query,
                                     self.break_header, self.break_method], [6, 3, 2, 2, 1, 1], k=breaks)  # fmt: skip
        told = []
        for kind in kinds:
            if kind == self.break_value:
                told.append(self.break_value(members))
        wire = self.serialized(operation, members)
        for kind in kinds:
            if kind != self.break_value:
                told.append(f"{kind.__name__}: {kind(wire)}")
        wire.breaks, wire.dataset = told, dataset
        return wire

    def value(self, operation: str, name: str) -> Any:
        """A valid value of a parameter, or None to leave it out."""
        shape = OPERATIONS[operation].input_shape
        if name not in shape.required_members and self.chance.random() < 0.5:
            return None
        if name == "RecordPatches":
            return [self.patch() for _ in range(self.chance.randrange(4))]
        if name == "SyncSessionToken":
            return self.chance.choice(list(self.tokens.values()) or ["none yet"])
        if name == "NextToken":
            return None
        if name == "DeviceId":
            return UNKNOWN_DEVICE
        return deepcopy(self.chance.choice(VALUES[name]))

    def patch(self) -> dict[str, Any]:
        patch = {
            "Op": self.chance.choice(["replace", "replace", "remove"]),
            "Key": self.chance.choice("abé"),
            "SyncCount": self.chance.choice([0, 0, 1, 50, 10**6]),
        }
        if patch["Op"] == "replace":
            patch["Value"] = self.chance.choice(["", "v", "😀"])
        if self.chance.random() < 0.3:
            patch["DeviceLastModifiedDate"] = self.chance.choice([0, 1717243200, 1717243200.059, 1.7e9])
        return patch

    def serialized(self, operation: str, members: dict[str, Any]) -> Wire:
        """The request on the wire. botocore's serializer would refuse broken values, so this is one that does not."""
        model = OPERATIONS[operation]
        path, query, body, headers = model.http["requestUri"], {}, {}, {"Authorization": SIGNATURE}
        for name, value in members.items():
            shape = model.input_shape.members.get(name)
            place = shape.serialization.get("location") if shape is not None else None
            if place == "uri":
                path = path.replace(f"{{{shape.serialization['name']}}}", quote(text_of(value), safe=""))
            elif place == "querystring":
                query[shape.serialization["name"]] = text_of(value)
            elif place == "header":
                headers[shape.serialization["name"]] = quote(text_of(value))
            else:
                body[name] = value
        # A parameter of the path was left out.
        path = path.replace("{", "").replace("}", "")
        encoded = json.dumps(body).encode() if body or model.http["method"] == "POST" else b""
        return Wire(operation, model.http["method"], path, urlencode(query), encoded, headers)

    # Each breaks a request and returns what it did.

    def break_value(self, members: dict[str, Any]) -> str:
        """Replace, drop, add or repeat a value somewhere in the parameters."""
        node, key = self.place(members)
        kind = self.chance.choice(["replace", "replace", "replace", "drop", "add", "repeat"])
        if kind == "drop":
            del node[key]
        elif kind == "add" and isinstance(node, dict):
            node["Unknown"] = deepcopy(self.chance.choice(ODD))
        elif kind == "repeat" and isinstance(node, list):
            node.extend(deepcopy(node[key]) for _ in range(self.chance.choice([1, 1, 2_000])))
        else:
            node[key] = deepcopy(self.chance.choice(ODD))
        return f"{kind} {key}"

    def place(self, members: dict[str, Any]) -> tuple[Any, Any]:
        """A random container in a tree of values, and a key or index of it."""
        node: Any = members
        key = self.chance.choice(list(node) or ["Unknown"])
        node.setdefault(key, None)
        while node[key] and isinstance(node[key], (dict, list)) and self.chance.random() < 0.8:
            node = node[key]
            key = self.chance.choice(list(node) if isinstance(node, dict) else range(len(node)))
        return node, key

    def break_bytes(self, wire: Wire) -> str:
        """Damage the body."""
        kind = self.chance.choice(
            ["truncate", "insert", "flip", "replace", "nest", "digits", "repeat", "gzip", "empty", "other"]
        )
        at = self.chance.randrange(len(wire.body) + 1)
        if kind == "truncate":
            wire.body = wire.body[:at]
        elif kind == "insert":
            wire.body = wire.body[:at] + self.chance.choice(BYTES) + wire.body[at:]
        elif kind == "flip" and at < len(wire.body):
            wire.body = wire.body[:at] + bytes([wire.body[at] ^ 1 << self.chance.randrange(8)]) + wire.body[at + 1 :]
        elif kind == "nest":
            opening = self.chance.choice([b"[", b'{"a":'])
            wire.body = b'{"RecordPatches": ' + opening * self.chance.choice([50, 100_000])
        elif kind == "digits":
            wire.body = wire.body.replace(b"1", b"1" * self.chance.choice([30, LONG]), 3)
        elif kind == "repeat":
            wire.body = wire.body[:-1] + b"," + wire.body[1:]
        elif kind == "gzip":
            wire.body = gzip.compress(wire.body)
        elif kind == "empty":
            wire.body = b""
        else:
            wire.body = self.chance.choice(
                [b"null", b"[]", b'"x"', b"1", b"NaN", b"{} {}", b"{'a': 1}", b" " * LONG, *BYTES]
            )
        return kind

    def break_path(self, wire: Wire) -> str:
        """Drop, add, replace or double a segment of the path."""
        segments = wire.path.split("/")
        at = self.chance.randrange(1, len(segments))
        kind = self.chance.choice(["drop", "add", "replace", "double", "case", "encode", "end"])
        odd = self.chance.choice(SEGMENTS)
        if kind == "drop":
            del segments[at]
        elif kind == "add":
            segments.insert(at, odd)
        elif kind == "replace":
            segments[at] = odd
        elif kind == "double":
            segments.insert(at, segments[at])
        elif kind == "case":
            segments[at] = segments[at].upper()
        elif kind == "encode":
            segments[at] = "".join(f"%{byte:02X}" for byte in segments[at].encode())
        else:
            segments.append("")
        wire.path = "/".join(segments) or "/"
        return f"{kind} {at} {odd[:9]}"

    def break_query(self, wire: Wire) -> str:
        """Add to the query, or cut it."""
        if wire.query and self.chance.random() < 0.3:
            wire.query = wire.query[: self.chance.randrange(len(wire.query))]
            return "cut"
        odd = self.chance.choice([*QUERIES, wire.query])
        wire.query = f"{wire.query}&{odd}" if wire.query else odd
        return odd[:30]

    def break_header(self, wire: Wire) -> str:
        """Add or replace a header."""
        name, value = self.chance.choice(HEADERS)
        wire.headers[name] = value
        return f"{name}: {value[:30]}"

    def break_method(self, wire: Wire) -> str:
        """Take another method."""
        wire.method = self.chance.choice(METHODS)
        return wire.method


def text_of(value: Any) -> str:
    """A value in a path, a query or a header; a lone surrogate has no encoding there."""
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "replace").decode()
