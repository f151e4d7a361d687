"""Who of other accounts may use the key of the central registry."""

import base.embedded_node  # noqa: F401  # isort: skip  (before aws_cdk)
from aws_cdk import aws_iam as iam

from base.pseudo_parameters import PARTITION, URL_SUFFIX
from registry.parties import Conditions, Parties, both


def key_statements(parties: Parties) -> list[iam.PolicyStatement]:
    """What the key's policy adds to the default, by which roles of the own account need their own policies.

    Whoever trains or serves reaches the key through S3 alone, and for objects of the central bucket alone: a
    key that encrypted another bucket would lock its owner out one day.

    Args:
        parties: Whom the statements mean.
    """
    bucket = f"arn:{PARTITION}:s3:::{parties.names.registry_bucket}"
    through_s3: Conditions = {
        "StringEquals": {"kms:ViaService": f"s3.{parties.names.region}.{URL_SUFFIX}"},
        # With a bucket key the context is the bucket, else the object.
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
        "StringLike": {"kms:EncryptionContext:aws:s3:arn": [bucket, f"{bucket}/*"]},
    }
    return [
        *(
            [_statement("EndpointsReadThroughS3", ["kms:Decrypt"], both(parties.endpoints, through_s3))]
            if parties.serving_roles
            else []
        ),
        _statement(
            "TrainingRolesWriteThroughS3",
            ["kms:Decrypt", "kms:GenerateDataKey"],
            both(parties.trainings, through_s3),
        ),
        # CreateTrainingJob asks for these when a job names the key of its output.
        # https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_OutputDataConfig.html
        _statement("TrainingRolesNameTheKey", ["kms:DescribeKey", "kms:Encrypt"], parties.trainings),
    ]


def _statement(sid: str, actions: list[str], conditions: Conditions) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid=sid,
        principals=[iam.AnyPrincipal()],
        actions=actions,
        # In a key's own policy "*" means the key.
        resources=["*"],
        conditions=dict(conditions),
    )
