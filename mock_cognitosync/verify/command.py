"""The command ``mock-cognitosync verify``."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ..endpoint import Clients, RateLimit, clients_of, is_loopback
from . import report
from .check import Check, NotChecked
from .checks import all_checks
from .run import Outcome, run_all
from .target import CreatedPools, GivenPool, Pools, Target

_DESCRIPTION = """\
Check whether an endpoint does what docs/fidelity.md says of Amazon Cognito Sync, rule by rule, and print one line for
each: agrees, differs (with what was sent, expected and got), or not checked (with the reason).
"""
_EPILOG = """\
The exit code is 0 if no rule differs, 1 if one does, 2 if an option, a file or the endpoint is unusable, 3 if something
that the run has created could not be deleted, and 130 after Ctrl-C.
"""

# What a run against AWS creates and sends, rounded up; a test counts them.
POOLS = 25
REQUESTS = 1600

Connect = Callable[..., Clients]


class Unusable(Exception):
    """The run cannot continue; the text is one sentence."""


def main(
    arguments: Sequence[str], *, connect: Connect = clients_of, sleep: Callable[[float], None] = time.sleep
) -> int:
    """
    Check an endpoint.

    Args:
        arguments: those after ``verify``.
        connect: creates the clients, see :func:`.endpoint.clients_of`.
        sleep: waits for a number of seconds.

    Returns:
        The exit code, see ``--help``.
    """
    options = _options(arguments)
    if options.aws:
        sys.stdout.write(_announcement(options))
    rate_limit = RateLimit(options.rate) if options.rate else None
    clients = connect(options.endpoint, options.region, rate_limit)
    pools: Pools = (
        GivenPool(clients, options.pool) if options.pool else CreatedPools(clients, sleep=sleep, role_arn=options.role)
    )
    target = Target(clients, pools, options.region, sleep=sleep, is_patient=options.wait, has_roles=bool(options.role))
    remains: list[str] = []
    try:
        with _cleaning_up(target, remains):
            outcomes = _check(options.checks, target)
            if options.json:
                _write(options, outcomes, target)
    except Unusable as reason:
        sys.stderr.write(f"mock-cognitosync verify: {reason}\n")
        code = 2
    except KeyboardInterrupt:
        sys.stderr.write("mock-cognitosync verify: interrupted\n")
        code = 130
    else:
        code = int(any(outcome.verdict == "differs" for outcome in outcomes))
    for sentence in remains:
        sys.stderr.write(f"mock-cognitosync verify: {sentence}\n")
    return 3 if remains else code


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="mock-cognitosync verify", description=_DESCRIPTION, epilog=_EPILOG)
    add = parser.add_argument
    add("--endpoint", metavar="URL", help="what to check; with --aws, AWS's own endpoint if this is left out")
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    add("--region", default=region, help="the region (AWS_REGION, AWS_DEFAULT_REGION, us-east-1)")
    add("--json", metavar="FILE", help="write a report to this file")
    add(
        "--rule",
        metavar="ID",
        action="append",
        help="check only this rule, such as counts-3, or section, such as counts",
    )
    add("--pool", metavar="ID", help="use this identity pool, whose configuration is overwritten, and create none")
    add(
        "--role",
        metavar="ARN",
        help="the role of guests in the pools that are created, for rules about their credentials",
    )
    add("--wait", action="store_true", help="also check what takes more than five minutes: the lifetime of a token")
    add("--rate", type=float, metavar="NUMBER", help="requests per second (5 with --aws, otherwise unlimited)")
    add(
        "--aws",
        action="store_true",
        help="allow an endpoint that is not on this machine; without --endpoint, AWS's own",
    )
    options = parser.parse_args(arguments)
    if not options.endpoint and not options.aws:
        parser.error("give --endpoint URL, or --aws for AWS's own endpoint")
    if options.endpoint and not is_loopback(options.endpoint) and not options.aws:
        parser.error(f"{options.endpoint} is not on this machine; --aws allows it")
    if options.pool and not options.endpoint:
        parser.error("--pool is for services that replace Cognito Sync; AWS is checked in pools of its own")
    if options.pool and options.role:
        parser.error("--role is for pools that are created, and --pool creates none")
    if options.rate is not None and options.rate <= 0:
        parser.error("--rate must be above 0")
    if options.aws and options.rate is None:
        options.rate = 5.0
    if options.json and (Path(options.json).is_dir() or not os.access(Path(options.json).parent, os.W_OK)):
        parser.error(f"cannot write {options.json}: it is a directory, or its directory cannot be written to")
    options.checks = [check for check in all_checks() if _is_wanted(check, options.rule)]
    if not options.checks:
        parser.error(f"no check has the rule {' or '.join(options.rule)}")
    return options


def _is_wanted(check: Check, rules: Sequence[str] | None) -> bool:
    return rules is None or check.rule in rules or check.rule.rpartition("-")[0] in rules


def _announcement(options: argparse.Namespace) -> str:
    if options.pool:
        creates = f"datasets of at most 1 MiB in the identity pool {options.pool}, and overwrites its configuration"
    else:
        creates = f"up to {POOLS} identity pools that allow guests, with guests and datasets of at most 1 MiB"
    minutes = REQUESTS / options.rate / 60 + 6 * options.wait
    return (
        f"This run calls {options.endpoint or 'AWS'} in {options.region}, at most {options.rate:g} times a second.\n"
        f"It creates {creates}.\n"
        "It deletes what it has created when it ends, also after Ctrl-C.\n"
        f"All checks take up to {minutes:.0f} minutes.\n"
    )


def _check(checks: Sequence[Check], target: Target) -> list[Outcome]:
    """Run *checks* and print a line for each rule as soon as it is decided."""
    try:
        target.pools.shared()
    except (BotoCoreError, ClientError) as error:
        raise Unusable(f"no identity pool can be created, so give one with --pool: {error}") from None
    outcomes = []
    try:
        for rule, found in groupby(run_all(checks, target), key=lambda outcome: outcome.check.rule):
            of_rule = list(found)
            sys.stdout.write(report.lines_of(rule, of_rule))
            sys.stdout.flush()
            outcomes += of_rule
    except BotoCoreError as error:
        raise Unusable(f"the endpoint does not answer: {error}") from None
    counts = report.summary_of(report.by_rule(outcomes))
    sys.stdout.write(", ".join(f"{number} {verdict}" for verdict, number in counts.items()) + "\n")
    return outcomes


@contextmanager
def _cleaning_up(target: Target, remains: list[str]) -> Iterator[None]:
    """Clean up when the block ends, even by Ctrl-C or SIGTERM; collect the sentences about what remains."""
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, signal.default_int_handler) for number in signals]
    try:
        yield
    finally:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)
        sys.stderr.write("mock-cognitosync verify: deleting what was created\n")
        try:
            remains += target.clean_up()
        finally:
            for number, handler in zip(signals, before, strict=True):
                signal.signal(number, handler)


def _write(options: argparse.Namespace, outcomes: Sequence[Outcome], target: Target) -> None:
    about: dict[str, Any] = {
        "endpoint": options.endpoint or "AWS",
        "region": options.region,
        "versions": {name: version(name) for name in ("mock-cognitosync", "boto3", "botocore")},
    }
    try:
        account_id = target.account_id
    except NotChecked:
        account_id = None
    text = report.to_json(outcomes, datetime.now(timezone.utc).date(), about, account_id)
    try:
        Path(options.json).write_text(text, encoding="utf-8")
    except OSError as error:
        raise Unusable(f"cannot write {options.json}: {error.strerror}") from None
