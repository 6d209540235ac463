"""The package's own service model is equal to botocore's in all but documentation."""

from __future__ import annotations

import json
from functools import cache
from itertools import product

import boto3
import pytest
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError
from botocore.loaders import Loader

from mock_cognitosync.cognitosync.urls import REGIONS
from mock_cognitosync.cognitosync.wire import service_model

pytestmark = pytest.mark.skipif(not service_model.botocore_has_model(), reason="this botocore has no model to compare")

FOLDER = service_model.OWN_DATA_PATH / "cognito-sync" / "2014-06-30"
# Later versions of botocore added these to the metadata of all services.
NEWER_METADATA = {"auth", "protocols"}


@cache
def own(name):
    return json.loads((FOLDER / f"{name}.json").read_text())


@cache
def botocores(name):
    return json.loads(json.dumps(Loader().load_service_model("cognito-sync", name)))


def without_documentation(value):
    """*value* without its documentation strings; a member called documentation would be a dict and stays."""
    if isinstance(value, dict):
        return {
            key: without_documentation(item)
            for key, item in value.items()
            if not (key == "documentation" and isinstance(item, str))
        }
    return [without_documentation(item) for item in value] if isinstance(value, list) else value


def undocumented(name):
    return without_documentation(own(name)), without_documentation(botocores(name))


def test_own_metadata_is_that_of_botocore():
    """Name, protocol, signature and all other metadata are equal, apart from keys that an older botocore lacks."""
    mine, theirs = (model["metadata"] for model in undocumented("service-2"))
    assert {key: value for key, value in mine.items() if key in theirs or key not in NEWER_METADATA} == theirs


@pytest.mark.parametrize("part", ["version", "operations", "shapes"])
def test_own_operations_and_shapes_are_those_of_botocore(part):
    """Operations, shapes, members, constraints, errors and HTTP traits are equal in all but their documentation."""
    mine, theirs = (model[part] for model in undocumented("service-2"))
    assert mine == theirs


def test_own_model_has_nothing_else():
    """The model has no further parts."""
    mine, theirs = undocumented("service-2")
    assert set(mine) == set(theirs)


def test_own_members_are_in_the_order_of_botocore():
    """Violations are reported in the order of the members, so that order is equal too."""
    orders = [
        {name: list(shape["members"]) for name, shape in model["shapes"].items() if "members" in shape}
        for model in undocumented("service-2")
    ]
    assert orders[0] == orders[1]


def test_own_documentation_is_not_that_of_botocore():
    """Each documentation string is written by us."""

    def documentation(value):
        if isinstance(value, dict):
            texts = [value["documentation"]] if isinstance(value.get("documentation"), str) else []
            return {*texts, *(text for item in value.values() for text in documentation(item))}
        return {text for item in value for text in documentation(item)} if isinstance(value, list) else set()

    for name in ("service-2", "endpoint-rule-set-1"):
        assert documentation(own(name)) & documentation(botocores(name)) == set()


def test_every_operation_and_error_is_documented():
    """help() has a sentence for each operation, and an injected error has a message."""
    model = own("service-2")
    errors = [shape for shape in model["shapes"].values() if shape.get("exception")]
    texts = [entry["documentation"] for entry in [*model["operations"].values(), *errors]]
    assert [text for text in texts if not text.endswith(".")] == []


def test_own_model_is_sorted():
    """Operations and shapes are in alphabetical order, so that a person finds them."""
    model = own("service-2")
    assert (list(model["operations"]), list(model["shapes"])) == (sorted(model["operations"]), sorted(model["shapes"]))


# Of the other partitions, unknown, global, empty and none.
OTHER_REGIONS = [
    "us-gov-west-1",
    "cn-north-1",
    "us-iso-east-1",
    "us-isob-east-1",
    "eu-isoe-west-1",
    "eusc-de-east-1",
    "xx-nowhere-9",
    "aws-global",
    "",
    None,
]


@cache
def provider(read):
    return EndpointProvider(read("endpoint-rule-set-1"), Loader().load_data("partitions"))


def resolve(read, **parameters):
    try:
        return provider(read).resolve_endpoint(
            **{name: value for name, value in parameters.items() if value is not None}
        )
    except EndpointProviderError as error:
        return type(error)


@pytest.mark.parametrize("endpoint", [None, "http://127.0.0.1:5000"])
@pytest.mark.parametrize("region", [*REGIONS, *OTHER_REGIONS])
def test_own_rules_resolve_the_endpoints_of_botocore(region, endpoint):
    """Both rule sets give the same URL, or both refuse, for each region, custom endpoint, FIPS and dual stack."""
    for fips, dual_stack in product([False, True], repeat=2):
        parameters = {"Region": region, "UseFIPS": fips, "UseDualStack": dual_stack, "Endpoint": endpoint}
        assert resolve(own, **parameters) == resolve(botocores, **parameters)


def test_the_regions_are_those_of_botocore():
    """The regions of the service are those in botocore's endpoints, in all of its partitions."""
    session = boto3.Session()
    partitions = session.get_available_partitions()
    found = [region for name in partitions for region in session.get_available_regions("cognito-sync", name)]
    assert list(REGIONS) == sorted(found)
