"""What every project has, whatever it is for."""

from collections.abc import Mapping

import aws_cdk as cdk

from base.settings import Settings
from pipelines.assets import SEED, SEEDING, AssetLocation
from pipelines.form import Form, ask_for_project, ask_for_repository, pipeline_url
from pipelines.storage import ProjectStorage
from pipelines.team_repository import team_repository


class ProjectContext:
    """The names, tags, form, storage and repository of one project.

    The parts of a product (`pipelines.model_build`, `pipelines.model_deploy`) define their constructs in
    `stack` itself, so that logical ids do not tell which part has made a resource.

    Attributes:
        stack: The product's stack.
        settings: What the adopter decided.
        platform: The platform's names.
        form: The parameters and outputs of the product.
        names: The project's names.
        storage: The project's key and bucket.
        repository: The team's repository, which begins with the product's seed.
    """

    def __init__(self, stack: cdk.Stack, *, settings: Settings, assets: Mapping[str, AssetLocation]) -> None:
        """Ask for the project and its repository, and define its storage and its repository.

        Args:
            stack: The product's stack, still empty.
            settings: What the adopter decided.
            assets: The locations of `pipelines.assets.SEED` and `pipelines.assets.SEEDING`.
        """
        self.stack = stack
        self.settings = settings
        self.platform = settings.names
        self.form = Form(stack)
        self.names = ask_for_project(self.form, stack, settings)
        repository_id = ask_for_repository(self.form, settings)
        self.storage = ProjectStorage(stack, "Storage", names=self.names)
        self.repository = team_repository(
            stack,
            "Repository",
            names=self.names,
            settings=settings,
            storage=self.storage,
            seed=assets[SEED],
            seeding_function=assets[SEEDING],
            repository_id=repository_id,
        )

    def answer(self, *, clone: str, watch: str) -> None:
        """Tell the team where its repository and its pipeline are.

        Args:
            clone: Why to clone the repository, in a sentence.
            watch: What the pipeline shows, in a sentence.
        """
        self.form.answer("RepositoryUrl", self.repository.clone_url, clone)
        self.form.answer("PipelineUrl", pipeline_url(self.names), watch)
