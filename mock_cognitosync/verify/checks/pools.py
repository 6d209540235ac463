"""Identity pools that do not exist."""

from __future__ import annotations

from ..check import check
from ..service import Service
from ..values import OwnText, Refusal


@check("pools-1", question="Which text does the refusal of an unknown pool have, in ListRecords and ListDatasets too?")
def an_unknown_pool_is_not_found(service: Service) -> None:
    """Every operation refuses a pool that does not exist, or that another region has."""
    here = service.target.region_name
    identity = {"IdentityId": f"{here}:00000000-dead-4000-8000-000000000001"}
    dataset = {**identity, "DatasetName": "profile"}
    service.target.pools.shared()
    for region_name in (here, "eu-west-1" if here != "eu-west-1" else "us-east-1"):
        pool = f"{region_name}:00000000-dead-4000-8000-000000000000"
        refused = Refusal("ResourceNotFoundException", 404, OwnText(f"IdentityPool '{pool}' not found."))
        for operation, parameters in (
            ("ListRecords", dataset),
            ("UpdateRecords", {**dataset, "SyncSessionToken": "t"}),
            ("DescribeDataset", dataset),
            ("DeleteDataset", dataset),
            ("ListDatasets", identity),
            ("DescribeIdentityUsage", identity),
            ("DescribeIdentityPoolUsage", {}),
            ("GetIdentityPoolConfiguration", {}),
            ("GetCognitoEvents", {}),
        ):
            service.expect(service.refusal(operation, IdentityPoolId=pool, **parameters), refused)
