"""Sync session tokens, which tie an UpdateRecords call to an earlier ListRecords call."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

from ..exceptions import InvalidSyncSessionToken

_SEAL_BYTES = 32


@dataclass(slots=True)
class SyncSession:
    """
    The content of a token: a session of one identity on one dataset, until a point in time.

    Attributes:
        number: counts the sessions of a backend, from 0.
        expires_at_ms: milliseconds since the epoch.
        generation: how many times a test had expired all tokens before the session began.

    Source: token-1, token-2.
    """

    number: int
    expires_at_ms: int
    generation: int
    identity_id: str
    dataset_name: str


class SyncSessions:
    """The sessions of one backend. A token contains its session and a seal, so no table of tokens is needed."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._begun = 0
        self._generation = 0
        # One bit per session, so that a consumed token stays consumed even if a test moves the clock back.
        self._consumed = bytearray()

    def begin(self, expires_at_ms: int, identity_id: str, dataset_name: str) -> str:
        """Return the token of a new session. Source: token-1."""
        session = SyncSession(self._begun, expires_at_ms, self._generation, identity_id, dataset_name)
        self._begun += 1
        return self.seal(session)

    def expire_all(self) -> None:
        """Expire all sessions that have begun so far."""
        self._generation += 1

    def seal(self, session: SyncSession) -> str:
        """Return the token of *session*: opaque text that can contain ``+``, ``/`` and ``=``. Source: token-3."""
        content = (
            f"{session.number} {session.expires_at_ms} {session.generation} "
            f"{session.identity_id} {session.dataset_name}"
        ).encode()
        seal = hashlib.blake2b(content, key=self._secret, digest_size=_SEAL_BYTES).digest()
        return base64.b64encode(seal + content).decode()

    def open(self, token: str, identity_id: str, dataset_name: str, now_ms: int) -> SyncSession:
        """
        Return the session of *token* if it is valid now for this identity and dataset.

        Raises:
            InvalidSyncSessionToken: it is consumed, expired, garbled, or belongs to another identity or dataset.

        Source: token-4.
        """
        session = self._read(token)
        if session is None:
            raise InvalidSyncSessionToken("was not issued here")
        if (session.identity_id, session.dataset_name) != (identity_id, dataset_name):
            raise InvalidSyncSessionToken(f"is for dataset {session.dataset_name} of identity {session.identity_id}")
        if session.expires_at_ms <= now_ms or session.generation != self._generation:
            raise InvalidSyncSessionToken("has expired")
        if self._is_consumed(session.number):
            raise InvalidSyncSessionToken("was consumed by an earlier UpdateRecords")
        return session

    def consume(self, session: SyncSession) -> None:
        """Consume the token of *session*, as a successful UpdateRecords does. Source: token-5."""
        index, bit = divmod(session.number, 8)
        if index >= len(self._consumed):
            self._consumed.extend(bytes(index + 1 - len(self._consumed)))
        self._consumed[index] |= 1 << bit

    def _is_consumed(self, number: int) -> bool:
        index, bit = divmod(number, 8)
        return index < len(self._consumed) and bool(self._consumed[index] >> bit & 1)

    def _read(self, token: str) -> SyncSession | None:
        try:
            content = base64.b64decode(token, validate=True)[_SEAL_BYTES:].decode()
            number, expires_at_ms, generation, identity_id, dataset_name = content.split(" ")
            session = SyncSession(int(number), int(expires_at_ms), int(generation), identity_id, dataset_name)
        except ValueError:
            return None
        return session if hmac.compare_digest(self.seal(session).encode(), token.encode()) else None
