"""An app in two regions: each region has its own handle, with its own pools, data, faults and calls."""

import boto3
import pytest
from botocore.exceptions import ClientError


def test_an_outage_of_one_region_does_not_affect_the_other(cognitosync):
    europe, america = cognitosync.at(region_name="eu-west-1"), cognitosync.at(region_name="us-east-1")
    europe.fail("ListDatasets", "ServiceUnavailable")

    def number_of_datasets(handle):
        client = boto3.client("cognito-sync", region_name=handle.region_name)
        return client.list_datasets(**handle.new_user().parameters())["Count"]

    with pytest.raises(ClientError, match="ServiceUnavailable"):
        number_of_datasets(europe)
    assert number_of_datasets(america) == 0
    assert [len(handle.calls) for handle in (europe, america)] == [1, 1]
