"""A table of the data lake, read through Athena."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_athena as athena
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lakeformation as lakeformation

from base.grants.reasons import NOTHING_NARROWER
from base.pseudo_parameters import ACCOUNT_ID, PARTITION, REGION
from base.roles import Permission, arn
from pipelines.context import ProjectContext
from pipelines.lake.sharing import grants_by_tag
from pipelines.sources.s3_data import DATA_GROUP, ask_for_target_column
from pipelines.sources.source import Data

# Of a table that a crawler makes: https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
TABLE_PATTERN = "^[a-z0-9_]{1,128}$"
SCAN_LIMITS = ("1", "10", "100", "1000")
# https://aws.amazon.com/athena/pricing/ counts in powers of ten.
GIGABYTE = "000000000"

# The links of all projects in the account.
LINKS = "project_*"

_Permissions = lakeformation.CfnPrincipalPermissions


@dataclass(frozen=True)
class LakeData:
    """What a query returns from the data lake, with a column to predict.

    What reads the lake belongs to the project, and to no one else in the account: the link to the lake's
    database, the workgroup with its key, place and limit, and the grants to the one training role. Nothing
    has to agree with another product, and everything goes with the project.

    Attributes:
        layers: The code that reads it.
        query: The file of the repository with the query.
    """

    layers: tuple[str, ...] = ("build/athena", "build/lake_data")
    query: str = "src/query.sql"

    def ask(self, project: ProjectContext) -> Data:
        """Declare the parameters for the table, the limit and the column to predict.

        Args:
            project: The project, whose form asks for them.
        """
        settings, form = project.settings, project.form
        owner, database = settings.accounts.data or "", project.platform.lake_database
        table = form.ask(
            "LakeTable",
            group=DATA_GROUP,
            label="Table",
            description=f"A table of the database {database}; {self.query} may join others to it.",
            pattern=TABLE_PATTERN,
            expected="the name of a table: lower-case letters, digits and underscores",
            maximum=128,
        )
        limit = form.ask(
            "ScanLimit",
            group=DATA_GROUP,
            label="Gigabytes that a query may read",
            description="A query that reads more is stopped.",
            pattern=f"^({'|'.join(SCAN_LIMITS)})$",
            expected=f"one of {', '.join(SCAN_LIMITS)}",
            maximum=len(SCAN_LIMITS[-1]),
            default=SCAN_LIMITS[1],
            choices=SCAN_LIMITS,
        )
        link = link_to(project, "LakeLink", owner=owner, database=database)
        work_group = _work_group(project, limit)

        def grant_to(role: iam.Role) -> None:
            describe = _Permissions(
                project.stack,
                "DescribeLakeLink",
                catalog=ACCOUNT_ID,
                principal=_Permissions.DataLakePrincipalProperty(
                    data_lake_principal_identifier=role.role_arn
                ),
                resource=_Permissions.ResourceProperty(
                    database=_Permissions.DatabaseResourceProperty(
                        catalog_id=ACCOUNT_ID, name=str(link.database_name)
                    )
                ),
                permissions=["DESCRIBE"],
                permissions_with_grant_option=[],
            )
            describe.add_resource_dependency(link)
            # A grant on the link says nothing of its target.
            grants_by_tag(
                project.stack, settings=settings, owner=owner, principal=role.role_arn, may_grant=False
            )

        return Data(
            address=f"athena://{owner}/{database}/{table}",
            permissions=_reading(project, owner=owner, work_group=work_group),
            environment={"TARGET_COLUMN": ask_for_target_column(form)},
            grant_to=grant_to,
        )


def link_to(
    project: ProjectContext, construct_id: str, *, owner: str, database: str, suffix: str = ""
) -> glue.CfnDatabase:
    """Define a project's link to a database of the data account.

    Args:
        project: The project.
        construct_id: The link's id in the project's stack.
        owner: The data account.
        database: The database.
        suffix: What the link's name ends with, if the project has several.
    """
    # Glue and Athena want underscores; the repository derives the same name from the project's id.
    name = f"project_{cdk.Fn.join('_', cdk.Fn.split('-', project.names.project_id))}{suffix}"
    return glue.CfnDatabase(
        project.stack,
        construct_id,
        catalog_id=ACCOUNT_ID,
        database_name=name,
        database_input=glue.CfnDatabase.DatabaseInputProperty(
            name=name,
            target_database=glue.CfnDatabase.DatabaseIdentifierProperty(
                catalog_id=owner, database_name=database
            ),
        ),
    )


def _work_group(project: ProjectContext, gigabytes: str) -> str:
    """Define the workgroup, which no query can overrule; its name."""
    storage, name = project.storage, project.names.title
    work_group = athena.CfnWorkGroup(
        project.stack,
        "WorkGroup",
        name=name,
        description=f"Queries of the project {project.names.project_name}",
        recursive_delete_option=True,
        state="ENABLED",
        work_group_configuration=athena.CfnWorkGroup.WorkGroupConfigurationProperty(
            enforce_work_group_configuration=True,
            publish_cloud_watch_metrics_enabled=True,
            result_configuration=athena.CfnWorkGroup.ResultConfigurationProperty(
                encryption_configuration=athena.CfnWorkGroup.EncryptionConfigurationProperty(
                    encryption_option="SSE_KMS", kms_key=storage.key.key_arn
                ),
                expected_bucket_owner=ACCOUNT_ID,
                output_location=f"s3://{storage.bucket.bucket_name}/runs/queries/",
            ),
        ),
    )
    work_group.add_property_override(
        "WorkGroupConfiguration.BytesScannedCutoffPerQuery", cdk.Fn.join("", [gigabytes, GIGABYTE])
    )
    return name


def _reading(project: ProjectContext, *, owner: str, work_group: str) -> tuple[Permission, ...]:
    """https://docs.aws.amazon.com/athena/latest/ug/lf-athena-user-permissions.html."""
    database, region = project.platform.lake_database, REGION
    theirs = f"arn:{PARTITION}:glue:{region}:{owner}"
    return (
        Permission(
            actions=(
                "athena:GetQueryExecution",
                "athena:StartQueryExecution",
                "athena:StopQueryExecution",
            ),
            resources=(arn("athena", f"workgroup/{work_group}"),),
        ),
        Permission(
            actions=("glue:GetDatabase", "glue:GetPartitions", "glue:GetTable", "glue:GetTables"),
            resources=(
                *(arn("glue", each) for each in ("catalog", f"database/{LINKS}", f"table/{LINKS}/*")),
                *(f"{theirs}:{each}" for each in ("catalog", f"database/{database}", f"table/{database}/*")),
            ),
            because="A query may join any tables, and a link bears the rewritten id of its project; "
            "Lake Formation decides which links and tables the role sees.",
        ),
        Permission(actions=("lakeformation:GetDataAccess",), resources=("*",), because=NOTHING_NARROWER),
        Permission(
            actions=("s3:ListMultipartUploadParts",),
            resources=(project.storage.bucket.arn_for_objects("runs/*"),),
            because="Athena names the files that it unloads.",
        ),
    )
