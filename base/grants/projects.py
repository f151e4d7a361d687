"""To create SageMaker projects, and to tell what belongs to one."""

from base.contracts import tags
from base.roles import Permission, arn

OF_A_PROJECT = {"Null": {f"aws:ResourceTag/{tags.PROJECT_ID}": "false"}}
"""The condition that a resource belongs to a project: the products tag everything that they make for one."""


def own_projects(*, updates: bool, because: str) -> Permission:
    """To create, describe and delete projects.

    CreateProject launches a Service Catalog product with the caller's own permissions, so that the role needs
    `launching` as well
    (https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-projects-studio-updates.html).

    Args:
        updates: Whether to update them, too.
        because: Why their names are not known.
    """
    return Permission(
        actions=(
            "sagemaker:AddTags",
            "sagemaker:CreateProject",
            "sagemaker:DeleteProject",
            "sagemaker:DescribeProject",
            "sagemaker:ListTags",
            *(("sagemaker:UpdateProject",) if updates else ()),
        ),
        resources=(arn("sagemaker", "project/*"),),
        because=because,
    )
