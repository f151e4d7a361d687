"""The CloudFormation action: its modes, what it passes on, and how it says what went wrong."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.emulator.support import Emulator, allow, trust
from tests.emulator.support_code import until, zipped

TEMPLATE = json.dumps(
    {
        "Parameters": {"Stage": {"Type": "String"}, "Store": {"Type": "String", "Default": "none"}},
        "Resources": {
            "Deployed": {
                "Type": "AWS::SSM::Parameter",
                "Properties": {"Type": "String", "Value": {"Fn::Sub": "${Stage} from ${Store}"}},
            }
        },
        "Outputs": {"Parameter": {"Value": {"Ref": "Deployed"}}},
    }
)


def kind(category: str, provider: str) -> dict[str, str]:
    return {"category": category, "owner": "AWS", "provider": provider, "version": "1"}


@dataclass
class Deployments:
    """Pipelines whose source is an archive of templates, and whose other actions are CloudFormation's."""

    emulator: Emulator
    bucket: str
    role: str
    service_role: str

    def run(self, *configurations: Mapping[str, str], **files: str) -> dict[str, dict[str, Any]]:
        """Run CloudFormation actions one after the other and return all actions by their name."""
        archive = zipped(
            {"template.json": TEMPLATE, **{f"{name}.json": text for name, text in files.items()}}
        )
        self.emulator.client("s3").put_object(Bucket=self.bucket, Key="source.zip", Body=archive)
        source = {
            "name": "Source",
            "actionTypeId": kind("Source", "S3"),
            "namespace": "Source",
            "configuration": {
                "S3Bucket": self.bucket,
                "S3ObjectKey": "source.zip",
                "PollForSourceChanges": "false",
            },
            "outputArtifacts": [{"name": "Templates"}],
        }
        actions = [
            {
                "name": f"Action{number}",
                "actionTypeId": kind("Deploy", "CloudFormation"),
                "runOrder": number,
                "namespace": f"Action{number}",
                "inputArtifacts": [{"name": "Templates"}],
                "configuration": {"RoleArn": self.service_role, **configuration},
            }
            for number, configuration in enumerate(configurations, 1)
        ]
        name = f"deploy-{uuid.uuid4().hex[:8]}"
        codepipeline = self.emulator.client("codepipeline")
        codepipeline.create_pipeline(
            pipeline={
                "name": name,
                "roleArn": self.role,
                "pipelineType": "V2",
                "artifactStore": {"type": "S3", "location": self.bucket},
                "stages": [{"name": "Source", "actions": [source]}, {"name": "Deploy", "actions": actions}],
            }
        )
        until(
            lambda: codepipeline.list_pipeline_executions(pipelineName=name)["pipelineExecutionSummaries"][0][
                "status"
            ],
            lambda status: status != "InProgress",
        )
        details = codepipeline.list_action_executions(pipelineName=name)["actionExecutionDetails"]
        return {each["actionName"]: each for each in details}

    def value(self, action: Mapping[str, Any]) -> str:
        """Return the parameter that a stack of the template has deployed."""
        name = action["output"]["outputVariables"]["Parameter"]
        return str(self.emulator.client("ssm").get_parameter(Name=name)["Parameter"]["Value"])


