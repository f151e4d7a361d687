"""The CloudFormation action: its modes, what it passes on, and how it says what went wrong."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.emulator.support import Emulator, allow, trust
from tests.emulator.support_code import kind, repository_of, source_action, until

TEMPLATE = json.dumps(
    {
        "Resources": {
            "Deployed": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "test"}}
        },
        "Outputs": {"Parameter": {"Value": {"Ref": "Deployed"}}},
    }
)


@dataclass
class Deployments:
    """Pipelines whose source is a repository of templates, and whose other actions are CloudFormation's."""

    emulator: Emulator
    bucket: str
    role: str
    service_role: str

    def run(self, *configurations: Mapping[str, str], **files: str) -> dict[str, dict[str, Any]]:
        """Run CloudFormation actions one after the other and return all actions by their name."""
        repository = repository_of(
            self.emulator,
            {"template.json": TEMPLATE, **{f"{name}.json": text for name, text in files.items()}},
        )
        source = source_action(repository, "Templates")
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
        allow(["cloudformation:*", "codecommit:*"]),
        allow("iam:PassRole", service_role),
        trusting=trust(Service="codepipeline.amazonaws.com"),
    )
    return Deployments(emulator, bucket, role, service_role)


@pytest.fixture
def stack() -> dict[str, str]:
    return {"StackName": f"stack-{uuid.uuid4().hex[:8]}"}


TEMPLATE_PATH = {"TemplatePath": "Templates::template.json"}


def test_an_unchanged_stack_is_no_failure(deployments: Deployments, stack: dict[str, str]) -> None:
    create = {**stack, **TEMPLATE_PATH, "ActionMode": "CREATE_UPDATE"}

    done = deployments.run(create, create)

    assert done["Action2"]["status"] == "Succeeded"
    assert deployments.value(done["Action2"]) == "test"


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
    update = {**stack, **TEMPLATE_PATH, "ActionMode": "CREATE_UPDATE"}

    failed = deployments.run(broken, broken=BROKEN)["Action1"]["output"]["executionResult"]["errorDetails"]
    assert failed["message"].startswith(f"Stack {stack['StackName']} ended in ROLLBACK_COMPLETE. Refused: ")
    assert "sqs:CreateQueue" in failed["message"]

    stuck = deployments.run(update)["Action1"]["output"]["executionResult"]["errorDetails"]
    assert "is in ROLLBACK_COMPLETE state and can not be updated" in stuck["message"]

    replaced = deployments.run({**update, "ActionMode": "REPLACE_ON_FAILURE"})["Action1"]
    assert deployments.value(replaced) == "test"


@pytest.mark.parametrize(
    ("configuration", "code", "sentence"),
    [
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
