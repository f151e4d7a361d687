"""From an approved model version to production, by way of test."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import aws_cdk as cdk
from constructs import Construct

from base.contracts import deploy_stages
from base.contracts.deploy_stages import BUILD, INTEGRATION_TEST
from base.contracts.events import RELEASED
from base.grants.models import read_versions
from base.names import PlatformNames, ProjectNames
from base.roles import Permission, arn, role_arn
from pipelines.build_project import BuildProject
from pipelines.code_pipeline import (
    Action,
    CodePipeline,
    Stage,
    Variable,
    approval_action,
    build_action,
    cloudformation_action,
    invoke_action,
    stage,
)
from pipelines.deliveries.delivery import Delivery, StageName
from pipelines.repository import Repository
from pipelines.storage import ProjectStorage

MODEL_PACKAGE_ARN = "ModelPackageArn"
"""The pipeline's variable: the version to deploy."""

NO_MODEL_PACKAGE = "none"
"""Its value when nobody names a version; also what the build answers when the registry has none."""

# What the repository's buildspec exports.
RESOLVED = f"#{{{BUILD}.MODEL_PACKAGE_ARN}}"
VERSION = f"#{{{BUILD}.MODEL_PACKAGE_VERSION}}"
REVIEW = "Review"
# What the stage function reports of a version before it is approved for production.
SUMMARY = f"#{{{REVIEW}.Summary}}"
LINK = f"#{{{REVIEW}.Link}}"
EXECUTION = "#{codepipeline.PipelineExecutionId}"


@dataclass(frozen=True, kw_only=True)
class TargetAccount:
    """An account that serves the project's model.

    Attributes:
        stage: ``test`` or ``production``, as in the repository's configuration files.
        account: The account's id.
        platform: The platform's names, among them those of the account's roles.
    """

    stage: StageName
    account: str
    platform: PlatformNames

    @property
    def title(self) -> str:
        """The stage in names of stages and actions."""
        return self.stage.title()

    @property
    def deployment_role_arn(self) -> str:
        """What the pipeline assumes there."""
        return role_arn(self.account, self.platform.deployment_role)

    @property
    def cloudformation_role_arn(self) -> str:
        """What CloudFormation assumes there."""
        # A substitution, because cfn-lint 1.58 takes its own hint on joins for an error here (E3703).
        return cdk.Fn.sub(
            f"arn:${{AWS::Partition}}:iam::${{Account}}:role/{self.platform.deployment_cloudformation_role}",
            {"Account": self.account},
        )

    @property
    def integration_test_role_arn(self) -> str:
        """What the integration tests assume there."""
        return role_arn(self.account, self.platform.integration_test_role)


