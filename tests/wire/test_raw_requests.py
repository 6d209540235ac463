"""Requests that no SDK sends: each is refused with an error of the service and changes nothing."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, urlencode

import pytest
from driver import MODEL, replace
from hypothesis import given, settings
from hypothesis import strategies as st
from raw import DATASET, IDENTITY, OWNER, POOL, RECORDS, send, token

INJECTION = "&Action=DescribeDataset"
# A placeholder that a valid token replaces in bodies.
TOKEN = "TOKEN"

STATUSES = {shape.name: int(shape.metadata["error"]["httpStatusCode"]) for shape in MODEL.error_shapes}
STATUSES |= {"ValidationException": 400, "SerializationException": 400}


@pytest.fixture
def sync(cognitosync):
    """The handle of a mock with two datasets; d has the record k and the tombstone gone, and sync count 2."""
    seed(cognitosync)
    return cognitosync


def seed(sync):
    device = sync.device(POOL, IDENTITY)
    device.put("d", {"k": "v", "gone": ""})
    device.remove("d", "gone")
    device.put("other", {"k": "v"})


def brief(value):
    """A value as part of a test's name."""
    return ascii(value)[:30]


def body_of(members, **more):
    """A body with *members* and, unless they have one, a valid token."""
    return json.dumps({"SyncSessionToken": token(), **members, **more})


def state(sync):
    """Everything that the handle and the lists show of the service."""
    names = ("d", "other")
    datasets = {name: (sync.dataset(POOL, IDENTITY, name), sync.records(POOL, IDENTITY, name)) for name in names}
    return datasets, send("GET", f"{OWNER}/datasets").json(), send("GET", "/identitypools").json()


def refusal(response):
    """The code and status of an answer, which must be a refusal with an error of the service."""
    code = response.headers.get("x-amzn-ErrorType", "").rstrip(":")
    assert code in STATUSES, response.text
    assert {name: type(text) for name, text in response.json().items()} == {"message": str}
    assert response.status_code == STATUSES[code]
    return code, response.status_code


def assert_refused(sync, method, path, body=None, **options):
    """Assert that the request is refused and changes nothing."""
    before = state(sync)
    code, status = refusal(send(method, path, body, **options))
    assert (400 <= status < 500, state(sync)) == (True, before), code


def assert_update_refused(sync, body):
    """Assert that UpdateRecords refuses the body, changes nothing, and leaves the token in it valid."""
    valid = token()
    assert_refused(sync, "POST", DATASET, body.replace(TOKEN.encode(), valid.encode()))
    after = json.dumps({"SyncSessionToken": valid, "RecordPatches": [replace("new")]})
    assert send("POST", DATASET, after).json()["Records"][0]["SyncCount"] == 3


# Bodies


@pytest.mark.parametrize(
    "body",
    [
        *b"| |{|}|{}{}|nul|x|\0|\x1f\x8b\x08\0|Action=ListDatasets&Version=2014-06-30".split(b"|"),
        b"{'SyncSessionToken':'TOKEN'}",
        b'{"SyncSessionToken":"TOKEN",}',
        b'{"SyncSessionToken":"TOKEN"',
        b'{"SyncSessionToken":"TOKEN"}x',
        b'{"SyncSessionToken":"TOKEN\n"}',
        b'{"SyncSessionToken":"TOKEN","\xff":1}',
        b'{"SyncSessionToken":"TOKEN","x":"\xc3("}',
        b'{"SyncSessionToken":"TOKEN","x":"\xed\xa0\x80"}',
        b'{"SyncSessionToken":"TOKEN","x":NaN}',
        b'{"SyncSessionToken":"TOKEN","x":-Infinity}',
        b'{"SyncSessionToken":"TOKEN","x":%s}' % (b"1" * 5000),
        b'\xef\xbb\xbf{"SyncSessionToken":"TOKEN"}',
        '{"SyncSessionToken":"TOKEN"}'.encode("utf-16"),
        b"[" * 10_000,
        b"[" * 10_000 + b"]" * 10_000,
        b'{"x":' * 10_000 + b"1" + b"}" * 10_000,
        b'{"SyncSessionToken":"TOKEN","RecordPatches":%s%s}' % (b"[" * 10_000, b"]" * 10_000),
        b'{"SyncSessionToken":"TOKEN","RecordPatches":%s{}%s}' % (b"[" * 100, b"]" * 100),
    ],
)
def test_a_body_that_is_not_json_is_refused(sync, body):
    """A body that is not JSON in UTF-8, or is nested too deeply, is refused. Source: wire-7."""
    assert_update_refused(sync, body)


