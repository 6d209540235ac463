"""Invalid options and files, which the command refuses with exit code 2, in this process."""

from __future__ import annotations

import os
from importlib.metadata import version

import pytest

import mock_cognitosync
from mock_cognitosync import cli
from mock_cognitosync.cognitosync.domain.dataset import Limits


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--save", "", "the name of the file is empty"),
        ("--load", "", "the name of the file is empty"),
        ("--host", "", "'' is not a host; it must be a name or an address of this machine"),
        ("--host", "\udcff", "'\\udcff' is not a host; it must be a name or an address of this machine"),
        ("--allow-host", "", "'' is not a host name; it must be a name without a port, such as moto"),
        ("--allow-host", "moto:80", "'moto:80' is not a host name; it must be a name without a port, such as moto"),
        ("--allow-host", "*", "'*' is not a host name; it must be a name without a port, such as moto"),
        ("--save-every", "0", "'0' is not a time; it must be a number of seconds > 0"),
        ("--token-lifetime", "nan", "'nan' is not a time; it must be a number of seconds > 0"),
        ("--token-lifetime", "1e11", "'1e11' is not a time; it must be a number of seconds > 0"),
        ("--token-lifetime", "long", "'long' is not a time; it must be a number of seconds > 0"),
        ("--records-per-dataset", "-1", "'-1' is not a limit; it must be an integer >= 0"),
        ("--records-per-dataset", "1.5", "'1.5' is not a limit; it must be an integer >= 0"),
        ("--allow-origin", "*", "'*' is not an origin; it must be like http://localhost:3000"),
        ("--allow-origin", "http://a/b", "'http://a/b' is not an origin; it must be like http://localhost:3000"),
    ],
)
def test_an_empty_or_unreadable_value_is_refused(option, value, sentence, capsys):
    """The value of an unset variable is no option: the state would be lost, or all networks would reach the server."""
    with pytest.raises(SystemExit) as ended:
        cli.main([f"{option}={value}"])
    assert ended.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1] == f"mock-cognitosync: error: argument {option}: {sentence}"


@pytest.mark.parametrize("option", ["--save", "--load"])
def test_a_file_name_that_is_too_long_is_refused_at_the_start(option, tmp_path, capsys):
    """The name is refused before anything is served; no state is lost at the end."""
    path = tmp_path / ("x" * 300)
    assert cli.main([option, str(path)]) == 2
    action = "write" if option == "--save" else "read"
    assert capsys.readouterr().err == f"mock-cognitosync: cannot {action} {path}: File name too long\n"


@pytest.mark.parametrize("name", ["missing/state.json", ".", "link"])
def test_a_file_that_save_could_not_replace_is_refused_at_the_start(name, tmp_path, capsys):
    """A missing directory, a directory and a device are refused before anything is served."""
    (tmp_path / "link").symlink_to("/dev/null")
    assert cli.main(["--save", str(tmp_path / name)]) == 2
    assert capsys.readouterr().err.startswith(f"mock-cognitosync: cannot write {tmp_path / name}: ")
    assert [path.name for path in tmp_path.iterdir()] == ["link"]


@pytest.mark.parametrize("port", ["x", "-1", "65536", "1.5"])
def test_an_invalid_port_is_refused(port, capsys):
    """A port is an integer from 0 to 65535."""
    with pytest.raises(SystemExit) as ended:
        cli.main([f"--port={port}"])
    assert ended.value.code == 2
    sentence = f"argument --port: '{port}' is not a port; it must be an integer from 0 to 65535"
    assert capsys.readouterr().err.splitlines()[-1].endswith(sentence)


def test_a_missing_file_is_refused(tmp_path, capsys):
    """The sentence names the file that `--load` cannot read."""
    path = tmp_path / "state.json"
    assert cli.main(["--load", str(path)]) == 2
    assert capsys.readouterr() == ("", f"mock-cognitosync: cannot read {path}: No such file or directory\n")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"mock_cognitosync": 999}', '{"mock_cognitosync": 1}'])
def test_a_file_that_is_not_a_snapshot_is_refused(tmp_path, content, capsys):
    """The sentence names the file."""
    path = tmp_path / "state.json"
    path.write_text(content)
    assert cli.main(["--load", str(path)]) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    assert printed.err.startswith(f"mock-cognitosync: {path} is ")


@pytest.mark.parametrize(
    ("name", "reason"), [("", "it is a directory"), ("missing/state.json", "No such file or directory")]
)
def test_a_path_that_cannot_be_written_is_refused_at_the_start(tmp_path, name, reason, capsys):
    """A path to which the state cannot be saved is refused before anything is served."""
    path = tmp_path / name
    assert cli.main(["--save", str(path)]) == 2
    assert capsys.readouterr() == ("", f"mock-cognitosync: cannot write {path}: {reason}\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--save-every", "5"], "--save-every needs --save, which names the file"),
        (["--region", "eu-north-1"], 'Cognito Sync is not in the region "eu-north-1"; it is in '),
    ],
)
def test_an_option_that_cannot_work_is_refused_at_the_start(arguments, sentence, capsys):
    """An interval without a file, and a region without the service, are refused before anything is served."""
    assert cli.main(arguments) == 2
    assert capsys.readouterr().err.startswith(f"mock-cognitosync: {sentence}")


def test_a_missing_extra_is_named_with_the_command_that_installs_it(monkeypatch, capsys):
    """Without the extra, the sentence gives the command that installs it."""
    monkeypatch.setattr("mock_cognitosync.server.find_spec", lambda name: None if name == "waitress" else True)
    assert cli.main([]) == 2
    sentence = 'waitress not installed: pip install "mock-cognitosync[server]"'
    assert capsys.readouterr().err == f"mock-cognitosync: {sentence}\n"


@pytest.mark.parametrize("region", ["eu-west-1", None])
def test_the_exported_region_is_that_of_the_environment(monkeypatch, capsys, region):
    """The exported region is AWS_DEFAULT_REGION, otherwise us-east-1; moto learns the port of its server."""
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    if region:
        monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    monkeypatch.setenv("MOTO_PORT", "1")
    cli.say_ready("http://127.0.0.1:5123")
    assert f"export AWS_REGION={region or 'us-east-1'}\n" in capsys.readouterr().out
    assert os.environ["MOTO_PORT"] == "5123"


def test_each_option_of_the_service_becomes_a_setting():
    """Without options the settings are those of plain `mock_aws`; each option changes one of them."""
    defaults = cli.settings_of(cli.parser().parse_args([]))
    assert (defaults.identity_pools, defaults.token_lifetime_seconds, defaults.default_limits) == (
        "auto",
        300,
        Limits(),
    )
    assert (defaults.strict_credentials, defaults.strict_sync_counts) == (False, False)
    limits = ["--datasets-per-identity=1", "--records-per-dataset=2", "--dataset-size-bytes=3"]
    strict = ["--strict-credentials", "--strict-sync-counts", "--identity-pools=created", "--token-lifetime=1.5"]
    chosen = cli.settings_of(cli.parser().parse_args([*limits, *strict]))
    assert (chosen.identity_pools, chosen.token_lifetime_seconds) == ("created", 1.5)
    assert (chosen.strict_credentials, chosen.strict_sync_counts, chosen.default_limits) == (
        True,
        True,
        Limits(1, 2, 3),
    )


def test_the_version_has_one_source(capsys):
    """The command and the package give the version of the installed distribution."""
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"mock-cognitosync {version('mock-cognitosync')}\n"
    assert mock_cognitosync.__version__ == version("mock-cognitosync")
