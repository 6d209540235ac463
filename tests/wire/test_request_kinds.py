"""The handler with each kind of request that moto passes to it, and the region and account that it finds."""

from __future__ import annotations

import io
import json
import sys
from urllib.parse import urlencode

import boto3
import pytest
import requests
from botocore.awsrequest import AWSPreparedRequest, HeadersDict
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError
from driver import ACCOUNT, assume_role, replace
from raw import HOST, IDENTITY
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from mock_cognitosync.cognitosync.exceptions import not_in_region
from mock_cognitosync.cognitosync.responses import handle
from mock_cognitosync.cognitosync.urls import REGIONS

SERVER = "http://127.0.0.1:5000"
OTHER_ACCOUNT = "222222222222"

pytestmark = pytest.mark.usefixtures("cognitosync")


def prepared(method, host, target, body, headers):
    """The request that botocore sends."""
    return AWSPreparedRequest(method, host + target, HeadersDict(headers), body, stream_output=False)


def prepared_in_bytes(method, host, target, body, headers):
    """The request that botocore sends after signing, whose header values can be bytes."""
    in_bytes = {name: value.encode() for name, value in headers.items()}
    return prepared(method, host, target, body, in_bytes)


def of_requests(method, host, target, body, headers):
    """The request that the library requests sends."""
    return requests.Request(method, host + target, data=body, headers=headers).prepare()


def of_werkzeug(raw_uri):
    """A function that creates the request that a server receives; *raw_uri* computes RAW_URI."""

    def create(method, host, target, body, headers):
        path, _, query = target.partition("?")
        environ = EnvironBuilder("/decoded", host, query, method=method, data=body, headers=headers).get_environ()
        environ["RAW_URI"] = raw_uri(host, path, query)
        return Request(environ)

    return create


KINDS = {
    "botocore": prepared,
    "botocore-bytes": prepared_in_bytes,
    "requests": of_requests,
    "werkzeug-path": of_werkzeug(lambda host, path, query: path),
    "werkzeug-path-query": of_werkzeug(lambda host, path, query: f"{path}?{query}"),
    "werkzeug-url": of_werkzeug(lambda host, path, query: host + path),
    "werkzeug-url-query": of_werkzeug(lambda host, path, query: f"{host}{path}?{query}"),
}


@pytest.fixture(params=KINDS)
def create(request):
    """Creates a request of one kind."""
    return KINDS[request.param]


def ask(create, method, path, body=None, headers=None, host=HOST, **query):
    """The status and the parsed body of the handler's answer."""
    target = f"{path}?{urlencode(query)}" if query else path
    source = create(method, host, target, body, headers or {})
    status, _, text = handle(source, host + target, source.headers)
    return status, json.loads(text)


def records_of(region):
    """The path of a dataset's records in a pool of *region*."""
    return f"/identitypools/{region}%3A0/identities/{IDENTITY.replace(':', '%3A')}/datasets/a%3Ab/records"


def write(create, region="us-east-1", **options):
    """Write one record; return the record of the answer."""
    path = records_of(region)
    status, listing = ask(create, "GET", path, **options)
    assert status == 200, listing
    body = json.dumps({"SyncSessionToken": listing["SyncSessionToken"], "RecordPatches": [replace("é")]})
    status, answer = ask(create, "POST", path.removesuffix("/records"), body.encode(), **options)
    assert status == 200, answer
    return answer["Records"][0]


def scope(region, access_key="FOOBARKEY"):
    """The header of a signature for *region*."""
    credential = f"Credential={access_key}/20240601/{region}/cognito-sync/aws4_request"
    return {"Authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0"}


# Reading


def test_every_kind_of_request_is_read(cognitosync, create):
    """Method, path, query and body are read from every kind of request. Source: wire-1, wire-2."""
    write(create)
    path = records_of("us-east-1")
    _, page = ask(create, "GET", path, maxResults=1, lastSyncCount=0)
    token = page["SyncSessionToken"]

    assert cognitosync.records("us-east-1:0", IDENTITY, "a:b") == {"é": "v"}
    assert ask(create, "GET", path, lastSyncCount=1, syncSessionToken=token) == (
        200,
        {**page, "Count": 0, "Records": []},
    )
    assert ask(create, "GET", path, maxResults=0)[0] == 400
    assert ask(create, "DELETE", path.removesuffix("/records"))[1]["Dataset"]["DatasetName"] == "a:b"


@pytest.mark.parametrize("target", ["/nope", "/a%2Fb%3Ac", "//identitypools", "/identitypools/a/b"])
@pytest.mark.parametrize("method", ["GET", "TRACE", "FOO"])
def test_an_unknown_operation_is_answered_with_the_raw_path(create, method, target):
    """Every kind of request gives the raw path and any method. Source: wire-8."""
    assert ask(create, method, target) == (404, {"message": f"No operation answers {method} {target}"})


