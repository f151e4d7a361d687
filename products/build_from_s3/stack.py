"""Build a model from S3 data: the resources of one project."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from base.roles import role_elsewhere
from base.settings import Settings
from pipelines.assets import AssetLocation
from pipelines.build_pipeline import BuildPipeline
from pipelines.model_card import TeamModelCard
from pipelines.project import ModelPackageGroup
from pipelines.registration import CENTRAL, TEAM, Registration
from pipelines.storage import ProjectStorage
from pipelines.team_repository import team_repository
from pipelines.training_role import TrainingRole
from products.form import Form, ask_for_project, ask_for_repository, pipeline_url

DATA_GROUP = "Data"
REGISTRATION_GROUP = "Registration"

# No character that would widen the training role's policy (``*``, ``?``, ``$``), and no slash at the end. It
# goes into the metadata of each version, which decides the rest
# (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html).
S3_URI_PATTERN = r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9_.=+@-]+)+/?$"
MAXIMUM_S3_URI = 256
# A column may be called almost anything; quotes, backslashes and the like would not survive a command line.
COLUMN_PATTERN = r"^[^\s\"'`$\\][^\"'`$\\\x00-\x1f]{0,126}$"


class BuildFromS3Stack(cdk.Stack):
    """Repository, CodePipeline, SageMaker pipeline's role, model package group and storage of a project."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        /,
        *,
        settings: Settings,
        assets: Mapping[str, AssetLocation],
        synthesizer: cdk.IStackSynthesizer,
    ) -> None:
        """Define the project.

        Args:
            scope: The app.
            construct_id: The stack's id.
            settings: What the adopter decided.
            assets: The locations of ``seed`` and ``seeding``.
            synthesizer: How the stack becomes a template.
        """
        super().__init__(scope, construct_id, synthesizer=synthesizer)
        form = Form(self)
        names = ask_for_project(form, self, settings)
        repository_id = ask_for_repository(form, settings)
        input_data_uri = form.ask(
            "InputDataUri",
            group=DATA_GROUP,
            label="Input data",
            description="A CSV file in S3, or a folder of them, with a slash at its end; each has a header.",
            pattern=S3_URI_PATTERN,
            expected="an S3 address such as s3://bucket/folder/data.csv or s3://bucket/folder/",
            maximum=MAXIMUM_S3_URI,
        )
        target_column = form.ask(
            "TargetColumn",
            group=DATA_GROUP,
            label="Target column",
            description="The column to predict. A number with many values makes a regression, else a "
            "classification.",
            pattern=COLUMN_PATTERN,
            expected="the name of a column, without quotes, backslashes, backticks or dollar signs",
            maximum=127,
        )

        choice = form.ask(
            "Registration",
            group=REGISTRATION_GROUP,
            label="Where versions are registered",
            description="With the team, whose approval then sends them to the central registry, or in the "
            "central registry at once, where the ML engineer must have prepared the group.",
            pattern=f"^({TEAM}|{CENTRAL})$",
            expected=f"{TEAM} or {CENTRAL}",
            maximum=max(len(TEAM), len(CENTRAL)),
            default=TEAM,
            choices=(TEAM, CENTRAL),
        )

        platform = settings.names
        promotion = role_elsewhere(settings.accounts.shared_services, platform.promotion_role)
        storage = ProjectStorage(self, "Storage", names=names, version_readers=[promotion])
        models = ModelPackageGroup(
            self,
            "Models",
            names=names,
            reader=promotion
            if settings.assumptions.group_policy == "organization"
            # Without a condition, which a group's policy may not take: the hub's own policies decide then.
            else iam.AccountPrincipal(settings.accounts.shared_services),
        )
        registration = Registration(
            self,
            "Versions",
            names=names,
            platform=platform,
            storage=storage,
            models=models,
            choice=choice,
            key_access=settings.assumptions.key_access,
        )
        model_card_arn = platform.model_card_arn(names.title)
        if settings.model_cards.layout == "hub_and_spoke":
            # Promotion brings what the team's card says into the central one; it sees no version that is
            # registered there directly.
            team_card = TeamModelCard(self, "ModelCard", names=names, platform=platform)
            model_card_arn = registration.either(central=model_card_arn, team=team_card.arn)
        repository = team_repository(
            self,
            "Repository",
            names=names,
            settings=settings,
            storage=storage,
            seed=assets["seed"],
            seeding_function=assets["seeding"],
            repository_id=repository_id,
        )
        training = TrainingRole(
            self,
            "Training",
            names=names,
            platform=platform,
            storage=storage,
            registration=registration,
            model_card_arn=model_card_arn,
            input_data_uri=input_data_uri,
        )
        BuildPipeline(
            self,
            "Build",
            names=names,
            storage=storage,
            repository=repository,
            registration=registration,
            model_card_arn=model_card_arn,
            training=training,
            environment={"INPUT_DATA_URI": input_data_uri, "TARGET_COLUMN": target_column},
        )

        form.answer("RepositoryUrl", repository.clone_url, "Clone this repository; a push trains a model.")
        form.answer("PipelineUrl", pipeline_url(names), "Watch the code being checked and a training start.")
        form.answer(
            "ModelPackageGroupName",
            registration.group,
            "Model versions wait here for approval: the team's group for that of a lead data scientist, the "
            "central one for that of an ML engineer.",
        )
        form.answer(
            "ProjectBucketName", storage.bucket.bucket_name, "Intermediate results and models are kept here."
        )
