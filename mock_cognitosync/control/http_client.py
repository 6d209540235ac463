"""Requests of the control API of a server. Refusals are the exceptions of a handle in the process of the server."""

from __future__ import annotations

import json
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlencode, urlsplit

from ..cognitosync import exceptions
from ..cognitosync.domain.keys import AccountRegion
from ..cognitosync.exceptions import CognitoSyncError
from .as_json import API_PREFIX, API_VERSION, Tree
from .snapshot import SnapshotRefused

_VERSIONED = f"{API_PREFIX}/v{API_VERSION}"
# Longer than the longest request.
_TIMEOUT_SECONDS = 60


class ServerUnusable(RuntimeError):
    """The server does not answer, or it has no control API of this version."""


class ControlClient:
    """
    The client of one server. Each request has a connection of its own, so it works in every thread and process.

    Attributes:
        url: of the server, without a path.
    """

    def __init__(self, url: str) -> None:
        """
        Args:
            url: the URL of the server, such as ``http://127.0.0.1:5000``; a path is ignored.

        Raises:
            ValueError: *url* is not such a URL.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"url must be the URL of a server such as 'http://127.0.0.1:5000', got {url!r}")
        # http.client knows neither proxies nor the interception of a mock in this process.
        self._connection_class = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._address = parts.netloc
        self.url = f"{parts.scheme}://{parts.netloc}"

    def health(self) -> Tree:
        """
        The versions of the server, and its default account and region.

        Raises:
            ServerUnusable: it does not answer, or it has no control API of this version.
        """
        status, text = self._answer("GET", f"{API_PREFIX}/health", None)
        try:
            health: Tree = json.loads(text)
            version = health["api_version"]
        except (LookupError, TypeError, ValueError):
            raise ServerUnusable(
                f"the server at {self.url} has no control API, and answers with {status}: start it with this version "
                "of mock-cognitosync"
            ) from None
        if version != API_VERSION:
            raise ServerUnusable(
                f"the server at {self.url} has version {version} of the control API, and this mock_cognitosync uses "
                f"version {API_VERSION}: install the same version of mock-cognitosync on both sides"
            )
        return health

    def request(
        self, method: str, path: str, account_region: AccountRegion | None = None, body: Tree | None = None
    ) -> Tree:
        """
        The answer to a request, parsed; empty if it has no body.

        Raises:
            CognitoSyncError, ServerUnusable, SnapshotRefused, RuntimeError, TypeError, ValueError: see :meth:`text`.
        """
        content = None if body is None else json.dumps(body).encode()
        text = self.text(method, path, account_region, content)
        answer: Tree = json.loads(text) if text else {}
        return answer

    def text(
        self, method: str, path: str, account_region: AccountRegion | None = None, content: bytes | None = None
    ) -> str:
        """
        The body of the answer to a request.

        Args:
            method: the HTTP method.
            path: the path below that of this version of the API.
            account_region: the account and region; by default those of the server.
            content: the body of the request.

        Raises:
            ServerUnusable: the server does not answer.
            CognitoSyncError, SnapshotRefused, RuntimeError, TypeError, ValueError: the server refuses, for the reasons
                of a handle in its process.
        """
        if account_region is not None:
            names = {"account_id": account_region.account_id, "region_name": account_region.region_name}
            path = f"{path}?{urlencode(names)}"
        status, text = self._answer(method, _VERSIONED + path, content)
        if status >= 400:
            raise _error(status, json.loads(text))
        return text

    def _answer(self, method: str, path: str, content: bytes | None) -> tuple[int, str]:
        connection = self._connection_class(self._address, timeout=_TIMEOUT_SECONDS)
        try:
            connection.request(method, path, content, {"Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, response.read().decode()
        except (OSError, HTTPException) as error:
            raise ServerUnusable(f"the server at {self.url} does not answer: {error!r}") from None
        finally:
            connection.close()


def _error(status: int, answer: Tree) -> Exception:
    message, name = answer["message"], answer.get("error", "")
    refusal = getattr(exceptions, name, None)
    if "code" in answer and isinstance(refusal, type) and issubclass(refusal, CognitoSyncError):
        error = refusal.__new__(refusal)
        # The arguments of the constructor are unknown here.
        CognitoSyncError.__init__(error, message)
        return error
    if name == "SnapshotRefused":
        return SnapshotRefused(message)
    if name == "TypeError":
        return TypeError(message)
    return ValueError(message) if status == 400 else RuntimeError(message)
