"""The target of checks: clients of an endpoint, and identity pools and identities that only the checks use."""

from __future__ import annotations

import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError

from ..endpoint import Clients
from .check import NotChecked
from .values import Parameters

# How often, and at which interval in seconds, to look for a new pool: Cognito Sync does not know it at once.
_ATTEMPTS = 20
_PAUSE_SECONDS = 1.0
# Dates have milliseconds.
_TICK_SECONDS = 0.01


class Pools(ABC):
    """The source of identity pools and identities for the checks."""

    @abstractmethod
    def shared(self) -> str:
        """The id of a pool that checks share; each check has identities of its own in it."""

    @abstractmethod
    def unconfigured(self) -> str:
        """The id of a pool without configuration and events that one check may configure."""

    @abstractmethod
    def fresh(self) -> str:
        """The id of a pool that nobody has used."""

    @abstractmethod
    def new_identity(self, identity_pool_id: str) -> str:
        """The id of a new identity in the pool."""

    @abstractmethod
    def delete(self) -> list[str]:
        """Delete the pools; return a sentence for each that could not be deleted."""


class CreatedPools(Pools):
    """
    Pools that cognito-identity creates for the checks.

    Attributes:
        name: the name of all these pools and of no others. It also finds pools whose creation was not answered.
        role_arn: the role of guests in these pools.
    """

    def __init__(
        self, clients: Clients, *, sleep: Callable[[float], None] = time.sleep, role_arn: str | None = None
    ) -> None:
        """
        Create nothing yet.

        Args:
            clients: creates clients of the endpoint.
            sleep: waits for a number of seconds.
            role_arn: the role of guests; None gives them no credentials.
        """
        self.name = f"mock-cognitosync verify {uuid.uuid4()}"
        self._identity = clients("cognito-identity")
        self._sync = clients("cognito-sync")
        self._sleep = sleep
        self.role_arn = role_arn
        self._shared: str | None = None
        self._may_have_created = False

    def shared(self) -> str:
        if self._shared is None:
            self._shared = self.fresh()
        return self._shared

    def unconfigured(self) -> str:
        return self.fresh()

    def fresh(self) -> str:
        identity_pool_id = self._create()
        if self.role_arn:
            self._set_role(identity_pool_id)
        self._await(identity_pool_id)
        return identity_pool_id

    def new_identity(self, identity_pool_id: str) -> str:
        identity_id: str = self._identity.get_id(IdentityPoolId=identity_pool_id)["IdentityId"]
        return identity_id

    def delete(self) -> list[str]:
        failures: list[str] = []
        if not self._may_have_created:
            return failures
        try:
            pools = self._list()
        except (ClientError, BotoCoreError) as error:
            return [f"the identity pools with the name {self.name!r} could not be listed and deleted: {error}"]
        for identity_pool_id in pools:
            try:
                self._identity.delete_identity_pool(IdentityPoolId=identity_pool_id)
            except (ClientError, BotoCoreError) as error:
                failures.append(f"identity pool {identity_pool_id} could not be deleted: {error}")
        return failures

    def _create(self) -> str:
        before, self._may_have_created = self._may_have_created, True
        try:
            pool = self._identity.create_identity_pool(IdentityPoolName=self.name, AllowUnauthenticatedIdentities=True)
        except (ClientError, EndpointConnectionError):
            # Any other error, and Ctrl-C, may hide that the pool was created.
            self._may_have_created = before
            raise
        return str(pool["IdentityPoolId"])

    def _set_role(self, identity_pool_id: str) -> None:
        roles = {"unauthenticated": self.role_arn}
        self._identity.set_identity_pool_roles(IdentityPoolId=identity_pool_id, Roles=roles)

    def _list(self) -> list[str]:
        pages = self._identity.get_paginator("list_identity_pools").paginate(PaginationConfig={"PageSize": 60})
        pools = [pool for page in pages for pool in page["IdentityPools"]]
        return [pool["IdentityPoolId"] for pool in pools if pool["IdentityPoolName"] == self.name]

    def _await(self, identity_pool_id: str) -> None:
        for _ in range(_ATTEMPTS):
            try:
                self._sync.describe_identity_pool_usage(IdentityPoolId=identity_pool_id)
            except self._sync.exceptions.ResourceNotFoundException:
                self._sleep(_PAUSE_SECONDS)
            else:
                return


