"""What every project shares: its parameters' names, its tags and its model package group."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from base.contracts.tags import PROJECT_ID, PROJECT_NAME
from base.grants.models import READ_VERSIONS
from base.names import ProjectNames
from base.roles import arn

KEEP = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
"""For whatever holds a team's work: it outlives the project, and leaves nothing behind when the creation
of the project fails (`DeletionPolicy: RetainExceptOnCreate`)."""

ANY_PROJECT_TAGS = ({"Key": PROJECT_ID, "Value": "*"},)
"""The tags of something that belongs to whichever project, where a template is described by patterns."""


def tag_project(stack: cdk.Stack, names: ProjectNames) -> None:
    """Tag everything in a stack as the project's, which is how Studio finds it.

    https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-projects-templates-custom.html

    Args:
        stack: The project's stack.
        names: The project's names.
    """
    tags = {PROJECT_ID: names.project_id, PROJECT_NAME: names.project_name}
    for key, value in tags.items():
        # The stack itself gets its tags from SageMaker, and could not take values known at launch only.
        cdk.Tags.of(stack).add(key, value, exclude_resource_types=["aws:cdk:stack"])


class ModelPackageGroup(Construct):
    """The group in which a project's model versions wait for approval; it outlives the project."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        names: ProjectNames,
        reader: iam.PrincipalBase,
    ) -> None:
        """Define the group.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The project's names.
            reader: Principal of another account that may read the group and its versions.
        """
        super().__init__(scope, construct_id)
        self.name = names.title
        self.arn = arn("sagemaker", f"model-package-group/{names.title}")
        self.versions_arn = arn("sagemaker", f"model-package/{names.title}/*")
        policy = iam.PolicyDocument(
            statements=[
                iam.PolicyStatement(
                    sid="ReadVersions",
                    principals=[reader],
                    actions=list(READ_VERSIONS),
                    resources=[self.arn, self.versions_arn],
                )
            ]
        )
        group = sagemaker.CfnModelPackageGroup(
            self,
            "Group",
            model_package_group_name=names.title,
            model_package_group_description=f"Model versions of the project {names.project_name}",
            model_package_group_policy=policy,
        )
        group.apply_removal_policy(KEEP)
