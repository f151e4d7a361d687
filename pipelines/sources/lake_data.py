"""A table of the data lake, read through Athena."""

from dataclasses import dataclass

from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lakeformation as lakeformation

from base.pseudo_parameters import ACCOUNT_ID
from pipelines.context import ProjectContext
from pipelines.lake.queries import ask_for_scan_limit, define_work_group, project_database, reading
from pipelines.lake.sharing import grants_by_tag
from pipelines.sources.s3_data import DATA_GROUP, ask_for_target_column
from pipelines.sources.source import Data

# Of a table that a crawler makes: https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
TABLE_PATTERN = "^[a-z0-9_]{1,128}$"

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
        limit = ask_for_scan_limit(form)
        link = link_to(project, "LakeLink", owner=owner, database=database)
        work_group = define_work_group(project, limit)

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
            permissions=reading(project, owner=owner, work_group=work_group),
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
    name = project_database(project.names) + suffix
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
