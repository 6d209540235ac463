"""
A Session of boto3, built from read-only parts that are loaded once.

Creating a Session reads the endpoint data of all services from disk, registers about a hundred handlers and prepares a
dozen credential providers; a test with a client spends most of its time on that. Sessions and clients are never shared,
because a handler that one test registers would affect the next.
"""

from __future__ import annotations

import copy
from functools import cached_property, lru_cache
from typing import Any

import boto3
import botocore.session
from botocore.credentials import CredentialResolver, Credentials, EnvProvider
from botocore.handlers import BUILTIN_HANDLERS
from botocore.hooks import EventAliaser, HierarchicalEmitter
from botocore.loaders import Loader, create_loader

_emitter: HierarchicalEmitter | None = None
_emitter_handlers: list[Any] = []


def assembled_session() -> boto3.Session:
    """Return a Session like that of ``boto3.setup_default_session()``, created in a fraction of the time."""
    emitter = _emitter_copy()
    session: Any = botocore.session.Session(event_hooks=emitter, include_builtin_handlers=False)
    session._events = _Aliaser(emitter)  # noqa: SLF001
    session.register_component("event_emitter", session._events)  # noqa: SLF001
    loader = _loader(session.get_config_variable("data_path"))
    session.register_component("data_loader", loader)
    session.register_component("credential_provider", _EnvironmentFirst(session))
    search_paths = list(loader.search_paths)
    fresh = boto3.Session(botocore_session=session)
    # boto3 adds its own folder to the loader for each Session; ours has had it since the first.
    if fresh._loader.search_paths[-1] in search_paths:  # noqa: SLF001
        loader.search_paths[:] = search_paths
    return fresh


class _Aliaser(EventAliaser):
    """botocore's class, which renames events after their services' newer names, with one cache for all Sessions."""

    _found: dict[str, str] = {}  # noqa: RUF012

    def __init__(self, event_emitter: HierarchicalEmitter, event_aliases: dict[str, str] | None = None) -> None:
        super().__init__(event_emitter, event_aliases)
        self._alias_name_cache = self._found


class _EnvironmentFirst(CredentialResolver):
    """
    botocore's chain of providers, created only if its first member, the environment, has no credentials.

    A mock sets them in the environment, so most tests never need the other providers.
    """

    def __init__(self, session: Any) -> None:
        self._session = session
        # Looked up here, so that a botocore without it is noticed when the Session is created.
        self._create_botocore_s_chain = session._create_credential_resolver  # noqa: SLF001

    def _chain(self) -> list[Any]:
        """Botocore's providers for the Session, which use the region of its first client."""
        providers: list[Any] = self._create_botocore_s_chain().providers
        return providers

    # An attribute of the base class, hence Any.
    providers: Any = cached_property(_chain)

    def load_credentials(self) -> Credentials | None:
        """The credentials of the first provider that has any."""
        # A profile chosen in code takes precedence over the environment.
        if "providers" not in vars(self) and self._session.instance_variables().get("profile") is None:
            found = EnvProvider().load()
            if found is not None:
                return found
        return super().load_credentials()


@lru_cache
def _loader(data_path: str | None) -> Loader:
    return create_loader(data_path)


def _emitter_copy() -> HierarchicalEmitter:
    """A copy of an emitter with botocore's handlers; the emitter is rebuilt if the list of handlers has changed."""
    global _emitter, _emitter_handlers
    if _emitter is None or _emitter_handlers != BUILTIN_HANDLERS:
        _emitter = HierarchicalEmitter()
        botocore.session.Session(event_hooks=_emitter, include_builtin_handlers=True)
        _emitter_handlers = list(BUILTIN_HANDLERS)
    return copy.copy(_emitter)
