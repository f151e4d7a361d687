"""What SageMaker says of a model version to those who read no model card inside it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sagemaker.client import SageMakerClient
    from mypy_boto3_sagemaker.type_defs import DescribeModelPackageOutputTypeDef


def describe_version(sagemaker: "SageMakerClient", arn: str) -> "DescribeModelPackageOutputTypeDef":
    """Describe a version, whether or not it was registered with a customer's key.

    The key (`SecurityConfig.KmsKeyId`) encrypts the card in the version. Who asks for all data must be
    allowed to decrypt with it; without the content of that card nobody must.
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeModelPackage.html

    Args:
        sagemaker: A client.
        arn: The version.
    """
    return sagemaker.describe_model_package(ModelPackageName=arn, IncludedData="MetadataOnly")
