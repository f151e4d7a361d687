"""Deploy a real-time endpoint, test and production: the resources of one project."""

from collections.abc import Mapping

import aws_cdk as cdk
from constructs import Construct

from base.names import MAXIMUM_MODEL_PACKAGE_GROUP
from base.roles import role_elsewhere
from base.settings import Settings
from pipelines.assets import AssetLocation
from pipelines.deploy_pipeline import DeployPipeline, TargetAccount
from pipelines.storage import ProjectStorage
from pipelines.team_repository import team_repository
from products.form import Form, ask_for_project, ask_for_repository, pipeline_url

MODEL_GROUP = "Model"
ACCOUNT_GROUP = "Accounts"

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackageGroup.html
MODEL_PACKAGE_GROUP_PATTERN = "^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$"
ACCOUNT_PATTERN = "^[0-9]{12}$"


class DeployRealtimeStack(cdk.Stack):
    """Repository, CodePipeline and storage of a project that serves a model in two accounts."""

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
        model_package_group_name = form.ask(
            "ModelPackageGroupName",
            group=MODEL_GROUP,
            label="Model package group",
            description="The model's group in the central registry; it may still be empty, or not exist yet.",
            pattern=MODEL_PACKAGE_GROUP_PATTERN,
            expected="the group's name: up to 63 letters, digits and hyphens, not an ARN",
            maximum=MAXIMUM_MODEL_PACKAGE_GROUP,
        )
        platform = settings.names
        test = TargetAccount(
            stage="test",
            account=_ask_for_account(form, "TestAccountId", "Test account", settings.accounts.test),
            platform=platform,
        )
        production = TargetAccount(
            stage="production",
            account=_ask_for_account(
                form, "ProductionAccountId", "Production account", settings.accounts.production
            ),
            platform=platform,
        )
        self._refuse_one_account(test, production)

        storage = ProjectStorage(
            self,
            "Storage",
            names=names,
            artifact_readers=[
                role_elsewhere(target.account, platform.deployment_role) for target in (test, production)
            ],
        )
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
        DeployPipeline(
            self,
            "Deploy",
            names=names,
            platform=platform,
            storage=storage,
            repository=repository,
            model_package_group_name=model_package_group_name,
            test=test,
            production=production,
            start=settings.assumptions.pipeline_start,
        )

        form.answer("RepositoryUrl", repository.clone_url, "Clone this repository to change the endpoint.")
        form.answer(
            "PipelineUrl",
            pipeline_url(names),
            "Watch deployments here. While the central registry has no approved version, the pipeline "
            "ends after its build and waits for one.",
        )
        form.answer("EndpointName", names.title, "The endpoint has this name in both accounts.")

    def _refuse_one_account(self, test: TargetAccount, production: TargetAccount) -> None:
        cdk.CfnRule(
            self,
            "AccountsDiffer",
            assertions=[
                cdk.CfnRuleAssertion(
                    assert_=cdk.Fn.condition_not(cdk.Fn.condition_equals(test.account, production.account)),
                    assert_description="Test and production must be two accounts.",
                )
            ],
        )


def _ask_for_account(form: Form, name: str, label: str, default: str) -> str:
    return form.ask(
        name,
        group=ACCOUNT_GROUP,
        label=label,
        description="One of the accounts that the platform has prepared for this stage.",
        pattern=ACCOUNT_PATTERN,
        expected="an account id of 12 digits",
        maximum=12,
        default=default,
    )