class GivenPool(Pools):
    """One pool that exists already, and identities with invented ids."""

    def __init__(self, clients: Clients, identity_pool_id: str) -> None:
        self._sync = clients("cognito-sync")
        self._identity_pool_id = identity_pool_id

    def shared(self) -> str:
        return self._identity_pool_id

    def unconfigured(self) -> str:
        pool = {"IdentityPoolId": self._identity_pool_id}
        self._sync.set_identity_pool_configuration(**pool, PushSync={}, CognitoStreams={})
        self._sync.set_cognito_events(**pool, Events={"SyncTrigger": ""})
        return self._identity_pool_id

    def fresh(self) -> str:
        raise NotChecked("needs an identity pool that nobody has used, and --pool was given")

    def new_identity(self, identity_pool_id: str) -> str:
        return f"{identity_pool_id.partition(':')[0]}:{uuid.uuid4()}"

    def delete(self) -> list[str]:
        return []


class Target:
    """
    The endpoint that is checked.

    Attributes:
        sync: a client of Cognito Sync with the developer's credentials.
        pools: where checks get identity pools and identities.
        region_name: the region of the endpoint.
    """

    def __init__(
        self,
        clients: Clients,
        pools: Pools,
        region_name: str,
        *,
        sleep: Callable[[float], None] = time.sleep,
        is_patient: bool = False,
        has_roles: bool = False,
    ) -> None:
        """
        Describe an endpoint.

        Args:
            clients: creates clients of the endpoint.
            pools: see the class.
            region_name: see the class.
            sleep: waits for a number of seconds.
            is_patient: whether checks may take minutes.
            has_roles: whether cognito-identity gives credentials to the identities.
        """
        self.sync = clients("cognito-sync")
        self.pools = pools
        self.region_name = region_name
        self._clients = clients
        self._sleep = sleep
        self._is_patient = is_patient
        self._has_roles = has_roles
        self._written: dict[tuple[str, str, str], None] = {}

    @cached_property
    def account_id(self) -> str:
        """
        The account of the developer's credentials.

        Raises:
            NotChecked: the endpoint does not report it.
        """
        try:
            return str(self._clients("sts").get_caller_identity()["Account"])
        except (ClientError, BotoCoreError) as error:
            raise NotChecked(f"the endpoint does not report its account in STS GetCallerIdentity: {error}") from None

    def wait(self, seconds: float) -> None:
        """
        Wait for minutes.

        Raises:
            NotChecked: checks may not take minutes.
        """
        if not self._is_patient:
            raise NotChecked("takes more than five minutes, and --wait was not given")
        self._sleep(seconds)

    def tick(self) -> None:
        """Wait until the service gives the next write another date."""
        self._sleep(_TICK_SECONDS)

    def identity_client(self, identity_id: str) -> Any:
        """
        A client of Cognito Sync with an identity's own credentials.

        Raises:
            NotChecked: the identities have no credentials.
        """
        if not self._has_roles:
            raise NotChecked("needs the credentials of an identity, and its pool has no roles: --role was not given")
        found = self._clients("cognito-identity").get_credentials_for_identity(IdentityId=identity_id)["Credentials"]
        credentials = {
            "aws_access_key_id": found["AccessKeyId"],
            "aws_secret_access_key": found["SecretKey"],
            "aws_session_token": found["SessionToken"],
        }
        return self._clients("cognito-sync", credentials)

    def note_dataset(self, parameters: Parameters, *, is_deleted: bool) -> None:
        """Remember that a dataset may exist, or that it has been deleted."""
        key = parameters["IdentityPoolId"], parameters["IdentityId"], parameters["DatasetName"]
        if is_deleted:
            self._written.pop(key, None)
        else:
            self._written[key] = None

    def clean_up(self) -> list[str]:
        """
        Delete what the checks have created.

        Returns:
            A sentence for each dataset and pool that could not be deleted.
        """
        failures = []
        for key in self._written:
            try:
                self.sync.delete_dataset(**dict(zip(("IdentityPoolId", "IdentityId", "DatasetName"), key, strict=True)))
            except self.sync.exceptions.ResourceNotFoundException:
                # An update without change creates no dataset.
                continue
            except (ClientError, BotoCoreError) as error:
                failures.append(f"dataset {key[2]} of {key[1]} in pool {key[0]} could not be deleted: {error}")
        self._written.clear()
        return failures + self.pools.delete()
