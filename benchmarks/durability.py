"""
Kill a server repeatedly while it saves its state continuously, and load the file that it has left.

Each round starts the command with the file of the last one, updates a record until the process is killed with SIGKILL
at a random moment, and compares the file with the updates that were answered.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Timer
from typing import Any

KILLS = 200
LONGEST_SECONDS = 0.5
DATASET = "/identitypools/us-east-1:0/identities/us-east-1:1/datasets/profile"


def count_in(file: Path) -> int:
    """The number of updates in the file, which must be complete."""
    document = json.loads(file.read_text())
    if '"profile"' not in file.read_text():
        return 0
    identities = document["accounts"]["123456789012"]["us-east-1"]["identity_pools"]["us-east-1:0"]["identities"]
    return int(identities["us-east-1:1"]["datasets"]["profile"]["sync_count"])


def round_of(file: Path, moment: float) -> tuple[int, int]:
    """One server, killed after *moment* seconds; the count that it loaded, and the last one that it answered."""
    state = str(file)
    words = ["--port", "0", "--load", state, "--save", state, "--save-every", "0.001"]
    command = [sys.executable, "-m", "mock_cognitosync", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        found = re.search(r"http://(.+):(\d+)", process.stdout.readline())
        assert found, "the server did not start"
        there = HTTPConnection(found[1], int(found[2]))

        def call(method: str, path: str, body: object = None) -> dict[str, Any]:
            there.request(method, path, json.dumps(body) if body else None)
            answer: dict[str, Any] = json.loads(there.getresponse().read())
            return answer

        records = call("GET", f"{DATASET}/records")["Records"]
        loaded = answered = records[0]["SyncCount"] if records else 0
        killer = Timer(moment, process.kill)
        killer.start()
        with suppress(OSError, HTTPException):
            while True:
                token = call("GET", f"{DATASET}/records")["SyncSessionToken"]
                patch = {"Op": "replace", "Key": "n", "Value": "x" * 200_000, "SyncCount": answered}
                updated = call("POST", DATASET, {"SyncSessionToken": token, "RecordPatches": [patch]})
                answered = updated["Records"][0]["SyncCount"]
        killer.join()
    return loaded, answered


def main() -> None:
    chance = random.Random(0)
    lost, saved = [], 0
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "state.json"
        for _ in range(KILLS):
            loaded, answered = round_of(file, chance.uniform(0, LONGEST_SECONDS))
            assert loaded == saved, f"the file has {saved} updates, the server loaded {loaded}"
            saved = count_in(file) if file.exists() else 0
            # An update may be saved before it is answered.
            assert loaded <= saved <= answered + 1
            lost.append(max(0, answered - saved))
        interrupted = len(list(Path(folder).glob(".*.part")))
    print(f"{KILLS} kills in {time.monotonic() - started:.0f} s, {interrupted} of them during a save")
    print(f"  each file was complete and loaded; {saved} updates were saved in all")
    print(f"  answered updates that were not saved yet: {max(lost)} at most, {sum(lost) / KILLS:.1f} on average")


if __name__ == "__main__":
    main()
