"""What lets CloudWatch Logs encrypt log groups with a key of the platform."""

import base.embedded_node  # noqa: F401  # isort: skip  (before aws_cdk)
from aws_cdk import aws_iam as iam

from base.pseudo_parameters import REGION
from base.roles import arn


def log_key_statement() -> iam.PolicyStatement:
    """A statement of a key's policy, for the log groups of the stack's account and Region.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    return iam.PolicyStatement(
        principals=[iam.ServicePrincipal(f"logs.{REGION}.amazonaws.com")],
        actions=[
            "kms:Decrypt",
            "kms:Encrypt",
            "kms:GenerateDataKey",
            "kms:GenerateDataKeyWithoutPlaintext",
            "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
        ],
        # In a key's own policy "*" means the key.
        resources=["*"],
        conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": arn("logs", "log-group:*")}},
    )
