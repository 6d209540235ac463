"""How the service gets into moto, and that it takes nothing with it."""

import importlib
import sys

import boto3
import moto.backend_index
import moto.backends
import pytest
import requests
from botocore.exceptions import ClientError
from driver import identity_of, new_dataset
from moto import mock_aws
from moto.core.exceptions import ServiceNotWhitelisted

import mock_cognitosync as package
from mock_cognitosync import CognitoSync, import_hooks, mock_cognitosync, registration
from mock_cognitosync.cognitosync import cognitosync_backends

US = "cognito-sync.us-east-1"


def ours():
    """How many finders are ours, how many entries of moto's index, and where the first of these stands."""
    finders = [
        finder for finder in sys.meta_path if type(finder).__module__ in (registration.__name__, import_hooks.__name__)
    ]
    names = [name for name, _ in moto.backend_index.backend_url_patterns]
    return len(finders), names.count("cognitosync"), names.index("cognitosync")


def count_datasets():
    sync = CognitoSync("us-east-1")
    client = boto3.client("cognito-sync", region_name="us-east-1")
    return client.list_datasets(**identity_of(new_dataset(sync)))["Count"]


@pytest.fixture
def python(pytester, monkeypatch):
    """Run lines of Python in a process of their own: what they print."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")

    def run(*lines):
        result = pytester.runpython_c("\n".join(lines))
        assert (result.ret, result.errlines) == (0, [])
        return result.outlines

    return run


def test_registering_again_changes_nothing():
    """register() is idempotent; the entry stands first, and in place."""
    before = ours()
    patterns = moto.backend_index.backend_url_patterns
    package.register()
    assert ours() == before == (2, 1, 0)
    assert moto.backend_index.backend_url_patterns is patterns


@pytest.mark.parametrize("module", ["mock_cognitosync", "mock_cognitosync.pytest_plugin"])
def test_importing_imports_nothing_heavy(module, python):
    """Importing the package or its pytest plugin imports neither moto nor boto3 nor botocore."""
    names = '[name for name in ("moto", "boto3", "botocore", "responses", "requests") if name in sys.modules]'
    assert python(f"import sys, {module}", f"print({names})") == ["[]"]


PLAIN_MOCK = """
import boto3
@mock_aws
def answer():
    client = boto3.client("cognito-sync")
    names = {"IdentityPoolId": "us-east-1:" + "a" * 36, "IdentityId": "us-east-1:" + "b" * 36}
    return client.list_datasets(**names)["Datasets"]
print(answer())
"""


@pytest.mark.parametrize(
    "imports",
    [
        ["import mock_cognitosync", "from moto import mock_aws"],
        ["from moto import mock_aws", "import mock_cognitosync"],
        ["import boto3", "from mock_cognitosync import mock_cognitosync", "from moto import mock_aws"],
        ["from moto import mock_aws", "import moto.server", "import mock_cognitosync"],
    ],
    ids=" then ".join,
)
def test_plain_mock_aws_knows_the_service(imports, python):
    """`@mock_aws` alone answers Cognito Sync wherever the package is imported, in any order of imports."""
    assert python(*imports, PLAIN_MOCK) == ["[]"]


def test_an_import_within_a_mock_is_in_time(python):
    """A client can be answered by a mock that began before the package was imported."""
    lines = ["from moto import mock_aws", "with mock_aws():", " import mock_cognitosync"]
    assert python(*lines, *(f" {line}" for line in PLAIN_MOCK.splitlines())) == ["[]"]


def test_a_reload_of_motos_index_keeps_the_entry(python):
    """`importlib.reload(moto.backend_index)` runs moto's code anew, and adds the entry anew."""
    lines = ["import mock_cognitosync, importlib, moto.backend_index as index", "from moto import mock_aws"]
    count = 'print([name for name, _ in importlib.reload(index).backend_url_patterns].count("cognitosync"))'
    assert python(*lines, count, PLAIN_MOCK) == ["1", "[]"]


def test_a_purge_of_moto_is_survived(python):
    """A moto that is dropped from sys.modules and imported anew knows the service again."""
    lines = ["import mock_cognitosync, sys, moto.server", "for name in list(sys.modules):"]
    lines += [" if name.split('.')[0] == 'moto': del sys.modules[name]", "from moto import mock_aws"]
    assert python(*lines, PLAIN_MOCK) == ["[]"]


def test_a_moto_without_an_index_is_left_alone(python, pytester):
    """Our hook finds nothing that is not there."""
    pytester.mkpydir("moto")
    lines = ["import mock_cognitosync", "try: import moto.backend_index", "except ImportError as error: print(error)"]
    assert python(*lines) == ["No module named 'moto.backend_index'"]


def test_motos_module_comes_back(monkeypatch):
    """`moto.cognitosync` is found again after it was dropped from sys.modules, with the same backends."""
    monkeypatch.delitem(sys.modules, "moto.cognitosync", raising=False)
    with mock_cognitosync():
        assert count_datasets() == 0
        assert moto.backends.get_backend("cognitosync") is cognitosync_backends
        monkeypatch.delitem(sys.modules, "moto.cognitosync")
        assert count_datasets() == 0
    assert importlib.import_module("moto.cognitosync").cognitosync_backends is cognitosync_backends


def test_other_modules_of_moto_are_not_found_by_us():
    """A module that moto does not have stays missing."""
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("moto.cognitosynch")


