"""The page as the server sends it: one file without other sources, under a policy that allows nothing else."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

import pytest
from werkzeug import Response
from werkzeug.test import Client

from mock_cognitosync.control.as_json import API_PREFIX, API_VERSION
from mock_cognitosync.server.application import in_front_of
from mock_cognitosync.server.page import PATH, page


@pytest.fixture
def client():
    """A client of the application, with a stand-in for moto behind it."""
    return Client(in_front_of(Response("moto")))


@pytest.mark.parametrize("path", [PATH, PATH.rstrip("/")])
def test_the_page_is_served_with_and_without_the_final_slash(client, path):
    """A browser and a program without a body receive the page."""
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert answer.text.startswith("<!doctype html>")
    assert client.head(path).headers["Content-Length"] == str(len(answer.data))
    assert client.head(path).data == b""


def test_the_page_is_above_the_control_api():
    """The page and its requests have one prefix, which is moto's own."""
    assert f"{API_PREFIX}/" == PATH
    assert f'const API = "{API_PREFIX}/v{API_VERSION}";' in page()[1].decode()


def test_only_reads_get_the_page(client):
    """Another method is not answered with the page."""
    assert b"<!doctype" not in client.post(PATH).data


def test_the_policy_allows_the_script_and_the_style_of_the_page_only(client):
    """The policy names the hashes of the page's script and style, and its own server for connections."""
    answer = client.get(PATH)
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    for tag in ("script", "style"):
        [content] = re.findall(f"<{tag}>(.*?)</{tag}>", answer.text, re.DOTALL)
        digest = b64encode(sha256(content.encode()).digest()).decode()
        assert policy.pop(f"{tag}-src") == f"'sha256-{digest}'"
    assert policy == {
        "default-src": "'none'",
        "connect-src": "'self'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    # A page of another origin may not read it, as it may read the answers of Cognito Sync.
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_the_page_is_one_short_file_that_loads_nothing():
    """The page works without a network: it names no other file and no other server."""
    text = page()[1].decode()
    assert text.count("\n") <= 500
    assert re.findall(r"""\s(?:src|href)=(?!"data:,")""", text) == []
    assert re.findall(r"https?://|@import|url\(|import\(", text) == []


def test_the_page_turns_no_text_into_html():
    """The script has no way to interpret data as HTML or as a program."""
    text = page()[1].decode()
    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|DOMParser|srcdoc", text) == []
