"""What DataZone may do in an account, under the role that the account gives it.

AWS's own policy for such roles is the measure:
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonDataZoneGlueManageAccessRolePolicy.html.
"""

from collections.abc import Sequence

from base.grants.reasons import NOTHING_NARROWER
from base.pseudo_parameters import PARTITION, REGION
from base.roles import Permission, arn

_GRANTS = (
    "lakeformation:BatchGrantPermissions",
    "lakeformation:BatchRevokePermissions",
    "lakeformation:GrantPermissions",
    "lakeformation:ListPermissions",
    "lakeformation:RevokePermissions",
)


def reading_tables(database: str) -> tuple[Permission, ...]:
    """What finding the tables of a database takes.

    Args:
        database: The database, of the account itself.
    """
    return (
        Permission(
            actions=("glue:GetDatabase", "glue:GetDatabases", "glue:GetTable", "glue:GetTables"),
            resources=(
                arn("glue", "catalog"),
                arn("glue", f"database/{database}"),
                arn("glue", f"table/{database}/*"),
            ),
            because="Producers name the tables, and Lake Formation decides which of them the role sees.",
        ),
    )


def linking_tables(databases: str, *, owner: str, database: str) -> tuple[Permission, ...]:
    """What links to tables of another account take.

    Args:
        databases: A pattern of the databases for the links.
        owner: The account of the tables.
        database: Their database.
    """
    theirs = f"arn:{PARTITION}:glue:{REGION}:{owner}"
    return (
        Permission(
            actions=("glue:CreateTable", "glue:DeleteTable", "glue:GetDatabase", "glue:GetTable"),
            resources=(
                arn("glue", "catalog"),
                arn("glue", f"database/{databases}"),
                arn("glue", f"table/{databases}/*"),
            ),
            because="Each project has a database of its own, and a link is called as its table.",
        ),
        Permission(
            actions=("glue:GetDatabase", "glue:GetTable"),
            resources=(f"{theirs}:catalog", f"{theirs}:database/{database}", f"{theirs}:table/{database}/*"),
            because="Which tables are subscribed to, is decided later.",
        ),
    )


def granting() -> tuple[Permission, ...]:
    """What it takes to grant permissions of Lake Formation, which decides on what."""
    return (Permission(actions=_GRANTS, resources=("*",), because=NOTHING_NARROWER),)


def sharing() -> tuple[Permission, ...]:
    """What Lake Formation does besides in the name of who grants something to another account.

    https://docs.aws.amazon.com/lake-formation/latest/dg/cross-account-prereqs.html
    """
    named = {"StringLike": {"ram:ResourceShareName": "LakeFormation*"}}
    catalog: Sequence[str] = ("glue:Catalog", "glue:Database", "glue:Table")
    return (
        Permission(
            actions=("glue:DeleteResourcePolicy", "glue:PutResourcePolicy"),
            resources=(arn("glue", "catalog"),),
        ),
        Permission(
            actions=("ram:CreateResourceShare",),
            resources=("*",),
            conditions={"StringLikeIfExists": {"ram:RequestedResourceType": list(catalog)}},
            because="A share has no ARN before it is made; the condition names what it may hold.",
        ),
        Permission(
            actions=(
                "ram:AssociateResourceShare",
                "ram:DeleteResourceShare",
                "ram:DisassociateResourceShare",
                "ram:UpdateResourceShare",
            ),
            resources=(arn("ram", "resource-share/*"),),
            conditions=named,
            because="RAM chooses the ids of shares; the condition keeps to those that Lake Formation makes.",
        ),
        Permission(
            actions=("ram:AssociateResourceSharePermission",),
            resources=(arn("ram", "resource-share/*"),),
            conditions={
                "ArnLike": {"ram:PermissionArn": f"arn:{PARTITION}:ram::aws:permission/AWSRAMLFEnabled*"}
            },
            because="As before; the condition names the permissions that Lake Formation gives.",
        ),
        Permission(
            actions=("organizations:DescribeOrganization", "ram:GetResourceShares", "ram:ListResources"),
            resources=("*",),
            because=NOTHING_NARROWER,
        ),
    )
