"""The AWS CLI, in an environment of its own, against moto's server with our service in it."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from mock_cognitosync import mock_cognitosync

AWS = Path(os.environ.get("AWS_CLI", Path(__file__).parents[1] / ".venv-awscli/bin/aws"))


@pytest.fixture
def aws(tmp_path):
    """Runs ``aws cognito-sync`` with the words given; gives its exit code, its answer and its complaint."""
    assert AWS.exists(), f"{AWS} is missing: `make test` installs it, or let AWS_CLI name it"
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
    }

    def run(*words):
        command = [AWS, "cognito-sync", *words, "--output", "json"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr.strip()

    try:
        with mock_cognitosync():
            yield run
    finally:
        server.stop()


def test_the_cli_lists_updates_describes_and_deletes(aws):
    """The AWS CLI lists, updates, is refused at a stale count, describes and deletes. Source: wire-1, counts-3."""
    pool, identity = "us-east-1:11111111-1111-1111-1111-111111111111", "us-east-1:22222222-2222-2222-2222-222222222222"
    scores = ["--identity-pool-id", pool, "--identity-id", identity, "--dataset-name", "scores"]
    patch = "Op=replace,Key=high_score,Value=100,SyncCount=0,DeviceLastModifiedDate=1700574873.059"

    code, listing, _ = aws("list-records", *scores)
    assert (code, listing["DatasetExists"]) == (0, False)

    update = ["update-records", *scores, "--record-patches", patch, "--sync-session-token"]
    code, answer, _ = aws(*update, listing["SyncSessionToken"])
    assert (code, [(record["Value"], record["SyncCount"]) for record in answer["Records"]]) == (0, [("100", 1)])

    _, listing, _ = aws("list-records", *scores, "--last-sync-count", "0", "--max-results", "10")
    code, answer, complaint = aws(*update, listing["SyncSessionToken"])
    assert (code != 0, answer) == (True, None)
    assert complaint.splitlines()[-1].endswith(
        "(ResourceConflictException) when calling the UpdateRecords operation: "
        "Current SyncCount for: high_score is: 1 not: 0"
    )

    code, answer, _ = aws("describe-dataset", *scores)
    assert (code, answer["Dataset"]["NumRecords"], answer["Dataset"]["DataStorage"]) == (0, 1, len("high_score100"))

    code, answer, _ = aws("delete-dataset", *scores)
    assert (code, answer["Dataset"]["DatasetName"]) == (0, "scores")
    code, _, complaint = aws("describe-dataset", *scores)
    assert (code != 0, "ResourceNotFoundException" in complaint) == (True, True)
