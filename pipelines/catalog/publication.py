"""A data set that is published: the tables of the lake in a catalog of Amazon DataZone."""

import aws_cdk as cdk
from aws_cdk import aws_datazone as datazone
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lakeformation as lakeformation
from aws_cdk import aws_ram as ram
from constructs import Construct

from base.contracts.lake import READ_TABLES
from base.grants.reasons import NOTHING_NARROWER
from base.names import PlatformNames
from base.pseudo_parameters import ACCOUNT_ID, PARTITION
from base.roles import Permission, arn, role
from pipelines.catalog.access import granting, reading_tables, sharing
from pipelines.catalog.blueprint import CatalogAccount, trusted_by

_Permissions = lakeformation.CfnPrincipalPermissions

EACH_NIGHT = "cron(0 5 * * ? *)"
"""After the crawler: https://docs.aws.amazon.com/datazone/latest/APIReference/API_ScheduleConfiguration.html."""

# What AWS shares a domain with by default: to call DataZone, without the data portal
# (https://docs.aws.amazon.com/datazone/latest/userguide/invite-account-to-associate.html).
SHARED = "AWSRAMDefaultPermissionAmazonDataZoneDomain"

_PORTAL = (
    "AcceptSubscriptionRequest",
    "CancelSubscription",
    "CreateListingChangeSet",
    "CreateSubscriptionRequest",
    "DeleteSubscriptionRequest",
    "GetAsset",
    "GetDataSource",
    "GetDataSourceRun",
    "GetEnvironment",
    "GetListing",
    "GetProject",
    "GetSubscription",
    "GetSubscriptionRequestDetails",
    "GetUserProfile",
    "ListDataSourceRuns",
    "ListDataSources",
    "ListEnvironments",
    "ListNotifications",
    "ListProjectMemberships",
    "ListProjects",
    "ListSubscriptionGrants",
    "ListSubscriptionRequests",
    "ListSubscriptions",
    "RejectSubscriptionRequest",
    "RevokeSubscription",
    "Search",
    "SearchListings",
    "StartDataSourceRun",
)
"""What people do in the data portal: look, ask, and decide. Nobody makes projects or environments there."""

_DECIDING = (
    "AcceptSubscriptionRequest",
    "CreateListingChangeSet",
    "GetDataSource",
    "GetDataSourceRun",
    "GetListing",
    "GetSubscription",
    "GetSubscriptionRequestDetails",
    "ListDataSources",
    "ListProjects",
    "ListSubscriptionGrants",
    "ListSubscriptionRequests",
    "ListSubscriptions",
    "RejectSubscriptionRequest",
    "RevokeSubscription",
    "SearchListings",
    "StartDataSourceRun",
)


def _actions(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"datazone:{name}" for name in names)


