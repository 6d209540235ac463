"""The command ``mock-cognitosync``: serve until a signal, with state from and to a file."""

from __future__ import annotations

import argparse
import errno
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from threading import Event

from .server import missing_dependencies, variables

_DESCRIPTION = """\
Serve Amazon Cognito Sync, and all other services that moto has, over HTTP: for the AWS CLI, phones, browsers and
programs in any language. All state is in memory; --save and --load keep that of Cognito Sync in a file that a
person can read.
"""
_EPILOG = """\
As soon as the server answers, its URL is printed, with the variables that lead AWS's clients to it. Ctrl-C and
SIGTERM stop it. The exit code is 0 after that, 2 where an option, an address or a file is no good.
"""


class Refused(Exception):
    """What was asked for cannot be done; the text is one sentence for who asked."""


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Serve until SIGINT or SIGTERM.

    Args:
        arguments: those of the command line; by default this process's.

    Returns:
        The exit code: 0, or 2 after one sentence on standard error.
    """
    options = parser().parse_args(arguments)
    try:
        _prepare(options)
        _serve(options)
    except Refused as refusal:
        sys.stderr.write(f"mock-cognitosync: {refusal}\n")
        return 2
    return 0


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    made = argparse.ArgumentParser(prog="mock-cognitosync", description=_DESCRIPTION, epilog=_EPILOG)
    add = made.add_argument
    add("--host", default="127.0.0.1", help="name or address to listen on (127.0.0.1); 0.0.0.0 for other machines too")
    port = os.environ.get("MOTO_PORT", "5000")
    add("--port", type=_port, default=port, help="port to listen on (MOTO_PORT, else 5000); 0 picks one that is free")
    add("--load", metavar="FILE", help="state to begin with, as --save or the handle's save() wrote it")
    add("--save", metavar="FILE", help="where the state goes at the end; the file of --load, if that may yet be made")
    add("--seed", type=int, metavar="NUMBER", help="makes ids the same each time the same is done")
    return made


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; give a number from 0 to 65535")
    return int(text)


def _prepare(options: argparse.Namespace) -> None:
    """Seed and load; what cannot be done is said before anything is served."""
    complaint = missing_dependencies()
    if complaint:
        raise Refused(complaint)
    from moto.moto_api._internal import mock_random

    from .control import snapshot

    if options.seed is not None:
        mock_random.seed(options.seed)
    if options.save:
        path = Path(options.save)
        if path.is_dir() or not os.access(path.parent, os.W_OK):
            raise Refused(f"cannot write {path}: it is a directory, or not in one that can be written to")
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
    from .server.waitress_server import serving

    stopped = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with ExitStack() as running:
        try:
            url = running.enter_context(serving(make_application(), options.host, options.port))
        except (OSError, UnicodeError) as error:
            raise Refused(_no_address(options, error)) from None
        say_ready(url)
        # In pieces, since on Windows no signal ends a wait.
        while not stopped.wait(0.2):
            pass
    if options.save:
        try:
            snapshot.save_all(options.save)
        except OSError as error:
            raise Refused(f"cannot write {options.save}, the state is lost: {error.strerror}") from None


def _no_address(options: argparse.Namespace, error: Exception) -> str:
    if getattr(error, "errno", None) == errno.EADDRINUSE:
        return f"port {options.port} of {options.host} is in use: give another --port, or 0 for one that is free"
    # Python adds where it tried, which stands here already.
    reason = str(getattr(error, "strerror", error)).partition(" (while")[0]
    return f"cannot listen on port {options.port} of {options.host}: {reason}"


def say_ready(url: str) -> None:
    """Print where the server answers, so that a person can read it and a shell source it."""
    # moto calls itself at this port now and then.
    os.environ["MOTO_PORT"] = url.rpartition(":")[2]
    found = variables(url, os.environ.get("AWS_DEFAULT_REGION", "us-east-1"))
    exports = "\n".join(f"export {name}={value}" for name, value in found.items())
    sys.stdout.write(f"# Cognito Sync and the rest of moto answer at {url}\n{exports}\n")
    sys.stdout.flush()
