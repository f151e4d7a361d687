"""Amazon ECR: repositories, which ministack has, and no images.

The emulator runs containers as environments of this machine and never pulls an image, and what ministack does
with layers and manifests differs from AWS: digests are not compared, and what is there is overwritten.
"""

from typing import Any

from emulator.core.service import NotOfferedError, Request, Service

ecr = Service("ecr", ministack=True)

IMAGE_OPERATIONS = (
    "BatchCheckLayerAvailability",
    "BatchDeleteImage",
    "BatchGetImage",
    "CompleteLayerUpload",
    "DescribeImages",
    "GetDownloadUrlForLayer",
    "InitiateLayerUpload",
    "ListImages",
    "PutImage",
    "UploadLayerPart",
)


def _refuse(request: Request) -> dict[str, Any]:
    raise NotOfferedError(f"ecr:{request.operation}")


for _name in IMAGE_OPERATIONS:
    ecr.operation(_name)(_refuse)
