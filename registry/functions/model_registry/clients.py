"""How the functions talk to AWS."""

from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_codepipeline.client import CodePipelineClient
    from mypy_boto3_ecr.client import ECRClient
    from mypy_boto3_events.client import EventBridgeClient
    from mypy_boto3_lambda.client import LambdaClient
    from mypy_boto3_organizations.client import OrganizationsClient
    from mypy_boto3_ram.client import RAMClient
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_sagemaker.client import SageMakerClient

# Throttling passes within seconds; what lasts longer is left to Lambda, which delivers the event again.
_CONFIG = Config(retries={"mode": "standard", "total_max_attempts": 8}, max_pool_connections=64)


def s3() -> "S3Client":
    """A client of Amazon S3."""
    return boto3.client("s3", config=_CONFIG)


def sagemaker() -> "SageMakerClient":
    """A client of Amazon SageMaker."""
    return boto3.client("sagemaker", config=_CONFIG)


def events() -> "EventBridgeClient":
    """A client of Amazon EventBridge."""
    return boto3.client("events", config=_CONFIG)


def ecr() -> "ECRClient":
    """A client of Amazon ECR."""
    return boto3.client("ecr", config=_CONFIG)


def lambda_() -> "LambdaClient":
    """A client of AWS Lambda."""
    return boto3.client("lambda", config=_CONFIG)


def codepipeline() -> "CodePipelineClient":
    """A client of AWS CodePipeline."""
    return boto3.client("codepipeline", config=_CONFIG)


def ram() -> "RAMClient":
    """A client of AWS Resource Access Manager."""
    return boto3.client("ram", config=_CONFIG)


def organizations() -> "OrganizationsClient":
    """A client of AWS Organizations."""
    return boto3.client("organizations", config=_CONFIG)


def cloudtrail() -> Any:
    """A client of AWS CloudTrail."""
    return boto3.client("cloudtrail", config=_CONFIG)
