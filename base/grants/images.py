"""To pull container images, and to build them."""

PULL_IMAGE = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
)
"""To pull an image of a repository, by whoever has a token of its registry."""

PUSH_IMAGE = (
    *PULL_IMAGE,
    "ecr:CompleteLayerUpload",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
)
"""To push an image to a repository (https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html)."""

COPY_IMAGE = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
"""To copy an image of another account, layer by layer."""

READ_SCAN = ("ecr:DescribeImages", "ecr:DescribeImageScanFindings")
"""To see which images a repository has, and what was found in them."""

AWS_SERVING_REPOSITORIES = ("sagemaker-*", "tensorflow-inference")
"""Repositories of the images with which AWS serves models, by patterns, in accounts of AWS's in each Region:
https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html"""
