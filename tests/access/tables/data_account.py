"""The roles of the account that governs data, and of its data lake."""

from tests.access.rows import May, MayNot, Table
from tests.access.tables.shared import launches

_README = "products/admin/data_lake/README.md"
_BUCKET = "s3::mlplatform-lake-{data}-{region}"
_HOUSES = f"{_BUCKET}/tables/houses/1.parquet"
_TABLES = (
    "glue:data:catalog",
    "glue:data:database/mlplatform_lake",
    "glue:data:table/mlplatform_lake/houses",
)
_OTHER_TABLES = (
    "glue:data:database/payroll",
    "glue:data:table/payroll/salaries",
    "glue:dev:table/mlplatform_lake/houses",
)
_LENT = MayNot(
    actions="lakeformation: GrantPermissions PutDataLakeSettings AddLFTagsToResource",
    on=("*",),
    why="Who reads the lake is for the administrators of the data lake to say.",
)

DATA_ENGINEER = Table(
    role="data-engineer",
    account="data",
    variant="data",
    may=launches(
        account="data",
        owners=("hub", "data"),
        elsewhere=("dev",),
        updates=True,
        why="The lake is launched by the data engineer.",
    ),
    may_not=(
        MayNot(
            actions="servicecatalog: CreateConstraint AssociateProductWithPortfolio AcceptPortfolioShare",
            on=("catalog:data:portfolio/port-abcdefghijklm",),
            why="What is offered is the platform engineer's to decide.",
        ),
        MayNot(
            actions="iam: PassRole CreateRole",
            on=(
                "iam:data:role/mlplatform-launch-data-lake",
                "iam:data:role/mlplatform-lake-location",
            ),
            why="The launch role is used by Service Catalog alone.",
        ),
        MayNot(
            actions="sts: AssumeRole",
            on=("iam:data:role/mlplatform-data-producer", "iam:data:role/mlplatform-lake-location"),
            why="Who launches a lake neither fills nor reads it.",
        ),
        MayNot(
            actions="s3: GetObject PutObject DeleteObject",
            on=(_HOUSES,),
            why="Who launches a lake neither fills nor reads it.",
        ),
        _LENT,
    ),
)

DATA_PRODUCER = Table(
    role="data-producer",
    account="data",
    variant="data",
    may=(
        May(
            actions="s3: AbortMultipartUpload DeleteObject GetObject PutObject",
            on=(_HOUSES,),
            not_on=(f"{_BUCKET}/other/1.parquet", "s3::payroll/tables/houses/1.parquet"),
            promise=(_README, "put, replace and delete files of tables"),
        ),
        May(
            actions="s3: GetBucketLocation ListBucket",
            on=(_BUCKET,),
            not_on=("s3::payroll",),
            why="`aws s3 cp` and `aws s3 ls` look at the bucket.",
        ),
        May(
            actions="kms: Decrypt GenerateDataKey",
            on=("kms:lake",),
            not_on=("arn:aws:kms:{region}:{data}:key/1",),
            promise=(_README, "Assume `<prefix>-data-producer`, and put the files"),
        ),
        May(
            actions="glue: GetCrawler StartCrawler StopCrawler",
            on=("glue:data:crawler/mlplatform-lake-crawler",),
            not_on=("glue:data:crawler/payroll",),
            promise=(_README, "start the crawler"),
        ),
        May(
            actions="lambda: InvokeFunction",
            on=("lambda:data:function:mlplatform-ingest-customers",),
            not_on=("lambda:data:function:mlplatform-lake-administrators", "lambda:data:function:payroll"),
            promise=(_README, "fill feature groups"),
        ),
    ),
    may_not=(
        MayNot(
            actions="s3: DeleteObjectVersion DeleteBucket PutBucketPolicy",
            on=(_HOUSES, _BUCKET),
            why="What a producer replaces or deletes can be brought back.",
        ),
        MayNot(
            actions="glue: UpdateCrawler UpdateTable DeleteTable",
            on=("glue:data:crawler/mlplatform-lake-crawler", *_TABLES),
            why="Tables are described by the crawler.",
        ),
        _LENT,
    ),
)

