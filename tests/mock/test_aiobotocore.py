"""Asynchronous clients. aiobotocore and aioboto3 pin botocore, so they have environments of their own."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import boto3
import pytest
from botocore.awsrequest import AWSRequest
from driver import DatasetDriver

from mock_cognitosync import RealRequestRefused, mock_cognitosync
from moto.core import botocore_stubber

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("kind", ["aiobotocore", "aioboto3"])
def test_asynchronous_clients_are_mocked(kind, tmp_path):
    """Updates, conflicts, parallel calls, decorated coroutines and other services work; another host is refused."""
    python = ROOT / f".venv-{kind}/bin/python"
    assert python.exists(), f"{python} is missing: `make test` installs it"

    done = subprocess.run(
        [python, ROOT / "tests/mock/aio/story.py", kind],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.stderr == ""
    assert json.loads(done.stdout) == {
        "imported by the package": False,
        "update and conflict": [1, "Current SyncCount for: theme is: 1 not: 0"],
        "parallel calls": 50,
        "calls recorded": 54,
        "astray": "refused",
        "another service": ["changes"],
        "synchronous client": [True, 1],
        "decorated": 0,
        "created before the mock": 0,
        "undone": True,
        "hosts that were asked": [],
    }


def test_the_page_about_fastapi_is_true(tmp_path):
    """Its block is a test module that passes with aioboto3."""
    python = ROOT / ".venv-aioboto3/bin/python"
    assert python.exists(), f"{python} is missing: `make test` installs it"
    page = (ROOT / "docs/how-to/test-fastapi-with-aioboto3.md").read_text()
    [block] = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "test_page.py").write_text(block)

    done = subprocess.run(
        [python, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "test_page.py"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert (done.returncode, "2 passed" in done.stdout) == (0, True), done.stdout


class Session:
    """The part of aiobotocore's session that the mock uses."""

    async def send(self, request):
        return f"sent to {request.url}"


@pytest.fixture
def aiobotocore(monkeypatch):
    package, module = ModuleType("aiobotocore"), ModuleType("aiobotocore.httpsession")
    module.AIOHTTPSession = Session
    monkeypatch.setitem(sys.modules, "aiobotocore", package)
    monkeypatch.setitem(sys.modules, "aiobotocore.httpsession", module)


def send(url, session=Session):
    """A request signed for Cognito Sync."""
    signature = "AWS4-HMAC-SHA256 Credential=a/20240601/us-east-1/cognito-sync/aws4_request, Signature=b"
    request = AWSRequest("GET", url, headers={"Authorization": signature}).prepare()
    return asyncio.run(session().send(request))


@pytest.mark.usefixtures("aiobotocore")
def test_aiobotocore_s_requests_are_answered_passed_or_refused():
    """A request to the service is answered, one in the passthrough passes, another is refused; then all is restored."""
    host = "https://cognito-sync.us-east-1.amazonaws.com"
    with mock_cognitosync(region_name="us-east-1", config={"core": {"passthrough": {"urls": ["http://pass/"]}}}):
        answered = send(f"{host}/identitypools/us-east-1:0/identities/us-east-1:1/datasets")
        passed = send("http://pass/")
        with pytest.raises(RealRequestRefused, match="would have left the mock for http://astray/"):
            send("http://astray/")

    async def content():
        return await answered.content

    assert json.loads(asyncio.run(content()))["Count"] == 0
    assert (passed, send("http://astray/")) == ("sent to http://pass/", "sent to http://astray/")


SESSION = """
class {}:
    async def send(self, request):
        return f"sent to {{request.url}}"
"""


@pytest.fixture
def not_yet_loaded(tmp_path, monkeypatch):
    """An aiobotocore that can be imported, with both of its session classes, of aiohttp and httpx."""
    (tmp_path / "aiobotocore").mkdir()
    for name, session in (("__init__", "Nothing"), ("httpsession", "AIOHTTPSession"), ("httpxsession", "HttpxSession")):
        (tmp_path / f"aiobotocore/{name}.py").write_text(SESSION.format(session))
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("aiobotocore")]:
        del sys.modules[name]


@pytest.mark.usefixtures("not_yet_loaded")
def test_aiobotocore_may_be_imported_later():
    """Either session class may be imported first, during a mock or between two."""
    with mock_cognitosync():
        from aiobotocore.httpsession import AIOHTTPSession

        with pytest.raises(RealRequestRefused):
            send("http://astray/", AIOHTTPSession)
    from aiobotocore.httpxsession import HttpxSession

    sessions = AIOHTTPSession, HttpxSession
    between = [send("http://astray/", session) for session in sessions]
    with mock_cognitosync():
        for session in sessions:
            with pytest.raises(RealRequestRefused):
                send("http://astray/", session)
    assert between == [send("http://astray/", session) for session in sessions] == ["sent to http://astray/"] * 2


def test_importing_aiobotocore_imports_no_moto(not_yet_loaded, pytester, monkeypatch):
    """Without a mock, aiobotocore is not changed."""
    monkeypatch.setenv("PYTHONPATH", str(not_yet_loaded))
    result = pytester.runpython_c(
        "import sys, mock_cognitosync, aiobotocore.httpsession as loaded\n"
        "print(loaded.AIOHTTPSession.send.__name__, 'moto' in sys.modules)"
    )
    assert result.outlines == ["send False"]


def raw_content(sync):
    """The body of an answer as botocore receives it, and its class."""
    found = []
    client = boto3.client("cognito-sync")
    client.meta.events.register("response-received", lambda response_dict, **_: found.append(response_dict["body"]))
    DatasetDriver.of_new_identity(sync, client).token()
    return found[0], type(found[0])


def test_without_aiobotocore_bodies_are_plain_bytes(cognitosync):
    """A body can be awaited only if aiobotocore is loaded."""
    assert raw_content(cognitosync)[1] is bytes


@pytest.mark.usefixtures("aiobotocore")
def test_with_aiobotocore_bodies_can_be_awaited(cognitosync):
    """They are bytes, and plain bytes once awaited."""
    content, _ = raw_content(cognitosync)

    async def wait():
        return await content

    awaited = asyncio.run(wait())
    assert (isinstance(content, bytes), type(awaited), awaited) == (True, bytes, content)


def test_moto_s_class_of_answers_is_restored_at_stop():
    """After the mock, moto's own class is used."""
    before = botocore_stubber.AWSResponse
    with mock_cognitosync():
        assert botocore_stubber.AWSResponse is not before
    assert botocore_stubber.AWSResponse is before
