"""
The high-score story of the API's documentation, told against the mock: ``make demo`` runs it.

The server holds a high score at sync count 5. A device that still knows count 4 patches it and is refused; it lists
the records again, patches at count 5 and is accepted.
"""

import boto3
from botocore.exceptions import ClientError

from mock_cognitosync import mock_cognitosync


def tell(who: str, what: str) -> None:
    print(f"{who:>8}  {what}")


@mock_cognitosync
def main() -> None:
    sync = mock_cognitosync.current()
    pool = sync.new_pool()
    identity = sync.new_identity(pool)
    scores = {"IdentityPoolId": pool, "IdentityId": identity, "DatasetName": "scores"}
    client = boto3.client("cognito-sync", region_name=sync.region_name)

    phone = sync.device(pool, identity)
    for score in ("100", "200", "300", "400"):
        phone.put("scores", {"high_score": score})

    listing = client.list_records(**scores)
    record = listing["Records"][0]
    tell("client", "ListRecords")
    tell("service", f"high_score is {record['Value']} at SyncCount {record['SyncCount']}")

    phone.put("scores", {"high_score": "500"})
    tell("phone", "writes high_score 500 meanwhile")

    patch = {"Op": "replace", "Key": "high_score", "Value": "450", "SyncCount": record["SyncCount"]}
    tell("client", f"UpdateRecords high_score {patch['Value']} at SyncCount {patch['SyncCount']}")
    try:
        client.update_records(**scores, SyncSessionToken=listing["SyncSessionToken"], RecordPatches=[patch])
    except ClientError as refusal:
        error, status = refusal.response["Error"], refusal.response["ResponseMetadata"]["HTTPStatusCode"]
        tell("service", f"{status} {error['Code']}: {error['Message']}")

    listing = client.list_records(**scores, LastSyncCount=record["SyncCount"])
    record = listing["Records"][0]
    tell("client", f"ListRecords after SyncCount {patch['SyncCount']}")
    tell("service", f"high_score is {record['Value']} at SyncCount {record['SyncCount']}")

    patch = {"Op": "replace", "Key": "high_score", "Value": "550", "SyncCount": record["SyncCount"]}
    tell("client", f"UpdateRecords high_score {patch['Value']} at SyncCount {patch['SyncCount']}")
    answer = client.update_records(**scores, SyncSessionToken=listing["SyncSessionToken"], RecordPatches=[patch])
    record = answer["Records"][0]
    tell("service", f"200, high_score is {record['Value']} at SyncCount {record['SyncCount']}")


if __name__ == "__main__":
    main()
