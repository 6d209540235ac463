"""The ways to the mock through which the checks run, and pools for services that are not the mock."""

from __future__ import annotations

from itertools import count

from mock_cognitosync.verify.target import CreatedPools, Pools, Target

REGION = "us-east-1"


def target_of(clients, time_machine):
    """A target of patient checks, whose time passes at once."""
    pools = CreatedPools(clients, sleep=time_machine.shift)
    return Target(clients, pools, REGION, sleep=time_machine.shift, is_patient=True, has_roles=True)


class InventedPools(Pools):
    """Ids of pools and identities that no call has created."""

    def __init__(self):
        self._numbers = count(1)

    def _new(self):
        return f"{REGION}:{next(self._numbers):08x}-0000-4000-8000-000000000000"

    def shared(self):
        return f"{REGION}:00000000-0000-4000-8000-000000000000"

    def unconfigured(self):
        return self._new()

    def fresh(self):
        return self._new()

    def new_identity(self, identity_pool_id):
        return self._new()

    def delete(self):
        return []
