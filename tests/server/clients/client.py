"""Calls Cognito Sync with boto3: one {operation, parameters} a line in, one {answer} or {refusal} a line out."""

import json
import sys

import boto3
from botocore import xform_name
from botocore.exceptions import ClientError

client = boto3.client("cognito-sync")

for line in sys.stdin:
    call = json.loads(line)
    try:
        answer = getattr(client, xform_name(call["operation"]))(**call["parameters"])
        del answer["ResponseMetadata"]
        outcome = {"answer": answer}
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        outcome = {"refusal": [error.response["Error"]["Code"], status, error.response["Error"]["Message"]]}
    # Dates travel as seconds since the epoch.
    sys.stdout.write(json.dumps(outcome, default=lambda date: date.timestamp()) + "\n")
    sys.stdout.flush()
