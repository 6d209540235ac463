"""
The control API attacked by schemathesis, which generates requests from the OpenAPI description.

``python tests/server/fuzz_control_api.py 60`` runs it with this number of examples per request and property.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from mock_cognitosync.cognitosync.exceptions import UNMODELLED_STATUSES
from mock_cognitosync.cognitosync.wire import service_model

ROOT = Path(__file__).parents[2]
# In an environment of its own, because its pytest plugin would slow down every run of pytest.
COMMAND = Path(os.environ.get("SCHEMATHESIS", ROOT / ".venv-fuzz/bin/schemathesis"))
API = "/moto-api/cognito-sync/v1"
OF_ALL = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")
OF_WRONG_REQUESTS = ("negative_data_rejection", "unsupported_method", "allow_header_conformance")


@contextmanager
def server() -> Iterator[str]:
    """The command in a process of its own: the URL of its API."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    words = [sys.executable, "-m", "mock_cognitosync", "--port", "0"]
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found
        yield found[0] + API
        process.terminate()


def narrowed(description: dict[str, Any], users: list[dict[str, str]]) -> dict[str, Any]:
    """The description with the names of what exists in place of any text, so that requests are carried out."""
    operations = service_model.load().operations
    identities = [user["identity_id"] for user in users]
    choices = {
        "identity_pool_id": [user["identity_pool_id"] for user in users],
        "identity_id": identities,
        "old": identities,
        "into": identities,
        "dataset": ["profile", "settings"],
        "account_id": ["123456789012"],
        "region_name": ["us-east-1"],
        "operation": [*operations, "*"],
        "error": sorted(UNMODELLED_STATUSES),
    }
    bounds = {"wait": 0.01, "number": 20, "after": 2}

    def narrow(name: str, schema: dict[str, Any]) -> None:
        if name in choices and isinstance(schema.get("type"), str):
            schema["enum"] = choices[name]
        elif name in choices and "type" in schema:
            schema["enum"] = [*choices[name], None]
        if name in bounds:
            schema["maximum"] = bounds[name]

    copy: dict[str, Any] = json.loads(json.dumps(description))
    # Answers stay as they are.
    for name in ("FaultRequest", "HookRequest", "DeviceAction"):
        for member, schema in copy["components"]["schemas"][name]["properties"].items():
            narrow(member, schema)
    for path in copy["paths"].values():
        for operation in path.values():
            for parameter in operation["parameters"]:
                narrow(parameter["name"], parameter["schema"])
            for content in operation.get("requestBody", {}).get("content", {}).values():
                for member, schema in content["schema"].get("properties", {}).items():
                    narrow(member, schema)
    return copy


def attack(api: str, description: str | Path, *arguments: str) -> int:
    """Run schemathesis, which must find nothing; return the number of its cases."""
    words = [
        COMMAND,
        "run",
        description,
        "--url",
        api,
        "--workers",
        "2",
        "--no-color",
        "--suppress-health-check",
        "all",
    ]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [*map(str, words), *arguments], cwd=folder, capture_output=True, text=True, timeout=600, check=False
        )
    cases = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert cases
    return int(cases[2])


def fuzz(examples: int, *, coverage: bool = True) -> int:
    """
    Attack a server with any requests, then with those that name what exists.

    Args:
        examples: how many are generated for each request and property.
        coverage: whether the cases at the bounds of each schema come first.

    Returns:
        The number of cases.
    """
    phases = "coverage,fuzzing" if coverage else "fuzzing"
    options = ("--max-examples", str(examples), "--seed", "1", "--phases", phases)
    with server() as api, tempfile.TemporaryDirectory() as folder:
        checks = ",".join([*OF_ALL, *OF_WRONG_REQUESTS])
        wrong = attack(api, f"{api}/openapi.json", "--checks", checks, *options)
        users = [requests.post(f"{api}/users", json={}, timeout=10).json() for _ in range(2)]
        file = Path(folder, "openapi.json")
        file.write_text(json.dumps(narrowed(requests.get(f"{api}/openapi.json", timeout=10).json(), users)))
        checks = ",".join(OF_ALL)
        right = attack(api, file, "--checks", checks, "--mode", "positive", *options)
    return wrong + right


if __name__ == "__main__":
    sys.stdout.write(f"{fuzz(int(sys.argv[1]))} cases, nothing found\n")