class DataCatalog(Construct):
    """A domain, its owner's part of it, and the tables of the lake in it.

    Attributes:
        domain: The domain.
        account: The publisher's part of it.
        owner: The role of those who decide about subscriptions.
        source: Finds the tables, and publishes them.
    """

    def __init__(self, scope: Construct, construct_id: str, *, names: PlatformNames, approval: str) -> None:
        """Define the catalog.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The platform's names, for the Region of the launch.
            approval: Whether requests wait for the owner: ``YES`` or ``NO``.
        """
        super().__init__(scope, construct_id)
        self.domain = datazone.CfnDomain(
            self,
            "Domain",
            name=names.data_catalog,
            description="Data sets that development accounts may subscribe to",
            domain_execution_role=self._execution(names).role_arn,
            domain_version="V1",
        )
        self.account = CatalogAccount(
            self,
            "Publisher",
            names=names,
            domain=self.domain.attr_id,
            domain_account=ACCOUNT_ID,
            access_role=names.publication_access_role,
            permissions=(*reading_tables(names.lake_database), *granting(), *sharing()),
            project_name=f"{names.prefix}-lake",
            project_description="Publishes the tables of the data lake",
        )
        self.owner = role(
            self,
            "DataOwner",
            name=names.data_owner_role,
            description="Publishes tables of the data lake, and decides who may subscribe to them",
            # Identities of this account whose own policy allows it.
            trusts=iam.AccountRootPrincipal(),
            permissions=[
                Permission(
                    actions=_actions(_DECIDING),
                    resources=("*",),
                    because=f"{NOTHING_NARROWER} The domain asks for a member of the project that publishes.",
                )
            ],
        )
        self.account.add_member("Owner", role_arn=self.owner.role_arn, owner=True)
        self.source = self._source(names, approval)

    def share(self, accounts: list[str]) -> ram.CfnResourceShare:
        """Let accounts of the organisation call the domain.

        Args:
            accounts: Their ids.
        """
        return ram.CfnResourceShare(
            self,
            "Share",
            # As DataZone names it: https://docs.aws.amazon.com/datazone/latest/userguide/use-your-own-role.html
            name=cdk.Fn.join("-", ["DataZone", self.domain.name, self.domain.attr_id]),
            allow_external_principals=False,
            permission_arns=[f"arn:{PARTITION}:ram::aws:permission/{SHARED}"],
            principals=accounts,
            resource_arns=[self.domain.attr_arn],
        )

    def _execution(self, names: PlatformNames) -> iam.Role:
        """https://docs.aws.amazon.com/datazone/latest/userguide/AmazonDataZoneDomainExecutionRole.html."""
        return role(
            self,
            "Execution",
            name=names.data_catalog,
            description="The data portal works under this role, for whoever is signed in",
            trusts=iam.SessionTagsPrincipal(trusted_by(ACCOUNT_ID)),
            permissions=[
                Permission(
                    actions=_actions(_PORTAL),
                    resources=("*",),
                    because=f"{NOTHING_NARROWER} The domain decides by the projects of whoever is signed in.",
                ),
                Permission(
                    actions=("datazone:GetDomain",),
                    resources=(arn("datazone", "domain/*"),),
                    because="The role is there before the domain, which has its id from DataZone.",
                ),
            ],
        )

    def _source(self, names: PlatformNames, approval: str) -> datazone.CfnDataSource:
        source = datazone.CfnDataSource(
            self,
            "Tables",
            domain_identifier=self.domain.attr_id,
            project_identifier=self.account.project.attr_id,
            environment_identifier=self.account.environment.attr_id,
            name=names.lake_database,
            description="Tables of the data lake",
            type="GLUE",
            enable_setting="ENABLED",
            publish_on_import=True,
            schedule=datazone.CfnDataSource.ScheduleConfigurationProperty(
                schedule=EACH_NIGHT, timezone="UTC"
            ),
            asset_forms_input=[
                datazone.CfnDataSource.FormInputProperty(
                    form_name="SubscriptionTermsForm",
                    type_identifier="amazon.datazone.SubscriptionTermsFormType",
                    content=cdk.Fn.join("", ['{"approvalRequired":"', approval, '"}']),
                )
            ],
            configuration=datazone.CfnDataSource.DataSourceConfigurationInputProperty(
                glue_run_configuration=datazone.CfnDataSource.GlueRunConfigurationInputProperty(
                    data_access_role=self.account.access.role_arn,
                    relational_filter_configurations=[
                        datazone.CfnDataSource.RelationalFilterConfigurationProperty(
                            database_name=names.lake_database,
                            filter_expressions=[
                                datazone.CfnDataSource.FilterExpressionProperty(
                                    expression="*", type="INCLUDE"
                                )
                            ],
                        )
                    ],
                )
            ),
        )
        for grant in self._grants(names):
            source.add_resource_dependency(grant)
        return source

    def _grants(self, names: PlatformNames) -> list[lakeformation.CfnPrincipalPermissions]:
        """What DataZone grants on, it holds itself with the right to grant it.

        https://docs.aws.amazon.com/datazone/latest/userguide/configure-lake-formation-permissions-for-datazone.html
        """
        principal = _Permissions.DataLakePrincipalProperty(
            data_lake_principal_identifier=self.account.access.role_arn
        )
        on_database = _Permissions(
            self,
            "DescribeDatabase",
            catalog=ACCOUNT_ID,
            principal=principal,
            resource=_Permissions.ResourceProperty(
                database=_Permissions.DatabaseResourceProperty(
                    catalog_id=ACCOUNT_ID, name=names.lake_database
                )
            ),
            permissions=["DESCRIBE"],
            permissions_with_grant_option=["DESCRIBE"],
        )
        on_tables = _Permissions(
            self,
            "ReadTables",
            catalog=ACCOUNT_ID,
            principal=principal,
            resource=_Permissions.ResourceProperty(
                table=_Permissions.TableResourceProperty(
                    catalog_id=ACCOUNT_ID, database_name=names.lake_database, table_wildcard={}
                )
            ),
            permissions=list(READ_TABLES),
            permissions_with_grant_option=list(READ_TABLES),
        )
        return [on_database, on_tables]
