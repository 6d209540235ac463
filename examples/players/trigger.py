"""The Lambda function that Cognito Sync calls before it writes a profile."""

from __future__ import annotations

from typing import Any

LONGEST_NICKNAME = 12


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Shorten the nickname, and refuse a high score that is not a number."""
    changes = event["datasetRecords"]
    nickname = changes.get("nickname")
    if nickname and nickname["newValue"]:
        nickname["newValue"] = nickname["newValue"].strip()[:LONGEST_NICKNAME]
    score = changes.get("high_score")
    if score and score["newValue"] is not None:
        int(score["newValue"])
    return event
