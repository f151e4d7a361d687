"""A project that deploys approved versions of a model to the target accounts."""

import aws_cdk as cdk

from base.names import MAXIMUM_MODEL_PACKAGE_GROUP
from base.roles import role_elsewhere
from pipelines.context import ProjectContext
from pipelines.deliveries.delivery import Delivery, StageName
from pipelines.deploy_pipeline import DeployPipeline, TargetAccount
from pipelines.form import Form

LAYERS = ("deploy/base", "tools/uv")
"""The layers that every deploy repository begins with, below those of its delivery."""

MODEL_GROUP = "Model"
ACCOUNT_GROUP = "Accounts"

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackageGroup.html
MODEL_PACKAGE_GROUP_PATTERN = "^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$"
ACCOUNT_PATTERN = "^[0-9]{12}$"


class ModelDeploy:
    """The CodePipeline of a project that serves one model, and the accounts that it deploys to."""

    def __init__(self, project: ProjectContext, *, delivery: Delivery) -> None:
        """Define what takes a version from account to account.

        Args:
            project: The project.
            delivery: How the accounts put the model to use.
        """
        form, platform = project.form, project.platform
        model_package_group_name = form.ask(
            "ModelPackageGroupName",
            group=MODEL_GROUP,
            label="Model package group",
            description="The model's group in the central registry; it may still be empty, or not exist yet.",
            pattern=MODEL_PACKAGE_GROUP_PATTERN,
            expected="the group's name: up to 63 letters, digits and hyphens, not an ARN",
            maximum=MAXIMUM_MODEL_PACKAGE_GROUP,
        )
        accounts = project.settings.accounts
        defaults: dict[StageName, str] = {"test": accounts.test, "production": accounts.production}
        targets = [
            TargetAccount(stage=stage, account=_ask_for_account(form, stage, default), platform=platform)
            for stage, default in defaults.items()
            if stage in delivery.stages
        ]
        _refuse_one_account(project.stack, targets)
        for target in targets:
            project.storage.share_artifacts(role_elsewhere(target.account, platform.deployment_role))
        DeployPipeline(
            project.stack,
            "Deploy",
            names=project.names,
            platform=platform,
            storage=project.storage,
            repository=project.repository,
            model_package_group_name=model_package_group_name,
            delivery=delivery,
            targets=targets,
            start=project.settings.assumptions.pipeline_start,
        )
        project.answer(
            clone=f"Clone this repository to change the {delivery.subject}.",
            watch="Watch deployments here. While the central registry has no approved version, the pipeline "
            "ends after its build and waits for one.",
        )
        delivery.answer(project)


def _ask_for_account(form: Form, stage: StageName, default: str) -> str:
    return form.ask(
        f"{stage.title()}AccountId",
        group=ACCOUNT_GROUP,
        label=f"{stage.title()} account",
        description="One of the accounts that the platform has prepared for this stage.",
        pattern=ACCOUNT_PATTERN,
        expected="an account id of 12 digits",
        maximum=12,
        default=default,
    )


def _refuse_one_account(stack: cdk.Stack, targets: list[TargetAccount]) -> None:
    if len(targets) == 1:
        return
    test, production = targets
    cdk.CfnRule(
        stack,
        "AccountsDiffer",
        assertions=[
            cdk.CfnRuleAssertion(
                assert_=cdk.Fn.condition_not(cdk.Fn.condition_equals(test.account, production.account)),
                assert_description="Test and production must be two accounts.",
            )
        ],
    )
