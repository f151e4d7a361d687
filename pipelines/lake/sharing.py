"""Who reads a data lake: LF-tags, and grants by them."""

from collections.abc import Sequence
from typing import Literal

from aws_cdk import aws_lakeformation as lakeformation
from constructs import Construct

from base.contracts.lake import AUDIENCES, DEVELOPMENT, READ_DATABASE, READ_TABLES, shared_expression
from base.pseudo_parameters import ACCOUNT_ID, PARTITION
from base.settings import Settings
from pipelines.lake.location import LakeLocation

_Resource = lakeformation.CfnPrincipalPermissions.ResourceProperty

_KINDS: Sequence[tuple[Literal["DATABASE", "TABLE"], tuple[str, ...]]] = (
    ("DATABASE", READ_DATABASE),
    ("TABLE", READ_TABLES),
)


class LakeSharing(Construct):
    """The audience tag of a lake, and the grants to the accounts of the development unit.

    The database's tag holds for its tables and columns, until one has a value of its own: `NOBODY` keeps a
    column from all other accounts.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, location: LakeLocation
    ) -> None:
        """Define tag and grants.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            settings: What the adopter decided.
            location: The lake.
        """
        super().__init__(scope, construct_id)
        names, organization = settings.names, settings.organization
        tag = lakeformation.CfnTag(
            self,
            "Audience",
            catalog_id=ACCOUNT_ID,
            tag_key=names.lake_audience_tag,
            tag_values=list(AUDIENCES),
        )
        association = lakeformation.CfnTagAssociation(
            self,
            "DatabaseAudience",
            resource=lakeformation.CfnTagAssociation.ResourceProperty(
                database=lakeformation.CfnTagAssociation.DatabaseResourceProperty(
                    catalog_id=ACCOUNT_ID, name=names.lake_database
                )
            ),
            lf_tags=[
                lakeformation.CfnTagAssociation.LFTagPairProperty(
                    catalog_id=ACCOUNT_ID, tag_key=names.lake_audience_tag, tag_values=[DEVELOPMENT]
                )
            ],
        )
        association.add_resource_dependency(tag)
        association.add_resource_dependency(location.database)
        unit = organization.organizational_units.development
        grants = grants_by_tag(
            self,
            settings=settings,
            owner=ACCOUNT_ID,
            principal=(
                f"arn:{PARTITION}:organizations::{settings.accounts.management}:ou/{organization.id}/{unit}"
            ),
            # Administrators of the receiving accounts grant it on to their projects.
            may_grant=True,
        )
        for grant in grants:
            grant.add_resource_dependency(association)


def grants_by_tag(
    scope: Construct, *, settings: Settings, owner: str, principal: str, may_grant: bool
) -> list[lakeformation.CfnPrincipalPermissions]:
    """Define the grants that let a principal read what is tagged for development accounts.

    Args:
        scope: The construct they belong to.
        settings: What the adopter decided.
        owner: The account of the lake.
        principal: ARN of an organisational unit or of a role.
        may_grant: Whether the principal may grant it on.
    """
    expression = [
        lakeformation.CfnPrincipalPermissions.LFTagProperty(tag_key=key, tag_values=list(values))
        for key, values in shared_expression(settings.names).items()
    ]
    return [
        lakeformation.CfnPrincipalPermissions(
            scope,
            f"Read{kind.capitalize()}",
            catalog=owner,
            principal=lakeformation.CfnPrincipalPermissions.DataLakePrincipalProperty(
                data_lake_principal_identifier=principal
            ),
            resource=_Resource(
                lf_tag_policy=lakeformation.CfnPrincipalPermissions.LFTagPolicyResourceProperty(
                    catalog_id=owner, resource_type=kind, expression=expression
                )
            ),
            permissions=list(permissions),
            permissions_with_grant_option=list(permissions) if may_grant else [],
        )
        for kind, permissions in _KINDS
    ]
