"""Sync session tokens: what ties an UpdateRecords to the ListRecords before it."""

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
    What a token says: a session of one identity on one dataset until a point in time.

    ``generation`` counts how often a test had all tokens expire before. Source: token-1, token-2.
    """

    session_id: str
    expires_at_ms: int
    generation: int
    identity_id: str
    dataset_name: str


class SyncSessions:
    """The sessions of one backend. A token carries its session under a seal; only consumed ones are kept here."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._consumed: dict[str, int] = {}
        self._generation = 0

    def begin(self, session_id: str, expires_at_ms: int, identity_id: str, dataset_name: str) -> str:
        """The token of a new session. Source: token-1."""
        return self.seal(SyncSession(session_id, expires_at_ms, self._generation, identity_id, dataset_name))

    def expire_all(self) -> None:
        """End all sessions begun so far."""
        self._generation += 1
        self._consumed.clear()

    def seal(self, session: SyncSession) -> str:
        """The token of *session*: opaque text that can hold ``+``, ``/`` and ``=``. Source: token-3."""
        words = (
            f"{session.session_id} {session.expires_at_ms} {session.generation} "
            f"{session.identity_id} {session.dataset_name}"
        ).encode()
        seal = hashlib.blake2b(words, key=self._secret, digest_size=_SEAL_BYTES).digest()
        return base64.b64encode(seal + words).decode()

    def open(self, token: str, identity_id: str, dataset_name: str, now_ms: int) -> SyncSession:
        """
        The session behind *token*, if it holds for this identity and dataset now.

        Raises:
            InvalidSyncSessionToken: consumed, expired, garbled, or of another identity or dataset.

        Source: token-4.
        """
        session = self._read(token)
        if session is None:
            raise InvalidSyncSessionToken("was not handed out here")
        if (session.identity_id, session.dataset_name) != (identity_id, dataset_name):
            raise InvalidSyncSessionToken(f"is for dataset {session.dataset_name} of identity {session.identity_id}")
        if session.session_id in self._consumed:
            raise InvalidSyncSessionToken("was used up by an earlier UpdateRecords")
        if session.expires_at_ms <= now_ms or session.generation != self._generation:
            raise InvalidSyncSessionToken("has expired")
        return session

    def consume(self, session: SyncSession, now_ms: int) -> None:
        """End *session*: a successful UpdateRecords uses its token up. Source: token-5."""
        while self._consumed:
            oldest = next(iter(self._consumed))
            if self._consumed[oldest] > now_ms:
                break
            del self._consumed[oldest]
        self._consumed[session.session_id] = session.expires_at_ms

    def _read(self, token: str) -> SyncSession | None:
        try:
            words = base64.b64decode(token, validate=True)[_SEAL_BYTES:].decode()
            session_id, expires_at_ms, generation, identity_id, dataset_name = words.split(" ")
            session = SyncSession(session_id, int(expires_at_ms), int(generation), identity_id, dataset_name)
        except ValueError:
            return None
        return session if hmac.compare_digest(self.seal(session).encode(), token.encode()) else None
