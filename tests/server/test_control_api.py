"""The control API as a client in another language sees it: raw requests, errors, scopes and long polling."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import boto3
import pytest
from driver import refusal, replace
from openapi_spec_validator import validate

from mock_cognitosync import __version__
from mock_cognitosync.cognitosync import settings
from mock_cognitosync.server.application import make_application
from mock_cognitosync.server.control_api.application import make_application as make_control_api
from mock_cognitosync.server.control_api.observations import MOST_WAITING
from mock_cognitosync.server.waitress_server import serving

ROOT = "/moto-api/cognito-sync"


class Api:
    """Sends requests to a server, and parses the answers."""

    def __init__(self, url):
        self.address = urlsplit(url).netloc

    def __call__(self, method, path, body=None, *, root=f"{ROOT}/v1", headers=None, **query):
        """The status and the parsed body of the answer."""
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        connection = HTTPConnection(self.address, timeout=30)
        connection.request(method, f"{root}{path}{'?' if query else ''}{urlencode(query)}", content, headers or {})
        response = connection.getresponse()
        text = response.read()
        connection.close()
        self.headers = response.headers
        return response.status, json.loads(text) if text else None

    def get(self, path, **query):
        """The body of a successful answer."""
        status, body = self("GET", path, **query)
        assert status == 200, body
        return body


@pytest.fixture
def api(cognitosync_server):
    """Requests to the server of this test's mock."""
    return Api(cognitosync_server.url)


@pytest.fixture
def user(cognitosync):
    return cognitosync.new_user()


def ids(user):
    return {"identity_pool_id": user.identity_pool_id, "identity_id": user.identity_id}


def path_of(user, dataset):
    return f"/pools/{user.identity_pool_id}/identities/{user.identity_id}/datasets/{dataset}"


# Requests and errors


def test_health_has_the_versions(api):
    """It is also available without a version of the API, and names the default account and region."""
    expected = {
        "version": __version__,
        "api_version": 1,
        "cursor": 0,
        "options": {
            "identity_pools": "auto",
            "strict_credentials": False,
            "strict_sync_counts": False,
            "token_lifetime_seconds": 300,
        },
        "account_id": "123456789012",
        "region_name": "us-east-1",
    }
    assert api.get("/health") == expected
    assert api("GET", "/health", root=ROOT) == (200, expected)
    assert api("GET", "/health", region_name="eu-west-1") == (200, {**expected, "region_name": "eu-west-1"})


def test_no_web_page_may_read_an_answer(api):
    """Answers have no header that allows another origin, and are not stored."""
    api.get("/health")

    assert [name for name in api.headers if name.lower().startswith("access-control")] == []
    assert api.headers["Cache-Control"] == "no-store"
    assert api.headers["Content-Type"] == "application/json"


def test_an_answer_without_a_body_has_no_type(api):
    """204 has neither content nor its type."""
    assert api("POST", "/reset", {}) == (204, None)
    assert "Content-Type" not in api.headers


def test_the_description_is_valid(api):
    """The served document is OpenAPI 3.1, and each operation has an id of its own."""
    description = api.get("/openapi.json")

    assert description["openapi"].startswith("3.1")
    validate(description)
    operations = [operation for path in description["paths"].values() for operation in path.values()]
    assert all({"400", "403", "409", "413"} <= operation["responses"].keys() for operation in operations)
    assert len({operation["operationId"] for operation in operations}) == len(operations) > 35