def test_the_service_package_has_no_other_names():
    """`mock_cognitosync.cognitosync` gives its backends, lazily, and refuses other names as a module does."""
    from mock_cognitosync import cognitosync

    with pytest.raises(AttributeError) as caught:
        cognitosync.cognitosync_backend  # noqa: B018  # the look-up is the claim
    assert str(caught.value) == "module 'mock_cognitosync.cognitosync' has no attribute 'cognitosync_backend'"


def test_the_package_has_no_other_names():
    """The package lists its public names, and refuses others as a module does."""
    assert dir(package) == sorted(package.__all__)
    with pytest.raises(AttributeError) as caught:
        package.mock_cognito  # noqa: B018  # the look-up is the claim
    assert str(caught.value) == "module 'mock_cognitosync' has no attribute 'mock_cognito'"


def test_a_service_of_motos_own_wins(python, pytester):
    """Plain `mock_aws` uses moto's own Cognito Sync where there is one, and its entry in the index is left alone."""
    pytester.mkpydir("cognitosync").joinpath("__init__.py").write_text("cognitosync_backends = 'of moto'")
    lines = ["import moto.backend_index as index, moto.backends, os", "moto.__path__.append(os.getcwd())"]
    lines += ["index.backend_url_patterns.append(('cognitosync', 'theirs'))", "import mock_cognitosync"]
    lines += ["print([pair for pair in index.backend_url_patterns if pair[0] == 'cognitosync'])"]
    lines += ["print(moto.backends.get_backend('cognitosync'))"]
    assert python(*lines) == ["[('cognitosync', 'theirs')]", "of moto"]


def test_the_whitelist_of_services_holds():
    """The service_whitelist of moto lets the service pass by the name `cognitosync`, and stops it without."""
    with mock_cognitosync(config={"core": {"service_whitelist": ["cognitosync"]}}):
        assert count_datasets() == 0
    with mock_cognitosync(config={"core": {"service_whitelist": ["s3"]}}), pytest.raises(ServiceNotWhitelisted):
        count_datasets()


def test_a_reset_of_moto_empties_the_service():
    """`/moto-api/reset` forgets datasets, and the handle speaks of what is there then."""
    with mock_cognitosync() as sync:
        pool, identity, name = new_dataset(sync).values()
        phone = sync.device(pool, identity)
        phone.put(name, {"k": "v"})
        requests.post("http://motoapi.amazonaws.com/moto-api/reset", timeout=30)
        assert sync.records(pool, identity, name) == {}
        assert phone.put(name, {"k": "w"}) == 1
        assert sync.records(pool, identity, name) == {"k": "w"}


def matching(url):
    """The services of moto's index that would answer *url*; the first one does."""
    return [name for name, pattern in moto.backend_index.backend_url_patterns if pattern.match(url)]


@pytest.mark.parametrize(
    "host",
    [
        f"{US}.amazonaws.com",
        "cognito-sync.eu-central-1.amazonaws.com",
        "cognito-sync-fips.us-east-1.amazonaws.com",
        f"{US}.api.aws",
        "cognito-sync-fips.us-east-1.api.aws",
        "cognito-sync.cn-north-1.amazonaws.com.cn",
        f"{US}.amazonaws.com:443",
    ],
)
@pytest.mark.parametrize("rest", ["", "/", "/identitypools", "?maxResults=3"])
def test_the_hosts_of_the_service_are_ours(host, rest):
    """Plain, FIPS, dual-stack and Chinese hosts belong to the service, with or without port and path."""
    assert matching(f"https://{host}{rest}")[:1] == ["cognitosync"]
    assert matching(f"http://{host}{rest}")[:1] == ["cognitosync"]


@pytest.mark.parametrize(
    "url",
    [
        f"https://{US}.example.com/identitypools",
        "https://cognito-sync.evil.com/.amazonaws.com",
        f"https://{US}.amazonaws.com.evil.com/identitypools",
        f"https://{US}.amazonaws.community/identitypools",
        f"https://{US}.amazonaws.com.cn.evil.com/identitypools",
        f"https://{US}.api.aws.evil.com/",
        f"https://evil.com/{US}.amazonaws.com/",
        f"https://evil.com?{US}.amazonaws.com/",
        f"https://my-{US}.amazonaws.com/",
        f"https://x.{US}.amazonaws.com/",
        f"https://user@{US}.amazonaws.com/",
        "https://cognito-sync.amazonaws.com/",
        "https://cognito-sync.us-east-1.x.amazonaws.com/",
        "https://cognito-sync.evil.com#.amazonaws.com/",
        "https://cognito-syncs.us-east-1.amazonaws.com/",
        "https://cognito-identity.us-east-1.amazonaws.com/",
        f"ftp://{US}.amazonaws.com/",
        f"{US}.amazonaws.com/",
    ],
)
def test_foreign_hosts_are_not_ours(url):
    """A host that only looks like the service's is left alone."""
    assert "cognitosync" not in matching(url)


def test_no_service_of_moto_claims_our_hosts():
    """Our entry at the head of the index takes no host from another service of moto."""
    others = [name for name in matching(f"https://{US}.amazonaws.com/") if name != "cognitosync"]
    assert others == []


def test_under_plain_mock_aws_the_defaults_hold():
    """Without a mock of ours the service answers with default settings, in the handle's account and region."""
    with mock_aws():
        assert count_datasets() == 0
        with pytest.raises(ClientError) as caught:
            boto3.client("cognito-sync", "us-east-1").describe_dataset(**new_dataset(CognitoSync("us-east-1")))
    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"