@pytest.mark.parametrize("body", [b"null", b"true", b"0", b"1.5", b'"TOKEN"', b"[]", b'[{"SyncSessionToken":"TOKEN"}]'])
def test_a_body_that_is_not_an_object_is_refused(sync, body):
    """JSON that is not an object is refused. Source: wire-7."""
    assert_update_refused(sync, body)


KINDS = {"text": "x", "integer": 1, "fraction": 1.5, "boolean": True, "list": [], "map": {}}
VALID_KINDS = {"string": ["text"], "long": ["integer"], "timestamp": ["integer", "fraction"], "list": ["list"]}
UPDATE = MODEL.shape_for("UpdateRecordsRequest")
BODY_MEMBERS = {name: shape for name, shape in UPDATE.members.items() if "location" not in shape.serialization}
PATCH_MEMBERS = MODEL.shape_for("RecordPatch").members


def invalid_kinds(members):
    """Each member with each kind of value that it does not accept."""
    return [
        (name, kind) for name, shape in members.items() for kind in KINDS if kind not in VALID_KINDS[shape.type_name]
    ]


@pytest.mark.parametrize(("name", "kind"), invalid_kinds(BODY_MEMBERS))
def test_a_member_of_a_wrong_type_is_refused(sync, name, kind):
    """A member of a type other than the model's is refused. Source: wire-7."""
    members = {"SyncSessionToken": TOKEN, "RecordPatches": [replace("new")], name: KINDS[kind]}

    assert_update_refused(sync, json.dumps(members).encode())


@pytest.mark.parametrize(("name", "kind"), invalid_kinds(PATCH_MEMBERS))
def test_a_patch_member_of_a_wrong_type_is_refused(sync, name, kind):
    """A patch with a member of a wrong type is refused together with all other patches. Source: wire-7, update-2."""
    members = {"SyncSessionToken": TOKEN, "RecordPatches": [replace("new"), replace("more", **{name: KINDS[kind]})]}

    assert_update_refused(sync, json.dumps(members).encode())


@pytest.mark.parametrize(
    "patches",
    [
        [None],
        [replace("new"), None],
        [[]],
        [{}],
        ["x"],
        *([replace("new"), {**replace("more"), name: None}] for name in ("Op", "Key", "Value", "SyncCount")),
        [replace("new"), {**replace("more"), "Op": "REPLACE"}],
        [replace("new"), {**replace("more"), "Op": "replace\n"}],
        [replace("new"), {**replace("more"), "Op": ""}],
        [replace(""), replace("new")],
        [replace("k" * 1025)],
        [replace("k" * 1_000_000)],
        [replace("\U0001f600" * 1025)],
        [replace("new", value="v" * 1_048_576)],
        [replace("new"), replace("new")],
        [replace("new"), replace("k")],
        [replace("new"), replace("gone", sync_count=1)],
        [replace("new"), replace("more", sync_count=-1)],
        [replace("new"), replace("more", sync_count=1 << 63)],
        [replace("new"), replace("more", sync_count=-(1 << 63) - 1)],
        [replace("new"), replace("more", sync_count=10**4000)],
        [replace("new"), replace("\ud800", sync_count=-1)],
        [replace("new"), replace(f"k{INJECTION}", sync_count=-1)],
        [replace("new"), replace("more", DeviceLastModifiedDate=10**4000)],
        [replace("new"), replace("more", DeviceLastModifiedDate=253402300800)],
        [replace("new"), replace("more", DeviceLastModifiedDate=-62135596801)],
        [replace(str(number)) for number in range(1024)],
    ],
    ids=brief,
)
def test_an_invalid_patch_refuses_all_patches(sync, patches):
    """Patches that break a rule are refused together with all others. Source: update-2, wire-6, wire-7."""
    assert_update_refused(sync, json.dumps({"SyncSessionToken": TOKEN, "RecordPatches": patches}).encode())


@pytest.mark.parametrize(
    "number", ["1e999", "-1e999", "NaN", "Infinity", "1" * 5000, "-" + "1" * 5000, "01", "0x1", "1."]
)
@pytest.mark.parametrize("name", ["SyncCount", "DeviceLastModifiedDate"])
def test_an_invalid_number_is_refused(sync, name, number):
    """A number that is malformed, not finite or too large is refused. Source: wire-7."""
    text = json.dumps({"SyncSessionToken": TOKEN, "RecordPatches": [replace("more", **{name: "NUMBER"})]})

    assert_update_refused(sync, text.replace('"NUMBER"', number).encode())