LAKE_CRAWLER = Table(
    role="lake-crawler",
    account="data",
    variant="data",
    may=(
        May(
            actions="glue: BatchCreatePartition BatchGetPartition CreateTable GetDatabase GetPartitions "
            "GetTable GetTables UpdatePartition UpdateTable",
            on=_TABLES,
            not_on=_OTHER_TABLES,
            promise=(_README, "describe tables in the one database"),
        ),
        May(
            actions="glue: GetClassifier GetSecurityConfiguration",
            on=("*",),
            promise=(_README, "Of a CSV file with commas and a header the crawler guesses the types"),
        ),
        May(
            actions="lakeformation: GetDataAccess",
            on=("*",),
            why="The crawler reads the files through Lake Formation, as everybody does.",
        ),
        May(
            actions="logs: AssociateKmsKey CreateLogGroup CreateLogStream PutLogEvents",
            on=tuple(
                "logs:data:log-group:/aws-glue/crawlers-role/mlplatform-lake-crawler-mlplatform-lake-crawler"
                + stream
                for stream in ("", ":log-stream:mlplatform-lake-crawler")
            ),
            not_on=(
                "logs:data:log-group:payroll",
                "logs:data:log-group:payroll:log-stream:1",
                "logs:data:log-group:/aws-glue/crawlers-role/other-mlplatform-lake-crawler:log-stream:1",
            ),
            why="A crawler with a security configuration writes into an encrypted log group of its own.",
        ),
    ),
    may_not=(
        MayNot(
            actions="s3: GetObject PutObject DeleteObject",
            on=(_HOUSES,),
            why="Lake Formation lends what a crawler reads, and it writes nothing.",
        ),
        MayNot(
            actions="glue: DeleteTable BatchDeleteTable DeletePartition UpdateDatabase DeleteDatabase",
            on=_TABLES,
            why="What is gone from the lake stays described until somebody decides.",
        ),
        _LENT,
    ),
)

LAKE_LOCATION = Table(
    role="lake-location",
    account="data",
    variant="data",
    may=(
        May(
            actions="s3: GetObject",
            on=(_HOUSES, f"{_BUCKET}/other/1.parquet"),
            not_on=("s3::payroll/1.csv", "s3::mlplatform-team-data-{dev}-{region}/1.csv"),
            promise=(_README, "read the bucket, for whoever may read a table"),
        ),
        May(
            actions="s3: ListBucket",
            on=(_BUCKET,),
            not_on=("s3::payroll",),
            promise=(_README, "read the bucket, for whoever may read a table"),
        ),
        May(
            actions="kms: Decrypt",
            on=("kms:lake",),
            not_on=("arn:aws:kms:{region}:{data}:key/1",),
            promise=(_README, "read the bucket, for whoever may read a table"),
        ),
    ),
    may_not=(
        MayNot(
            actions="s3: PutObject DeleteObject",
            on=(_HOUSES,),
            why="Nobody changes the lake by way of Lake Formation.",
        ),
        MayNot(
            actions="kms: GenerateDataKey Encrypt CreateGrant",
            on=("kms:lake",),
            why="Nobody changes the lake by way of Lake Formation.",
        ),
        MayNot(
            actions="sts: AssumeRole",
            on=("iam:data:role/mlplatform-data-producer",),
            why="What Lake Formation lends leads to nothing else.",
        ),
    ),
)

_ADMINISTRATORS = tuple(
    Table(
        role="lake-administrators",
        account=account,
        variant="data",
        may=(
            May(
                actions="lakeformation: GetDataLakeSettings PutDataLakeSettings",
                on=("*",),
                why="The function keeps the launch roles among the data lake administrators.",
            ),
            May(
                actions="logs: CreateLogStream PutLogEvents",
                on=(f"logs:{account}:log-group:/aws/lambda/mlplatform-lake-administrators:log-stream:1",),
                not_on=(f"logs:{account}:log-group:payroll:log-stream:1",),
                why="The function writes its log.",
            ),
        ),
        may_not=(
            MayNot(
                actions="lakeformation: GrantPermissions RevokePermissions GetDataAccess RegisterResource",
                on=("*",),
                why="The function changes the settings, and neither grants nor reads.",
            ),
            MayNot(
                actions="iam: PassRole",
                on=(f"iam:{account}:role/mlplatform-launch-data-lake",),
                why="An administrator is named, and not handed over.",
            ),
        ),
    )
    for account in ("dev", "data")
)

DATA_ACCOUNT = (DATA_ENGINEER, DATA_PRODUCER, LAKE_CRAWLER, LAKE_LOCATION, *_ADMINISTRATORS)
