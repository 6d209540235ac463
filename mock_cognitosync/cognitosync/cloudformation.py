"""
``AWS::Cognito::IdentityPool`` for moto's CloudFormation, which lacks this resource type.

The pool is created with moto's cognito-identity. This module sets its CognitoEvents, CognitoStreams and PushSync.
Source: cfn-1.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from moto.cloudformation.exceptions import UnformattedGetAttTemplateException, ValidationError
from moto.cognitoidentity.models import cognitoidentity_backends
from moto.core.common_models import CloudFormationModel

from .domain.caller import Caller
from .exceptions import CognitoSyncError
from .models import CognitoSyncBackend, cognitosync_backends
from .operations import perform
from .wire import service_model

Properties = dict[str, Any]


class IdentityPool(CloudFormationModel):
    """An identity pool of a stack. Ref returns its id, GetAtt its Name."""

    def __init__(self, identity_pool_id: str, name: str) -> None:
        self.identity_pool_id = identity_pool_id
        self.name = name

    @property
    def physical_resource_id(self) -> str:
        return self.identity_pool_id

    @staticmethod
    def cloudformation_name_type() -> str:
        return "IdentityPoolName"

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::Cognito::IdentityPool"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr == "Name"

    def get_cfn_attribute(self, attribute_name: str) -> str:
        """Return the attribute for GetAtt. Source: cfn-1."""
        if attribute_name == "Name":
            return self.name
        raise UnformattedGetAttTemplateException

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Properties, account_id: str, region_name: str, **kwargs: Any
    ) -> IdentityPool:
        """Create the pool and configure it for Cognito Sync. Source: cfn-1."""
        pools = cognitoidentity_backends[account_id][region_name]
        answer = pools.create_identity_pool("new", False, {}, "", [], [], [], {})
        resource = cls(json.loads(answer)["IdentityPoolId"], resource_name)
        try:
            _set(resource, cloudformation_json, account_id, region_name)
        except ValidationError:
            cls.delete_from_cloudformation_json(resource.identity_pool_id, {}, account_id, region_name)
            raise
        return resource

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Any,
        new_resource_name: str,
        cloudformation_json: Properties,
        account_id: str,
        region_name: str,
    ) -> IdentityPool:
        """Update the pool in place, so that its id and data stay. Source: cfn-2."""
        _set(original_resource, cloudformation_json, account_id, region_name)
        return original_resource  # type: ignore[no-any-return]  # one of ours

    @classmethod
    def delete_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Properties, account_id: str, region_name: str
    ) -> None:
        """Delete the pool *resource_name*, which is its id. Source: cfn-3."""
        cognitoidentity_backends[account_id][region_name].identity_pools.pop(resource_name, None)
        if region_name in cognitosync_backends[account_id]:
            cognitosync_backends[account_id][region_name].forget_pool(resource_name)


def _set(resource: IdentityPool, cloudformation_json: Properties, account_id: str, region_name: str) -> None:
    properties = cloudformation_json.get("Properties", {})
    if region_name in cognitosync_backends[account_id]:
        _set_sync(resource, properties, cognitosync_backends[account_id][region_name])
    pool: Any = cognitoidentity_backends[account_id][region_name].identity_pools[resource.identity_pool_id]
    pool.identity_pool_name = resource.name = properties.get("IdentityPoolName", resource.name)
    pool.allow_unauthenticated_identities = properties.get("AllowUnauthenticatedIdentities", False)
    pool.supported_login_providers = properties.get("SupportedLoginProviders", {})
    pool.developer_provider_name = properties.get("DeveloperProviderName", "")
    pool.open_id_connect_provider_arns = properties.get("OpenIdConnectProviderARNs", [])
    pool.cognito_identity_providers = properties.get("CognitoIdentityProviders", [])
    pool.saml_provider_arns = properties.get("SamlProviderARNs", [])
    pool.tags = {tag["Key"]: tag["Value"] for tag in properties.get("IdentityPoolTags", [])}


def _set_sync(resource: IdentityPool, properties: Properties, backend: CognitoSyncBackend) -> None:
    """Configure the pool for Cognito Sync: all or nothing."""
    pool_id = resource.identity_pool_id
    parts = {name: properties.get(name, {}) for name in ("PushSync", "CognitoStreams")}
    before = backend.configuration(pool_id)
    try:
        _perform(backend, "SetIdentityPoolConfiguration", {"IdentityPoolId": pool_id} | parts)
        backend.change_configuration(pool_id, lambda configuration: replace(configuration, events={}))
        events = properties.get("CognitoEvents", {})
        _perform(backend, "SetCognitoEvents", {"IdentityPoolId": pool_id, "Events": events})
    except CognitoSyncError as error:
        backend.change_configuration(pool_id, lambda _: before)
        raise ValidationError(resource.name, error.message) from None


def _perform(backend: CognitoSyncBackend, operation: str, parameters: Properties) -> None:
    perform(backend, service_model.load().operations[operation], parameters, Caller(backend.account_id))
