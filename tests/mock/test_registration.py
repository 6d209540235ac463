"""How the service is registered with moto, and that it changes nothing else."""

import importlib
import sys

import boto3
import pytest
import requests
from driver import DatasetDriver, refusal

import mock_cognitosync as package
import moto.backend_index
import moto.backends
from mock_cognitosync import CognitoSync, import_hooks, mock_cognitosync, registration
from mock_cognitosync.cognitosync import cognitosync_backends
from moto import mock_aws
from moto.core.exceptions import ServiceNotWhitelisted

US = "cognito-sync.us-east-1"


def ours():
    """The number of this package's import finders, and number and first position of its entries in moto's index."""
    finders = [
        finder for finder in sys.meta_path if type(finder).__module__ in (registration.__name__, import_hooks.__name__)
    ]
    names = [name for name, _ in moto.backend_index.backend_url_patterns]
    return len(finders), names.count("cognitosync"), names.index("cognitosync")


def count_datasets():
    sync = CognitoSync("us-east-1")
    client = boto3.client("cognito-sync", region_name="us-east-1")
    return len(DatasetDriver.of_new_identity(sync, client).dataset_names())


@pytest.fixture
def python(pytester, monkeypatch, own_model):
    """Run lines of Python in a new process; return the lines that they print."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")

    def run(*lines):
        result = pytester.runpython_c("\n".join(lines))
        assert (result.ret, result.errlines) == (0, [])
        return result.outlines

    return run


def test_register_is_idempotent():
    """A second call changes nothing: the entry is the first of the index, in the same list."""
    before = ours()
    patterns = moto.backend_index.backend_url_patterns
    package.register()
    assert ours() == before == (2, 1, 0)
    assert moto.backend_index.backend_url_patterns is patterns


@pytest.mark.parametrize("module", ["mock_cognitosync", "mock_cognitosync.pytest_plugin"])
def test_the_import_imports_nothing_heavy(module, python):
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
def test_plain_mock_aws_has_the_service(imports, python):
    """`@mock_aws` alone answers Cognito Sync if the package is imported anywhere, in any order of imports."""
    assert python(*imports, PLAIN_MOCK) == ["[]"]


def test_the_package_may_be_imported_inside_a_mock_of_moto(python):
    """A mock that started before the package was imported answers its clients."""
    lines = ["from moto import mock_aws", "with mock_aws():", " import mock_cognitosync"]
    assert python(*lines, *(f" {line}" for line in PLAIN_MOCK.splitlines())) == ["[]"]


def test_a_reload_of_moto_s_index_keeps_the_entry(python):
    """`importlib.reload(moto.backend_index)` runs moto's code again and adds the entry again."""
    lines = ["import mock_cognitosync, importlib, moto.backend_index as index", "from moto import mock_aws"]
    count = 'print([name for name, _ in importlib.reload(index).backend_url_patterns].count("cognitosync"))'
    assert python(*lines, count, PLAIN_MOCK) == ["1", "[]"]


def test_a_moto_that_is_imported_again_has_the_service(python):
    """The service is registered again after moto was deleted from sys.modules."""
    lines = ["import mock_cognitosync, sys, moto.server", "for name in list(sys.modules):"]
    lines += [" if name.split('.')[0] == 'moto': del sys.modules[name]", "from moto import mock_aws"]
    assert python(*lines, PLAIN_MOCK) == ["[]"]


def test_a_moto_without_an_index_is_not_changed(python, pytester):
    """The import hook does not find a module that does not exist."""
    pytester.mkpydir("moto")
    lines = ["import mock_cognitosync", "try: import moto.backend_index", "except ImportError as error: print(error)"]
    assert python(*lines) == ["No module named 'moto.backend_index'"]


def test_moto_s_module_can_be_imported_again(monkeypatch):
    """`moto.cognitosync` is found again after it was deleted from sys.modules, with the same backends."""
    monkeypatch.delitem(sys.modules, "moto.cognitosync", raising=False)
    with mock_cognitosync():
        assert count_datasets() == 0
        assert moto.backends.get_backend("cognitosync") is cognitosync_backends
        monkeypatch.delitem(sys.modules, "moto.cognitosync")
        assert count_datasets() == 0
    assert importlib.import_module("moto.cognitosync").cognitosync_backends is cognitosync_backends


def test_the_import_hook_finds_no_other_modules():
    """A module that moto does not have is still missing."""
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("moto.cognitosynch")


def test_the_service_package_has_no_other_names():
    """`mock_cognitosync.cognitosync` provides its backends lazily, and refuses other names as a module does."""
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


def test_a_service_of_moto_s_own_has_precedence(python, pytester):
    """If moto has a Cognito Sync of its own, plain `mock_aws` uses it, and its entry in the index is not changed."""
    pytester.mkpydir("cognitosync").joinpath("__init__.py").write_text("cognitosync_backends = 'of moto'")
    lines = ["import moto.backend_index as index, moto.backends, os", "moto.__path__.append(os.getcwd())"]
    lines += ["index.backend_url_patterns.append(('cognitosync', 'theirs'))", "import mock_cognitosync"]
    lines += ["print([pair for pair in index.backend_url_patterns if pair[0] == 'cognitosync'])"]
    lines += ["print(moto.backends.get_backend('cognitosync'))"]
    assert python(*lines) == ["[('cognitosync', 'theirs')]", "of moto"]


def test_moto_s_whitelist_applies_to_the_service():
    """Moto's service_whitelist allows the service by the name `cognitosync`, and refuses it otherwise."""
    with mock_cognitosync(config={"core": {"service_whitelist": ["cognitosync"]}}):
        assert count_datasets() == 0
    with mock_cognitosync(config={"core": {"service_whitelist": ["s3"]}}), pytest.raises(ServiceNotWhitelisted):
        count_datasets()


def test_a_reset_of_moto_empties_the_service():
    """`/moto-api/reset` removes datasets, and the handle shows the new state."""
    with mock_cognitosync() as sync:
        pool = sync.new_pool()
        identity, name = sync.new_identity(pool), "profile"
        phone = sync.device(pool, identity)
        phone.put(name, {"k": "v"})
        requests.post("http://motoapi.amazonaws.com/moto-api/reset", timeout=30)
        assert sync.records(pool, identity, name) == {}
        assert phone.put(name, {"k": "w"}) == 1
        assert sync.records(pool, identity, name) == {"k": "w"}


def matching(url):
    """The services in moto's index whose pattern matches *url*; the first one answers."""
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
def test_the_hosts_of_the_service_match(host, rest):
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
def test_similar_hosts_do_not_match(url):
    """A host that only resembles the service's is not the service's."""
    assert "cognitosync" not in matching(url)


def test_no_other_service_matches_the_hosts():
    """The entry at the head of the index takes no host from another service of moto."""
    others = [name for name in matching(f"https://{US}.amazonaws.com/") if name != "cognitosync"]
    assert others == []


def test_under_plain_mock_aws_the_defaults_apply(own_model):
    """Under plain `mock_aws` the service has the default settings, in the account and region of the handle."""
    with mock_aws():
        assert count_datasets() == 0
        client = boto3.client("cognito-sync", "us-east-1")
        dataset = DatasetDriver.of_new_identity(CognitoSync("us-east-1"), client)
        assert refusal(client.describe_dataset, **dataset.parameters)[0] == "ResourceNotFoundException"
