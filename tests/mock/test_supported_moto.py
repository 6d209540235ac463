"""A moto that the package does not support is refused with one sentence that names the supported versions."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import pytest

import moto
from mock_cognitosync import cli, mock_cognitosync, registration

SUPPORTED = f"mock_cognitosync supports moto {registration.SUPPORTED_MOTO}, "
THIS = f"but this moto {moto.__version__} "


def refusal_of_start():
    """The sentence with which start() refuses; it changes nothing."""
    before = dict(os.environ)
    with pytest.raises(RuntimeError) as caught:
        mock_cognitosync(region_name="eu-west-1", max_attempts=2).start()
    assert dict(os.environ) == before
    with pytest.raises(RuntimeError, match="no mock_cognitosync is active"):
        mock_cognitosync.current()
    return str(caught.value)


@pytest.mark.parametrize("version", ["6.0.0", "6.0.0.dev1", "10.2", "5.0.27", "4.2.14"])
def test_a_moto_of_another_version_is_refused(monkeypatch, version):
    """start() refuses a moto before 5.0.28 and from 6 on."""
    monkeypatch.setattr(moto, "__version__", version)
    assert refusal_of_start() == f"{SUPPORTED}not moto {version}"


@pytest.mark.parametrize("version", ["5.0.28", "5.1.0", "5.99.0.dev"])
def test_a_moto_of_a_supported_version_is_accepted(monkeypatch, version):
    """Every version in between is accepted, development versions included."""
    monkeypatch.setattr(moto, "__version__", version)
    with mock_cognitosync(region_name="us-east-1") as sync:
        assert sync.region_name == "us-east-1"


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("moto.backend_index", "backend_url_patterns"),
        ("moto.core.botocore_stubber", "AWSResponse"),
        ("moto.core.models", "botocore_stubber"),
        ("moto.core.models", "CallbackResponse"),
        ("moto.core.responses", "ActionAuthenticatorMixin"),
    ],
)
def test_a_moto_that_has_moved_a_name_is_refused(monkeypatch, module, name):
    """start() refuses a moto without a name that a mock looks up."""
    monkeypatch.delattr(import_module(module), name)
    assert refusal_of_start() == f"{SUPPORTED}{THIS}has no {module}.{name}"


def test_a_moto_that_has_moved_its_index_is_refused(monkeypatch):
    """start() refuses a moto without the module of its index."""
    monkeypatch.setitem(sys.modules, "moto.backend_index", None)
    assert refusal_of_start() == f"{SUPPORTED}{THIS}has no moto.backend_index.backend_url_patterns"


@pytest.fixture
def service_of_moto(tmp_path, monkeypatch):
    """A moto that has a Cognito Sync of its own; the file of that service."""
    file = tmp_path / "cognitosync" / "__init__.py"
    file.parent.mkdir()
    file.touch()
    monkeypatch.setattr(moto, "__path__", [*moto.__path__, str(tmp_path)])
    return file


def test_a_moto_with_its_own_service_is_refused(service_of_moto):
    """start() refuses a moto that has a Cognito Sync of its own, so that not two services answer one request."""
    assert refusal_of_start() == (
        f"{SUPPORTED}{THIS}has a Cognito Sync of its own ({service_of_moto}): use moto's mock_aws instead"
    )


def test_the_server_refuses_such_a_moto_too(monkeypatch, capsys):
    """The command prints the sentence and serves nothing."""
    monkeypatch.setattr(moto, "__version__", "6.0.0")
    assert cli.main(["--port", "0"]) == 2
    assert capsys.readouterr().err == f"mock-cognitosync: {SUPPORTED}not moto 6.0.0\n"


# In processes of their own, since this one has imported the package already.

ATTEMPT = """
try:
    from mock_cognitosync import mock_cognitosync
    mock_cognitosync().start()
except ImportError as error:
    print(isinstance(error, RuntimeError), error)
"""


@pytest.fixture
def attempt(pytester):
    """Import the package and start a mock after *lines* have run: what is printed."""

    def run(*lines):
        result = pytester.runpython_c("\n".join([*lines, ATTEMPT]))
        assert (result.ret, result.errlines) == (0, [])
        return result.outlines

    return run


@pytest.mark.parametrize("module", ["moto.core.models", "moto.core.base_backend", "moto.moto_api._internal"])
def test_a_moto_without_a_module_is_refused(attempt, module):
    """The import of the package's names, or start(), refuses a moto in which a module is gone."""
    [line] = attempt("import sys", f"sys.modules['{module}'] = None")
    assert line.startswith(f"True {SUPPORTED}and the installed one differs: ")
    assert module in line


def test_a_moto_whose_module_lacks_a_name_is_refused(attempt):
    """The name that cannot be imported is in the sentence."""
    lines = ["import moto.core.base_backend as module", "del module.BackendDict"]
    [line] = attempt(*lines)
    assert line.startswith(f"True {SUPPORTED}and the installed one differs: cannot import name 'BackendDict'")


def test_a_moto_6_that_has_moved_everything_is_refused_by_its_version(attempt):
    """The version is reported first, since that explains the rest."""
    lines = ["import sys, moto", "moto.__version__ = '6.0.0'", "sys.modules['moto.core.models'] = None"]
    assert attempt(*lines) == [f"True {SUPPORTED}not moto 6.0.0"]


def test_a_missing_moto_is_not_called_another_moto(attempt):
    """If moto is not installed, Python's own error says so."""
    lines = ["import sys", "sys.modules['moto'] = None"]
    assert attempt(*lines) == ["False import of moto halted; None in sys.modules"]


def test_importing_a_moto_that_has_moved_its_index_does_not_fail(pytester):
    """Importing a moto whose index has no list of patterns does not fail."""
    folder = pytester.mkpydir("moto")
    folder.joinpath("backend_index.py").write_text("patterns = []")
    result = pytester.runpython_c("import mock_cognitosync, moto.backend_index as index; print(index.patterns)")
    assert (result.outlines, result.errlines) == (["[]"], [])
