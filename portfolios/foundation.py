"""The bucket from which the organisation reads templates, seeds and function code."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from base.grants.objects import WRITE_OBJECTS
from base.roles import Permission, role
from base.settings import Settings

_DAYS_OF_ACCESS_LOGS = 400


class FoundationStack(cdk.Stack):
    """The asset bucket, and the role under which the CDK command line publishes to it.

    Accounts that launch a product read its seeds and code themselves, so neither can be in the bucket that
    `cdk bootstrap` creates, which only its own account reads.
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        """Define the stack.

        Args:
            scope: The app.
            construct_id: Also the stack's name.
            settings: What the adopter decided.
        """
        super().__init__(
            scope,
            construct_id,
            env=cdk.Environment(account=settings.accounts.shared_services, region=settings.region),
            description="Bucket of templates, seeds and function code that the organisation reads",
        )
        access_logs = s3.Bucket(
            self,
            "AccessLogs",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            lifecycle_rules=[s3.LifecycleRule(expiration=cdk.Duration.days(_DAYS_OF_ACCESS_LOGS))],
        )
        bucket = s3.Bucket(
            self,
            "Assets",
            bucket_name=settings.names.asset_bucket,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            # A customer managed key would have to admit every account of the organisation as well.
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            server_access_logs_bucket=access_logs,
            versioned=True,
        )
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="OrganisationReads",
                principals=[iam.AnyPrincipal()],
                actions=["s3:GetObject", "s3:GetObjectVersion"],
                resources=[bucket.arn_for_objects("*")],
                conditions={"StringEquals": {"aws:PrincipalOrgID": settings.organization.id}},
            )
        )
        role(
            self,
            "AssetPublishing",
            name=settings.names.asset_publishing_role,
            description="Publishes templates, seeds and function code; assumed by the CDK command line",
            trusts=iam.AccountPrincipal(settings.accounts.shared_services),
            permissions=_publishing(bucket),
        )


def asset_synthesizer(settings: Settings) -> cdk.DefaultStackSynthesizer:
    """Publishes a stack's file assets to the asset bucket, where their names hold no tokens.

    Args:
        settings: What the adopter decided.
    """
    names = settings.names
    return cdk.DefaultStackSynthesizer(
        file_assets_bucket_name=names.asset_bucket,
        file_asset_publishing_role_arn=(
            f"arn:aws:iam::{settings.accounts.shared_services}:role/{names.asset_publishing_role}"
        ),
    )


def _publishing(bucket: s3.Bucket) -> list[Permission]:
    """What `cdk deploy` calls to find out what is published already, and to publish the rest."""
    return [
        Permission(
            actions=("s3:GetBucketLocation", "s3:GetEncryptionConfiguration", "s3:ListBucket"),
            resources=(bucket.bucket_arn,),
        ),
        Permission(
            actions=WRITE_OBJECTS,
            resources=(bucket.arn_for_objects("*"),),
            because="Keys of assets are digests of what is yet to be published.",
        ),
    ]
