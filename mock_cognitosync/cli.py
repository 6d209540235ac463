"""The command ``mock-cognitosync``: serve until a signal arrives; load and save the state."""

from __future__ import annotations

import argparse
import errno
import os
import re
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from threading import Event

from .cognitosync.domain.dataset import Limits
from .cognitosync.settings import Settings
from .registration import UnsupportedDependency, require_supported_moto
from .server import missing_dependencies, variables
from .server.ready import SYNTAXES, ready_text

_DESCRIPTION = """\
Serve Amazon Cognito Sync and all services of moto over HTTP: for the AWS CLI, phones, browsers and programs in any
language. All state is in memory; --save and --load keep that of Cognito Sync in a readable JSON file.
"""
_EPILOG = """\
As soon as the server answers, the command prints its URL and the environment variables that direct AWS clients to it.
Ctrl-C, SIGTERM and SIGHUP stop it. The exit code is 0 after a stop, and 2 if an option, address or file is invalid.
"mock-cognitosync verify --help" and "mock-cognitosync pull --help" describe the other two commands.
"""


# About three centuries, so that the end of a lifetime is a valid date.
_LONGEST_SECONDS = 10**10


class Refused(Exception):
    """The command cannot fulfil the request; the text is one sentence for the user."""


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run a subcommand; without one, serve until SIGINT, SIGTERM or SIGHUP.

    Args:
        arguments: the command line without the program's name; None: that of this process.

    Returns:
        The exit code of the subcommand; for the server 0, or 2 after one sentence on standard error.
    """
    words = sys.argv[1:] if arguments is None else list(arguments)
    if words[:1] == ["verify"]:
        from .verify import command

        return command.main(words[1:])
    if words[:1] == ["pull"]:
        from . import pull

        return pull.main(words[1:])
    options = parser().parse_args(words[1:] if words[:1] == ["serve"] else words)
    if options.version:
        from . import __version__

        sys.stdout.write(f"mock-cognitosync {__version__}\n")
        return 0
    try:
        _prepare(options)
        _serve(options)
    except Refused as refusal:
        _warn(str(refusal))
        return 2
    return 0


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    command = argparse.ArgumentParser(prog="mock-cognitosync", description=_DESCRIPTION, epilog=_EPILOG)
    add = command.add_argument
    address = "name or address to listen on (127.0.0.1); 0.0.0.0 admits other machines"
    add("--host", type=_host, default="127.0.0.1", help=address)
    port = os.environ.get("MOTO_PORT", "5000")
    add("--port", type=_port, default=port, help="port to listen on (MOTO_PORT, else 5000); 0 picks a free one")
    add("--region", help="region of the printed variables (AWS_DEFAULT_REGION, else us-east-1)")
    add("--load", type=_file, metavar="FILE", help="initial state, as written by --save or by the handle's save()")
    add(
        "--save",
        type=_file,
        metavar="FILE",
        help="write the state here at the end; may be the file of --load, even if missing",
    )
    interval = "also write the file of --save at this interval"
    add("--save-every", type=_seconds, metavar="SECONDS", help=interval)
    name = "another host name of the server, such as that of its container; may be repeated"
    add("--allow-host", type=_name, action="append", default=[], metavar="NAME", help=name)
    origin = "origin of web pages that may change the server's state below /moto-api/; may be repeated"
    add("--allow-origin", type=_origin, action="append", default=[], metavar="ORIGIN", help=origin)
    add("--seed", type=int, metavar="NUMBER", help="seed of generated ids: the same requests get the same ids")
    _add_behaviour(command)
    syntax = "syntax of the printed variables; json prints one object"
    add("--format", choices=SYNTAXES, default="sh", help=f"{syntax} ({', '.join(SYNTAXES)})", metavar="SYNTAX")
    add("--verbose", action="store_true", help="print each call with its outcome and hint to standard error")
    add("--version", action="store_true", help="print the version and exit")
    return command


def _add_behaviour(command: argparse.ArgumentParser) -> None:
    """The options of ``mock_cognitosync`` and of the handle's ``set_limits``, for all accounts and regions."""
    add = command.add_argument_group("behaviour of Cognito Sync").add_argument
    pools = "which pools exist: created ones, or any if none was created (auto); only created ones; any"
    add("--identity-pools", choices=("auto", "created", "any"), default="auto", help=pools)
    add("--strict-credentials", action="store_true", help="distinguish the credentials of developers and identities")
    add("--strict-sync-counts", action="store_true", help="refuse a SyncCount above the record's current one")
    lifetime = "lifetime of a sync session token (300)"
    add("--token-lifetime", type=_seconds, default=300.0, metavar="SECONDS", help=lifetime)
    for name in ("datasets_per_identity", "records_per_dataset", "dataset_size_bytes"):
        limit = {"type": _count, "default": getattr(Limits(), name), "metavar": "NUMBER"}
        add(f"--{name.replace('_', '-')}", **limit, help=f"limit: {name.replace('_', ' ')} (%(default)s)")


def _host(text: str) -> str:
    # An empty name would mean all addresses of the machine.
    if not text or not text.isprintable():
        raise argparse.ArgumentTypeError(f"{text!r} is not a host; it must be a name or an address of this machine")
    return text


