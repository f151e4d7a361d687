"""A model behind a real-time endpoint."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3

from base.names import PlatformNames, ProjectNames
from base.pseudo_parameters import ACCOUNT_ID
from base.roles import Permission, arn
from pipelines.context import ProjectContext
from pipelines.deliveries.delivery import Call, StageName, TargetRole
from pipelines.deliveries.serving_account import ServingAccount
from pipelines.project import ANY_PROJECT_TAGS

_DAYS_OF_CAPTURED_REQUESTS = 90


@dataclass(frozen=True, kw_only=True)
class RealTimeEndpoint:
    """A SageMaker endpoint, which has the name of its project in each account."""

    kind: str = "endpoint"
    subject: str = "endpoint"
    stages: tuple[StageName, ...] = ("test", "production")
    layers: tuple[str, ...] = ("deploy/realtime",)

    def answer(self, project: ProjectContext) -> None:
        """Tell the team the endpoint's name."""
        project.form.answer(
            "EndpointName", project.names.title, "The endpoint has this name in both accounts."
        )

    def test_environment(self, names: ProjectNames) -> Mapping[str, str]:
        """The endpoint's name."""
        return {"ENDPOINT_NAME": names.title}

    def roles(self, platform: PlatformNames) -> tuple[TargetRole, ...]:
        """The execution role of the model."""
        return (TargetRole(name=platform.endpoint_role, service="sagemaker", reads_versions=True),)

    def resources(self, platform: PlatformNames, projects: ProjectNames) -> Mapping[str, Mapping[str, Any]]:
        """Model, endpoint configuration and endpoint.

        CloudFormation names models and configurations, so that a change replaces them.
        """
        (role,) = self.roles(platform)
        return {
            "AWS::SageMaker::Model": {"ExecutionRoleArn": role.arn, "Tags": ANY_PROJECT_TAGS},
            "AWS::SageMaker::EndpointConfig": {"Tags": ANY_PROJECT_TAGS},
            "AWS::SageMaker::Endpoint": {
                "EndpointName": projects.title,
                "EndpointConfigName": "*",
                "Tags": ANY_PROJECT_TAGS,
            },
        }

    def prepare(self, account: ServingAccount) -> Sequence[Permission]:
        """Define the execution role of endpoints, and where they capture requests; tests ask endpoints."""
        key, bucket = account.storage(
            "DataCapture",
            alias=account.platform.data_capture_key_alias,
            bucket_name=account.platform.data_capture_bucket(ACCOUNT_ID),
            description="Requests and predictions that endpoints capture",
            lifecycle_rules=[s3.LifecycleRule(expiration=cdk.Duration.days(_DAYS_OF_CAPTURED_REQUESTS))],
            reason="Endpoints alone write here; the organisation's CloudTrail records who reads.",
        )
        account.model_role(
            "Endpoint",
            name=account.platform.endpoint_role,
            description="Runs the models of the central registry",
            permissions=[
                Permission(
                    actions=("s3:PutObject",),
                    resources=(bucket.arn_for_objects("*"),),
                    because="Keys of captured requests carry endpoint and time.",
                ),
                Permission(actions=("kms:GenerateDataKey",), resources=(key.key_arn,)),
            ],
            kind="Endpoints/*",
        )
        return (
            Permission(
                actions=("sagemaker:DescribeEndpoint", "sagemaker:InvokeEndpoint"),
                resources=(arn("sagemaker", f"endpoint/{account.projects.title}"),),
                because="Endpoints carry the names of projects.",
            ),
        )

    def creation(self, names: ProjectNames) -> Sequence[Call]:
        """Model, endpoint configuration and endpoint; CloudFormation names the first two."""
        return (
            Call(action="sagemaker:CreateModel", resource="sagemaker:model/model-1"),
            Call(action="sagemaker:CreateEndpointConfig", resource="sagemaker:endpoint-config/config-1"),
            Call(action="sagemaker:CreateEndpoint", resource=f"sagemaker:endpoint/{names.title}"),
        )

    def use(self, names: ProjectNames) -> tuple[str, Sequence[Call]]:
        """To ask the endpoint."""
        call = Call(action="sagemaker:InvokeEndpoint", resource=f"sagemaker:endpoint/{names.title}")
        return "Ask the endpoint", (call,)
