"""The deploy project's own promises."""

import json
import re
from typing import Any

import pytest
import yaml

from products.deploy.realtime.product import PRODUCT
from registry.personas import PRODUCTION_APPROVAL
from tests.products.launches import LONGEST, Launch, launch, templates

ID = LONGEST["SageMakerProjectId"]
TITLE = f"{LONGEST['SageMakerProjectName']}-{ID}"
TEST, PRODUCTION = "444444444444", "555555555555"


@pytest.fixture(scope="module")
def launched() -> Launch:
    return launch("deploy_realtime")


@pytest.fixture(scope="module")
def pipeline(launched: Launch) -> dict[str, Any]:
    return launched.only("AWS::CodePipeline::Pipeline")


def action(pipeline: dict[str, Any], stage_name: str, name: str | None = None) -> dict[str, Any]:
    """An action of a stage; without a name, the one that is named after its stage."""
    (actions,) = (stage["Actions"] for stage in pipeline["Stages"] if stage["Name"] == stage_name)
    (found,) = (action for action in actions if action["Name"] == (name or stage_name))
    return dict(found)


def granted(launched: Launch, purpose: str, action: str) -> list[Any]:
    """The resources on which a role of the project may do something."""
    return [
        statement["Resource"]
        for policy in launched.role(f"mlplatform-x-{purpose}-{ID}")["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Action"] == action
    ]


def test_stages_come_in_order(pipeline: dict[str, Any]) -> None:
    assert [
        (stage["Name"], [action["Name"] for action in stage["Actions"]]) for stage in pipeline["Stages"]
    ] == [
        ("Source", ["Source"]),
        ("Build", ["Build"]),
        ("DeployTest", ["OpenTest", "DeployTest"]),
        ("IntegrationTest", ["IntegrationTest"]),
        ("ApproveProduction", ["Review", "ApproveProduction"]),
        ("DeployProduction", ["Admit", "DeployProduction", "Record"]),
    ]
    assert (pipeline["PipelineType"], pipeline["ExecutionMode"]) == ("V2", "SUPERSEDED")


def test_actions_of_a_stage_run_one_after_the_other(pipeline: dict[str, Any]) -> None:
    for stage in pipeline["Stages"]:
        orders = [action.get("RunOrder", 1) for action in stage["Actions"]]
        assert orders == list(range(1, len(orders) + 1)), stage["Name"]


def test_everything_after_the_build_is_skipped_without_a_model(pipeline: dict[str, Any]) -> None:
    conditions = {stage["Name"]: stage.get("BeforeEntry") for stage in pipeline["Stages"]}
    assert conditions.pop("Source") is conditions.pop("Build") is None
    for condition in conditions.values():
        (only,) = condition["Conditions"]
        (rule,) = only["Rules"]
        assert only["Result"] == "SKIP"
        assert rule["RuleTypeId"]["Provider"] == "VariableCheck"
        assert rule["Configuration"] == {
            "Variable": "#{Build.MODEL_PACKAGE_ARN}",
            "Operator": "NE",
            "Value": "none",
        }


def test_a_release_starts_the_pipeline_with_its_version(launched: Launch, pipeline: dict[str, Any]) -> None:
    (release,) = (
        rule
        for rule in launched.of_type("AWS::Events::Rule")
        if rule["EventPattern"]["source"] == ["mlplatform-x.registry"]
    )
    assert release["EventPattern"]["detail"] == {"ModelPackageGroupName": [LONGEST["ModelPackageGroupName"]]}
    transformer = release["Targets"][0]["InputTransformer"]
    assert transformer["InputPathsMap"] == {"ModelPackageArn": "$.detail.ModelPackageArn"}
    assert json.loads(transformer["InputTemplate"]) == {
        "variables": [{"name": "ModelPackageArn", "value": "<ModelPackageArn>"}]
    }
    (variable,) = pipeline["Variables"]
    assert (variable["Name"], variable["DefaultValue"]) == ("ModelPackageArn", "none")
    (asked,) = json.loads(action(pipeline, "Build")["Configuration"]["EnvironmentVariables"])
    assert (asked["name"], asked["value"]) == ("MODEL_PACKAGE_ARN", "#{variables.ModelPackageArn}")


@pytest.mark.parametrize(
    ("stage", "account", "name", "mode"),
    [
        # After a failed creation, the next deployment works.
        ("DeployTest", TEST, "test", "REPLACE_ON_FAILURE"),
        # An endpoint that still serves is not deleted.
        ("DeployProduction", PRODUCTION, "production", "CREATE_UPDATE"),
    ],
)
def test_each_stage_deploys_its_template_to_its_account(
    pipeline: dict[str, Any], stage: str, account: str, name: str, mode: str
) -> None:
    deploy = action(pipeline, stage)
    assert deploy["RoleArn"] == f"arn:aws:iam::{account}:role/mlplatform-x-deployment"
    assert deploy["Configuration"] == {
        "ActionMode": mode,
        "RoleArn": f"arn:aws:iam::{account}:role/mlplatform-x-deployment-cloudformation",
        "StackName": f"mlplatform-x-endpoint-{ID}",
        "TemplatePath": f"Build::endpoint-{name}.template.json",
    }