def _name(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9._-]+", text, re.ASCII | re.IGNORECASE):
        raise argparse.ArgumentTypeError(f"{text!r} is not a host name; it must be a name without a port, such as moto")
    return text.lower()


def _origin(text: str) -> str:
    if not re.fullmatch(r"null|[a-z][a-z0-9+.-]*://[^/?#\s]+", text, re.ASCII | re.IGNORECASE):
        raise argparse.ArgumentTypeError(f"{text!r} is not an origin; it must be like http://localhost:3000")
    return text.lower()


def _file(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError("the name of the file is empty")
    return text


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= _LONGEST_SECONDS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time; it must be a number of seconds > 0")
    return seconds


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a limit; it must be an integer >= 0")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; it must be an integer from 0 to 65535")
    return int(text)


def _prepare(options: argparse.Namespace) -> None:
    """Seed and load; refuse impossible options before serving anything."""
    missing = missing_dependencies()
    if missing:
        raise Refused(missing)
    try:
        require_supported_moto()
    except UnsupportedDependency as error:
        raise Refused(str(error)) from None
    from moto.core.models import DEFAULT_ACCOUNT_ID
    from moto.moto_api._internal import mock_random

    from .control import snapshot
    from .control.arguments import require_region

    if options.save_every and not options.save:
        raise Refused("--save-every needs --save, which names the file")
    if options.region:
        try:
            require_region(DEFAULT_ACCOUNT_ID, options.region)
        except ValueError as error:
            raise Refused(str(error)) from None
        # This affects moto's other services as well.
        os.environ["AWS_DEFAULT_REGION"] = options.region
    if options.seed is not None:
        mock_random.seed(options.seed)
    if options.save:
        try:
            snapshot.check_writable(options.save)
        except OSError as error:
            raise Refused(f"cannot write {options.save}: {error.strerror}") from None
    if options.load and not (options.load == options.save and not Path(options.load).exists()):
        try:
            snapshot.load_all(options.load)
        except OSError as error:
            raise Refused(f"cannot read {options.load}: {error.strerror}") from None
        except snapshot.SnapshotRefused as error:
            raise Refused(str(error)) from None


def _serve(options: argparse.Namespace) -> None:
    from .control import snapshot
    from .server.application import make_application
    from .server.guard import Guard
    from .server.saving import PeriodicSaver
    from .server.standalone import standalone
    from .server.verbose import printing_calls
    from .server.waitress_server import serving

    guard = Guard(frozenset({options.host.lower(), *options.allow_host}), frozenset(options.allow_origin))
    stopped = Event()
    for number in _stop_signals():
        signal.signal(number, lambda *_: stopped.set())
    with ExitStack() as running:
        controller = running.enter_context(standalone(settings_of(options)))
        if options.verbose:
            running.enter_context(printing_calls(sys.stderr))
        try:
            url = running.enter_context(serving(make_application(guard), options.host, options.port))
        except (OSError, UnicodeError) as error:
            raise Refused(_no_address(options, error)) from None
        # Before the server ends, so that no request delays it.
        running.callback(controller.history.end_waiting)
        say_ready(url, options.format)
        saver = PeriodicSaver(options.save, options.save_every, _warn) if options.save_every else None
        # In steps, because no signal ends a wait on Windows.
        while not stopped.wait(min(0.2, options.save_every or 0.2)):
            if saver is not None:
                saver.save_if_due()
    if options.save:
        try:
            snapshot.save_all(options.save)
        except OSError as error:
            raise Refused(f"cannot write {options.save}, the state is lost: {error.strerror}") from None


def settings_of(options: argparse.Namespace) -> Settings:
    """The settings of the service that the options describe."""
    limits = Limits(options.datasets_per_identity, options.records_per_dataset, options.dataset_size_bytes)
    return Settings(
        identity_pools=options.identity_pools,
        token_lifetime_seconds=options.token_lifetime,
        strict_credentials=options.strict_credentials,
        strict_sync_counts=options.strict_sync_counts,
        default_limits=limits,
    )


def _warn(sentence: str) -> None:
    sys.stderr.write(f"mock-cognitosync: {sentence}\n")


def _stop_signals() -> list[signal.Signals]:
    """Ctrl-C, SIGTERM, and SIGHUP of a closed terminal unless the caller ignores it, as nohup does."""
    signals = [signal.SIGINT, signal.SIGTERM]
    hang_up = getattr(signal, "SIGHUP", None)
    if hang_up is not None and signal.getsignal(hang_up) is not signal.SIG_IGN:
        signals.append(hang_up)
    return signals


def _no_address(options: argparse.Namespace, error: Exception) -> str:
    if getattr(error, "errno", None) == errno.EADDRINUSE:
        return f"port {options.port} of {options.host} is in use: give another --port, or 0 for a free one"
    # Python appends the address, which the message names already.
    reason = str(getattr(error, "strerror", error)).partition(" (while")[0]
    return f"cannot listen on port {options.port} of {options.host}: {reason}"


def say_ready(url: str, syntax: str = "sh") -> None:
    """Print the URL and the variables, by default readable by people and by a shell's ``source``."""
    # Some services of moto call their own server at this port.
    os.environ["MOTO_PORT"] = url.rpartition(":")[2]
    found = variables(url, os.environ.get("AWS_DEFAULT_REGION", "us-east-1"))
    sys.stdout.write(ready_text(url, found, syntax))
    sys.stdout.flush()
