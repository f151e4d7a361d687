"""What is asked about a request for a model version, besides its form."""

import re
from collections.abc import Mapping
from typing import Any

from ministack.services import kms

from emulator.core.service import Request, ServiceError, authorize
from emulator.sagemaker.registry.groups import GroupName
from emulator.services.kms import aliases, key_arn

MAXIMUM_CUSTOMER_METADATA = 50


_VERSION_ARN = re.compile(
    r"arn:aws:sagemaker:(?P<region>[^:]+):(?P<account>\d{12}):model-package/(?P<group>[\w-]+)/(?P<version>\d+)",
    re.ASCII,
)


def parse_version(version_arn: str) -> tuple[GroupName, int]:
    """Return the group and the number of a version.

    Raises:
        ServiceError: The ARN is not that of a version.
    """
    match = _VERSION_ARN.fullmatch(version_arn)
    if match is None:
        raise ServiceError("ValidationException", f"{version_arn} is not the ARN of a model package version.")
    return GroupName(match["account"], match["region"], match["group"]), int(match["version"])


def version_keys(request: Request) -> dict[str, Any]:
    """Condition keys of CreateModelPackage and UpdateModelPackage.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html.
    """
    given = request.parameters
    stage = given.get("ModelLifeCycle", {})
    keys = {
        "sagemaker:ModelApprovalStatus": given.get("ModelApprovalStatus"),
        "sagemaker:ModelLifeCycle:Stage": stage.get("Stage"),
        "sagemaker:ModelLifeCycle:StageStatus": stage.get("StageStatus"),
        "sagemaker:CustomerMetadataPropertiesToRemove": given.get("CustomerMetadataPropertiesToRemove"),
    } | {
        f"sagemaker:CustomerMetadataProperties/{key}": value
        for key, value in given.get("CustomerMetadataProperties", {}).items()
    }
    return {key: value for key, value in keys.items() if value is not None}


def ask_for_key(request: Request, version: Mapping[str, Any], *actions: str) -> None:
    """Ask for the customer's key of a version, through SageMaker and under the caller's own permissions.

    To describe: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeModelPackage.html; to
    register, the actions of AWS's AmazonSageMakerModelRegistryFullAccess:
    https://docs.aws.amazon.com/sagemaker/latest/dg/security-iam-awsmanpol-model-registry.html.
    """
    key = version.get("SecurityConfig", {}).get("KmsKeyId")
    if key is None:
        return
    owner = version["ModelPackageArn"].split(":")[4] if "ModelPackageArn" in version else request.account
    resource = key if key.startswith("alias/") else f"key/{key}"
    arn = key_arn(key if key.startswith("arn:") else f"arn:aws:kms:{request.region}:{owner}:{resource}")
    for action in actions:
        authorize(
            request,
            action,
            arn,
            condition_keys={
                "kms:ResourceAliases": aliases(arn),
                "kms:ViaService": f"sagemaker.{request.region}.amazonaws.com",
            },
            resource_policy=lambda _, named: kms.key_policy_for_arn(named),
        )


def check_metadata(metadata: Mapping[str, str]) -> None:
    """Check the number of custom properties.

    Raises:
        ServiceError: There are too many.
    """
    if len(metadata) > MAXIMUM_CUSTOMER_METADATA:
        raise ServiceError(
            "ValidationException",
            f"CustomerMetadataProperties has {len(metadata)} of {MAXIMUM_CUSTOMER_METADATA} entries.",
        )