WRONG = {
    "unknown path": (
        "GET",
        "/nothing",
        None,
        {},
        404,
        "the control API has no GET /moto-api/cognito-sync/v1/not",
    ),
    "unknown method": ("PUT", "/users", {}, {}, 405, "the control API has no PUT /moto-api/cognito-sync/v1/users: "),
    "no JSON": ("POST", "/users", b"{", {}, 400, "the body is not JSON in UTF-8: Expecting property name"),
    "no UTF-8": ("POST", "/users", b"\xff\xff", {}, 400, "the body is not JSON in UTF-8: 'utf-8' codec can't"),
    "no number": (
        "POST",
        "/clock/advance",
        b'{"seconds": NaN}',
        {},
        400,
        "the body is not JSON in UTF-8: NaN is not",
    ),
    "deep": ("POST", "/users", b"[" * 100_000, {}, 400, "the body is nested too deeply"),
    "no object": ("POST", "/users", [], {}, 400, "the body must be of type object"),
    "a member is missing": ("POST", "/clock/advance", {}, {}, 400, "the body lacks 'seconds'"),
    "a member is unknown": ("POST", "/users", {"pool": 1}, {}, 400, "the body has the unknown member 'pool'; it can"),
    "a member of another type": (
        "POST",
        "/clock/advance",
        {"seconds": True},
        {},
        400,
        "the body / seconds must be of ",
    ),
    "too large": ("POST", "/clock/advance", {"seconds": 1e300}, {}, 400, "the body / seconds must be at most 3162"),
    "an unexpected body": ("GET", "/users", {}, {}, 400, "this request has no body"),
    "an unknown parameter": (
        "GET",
        "/users",
        None,
        {"pool": 1},
        400,
        "the query has the unknown parameter 'pool'",
    ),
    "no cursor": ("GET", "/history", None, {"after": "x"}, 400, "after must be of type integer"),
    "a negative cursor": ("GET", "/history", None, {"after": -1}, 400, "after must be at least 0, not -1"),
    "a later cursor": (
        "GET",
        "/history",
        None,
        {"after": 9},
        400,
        "cursor 9 is beyond the end of this history",
    ),
    "a long wait": ("GET", "/history", None, {"wait": 31}, 400, "wait must be at most 30, not 31"),
    "a region without the service": (
        "GET",
        "/users",
        None,
        {"region_name": "x"},
        400,
        "Cognito Sync is not in the",
    ),
    "an account": ("GET", "/users", None, {"account_id": "5"}, 400, "account_id must consist of 12 digits, got '5'"),
    "an id": ("GET", "/pools/x/identities/y/datasets", None, {}, 400, "identity_pool_id must be an id such as"),
    "an operation": (
        "GET",
        "/calls",
        None,
        {"operation": "UpdateRecord"},
        400,
        "Cognito Sync has no operation 'Upd",
    ),
    "no number of a fault": ("GET", "/faults/x", None, {}, 400, "number must be of type integer"),
    "no fault": ("GET", "/faults/7", None, {}, 404, "no fault has the number 7"),
    "no hook": ("DELETE", "/hooks/7", None, {}, 404, "no hook has the number 7"),
    "an error": (
        "POST",
        "/faults",
        {"kind": "fail", "operation": "ListRecords", "error": "Broken"},
        {},
        400,
        "ListRecords never answers with 'Broken'; it must be one of",
    ),
    "no error": ("POST", "/faults", {"kind": "fail", "operation": "*"}, {}, 400, "fail needs 'error'"),
    "no seconds": ("POST", "/faults", {"kind": "delay", "operation": "*"}, {}, 400, "delay needs 'seconds'"),
    "an option of another kind": (
        "POST",
        "/faults",
        {"kind": "time_out", "operation": "*", "real": True},
        {},
        400,
        "time_out has no 'real', which only delay has",
    ),
    "a snapshot": ("PUT", "/snapshot", [], {}, 400, "the document is not a valid snapshot: without"),
    "a limit": (
        "PATCH",
        "/limits",
        {"records_per_dataset": -1},
        {},
        400,
        "the body / records_per_dataset must be at",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_request_is_refused_and_changes_nothing(api, cognitosync, user, case):
    """The answer is one sentence, and the state and the clock are as before."""
    user.device().put("profile", {"a": "1"})
    before = api.get("/snapshot"), api.get("/faults"), api.get("/limits"), api.get("/history")["cursor"]
    method, path, body, query, status, message = WRONG[case]
    found, error = api(method, path, body, **query)

    assert (found, error["message"][: len(message)]) == (status, message)
    assert before == (api.get("/snapshot"), api.get("/faults"), api.get("/limits"), api.get("/history")["cursor"])


def test_a_parameter_may_not_be_sent_twice(api):
    """The server does not choose one of them."""
    answer = api("GET", "/users?region_name=eu-west-1&region_name=us-east-1")
    assert answer == (400, {"message": "the query has 'region_name' twice", "error": "ValueError"})


def test_a_method_that_is_not_allowed_names_those_that_are(api):
    """405 has the header Allow."""
    assert api("DELETE", "/users")[0] == 405
    assert {"GET", "POST"} <= set(api.headers["Allow"].split(", ")) <= {"GET", "HEAD", "OPTIONS", "POST"}


def test_a_refusal_of_the_service_has_its_status_and_code(api, user):
    """A device that is refused gets the service's code and message."""
    assert api("DELETE", path_of(user, "profile")) == (
        404,
        {
            "message": "Dataset 'profile' not found.",
            "error": "DatasetNotFound",
            "code": "ResourceNotFoundException",
        },
    )
    status, error = api("POST", f"{path_of(user, 'a%20b')}/put", {"records": {"k": "v"}})
    assert (status, error["code"]) == (400, "ValidationException")


def test_without_a_mock_every_request_is_refused(monkeypatch):
    """A server that serves no mock says so."""
    monkeypatch.setattr(settings, "interceptors", list)
    with serving(make_application()) as url:
        assert Api(url)("GET", "/users") == (
            409,
            {"message": "no mock_cognitosync is active in the process of this server", "error": "RuntimeError"},
        )


def test_a_large_body_is_refused():
    """The limit is above every snapshot of a test."""
    control_api = make_control_api()
    limit = control_api.config["MAX_CONTENT_LENGTH"]
    control_api.config["MAX_CONTENT_LENGTH"] = 10
    answer = control_api.test_client().put(f"{ROOT}/v1/snapshot", data=b" " * 11)

    assert (answer.status_code, answer.json) == (
        413,
        {"message": "The data value transmitted exceeds the capacity limit."},
    )
    assert limit == 64 * 1024 * 1024


# Users and data


def test_pools_and_users_are_listed(api, cognitosync):
    """Pools exist as the mock's option says, and identities are created in them."""
    status, pool = api("POST", "/pools")
    assert (status, pool["exists"]) == (201, True)
    status, created = api("POST", f"/pools/{pool['identity_pool_id']}/identities")
    assert (status, created["identity_pool_id"]) == (201, pool["identity_pool_id"])
    status, second = api("POST", "/users", {"identity_pool_id": pool["identity_pool_id"]})
    assert status == 201

    assert api.get("/users") == {"users": [created, second]}
    assert api.get("/pools") == {"pools": [pool]}
    assert api.get(f"/pools/{pool['identity_pool_id']}") == pool
    status, error = api("POST", f"/pools/{second['identity_id']}/identities")
    assert (status, "is the id of an identity" in error["message"]) == (400, True)


def test_a_dataset_is_shown_with_its_records(api, user):
    """The state has counts, tombstones and ISO dates; the list of an identity's datasets has no records."""
    assert api("POST", f"{path_of(user, 'profile')}/put", {"records": {"a": "1", "b": "2"}}) == (200, {"sync_count": 1})
    assert api("POST", f"{path_of(user, 'profile')}/remove", {"keys": ["b"]}) == (200, {"sync_count": 2})

    dataset = api.get(path_of(user, "profile"))
    assert dataset["records"] == {"a": "1"}
    assert (dataset["sync_counts"], dataset["tombstones"]) == ({"a": 1}, {"b": 2})
    assert dataset["creation_date"].endswith("Z")
    del dataset["records"]
    assert api.get(path_of(user, "profile").rpartition("/")[0]) == {"datasets": [dataset]}


def test_a_reset_of_moto_leaves_faults_clock_limits_and_history(api, cognitosync, user):
    """A reset of moto deletes data only."""
    user.device().put("profile", {"a": "1"})
    api("POST", "/faults", {"kind": "time_out", "operation": "*", "optional": True})
    api("PATCH", "/limits", {"records_per_dataset": 5})
    cognitosync.freeze()
    kept = ("/faults", "/limits", "/clock", "/history")
    before = [api.get(path) for path in kept]
    assert api("POST", "/moto-api/reset", root="")[0] == 200

    assert user.records("profile") == {}
    assert [api.get(path) for path in kept] == before


# Scopes


def test_faults_and_hooks_of_one_pool_are_removed_together(api, cognitosync):
    """Another test at the server keeps its own."""
    mine, other = cognitosync.new_user(cognitosync.new_pool()), cognitosync.new_user(cognitosync.new_pool())
    for user in (mine, other):
        pool = {"identity_pool_id": user.identity_pool_id, "optional": True}
        api("POST", "/faults", {"kind": "time_out", "operation": "*", **pool})
        action = {"method": "remove", **ids(user), "dataset": "profile", "keys": ["a"]}
        api("POST", "/hooks", {"operation": "ListRecords", "action": action, **pool})
    api("DELETE", "/faults", identity_pool_id=mine.identity_pool_id)
    api("DELETE", "/hooks", identity_pool_id=mine.identity_pool_id)

    assert [fault["identity_pool_id"] for fault in api.get("/faults")["faults"]] == [other.identity_pool_id]
    assert [hook["identity_pool_id"] for hook in api.get("/hooks")["hooks"]] == [other.identity_pool_id]
    assert api.get("/faults", region_name="eu-west-1") == {"faults": []}
    assert api.get("/faults", identity_pool_id=mine.identity_pool_id) == {"faults": []}


def test_the_history_can_be_limited_to_a_pool_an_identity_or_a_dataset(api, cognitosync, client, user):
    """Entries that affect all tests, such as moves of the clock, belong to every scope."""
    other = cognitosync.new_user(cognitosync.new_pool())
    for one in (user, other):
        client.list_records(**one.parameters("profile"))
        one.device().put("settings", {"a": "1"})
    client.list_identity_pool_usage()
    cognitosync.advance(1)

    def types(**query):
        return [entry["type"] for entry in api.get("/history", **query)["entries"]]

    assert types() == ["call", "device", "call", "device", "call", "clock"]
    assert types(identity_pool_id=user.identity_pool_id) == ["call", "device", "clock"]
    assert types(identity_id=other.identity_id, dataset="settings") == ["device", "clock"]
    assert types(region_name="eu-west-1") == ["clock"]
    assert types(region_name="us-east-1") == types()
    assert types(after=4) == ["call", "clock"]


def test_calls_are_filtered_and_counted(api, client, user):
    """`count` counts calls, the list has attempts; both obey the operation and the scope."""
    client.list_records(**user.parameters("profile"))
    client.list_records(**user.parameters("settings"))
    client.list_datasets(**user.parameters())

    answer = api.get("/calls", operation="list_records", dataset="settings")
    assert (answer["count"], answer["missed"], answer["cursor"]) == (1, 0, 3)
    [call] = answer["calls"]
    assert (call["operation"], call["parameters"]) == ("ListRecords", user.parameters("settings"))
    assert (call["cursor"], call["error"], call["region_name"]) == (2, None, "us-east-1")
    assert api.get("/calls")["count"] == 3
    assert api.get("/calls", after=2)["count"] == 1
    assert api.get("/calls", region_name="eu-west-1")["count"] == 0


def test_the_history_tells_everything_in_order(api, cognitosync, client, user):
    """Each kind of entry has its details, and a refusal has hint, rule and mark."""
    api("POST", "/clock/freeze")
    fault = {"kind": "delay", "operation": "ListRecords", "seconds": 2, "calls": 1}
    assert api("POST", "/faults", fault)[0] == 201
    action = {"method": "put", **ids(user), "dataset": "profile", "records": {"a": "1"}}
    assert api("POST", "/hooks", {"operation": "UpdateRecords", "action": action})[0] == 201
    cognitosync.set_trigger(user.identity_pool_id, lambda event: {**event, "extra": {1, 2}} and event)
    token = client.list_records(**user.parameters("profile"))["SyncSessionToken"]
    refusal(
        client.update_records,
        **user.parameters("profile", SyncSessionToken=token, RecordPatches=[replace("a")]),
    )
    api("POST", "/clock/unfreeze")

    entries = api.get("/history")["entries"]
    assert [entry["type"] for entry in entries] == [
        "clock", "fault", "clock", "call", "hook", "trigger", "device", "call", "clock",
    ]  # fmt: skip
    assert [entry["cursor"] for entry in entries] == list(range(1, 10))
    assert (entries[1]["fault"]["text"], entries[2]["seconds"]) == ("delay('ListRecords', 2, calls=1)", 2)
    assert entries[4]["hook"]["action"] == {**action, "keys": []}
    assert entries[5]["answer"]["datasetName"] == "profile"
    assert (entries[6]["records"], entries[6]["sync_count"]) == ({"a": "1"}, 1)
    update = entries[7]
    assert (update["error"], update["rule"], update["mark"]) == ("ResourceConflictException", "counts-3", "logged")
    assert update["hint"].startswith("'a' was last written by")


def test_the_views_of_the_handle_are_available(api, cognitosync, client, user):
    """The report, the stream records and the pushes are those of the handle."""
    boto3.client("kinesis").create_stream(StreamName="changes", ShardCount=1)
    application = boto3.client("sns").create_platform_application(
        Name="app", Platform="GCM", Attributes={"PlatformCredential": "c", "PlatformPrincipal": "p"}
    )["PlatformApplicationArn"]
    role = "arn:aws:iam::123456789012:role/sync"
    client.set_identity_pool_configuration(
        IdentityPoolId=user.identity_pool_id,
        PushSync={"ApplicationArns": [application], "RoleArn": role},
        CognitoStreams={"StreamName": "changes", "RoleArn": role, "StreamingStatus": "ENABLED"},
    )
    device_id = client.register_device(**user.parameters(Platform="GCM", Token="t"))["DeviceId"]
    user.device().put("profile", {"theme": "dark"})
    client.subscribe_to_dataset(**user.parameters("profile", DeviceId=device_id))
    user.device().put("profile", {"theme": "light"})

    assert api.get("/report") == {"report": cognitosync.report()}
    streamed = api.get("/stream-records")["stream_records"]
    assert [record["data"]["syncCount"] for record in streamed] == [1, 2]
    [push] = api.get("/push-notifications")["push_notifications"]
    assert (push["device_id"], push["platform"], push["data"]["syncCount"]) == (device_id, "GCM", 2)
    in_scope = api.get("/history", identity_pool_id=user.identity_pool_id)["entries"]
    assert [entry["type"] for entry in in_scope].count("stream_record") == 2
    assert api.get("/history", identity_id="us-east-1:0")["entries"] == []


# Waiting


@pytest.fixture
def waiting(cognitosync):
    """Wait until a number of requests wait for entries of the history."""

    def wait(number):
        deadline = time.monotonic() + 10
        while len(cognitosync._port.history._arrivals) < number:
            assert time.monotonic() < deadline
            time.sleep(0.001)

    return wait


def test_a_request_for_the_history_waits_for_the_next_entry(api, cognitosync, client, user, waiting):
    """It returns as soon as an entry in its scope arrives."""
    other = cognitosync.new_user(cognitosync.new_pool())
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(api.get, "/history", wait=30, identity_pool_id=user.identity_pool_id)
        waiting(1)
        client.list_datasets(**other.parameters())
        client.list_datasets(**user.parameters())

        [entry] = answer.result(timeout=20)["entries"]
    assert (entry["operation"], entry["parameters"]) == ("ListDatasets", user.parameters())


def test_a_request_for_calls_waits_until_enough_have_arrived(api, client, user, waiting):
    """`at_least` counts the calls that match."""
    client.list_datasets(**user.parameters())
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(api.get, "/calls", wait=30, at_least=2, operation="ListDatasets")
        waiting(1)
        client.list_identity_pool_usage()
        client.list_datasets(**user.parameters())

        assert answer.result(timeout=20)["count"] == 2


def test_a_wait_ends_without_an_entry(api):
    """The answer is then empty, and its cursor the same."""
    assert api.get("/history", wait=0.01) == {"entries": [], "cursor": 0, "missed": 0}
    assert api.get("/calls", wait=0.01, at_least=1)["calls"] == []


def test_requests_that_wait_leave_threads_for_others(api, cognitosync, client, waiting):
    """More than a fixed number of them are refused, so that the server still answers all other requests."""
    with ThreadPoolExecutor(MOST_WAITING) as pool:
        answers = [pool.submit(api, "GET", "/history", wait=30) for _ in range(MOST_WAITING)]
        waiting(MOST_WAITING)

        assert api("GET", "/history", wait=30) == (
            429,
            {"message": "16 requests wait already: try again later, or without wait", "error": "TooManyWaiting"},
        )
        assert api.get("/history") == {"entries": [], "cursor": 0, "missed": 0}
        cognitosync.advance(1)
        assert {answer.result(timeout=20)[0] for answer in answers} == {200}


def test_the_end_of_a_server_ends_all_waiting(api, cognitosync, waiting):
    """A request that waits does not delay the end of the server."""
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(api.get, "/history", wait=30)
        waiting(1)
        cognitosync._port.history.end_waiting()

        assert answer.result(timeout=20)["entries"] == []
    assert api.get("/history", wait=30)["entries"] == []
