"""A consumer of the Kinesis stream to which Cognito Sync sends the changes of the profiles."""

from __future__ import annotations

import json
from typing import Any


def best_scores(kinesis: Any, stream_name: str) -> dict[str, int]:
    """Identity to highest score, from the beginning of the stream."""
    best: dict[str, int] = {}
    for shard in kinesis.list_shards(StreamName=stream_name)["Shards"]:
        iterator = kinesis.get_shard_iterator(
            StreamName=stream_name, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        for entry in kinesis.get_records(ShardIterator=iterator)["Records"]:
            change = json.loads(entry["Data"])
            for record in change["kinesisSyncRecords"]:
                if record["key"] == "high_score" and record["op"] == "replace":
                    identity = change["identityId"]
                    best[identity] = max(best.get(identity, 0), int(record["value"]))
    return best
