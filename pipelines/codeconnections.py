"""A repository at GitHub, GitLab or Bitbucket, reached through AWS CodeConnections."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from base.grants.objects import READ_OBJECT_VERSIONS
from base.grants.runs import RUN_BUILD
from base.names import ProjectNames
from base.pseudo_parameters import PARTITION
from base.roles import Permission
from pipelines.assets import AssetLocation
from pipelines.build_project import BuildProject
from pipelines.custom_resource import custom_resource_function
from pipelines.repository import Repository
from pipelines.storage import ProjectStorage

SEEDING_BUILDSPEC = Path(__file__).with_name("seeding_buildspec.yml")

HOSTS = {"github": "github.com", "gitlab": "gitlab.com", "bitbucket": "bitbucket.org"}


class ConnectedRepository(Repository):
    """A repository that its provider keeps, seeded if it has no commit yet."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        names: ProjectNames,
        branch: str,
        connection_arn: str,
        host: str,
        repository_id: str,
    ) -> None:
        """Define the pipeline's source.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The project's names.
            branch: The branch that the pipeline builds.
            connection_arn: The connection.
            host: The provider's host.
            repository_id: The repository as its provider names it, ``owner/name``.
        """
        self.connection_arn = connection_arn
        self.repository_id = repository_id
        self.branch = branch
        super().__init__(
            scope,
            construct_id,
            names=names,
            branch=branch,
            clone_url=f"https://{host}/{repository_id}.git",
            provider="CodeStarSourceConnection",
            source={
                "ConnectionArn": connection_arn,
                "FullRepositoryId": repository_id,
                "DetectChanges": "true",
                "OutputArtifactFormat": "CODE_ZIP",
            },
            source_permissions=(self.connection_use,),
            push_event=None,
        )

    @property
    def connection_use(self) -> Permission:
        """What a role needs to work with this one repository through the connection.

        https://docs.aws.amazon.com/dtconsole/latest/userguide/security_iam_id-based-policy-examples-connections.html
        """
        # Older connections carry the service's former name, in ARNs and actions alike.
        service = self.connection_arn.split(":")[2]
        return Permission(
            actions=(f"{service}:UseConnection",),
            resources=(self.connection_arn,),
            conditions={"StringEquals": {f"{service}:FullRepositoryId": self.repository_id}},
        )

    @property
    def push_url(self) -> str:
        """Where git reaches the repository with AWS credentials instead of the provider's."""
        _, _, _, region, account, connection = self.connection_arn.split(":")
        connection_id = connection.removeprefix("connection/")
        return (
            f"https://codeconnections.{region}.amazonaws.com/git-http/"
            f"{account}/{region}/{connection_id}/{self.repository_id}.git"
        )


class RepositorySeeding(Construct):
    """Pushes the seed into an empty repository while the stack is created, and fails the stack if it cannot.

    A custom resource starts a build; the end of the build, as EventBridge reports it, answers the custom
    resource with the reason of a failure. Nothing is ever deleted.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        names: ProjectNames,
        storage: ProjectStorage,
        repository: ConnectedRepository,
        seed: AssetLocation,
        code: AssetLocation,
        author_name: str,
        author_email: str,
    ) -> None:
        """Define the build, the function and the custom resource.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The project's names.
            storage: Whose key encrypts the logs.
            repository: The repository.
            seed: The archive of the first commit.
            code: The bundle of `pipelines.assets.CUSTOM_RESOURCES`.
            author_name: Author of the first commit.
            author_email: The author's address.
        """
        super().__init__(scope, construct_id)
        build = BuildProject(
            self,
            "Build",
            names=names,
            purpose="seeding",
            description=f"Pushes the first commit of the project {names.project_name}",
            storage=storage,
            archive=f"{seed.bucket}/{seed.key}",
            build_spec=SEEDING_BUILDSPEC.read_text(encoding="utf-8"),
            environment={
                "REPOSITORY_URL": repository.push_url,
                "BRANCH": repository.branch,
                "AUTHOR_NAME": author_name,
                "AUTHOR_EMAIL": author_email,
                "MESSAGE": f"Start {names.project_name}",
            },
            permissions=[
                repository.connection_use,
                Permission(
                    actions=READ_OBJECT_VERSIONS,
                    resources=(f"arn:{PARTITION}:s3:::{seed.bucket}/{seed.key}",),
                ),
            ],
            timeout=cdk.Duration.minutes(10),
        )
        function = custom_resource_function(
            self,
            name=names.role("seeding-answer"),
            description=f"Starts {build.name} and responds to CloudFormation when it has ended",
            code=code,
            handler="seeding",
            variables={"SEEDING_PROJECT": build.name},
            permissions=[Permission(actions=RUN_BUILD, resources=(build.arn,))],
            key=storage.key,
        )
        ended = events.CfnRule(
            self,
            "Ended",
            description=f"Answers CloudFormation when {build.name} has ended",
            event_pattern={
                "source": ["aws.codebuild"],
                "detail-type": ["CodeBuild Build State Change"],
                "detail": {
                    "project-name": [build.name],
                    "build-status": ["FAILED", "FAULT", "STOPPED", "SUCCEEDED", "TIMED_OUT"],
                },
            },
            targets=[events.CfnRule.TargetProperty(id="Function", arn=function.attr_arn)],
        )
        invocation = lambda_.CfnPermission(
            self,
            "Invocation",
            action="lambda:InvokeFunction",
            function_name=function.attr_arn,
            principal="events.amazonaws.com",
            source_arn=ended.attr_arn,
        )
        seeding = cdk.CustomResource(
            self,
            "Seed",
            resource_type="Custom::RepositorySeed",
            service_token=function.attr_arn,
            # Longer than a build may take to be queued, started and stopped.
            service_timeout=cdk.Duration.minutes(30),
            properties={"RepositoryId": repository.repository_id, "Branch": repository.branch},
        )
        seeding.node.add_dependency(invocation)
        # Whoever waits for the repository waits for its first commit.
        repository.node.add_dependency(seeding)
