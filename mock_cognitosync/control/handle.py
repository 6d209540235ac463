"""The handle: what a test holds while Cognito Sync is mocked."""

from __future__ import annotations

from os import PathLike

from ..cognitosync import ids
from ..cognitosync.domain.pool_configuration import TriggerFunction
from ..cognitosync.models import lock
from . import snapshot
from .device import Device
from .observing import Observing
from .place import require_callable, require_region
from .provoking import Provoking


class CognitoSync(Observing, Provoking):
    """
    The mocked service of one account and region, seen from outside.

    ``with mock_cognitosync() as sync``, the fixture ``cognitosync`` and ``mock_cognitosync.current()`` give it.
    """

    def at(self, *, region_name: str | None = None, account_id: str | None = None) -> CognitoSync:
        """
        The handle of another region or account of the same mock; what is not given is as here.

        Raises:
            ValueError: the service is not in this region.
        """
        require_region(account_id or self.account_id, region_name)
        return CognitoSync(region_name or self._region_name, account_id or self._account_id, control=self._control)

    def new_pool(self) -> str:
        """
        The id of an identity pool that exists.

        DatasetKey only pools made with cognito-identity exist (see ``identity_pools``), one is made there.
        """
        return self._backend().identity_pools.new()

    def new_identity(self, identity_pool_id: str) -> str:
        """A well-formed identity id in the region of *identity_pool_id*; the service asks for no more than that."""
        return f"{identity_pool_id.partition(':')[0]}:{ids.new_uuid()}"

    def device(self, identity_pool_id: str, identity_id: str) -> Device:
        """Another device of this identity."""
        return Device(self._backend, identity_pool_id, identity_id)

    def credentials_for(self, identity_pool_id: str, identity_id: str) -> dict[str, str]:
        """
        Credentials of an identity, as keyword arguments of ``boto3.client``.

        What they write bears the identity's id; with ``strict_credentials`` they reach that identity's data alone.

        Source: access-6, records-3.
        """
        access_key = f"ASIA{ids.new_uuid().replace('-', '')[:16].upper()}"
        with lock:
            self._backend().identity_keys[access_key] = (identity_pool_id, identity_id)
        return {
            "aws_access_key_id": access_key,
            "aws_secret_access_key": ids.new_uuid(),
            "aws_session_token": ids.new_uuid(),
        }

    def set_trigger(self, identity_pool_id: str, function: TriggerFunction | None) -> None:
        """
        Run *function* as the sync trigger of the pool, in place of one in Lambda; None takes it away.

        Args:
            identity_pool_id: the pool.
            function: takes the documented event, a dict, and returns it, changed or not. It may raise, and may itself
                call Cognito Sync.

        Raises:
            TypeError: *function* cannot be called.

        Source: trigger-1.
        """
        if function is not None:
            require_callable(function)
        with lock:
            self._backend().pool_resources.configuration(identity_pool_id).trigger = function

    def merge_identities(self, identity_pool_id: str, old: str, *, into: str) -> None:
        """
        Link two identities, as cognito-identity does when a guest signs in: *into* gets the datasets of *old*.

        Each arrives as ``NAME.OLDIDENTITYID``, with its live records all at sync count 1, and ListRecords of ``NAME``
        reports it until it is deleted. *old* keeps nothing.

        Raises:
            ValueError: *into* is *old* or has such a dataset already, or a name would pass 128 characters.

        Source: merge-1, merge-2, merge-3.
        """
        self._backend().merge_identities(identity_pool_id, old, into)

    def save(self, path: str | PathLike[str]) -> None:
        """
        Write the datasets, configurations and devices of this account and region to a file, see :mod:`.snapshot`.

        Raises:
            OSError: the file cannot be written; what was there is as it was.
        """
        snapshot.save(path, [self._backend()])

    def load(self, path: str | PathLike[str]) -> None:
        """
        Put what a file holds for this account and region in place of what is there; all of it or nothing.

        Tokens, triggers set here, faults and calls stay as they are.

        Raises:
            SnapshotRefused: it is no snapshot, is of another version, is damaged, breaks a limit, or holds nothing of
                this account and region.
            OSError: it cannot be read.
        """
        snapshot.load(path, self._backend())

    def reset(self) -> None:
        """Forget all datasets, configurations and tokens of this account and region; all else stays."""
        self._backend().reset()
