"""
The operations of Cognito Sync, as the service model describes them.

Paths, the location of each parameter, types and constraints are read from the model of botocore, or from the package's
own if botocore has none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from botocore import xform_name
from botocore.exceptions import DataNotFoundError
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel

from ..exceptions import UnknownOperation
from .validation import Check, check_of

SERVICE = "cognito-sync"
# The package's own model, in botocore's layout. It is a path, not an import, because moto would not have the folder.
OWN_DATA_PATH = Path(__file__).parents[2] / "data"
_LABEL = re.compile("{([^}]+)}")
_TAG = re.compile("<[^>]*>")


@dataclass(slots=True)
class Operation:
    """
    One operation and the location of its parameters in a request.

    Attributes:
        name: the model's name, ``ListRecords``.
        method_name: boto3's name, ``list_records``.
        path_pattern: matches the raw path, with one group for each of ``path_members``.
        path_members: the parameters in the path, in their order.
        query_members: the name in the query to the parameter, and to whether it is an integer.
        header_members: the header's name in lower case to the parameter.
        body_members: the parameters in the body, which is JSON.
        parameter_names: all parameters.
        check: adds the violations of the parameters' constraints.
        error_codes: the errors that the model declares.
    """

    name: str
    method_name: str
    http_method: str
    path_pattern: re.Pattern[str]
    path_members: tuple[str, ...]
    query_members: Mapping[str, tuple[str, bool]]
    header_members: Mapping[str, str]
    body_members: frozenset[str]
    parameter_names: frozenset[str]
    check: Check
    error_codes: frozenset[str]


class CognitoSyncModel:
    """All operations, by name and by method and path, and the HTTP status and meaning of each modelled error."""

    def __init__(self, model: ServiceModel) -> None:
        self.operations: dict[str, Operation] = {
            name: _operation(model.operation_model(name)) for name in model.operation_names
        }
        self.statuses = {shape.name: int(shape.metadata["error"]["httpStatusCode"]) for shape in model.error_shapes}
        self.meanings = {shape.name: _TAG.sub("", shape.documentation) for shape in model.error_shapes}
        self._routes: dict[tuple[str, int], list[Operation]] = {}
        for operation in self.operations.values():
            slashes = model.operation_model(operation.name).http["requestUri"].count("/")
            self._routes.setdefault((operation.http_method, slashes), []).append(operation)

    def route(self, http_method: str, path: str) -> tuple[Operation, Sequence[str]]:
        """
        Return the operation for *http_method* and the raw *path*, and the values of its parameters in the path.

        Raises:
            UnknownOperation: no operation has this method and path.

        Source: wire-1, wire-8, wire-11.
        """
        for operation in self._routes.get((http_method, path.count("/")), ()):
            match = operation.path_pattern.fullmatch(path)
            if match:
                return operation, match.groups()
        raise UnknownOperation(http_method, path)


def _operation(model: OperationModel) -> Operation:
    input_shape = model.input_shape
    assert input_shape is not None, f"{model.name} has no parameters"
    members = dict(input_shape.members)
    wire_names: dict[str, dict[str, Any]] = {"uri": {}, "querystring": {}, "header": {}}
    for name, shape in members.items():
        location = shape.serialization.get("location")
        if location:
            wire_names[location][shape.serialization["name"]] = name
    path = model.http["requestUri"]
    path_names = _LABEL.findall(path)
    return Operation(
        name=model.name,
        method_name=xform_name(model.name),
        http_method=model.http["method"],
        path_pattern=re.compile(_LABEL.sub("([^/]*)", path)),
        path_members=tuple(wire_names["uri"][name] for name in path_names),
        query_members={
            wire_name: (name, members[name].type_name in ("integer", "long"))
            for wire_name, name in wire_names["querystring"].items()
        },
        header_members={wire_name.lower(): name for wire_name, name in wire_names["header"].items()},
        body_members=frozenset(name for name, shape in members.items() if "location" not in shape.serialization),
        parameter_names=frozenset(members),
        check=check_of(input_shape),
        error_codes=frozenset(shape.name for shape in model.error_shapes),
    )


@cache
def botocore_has_model() -> bool:
    """Return whether botocore, or the user's folder ``~/.aws/models``, has a model of the service."""
    try:
        Loader().list_api_versions(SERVICE, "service-2")
    except DataNotFoundError:
        return False
    return True


def read() -> ServiceModel:
    """Botocore's newest model of the service, or the package's own if botocore has none."""
    loader = Loader()
    loader.search_paths.append(str(OWN_DATA_PATH))
    return ServiceModel(loader.load_service_model(SERVICE, "service-2"), SERVICE)


@cache
def load() -> CognitoSyncModel:
    """The service as its model describes it, read once."""
    return CognitoSyncModel(read())
