"""CodeBuild projects: one image, one way of logging, one set of limits."""

from collections.abc import Iterable, Mapping
from typing import Literal

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_logs as logs
from constructs import Construct

from base.grants.objects import KEEP_OBJECTS
from base.grants.runs import WRITE_LOGS
from base.names import ProjectNames
from base.roles import Permission, arn, role, service_principal
from pipelines.compute import COMPUTE
from pipelines.storage import ProjectStorage

CACHE = "cache"
"""Folder of the project's bucket in which builds keep what speeds up the next; may be emptied at any time."""

# Its default Python changes with its releases: buildspecs name the version they want.
# https://docs.aws.amazon.com/codebuild/latest/userguide/available-runtimes.html
IMAGE = "aws/codebuild/standard:8.0"

FROM_PIPELINE = "CODEPIPELINE"


def use_compute(scope: Construct, compute: Literal["small", "medium", "large"]) -> None:
    """Set the compute of all CodeBuild projects of a stack.

    Args:
        scope: The stack.
        compute: The kind.
    """
    for project in scope.node.find_all():
        if isinstance(project, codebuild.CfnProject):
            project.add_property_override("Environment.ComputeType", COMPUTE[compute])


class BuildProject(Construct):
    """A CodeBuild project with its role and its log group."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        names: ProjectNames,
        purpose: str,
        description: str,
        storage: ProjectStorage,
        build_spec: str,
        environment: Mapping[str, str],
        permissions: Iterable[Permission],
        timeout: cdk.Duration,
        archive: str | None = None,
        privileged: bool = False,
    ) -> None:
        """Define the project.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The names of the project it builds for.
            purpose: What it is for, as in `ProjectNames.role`.
            description: The same for the console.
            storage: Where it caches, and whose key encrypts its logs and artifacts.
            build_spec: The buildspec, or the path of one in the source.
            environment: Plain environment variables.
            permissions: What the builds may do besides logging and caching.
            timeout: After which a build is stopped.
            archive: `bucket/key` of the archive to build; without it, a pipeline hands over the source.
            privileged: Whether the builds have a daemon of docker.
        """
        super().__init__(scope, construct_id)
        self.name = names.role(purpose)
        log_group = logs.LogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/codebuild/{self.name}",
            encryption_key=storage.key,
            removal_policy=cdk.RemovalPolicy.DESTROY,
            retention=logs.RetentionDays.THREE_MONTHS,
        )
        self.role = role(
            self,
            "Role",
            name=self.name,
            description=description,
            trusts=service_principal("codebuild"),
            permissions=[
                Permission(
                    actions=WRITE_LOGS,
                    resources=(arn("logs", f"log-group:{log_group.log_group_name}:log-stream:*"),),
                    because="CodeBuild names a log stream after each build.",
                ),
                storage.key_use,
                Permission(
                    actions=("s3:GetBucketAcl", "s3:GetBucketLocation"),
                    resources=(storage.bucket.bucket_arn,),
                ),
                Permission(
                    actions=KEEP_OBJECTS,
                    resources=(storage.bucket.arn_for_objects(f"{CACHE}/*"),),
                    because="CodeBuild names the objects of its cache.",
                ),
                *permissions,
            ],
        )
        project = codebuild.CfnProject(
            self,
            "Project",
            name=self.name,
            description=description,
            service_role=self.role.role_arn,
            source=codebuild.CfnProject.SourceProperty(
                type="S3" if archive else FROM_PIPELINE, location=archive, build_spec=build_spec
            ),
            artifacts=codebuild.CfnProject.ArtifactsProperty(
                type="NO_ARTIFACTS" if archive else FROM_PIPELINE
            ),
            environment=codebuild.CfnProject.EnvironmentProperty(
                type="LINUX_CONTAINER",
                compute_type=COMPUTE["small"],
                image=IMAGE,
                privileged_mode=privileged or None,
                environment_variables=[
                    codebuild.CfnProject.EnvironmentVariableProperty(name=name, type="PLAINTEXT", value=value)
                    for name, value in environment.items()
                ],
            ),
            encryption_key=storage.key.key_arn,
            cache=codebuild.CfnProject.ProjectCacheProperty(
                type="S3", location=f"{storage.bucket.bucket_name}/{CACHE}"
            ),
            logs_config=codebuild.CfnProject.LogsConfigProperty(
                cloud_watch_logs=codebuild.CfnProject.CloudWatchLogsConfigProperty(
                    status="ENABLED", group_name=log_group.log_group_name
                )
            ),
            timeout_in_minutes=timeout.to_minutes(),
            queued_timeout_in_minutes=cdk.Duration.hours(1).to_minutes(),
        )
        self.arn = project.attr_arn
