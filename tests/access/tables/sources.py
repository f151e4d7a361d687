"""Where a project's data comes from, and what its training role may do there."""

from dataclasses import dataclass, replace

from tests.access.rows import May, MayNot

_S3_README = "products/build/from_s3/README.md"
_LAKE_README = "products/build/from_lake/README.md"
_FEATURES_README = "products/build/from_feature_group/README.md"
_OFFLINE = "s3::mlplatform-lake-{data}-{region}/features/customers/1.parquet"
_HOUSES = "s3::mlplatform-lake-{data}-{region}/tables/houses/1.parquet"


@dataclass(frozen=True, kw_only=True)
class Source:
    """A source of data.

    Attributes:
        rows: What the training role may do there.
        buckets: Further buckets that it lists.
        objects: Some of the data, which it leaves as it is.
        refused: What it may not do there besides.
    """

    rows: tuple[May, ...]
    buckets: tuple[str, ...]
    objects: tuple[str, ...]
    refused: tuple[MayNot, ...] = ()


def s3_data(name: str) -> Source:
    """A folder of the bucket ``team-data``.

    Args:
        name: The project's name, and the folder's.
    """
    return Source(
        rows=(
            May(
                actions="s3: GetObject",
                # SageMaker reads every key that begins alike, and Preprocess what the address names.
                on=(f"s3::team-data/{name}/1.csv", f"s3::team-data/{name}.bak"),
                not_on=("s3::team-data/other/1.csv", "s3::payroll/1.csv"),
                promise=(
                    _S3_README,
                    "The training role reads the input data and nothing else outside the project's bucket",
                ),
            ),
            May(
                actions="kms: Decrypt",
                on=("kms:studio",),
                only_if={"kms:ResourceAliases": ["alias/mlplatform-domain"]},
                not_on=("arn:aws:kms:{region}:999999999999:key/1",),
                promise=(
                    _S3_README,
                    "The team data bucket of the Studio domain works without further ado.",
                ),
            ),
        ),
        buckets=("s3::team-data",),
        objects=(f"s3::team-data/{name}/1.csv",),
    )


def lake_data(name: str, project: str) -> Source:
    """A query of the data lake. The role has no way to the lake's bucket: Lake Formation lends it.

    Args:
        name: The project's name.
        project: Its id.
    """
    link = f"project_{project.replace('-', '_')}"
    return Source(
        rows=(
            May(
                actions="athena: GetQueryExecution StartQueryExecution StopQueryExecution",
                on=(f"athena:dev:workgroup/{name}-{project}",),
                not_on=("athena:dev:workgroup/primary", f"athena:data:workgroup/{name}-{project}"),
                promise=(_LAKE_README, "key, place of results and limit, which no query can overrule"),
            ),
            May(
                actions="glue: GetDatabase GetPartitions GetTable GetTables",
                on=("glue:dev:catalog", f"glue:dev:database/{link}", f"glue:dev:table/{link}/houses"),
                not_on=("glue:dev:database/payroll", "glue:dev:table/payroll/salaries", "glue:hub:catalog"),
                promise=(_LAKE_README, "link to the lake's database"),
            ),
            May(
                actions="glue: GetDatabase GetPartitions GetTable GetTables",
                on=(
                    "glue:data:catalog",
                    "glue:data:database/mlplatform_lake",
                    "glue:data:table/mlplatform_lake/houses",
                ),
                not_on=("glue:data:database/payroll", "glue:data:table/payroll/salaries"),
                promise=(_LAKE_README, "join other tables of the lake"),
            ),
            May(
                actions="lakeformation: GetDataAccess",
                on=("*",),
                promise=(_LAKE_README, "Rows, columns and cells that Lake Formation hides from the training"),
            ),
            May(
                actions="s3: ListMultipartUploadParts",
                on=(f"s3::mlplatform-{project}-{{dev}}-{{region}}/runs/queries/1.parquet",),
                not_on=(
                    f"s3::mlplatform-{project}-{{dev}}-{{region}}/models/1/model.tar.gz",
                    _HOUSES,
                ),
                promise=(_LAKE_README, "unloads the rows as Parquet below `runs/` in the project's bucket"),
            ),
        ),
        buckets=(),
        objects=(_HOUSES,),
        refused=(
            MayNot(
                actions="s3: GetObject ListBucket",
                on=(_HOUSES, "s3::mlplatform-lake-{data}-{region}"),
                why="Who reads the lake past Lake Formation sees rows and columns that it hides.",
            ),
            MayNot(
                actions="glue: CreateTable UpdateTable DeleteTable UpdateDatabase DeleteDatabase",
                on=(
                    f"glue:dev:database/{link}",
                    "glue:data:database/mlplatform_lake",
                    "glue:data:table/mlplatform_lake/houses",
                ),
                why="A training describes no tables, and leads no link elsewhere.",
            ),
            MayNot(
                actions="athena: UpdateWorkGroup CreateWorkGroup DeleteWorkGroup",
                on=(f"athena:dev:workgroup/{name}-{project}",),
                why="Nobody raises the limit from within a query.",
            ),
            MayNot(
                actions="lakeformation: GrantPermissions PutDataLakeSettings",
                on=("*",),
                why="A training grants itself nothing.",
            ),
        ),
    )


def feature_group_data(name: str, project: str) -> Source:
    """Labels of the data lake, joined with the feature groups ``customers``, ``orders`` and ``shops``.

    Args:
        name: The project's name.
        project: Its id.
    """
    labels = lake_data(name, project)
    names = ("customers", "orders", "shops")
    groups = tuple(f"sagemaker:data:feature-group/{each}" for each in names)
    return replace(
        labels,
        rows=(
            *labels.rows,
            May(
                actions="glue: GetDatabase GetPartitions GetTable",
                on=(
                    *(f"glue:data:database/mlplatform_features_{each}" for each in names),
                    *(f"glue:data:table/mlplatform_features_{each}/{each}" for each in names),
                ),
                not_on=(
                    "glue:data:database/mlplatform_features_payroll",
                    "glue:data:table/mlplatform_features_payroll/payroll",
                ),
                promise=(_FEATURES_README, "links to the databases of the groups"),
            ),
            May(
                actions="sagemaker: DescribeFeatureGroup",
                on=groups,
                not_on=("sagemaker:data:feature-group/payroll", "sagemaker:dev:feature-group/customers"),
                promise=(_FEATURES_README, "the same role, on the groups of the form"),
            ),
        ),
        objects=(*labels.objects, _OFFLINE),
        refused=(
            *labels.refused,
            MayNot(
                actions="s3: GetObject ListBucket",
                on=(_OFFLINE,),
                why="Who reads an offline store past Lake Formation sees features that it hides.",
            ),
            MayNot(
                actions="sagemaker: PutRecord DeleteRecord UpdateFeatureGroup DeleteFeatureGroup",
                on=groups,
                why="A training changes no records, and no group.",
            ),
        ),
    )