class DeployPipeline(Construct):
    """Build, deploy to test, integration tests, approval, deploy to production.

    The build resolves the model version; while the registry has none, all later stages are skipped and
    the execution succeeds. The platform's stage function follows the version through the stages: it opens
    test, says what is known of the version before it is approved, admits it to production unless something
    is missing, and records it there.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        names: ProjectNames,
        platform: PlatformNames,
        storage: ProjectStorage,
        repository: Repository,
        model_package_group_name: str,
        delivery: Delivery,
        targets: Sequence[TargetAccount],
        start: Literal["rule", "release_function"],
    ) -> None:
        """Define the pipeline and its builds.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The project's names.
            platform: The platform's names.
            storage: The project's storage, readable by the deployment roles of the accounts.
            repository: The source.
            model_package_group_name: The group of the central registry.
            delivery: How the accounts put the model to use.
            targets: Where the integration tests run, and where an approved version goes then.
            start: What starts the pipeline when a version is released.
        """
        super().__init__(scope, construct_id)
        tested, *approved = targets
        reads_models = read_versions(
            model_package_group_name, because="Versions of the one group are numbered as they come."
        )
        build = BuildProject(
            self,
            BUILD,
            names=names,
            purpose="build",
            description=f"Checks the code of {names.project_name} and makes the templates of its "
            f"{delivery.subject}s",
            storage=storage,
            build_spec="buildspec.yml",
            environment={
                "SAGEMAKER_PROJECT_NAME": names.project_name,
                "SAGEMAKER_PROJECT_ID": names.project_id,
                "MODEL_PACKAGE_GROUP_NAME": model_package_group_name,
                **{f"{target.stage.upper()}_ACCOUNT_ID": target.account for target in targets},
                "NAME_PREFIX": names.prefix,
            },
            permissions=[storage.artifact_use, reads_models],
            timeout=cdk.Duration.minutes(30),
        )
        integration_test = BuildProject(
            self,
            INTEGRATION_TEST,
            names=names,
            purpose="integration-test",
            description=f"Tests the {delivery.subject} of {names.project_name} in the test account",
            storage=storage,
            build_spec="buildspec-integration-test.yml",
            environment={
                "SAGEMAKER_PROJECT_NAME": names.project_name,
                "SAGEMAKER_PROJECT_ID": names.project_id,
                **delivery.test_environment(names),
                "STAGE_ACCOUNT_ID": tested.account,
                "INTEGRATION_TEST_ROLE_ARN": tested.integration_test_role_arn,
                "MODEL_CARD_ARN": platform.model_card_arn(model_package_group_name),
            },
            permissions=[
                storage.artifact_reading,
                reads_models,
                Permission(actions=("sts:AssumeRole",), resources=(tested.integration_test_role_arn,)),
            ],
            timeout=cdk.Duration.minutes(30),
        )
        self.pipeline = CodePipeline(
            self,
            "Pipeline",
            names=names,
            storage=storage,
            repository=repository,
            builds=[build, integration_test],
            stages=[
                stage(
                    BUILD,
                    build_action(
                        BUILD,
                        build,
                        output=BUILD,
                        environment={"MODEL_PACKAGE_ARN": f"#{{variables.{MODEL_PACKAGE_ARN}}}"},
                    ),
                ),
                _with_model(
                    f"Deploy{tested.title}",
                    _stage_task(f"Open{tested.title}", deploy_stages.TEST, names, tested),
                    # Nobody depends on what serves in the test account.
                    _deploy(names, delivery, tested, replace_failed=True),
                ),
                _with_model(
                    INTEGRATION_TEST,
                    build_action(
                        INTEGRATION_TEST, integration_test, environment={"MODEL_PACKAGE_ARN": RESOLVED}
                    ),
                ),
                *(
                    reached
                    for target in approved
                    for reached in _after_approval(names, delivery, tested=tested, target=target)
                ),
            ],
            permissions=[
                Permission(
                    actions=("sts:AssumeRole",),
                    resources=tuple(target.deployment_role_arn for target in targets),
                ),
                Permission(
                    actions=("lambda:InvokeFunction",),
                    resources=(arn("lambda", f"function:{platform.stage_function}"),),
                ),
            ],
            variables=[
                Variable(
                    name=MODEL_PACKAGE_ARN,
                    default_value=NO_MODEL_PACKAGE,
                    description="The model version to deploy; none: the one approved last",
                )
            ],
        )
        released: dict[str, Any] = {
            "description": f"An approved version of {model_package_group_name} starts {names.title}",
            "event": {
                "source": [platform.registry_event_source],
                "detail-type": [RELEASED],
                "detail": {"ModelPackageGroupName": [model_package_group_name]},
            },
            "variables": {MODEL_PACKAGE_ARN: "$.detail.ModelPackageArn"},
        }
        if start == "rule":
            self.pipeline.start_on("Release", **released)
        else:
            self.pipeline.start_through(
                "Release", function=arn("lambda", f"function:{platform.release_function}"), **released
            )


def _with_model(name: str, *actions: Action) -> Stage:
    return stage(name, *actions, only_if_not=(RESOLVED, NO_MODEL_PACKAGE))


def _after_approval(
    names: ProjectNames, delivery: Delivery, *, tested: TargetAccount, target: TargetAccount
) -> tuple[Stage, Stage]:
    """A person approves what is known of a tested version, and the next account gets it."""
    return (
        _with_model(
            deploy_stages.approve(target.title),
            _stage_task(REVIEW, deploy_stages.REVIEW, names, target),
            # With a summary of 900 characters within the 1,000 of a configuration's value.
            # https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
            approval_action(
                deploy_stages.approve(target.title),
                f"Version {VERSION} has passed its tests in account {tested.account}. "
                f"Approve it for account {target.account}? {SUMMARY}",
                LINK,
            ),
        ),
        _with_model(
            deploy_stages.deploy(target.title),
            _stage_task("Admit", deploy_stages.ADMIT, names, target),
            # What serves is never deleted unseen: a person looks first.
            _deploy(names, delivery, target, replace_failed=False),
            _stage_task("Record", deploy_stages.RECORD, names, target),
        ),
    )


def _deploy(
    names: ProjectNames, delivery: Delivery, target: TargetAccount, *, replace_failed: bool
) -> Action:
    return cloudformation_action(
        deploy_stages.deploy(target.title),
        artifact=BUILD,
        template=f"{delivery.kind}-{target.stage}.template.json",
        stack=names.delivery_stack(delivery.kind),
        action_role=target.deployment_role_arn,
        execution_role=target.cloudformation_role_arn,
        replace_failed=replace_failed,
    )


def _stage_task(name: str, task: str, names: ProjectNames, target: TargetAccount) -> Action:
    return invoke_action(
        name,
        target.platform.stage_function,
        {
            "task": task,
            "model_package_arn": RESOLVED,
            "account": target.account,
            "pipeline": names.title,
            "execution": EXECUTION,
        },
    )
