"""The roles of a feature group: who writes its offline store, and who fills it from the lake."""

from tests.access.rows import May, MayNot, Table

_README = "products/admin/feature_group/README.md"
_BUCKET = "s3::mlplatform-lake-{data}-{region}"
_FILE = f"{_BUCKET}/features/customers/{{data}}/sagemaker/{{region}}/offline-store/customers-1/data/1.parquet"
_OTHER_FILE = f"{_BUCKET}/features/orders/1.parquet"
_HOUSES = f"{_BUCKET}/tables/houses/1.parquet"
_GROUP = "sagemaker:data:feature-group/customers"
_OTHER_GROUP = "sagemaker:data:feature-group/orders"
_OFFLINE = (
    "glue:data:catalog",
    "glue:data:database/mlplatform_features_customers",
    "glue:data:table/mlplatform_features_customers/customers",
)
_OTHER_OFFLINE = (
    "glue:data:database/mlplatform_features_orders",
    "glue:data:table/mlplatform_features_orders/orders",
)
_LENT = MayNot(
    actions="lakeformation: GrantPermissions PutDataLakeSettings AddLFTagsToResource",
    on=("*",),
    why="Who reads a feature group is for the administrators of the data lake to say.",
)

_WRITES = (_README, "write the files of the group's offline store, and change its table")
_FILLS = (_README, "query the one table of the lake and the offline table, put and delete records of the")

OFFLINE = Table(
    role="offline-customers",
    account="data",
    variant="data",
    may=(
        May(actions="s3: GetBucketAcl", on=(_BUCKET,), not_on=("s3::payroll",), promise=_WRITES),
        May(
            actions="s3: GetObject PutObject PutObjectAcl",
            on=(_FILE,),
            not_on=(_OTHER_FILE, _HOUSES, "s3::payroll/features/customers/1.parquet"),
            promise=_WRITES,
        ),
        May(
            actions="kms: Decrypt GenerateDataKey",
            on=("kms:lake",),
            not_on=("arn:aws:kms:{region}:{data}:key/1",),
            why="The offline store lies in the lake's bucket, under its key.",
        ),
        May(actions="glue: GetTable UpdateTable", on=_OFFLINE, not_on=_OTHER_OFFLINE, promise=_WRITES),
    ),
    may_not=(
        MayNot(
            actions="s3: DeleteObject ListBucket",
            on=(_FILE, _BUCKET),
            why="SageMaker appends to an offline store.",
        ),
        MayNot(
            actions="sagemaker: PutRecord DeleteRecord DeleteFeatureGroup",
            on=(_GROUP,),
            why="Who writes what was put puts nothing.",
        ),
        MayNot(
            actions="glue: CreateTable DeleteTable DeleteDatabase",
            on=_OFFLINE,
            why="The table comes and goes with the group.",
        ),
        _LENT,
    ),
)

INGESTION = Table(
    role="ingest-customers",
    account="data",
    variant="data",
    may=(
        May(
            actions="athena: GetQueryExecution StartQueryExecution",
            on=("athena:data:workgroup/mlplatform-ingest-customers",),
            not_on=("athena:data:workgroup/primary", "athena:data:workgroup/mlplatform-ingest-orders"),
            promise=_FILLS,
        ),
        May(
            actions="glue: GetDatabase GetPartitions GetTable",
            on=(
                *_OFFLINE,
                "glue:data:database/mlplatform_lake",
                "glue:data:table/mlplatform_lake/customers",
            ),
            not_on=(*_OTHER_OFFLINE, "glue:data:table/mlplatform_lake/salaries"),
            promise=_FILLS,
        ),
        May(actions="lakeformation: GetDataAccess", on=("*",), promise=_FILLS),
        May(
            actions="s3: AbortMultipartUpload GetObject ListMultipartUploadParts PutObject",
            on=(f"{_BUCKET}/ingestion/customers/1.csv",),
            not_on=(f"{_BUCKET}/ingestion/orders/1.csv", _HOUSES, _FILE),
            why="Athena writes the result of the query there, and the function reads it.",
        ),
        May(
            actions="s3: GetBucketLocation ListBucket",
            on=(_BUCKET,),
            not_on=("s3::payroll",),
            why="Athena looks at the bucket of its results.",
        ),
        May(
            actions="kms: Decrypt GenerateDataKey",
            on=("kms:lake",),
            not_on=("arn:aws:kms:{region}:{data}:key/1",),
            why="The results of queries are under the lake's key.",
        ),
        May(
            actions="sagemaker: DeleteRecord PutRecord",
            on=(_GROUP,),
            not_on=(_OTHER_GROUP,),
            promise=_FILLS,
        ),
        May(
            actions="logs: CreateLogStream PutLogEvents",
            on=("logs:data:log-group:/aws/lambda/mlplatform-ingest-customers:log-stream:1",),
            not_on=("logs:data:log-group:payroll:log-stream:1",),
            promise=(_README, "The log group `/aws/lambda/<prefix>-ingest-<group>` says what a"),
        ),
    ),
    may_not=(
        MayNot(
            actions="s3: GetObject PutObject DeleteObject",
            on=(_HOUSES, _FILE),
            why="Tables are read through Lake Formation, and offline stores are written by SageMaker.",
        ),
        MayNot(
            actions="sagemaker: UpdateFeatureGroup DeleteFeatureGroup GetRecord",
            on=(_GROUP,),
            why="An ingestion changes records, and no group.",
        ),
        MayNot(
            actions="glue: UpdateTable DeleteTable CreateTable",
            on=(*_OFFLINE, "glue:data:table/mlplatform_lake/customers"),
            why="An ingestion describes no tables.",
        ),
        _LENT,
    ),
)

FEATURES = (OFFLINE, INGESTION)