UNUSUAL_TEXTS = [
    "é",
    "\ud800",
    "\udfff\ud800",
    "a\r\nb",
    "\x00",
    "\x7f",
    "a\n",
    "\U0001f600",
    INJECTION,
    "a/b",
    "%2F",
    "€" * 1024,
]


@pytest.mark.parametrize("text", UNUSUAL_TEXTS, ids=brief)
def test_unusual_keys_and_values_come_back_unchanged(sync, text):
    """Any key of up to 1,024 characters, and any value, comes back unchanged, on pages too. Source: limits-6."""
    answer = send("POST", DATASET, body_of({"RecordPatches": [replace(text, text)]})).json()
    first = send("GET", f"{RECORDS}?lastSyncCount=1&maxResults=1").json()
    second = send("GET", f"{RECORDS}?lastSyncCount=1&" + urlencode({"nextToken": first["NextToken"]})).json()
    stale = send("POST", DATASET, body_of({"RecordPatches": [replace(text)]}))

    assert [(record["Key"], record["Value"]) for record in answer["Records"]] == [(text, text)]
    assert sorted(record["Key"] for record in first["Records"] + second["Records"]) == sorted(["gone", text])
    assert stale.json() == {"message": f"Current SyncCount for: {text} is: 3 not: 0"}
    assert sync.records(POOL, IDENTITY, "d") == {"k": "v", text: text}


# Paths


NAMES = ["", "d%0A", "d%0D%0A", "%0Ad", "d%00", "d%20", "+", "d%2Frecords", "%2F", "d%5C", "%", "%25", "%zz", "%C3%A9"]
NAMES += ["é", "%FF", "%ED%A0%80", "d%3Fx", "d%23", f"d{INJECTION}", quote(f"d{INJECTION}"), "d" * 129, "d" * 10_000]


@pytest.mark.parametrize("name", NAMES, ids=brief)
@pytest.mark.parametrize(("method", "path"), [("DELETE", ""), ("POST", ""), ("GET", "/records?syncSessionToken=x")])
def test_a_name_that_does_not_match_its_pattern_is_refused(sync, method, path, name):
    """A dataset's decoded name must match its pattern as a whole. Source: limits-6, wire-6."""
    body = body_of({"RecordPatches": [replace("new")]}) if method == "POST" else None

    assert_refused(sync, method, f"{OWNER}/datasets/{name}{path}", body)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        ":",
        ":0",
        "d",
        "a:",
        "a:0%0A",
        "a:0A",
        "%C3%A9:0",
        "a:%D9%A0",
        "a:0%2F",
        "a:0:0",
        "a%253A0",
        "*",
        f"a:{'0' * 54}",
    ],
)
@pytest.mark.parametrize(
    "path", ["/identitypools/{}", "/identitypools/{}/identities/x:0/datasets", f"/identitypools/{POOL}/identities/{{}}"]
)
def test_an_id_that_does_not_match_its_pattern_is_refused(sync, path, wrong):
    """Ids of pools and identities must match their pattern as a whole, in ASCII. Source: limits-6, wire-6."""
    assert_refused(sync, "GET", path.format(wrong))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "//"),
        ("GET", "/identitypools/"),
        ("GET", "/identitypools//"),
        ("GET", "//identitypools"),
        ("GET", f"/identitypools//identities/{IDENTITY}"),
        ("GET", f"/identitypools/{POOL}/identities//datasets"),
        ("GET", f"{OWNER}/"),
        ("GET", f"{OWNER}/datasets/"),
        ("GET", f"{OWNER}/datasets//records"),
        ("GET", f"{RECORDS}/"),
        ("GET", f"/identitypools%2F{POOL}"),
        ("GET", f"{OWNER}%2Fdatasets"),
        ("DELETE", f"{DATASET}/"),
        ("DELETE", f"{OWNER}/datasets"),
        ("DELETE", f"/identitypools/{POOL}"),
        ("DELETE", RECORDS),
        ("POST", ""),
        ("POST", f"/?Action=ListDatasets&IdentityPoolId={POOL}"),
        ("POST", f"{DATASET}/"),
        ("POST", RECORDS),
        ("POST", f"{OWNER}/datasets"),
    ],
)
def test_an_unknown_path_is_refused(sync, method, path):
    """Empty labels, encoded and trailing slashes, and methods of other paths are refused. Source: wire-8."""
    target = {"X-Amz-Target": "com.amazonaws.cognito.sync.model.AWSCognitoSyncService.ListIdentityPoolUsage"}

    assert_refused(sync, method, path, b'{"SyncSessionToken":"x"}', headers=target)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("path", ["/identitypools", OWNER, DATASET, RECORDS])
