"""The handler fed with each kind of request that moto hands over, and how it finds region and account."""

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
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from mock_cognitosync.cognitosync.exceptions import not_in_region
from mock_cognitosync.cognitosync.responses import handle

HOST = "https://cognito-sync.us-east-1.amazonaws.com"
SERVER = "http://127.0.0.1:5000"
IDENTITY = "us-east-1:00000000-0000-4000-8000-00000000000b"
DEFAULT_ACCOUNT = "123456789012"
OTHER_ACCOUNT = "222222222222"
REGIONS = boto3.Session().get_available_regions("cognito-sync")

pytestmark = pytest.mark.usefixtures("cognitosync")


def prepared(method, host, target, body, headers):
    """What botocore sends."""
    return AWSPreparedRequest(method, host + target, HeadersDict(headers), body, stream_output=False)


def prepared_in_bytes(method, host, target, body, headers):
    """What botocore sends once it has signed: header values can be bytes."""
    in_bytes = {name: value.encode() for name, value in headers.items()}
    return prepared(method, host, target, body, in_bytes)


def of_requests(method, host, target, body, headers):
    """What the library requests sends."""
    return requests.Request(method, host + target, data=body, headers=headers).prepare()


def of_werkzeug(raw_uri):
    """What a server receives; *raw_uri* makes RAW_URI from host, path and query."""

    def make(method, host, target, body, headers):
        path, _, query = target.partition("?")
        environ = EnvironBuilder("/decoded", host, query, method=method, data=body, headers=headers).get_environ()
        environ["RAW_URI"] = raw_uri(host, path, query)
        return Request(environ)

    return make


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
def make(request):
    """Makes a request of one kind."""
    return KINDS[request.param]


def ask(make, method, path, body=None, headers=None, host=HOST, **query):
    """Status and JSON that the handler answers."""
    target = f"{path}?{urlencode(query)}" if query else path
    source = make(method, host, target, body, headers or {})
    status, _, text = handle(source, host + target, source.headers)
    return status, json.loads(text)


def records_of(region):
    """The path of a dataset's records in a pool of *region*."""
    return f"/identitypools/{region}%3A0/identities/{IDENTITY.replace(':', '%3A')}/datasets/a%3Ab/records"


def write(make, region="us-east-1", **options):
    """Write one record; the answer's record."""
    path = records_of(region)
    status, listing = ask(make, "GET", path, **options)
    assert status == 200, listing
    patch = {"Op": "replace", "Key": "é", "Value": "v", "SyncCount": 0}
    body = json.dumps({"SyncSessionToken": listing["SyncSessionToken"], "RecordPatches": [patch]})
    status, answer = ask(make, "POST", path.removesuffix("/records"), body.encode(), **options)
    assert status == 200, answer
    return answer["Records"][0]


def scope(region, access_key="FOOBARKEY"):
    """The header of a signature for *region*."""
    credential = f"Credential={access_key}/20240601/{region}/cognito-sync/aws4_request"
    return {"Authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0"}


# Reading


def test_every_kind_is_read(make, cognitosync):
    """Method, path, query and body are read from every kind of request. Source: wire-1, wire-2."""
    write(make)
    path = records_of("us-east-1")
    _, page = ask(make, "GET", path, maxResults=1, lastSyncCount=0)
    token = page["SyncSessionToken"]

    assert cognitosync.records("us-east-1:0", IDENTITY, "a:b") == {"é": "v"}
    assert ask(make, "GET", path, lastSyncCount=1, syncSessionToken=token) == (
        200,
        {**page, "Count": 0, "Records": []},
    )
    assert ask(make, "GET", path, maxResults=0)[0] == 400
    assert ask(make, "DELETE", path.removesuffix("/records"))[1]["Dataset"]["DatasetName"] == "a:b"


@pytest.mark.parametrize("target", ["/nope", "/a%2Fb%3Ac", "//identitypools", "/identitypools/a/b"])
@pytest.mark.parametrize("method", ["GET", "TRACE", "FOO"])
def test_unknown_operation(make, method, target):
    """The raw path and any method are seen in every kind of request. Source: wire-8."""
    assert ask(make, method, target) == (404, {"message": f"No operation answers {method} {target}"})


