"""What is known of the versions before: the data of the last approved one, and the score of production's."""

import json
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from card import EVALUATION

RETRIES = Config(retries={"mode": "standard", "max_attempts": 10})
NOT_THERE = ("AccessDeniedException", "ResourceNotFound")
SKILL = "skill_score"


@dataclass(frozen=True)
class Approved:
    """The version that was approved last.

    Attributes:
        arn: Its ARN.
        baseline: What its data looked like, as `baseline.describe` says it; None of a version without.
    """

    arn: str
    baseline: dict[str, Any] | None


@dataclass(frozen=True)
class Production:
    """The version whose model card was approved last, as production asks for.

    Attributes:
        arn: Its ARN.
        skill_score: Its skill score.
    """

    arn: str
    skill_score: float


def last_approved(group: str, region: str) -> Approved | None:
    """Find the version that was approved last in a group.

    Args:
        group: The name of the group, or its ARN.
        region: Its Region.
    """
    sagemaker = boto3.client("sagemaker", region_name=region, config=RETRIES)
    listed = sagemaker.list_model_packages(
        ModelPackageGroupName=group,
        ModelApprovalStatus="Approved",
        SortBy="CreationTime",
        SortOrder="Descending",
        MaxResults=1,
    )["ModelPackageSummaryList"]
    if not listed:
        return None
    arn = listed[0]["ModelPackageArn"]
    metrics = sagemaker.describe_model_package(ModelPackageName=arn).get("ModelMetrics", {})
    uri = metrics.get("ModelDataQuality", {}).get("Statistics", {}).get("S3Uri")
    if uri is None:
        return Approved(arn, None)
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    body = boto3.client("s3", region_name=region, config=RETRIES).get_object(Bucket=bucket, Key=key)["Body"]
    return Approved(arn, json.loads(body.read()))


def in_production(card: str) -> Production | None:
    """Find the version whose model card was approved last, which it is for production.

    Args:
        card: The ARN of the model card.

    Returns:
        None where no card is, none may be seen here, none was approved, or it tells no skill score.
    """
    sagemaker = boto3.client("sagemaker", region_name=card.split(":")[3], config=RETRIES)
    try:
        listed = sagemaker.list_model_card_versions(
            ModelCardName=card,
            ModelCardStatus="Approved",
            SortBy="Version",
            SortOrder="Descending",
            MaxResults=1,
        )["ModelCardVersionSummaryList"]
        if not listed:
            return None
        found = sagemaker.describe_model_card(
            ModelCardName=card, ModelCardVersion=listed[0]["ModelCardVersion"]
        )
    except ClientError as error:
        if error.response["Error"]["Code"] in NOT_THERE:
            return None
        raise
    content = json.loads(found["Content"])
    arn = content.get("model_package_details", {}).get("model_package_arn", "")
    for evaluation in content.get("evaluation_details", []):
        if evaluation["name"] != EVALUATION:
            continue
        for group in evaluation["metric_groups"]:
            for metric in group["metric_data"]:
                if group["name"] == "Model" and metric["name"] == SKILL:
                    return Production(arn, float(metric["value"]))
    return None