@pytest.mark.parametrize("suffix", ["", "/", "?", "?x=1", "#", "/#x/y", "/?x#y"])
@pytest.mark.parametrize("kind", ["botocore", "werkzeug-url", "werkzeug-url-query"])
def test_a_url_without_a_path_is_the_root(kind, suffix):
    """A URL without a path asks for the root, and a fragment is not part of it. Source: wire-8."""
    assert ask(KINDS[kind], "GET", suffix) == (404, {"message": "No operation answers GET /"})


BODY = '{"SyncSessionToken":"é"}'


@pytest.mark.parametrize(
    "body",
    [BODY, BODY.encode(), bytearray(BODY.encode()), io.BytesIO(BODY.encode())],
    ids=["text", "bytes", "bytearray", "file"],
)
@pytest.mark.parametrize("kind", ["botocore", "botocore-bytes"])
def test_the_body_may_be_text_bytes_or_a_file(kind, body):
    """A body is read from text, bytes and files."""
    if isinstance(body, io.BytesIO):
        body.seek(0)
    path = records_of("us-east-1").removesuffix("/records")

    message = "SyncSessionToken not valid for these inputs"
    assert ask(KINDS[kind], "POST", path, body) == (400, {"message": message})


@pytest.mark.parametrize("body", [None, b""])
def test_an_empty_body_is_an_empty_object(create, body):
    """An absent or empty body counts as an empty object. Source: wire-6."""
    path = records_of("us-east-1").removesuffix("/records")

    message = "1 validation error detected: Value null at 'syncSessionToken' failed to satisfy constraint: "
    assert ask(create, "POST", path, body) == (400, {"message": f"{message}Member must not be null"})


@pytest.mark.parametrize("name", ["x-amz-Client-Context", "X-AMZ-CLIENT-CONTEXT"])
def test_a_header_is_read_in_any_case(create, name):
    """A parameter in a header is read in any spelling of its name. Source: wire-1."""
    assert write(create, headers={name: "c"})["LastModifiedBy"] == ACCOUNT


# Regions


@pytest.mark.parametrize("region", REGIONS)
def test_the_host_names_the_region_in_process(region):
    """In process the host names the region. Source: regions-1."""
    assert write(prepared, region, host=f"https://cognito-sync.{region}.amazonaws.com")["SyncCount"] == 1
    status, _ = ask(prepared, "GET", records_of("us-north-9"), host=f"https://cognito-sync.{region}.amazonaws.com")
    assert status == 404


@pytest.mark.parametrize(
    "host",
    [
        "http://cognito-sync.eu-west-1.amazonaws.com",
        "https://cognito-sync.eu-west-1.amazonaws.com:443",
        "https://cognito-sync-fips.eu-west-1.amazonaws.com",
        "https://cognito-sync.eu-west-1.api.aws",
        "https://cognito-sync-fips.eu-west-1.api.aws",
    ],
)
def test_the_host_has_precedence_over_the_signature(create, host):
    """FIPS and dual-stack hosts belong to the service, and precede the signature. Source: regions-1."""
    assert write(create, "eu-west-1", host=host, headers=scope("us-east-1"))["SyncCount"] == 1


@pytest.mark.parametrize("options", [{"use_fips_endpoint": True}, {"use_dualstack_endpoint": True}])
def test_clients_of_fips_and_dual_stack_endpoints_are_answered(options):
    """Clients for FIPS and dual-stack endpoints are answered. Source: regions-1."""
    client = boto3.client("cognito-sync", region_name="eu-west-1", config=Config(**options))

    assert client.list_datasets(IdentityPoolId="eu-west-1:0", IdentityId=IDENTITY)["Datasets"] == []


@pytest.mark.parametrize(("headers", "region"), [(scope("eu-west-1"), "eu-west-1"), ({}, "us-east-1")])
def test_the_signature_names_the_region_on_a_server(create, headers, region):
    """A server uses the region of the signature, or us-east-1 without one. Source: regions-2."""
    assert write(create, region, host=SERVER, headers=headers)["SyncCount"] == 1
    assert ask(create, "GET", records_of("us-west-2"), host=SERVER, headers=headers)[0] == 404


@pytest.mark.parametrize(
    "host",
    [
        "https://cognito-sync.eu-north-1.amazonaws.com",
        "https://cognito-sync.cn-north-1.amazonaws.com.cn",
        "https://cognito-sync-fips.us-gov-west-1.api.aws",
    ],
)
def test_a_host_of_a_region_without_the_service_does_not_exist(create, host):
    """In process such a host does not exist, and the error has the reason. Source: regions-1."""
    with pytest.raises(EndpointConnectionError) as refusal:
        ask(create, "GET", "/identitypools", host=host)

    assert str(refusal.value) == not_in_region(host.split(".")[1], REGIONS)


