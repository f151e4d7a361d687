"""The compute of CodeBuild projects, each of which has a quota of its own."""

COMPUTE = {
    "small": "BUILD_GENERAL1_SMALL",
    "medium": "BUILD_GENERAL1_MEDIUM",
    "large": "BUILD_GENERAL1_LARGE",
}
"""https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-compute-types.html"""
