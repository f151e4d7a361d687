"""SageMaker's CloudFormation types, made of SageMaker's own operations.

A type's properties are, but for the case of their letters, the parameters of its operations. CloudFormation
has checked the permissions before, so the operations are called as the account. What `Ref` and `Fn::GetAtt`
answer follows the types' references, such as
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sagemaker-endpoint.html.
"""

import json
from collections.abc import Mapping
from typing import Any

from emulator.cloudformation.stacks import acting
from emulator.core.authorization import refusal
from emulator.core.service import (
    ServiceError,
    current_account,
    current_region,
)
from emulator.glue.catalog import Place
from emulator.lake_formation.callers import Caller
from emulator.lake_formation.decisions import permitted
from emulator.lake_formation.store import Home
from emulator.sagemaker.hosting.hosting import endpoints
from emulator.sagemaker.registry.groups import policy_of
from emulator.sagemaker.resource_type import Created, ResourceType, client


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
            client().delete_model_package_group_policy(**key)
        else:
            text = policy if isinstance(policy, str) else json.dumps(policy)
            client().put_model_package_group_policy(**key, ResourcePolicy=text)


class CodeRepository(ResourceType):
    """A repository as Studio shows it."""

    noun = "CodeRepository"
    key = ("CodeRepositoryName",)
    reference = "CodeRepositoryArn"
    attributes = ("CodeRepositoryArn", "CodeRepositoryName")


class Model(ResourceType):
    """A model, which may come from a model package of another account."""

    noun = "Model"
    key = ("ModelName",)
    reference = "ModelArn"
    attributes = ("ModelArn", "ModelName")

    def create(self, logical_id: str, properties: dict[str, Any], stack_name: str) -> Created:
        """Create a model, if whoever runs the stack may see the model packages that it names."""
        principal = acting()
        containers = [*properties.get("Containers", []), properties.get("PrimaryContainer", {})]
        for version_arn in [each["ModelPackageName"] for each in containers if "ModelPackageName" in each]:
            reason = principal and refusal(
                principal,
                "sagemaker:DescribeModelPackage",
                version_arn,
                region=current_region(),
                resource_policy=policy_of(version_arn),
            )
            if reason:
                raise ServiceError("AccessDenied", reason)
        return super().create(logical_id, properties, stack_name)


class EndpointConfig(ResourceType):
    """An endpoint configuration."""

    noun = "EndpointConfig"
    key = ("EndpointConfigName",)
    reference = "EndpointConfigArn"
    attributes = ("EndpointConfigArn", "EndpointConfigName")


class FeatureGroup(ResourceType):
    """A feature group, whose table AWS Glue makes in the name of whoever runs the stack."""

    noun = "FeatureGroup"
    key = ("FeatureGroupName",)
    reference = "FeatureGroupName"
    attributes = ("FeatureGroupStatus", "CreationTime")

    def create(self, logical_id: str, properties: dict[str, Any], stack_name: str) -> Created:
        """Create a group, if Lake Formation lets whoever runs the stack make its table."""
        named = properties.get("OfflineStoreConfig", {}).get("DataCatalogConfig")
        principal = acting()
        if named and principal:
            home = Home(current_account(), current_region())
            database = Place(account=home.account, region=home.region, database=named["Database"])
            if "CREATE_TABLE" not in permitted(Caller(principal=principal, home=home), database):
                raise ServiceError(
                    "AccessDenied",
                    f"Insufficient Lake Formation permission(s): Required Create Table on "
                    f"{named['Database']}",
                )
        return super().create(logical_id, properties, stack_name)

    def update(self, physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str) -> Created:  # noqa: ARG002
        """Add the features that are new."""
        known = {each["FeatureName"] for each in old["FeatureDefinitions"]}
        added = [each for each in new["FeatureDefinitions"] if each["FeatureName"] not in known]
        key = self.identify(physical_id)
        if known - {each["FeatureName"] for each in new["FeatureDefinitions"]}:
            raise ServiceError("InvalidRequest", "Features of a feature group cannot be removed.")
        if added:
            client().update_feature_group(**key, FeatureAdditions=added)
        return self._created(key)


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


for _resource_type in (
    CodeRepository(),
    Domain(),
    Endpoint(),
    EndpointConfig(),
    FeatureGroup(),
    Model(),
    ModelPackageGroup(),
    Pipeline(),
    UserProfile(),
):
    _resource_type.register()
