"""
The high-score example from the API documentation, run against the mock by ``make demo``.

The service stores a high score at sync count 5. A device that still knows count 4 sends a patch and is refused. It
lists the records again, sends a patch with count 5, and is accepted.
"""

import boto3
from botocore.exceptions import ClientError

from mock_cognitosync import mock_cognitosync


def say(speaker: str, text: str) -> None:
    print(f"{speaker:>8}  {text}")


@mock_cognitosync
def main() -> None:
    sync = mock_cognitosync.current()
    user = sync.new_user()
    scores = user.parameters("scores")
    client = boto3.client("cognito-sync", region_name=sync.region_name)

    phone = user.device()
    for score in ("100", "200", "300", "400"):
        phone.put("scores", {"high_score": score})

    listing = client.list_records(**scores)
    record = listing["Records"][0]
    say("client", "ListRecords")
    say("service", f"high_score is {record['Value']} at SyncCount {record['SyncCount']}")

    phone.put("scores", {"high_score": "500"})
    say("phone", "writes high_score 500 meanwhile")

    patch = {"Op": "replace", "Key": "high_score", "Value": "450", "SyncCount": record["SyncCount"]}
    say("client", f"UpdateRecords high_score {patch['Value']} at SyncCount {patch['SyncCount']}")
    try:
        client.update_records(**scores, SyncSessionToken=listing["SyncSessionToken"], RecordPatches=[patch])
    except ClientError as refusal:
        error, status = refusal.response["Error"], refusal.response["ResponseMetadata"]["HTTPStatusCode"]
        say("service", f"{status} {error['Code']}: {error['Message']}")

    listing = client.list_records(**scores, LastSyncCount=record["SyncCount"])
    record = listing["Records"][0]
    say("client", f"ListRecords after SyncCount {patch['SyncCount']}")
    say("service", f"high_score is {record['Value']} at SyncCount {record['SyncCount']}")

    patch = {"Op": "replace", "Key": "high_score", "Value": "550", "SyncCount": record["SyncCount"]}
    say("client", f"UpdateRecords high_score {patch['Value']} at SyncCount {patch['SyncCount']}")
    answer = client.update_records(**scores, SyncSessionToken=listing["SyncSessionToken"], RecordPatches=[patch])
    record = answer["Records"][0]
    say("service", f"200, high_score is {record['Value']} at SyncCount {record['SyncCount']}")


if __name__ == "__main__":
    main()
