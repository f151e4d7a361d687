"""Who reads a feature group: the accounts of the development unit, through AWS RAM."""

from aws_cdk import aws_ram as ram
from constructs import Construct

from base.pseudo_parameters import PARTITION
from base.roles import arn
from base.settings import Settings
from pipelines.features.store import FeatureStore

# Managed by AWS: describe, and read from the online store
# (https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-cross-account-access.html).
PERMISSION = "AWSRAMPermissionSageMakerFeatureGroupReadOnly"


class FeatureSharing(Construct):
    """The share of a group; the offline table is shared by the lake's grants."""

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, store: FeatureStore
    ) -> None:
        """Define the share.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            settings: What the adopter decided.
            store: The group.
        """
        super().__init__(scope, construct_id)
        organization = settings.organization
        unit = (
            f"arn:{PARTITION}:organizations::{settings.accounts.management}:ou/{organization.id}/"
            f"{organization.organizational_units.development}"
        )
        share = ram.CfnResourceShare(
            self,
            "Share",
            name=settings.names.feature_share(store.name),
            resource_arns=[arn("sagemaker", f"feature-group/{store.name}")],
            principals=[unit],
            permission_arns=[f"arn:{PARTITION}:ram::aws:permission/{PERMISSION}"],
            allow_external_principals=False,
        )
        share.add_resource_dependency(store.group)
