"""The role under which a project's SageMaker pipeline trains, registers and documents models."""

from constructs import Construct

from base.grants.objects import FIND_OBJECTS, WRITE_OBJECTS
from base.names import ProjectNames
from base.roles import Permission, arn, role, role_arn, service_principal
from pipelines.algorithms.algorithm import Image
from pipelines.registration import Registration
from pipelines.sources.source import Data
from pipelines.storage import ProjectStorage


class TrainingRole(Construct):
    """Execution role of the SageMaker pipeline, its jobs included."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        names: ProjectNames,
        storage: ProjectStorage,
        data: Data,
        image: Image,
        registration: Registration,
        model_card_arn: str,
    ) -> None:
        """Define the role.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The project's names.
            storage: Where the jobs write.
            data: What the jobs read.
            image: What they run in.
            registration: Where the pipeline keeps and registers model versions.
            model_card_arn: The card in which it documents them.
        """
        super().__init__(scope, construct_id)
        self.name = names.role("training")
        self.arn = role_arn(names.account, self.name)

        made = role(
            self,
            "Role",
            name=self.name,
            description=f"SageMaker pipeline of the project {names.project_name}",
            trusts=service_principal("sagemaker"),
            permissions=[
                *_jobs(self.arn),
                *_storage(storage),
                *data.permissions,
                *registration.permissions,
                _documentation(model_card_arn),
                *_observability(),
                *_image(image),
            ],
        )
        if data.grant_to:
            data.grant_to(made)


def _jobs(own_arn: str) -> list[Permission]:
    return [
        Permission(
            actions=(
                "sagemaker:AddTags",
                "sagemaker:CreateProcessingJob",
                "sagemaker:CreateTrainingJob",
                "sagemaker:DescribeProcessingJob",
                "sagemaker:DescribeTrainingJob",
                "sagemaker:ListTags",
                "sagemaker:StopProcessingJob",
                "sagemaker:StopTrainingJob",
            ),
            resources=(
                arn("sagemaker", "processing-job/pipelines-*"),
                arn("sagemaker", "training-job/pipelines-*"),
            ),
            because="SageMaker Pipelines names each job pipelines-, the execution's id and the step.",
        ),
        Permission(
            actions=("iam:PassRole",),
            resources=(own_arn,),
            conditions={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        ),
    ]


def _storage(storage: ProjectStorage) -> list[Permission]:
    return [
        Permission(
            actions=WRITE_OBJECTS,
            resources=tuple(storage.bucket.arn_for_objects(f"{folder}/*") for folder in ("code", "runs")),
            because="Jobs read and write objects of any name below these prefixes.",
        ),
        Permission(actions=FIND_OBJECTS, resources=(storage.bucket.bucket_arn,)),
        storage.key_use,
        Permission(
            # Volumes of jobs are encrypted under a grant.
            actions=("kms:CreateGrant",),
            resources=(storage.key.key_arn,),
            conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
        Permission(actions=("kms:DescribeKey",), resources=(storage.key.key_arn,)),
    ]


def _documentation(model_card_arn: str) -> Permission:
    return Permission(
        actions=(
            "sagemaker:DescribeModelCard",
            "sagemaker:ListModelCardVersions",
            "sagemaker:UpdateModelCard",
        ),
        resources=(model_card_arn,),
    )


def _observability() -> list[Permission]:
    return [
        Permission(
            actions=(
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:DescribeLogStreams",
                "logs:PutLogEvents",
            ),
            resources=tuple(
                arn("logs", f"log-group:/aws/sagemaker/{kind}{streams}")
                for kind in ("ProcessingJobs", "TrainingJobs")
                for streams in ("", ":log-stream:*")
            ),
            because="SageMaker keeps the logs of an account's jobs in these two groups, a stream a job.",
        ),
        Permission(
            actions=("cloudwatch:PutMetricData",),
            resources=("*",),
            conditions={
                "StringEquals": {
                    "cloudwatch:namespace": ["/aws/sagemaker/ProcessingJobs", "/aws/sagemaker/TrainingJobs"]
                }
            },
            because="Metrics have no ARN; the condition names the namespaces.",
        ),
    ]


def _image(image: Image) -> list[Permission]:
    return [
        image.pull,
        Permission(
            actions=("ecr:GetAuthorizationToken",),
            resources=("*",),
            because="A registry's token has no narrower resource.",
        ),
    ]
