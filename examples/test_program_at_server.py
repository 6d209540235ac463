"""A program in any language uses the server, and the test inspects the state of the mock behind it."""

import os
import subprocess
import sys

# The program knows nothing of the mock: environment variables direct it to the server.
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
    user = cognitosync_server.handle.new_user()

    program = [sys.executable, "-c", PROGRAM, user.identity_pool_id, user.identity_id]
    subprocess.run(program, env={**os.environ, **cognitosync_server.variables}, check=True)

    assert user.records("scores") == {"high_score": "550"}
