"""What an account needs before models can be deployed to it and served there."""

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from base.acknowledgements import acknowledge
from base.contracts.objects import VERSIONS
from base.names import ProjectNames
from base.roles import Permission, arn, key_of_another_account, role, role_arn, service_principal
from base.settings import Settings
from portfolios.belonging import PROJECT_TAG
from portfolios.launch_role import DerivedRole
from portfolios.lineage_reader import LineageReader, where_models_serve
from portfolios.permissions import Statement, derive
from portfolios.template_values import ACCOUNT

_DAYS_OF_CAPTURED_REQUESTS = 90


class DeploymentTargetStack(cdk.Stack):
    """The roles that bring up, run and test endpoints, and the bucket of captured requests.

    Each role takes one step, so that none reaches from a build to a running model: a deploy pipeline of the
    hub assumes `deployment`, which may only hand templates to CloudFormation; CloudFormation creates
    endpoints under `deployment-cloudformation`; they run under `endpoint`; tests assume `integration-test`.
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        """Define the stack.

        Args:
            scope: The app in which it is rendered.
            construct_id: Its id there.
            settings: What the adopter decided.
        """
        super().__init__(
            scope,
            construct_id,
            synthesizer=cdk.BootstraplessSynthesizer(),
            description="ML platform: roles and storage of an account that serves models",
        )
        names = settings.names
        self._hub = names.shared_services_account
        self._region = settings.region
        self._names = names
        self._by_alias = settings.assumptions.key_access == "alias"
        self._test_accounts = settings.organization.path_pattern(
            settings.organization.organizational_units.test
        )
        # Names of whichever project deploys here.
        self._any_project = ProjectNames(
            prefix=names.prefix, project_name="*", project_id="*", account=self._hub, region=settings.region
        )
        key, bucket = self._data_capture()
        self._endpoint_role(key, bucket)
        self._deployment_role()
        DerivedRole(
            self,
            "DeploymentCloudformation",
            role_name=names.deployment_cloudformation_role,
            description="CloudFormation creates endpoints under this role",
            # iam:PassRole within the account guards the role where CloudFormation does not tell the account.
            trusts=service_principal(
                "cloudformation",
                tells_account=settings.assumptions.cloudformation_trust == "source_account",
            ),
            statements=(*self._central_versions(), *derive(self._endpoint(), region=settings.region)),
        )
        self._integration_test_role()
        LineageReader(self, "LineageReader", names=names, permissions=where_models_serve(names))

    def _data_capture(self) -> tuple[kms.Key, s3.Bucket]:
        keep = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
        key = kms.Key(
            self,
            "DataCaptureKey",
            alias=self._names.data_capture_key_alias,
            description="Requests and predictions that endpoints capture",
            enable_key_rotation=True,
            removal_policy=keep,
        )
        bucket = s3.Bucket(
            self,
            "DataCapture",
            bucket_name=self._names.data_capture_bucket(cdk.Aws.ACCOUNT_ID),
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            bucket_key_enabled=True,
            encryption_key=key,
            enforce_ssl=True,
            lifecycle_rules=[s3.LifecycleRule(expiration=cdk.Duration.days(_DAYS_OF_CAPTURED_REQUESTS))],
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=keep,
        )
        acknowledge(
            bucket,
            rule="AwsSolutions-S1",
            reason="Endpoints alone write here; the organisation's CloudTrail records who reads.",
        )
        return key, bucket

    def _endpoint_role(self, key: kms.Key, bucket: s3.Bucket) -> None:
        """Execution role of endpoints.

        https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createmodel-perms
        """
        central_images = self._names.central_image_repositories
        role(
            self,
            "Endpoint",
            name=self._names.endpoint_role,
            description="Runs the models of the central registry",
            trusts=service_principal("sagemaker"),
            permissions=[
                *self._central_artifacts(),
                Permission(
                    actions=("s3:PutObject",),
                    resources=(bucket.arn_for_objects("*"),),
                    because="Keys of captured requests carry endpoint and time.",
                ),
                Permission(actions=("kms:GenerateDataKey",), resources=(key.key_arn,)),
                Permission(
                    actions=(
                        "ecr:BatchCheckLayerAvailability",
                        "ecr:BatchGetImage",
                        "ecr:GetDownloadUrlForLayer",
                    ),
                    resources=(
                        f"arn:aws:ecr:{self._region}:*:repository/sagemaker-*",
                        f"arn:aws:ecr:{self._region}:{self._hub}:repository/{central_images}/*",
                    ),
                    because="AWS keeps the images of SageMaker in an account of its own in each Region, and "
                    "the hub keeps a repository for each model that brings its own.",
                ),
                Permission(
                    actions=("ecr:GetAuthorizationToken",),
                    resources=("*",),
                    because="This action knows no resources.",
                ),
                Permission(
                    actions=("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"),
                    resources=(arn("logs", "log-group:/aws/sagemaker/Endpoints/*"),),
                    because="Log groups carry the endpoints' names.",
                ),
                Permission(
                    actions=("cloudwatch:PutMetricData",),
                    resources=("*",),
                    conditions={"StringLike": {"cloudwatch:namespace": "/aws/sagemaker/*"}},
                    because="This action knows no resources; the namespace bounds it.",
                ),
            ],
        )

    def _central_artifacts(self) -> tuple[Permission, ...]:
        """What the central registry lends; its bucket, key and objects' tags decide what that is.

        SageMaker lists the files of an uncompressed model
        (https://docs.aws.amazon.com/sagemaker/latest/dg/large-model-inference-uncompressed.html).
        """
        bucket = f"arn:aws:s3:::{self._names.registry_bucket}"
        return (
            Permission(
                actions=("s3:GetObject",),
                resources=tuple(f"{bucket}/{keys}" for keys in VERSIONS),
                because="The central bucket's policy decides: it gives approved versions to test, and to "
                "production those that are let in there.",
            ),
            Permission(
                actions=("s3:ListBucket",),
                resources=(bucket,),
                conditions={"StringLike": {"s3:prefix": list(VERSIONS)}},
            ),
            Permission(
                actions=("kms:Decrypt",),
                resources=(f"arn:aws:kms:{self._region}:{self._hub}:key/*",),
                conditions=key_of_another_account(self._names.registry_key_alias, by_alias=self._by_alias),
                because="AWS generates the key's id; its alias tells it, or its policy decides.",
            ),
        )

    def _deployment_role(self) -> None:
        """What the CloudFormation actions of a deploy pipeline need in the target account.

        https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html
        """
        role(
            self,
            "Deployment",
            name=self._names.deployment_role,
            description="Deploy pipelines of the shared services account hand templates to CloudFormation",
            trusts=self._hub_roles("pipeline"),
            permissions=[
                Permission(
                    actions=(
                        "cloudformation:CreateStack",
                        "cloudformation:DeleteStack",
                        "cloudformation:DescribeStackEvents",
                        "cloudformation:DescribeStacks",
                        "cloudformation:GetTemplate",
                        "cloudformation:SetStackPolicy",
                        "cloudformation:UpdateStack",
                    ),
                    resources=(
                        arn("cloudformation", f"stack/{self._any_project.delivery_stack('endpoint')}/*"),
                    ),
                    because="Stacks carry the ids of projects.",
                ),
                Permission(
                    actions=("iam:PassRole",),
                    resources=(role_arn(cdk.Aws.ACCOUNT_ID, self._names.deployment_cloudformation_role),),
                    conditions={"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}},
                ),
                Permission(
                    actions=("s3:GetObject", "s3:GetObjectVersion"),
                    resources=(f"arn:aws:s3:::{self._any_project.bucket}/*",),
                    because="Templates lie in the buckets of deploy projects, whose policies name this role.",
                ),
                Permission(
                    actions=("kms:Decrypt",),
                    resources=(f"arn:aws:kms:{self._region}:{self._hub}:key/*",),
                    conditions=key_of_another_account(self._any_project.key_alias, by_alias=self._by_alias),
                    because="AWS generates the ids of the projects' keys; their aliases tell them, or their "
                    "policies decide.",
                ),
            ],
        )

    def _integration_test_role(self) -> None:
        cards = (self._names.model_card_arn("*"),)
        shared = (
            "Cards carry the names of models; the hub shares one with an account when a version comes there."
        )
        role(
            self,
            "IntegrationTest",
            name=self._names.integration_test_role,
            description="Integration tests of the shared services account ask endpoints, and say so in cards",
            trusts=self._hub_roles("integration-test"),
            permissions=[
                Permission(
                    actions=("sagemaker:DescribeEndpoint", "sagemaker:InvokeEndpoint"),
                    resources=(arn("sagemaker", f"endpoint/{self._any_project.title}"),),
                    because="Endpoints carry the names of projects.",
                ),
                Permission(
                    actions=("sagemaker:DescribeModelCard", "sagemaker:ListModelCardVersions"),
                    resources=cards,
                    because=shared,
                ),
                Permission(
                    # Production reads cards, whatever a share may allow.
                    actions=("sagemaker:UpdateModelCard",),
                    resources=cards,
                    conditions={"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": self._test_accounts}},
                    because=shared,
                ),
            ],
        )

    def _hub_roles(self, purpose: str) -> iam.PrincipalBase:
        """The hub's roles of a purpose, of whichever project."""
        pattern = f"arn:aws:iam::{self._hub}:role/{self._any_project.role(purpose)}"
        return iam.AccountPrincipal(self._hub).with_conditions({"ArnLike": {"aws:PrincipalArn": pattern}})

    def _central_versions(self) -> tuple[Statement, ...]:
        """CreateModel reads the model package with the permissions of its caller.

        https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-deploy-xaccount.html
        """
        return (
            Statement(
                sid="CentralVersions",
                actions=("sagemaker:CreateModel", "sagemaker:DescribeModelPackage"),
                resources=(f"arn:aws:sagemaker:{self._region}:{self._hub}:model-package/*",),
            ),
        )

    def _endpoint(self) -> Mapping[str, Any]:
        """What a deploy project's template holds, as far as permissions go.

        Templates come from repositories that teams change, so that no role can be derived from them. This is
        the frame in which they have to stay; a test holds the seed's own template against the role.
        CloudFormation names models and configurations, so that a change replaces them.
        """
        tags = [{"Key": PROJECT_TAG, "Value": "*"}]
        execution_role = f"arn:aws:iam::{ACCOUNT}:role/{self._names.endpoint_role}"
        resources = {
            "AWS::SageMaker::Model": {"ExecutionRoleArn": execution_role},
            "AWS::SageMaker::EndpointConfig": {},
            "AWS::SageMaker::Endpoint": {"EndpointName": self._any_project.title, "EndpointConfigName": "*"},
        }
        return {
            "Resources": {
                kind.rpartition("::")[2]: {"Type": kind, "Properties": {**properties, "Tags": tags}}
                for kind, properties in resources.items()
            }
        }