def test_an_unknown_method_is_refused(sync, method, path):
    """A method that no operation has is refused. Source: wire-8."""
    assert_refused(sync, method, path, body_of({"RecordPatches": [replace("new")]}))


# Queries


NUMBERS = ["", "x", "1.0", "1e3", "+1", "%2B1", "%201", "1%0A", "1%00", "0x1", "1_0", "%D9%A1", "%EF%BC%91", "%FF"]
NUMBERS += ["null", "1,2", "-1", "--1", "1" * 5000, "0" * 5000, "9" * 19, str(1 << 63), str(-(1 << 63) - 1)]


@pytest.mark.parametrize("number", NUMBERS, ids=brief)
@pytest.mark.parametrize("name", ["maxResults", "lastSyncCount"])
def test_an_invalid_number_in_the_query_is_refused(sync, name, number):
    """
    A number in the query has ASCII digits, is in the range of its type, and is not negative.

    Source: wire-7, list-7, paging-1.
    """
    assert_refused(sync, "GET", f"{RECORDS}?{name}={number}")


@pytest.mark.parametrize(
    "query",
    [
        "maxResults=1&maxResults=x",
        "maxResults=x&maxResults=1",
        "maxResults=1&maxResults=0",
        "lastSyncCount=1&lastSyncCount=99",
        f"nextToken={INJECTION}&nextToken=x",
        "syncSessionToken=x&syncSessionToken=y",
    ],
)
def test_a_repeated_parameter_does_not_hide_an_invalid_value(sync, query):
    """A parameter that is given twice does not hide an invalid value. Source: wire-7."""
    assert_refused(sync, "GET", f"{RECORDS}?{query}")


def encoded(text):
    return base64.b64encode(text.encode()).decode()


MALFORMED = [
    "",
    "x",
    "%",
    "====",
    "YQ",
    "YR==",
    "MTprYR==",
    " YQ==",
    "YQ==\n",
    "YQ==YQ==",
    "Y Q==",
    "_w==",
    "/w==",
    "é",
]
MALFORMED += ["\x00", "7aCA", "A" * 10_001, b"\xed\xa0\x80", encoded("\n"), encoded(INJECTION)]
MALFORMED_NEXT_TOKENS = [
    *((path, malformed) for path in (RECORDS, f"{OWNER}/datasets", "/identitypools") for malformed in MALFORMED),
    *((RECORDS, encoded(text)) for text in ("k", "1", ":k", "0:k", "-1:k", "3:k", "01:k", " 1:k", "1_0:k")),
    *((RECORDS, encoded(text)) for text in ("٣:k", "1.0:k", "9" * 5000 + ":k")),
]


@pytest.mark.parametrize(("path", "malformed"), MALFORMED_NEXT_TOKENS, ids=brief)
def test_a_malformed_next_token_is_refused(sync, path, malformed):
    """A NextToken that no answer can have had is refused. Source: paging-3."""
    assert_refused(sync, "GET", path, params={"nextToken": malformed})


@pytest.mark.parametrize(
    ("path", "last", "other"),
    [
        *((RECORDS, "gone", other) for other in ("", "d" * 1025)),
        *((f"{OWNER}/datasets", "d", other) for other in ("", "d\n", "a b", "d" * 129)),
        *(("/identitypools", POOL.partition(":")[2], other) for other in ("", "0\n", "g", "0" * 46)),
    ],
    ids=brief,
)
def test_an_altered_next_token_is_refused(sync, path, last, other):
    """A well-formed NextToken with an impossible key is refused. Source: paging-3."""
    sync.device("us-east-1:1", IDENTITY).put("d", {"k": "v"})
    key = base64.b64decode(send("GET", f"{path}?maxResults=1").json()["NextToken"]).decode()
    assert key.endswith(last)

    assert_refused(sync, "GET", path, params={"nextToken": encoded(key.removesuffix(last) + other)})


def sealed(words):
    """A forged session token: an invalid seal and *words*."""
    return base64.b64encode(bytes(32) + words.encode("utf-8", "surrogatepass")).decode()