@pytest.mark.parametrize("suffix", ["", "/", "?", "?x=1", "#", "/#x/y", "/?x#y"])
@pytest.mark.parametrize("kind", ["botocore", "werkzeug-url", "werkzeug-url-query"])
def test_root(kind, suffix):
    """A URL without a path asks for the root; a fragment is no part of it. Source: wire-8."""
    assert ask(KINDS[kind], "GET", suffix) == (404, {"message": "No operation answers GET /"})


BODY = '{"SyncSessionToken":"é"}'


@pytest.mark.parametrize(
    "body",
    [BODY, BODY.encode(), bytearray(BODY.encode()), io.BytesIO(BODY.encode())],
    ids=["text", "bytes", "bytearray", "file"],
)
@pytest.mark.parametrize("kind", ["botocore", "botocore-bytes"])
def test_body(kind, body):
    """A body is read from text, bytes and files."""
    if isinstance(body, io.BytesIO):
        body.seek(0)
    path = records_of("us-east-1").removesuffix("/records")

    message = "SyncSessionToken not valid for these inputs"
    assert ask(KINDS[kind], "POST", path, body) == (400, {"message": message})


@pytest.mark.parametrize("body", [None, b""])
def test_no_body(make, body):
    """No body is an empty object. Source: wire-6."""
    path = records_of("us-east-1").removesuffix("/records")

    message = "1 validation error detected: Value null at 'syncSessionToken' failed to satisfy constraint: "
    assert ask(make, "POST", path, body) == (400, {"message": f"{message}Member must not be null"})


@pytest.mark.parametrize("name", ["x-amz-Client-Context", "X-AMZ-CLIENT-CONTEXT"])
def test_header_parameter(make, name):
    """A parameter in a header is read, however that is spelt. Source: wire-1."""
    assert write(make, headers={name: "c"})["LastModifiedBy"] == DEFAULT_ACCOUNT


# Regions


@pytest.mark.parametrize("region", REGIONS)
def test_region_of_the_host(region):
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
def test_hosts(make, host):
    """FIPS and dual-stack hosts are the service's too; the host wins over the signature. Source: regions-1."""
    assert write(make, "eu-west-1", host=host, headers=scope("us-east-1"))["SyncCount"] == 1


@pytest.mark.parametrize("options", [{"use_fips_endpoint": True}, {"use_dualstack_endpoint": True}])
def test_endpoint_variants(options):
    """Clients for FIPS and dual-stack endpoints are answered. Source: regions-1."""
    client = boto3.client("cognito-sync", region_name="eu-west-1", config=Config(**options))

    assert client.list_datasets(IdentityPoolId="eu-west-1:0", IdentityId=IDENTITY)["Datasets"] == []


@pytest.mark.parametrize(("headers", "region"), [(scope("eu-west-1"), "eu-west-1"), ({}, "us-east-1")])
def test_region_of_the_signature(make, headers, region):
    """A server takes the region from the signature, us-east-1 where there is none. Source: regions-2."""
    assert write(make, region, host=SERVER, headers=headers)["SyncCount"] == 1
    assert ask(make, "GET", records_of("us-west-2"), host=SERVER, headers=headers)[0] == 404


@pytest.mark.parametrize(
    "host",
    [
        "https://cognito-sync.eu-north-1.amazonaws.com",
        "https://cognito-sync.cn-north-1.amazonaws.com.cn",
        "https://cognito-sync-fips.us-gov-west-1.api.aws",
    ],
)
def test_host_that_is_not_there(make, host):
    """In process, a host of a region without the service does not exist; the error says why. Source: regions-1."""
    with pytest.raises(EndpointConnectionError) as refusal:
        ask(make, "GET", "/identitypools", host=host)

    assert str(refusal.value) == not_in_region(host.split(".")[1], REGIONS)


@pytest.mark.parametrize("region", ["eu-north-1", "cn-north-1", "nowhere", "aws-global"])
def test_server_asked_for_a_region_without_the_service(make, region):
    """A server that is asked for a region without the service answers 403. Source: regions-2."""
    source = make("GET", SERVER, "/identitypools", None, scope(region))
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
def test_allowed_region(make, monkeypatch, host):
    """MOTO_ALLOW_NONEXISTENT_REGION opens any region, in process and on a server. Source: regions-1, regions-2."""
    monkeypatch.setenv("MOTO_ALLOW_NONEXISTENT_REGION", "true")

    assert write(make, "eu-north-1", host=host, headers=scope("eu-north-1"))["SyncCount"] == 1


