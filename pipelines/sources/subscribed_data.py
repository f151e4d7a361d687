"""A published data set, to which the project subscribes, read through Athena."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_datazone as datazone
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lakeformation as lakeformation

from base.pseudo_parameters import ACCOUNT_ID
from base.roles import arn, role_arn
from pipelines.context import ProjectContext
from pipelines.lake.queries import ask_for_scan_limit, define_work_group, project_database, reading
from pipelines.sources.s3_data import DATA_GROUP, ask_for_target_column
from pipelines.sources.source import Data

# https://docs.aws.amazon.com/datazone/latest/APIReference/API_GetListing.html
LISTING_PATTERN = "^[a-zA-Z0-9_-]{1,36}$"

_Permissions = lakeformation.CfnPrincipalPermissions


@dataclass(frozen=True)
class SubscribedData:
    """What a query returns from the table of a published data set, with a column to predict.

    The account subscribes, and DataZone grants: it links the table into the project's database, and lets the
    training role read it, once the owner of the data has approved. Whoever revokes the subscription ends
    both.

    Attributes:
        layers: The code that reads it.
    """

    layers: tuple[str, ...] = ("build/athena", "build/lake_data", "build/subscribed_data")

    def ask(self, project: ProjectContext) -> Data:
        """Declare the parameters for the listing, the limit and the column to predict.

        Args:
            project: The project, whose form asks for them.
        """
        settings, form, platform = project.settings, project.form, project.platform
        owner = settings.accounts.data or ""
        listing_id = form.ask(
            "ListingId",
            group=DATA_GROUP,
            label="Id of the data set's listing",
            description="The data catalog shows it in the address of the data set.",
            pattern=LISTING_PATTERN,
            expected="the id of a listing: letters, digits, underscores and hyphens",
            maximum=36,
        )
        limit = ask_for_scan_limit(form)
        database_name = project_database(project.names)
        database = glue.CfnDatabase(
            project.stack,
            "Subscribed",
            catalog_id=ACCOUNT_ID,
            database_name=database_name,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=database_name,
                description=f"What the project {project.names.project_name} has subscribed to",
                # Of IAM alone, which would bypass Lake Formation.
                create_table_default_permissions=[],
            ),
        )
        work_group = define_work_group(project, limit)
        listing = _ask_function(
            project, "Listing", resource_type="Custom::Listing", properties={"ListingId": listing_id}
        )
        access_role = role_arn(ACCOUNT_ID, platform.subscription_access_role)

        def grant_to(role: iam.Role) -> None:
            grants = [
                _on_database(
                    project, database_name, "LinkSubscribed", access_role, ["CREATE_TABLE", "DESCRIBE"]
                ),
                _on_database(project, database_name, "DescribeSubscribed", role.role_arn, ["DESCRIBE"]),
            ]
            target = datazone.CfnSubscriptionTarget(
                project.stack,
                "SubscriptionTarget",
                domain_identifier=listing.get_att_string("DomainId"),
                environment_identifier=listing.get_att_string("EnvironmentId"),
                name=project.names.title,
                type="GlueSubscriptionTargetType",
                applicable_asset_types=["GlueTableAssetType"],
                authorized_principals=[role.role_arn],
                manage_access_role=access_role,
                provider="Amazon DataZone",
                subscription_target_config=[
                    datazone.CfnSubscriptionTarget.SubscriptionTargetFormProperty(
                        form_name="GlueSubscriptionTargetConfigForm",
                        content=cdk.Fn.join("", ['{"databaseName":"', database_name, '"}']),
                    )
                ],
            )
            for grant in grants:
                grant.add_resource_dependency(database)
                target.add_resource_dependency(grant)
            _ask_function(
                project,
                "Subscription",
                resource_type="Custom::Subscription",
                properties={
                    "ListingId": listing_id,
                    "TargetId": target.attr_id,
                    "Reason": f"The project {project.names.project_name} trains a model on it.",
                },
            )

        table = listing.get_att_string("Table")
        return Data(
            address=f"athena://{owner}/{platform.lake_database}/{table}",
            permissions=reading(project, owner=owner, work_group=work_group),
            environment={
                "TARGET_COLUMN": ask_for_target_column(form),
                "INPUT_DATA_LISTING": listing_id,
                "INPUT_DATA_LISTING_REVISION": listing.get_att_string("Revision"),
            },
            grant_to=grant_to,
        )


def _ask_function(
    project: ProjectContext, construct_id: str, *, resource_type: str, properties: dict[str, str]
) -> cdk.CustomResource:
    """What the function of the product *Data subscriptions* does for the project."""
    return cdk.CustomResource(
        project.stack,
        construct_id,
        resource_type=resource_type,
        service_token=arn("lambda", f"function:{project.platform.data_subscriptions}"),
        # A function that dies does not answer; without a limit the stack would wait for an hour.
        service_timeout=cdk.Duration.minutes(5),
        properties=properties,
    )


def _on_database(
    project: ProjectContext, database: str, construct_id: str, principal: str, permissions: list[str]
) -> lakeformation.CfnPrincipalPermissions:
    return _Permissions(
        project.stack,
        construct_id,
        catalog=ACCOUNT_ID,
        principal=_Permissions.DataLakePrincipalProperty(data_lake_principal_identifier=principal),
        resource=_Permissions.ResourceProperty(
            database=_Permissions.DatabaseResourceProperty(catalog_id=ACCOUNT_ID, name=database)
        ),
        permissions=permissions,
        permissions_with_grant_option=[],
    )
