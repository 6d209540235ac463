"""The port of a mock behind HTTP: each method is a request of the control API of a server."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from threading import Lock
from typing import Any
from urllib.parse import quote

from ..cognitosync.domain.keys import AccountRegion, DatasetKey
from . import as_json
from .as_json import Tree
from .dataset_state import DatasetState
from .faults import FaultPlan
from .history import History
from .hooks import HookPlan
from .http_client import ControlClient, ServerUnusable


class HttpPort:
    """
    A connection to a server. A test sees what happens there from the moment of the connection.

    The history starts with the connection, and ids that others have issued are unknown. Everything else is shared with
    the other users of the server.

    Attributes:
        failures: empty, because no function of a test runs in the server.
        options: those of the server, by the names of :meth:`.settings.Settings.options`.
    """

    def __init__(self, url: str) -> None:
        """
        Args:
            url: the URL of the server, such as ``http://127.0.0.1:5000``; a path is ignored.

        Raises:
            ValueError: *url* is not such a URL.
            ServerUnusable: the server does not answer, or it has no control API of this version.
        """
        self.failures: list[AssertionError] = []
        self._client = ControlClient(url)
        self._has_ended = False
        self._issued_ids: dict[str, str] = {}
        self._pools_of_users: dict[AccountRegion, str] = {}
        # The kinds of the faults and hooks added here, by number.
        self._faults_and_hooks: dict[int, str] = {}
        # Faults and hooks as they were at the end.
        self._last_seen: dict[int, Tree] = {}
        health = self._client.health()
        self.options: dict[str, Any] = health["options"]
        self._account_region = AccountRegion(health["account_id"], health["region_name"])
        # The entries have the server's moments, so the clock of this history is not used.
        self._history = History(int)
        self._cursor: int = health["cursor"]
        self._missed = 0
        self._lock = Lock()

    def end(self) -> None:
        """
        Remove the faults and hooks that were added here, and keep the history up to now. Idempotent.

        If the server has already stopped, nothing needs to be removed.
        """
        if not self._has_ended:
            with suppress(ServerUnusable):
                self._read_history()
                for number in self._faults_and_hooks:
                    self.remove_intervention(number)
                    self._last_seen[number] = self._added(number)
            self._has_ended = True

    @property
    def account_region(self) -> AccountRegion:
        """The account and region of requests that name none."""
        return self._account_region

    @property
    def endpoint_url(self) -> str:
        """The URL of the server."""
        return self._client.url

    @property
    def has_ended(self) -> bool:
        """Whether the connection has ended."""
        return self._has_ended

    def require_active(self) -> None:
        """
        Check that the connection has not ended.

        Raises:
            RuntimeError: it has.
        """
        if self._has_ended:
            raise RuntimeError(
                "this connection has ended: only what it recorded can be read (calls, story(), report(), "
                "stream_records, push_notifications, times_injected, times_run and ids)"
            )

    def require_region(self, account_region: AccountRegion) -> None:
        """
        Check that the service exists in a region.

        Raises:
            ValueError: it does not; the message lists the regions.
        """
        self._client.request("GET", "/health", account_region)

    @property
    def history(self) -> History:
        """
        Everything that happened at the server since the connection was created.

        Raises:
            RuntimeError: the server no longer has all of it.
        """
        if not self._has_ended:
            self._read_history()
        if self._missed:
            raise RuntimeError(
                f"the server keeps its newest entries only, and {self._missed} of this connection are lost: read calls "
                "more often"
            )
        return self._history

    # Ids and users.

    def kind_of(self, issued_id: str) -> str | None:
        """``identity pool`` or ``identity`` if the id was issued for this connection, else None."""
        return self._issued_ids.get(issued_id)

    def new_pool(self, account_region: AccountRegion) -> str:
        """The id of an identity pool that exists."""
        pool_id: str = self._ask("POST", "/pools", account_region)["identity_pool_id"]
        self._issued_ids[pool_id] = "identity pool"
        return pool_id

    def new_identity(self, account_region: AccountRegion, identity_pool_id: str) -> str:
        """The id of a new identity of the pool."""
        path = f"/pools/{_quoted(identity_pool_id)}/identities"
        identity_id: str = self._ask("POST", path, account_region)["identity_id"]
        self._issued_ids[identity_id] = "identity"
        return identity_id

    def pool_of_users(self, account_region: AccountRegion) -> str:
        """The pool for users without a pool of their own; created for this connection, or if it no longer exists."""
        pool_id = self._pools_of_users.get(account_region)
        if pool_id is None or not self._ask("GET", f"/pools/{_quoted(pool_id)}", account_region)["exists"]:
            pool_id = self._pools_of_users[account_region] = self.new_pool(account_region)
        return pool_id

    def identities(self, account_region: AccountRegion) -> list[tuple[str, str]]:
        """Pool and identity ids of all users of the server."""
        found = self._ask("GET", "/users", account_region)["users"]
        return [(user["identity_pool_id"], user["identity_id"]) for user in found]

    def new_credentials(self, account_region: AccountRegion, identity_pool_id: str, identity_id: str) -> dict[str, str]:
        """Credentials of an identity, as keyword arguments of ``boto3.client``."""
        path = f"/pools/{_quoted(identity_pool_id)}/identities/{_quoted(identity_id)}/credentials"
        credentials: dict[str, str] = self._ask("POST", path, account_region)
        return credentials

    # Data.

    def records(self, account_region: AccountRegion, key: DatasetKey) -> dict[str, str]:
        """Key to value of all live records, sorted by key."""
        records: dict[str, str] = self._ask("GET", _path(key), account_region)["records"]
        return records

    def dataset(self, account_region: AccountRegion, key: DatasetKey) -> DatasetState:
        """The state of a dataset."""
        return as_json.to_state(self._ask("GET", _path(key), account_region))

    def datasets(
        self, account_region: AccountRegion, identity_pool_id: str, identity_id: str
    ) -> dict[str, DatasetState]:
        """The states of the identity's datasets that exist, by name."""
        path = f"/pools/{_quoted(identity_pool_id)}/identities/{_quoted(identity_id)}/datasets"
        found = self._ask("GET", path, account_region)["datasets"]
        return {dataset["name"]: as_json.to_state(dataset) for dataset in found}

    def put(self, account_region: AccountRegion, key: DatasetKey, records: Mapping[str, str]) -> int:
        """
        Write records as another device of the identity, and return the dataset's sync count.

        Raises:
            CognitoSyncError: the service refuses.
        """
        return self._write(account_region, f"{_path(key)}/put", {"records": records})

    def remove(self, account_region: AccountRegion, key: DatasetKey, record_keys: Sequence[str]) -> int:
        """
        Remove records as another device of the identity, and return the dataset's sync count.

        Raises:
            CognitoSyncError: the service refuses.
        """
        return self._write(account_region, f"{_path(key)}/remove", {"keys": list(record_keys)})

    def delete_dataset(self, account_region: AccountRegion, key: DatasetKey) -> None:
        """
        Delete a dataset as another device of the identity.

        Raises:
            DatasetNotFound: it does not exist.
        """
        self._ask("DELETE", _path(key), account_region)

    def set_trigger(
        self, account_region: AccountRegion, identity_pool_id: str, function: Callable[..., Any] | None
    ) -> None:
        """
        Refuse: a Python function cannot run in another process.

        Raises:
            TypeError: always.
        """
        raise TypeError(
            "a server cannot run a Python function of this process as a sync trigger: create the function in Lambda "
            "and call set_cognito_events, or mock in this process and use the fixture cognitosync_server"
        )

    def merge_identities(self, account_region: AccountRegion, identity_pool_id: str, old: str, new: str) -> None:
        """
        Give the datasets of the identity *old* to *new*.

        Raises:
            ValueError: the merge is impossible.
        """
        body = {"identity_pool_id": identity_pool_id, "old": old, "into": new}
        self._ask("POST", "/merge-identities", account_region, body)

    def save(self, account_region: AccountRegion) -> str:
        """The text of a snapshot of the state."""
        self.require_active()
        return self._client.text("GET", "/snapshot", account_region)

    def load(self, account_region: AccountRegion, document: bytes) -> None:
        """
        Replace the state with that of a snapshot.

        Raises:
            SnapshotRefused: it is not a valid one, or has no state of this account and region.
        """
        self.require_active()
        self._client.text("PUT", "/snapshot", account_region, document)

    def reset(self, account_region: AccountRegion, identity_pool_id: str | None) -> None:
        """Forget the datasets, configuration and devices of one pool, or all of them and all tokens."""
        body = {} if identity_pool_id is None else {"identity_pool_id": identity_pool_id}
        self._ask("POST", "/reset", account_region, body)

    # Faults and hooks.

    def add_fault(self, plan: FaultPlan) -> int:
        """Inject a fault as *plan* says; return its number."""
        return self._add("faults", plan.call_filter.account_region, as_json.from_fault(plan))

    def add_hook(self, plan: HookPlan, function: Callable[[], object]) -> int:
        """
        Run the action of *plan*; return the number of the hook.

        Raises:
            TypeError: it has none.
        """
        if plan.action is None:
            raise TypeError(
                f"a server cannot run the Python function {plan.function_name} before a call: pass a partial of a "
                'device\'s method, such as partial(device.put, "profile", {"theme": "dark"})'
            )
        tree = as_json.from_hook(plan)
        del tree["function_name"]
        return self._add("hooks", plan.call_filter.account_region, tree)

    def remove_intervention(self, number: int) -> None:
        """Remove a fault or hook. Idempotent, even after the end."""
        if not self._has_ended:
            self._client.request("DELETE", f"/{self._faults_and_hooks[number]}/{number}")

    def times_applied(self, number: int) -> int:
        """How often a fault has been injected or a hook has run, even if it has been removed."""
        added = self._added(number)
        times: int = added["times_injected" if "times_injected" in added else "times_run"]
        return times

    def unused(self, after: int = 0) -> list[str]:
        """
        A sentence about each fault and hook of this connection that was never applied and is not optional.

        Args:
            after: only those above this number.
        """
        sentences = [self._added(number)["unused"] for number in self._faults_and_hooks if number > after]
        return [sentence for sentence in sentences if sentence]

    def start_inner_test(self) -> tuple[int, int]:
        """A test begins while the connection is open; returns the arguments of :meth:`end_inner_test`."""
        self.history.start_test()
        return max(self._faults_and_hooks, default=0), 0

    def end_inner_test(self, newest_intervention: int, failures: int) -> None:
        """End the faults and hooks of a test inside the connection, given the state in which it began."""
        for number in [number for number in self._faults_and_hooks if number > newest_intervention]:
            self.remove_intervention(number)
            del self._faults_and_hooks[number]

    # Clock, tokens and limits.

    def advance(self, seconds: float) -> None:
        """Advance the server's clock."""
        self._ask("POST", "/clock/advance", body={"seconds": seconds})

    def freeze(self) -> None:
        """Stop the server's clock."""
        self._ask("POST", "/clock/freeze")

    def unfreeze(self) -> None:
        """Let the server's clock run again."""
        self._ask("POST", "/clock/unfreeze")

    def release_clock(self) -> None:
        """Let the server's clock run again, unless the connection has ended."""
        if not self._has_ended:
            self.unfreeze()

    def expire_tokens(self, account_region: AccountRegion) -> None:
        """Expire all session tokens issued so far."""
        self._ask("POST", "/tokens/expire", account_region)

    def set_limits(self, account_region: AccountRegion, limits: Mapping[str, int]) -> None:
        """Change the limits of an identity."""
        self._ask("PATCH", "/limits", account_region, dict(limits))

    # Requests.

    def _ask(
        self, method: str, path: str, account_region: AccountRegion | None = None, body: Tree | None = None
    ) -> Tree:
        self.require_active()
        return self._client.request(method, path, account_region, body)

    def _read_history(self) -> None:
        with self._lock:
            answer = self._client.request("GET", f"/history?after={self._cursor}")
            self._missed += answer["missed"]
            self._cursor = answer["cursor"]
            for tree in answer["entries"]:
                self._history.append(as_json.to_entry(tree))

    def _write(self, account_region: AccountRegion, path: str, body: Tree) -> int:
        sync_count: int = self._ask("POST", path, account_region, body)["sync_count"]
        return sync_count

    def _add(self, kind: str, account_region: AccountRegion, tree: Tree) -> int:
        names = ("account_id", "region_name", "text")
        body = {name: value for name, value in tree.items() if name not in names and value is not None}
        number: int = self._ask("POST", f"/{kind}", account_region, body)["number"]
        self._faults_and_hooks[number] = kind
        return number

    def _added(self, number: int) -> Tree:
        if number in self._last_seen:
            return self._last_seen[number]
        return self._client.request("GET", f"/{self._faults_and_hooks[number]}/{number}")


def _path(key: DatasetKey) -> str:
    pool_id, identity_id, name = map(_quoted, key)
    return f"/pools/{pool_id}/identities/{identity_id}/datasets/{name}"


def _quoted(name: str) -> str:
    return quote(name, safe=":")
