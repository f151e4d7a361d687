"""To pull container images."""

PULL_IMAGE = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
)
"""To pull an image of a repository, by whoever has a token of its registry."""
