"""Promotion: what a team approves comes into the central registry."""

import embedded_node  # noqa: F401  # isort: skip  (before aws_cdk)
import aws_cdk as cdk
from aws_cdk import aws_events as events
from constructs import Construct

from names import PlatformNames
from registry.alarms import AlarmTopic
from registry.event_function import EventFunction
from registry.functions.model_registry.events import STATE_CHANGE
from registry.objects import MODELS
from registry.storage import RegistryStorage
from roles import Permission


class PromotionFunction(EventFunction):
    """The function that follows the approvals of all teams' accounts."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        names: PlatformNames,
        organization_id: str,
        storage: RegistryStorage,
        event_bus: events.IEventBus,
        alarms: AlarmTopic,
    ) -> None:
        """Define the function.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The platform's names.
            organization_id: The organisation whose accounts may use central versions.
            storage: The central bucket and key.
            event_bus: The bus on which approvals arrive.
            alarms: Who is told of failures.
        """
        super().__init__(
            scope,
            construct_id,
            name=names.promotion_function,
            dead_letters_name=names.promotion_dead_letters,
            description="Promotes approved model versions to the central registry.",
            handler="model_registry.promotion.handler.handle",
            role_name=names.promotion_role,
            permissions=[
                *_read_sources(names),
                *_write_objects(storage),
                *_keep_central_groups(cdk.Stack.of(scope)),
            ],
            environment={
                "ORGANIZATION_ID": organization_id,
                "READER_ROLES": f"{names.deployment_cloudformation_role},{names.endpoint_role}",
                "REGISTRY_ACCOUNT": names.shared_services_account,
                "REGISTRY_BUCKET": storage.bucket.bucket_name,
                "REGISTRY_KEY_ARN": storage.key.key_arn,
            },
            event_bus=event_bus,
            event_pattern=events.EventPattern(
                # The hub's own events cannot come round again: they promote nothing.
                account=events.Match.anything_but(names.shared_services_account),
                source=["aws.sagemaker"],
                detail_type=[STATE_CHANGE],
                detail={"ModelApprovalStatus": ["Approved", "Rejected"]},
            ),
            alarms=alarms,
            timeout=cdk.Duration.minutes(15),
            memory_mib=1024,
        )


def _read_sources(names: PlatformNames) -> list[Permission]:
    """What it reads in the teams' accounts, as far as the policies there allow it."""
    partition, region = cdk.Aws.PARTITION, names.region
    buckets = f"arn:{partition}:s3:::{names.prefix}-*-{region}"
    return [
        Permission(
            actions=("sagemaker:DescribeModelPackage",),
            resources=(f"arn:{partition}:sagemaker:{region}:*:model-package/*",),
            because="Accounts of the organisation come and go; each group's own policy decides.",
        ),
        Permission(
            actions=("s3:GetObject", "s3:ListBucket"),
            resources=(buckets, f"{buckets}/*"),
            because="Each project has a bucket of its own. The function reads a version's artifact only "
            "from a bucket of the version's account, and the bucket's policy decides.",
        ),
        Permission(
            actions=("kms:Decrypt",),
            resources=(f"arn:{partition}:kms:{region}:*:key/*",),
            conditions={"StringEquals": {"kms:ViaService": f"s3.{region}.{cdk.Aws.URL_SUFFIX}"}},
            because="Each project has a key of its own; its policy decides.",
        ),
    ]


def _write_objects(storage: RegistryStorage) -> list[Permission]:
    bucket, key = storage.bucket, storage.key
    return [
        Permission(
            actions=(
                "s3:AbortMultipartUpload",
                "s3:GetObject",
                "s3:ListMultipartUploadParts",
                "s3:PutObject",
            ),
            resources=(bucket.arn_for_objects(MODELS),),
            because="It writes the objects of every version.",
        ),
        Permission(
            actions=("s3:ListBucket", "s3:ListBucketMultipartUploads"), resources=(bucket.bucket_arn,)
        ),
        Permission(actions=("kms:Decrypt", "kms:GenerateDataKey"), resources=(key.key_arn,)),
    ]


def _keep_central_groups(stack: cdk.Stack) -> list[Permission]:
    groups = stack.format_arn(service="sagemaker", resource="model-package-group", resource_name="*")
    versions = stack.format_arn(service="sagemaker", resource="model-package", resource_name="*")
    because = "Teams name their groups, and promotion keeps a central one for each."
    return [
        Permission(
            actions=(
                "sagemaker:CreateModelPackageGroup",
                "sagemaker:DescribeModelPackageGroup",
                "sagemaker:ListTags",
                "sagemaker:PutModelPackageGroupPolicy",
            ),
            resources=(groups,),
            because=because,
        ),
        Permission(
            actions=("sagemaker:AddTags",),
            resources=(groups,),
            conditions={"StringEquals": {"sagemaker:TaggingAction": "CreateModelPackageGroup"}},
            because=because,
        ),
        Permission(
            actions=("sagemaker:CreateModelPackage", "sagemaker:ListModelPackages"),
            resources=(groups, versions),
            because=because,
        ),
        Permission(actions=("sagemaker:UpdateModelPackage",), resources=(versions,), because=because),
    ]