@pytest.fixture(scope="module")
def deployments(emulator: Emulator) -> Deployments:
    bucket = f"templates-{uuid.uuid4().hex[:8]}"
    emulator.client("s3").create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": emulator.region}
    )
    service_role = emulator.role(allow("ssm:*"), trusting=trust(Service="cloudformation.amazonaws.com"))
    role = emulator.role(
        allow(["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{bucket}/*"),
        allow("cloudformation:*"),
        allow("iam:PassRole", service_role),
        trusting=trust(Service="codepipeline.amazonaws.com"),
    )
    return Deployments(emulator, bucket, role, service_role)


@pytest.fixture
def stack() -> dict[str, str]:
    return {"StackName": f"stack-{uuid.uuid4().hex[:8]}"}


TEMPLATE_PATH = {"TemplatePath": "Templates::template.json"}
TEST = {"ParameterOverrides": '{"Stage": "test"}'}


def test_configuration_and_overrides_reach_the_stack(deployments: Deployments, stack: dict[str, str]) -> None:
    done = deployments.run(
        {
            **stack,
            **TEMPLATE_PATH,
            "ActionMode": "CREATE_UPDATE",
            "TemplateConfiguration": "Templates::configuration.json",
            "ParameterOverrides": json.dumps(
                {
                    "Stage": {"Fn::GetParam": ["Templates", "values.json", "Stage"]},
                    "Store": {"Fn::GetArtifactAtt": ["Templates", "BucketName"]},
                }
            ),
        },
        configuration=json.dumps({"Parameters": {"Stage": "overridden"}, "Tags": {"team": "a"}}),
        values=json.dumps({"Stage": "read"}),
    )

    assert deployments.value(done["Action1"]) == f"read from {deployments.bucket}"
    found = deployments.emulator.client("cloudformation").describe_stacks(**stack)["Stacks"][0]
    assert found["Tags"] == [{"Key": "team", "Value": "a"}]
    assert done["Source"]["output"]["outputVariables"].keys() == {
        "BucketName",
        "ETag",
        "ObjectKey",
        "VersionId",
    }


def test_an_unchanged_stack_is_no_failure(deployments: Deployments, stack: dict[str, str]) -> None:
    create = {**stack, **TEMPLATE_PATH, **TEST, "ActionMode": "CREATE_UPDATE"}

    done = deployments.run(create, create)

    assert done["Action2"]["status"] == "Succeeded"
    assert deployments.value(done["Action2"]) == "test from none"


def test_change_sets_are_replaced_and_executed(deployments: Deployments, stack: dict[str, str]) -> None:
    named = {**stack, "ChangeSetName": "deploy"}
    replace = {**named, **TEMPLATE_PATH, **TEST, "ActionMode": "CHANGE_SET_REPLACE"}
    execute = {**named, "ActionMode": "CHANGE_SET_EXECUTE"}

    done = deployments.run(replace, replace, execute, replace, execute)

    assert {each["status"] for each in done.values()} == {"Succeeded"}
    assert deployments.value(done["Action5"]) == "test from none"


def test_a_stack_is_deleted_once_and_for_all(deployments: Deployments, stack: dict[str, str]) -> None:
    create = {**stack, **TEMPLATE_PATH, **TEST, "ActionMode": "CREATE_UPDATE"}
    delete = {**stack, "ActionMode": "DELETE_ONLY"}

    done = deployments.run(create, delete, delete)

    assert done["Action3"]["status"] == "Succeeded"
    listed = deployments.emulator.client("cloudformation").list_stacks(StackStatusFilter=["CREATE_COMPLETE"])
    assert stack["StackName"] not in [each["StackName"] for each in listed["StackSummaries"]]


BROKEN = json.dumps(
    {
        "Resources": {
            "Refused": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "refused"}},
        }
    }
)


def test_a_failed_stack_is_explained_and_can_be_replaced(
    deployments: Deployments, stack: dict[str, str]
) -> None:
    broken = {**stack, "TemplatePath": "Templates::broken.json", "ActionMode": "CREATE_UPDATE"}
    update = {**stack, **TEMPLATE_PATH, **TEST, "ActionMode": "CREATE_UPDATE"}

    failed = deployments.run(broken, broken=BROKEN)["Action1"]["output"]["executionResult"]["errorDetails"]
    assert failed["message"].startswith(f"Stack {stack['StackName']} ended in ROLLBACK_COMPLETE. Refused: ")
    assert "sqs:CreateQueue" in failed["message"]

    stuck = deployments.run(update)["Action1"]["output"]["executionResult"]["errorDetails"]
    assert "is in ROLLBACK_COMPLETE state and can not be updated" in stuck["message"]

    replaced = deployments.run({**update, "ActionMode": "REPLACE_ON_FAILURE"})["Action1"]
    assert deployments.value(replaced) == "test from none"


@pytest.mark.parametrize(
    ("configuration", "code", "sentence"),
    [
        pytest.param(
            {"ActionMode": "UPSERT"}, "ConfigurationError", "UPSERT is none of CREATE_UPDATE", id="mode"
        ),
        pytest.param({}, "ConfigurationError", "configuration lacks ActionMode", id="no mode"),
        pytest.param(
            {"ActionMode": "CREATE_UPDATE", "TemplatePath": "Templates::gone.json"},
            "JobFailed",
            r"File [gone.json] does not exist in artifact [Templates]",
            id="file",
        ),
        pytest.param(
            {"ActionMode": "CREATE_UPDATE", "TemplatePath": "Gone::template.json"},
            "ConfigurationError",
            "Gone is no input artifact of the action",
            id="artifact",
        ),
        pytest.param(
            {
                "ActionMode": "CREATE_UPDATE",
                **TEMPLATE_PATH,
                "RoleArn": "arn:aws:iam::333333333333:role/other",
            },
            "PermissionError",
            "iam:PassRole",
            id="role",
        ),
    ],
)
def test_says_what_is_wrong(
    configuration: Mapping[str, str],
    code: str,
    sentence: str,
    deployments: Deployments,
    stack: dict[str, str],
) -> None:
    done = deployments.run({**stack, **configuration})

    error = done["Action1"]["output"]["executionResult"]["errorDetails"]
    assert error["code"] == code
    assert sentence in error["message"]
