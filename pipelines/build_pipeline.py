"""From a commit to a running SageMaker pipeline."""

import aws_cdk as cdk
from constructs import Construct

from base.grants.objects import FIND_OBJECTS
from base.names import ProjectNames
from base.roles import Permission, arn
from pipelines.algorithms.algorithm import Image
from pipelines.build_project import BuildProject
from pipelines.code_pipeline import CodePipeline, build_action, stage
from pipelines.registration import Registration
from pipelines.repository import Repository
from pipelines.sources.source import Data
from pipelines.storage import ProjectStorage
from pipelines.training_role import TrainingRole


class BuildPipeline(Construct):
    """Source, then the repository's own ``buildspec.yml``, which starts the SageMaker pipeline and ends."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        names: ProjectNames,
        storage: ProjectStorage,
        repository: Repository,
        registration: Registration,
        model_card_arn: str,
        training: TrainingRole,
        data: Data,
        image: Image,
    ) -> None:
        """Define the pipeline and its build.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The project's names.
            storage: The project's storage.
            repository: The source.
            registration: Where the SageMaker pipeline keeps and registers model versions.
            model_card_arn: The card in which it documents them.
            training: The role the SageMaker pipeline runs under.
            data: What the SageMaker pipeline learns from.
            image: What its jobs run in.
        """
        super().__init__(scope, construct_id)
        build = BuildProject(
            self,
            "Build",
            names=names,
            purpose="build",
            description=f"Checks the code of {names.project_name} and starts its SageMaker pipeline",
            storage=storage,
            build_spec="buildspec.yml",
            environment={
                "SAGEMAKER_PROJECT_NAME": names.project_name,
                "SAGEMAKER_PROJECT_ID": names.project_id,
                "PIPELINE_NAME": names.title,
                "PIPELINE_ROLE_ARN": training.arn,
                "ARTIFACT_BUCKET": storage.bucket.bucket_name,
                "KMS_KEY_ARN": storage.key.key_arn,
                "MODEL_CARD_ARN": model_card_arn,
                **registration.environment,
                "INPUT_DATA_URI": data.address,
                **data.environment,
            },
            permissions=[storage.artifact_reading, *_start_pipeline(names, storage, training)],
            timeout=cdk.Duration.minutes(30),
        )
        self.pipeline = CodePipeline(
            self,
            "Pipeline",
            names=names,
            storage=storage,
            repository=repository,
            builds=[*image.builds, build],
            stages=[
                *image.stages,
                stage("Build", build_action("Build", build, environment=image.environment)),
            ],
        )


def _start_pipeline(names: ProjectNames, storage: ProjectStorage, training: TrainingRole) -> list[Permission]:
    return [
        Permission(
            actions=(
                "sagemaker:AddTags",
                "sagemaker:CreatePipeline",
                "sagemaker:DescribePipeline",
                "sagemaker:ListTags",
                "sagemaker:StartPipelineExecution",
                "sagemaker:UpdatePipeline",
            ),
            resources=(arn("sagemaker", f"pipeline/{names.title}"),),
        ),
        Permission(
            actions=("iam:PassRole",),
            resources=(training.arn,),
            conditions={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        ),
        Permission(
            actions=("s3:PutObject",),
            resources=(storage.bucket.arn_for_objects("code/*"),),
            because="The build names the code it uploads by its content.",
        ),
        Permission(actions=FIND_OBJECTS, resources=(storage.bucket.bucket_arn,)),
    ]
