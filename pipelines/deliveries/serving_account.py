"""An account that serves models, as the deliveries on offer prepare it."""

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from base.acknowledgements import acknowledge
from base.contracts.objects import VERSIONS
from base.grants.images import AWS_SERVING_REPOSITORIES, PULL_IMAGE
from base.names import ProjectNames
from base.roles import Permission, arn, key_of_another_account, role, service_principal
from base.settings import Settings


class ServingAccount:
    """The stack of a target account, with what all deliveries may use in it.

    Attributes:
        stack: Where a delivery defines its roles and its storage.
        platform: The platform's names.
        projects: The names of whichever projects deploy to the account, with wildcards.
    """

    def __init__(self, stack: cdk.Stack, settings: Settings) -> None:
        """Describe the account.

        Args:
            stack: The stack that the StackSet creates in it.
            settings: What the adopter decided.
        """
        self.stack = stack
        self.platform = settings.names
        self._hub = self.platform.shared_services_account
        self._region = settings.region
        self._by_alias = settings.assumptions.key_access == "alias"
        self.projects = ProjectNames(
            prefix=self.platform.prefix,
            project_name="*",
            project_id="*",
            account=self._hub,
            region=settings.region,
        )

    def model_role(
        self, construct_id: str, *, name: str, description: str, permissions: Sequence[Permission], kind: str
    ) -> None:
        """Define an execution role of models.

        https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createmodel-perms

        Args:
            construct_id: The id of the role in the stack.
            name: The role's name.
            description: What it runs, for the console.
            permissions: What it may do besides reading models and images, and writing logs and metrics.
            kind: Where SageMaker keeps the logs, below ``/aws/sagemaker/``.
        """
        role(
            self.stack,
            construct_id,
            name=name,
            description=description,
            trusts=service_principal("sagemaker"),
            permissions=[
                *self._central_artifacts(),
                *permissions,
                *self._images(),
                Permission(
                    actions=("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"),
                    resources=(arn("logs", f"log-group:/aws/sagemaker/{kind}"),),
                    because="Log groups and streams carry the names of what serves.",
                ),
                Permission(
                    actions=("cloudwatch:PutMetricData",),
                    resources=("*",),
                    conditions={"StringLike": {"cloudwatch:namespace": "/aws/sagemaker/*"}},
                    because="This action knows no resources; the namespace bounds it.",
                ),
            ],
        )

    def storage(
        self,
        construct_id: str,
        *,
        alias: str,
        bucket_name: str,
        description: str,
        lifecycle_rules: Sequence[s3.LifecycleRule],
        reason: str,
        versioned: bool | None = None,
    ) -> tuple[kms.Key, s3.Bucket]:
        """Define a bucket with a key of its own; both outlive the stack.

        Args:
            construct_id: The bucket's id in the stack; the key's ends with ``Key``.
            alias: The key's alias.
            bucket_name: The bucket's name.
            description: What is kept there, for the console.
            lifecycle_rules: How long.
            reason: Why the bucket needs no log of accesses.
            versioned: Whether old versions of objects are kept.
        """
        keep = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
        key = kms.Key(
            self.stack,
            f"{construct_id}Key",
            alias=alias,
            description=description,
            enable_key_rotation=True,
            removal_policy=keep,
        )
        bucket = s3.Bucket(
            self.stack,
            construct_id,
            bucket_name=bucket_name,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            bucket_key_enabled=True,
            encryption_key=key,
            enforce_ssl=True,
            lifecycle_rules=list(lifecycle_rules),
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=keep,
            versioned=versioned,
        )
        acknowledge(bucket, rule="AwsSolutions-S1", reason=reason)
        return key, bucket

    def _central_artifacts(self) -> tuple[Permission, ...]:
        """What the central registry lends; its bucket, key and objects' tags decide what that is.

        SageMaker lists the files of an uncompressed model
        (https://docs.aws.amazon.com/sagemaker/latest/dg/large-model-inference-uncompressed.html).
        """
        bucket = f"arn:aws:s3:::{self.platform.registry_bucket}"
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
                conditions=self.key_of_hub(self.platform.registry_key_alias),
                because="AWS generates the key's id; its alias tells it, or its policy decides.",
            ),
        )

    def key_of_hub(self, alias: str) -> Mapping[str, Mapping[str, object]]:
        """The condition by which a role of the account knows a key of the shared services account.

        Args:
            alias: The key's alias, or a pattern of it.
        """
        return key_of_another_account(alias, by_alias=self._by_alias)

    def hub_roles(self, purpose: str) -> iam.PrincipalBase:
        """The shared services account's roles of a purpose, of whichever project.

        Args:
            purpose: As in `ProjectNames.role`.
        """
        pattern = f"arn:aws:iam::{self._hub}:role/{self.projects.role(purpose)}"
        return iam.AccountPrincipal(self._hub).with_conditions({"ArnLike": {"aws:PrincipalArn": pattern}})

    def _images(self) -> tuple[Permission, ...]:
        central = self.platform.central_image_repositories
        return (
            Permission(
                actions=PULL_IMAGE,
                resources=(
                    *(
                        f"arn:aws:ecr:{self._region}:*:repository/{pattern}"
                        for pattern in AWS_SERVING_REPOSITORIES
                    ),
                    f"arn:aws:ecr:{self._region}:{self._hub}:repository/{central}/*",
                ),
                because="AWS keeps the images of SageMaker in an account of its own in each Region, and "
                "the hub keeps a repository for each model that has its own.",
            ),
            Permission(
                actions=("ecr:GetAuthorizationToken",),
                resources=("*",),
                because="This action knows no resources.",
            ),
        )
