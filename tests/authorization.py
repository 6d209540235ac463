"""The operations by the credentials that may call them, and the outcomes of calls, for the tests of authorization."""

from __future__ import annotations

from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError
from driver import ACCOUNT, MODEL, Refusal, refusal_of, replace

DEVELOPER_ONLY = {
    "BulkPublish",
    "DescribeIdentityPoolUsage",
    "GetBulkPublishDetails",
    "GetCognitoEvents",
    "GetIdentityPoolConfiguration",
    "ListIdentityPoolUsage",
    "SetCognitoEvents",
    "SetIdentityPoolConfiguration",
}
IDENTITY_ONLY = {"RegisterDevice", "SubscribeToDataset", "UnsubscribeFromDataset"}
BOTH = {"DeleteDataset", "DescribeDataset", "DescribeIdentityUsage", "ListDatasets", "ListRecords", "UpdateRecords"}

WRONG_KIND = ("NotAuthorizedException", 403, "These credentials are not valid for accessing this resource")
FOREIGN = ("NotAuthorizedException", 403, "mismatch between session identity id and request identity id")
UNRECOGNIZED = ("UnrecognizedClientException", 403, "The security token included in the request is invalid.")


def statement(effect: str = "Allow", action: str = "cognito-sync:*", resource: str = "*") -> dict[str, str]:
    """A statement of an IAM policy; by default it allows every operation."""
    return {"Effect": effect, "Action": action, "Resource": resource}


def arn_of(operation: str, values: dict[str, Any]) -> str:
    """The documented ARN of the resource of *operation*."""
    arn = f"arn:aws:cognito-sync:us-east-1:{ACCOUNT}:identitypool/"
    if operation == "ListIdentityPoolUsage":
        return arn + "*"
    arn += str(values["IdentityPoolId"])
    if operation in DEVELOPER_ONLY:
        return arn
    arn += f"/identity/{values['IdentityId']}"
    if operation in {"DescribeIdentityUsage", "RegisterDevice"}:
        return arn
    return arn + ("/dataset/null" if operation == "ListDatasets" else "/dataset/scores")


def outcome(client: Any, operation: str, values: dict[str, Any], **more: Any) -> int | Refusal:
    """Call *operation* with its required parameters; return 200 or the refusal."""
    required = {name: values[name] for name in MODEL.operation_model(operation).input_shape.required_members}
    if operation == "UpdateRecords":
        more.setdefault("RecordPatches", [replace("high_score", "2", 1)])
    try:
        response = getattr(client, xform_name(operation))(**required | more)
    except ClientError as error:
        return refusal_of(error)
    return int(response["ResponseMetadata"]["HTTPStatusCode"])


def outcomes(client: Any, operations: Any, values: dict[str, Any]) -> dict[str, int | Refusal]:
    """The outcome of each of *operations*."""
    return {operation: outcome(client, operation, values) for operation in operations}