@pytest.mark.parametrize(
    ("stage", "name", "task", "account"),
    [
        ("DeployTest", "OpenTest", "test", TEST),
        ("ApproveProduction", "Review", "review", PRODUCTION),
        ("DeployProduction", "Admit", "admit", PRODUCTION),
        ("DeployProduction", "Record", "record", PRODUCTION),
    ],
)
def test_the_platform_follows_the_version_through_the_stages(
    pipeline: dict[str, Any], stage: str, name: str, task: str, account: str
) -> None:
    invoked = action(pipeline, stage, name)
    assert invoked["ActionTypeId"] == {
        "Category": "Invoke",
        "Owner": "AWS",
        "Provider": "Lambda",
        "Version": "1",
    }
    assert invoked["Configuration"]["FunctionName"] == "mlplatform-x-stages"
    assert json.loads(invoked["Configuration"]["UserParameters"]) == {
        "task": task,
        "model_package_arn": "#{Build.MODEL_PACKAGE_ARN}",
        "account": account,
        "pipeline": TITLE,
        "execution": "#{codepipeline.PipelineExecutionId}",
    }


def test_the_pipeline_invokes_the_stage_function_alone(launched: Launch) -> None:
    assert granted(launched, "pipeline", "lambda:InvokeFunction") == [
        "arn:aws:lambda:ap-southeast-1:333333333333:function:mlplatform-x-stages"
    ]


def test_integration_tests_know_the_endpoint_the_version_and_its_card(
    launched: Launch, pipeline: dict[str, Any]
) -> None:
    test = action(pipeline, "IntegrationTest")
    (given,) = json.loads(test["Configuration"]["EnvironmentVariables"])
    assert (given["name"], given["value"]) == ("MODEL_PACKAGE_ARN", "#{Build.MODEL_PACKAGE_ARN}")
    name = test["Configuration"]["ProjectName"]
    (project,) = (item for item in launched.of_type("AWS::CodeBuild::Project") if item["Name"] == name)
    assert project["Source"]["BuildSpec"] == "buildspec-integration-test.yml"
    variables = {item["Name"]: item["Value"] for item in project["Environment"]["EnvironmentVariables"]}
    assert variables["ENDPOINT_NAME"] == TITLE
    assert variables["STAGE_ACCOUNT_ID"] == TEST
    assert variables["INTEGRATION_TEST_ROLE_ARN"] == (
        f"arn:aws:iam::{TEST}:role/mlplatform-x-integration-test"
    )
    group = LONGEST["ModelPackageGroupName"]
    assert variables["MODEL_CARD_ARN"] == f"arn:aws:sagemaker:eu-west-1:222222222222:model-card/{group}"


@pytest.mark.parametrize(
    ("purpose", "expected"),
    [
        (
            "pipeline",
            [
                f"arn:aws:iam::{PRODUCTION}:role/mlplatform-x-deployment",
                f"arn:aws:iam::{TEST}:role/mlplatform-x-deployment",
            ],
        ),
        ("integration-test", f"arn:aws:iam::{TEST}:role/mlplatform-x-integration-test"),
        ("build", None),
        ("trigger", None),
    ],
)
def test_only_named_roles_of_target_accounts_are_assumed(
    launched: Launch, purpose: str, expected: Any
) -> None:
    assert granted(launched, purpose, "sts:AssumeRole") == ([] if expected is None else [expected])


def test_artifacts_are_read_by_the_deployment_roles_alone(launched: Launch) -> None:
    statements = launched.only("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    readers = {
        item["Condition"]["ArnEquals"]["aws:PrincipalArn"]
        for item in statements
        if item["Effect"] == "Allow" and "s3:GetObject" in item["Action"]
    }
    assert readers == {
        f"arn:aws:iam::{account}:role/mlplatform-x-deployment" for account in (TEST, PRODUCTION)
    }


def test_approver_reads_what_is_approved(pipeline: dict[str, Any]) -> None:
    shown = action(pipeline, "ApproveProduction")["Configuration"]
    assert shown["ExternalEntityLink"] == "#{Review.Link}"
    assert action(pipeline, "ApproveProduction", "Review")["Namespace"] == "Review"
    message = shown["CustomData"].replace("#{Build.MODEL_PACKAGE_VERSION}", "99999")
    assert message == (
        f"Version 99999 has passed its tests in account {TEST}. Approve it for account {PRODUCTION}? "
        "#{Review.Summary}"
    )
    # A configuration's value takes 1,000 characters, and the summary has up to 900.
    assert len(message.replace("#{Review.Summary}", "x" * 900)) <= 1000


def test_governance_officer_may_approve_this_action(pipeline: dict[str, Any]) -> None:
    stage, name = PRODUCTION_APPROVAL.split("/")
    assert action(pipeline, stage)["Name"] == name
    assert action(pipeline, stage)["ActionTypeId"]["Category"] == "Approval"


def test_buildspec_exports_what_the_pipeline_uses(pipeline: dict[str, Any]) -> None:
    buildspec = yaml.safe_load(
        (PRODUCT.seeds["seed"].compose() / "buildspec.yml").read_text(encoding="utf-8")
    )
    used = set(re.findall(r"#\{Build\.(\w+)\}", json.dumps(pipeline)))
    assert used
    assert used <= set(buildspec["env"]["exported-variables"])


def test_one_account_for_both_stages_is_refused() -> None:
    (rule,) = templates()["deploy_realtime"]["Rules"].values()
    assert rule["Assertions"] == [
        {
            "Assert": {
                "Fn::Not": [{"Fn::Equals": [{"Ref": "TestAccountId"}, {"Ref": "ProductionAccountId"}]}]
            },
            "AssertDescription": "Test and production must be two accounts.",
        }
    ]
