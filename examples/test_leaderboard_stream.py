"""A leaderboard reads the stream of changes: moto's Kinesis receives one record for each update."""

import json

import boto3


def leaderboard(kinesis, stream_name):
    """Read the highest score of each identity from the stream."""
    best = {}
    for shard in kinesis.list_shards(StreamName=stream_name)["Shards"]:
        iterator = kinesis.get_shard_iterator(
            StreamName=stream_name, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        for entry in kinesis.get_records(ShardIterator=iterator)["Records"]:
            change = json.loads(entry["Data"])
            for record in change["kinesisSyncRecords"]:
                best[change["identityId"]] = max(best.get(change["identityId"], 0), int(record["value"]))
    return best


def test_each_update_reaches_the_leaderboard(cognitosync, cognitosync_client):
    kinesis = boto3.client("kinesis", region_name=cognitosync.region_name)
    kinesis.create_stream(StreamName="scores", ShardCount=2)
    pool = cognitosync.new_pool()
    cognitosync_client.set_identity_pool_configuration(
        IdentityPoolId=pool,
        CognitoStreams={
            "StreamName": "scores",
            "RoleArn": f"arn:aws:iam::{cognitosync.account_id}:role/streams",
            "StreamingStatus": "ENABLED",
        },
    )
    alice, bob = cognitosync.new_user(pool), cognitosync.new_user(pool)

    for player, score in ((alice, "100"), (bob, "300"), (alice, "200")):
        player.device().put("scores", {"high_score": score})

    assert leaderboard(kinesis, "scores") == {alice.identity_id: 200, bob.identity_id: 300}
    assert [record.data["syncCount"] for record in cognitosync.stream_records] == [1, 1, 2]
