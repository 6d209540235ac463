"""All cells of a scenario of six calls, and the waits of botocore that pass on the mock's clock."""

from __future__ import annotations

import sys
from pathlib import Path

import boto3

from mock_cognitosync import CognitoSync, explore

sys.path.append(str(Path(__file__).parents[1] / "examples"))
from test_retry_loop import increment

GOAL_SECONDS = 2


def scenario(sync: CognitoSync) -> None:
    """Three rounds of a loop that handles conflicts, two calls each."""
    user, client = sync.new_user(), boto3.client("cognito-sync")
    for _ in range(3):
        total = increment(client, user.parameters("visits"), "total")
    assert user.records("visits")["total"] == total


def main() -> None:
    explorations = [explore(scenario, region_name="us-east-1") for _ in range(5)]
    fastest = min(explorations, key=lambda exploration: exploration.seconds)
    runs = len(fastest.cells) - len(fastest.of("not applicable"))
    print(f"{len(fastest.calls)} calls, {runs} disturbed runs: {fastest.seconds:.2f} s (goal {GOAL_SECONDS} s),")
    print(f"without the {fastest.botocore_wait_seconds:.1f} s that botocore would have waited")


if __name__ == "__main__":
    main()
