"""Promotion: what a team approves comes into the central registry."""

from collections.abc import Sequence

import base.embedded_node  # noqa: F401  # isort: skip  (before aws_cdk)
import aws_cdk as cdk
from aws_cdk import aws_events as events
from constructs import Construct

from base.contracts.events import SAGEMAKER, STATE_CHANGE
from base.contracts.objects import MODELS
from base.grants.models import read_cards
from base.grants.objects import READ_BUCKET, USE_KEY
from base.names import PlatformNames
from base.pseudo_parameters import PARTITION, REGION, URL_SUFFIX
from base.roles import Permission, arn, role_arn
from base.settings import ModelCards, Organization, Settings
from registry.alarms import AlarmTopic
from registry.cards import aggregation_permissions
from registry.event_function import EventFunction
from registry.functions.model_registry.group_policy import PLATFORM_TAGS
from registry.serving import readers, serving_units
from registry.storage import RegistryStorage


class PromotionFunction(EventFunction):
    """The function that follows the approvals of all teams' accounts."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        names: PlatformNames,
        organization: Organization,
        serving_roles: Sequence[str],
        model_cards: ModelCards,
        listing: Sequence[Permission],
        storage: RegistryStorage,
        event_bus: events.IEventBus,
        alarms: AlarmTopic,
    ) -> None:
        """Define the function.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The platform's names.
            organization: The organisation whose accounts may use central versions.
            serving_roles: The names of the roles under which models serve there.
            model_cards: Where model cards are written.
            listing: To list the accounts that a group's policy names, where it names accounts.
            storage: The central bucket and key.
            event_bus: The bus on which approvals arrive.
            alarms: Who is told of failures.
        """
        reading = readers(names, organization, serving_roles)
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
                *_keep_images(names, storage),
                *_keep_central_groups(),
                *_know_cards(names, model_cards),
                *listing,
                Permission(
                    # What takes longer than one run goes on in another.
                    actions=("lambda:InvokeFunction",),
                    resources=(arn("lambda", f"function:{names.promotion_function}"),),
                ),
            ],
            environment={
                "IMAGE_REPOSITORIES": names.central_image_repositories,
                "MODEL_CARDS_LAYOUT": model_cards.layout,
                "ORGANIZATION_ID": reading.organization_id,
                "READER_UNITS": ",".join(serving_units(organization)) if listing else "",
                "READER_PATHS": ",".join(reading.organization_paths),
                "READER_ROLES": ",".join(reading.roles),
                "REGISTRY_ACCOUNT": names.shared_services_account,
                "REGISTRY_BUCKET": storage.bucket.bucket_name,
                "REGISTRY_KEY_ARN": storage.key.key_arn,
                "ROLE_ARN": role_arn(names.shared_services_account, names.promotion_role),
            },
            event_bus=event_bus,
            event_pattern=events.EventPattern(
                # The hub's own events cannot come round again: they promote nothing.
                account=events.Match.anything_but(names.shared_services_account),
                source=[SAGEMAKER],
                detail_type=[STATE_CHANGE],
                detail={"ModelApprovalStatus": ["Approved", "Rejected"]},
            ),
            alarms=alarms,
            log_key=storage.key,
            timeout=cdk.Duration.minutes(15),
            # One virtual processor, for the digests of artifacts and of images' layers.
            # https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
            memory_mib=1769,
        )


def account_listing(settings: Settings) -> list[Permission]:
    """To list the accounts that a group's policy names; nothing, where it names the organisation.

    Args:
        settings: What the adopter decided.
    """
    if settings.assumptions.group_policy == "organization":
        return []
    place = f"arn:aws:organizations::{settings.accounts.management}:ou/{settings.organization.id}"
    return [
        Permission(
            actions=(
                "organizations:ListAccountsForParent",
                "organizations:ListOrganizationalUnitsForParent",
            ),
            resources=(f"{place}/*",),
            because="Units may hold further units; only their accounts and ids are shown.",
        )
    ]


def _read_sources(names: PlatformNames) -> list[Permission]:
    """What it reads in the teams' accounts, as far as the policies there allow it."""
    partition, region = PARTITION, names.region
    buckets = f"arn:{partition}:s3:::{names.prefix}-*-{region}"
    return [
        Permission(
            actions=("sagemaker:DescribeModelPackage", "sagemaker:ListTags"),
            resources=(
                f"arn:{partition}:sagemaker:{region}:*:model-package/*",
                f"arn:{partition}:sagemaker:{region}:*:model-package-group/*",
            ),
            because="Accounts of the organisation come and go; each group's own policy decides.",
        ),
        Permission(
            actions=READ_BUCKET,
            resources=(buckets, f"{buckets}/*"),
            because="Each project has a bucket of its own. The function reads a version's artifact only "
            "from a bucket of the version's account, and the bucket's policy decides.",
        ),
        Permission(
            actions=("kms:Decrypt",),
            resources=(f"arn:{partition}:kms:{region}:*:key/*",),
            conditions={
                "StringEquals": {
                    # Of artifacts, and of the model cards inside versions that are registered with a key.
                    "kms:ViaService": [f"{service}.{region}.{URL_SUFFIX}" for service in ("s3", "sagemaker")]
                }
            },
            because="Each project has a key of its own; its policy decides.",
        ),
        Permission(
            actions=("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
            resources=(f"arn:{partition}:ecr:{region}:*:repository/*",),
            because="Teams name their repositories; each repository's own policy decides.",
        ),
    ]


def _write_objects(storage: RegistryStorage) -> list[Permission]:
    bucket, key = storage.bucket, storage.key
    return [
        Permission(
            actions=(
                "s3:AbortMultipartUpload",
                "s3:DeleteObject",
                "s3:GetObject",
                "s3:ListMultipartUploadParts",
                "s3:PutObject",
            ),
            resources=(bucket.arn_for_objects(MODELS),),
            because="It writes the objects of every version, and removes what a failed try has left.",
        ),
        Permission(
            actions=("s3:ListBucket", "s3:ListBucketMultipartUploads"), resources=(bucket.bucket_arn,)
        ),
        Permission(actions=USE_KEY, resources=(key.key_arn,)),
        Permission(
            # To register a version with the central key, as the team's has a key. AWS's own role for it has
            # the same: https://docs.aws.amazon.com/sagemaker/latest/dg/security-iam-awsmanpol-model-registry.html
            actions=("kms:CreateGrant", "kms:DescribeKey"),
            resources=(key.key_arn,),
            conditions={"StringEquals": {"kms:ViaService": f"sagemaker.{REGION}.{URL_SUFFIX}"}},
        ),
    ]


def _keep_images(names: PlatformNames, storage: RegistryStorage) -> list[Permission]:
    return [
        Permission(
            actions=(
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:CompleteLayerUpload",
                "ecr:CreateRepository",
                "ecr:InitiateLayerUpload",
                "ecr:PutImage",
                "ecr:SetRepositoryPolicy",
                "ecr:UploadLayerPart",
            ),
            resources=(arn("ecr", f"repository/{names.central_image_repositories}/*"),),
            because="Each model whose image is copied has a repository of its own.",
        ),
        Permission(
            # ECR encrypts with a grant that whoever creates a repository gives it.
            # https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
            actions=("kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"),
            resources=(storage.key.key_arn,),
            conditions={"StringEquals": {"kms:ViaService": f"ecr.{names.region}.{URL_SUFFIX}"}},
        ),
    ]


def _keep_central_groups() -> list[Permission]:
    groups, versions = arn("sagemaker", "model-package-group/*"), arn("sagemaker", "model-package/*")
    because = "Teams name their groups, and promotion keeps a central one for each."
    return [
        Permission(
            actions=(
                "sagemaker:CreateModelPackageGroup",
                "sagemaker:DescribeModelPackageGroup",
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
            # The tags that a team's group has; never those that say whose a central group is.
            actions=("sagemaker:AddTags",),
            resources=(groups,),
            conditions={"ForAllValues:StringNotEquals": {"aws:TagKeys": sorted(PLATFORM_TAGS)}},
            because=because,
        ),
        Permission(actions=("sagemaker:ListModelPackages",), resources=(groups, versions), because=because),
        Permission(
            actions=("sagemaker:CreateModelPackage",),
            resources=(groups, versions),
            conditions={"StringEquals": {"sagemaker:ModelApprovalStatus": "PendingManualApproval"}},
            because=because,
        ),
        Permission(
            # It never approves: that is for people of the central registry.
            actions=("sagemaker:UpdateModelPackage",),
            resources=(versions,),
            conditions={"StringNotEqualsIfExists": {"sagemaker:ModelApprovalStatus": "Approved"}},
            because=because,
        ),
    ]


def _know_cards(names: PlatformNames, model_cards: ModelCards) -> list[Permission]:
    if model_cards.layout == "hub_and_spoke":
        return [read_cards(), *aggregation_permissions(names)]
    return [read_cards()]
