"""Events on EventBridge: what the registry hears, and what it says."""

SAGEMAKER = "aws.sagemaker"
"""Source of the events of SageMaker."""

STATE_CHANGE = "SageMaker Model Package State Change"
"""What SageMaker sends when the approval status of a version changes.

https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
"""

RELEASED = "Model Version Released"
"""What the central registry sends for each approved version, from `PlatformNames.registry_event_source`."""

RELEASED_FIELDS = (
    "ModelPackageGroupName",
    "ModelPackageArn",
    "ModelPackageVersion",
    "ModelApprovalStatus",
)
"""The fields of its detail."""