@pytest.mark.parametrize("region", ["eu-north-1", "cn-north-1", "nowhere", "aws-global"])
def test_a_server_refuses_a_region_without_the_service(create, region):
    """A server answers 403 to a request for a region without the service. Source: regions-2."""
    source = create("GET", SERVER, "/identitypools", None, scope(region))
    status, headers, text = handle(source, f"{SERVER}/identitypools", source.headers)

    message = f"Credential should be scoped to a valid region, not '{region}'."
    assert (status, json.loads(text)) == (403, {"message": message})
    assert headers == {
        "Content-Type": "application/json",
        "x-amzn-RequestId": headers["x-amzn-RequestId"],
        "x-amzn-ErrorType": "InvalidSignatureException:",
        "x-amzn-ErrorMessage": message,
    }


@pytest.mark.parametrize("host", ["https://cognito-sync.eu-north-1.amazonaws.com", SERVER])
def test_nonexistent_regions_can_be_allowed(create, monkeypatch, host):
    """MOTO_ALLOW_NONEXISTENT_REGION allows any region, in process and on a server. Source: regions-1, regions-2."""
    monkeypatch.setenv("MOTO_ALLOW_NONEXISTENT_REGION", "true")

    assert write(create, "eu-north-1", host=host, headers=scope("eu-north-1"))["SyncCount"] == 1


# Accounts


@pytest.fixture
def assumed():
    """Credentials of a role in another account, as options of ``boto3.client``."""
    return assume_role(OTHER_ACCOUNT)


@pytest.mark.parametrize("name", ["x-moto-account-id", "X-Moto-Account-Id"])
def test_a_header_names_the_account(create, name):
    """The header x-moto-account-id names the account, and others do not see its data. Source: accounts-1."""
    assert write(create, headers={name: OTHER_ACCOUNT})["LastModifiedBy"] == OTHER_ACCOUNT
    assert ask(create, "GET", records_of("us-east-1"))[1]["DatasetExists"] is False
    assert write(create)["LastModifiedBy"] == ACCOUNT


def test_an_assumed_role_belongs_to_its_account(create, assumed):
    """An access key that STS issued belongs to the role's account. Source: accounts-1."""
    headers = scope("us-east-1", assumed["aws_access_key_id"])

    assert write(create, headers=headers)["LastModifiedBy"] == OTHER_ACCOUNT
    assert write(create, headers=scope("us-east-1"))["LastModifiedBy"] == ACCOUNT


def test_a_client_with_an_assumed_role_works_in_its_account(profile, assumed):
    """A client with the credentials of an assumed role works in the role's account. Source: accounts-1, records-3."""
    there = profile.through(boto3.client("cognito-sync", **assumed))
    [record] = there.update(replace("k"))

    assert record["LastModifiedBy"] == OTHER_ACCOUNT
    assert profile.listed()["DatasetExists"] is False


def test_the_environment_has_precedence_over_the_header(create, monkeypatch):
    """MOTO_ACCOUNT_ID names the account and precedes the header. Source: accounts-1."""
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "333333333333")

    assert write(create, headers={"x-moto-account-id": OTHER_ACCOUNT})["LastModifiedBy"] == "333333333333"


def test_the_header_has_precedence_over_the_access_key(create, assumed):
    """The header x-moto-account-id precedes the access key. Source: accounts-1."""
    headers = {"x-moto-account-id": "333333333333", **scope("us-east-1", assumed["aws_access_key_id"])}

    assert write(create, headers=headers)["LastModifiedBy"] == "333333333333"


@pytest.mark.parametrize("imported", [True, False])
def test_an_unknown_access_key_belongs_to_the_default_account(create, monkeypatch, imported):
    """An access key that was not issued belongs to the default account, with or without IAM. Source: accounts-1."""
    if imported:
        import moto.iam.models  # noqa: F401
    else:
        monkeypatch.setitem(sys.modules, "moto.iam.models", None)

    assert write(create, headers=scope("us-east-1", "AKIAUNKNOWN"))["LastModifiedBy"] == ACCOUNT


@pytest.mark.parametrize(
    "signature", ["", "AWS4-HMAC-SHA256", "Credential=x", "Bearer Credential=a/b/c/", "Basic eDp5"]
)
def test_a_signature_without_key_and_region_is_ignored(create, signature):
    """A signature without access key and region counts as absent. Source: accounts-1, regions-2."""
    answer = write(create, host=SERVER, headers={"Authorization": signature})

    assert answer["LastModifiedBy"] == ACCOUNT
