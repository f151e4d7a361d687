"""Tabular data in S3."""

from dataclasses import dataclass

import aws_cdk as cdk

from base.grants.objects import FIND_OBJECTS
from base.names import PlatformNames
from base.pseudo_parameters import PARTITION
from base.roles import Permission, arn
from pipelines.context import ProjectContext
from pipelines.form import Form
from pipelines.sources.source import Data

DATA_GROUP = "Data"

# No character that would widen the training role's policy (``*``, ``?``, ``$``), and no slash at the end. It
# goes into the metadata of each version, which decides the rest
# (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html).
S3_URI_PATTERN = r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9_.=+@-]+)+/?$"
MAXIMUM_S3_URI = 256
# A column may be called almost anything; quotes, backslashes and the like would not survive a command line.
COLUMN_PATTERN = r"^[^\s\"'`$\\][^\"'`$\\\x00-\x1f]{0,126}$"


@dataclass(frozen=True)
class S3Data:
    """A CSV file in S3, or a folder of them, with a column to predict.

    Attributes:
        layers: The code that reads it.
    """

    layers: tuple[str, ...] = ("build/s3_data",)

    def ask(self, project: ProjectContext) -> Data:
        """Declare the parameters for the address of the data and for the column to predict.

        Args:
            project: The project, whose form asks for them.
        """
        uri = project.form.ask(
            "InputDataUri",
            group=DATA_GROUP,
            label="Input data",
            description="A CSV file in S3, or a folder of them, with a slash at its end; each has a header.",
            pattern=S3_URI_PATTERN,
            expected="an S3 address such as s3://bucket/folder/data.csv or s3://bucket/folder/",
            maximum=MAXIMUM_S3_URI,
        )
        return Data(
            address=uri,
            permissions=_reading(project.platform, uri),
            environment={"TARGET_COLUMN": ask_for_target_column(project.form)},
        )


def ask_for_target_column(form: Form) -> str:
    """Declare the parameter that names the column to predict, whatever table the data is in.

    Args:
        form: The product's form.

    Returns:
        The column's name.
    """
    return form.ask(
        "TargetColumn",
        group=DATA_GROUP,
        label="Target column",
        description="The column to predict. A number with many values makes a regression, else a "
        "classification.",
        pattern=COLUMN_PATTERN,
        expected="the name of a column, without quotes, backslashes, backticks or dollar signs",
        maximum=127,
    )


def _reading(platform: PlatformNames, uri: str) -> tuple[Permission, ...]:
    path = cdk.Fn.select(1, cdk.Fn.split("s3://", uri))
    bucket = cdk.Fn.select(2, cdk.Fn.split("/", uri))
    return (
        Permission(
            actions=("s3:GetObject",),
            resources=(f"arn:{PARTITION}:s3:::{path}*",),
            # SageMaker takes every key that begins with the address, so that a job with the right to one
            # object alone fails beside `data.csv.bak`. Preprocess reads only what the address names.
            because="The input data is a folder's objects, or one object, which SageMaker reads as a prefix.",
        ),
        Permission(
            # CloudFormation cannot cut the key off a URI to make a condition of it; names of objects
            # are all that this shows.
            actions=FIND_OBJECTS,
            resources=(f"arn:{PARTITION}:s3:::{bucket}",),
        ),
        Permission(
            actions=("kms:Decrypt",),
            resources=(arn("kms", "key/*"),),
            conditions={"ForAnyValue:StringEquals": {"kms:ResourceAliases": platform.domain_key_alias}},
            because="The id of the domain's key is unknown here; the condition names its alias.",
        ),
    )