def not_canonical(valid):
    """The token with other padding bits, which decodes to the same bytes."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    padding = len(valid) - len(valid.rstrip("="))
    last = letters[letters.index(valid[-padding - 1]) + 1]
    other = valid[: -padding - 1] + last + "=" * padding
    assert base64.b64decode(other) == base64.b64decode(valid)
    return other


MALFORMED_SESSION_TOKENS = [
    not_canonical,
    lambda valid: "",
    lambda valid: "x",
    lambda valid: valid.rstrip("="),
    lambda valid: valid + "=",
    lambda valid: valid + "\n",
    lambda valid: f" {valid}",
    lambda valid: valid + valid,
    lambda valid: valid[:-4],
    lambda valid: valid.swapcase(),
    lambda valid: valid + INJECTION,
    lambda valid: f"A{valid[1:]}" if valid[0] != "A" else f"B{valid[1:]}",
    lambda valid: base64.b64encode(base64.b64decode(valid)[32:]).decode(),
    lambda valid: base64.b64encode(bytes(32) + base64.b64decode(valid)[32:]).decode(),
    lambda valid: sealed(f"s 99999999999999 0 {IDENTITY} d"),
    lambda valid: sealed(f"s {'9' * 5000} 0 {IDENTITY} d"),
    lambda valid: sealed(f"s 9_9 0 {IDENTITY} d"),
    lambda valid: sealed("a b c d e"),
    lambda valid: sealed("    "),
    lambda valid: base64.b64encode(b"\xff" * 99).decode(),
    lambda valid: "é",
    lambda valid: "\x00",
    lambda valid: "A" * 10_000,
]


@pytest.mark.parametrize("garble", MALFORMED_SESSION_TOKENS)
def test_a_malformed_session_token_is_refused(sync, garble):
    """ListRecords and UpdateRecords refuse a sync session token that is not intact. Source: token-4."""
    malformed = garble(token())

    assert_refused(sync, "GET", RECORDS, params={"syncSessionToken": malformed})
    assert_refused(
        sync, "POST", DATASET, json.dumps({"SyncSessionToken": malformed, "RecordPatches": [replace("new")]})
    )


def test_a_session_token_with_half_a_surrogate_pair_is_refused(sync):
    """A sync session token with half a surrogate pair is refused. Source: token-4."""
    assert_refused(sync, "POST", DATASET, json.dumps({"SyncSessionToken": "\ud800", "RecordPatches": [replace("new")]}))


# Generated requests

ANY_TEXT = st.text(st.characters(exclude_categories=())) | st.sampled_from(
    ["d", "k", TOKEN, INJECTION, "a\n", "replace"]
)
NAMES_OF_MEMBERS = [*BODY_MEMBERS, *PATCH_MEMBERS, "IdentityPoolId", "ModifiedBy"]
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(NAMES_OF_MEMBERS) | ANY_TEXT, inner),
)
ANY_MEMBERS = st.dictionaries(st.sampled_from(NAMES_OF_MEMBERS) | ANY_TEXT, ANY_JSON, max_size=1)
ANY_PATCH = ANY_MEMBERS.map(replace("new").__or__)
ANY_UPDATE = st.lists(ANY_PATCH, max_size=2).flatmap(
    lambda patches: ANY_MEMBERS.map({"SyncSessionToken": TOKEN, "RecordPatches": patches}.__or__)
)
ANY_BODY = st.binary() | st.one_of(ANY_JSON, *[ANY_UPDATE] * 4).map(lambda value: json.dumps(value).encode())
ANY_LABEL = st.sampled_from([POOL, IDENTITY, "d", "other", ""]) | ANY_TEXT
QUERY_NAMES = ["maxResults", "lastSyncCount", "nextToken", "syncSessionToken", "MaxResults"]
ANY_QUERY = st.lists(
    st.tuples(st.sampled_from(QUERY_NAMES) | ANY_TEXT, st.integers().map(str) | ANY_TEXT | ANY_TEXT.map(sealed)),
    max_size=3,
)


@pytest.mark.parametrize("name", MODEL.operation_names)
def test_any_request_is_answered_or_refused(cognitosync, name):
    """Any request to a path is answered, or refused with an error of the service and without effect."""
    http = MODEL.operation_model(name).http

    @settings(max_examples=100 if name == "UpdateRecords" else 10, deadline=None)
    @given(usual=st.booleans(), labels=st.tuples(*[ANY_LABEL] * 4), query=ANY_QUERY, body=ANY_BODY)
    def send_anything(usual, labels, query, body):
        cognitosync.reset()
        seed(cognitosync)
        valid = token()
        texts = [POOL, IDENTITY, "d", "7"] if usual else labels
        keys = ("IdentityPoolId", "IdentityId", "DatasetName", "DeviceId")
        values = {key: quote(text, safe="", errors="surrogatepass") for key, text in zip(keys, texts, strict=True)}
        search = urlencode([(key, valid if text == TOKEN else text) for key, text in query], errors="surrogatepass")
        path = f"{http['requestUri'].format(**values)}?{search}"
        before = state(cognitosync)
        response = send(http["method"], path, body.replace(TOKEN.encode(), valid.encode()))
        if response.status_code != 200:
            refusal(response)
            assert state(cognitosync) == before

    send_anything()
