"""What every project has that queries a lake by Amazon Athena: its database, its workgroup, its permissions.

All of it belongs to the one project, and goes with it.
"""

import aws_cdk as cdk
from aws_cdk import aws_athena as athena

from base.grants.reasons import NOTHING_NARROWER
from base.grants.tables import QUERY_TABLES
from base.names import ProjectNames
from base.pseudo_parameters import ACCOUNT_ID, PARTITION, REGION
from base.roles import Permission, arn
from pipelines.context import ProjectContext
from pipelines.form import Form
from pipelines.sources.s3_data import DATA_GROUP

SCAN_LIMITS = ("1", "10", "100", "1000")
# https://aws.amazon.com/athena/pricing/ counts in powers of ten.
GIGABYTE = "000000000"

# The databases of all projects in the account.
LINKS = "project_*"


def project_database(names: ProjectNames) -> str:
    """Name of the database in which a project finds its tables.

    Glue and Athena want underscores; the repository derives the same name from the project's id.

    Args:
        names: The project's names.
    """
    return f"project_{cdk.Fn.join('_', cdk.Fn.split('-', names.project_id))}"


def ask_for_scan_limit(form: Form) -> str:
    """Declare the parameter that limits what a query may read.

    Args:
        form: The product's form.

    Returns:
        The limit in gigabytes.
    """
    return form.choose(
        "ScanLimit",
        group=DATA_GROUP,
        label="Gigabytes that a query may read",
        description="A query that reads more is stopped.",
        default=SCAN_LIMITS[1],
        choices=SCAN_LIMITS,
    )


def define_work_group(project: ProjectContext, gigabytes: str) -> str:
    """Define the workgroup of a project, which no query can overrule.

    Args:
        project: The project.
        gigabytes: How many a query may read.

    Returns:
        Its name.
    """
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


def reading(project: ProjectContext, *, owner: str, work_group: str) -> tuple[Permission, ...]:
    """What queries take besides the permissions of Lake Formation.

    https://docs.aws.amazon.com/athena/latest/ug/lf-athena-user-permissions.html

    Args:
        project: The project.
        owner: The account of the lake.
        work_group: The project's workgroup.
    """
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
            actions=(*QUERY_TABLES, "glue:GetTables"),
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