# Accounts


@pytest.fixture
def assumed():
    """An access key of another account, as STS gives it out."""
    role = f"arn:aws:iam::{OTHER_ACCOUNT}:role/sync"
    answer = boto3.client("sts", region_name="us-east-1").assume_role(RoleArn=role, RoleSessionName="sync")
    return answer["Credentials"]


@pytest.mark.parametrize("name", ["x-moto-account-id", "X-Moto-Account-Id"])
def test_account_of_a_header(make, name):
    """The header x-moto-account-id names the account; others do not see its data. Source: accounts-1."""
    assert write(make, headers={name: OTHER_ACCOUNT})["LastModifiedBy"] == OTHER_ACCOUNT
    assert ask(make, "GET", records_of("us-east-1"))[1]["DatasetExists"] is False
    assert write(make)["LastModifiedBy"] == DEFAULT_ACCOUNT


def test_account_of_an_assumed_role(make, assumed):
    """An access key that STS gave out belongs to the role's account. Source: accounts-1."""
    headers = scope("us-east-1", assumed["AccessKeyId"])

    assert write(make, headers=headers)["LastModifiedBy"] == OTHER_ACCOUNT
    assert write(make, headers=scope("us-east-1"))["LastModifiedBy"] == DEFAULT_ACCOUNT


def test_client_with_an_assumed_role(assumed, cognitosync_client):
    """A client with the credentials of an assumed role works in the role's account. Source: accounts-1, records-3."""
    client = boto3.client(
        "cognito-sync",
        region_name="us-east-1",
        aws_access_key_id=assumed["AccessKeyId"],
        aws_secret_access_key=assumed["SecretAccessKey"],
        aws_session_token=assumed["SessionToken"],
    )
    address = {"IdentityPoolId": "us-east-1:0", "IdentityId": IDENTITY, "DatasetName": "d"}
    patch = {"Op": "replace", "Key": "k", "Value": "v", "SyncCount": 0}
    token = client.list_records(**address)["SyncSessionToken"]
    answer = client.update_records(**address, SyncSessionToken=token, RecordPatches=[patch])

    assert [record["LastModifiedBy"] for record in answer["Records"]] == [OTHER_ACCOUNT]
    assert cognitosync_client.list_records(**address)["DatasetExists"] is False


def test_account_of_the_environment(make, monkeypatch):
    """MOTO_ACCOUNT_ID names the account, above the header. Source: accounts-1."""
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "333333333333")

    assert write(make, headers={"x-moto-account-id": OTHER_ACCOUNT})["LastModifiedBy"] == "333333333333"


def test_account_of_a_header_beside_a_key(make, assumed):
    """The header x-moto-account-id stands above the access key. Source: accounts-1."""
    headers = {"x-moto-account-id": "333333333333", **scope("us-east-1", assumed["AccessKeyId"])}

    assert write(make, headers=headers)["LastModifiedBy"] == "333333333333"


@pytest.mark.parametrize("imported", [True, False])
def test_account_of_an_unknown_key(make, monkeypatch, imported):
    """A key that nobody gave out belongs to the default account, with or without IAM imported. Source: accounts-1."""
    if imported:
        import moto.iam.models  # noqa: F401
    else:
        monkeypatch.setitem(sys.modules, "moto.iam.models", None)

    assert write(make, headers=scope("us-east-1", "AKIAUNKNOWN"))["LastModifiedBy"] == DEFAULT_ACCOUNT


@pytest.mark.parametrize(
    "signature", ["", "AWS4-HMAC-SHA256", "Credential=x", "Bearer Credential=a/b/c/", "Basic eDp5"]
)
def test_signature_that_names_nothing(make, signature):
    """A signature without access key and region is none. Source: accounts-1, regions-2."""
    answer = write(make, host=SERVER, headers={"Authorization": signature})

    assert answer["LastModifiedBy"] == DEFAULT_ACCOUNT
