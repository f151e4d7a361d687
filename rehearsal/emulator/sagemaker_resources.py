"""SageMaker's CloudFormation types, made of SageMaker's own operations.

A type's properties are, but for the case of their letters, the parameters of its Create operation; what
the Update operation does not take replaces the resource. What `Ref` and `Fn::GetAtt` answer follows the
types' schemas, such as
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sagemaker-endpoint.html.
"""

import json
import secrets
from collections.abc import Mapping
from typing import Any, ClassVar

from botocore import xform_name
from botocore.exceptions import ClientError

from rehearsal.emulator import api_shapes, credentials
from rehearsal.emulator.sagemaker_hosting import endpoints
from rehearsal.emulator.sagemaker_service import sagemaker
from rehearsal.emulator.service import (
    ServiceError,
    current_account,
    current_region,
    register_resource_type,
)

Created = tuple[str, dict[str, Any]]
"""Physical id and attributes."""


class ResourceType:
    """A resource type.

    Attributes:
        noun: What it is called in the names of operations, such as `EndpointConfig`.
        key: The parameters that identify a resource, the one that names it last.
        reference: What of its description `Ref` answers.
        attributes: What of its description `Fn::GetAtt` answers.
    """

    noun: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    reference: ClassVar[str]
    attributes: ClassVar[tuple[str, ...]]

    def register(self) -> None:
        """Teach CloudFormation the type."""
        register_resource_type(
            f"AWS::SageMaker::{self.noun}", create=self.create, update=self.update, delete=self.delete
        )

    def create(self, logical_id: str, properties: dict[str, Any], stack_name: str) -> Created:
        """Create a resource, under a generated name if the properties give none."""
        named = dict(properties)
        if self.key[-1] in _members(f"Create{self.noun}"):
            named.setdefault(self.key[-1], f"{stack_name[:24]}-{logical_id[:24]}-{secrets.token_hex(6)}")
        created = self._call("Create", named)
        key: dict[str, str] = {name: named.get(name) or created[name] for name in self.key}
        self.settle(key, properties)
        return self._created(key)

    def update(self, physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str) -> Created:
        """Change a resource in place if its Update operation can, else create another in its stead."""
        key = self.identify(physical_id)
        changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
        known = _members(f"Update{self.noun}")
        if not changed - {"Tags", *self.settled_properties} <= known - set(self.key):
            return self.create(physical_id.rpartition("/")[2], new, stack_name)
        if changed & known:
            self._call("Update", {**{name: new[name] for name in new if name in known}, **key})
        self._tag(self._describe(key), old, new)
        self.settle(key, new)
        return self._created(key)

    def delete(self, physical_id: str, properties: dict[str, Any]) -> None:  # noqa: ARG002 (CloudFormation's call)
        """Delete a resource, unless it is already gone."""
        key = self.identify(physical_id)
        try:
            self._call("Delete", key)
        except ClientError:
            try:
                self._describe(key)
            except ClientError:
                return
            raise

    settled_properties: ClassVar[frozenset[str]] = frozenset()
    """Properties that `settle` brings about, not the Create operation."""

    def settle(self, key: Mapping[str, str], properties: Mapping[str, Any]) -> None:
        """Do what the operation alone does not: wait, or bring about the rest of the properties.

        Args:
            key: Identifies the resource.
            properties: What it is to be.
        """

    def identify(self, physical_id: str) -> dict[str, str]:
        """The parameters that identify a resource."""
        return {self.key[-1]: physical_id.rpartition("/")[2]}

    def physical_id(self, described: Mapping[str, Any]) -> str:
        """What `Ref` answers."""
        return str(described[self.reference])

    def _created(self, key: Mapping[str, str]) -> Created:
        described = self._describe(key)
        attributes = {name: described[name] for name in self.attributes if name in described}
        return self.physical_id(described), {name: _text(value) for name, value in attributes.items()}

    def _describe(self, key: Mapping[str, str]) -> dict[str, Any]:
        return self._call("Describe", key)

    def _call(self, verb: str, properties: Mapping[str, Any]) -> dict[str, Any]:
        given = {name: value for name, value in properties.items() if name not in self.settled_properties}
        parameters = api_shapes.parameters("sagemaker", f"{verb}{self.noun}", self.parameters(given))
        answer: dict[str, Any] = getattr(_client(), xform_name(f"{verb}{self.noun}"))(**parameters)
        return answer

    def parameters(self, properties: dict[str, Any]) -> dict[str, Any]:
        """The parameters of an operation, still spelled as CloudFormation does."""
        return properties

    def _tag(self, described: Mapping[str, Any], old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        wanted = {tag["Key"]: tag["Value"] for tag in new.get("Tags", [])}
        had = {tag["Key"]: tag["Value"] for tag in old.get("Tags", [])}
        resource_arn = described[f"{self.noun}Arn"]
        client = _client()
        if added := [{"Key": k, "Value": v} for k, v in wanted.items() if had.get(k) != v]:
            client.add_tags(ResourceArn=resource_arn, Tags=added)
        if removed := sorted(had.keys() - wanted.keys()):
            client.delete_tags(ResourceArn=resource_arn, TagKeys=removed)


class ModelPackageGroup(ResourceType):
    """A model package group with its resource policy."""

    noun = "ModelPackageGroup"
    key = ("ModelPackageGroupName",)
    reference = "ModelPackageGroupArn"
    attributes = ("ModelPackageGroupArn", "ModelPackageGroupStatus", "CreationTime")
    settled_properties = frozenset({"ModelPackageGroupPolicy"})

    def settle(self, key: Mapping[str, str], properties: Mapping[str, Any]) -> None:
        """Attach the resource policy, or remove it."""
        policy = properties.get("ModelPackageGroupPolicy")
        if policy is None:
            _client().delete_model_package_group_policy(**key)
        else:
            text = policy if isinstance(policy, str) else json.dumps(policy)
            _client().put_model_package_group_policy(**key, ResourcePolicy=text)


class CodeRepository(ResourceType):
    """A repository as Studio shows it."""

    noun = "CodeRepository"
    key = ("CodeRepositoryName",)
    reference = "CodeRepositoryArn"
    attributes = ("CodeRepositoryArn", "CodeRepositoryName")


class Model(ResourceType):
    """A model."""

    noun = "Model"
    key = ("ModelName",)
    reference = "ModelArn"
    attributes = ("ModelArn", "ModelName")


class EndpointConfig(ResourceType):
    """An endpoint configuration."""

    noun = "EndpointConfig"
    key = ("EndpointConfigName",)
    reference = "EndpointConfigArn"
    attributes = ("EndpointConfigArn", "EndpointConfigName")


class Endpoint(ResourceType):
    """An endpoint, complete when it is in service."""

    noun = "Endpoint"
    key = ("EndpointName",)
    reference = "EndpointArn"
    attributes = ("EndpointArn", "EndpointName")

    def settle(self, key: Mapping[str, str], properties: Mapping[str, Any]) -> None:
        """Wait until the endpoint serves the configuration.

        Raises:
            ServiceError: It does not, for the reason that the endpoint gives.
        """
        endpoint = endpoints.get(current_account(), current_region(), key["EndpointName"])
        endpoint.settled.wait()
        described = endpoint.description
        wanted = properties["EndpointConfigName"].rpartition("/")[2]
        if described["EndpointStatus"] != "InService" or described["EndpointConfigName"] != wanted:
            raise ServiceError("NotStabilized", described.get("FailureReason", described["EndpointStatus"]))


class Domain(ResourceType):
    """A Studio domain."""

    noun = "Domain"
    key = ("DomainId",)
    reference = "DomainId"
    attributes = ("DomainArn", "DomainId", "Url", "HomeEfsFileSystemId", "SecurityGroupIdForDomainBoundary")


class UserProfile(ResourceType):
    """A person's profile in a Studio domain."""

    noun = "UserProfile"
    key = ("DomainId", "UserProfileName")
    reference = "UserProfileName"
    attributes = ("UserProfileArn",)

    def identify(self, physical_id: str) -> dict[str, str]:
        """The parameters that identify a profile."""
        name, _, domain_id = physical_id.partition("|")
        return {"DomainId": domain_id, "UserProfileName": name}

    def physical_id(self, described: Mapping[str, Any]) -> str:
        """What `Ref` answers: the parts of the schema's primary identifier."""
        return f"{described['UserProfileName']}|{described['DomainId']}"


class Pipeline(ResourceType):
    """A pipeline."""

    noun = "Pipeline"
    key = ("PipelineName",)
    reference = "PipelineName"
    attributes = ()

    def parameters(self, properties: dict[str, Any]) -> dict[str, Any]:
        """The parameters of an operation: CloudFormation keeps the definition's text a level deeper."""
        definition = properties.get("PipelineDefinition")
        if not isinstance(definition, Mapping) or "PipelineDefinitionBody" not in definition:
            return properties
        return {**properties, "PipelineDefinition": definition["PipelineDefinitionBody"]}


def _client() -> Any:
    return credentials.client("sagemaker", credentials.root_credentials(current_account()), current_region())


def _members(operation: str) -> set[str]:
    """The parameters of an operation; none if there is no such operation."""
    if operation not in sagemaker.model.operation_names:
        return set()
    shape = sagemaker.model.operation_model(operation).input_shape
    return set(shape.members) if shape is not None else set()


def _text(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


for _resource_type in (
    CodeRepository(),
    Domain(),
    Endpoint(),
    EndpointConfig(),
    Model(),
    ModelPackageGroup(),
    Pipeline(),
    UserProfile(),
):
    _resource_type.register()
