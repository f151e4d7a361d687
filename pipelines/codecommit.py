"""A repository of AWS CodeCommit in the project's own account."""

from aws_cdk import aws_codecommit as codecommit
from constructs import Construct

from base.names import ProjectNames
from base.roles import Permission
from pipelines.assets import AssetLocation
from pipelines.project import KEEP
from pipelines.repository import Repository


class CodeCommitRepository(Repository):
    """A repository that CloudFormation creates with its first commit; it outlives the project."""

    def __init__(
        self, scope: Construct, construct_id: str, *, names: ProjectNames, branch: str, seed: AssetLocation
    ) -> None:
        """Define the repository.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The project's names.
            branch: The branch that the pipeline builds.
            seed: The archive of the first commit. CloudFormation reads it at creation only, so a later
                version of the product leaves the team's work alone
                (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-codecommit-repository-code.html).
        """
        repository = codecommit.CfnRepository(
            scope,
            f"{construct_id}Content",
            repository_name=names.title,
            repository_description=f"Code of the project {names.project_name}",
            code=codecommit.CfnRepository.CodeProperty(
                branch_name=branch, s3=codecommit.CfnRepository.S3Property(bucket=seed.bucket, key=seed.key)
            ),
        )
        repository.apply_removal_policy(KEEP)
        super().__init__(
            scope,
            construct_id,
            names=names,
            branch=branch,
            clone_url=repository.attr_clone_url_http,
            provider="CodeCommit",
            source={"RepositoryName": repository.attr_name, "PollForSourceChanges": "false"},
            source_permissions=(
                Permission(
                    # https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeCommit.html
                    actions=(
                        "codecommit:CancelUploadArchive",
                        "codecommit:GetBranch",
                        "codecommit:GetCommit",
                        "codecommit:GetUploadArchiveStatus",
                        "codecommit:UploadArchive",
                    ),
                    resources=(repository.attr_arn,),
                ),
            ),
            push_event={
                "source": ["aws.codecommit"],
                "detail-type": ["CodeCommit Repository State Change"],
                "resources": [repository.attr_arn],
                "detail": {
                    "event": ["referenceCreated", "referenceUpdated"],
                    "referenceType": ["branch"],
                    "referenceName": [branch],
                },
            },
        )
