"""A program, in whatever language, talks to the server; the test looks at the state behind it."""

import subprocess
import sys

# Knows nothing of mocks: the environment leads it to the server.
PROGRAM = """
import sys
import boto3

pool, identity = sys.argv[1:]
scores = {"IdentityPoolId": pool, "IdentityId": identity, "DatasetName": "scores"}
client = boto3.client("cognito-sync")
token = client.list_records(**scores)["SyncSessionToken"]
patch = {"Op": "replace", "Key": "high_score", "Value": "550", "SyncCount": 0}
client.update_records(**scores, SyncSessionToken=token, RecordPatches=[patch])
"""


def test_a_program_stores_a_score(cognitosync_server):
    sync = cognitosync_server.handle
    pool = sync.new_pool()
    identity = sync.new_identity(pool)

    program = [sys.executable, "-c", PROGRAM, pool, identity]
    subprocess.run(program, env=cognitosync_server.environment, check=True)

    assert sync.records(pool, identity, "scores") == {"high_score": "550"}
