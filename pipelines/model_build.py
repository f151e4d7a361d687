"""A project that trains models and registers their versions."""

from aws_cdk import aws_iam as iam

from base.roles import role_elsewhere
from pipelines.algorithms.algorithm import Algorithm
from pipelines.build_pipeline import BuildPipeline
from pipelines.context import ProjectContext
from pipelines.model_card import TeamModelCard
from pipelines.project import ModelPackageGroup
from pipelines.registration import Registration, RegistrationChoice
from pipelines.sources.source import DataSource
from pipelines.training_role import TrainingRole

LAYERS = ("build/base", "tools/uv")
"""The layers that every build repository begins with, below those of its algorithm and its source."""


class ModelBuild:
    """CodePipeline, the SageMaker pipeline's role, model package group and model card of a project."""

    def __init__(
        self,
        project: ProjectContext,
        *,
        source: DataSource,
        algorithm: Algorithm,
        registration: RegistrationChoice,
    ) -> None:
        """Define what turns the project's data into registered versions.

        Args:
            project: The project.
            source: Where its data comes from.
            algorithm: What it trains with.
            registration: Where its versions may be registered.
        """
        stack, names, platform, settings = project.stack, project.names, project.platform, project.settings
        data = source.ask(project)
        choice = registration.ask(project.form)
        promotion = role_elsewhere(settings.accounts.shared_services, platform.promotion_role)
        project.storage.share_versions(promotion)
        models = ModelPackageGroup(
            stack,
            "Models",
            names=names,
            reader=promotion
            if settings.assumptions.group_policy == "organization"
            # Without a condition, which a group's policy may not take: the hub's own policies decide then.
            else iam.AccountPrincipal(settings.accounts.shared_services),
        )
        versions = Registration(
            stack,
            "Versions",
            names=names,
            platform=platform,
            storage=project.storage,
            models=models,
            choice=choice,
            key_access=settings.assumptions.key_access,
        )
        model_card_arn = platform.model_card_arn(names.title)
        if settings.model_cards.layout == "hub_and_spoke":
            # Promotion copies what the team's card says into the central one; it sees no version that is
            # registered there directly.
            team_card = TeamModelCard(stack, "ModelCard", names=names, platform=platform)
            model_card_arn = versions.either(central=model_card_arn, team=team_card.arn)
        image = algorithm.image(project, promotion=promotion)
        training = TrainingRole(
            stack,
            "Training",
            names=names,
            storage=project.storage,
            data=data,
            image=image,
            registration=versions,
            model_card_arn=model_card_arn,
        )
        BuildPipeline(
            stack,
            "Build",
            names=names,
            storage=project.storage,
            repository=project.repository,
            registration=versions,
            model_card_arn=model_card_arn,
            training=training,
            data=data,
            image=image,
        )
        project.answer(
            clone="Clone this repository; a push trains a model.",
            watch="Watch the code being checked and a training start.",
        )
        project.form.answer(
            "ModelPackageGroupName",
            versions.group,
            "Model versions wait here for approval: the team's group for that of a lead data scientist, the "
            "central one for that of an ML engineer.",
        )
        project.form.answer(
            "ProjectBucketName",
            project.storage.bucket.bucket_name,
            "Intermediate results and models are kept here.",
        )
