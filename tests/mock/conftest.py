"""A server that is not mocked, for the tests of what may leave a mock."""

from __future__ import annotations

import http.server
import threading
from urllib.parse import unquote

import pytest


class _Recorder(http.server.BaseHTTPRequestHandler):
    """Answers everything with an empty object, and keeps the path, also of what it gets as a proxy."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.paths.append(unquote(self.path).partition("amazonaws.com")[2] or unquote(self.path))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"{}")

    do_POST = do_GET  # noqa: N815  # http.server's name

    def log_message(self, *args):
        pass


@pytest.fixture
def elsewhere():
    """A server on loopback that is not mocked; `paths` are those of the requests it got."""
    with http.server.HTTPServer(("127.0.0.1", 0), _Recorder) as server:
        server.paths = []
        server.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()
