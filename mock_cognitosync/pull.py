"""The command ``mock-cognitosync pull``: the state of a real identity pool becomes a snapshot file for tests."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, TextIO

from .endpoint import Clients, RateLimit, clients_of, is_loopback

if TYPE_CHECKING:
    from .control.snapshot.document import Tree

_DESCRIPTION = """\
Read the datasets, records, configuration and events of an identity pool, and write them as a snapshot file that the
mock loads. The command only reads. Values are replaced with placeholders unless --keep-values is given.
"""
_EPILOG = """\
The exit code is 0 if the file was written, 2 if an option, the file or the endpoint is unusable, and 130 after Ctrl-C.
Unless it is 0, nothing is written.
"""

# moto's account, in which tests run.
_ACCOUNT = "123456789012"
_ACCOUNT_OF_ARN = re.compile(r"(arn:[^:]*:[^:]*:[^:]*:)[0-9]{12}(?=:)")
_IS_ACCOUNT = re.compile("[0-9]{12}")

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MILLISECOND = timedelta(milliseconds=1)
_IDENTITIES_PER_PAGE = 60
_BAR_WIDTH = 30

Connect = Callable[..., Clients]


def main(arguments: Sequence[str], *, connect: Connect = clients_of) -> int:
    """
    Write a snapshot of an identity pool.

    Args:
        arguments: those after ``pull``.
        connect: creates the clients, see :func:`.endpoint.clients_of`.

    Returns:
        The exit code, see ``--help``.
    """
    options = _options(arguments)
    from botocore.exceptions import BotoCoreError, ClientError

    from .control.snapshot import atomic_file, document

    try:
        if options.out:
            atomic_file.check_writable(options.out)
        clients = connect(options.endpoint, options.region, options.rate and RateLimit(options.rate))
        pool = _Reader(clients, options.pool, keeps_values=options.keep_values).pool(options.identity)
        text = document.to_text({_ACCOUNT: {options.region: {options.pool: pool}}})
        if options.out:
            atomic_file.write(options.out, text)
        else:
            sys.stdout.write(text)
    except KeyboardInterrupt:
        return _refused("interrupted, nothing is written", 130)
    except OSError as error:
        return _refused(f"cannot write {options.out}: {error.strerror}", 2)
    except (BotoCoreError, ClientError) as error:
        return _refused(f"cannot read {options.pool}: {error}", 2)
    return 0


def _refused(sentence: str, code: int) -> int:
    sys.stderr.write(f"mock-cognitosync pull: {sentence}\n")
    return code


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="mock-cognitosync pull", description=_DESCRIPTION, epilog=_EPILOG)
    add = parser.add_argument
    add("--pool", metavar="ID", required=True, help="the identity pool")
    add("--identity", metavar="ID", action="append", help="only this identity; may be repeated (all of the pool)")
    add("--out", metavar="FILE", help="the file to write (standard output)")
    add("--region", help="the region (that of the pool's id)")
    add("--keep-values", action="store_true", help="keep the values of records, which may be personal data")
    add("--endpoint", metavar="URL", help="read from here instead of AWS")
    add("--rate", type=float, metavar="NUMBER", help="requests per second (5, or unlimited on this machine)")
    options = parser.parse_args(arguments)
    options.region = options.region or options.pool.partition(":")[0]
    if options.rate is None and not is_loopback(options.endpoint or ""):
        options.rate = 5.0
    if options.rate is not None and options.rate <= 0:
        parser.error("--rate must be above 0")
    return options


class _Reader:
    """Reads one identity pool; returns it in the form of a snapshot."""

    def __init__(self, clients: Clients, identity_pool_id: str, *, keeps_values: bool) -> None:
        self._sync = clients("cognito-sync")
        self._identity = clients("cognito-identity")
        self._pool = {"IdentityPoolId": identity_pool_id}
        self._keeps_values = keeps_values

    def pool(self, identity_ids: Sequence[str] | None) -> Tree:
        """The pool with its configuration and events, and these identities; None selects all."""
        configuration = self._sync.get_identity_pool_configuration(**self._pool)
        push_sync, streams = configuration.get("PushSync", {}), configuration.get("CognitoStreams", {})
        events = self._sync.get_cognito_events(**self._pool).get("Events", {})
        found = self._identity_ids() if identity_ids is None else identity_ids
        progress = _Progress(len(found), sys.stderr)
        identities = {identity_id: self._read_identity(identity_id) for identity_id in progress.over(found)}
        return _without_empty(
            events={name: _in_test_account(arn) for name, arn in events.items()},
            push_sync=_without_empty(
                application_arns=[_in_test_account(arn) for arn in push_sync.get("ApplicationArns", [])],
                role_arn=_in_test_account(push_sync.get("RoleArn")),
            ),
            streams=_without_empty(
                stream_name=streams.get("StreamName"),
                role_arn=_in_test_account(streams.get("RoleArn")),
                streaming_status=streams.get("StreamingStatus"),
            ),
            identities={identity_id: identity for identity_id, identity in identities.items() if identity},
        )

    def _identity_ids(self) -> list[str]:
        pages = _pages(self._identity.list_identities, **self._pool, MaxResults=_IDENTITIES_PER_PAGE)
        return [identity["IdentityId"] for page in pages for identity in page["Identities"]]

    def _read_identity(self, identity_id: str) -> Tree:
        identity = {**self._pool, "IdentityId": identity_id}
        datasets: dict[str, Tree] = {}
        merged: dict[str, list[str]] = {}
        for page in _pages(self._sync.list_datasets, **identity):
            for dataset in page["Datasets"]:
                listings = list(_pages(self._sync.list_records, **identity, DatasetName=dataset["DatasetName"]))
                # Otherwise it has been deleted since it was listed.
                if listings[-1]["DatasetExists"]:
                    datasets[dataset["DatasetName"]] = self._dataset(dataset, listings)
                    merged[dataset["DatasetName"]] = listings[-1].get("MergedDatasetNames", [])
        merged = {name: [other for other in others if other in datasets] for name, others in merged.items()}
        return _without_empty(datasets=datasets, merged={name: others for name, others in merged.items() if others})

    def _dataset(self, dataset: Mapping[str, Any], listings: Sequence[Mapping[str, Any]]) -> Tree:
        # Another device may have written between two pages.
        records = {record["Key"]: record for listing in listings for record in listing["Records"]}
        counts = [record["SyncCount"] for record in records.values()]
        return _without_empty(
            sync_count=max([listings[-1]["DatasetSyncCount"], *counts]),
            creation_date=_date(dataset.get("CreationDate")),
            last_modified_date=_date(dataset.get("LastModifiedDate")),
            last_modified_by=_in_test_account(dataset.get("LastModifiedBy")),
            records={key: self._record(record) for key, record in records.items()},
        )

    def _record(self, record: Mapping[str, Any]) -> Tree:
        return {
            "value": self._value(record.get("Value")),
            **_without_empty(
                sync_count=record["SyncCount"],
                last_modified_date=_date(record.get("LastModifiedDate")),
                last_modified_by=_in_test_account(record.get("LastModifiedBy")),
                device_last_modified_date=_date(record.get("DeviceLastModifiedDate")),
            ),
        }

    def _value(self, value: str | None) -> str | None:
        if value is None or self._keeps_values:
            return value
        # JSON can carry a lone surrogate.
        return "x" * len(value.encode("utf-8", "surrogatepass"))


class _Progress:
    """A bar on a terminal, nothing elsewhere."""

    def __init__(self, total: int, stream: TextIO) -> None:
        self._total = total
        self._stream = stream

    def over(self, identity_ids: Sequence[str]) -> Iterator[str]:
        """Iterate over *identity_ids*; show how many are done."""
        shows = self._stream.isatty() and self._total > 0
        for number, identity_id in enumerate(identity_ids):
            if shows:
                self._show(number)
            yield identity_id
        if shows:
            self._show(self._total)
            self._stream.write("\n")

    def _show(self, number: int) -> None:
        done = _BAR_WIDTH * number // self._total
        self._stream.write(f"\r[{'#' * done}{'.' * (_BAR_WIDTH - done)}] {number} of {self._total} identities")
        self._stream.flush()


def _pages(call: Callable[..., dict[str, Any]], **parameters: Any) -> Iterator[dict[str, Any]]:
    """The answers of *call* up to the last page."""
    page = call(**parameters)
    yield page
    while page.get("NextToken"):
        page = call(**parameters, NextToken=page["NextToken"])
        yield page


def _without_empty(**members: Any) -> Tree:
    """*members* without those that have their default values in a snapshot."""
    return {name: value for name, value in members.items() if value}


def _date(date: datetime | None) -> str | None:
    from .control.snapshot import dates

    return None if date is None else dates.to_text(round((date - _EPOCH) / _MILLISECOND))


def _in_test_account(text: str | None) -> str | None:
    """*text* with moto's account id in place of an account id, alone or in an ARN; other texts are unchanged."""
    if text is None:
        return None
    return _ACCOUNT if _IS_ACCOUNT.fullmatch(text) else _ACCOUNT_OF_ARN.sub(rf"\g<1>{_ACCOUNT}", text)
