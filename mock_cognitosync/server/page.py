"""The page that shows the state and the history of a server in a browser: one file, which uses only the control API."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

# That of the control API, whose module takes longer to import.
PATH = "/moto-api/cognito-sync/"
PATHS = (PATH, PATH.rstrip("/"))


def send(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a GET or HEAD request with the page."""
    headers, body = page()
    start_response("200 OK", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


@cache
def page() -> tuple[list[tuple[str, str]], bytes]:
    """
    The headers and the body of the answer.

    The page may run its own script and no other, may not create HTML from text, and may connect to its server only.
    """
    text = Path(__file__).with_name("page.html").read_text("utf-8")
    policy = [
        "default-src 'none'",
        f"script-src '{_hash_of('script', text)}'",
        f"style-src '{_hash_of('style', text)}'",
        "connect-src 'self'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
    body = text.encode()
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Content-Security-Policy", "; ".join(policy)),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-cache"),
    ]
    return headers, body


def _hash_of(tag: str, text: str) -> str:
    """The source expression of the policy that allows the only element *tag* of the page."""
    [content] = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
    return f"sha256-{b64encode(sha256(content.encode()).digest()).decode()}"
